//! SGR: how text looks from now on (ECMA-48 8.3.117, ISO 8613-6 for colours, kitty's and xterm's additions).

use super::Interpreter;
use crate::base::{Attrs, Color, Style, Underline, limits};
use crate::term::parser::Csi;

/// What XTPUSHSGR keeps, by the numbers of its parameters.
pub(super) type Parts = u32;

const ALL: Parts = Parts::MAX;
const FOREGROUND: Parts = 1 << 30;
const BACKGROUND: Parts = 1 << 31;

impl Interpreter {
    #[inline]
    pub(super) fn select_graphic_rendition(&mut self, csi: &Csi) {
        let style = apply(self.screen.style(), csi);
        self.screen.set_style(style);
    }
}

impl Interpreter {
    /// XTPUSHSGR: parameters name what XTPOPSGR is to bring back, without any it is all.
    pub(super) fn push_look(&mut self, csi: &Csi) {
        let parts = csi.values().filter(|&value| (1..32).contains(&value)).fold(0, |parts, value| parts | 1 << value);
        if self.setup.looks.len() == limits::TERM_LOOKS {
            self.setup.looks.remove(0);
        }
        self.setup.looks.push((self.screen.style(), if parts == 0 { ALL } else { parts }));
    }

    pub(super) fn pop_look(&mut self) {
        let Some((saved, parts)) = self.setup.looks.pop() else { return };
        let has = |part: Parts| parts & part != 0;
        let mut style = self.screen.style();
        for (attr, number) in ATTRS {
            // Overline is beyond the numbers that can be named: it comes back with all.
            if parts == ALL || number < 32 && has(1 << number) {
                style.attrs.set(attr, saved.attrs.contains(attr));
            }
        }
        if has(1 << 4 | 1 << 21) {
            (style.underline, style.underline_color) = (saved.underline, saved.underline_color);
        }
        if has(FOREGROUND) {
            style.fg = saved.fg;
        }
        if has(BACKGROUND) {
            style.bg = saved.bg;
        }
        self.screen.set_style(style);
    }
}

/// The attributes and the parameters that set them.
const ATTRS: [(Attrs, u16); 8] = [
    (Attrs::BOLD, 1),
    (Attrs::DIM, 2),
    (Attrs::ITALIC, 3),
    (Attrs::BLINK, 5),
    (Attrs::REVERSE, 7),
    (Attrs::CONCEAL, 8),
    (Attrs::STRIKE, 9),
    (Attrs::OVERLINE, 53),
];

/// The style after all parameters.
pub(super) fn apply(mut style: Style, csi: &Csi) -> Style {
    let mut index = 0;
    while index < csi.len() {
        index += apply_one(&mut style, csi, index);
    }
    style
}

/// Whether there is a background after all parameters.
pub(super) fn has_background(before: bool, csi: &Csi) -> bool {
    let bg = if before { Color::Indexed(0) } else { Color::Default };
    apply(Style { bg, ..Style::DEFAULT }, csi).bg != Color::Default
}

/// Applies the parameter at `index`; returns how many it has used.
fn apply_one(style: &mut Style, csi: &Csi, index: usize) -> usize {
    let subs = csi.subs(index);
    match csi.raw(index) {
        0 => *style = Style::DEFAULT,
        1 => style.attrs |= Attrs::BOLD,
        2 => style.attrs |= Attrs::DIM,
        3 => style.attrs |= Attrs::ITALIC,
        4 if subs > 0 => style.underline = underline(csi.raw(index + 1)).unwrap_or(style.underline),
        4 => style.underline = Underline::Single,
        5 | 6 => style.attrs |= Attrs::BLINK,
        7 => style.attrs |= Attrs::REVERSE,
        8 => style.attrs |= Attrs::CONCEAL,
        9 => style.attrs |= Attrs::STRIKE,
        21 => style.underline = Underline::Double,
        22 => style.attrs -= Attrs::BOLD | Attrs::DIM,
        23 => style.attrs -= Attrs::ITALIC,
        24 => style.underline = Underline::None,
        25 => style.attrs -= Attrs::BLINK,
        27 => style.attrs -= Attrs::REVERSE,
        28 => style.attrs -= Attrs::CONCEAL,
        29 => style.attrs -= Attrs::STRIKE,
        value @ 30..=37 => style.fg = Color::Indexed(value as u8 - 30),
        38 => return extended_color(&mut style.fg, csi, index, subs),
        39 => style.fg = Color::Default,
        value @ 40..=47 => style.bg = Color::Indexed(value as u8 - 40),
        48 => return extended_color(&mut style.bg, csi, index, subs),
        49 => style.bg = Color::Default,
        53 => style.attrs |= Attrs::OVERLINE,
        55 => style.attrs -= Attrs::OVERLINE,
        58 => return extended_color(&mut style.underline_color, csi, index, subs),
        59 => style.underline_color = Color::Default,
        value @ 90..=97 => style.fg = Color::Indexed(value as u8 - 90 + 8),
        value @ 100..=107 => style.bg = Color::Indexed(value as u8 - 100 + 8),
        _ => {}
    }
    1 + subs
}

fn underline(kind: u16) -> Option<Underline> {
    const KINDS: [Underline; 6] =
        [Underline::None, Underline::Single, Underline::Double, Underline::Curly, Underline::Dotted, Underline::Dashed];
    KINDS.get(usize::from(kind)).copied()
}

/// `38;5;n`, `38;2;r;g;b`, `38:5:n`, `38:2:r:g:b` and `38:2:space:r:g:b`.
fn extended_color(color: &mut Color, csi: &Csi, index: usize, subs: usize) -> usize {
    let byte = |index: usize| u8::try_from(csi.raw(index)).ok();
    let rgb = |index: usize| Some(Color::Rgb(byte(index)?, byte(index + 1)?, byte(index + 2)?));
    let (new, used) = match (csi.raw(index + 1), subs) {
        (5, 0) => (byte(index + 2).map(Color::Indexed), 3),
        (2, 0) => (rgb(index + 2), 5),
        (_, 0) => (None, 2),
        (5, 2..) => (byte(index + 2).map(Color::Indexed), 1 + subs),
        (2, 4) => (rgb(index + 2), 1 + subs),
        (2, 5..) => (rgb(index + 3), 1 + subs),
        _ => (None, 1 + subs),
    };
    *color = new.unwrap_or(*color);
    used
}

/// The parameters that make `style` out of nothing, for DECRQSS.
pub(super) fn parameters(style: &Style) -> String {
    let mut text = String::from("0");
    for (_, number) in ATTRS.into_iter().filter(|(flag, _)| style.attrs.contains(*flag)) {
        text.push_str(&format!(";{number}"));
    }
    match style.underline {
        Underline::None => {}
        Underline::Single => text.push_str(";4"),
        other => text.push_str(&format!(";4:{}", other as u8)),
    }
    for (color, base) in [(style.fg, 30), (style.bg, 40), (style.underline_color, 50)] {
        text.push_str(&color_parameters(color, base));
    }
    text
}

fn color_parameters(color: Color, base: u16) -> String {
    match color {
        Color::Default => String::new(),
        Color::Indexed(index @ 0..=7) if base < 50 => format!(";{}", base + u16::from(index)),
        Color::Indexed(index @ 8..=15) if base < 50 => format!(";{}", base + 60 + u16::from(index) - 8),
        Color::Indexed(index) => format!(";{}:5:{index}", base + 8),
        Color::Rgb(r, g, b) => format!(";{}:2::{r}:{g}:{b}", base + 8),
    }
}
