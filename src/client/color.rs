//! What becomes of a colour on a terminal that cannot show all of them. Pure.

use crate::base::{Color, Style};

/// How many colours the outer terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// The user wants none (<https://no-color.org>); attributes stay.
    Monochrome,
    /// SGR 30..=37 and 90..=97.
    Sixteen,
    /// SGR 38;5;n.
    Palette,
    /// SGR 38;2;r;g;b.
    Direct,
}

impl Depth {
    /// The nearest that the terminal shows.
    pub(super) fn fit(self, color: Color) -> Color {
        match (self, color) {
            (Depth::Monochrome, _) => Color::Default,
            (Depth::Palette, Color::Rgb(r, g, b)) => Color::Indexed(palette(r, g, b)),
            (Depth::Sixteen, Color::Rgb(r, g, b)) => Color::Indexed(sixteen((r, g, b))),
            (Depth::Sixteen, Color::Indexed(index @ 16..)) => Color::Indexed(sixteen(rgb_of(index))),
            _ => color,
        }
    }

    pub(super) fn fit_style(self, style: Style) -> Style {
        if self == Depth::Direct {
            return style;
        }
        Style {
            fg: self.fit(style.fg),
            bg: self.fit(style.bg),
            underline_color: self.fit(style.underline_color),
            ..style
        }
    }
}

/// The six steps of xterm's colour cube (16..=231).
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// xterm's defaults for the first sixteen.
const BASIC: [(u8, u8, u8); 16] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
];

/// The nearest of the cube and the grey ramp. The first sixteen are left out: users change them.
fn palette(r: u8, g: u8, b: u8) -> u8 {
    let [ri, gi, bi] = [r, g, b].map(nearest_step);
    let cube = (STEPS[ri], STEPS[gi], STEPS[bi]);
    let mean = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    let ramp = (mean.saturating_sub(3) / 10).min(23) as u8;
    let level = 8 + 10 * ramp;
    if distance((level, level, level), (r, g, b)) < distance(cube, (r, g, b)) {
        232 + ramp
    } else {
        (16 + 36 * ri + 6 * gi + bi) as u8
    }
}

fn nearest_step(level: u8) -> usize {
    (0..STEPS.len()).min_by_key(|&i| STEPS[i].abs_diff(level)).unwrap_or(0)
}

fn sixteen(wanted: (u8, u8, u8)) -> u8 {
    (0..16u8).min_by_key(|&i| distance(BASIC[usize::from(i)], wanted)).unwrap_or(7)
}

/// What xterm shows for a palette index.
fn rgb_of(index: u8) -> (u8, u8, u8) {
    match index {
        0..16 => BASIC[usize::from(index)],
        16..232 => {
            let index = usize::from(index - 16);
            (STEPS[index / 36], STEPS[index / 6 % 6], STEPS[index % 6])
        }
        232.. => {
            let level = 8 + 10 * (index - 232);
            (level, level, level)
        }
    }
}

fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let square = |x: u8, y: u8| u32::from(x.abs_diff(y)).pow(2);
    square(a.0, b.0) + square(a.1, b.1) + square(a.2, b.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_palette_colour_is_its_own_nearest() {
        for index in 16..=255u8 {
            let (r, g, b) = rgb_of(index);
            let found = palette(r, g, b);
            assert_eq!(rgb_of(found), (r, g, b), "{index} became {found}");
        }
    }

    #[test]
    fn colours_come_down_to_the_nearest() {
        assert_eq!(Depth::Palette.fit(Color::Rgb(255, 0, 0)), Color::Indexed(196));
        assert_eq!(Depth::Sixteen.fit(Color::Rgb(250, 5, 5)), Color::Indexed(9));
        assert_eq!(Depth::Sixteen.fit(Color::Indexed(16)), Color::Indexed(0));
        assert_eq!(Depth::Direct.fit(Color::Rgb(1, 2, 3)), Color::Rgb(1, 2, 3));
        assert_eq!(Depth::Monochrome.fit(Color::Indexed(1)), Color::Default);
    }
}
