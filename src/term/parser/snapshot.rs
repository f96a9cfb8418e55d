//! The parser in a snapshot: between two bytes it may be anywhere within a sequence.

use super::{Csi, Parser, State, Text};
use crate::base::limits;
use crate::term::snapshot::{Fields, Writer, codes};

codes!(State {
    Ground = 0,
    Escape = 1,
    EscapeIntermediate = 2,
    CsiEntry = 3,
    CsiParam = 4,
    CsiIntermediate = 5,
    CsiIgnore = 6,
    Osc = 7,
    DcsEntry = 8,
    DcsParam = 9,
    DcsIntermediate = 10,
    DcsIgnore = 11,
    DcsData = 12,
    Ignored = 13,
    StringEscape = 14,
});

codes!(Text { Ignored = 0, Osc = 1, Dcs = 2 });

impl Parser {
    pub fn save(&self, writer: &mut Writer<'_>) {
        let Self { state, text, csi, buffer, overflow, partial, partial_len, chars: _ } = self;
        writer.code(1, state);
        writer.code(2, text);
        writer.part(3, |part| csi.save(part));
        writer.bytes(4, buffer);
        writer.flag(5, *overflow);
        writer.bytes(6, &partial[..usize::from(*partial_len)]);
    }

    pub fn load(fields: Fields<'_>) -> Self {
        let text = fields.code(2);
        let bound = if text == Text::Dcs { limits::TERM_DCS } else { limits::TERM_OSC };
        let (buffer, overflow) = match fields.bytes(4) {
            long if long.len() > bound => (Vec::new(), true),
            buffer => (buffer.to_vec(), fields.flag(5)),
        };
        let csi = fields.optional_part(3).ok().flatten().map_or_else(Csi::default, Csi::load);
        let mut parser = Self { state: fields.code(1), text, csi, buffer, overflow, ..Self::default() };
        let partial = fields.bytes(6);
        // What is more than the beginning of one character would be printed as it is.
        if std::str::from_utf8(partial).is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none()) {
            parser.keep_partial(partial);
        }
        parser
    }
}

impl Csi {
    fn save(&self, writer: &mut Writer<'_>) {
        let Self { prefix, intermediate, last, values, colons, current } = self;
        writer.number(1, (*prefix).into());
        writer.number(2, (*intermediate).into());
        writer.number(3, (*last).into());
        // Those behind the current one are left from other sequences.
        writer.records(4, values[..=usize::from(*current)].iter().map(|&value| [u64::from(value)]));
        writer.number(5, *colons);
    }

    fn load(fields: Fields<'_>) -> Self {
        let mut csi = Self {
            prefix: fields.number(1) as u8,
            intermediate: fields.number(2) as u8,
            last: fields.number(3) as u8,
            colons: fields.number(5),
            ..Self::default()
        };
        for (index, ([value], place)) in fields.records(4).zip(&mut csi.values).enumerate() {
            *place = value as u16;
            csi.current = index as u8;
        }
        csi
    }
}
