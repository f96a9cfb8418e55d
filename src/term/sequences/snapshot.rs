//! What the sequences have set, in a snapshot.

use super::colors::{HostColors, Palette, Rgb};
use super::keyboard::KeyboardStack;
use super::{Interpreter, Outbox, Setup, sgr};
use crate::base::{Size, limits};
use crate::term::intern::StyleBits;
use crate::term::modes::{KittyFlags, Modes};
use crate::term::screen::Screen;
use crate::term::snapshot::{Fields, SnapshotError, Writer};
use crate::term::vault::Vault;

impl Interpreter {
    pub fn save(&self, writer: &mut Writer<'_>) {
        let Self {
            screen,
            outbox,
            modes,
            title,
            synchronized,
            palette,
            icon_name,
            titles,
            cursor_hidden,
            cursor_shape,
            cursor_blink,
            setup,
            report_scheme,
            report_size,
            saved_modes: _,
            keyboards,
            // Both are set anew before each change.
            stamp: _,
            changed: _,
        } = self;
        writer.part(1, |part| screen.save(part));
        writer.part(2, |part| modes.save(part));
        writer.bytes(3, title.as_bytes());
        writer.flag(4, *synchronized);
        writer.part(5, |part| palette.save(part));
        writer.bytes(6, icon_name.as_bytes());
        for (title, icon_name) in titles {
            writer.part(7, |part| {
                part.bytes(1, title.as_bytes());
                part.bytes(2, icon_name.as_bytes());
            });
        }
        writer.flag(8, *cursor_hidden);
        writer.code(9, cursor_shape);
        writer.flag(10, *cursor_blink);
        writer.flag(11, *report_scheme);
        writer.flag(12, *report_size);
        // By their numbers: the bits are those of this version's table.
        writer.records(13, self.saved_mode_numbers().map(|number| [number.into()]));
        for keyboard in keyboards {
            writer.part(14, |part| keyboard.save(part));
        }
        writer.part(15, |part| setup.save(part));
        writer.part(16, |part| outbox.save(part));
    }

    /// `stamp`: the newest that a row may have.
    pub fn load(fields: Fields<'_>, size: Size, stamp: u64, vault: Box<dyn Vault>) -> Result<Self, SnapshotError> {
        let mut term = Self {
            screen: Screen::load(fields.part(1)?, size, stamp, vault)?,
            outbox: fields.optional_part(16)?.map_or_else(Outbox::default, Outbox::load),
            modes: Modes::load(fields.part(2)?),
            title: fields.text(3, limits::MAX_TITLE),
            synchronized: fields.flag(4),
            palette: Palette::load(fields.part(5)?),
            icon_name: fields.text(6, limits::MAX_TITLE),
            titles: Vec::new(),
            cursor_hidden: fields.flag(8),
            cursor_shape: fields.code(9),
            cursor_blink: fields.flag(10),
            setup: fields.optional_part(15)?.map_or_else(Setup::default, Setup::load),
            report_scheme: fields.flag(11),
            report_size: fields.flag(12),
            saved_modes: 0,
            keyboards: Default::default(),
            stamp,
            changed: false,
        };
        for title in fields.parts(7).take(limits::TERM_TITLES) {
            let title = title?;
            term.titles.push((title.text(1, limits::MAX_TITLE), title.text(2, limits::MAX_TITLE)));
        }
        for [number] in fields.records(13) {
            term.set_saved_mode(u16::try_from(number).unwrap_or_default());
        }
        for (part, keyboard) in fields.parts(14).zip(&mut term.keyboards) {
            *keyboard = KeyboardStack::load(part?);
        }
        Ok(term)
    }
}

impl Setup {
    fn save(&self, writer: &mut Writer<'_>) {
        let Self { columns_allowed, columns_wide, columns_keep_text, national, rectangles, levels_down, looks } = self;
        writer.flag(1, *columns_allowed);
        writer.flag(2, *columns_wide);
        writer.flag(3, *columns_keep_text);
        writer.flag(4, *national);
        writer.flag(5, *rectangles);
        writer.number(6, (*levels_down).into());
        for (style, parts) in looks {
            writer.part(7, |part| {
                part.bytes(1, &StyleBits::new(style).to_bytes());
                part.number(2, (*parts).into());
            });
        }
    }

    fn load(fields: Fields<'_>) -> Self {
        let look = |part: Fields<'_>| (StyleBits::from_bytes(part.bytes(1)).style(), part.number(2) as sgr::Parts);
        Self {
            columns_allowed: fields.flag(1),
            columns_wide: fields.flag(2),
            columns_keep_text: fields.flag(3),
            national: fields.flag(4),
            rectangles: fields.flag(5),
            levels_down: fields.number(6).min(3) as u8,
            looks: fields.parts(7).flatten().map(look).take(limits::TERM_LOOKS).collect(),
        }
    }
}

impl Palette {
    fn save(&self, writer: &mut Writer<'_>) {
        let Self { host, set, indexed } = self;
        writer.part(1, |part| host.save(part));
        writer.part(2, |part| set.save(part));
        writer.records(3, indexed.iter().map(|(&index, &color)| [index.into(), to_word(Some(color))]));
    }

    fn load(fields: Fields<'_>) -> Self {
        let colors = |tag| fields.optional_part(tag).ok().flatten().map_or_else(HostColors::default, HostColors::load);
        let indexed =
            fields.records(3).filter_map(|[index, color]| Some((u8::try_from(index).ok()?, from_word(color)?)));
        Self { host: colors(1), set: colors(2), indexed: indexed.collect() }
    }
}

impl HostColors {
    fn save(&self, writer: &mut Writer<'_>) {
        let Self { foreground, background, cursor } = *self;
        writer.number(1, to_word(foreground));
        writer.number(2, to_word(background));
        writer.number(3, to_word(cursor));
    }

    fn load(fields: Fields<'_>) -> Self {
        let color = |tag| from_word(fields.number(tag));
        Self { foreground: color(1), background: color(2), cursor: color(3) }
    }
}

/// A fourth byte tells a colour from none.
fn to_word(color: Option<Rgb>) -> u64 {
    color.map_or(0, |(r, g, b)| u32::from_be_bytes([1, r, g, b]).into())
}

fn from_word(word: u64) -> Option<Rgb> {
    let [kind, r, g, b] = (word as u32).to_be_bytes();
    (kind == 1).then_some((r, g, b))
}

impl KeyboardStack {
    fn save(&self, writer: &mut Writer<'_>) {
        let Self { current, below } = self;
        writer.number(1, current.bits().into());
        writer.records(2, below.iter().map(|flags| [flags.bits().into()]));
    }

    fn load(fields: Fields<'_>) -> Self {
        let flags = |bits: u64| KittyFlags::from_bits_truncate(bits as u8);
        Self {
            current: flags(fields.number(1)),
            below: fields.records(2).map(|[bits]| flags(bits)).take(limits::TERM_KEYBOARDS).collect(),
        }
    }
}
