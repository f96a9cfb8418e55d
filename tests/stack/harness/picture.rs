//! A screen as an SVG, for the documentation.

use std::fmt::Write;

use super::Screen;

/// Pixels of a cell in the common monospace fonts at 14 px.
const CELL: (f32, f32) = (8.43, 18.0);
const BASELINE: f32 = 13.5;
const MARGIN: f32 = 8.0;

const FOREGROUND: &str = "#d8dee9";
const BACKGROUND: &str = "#1b1f27";

/// The first 16 colours; the terminals that people use differ in them.
const PALETTE: [&str; 16] = [
    "#3b4252", "#bf616a", "#a3be8c", "#ebcb8b", "#81a1c1", "#b48ead", "#88c0d0", "#e5e9f0", "#4c566a", "#d0707a",
    "#b1d196", "#f0d399", "#8cafd2", "#c895bf", "#93ccdc", "#eceff4",
];

/// The picture's text.
pub fn svg(screen: &Screen) -> String {
    let (rows, cols) = (screen.rows().len() as u16, screen.cols());
    let (width, height) = (f32::from(cols) * CELL.0 + 2.0 * MARGIN, f32::from(rows) * CELL.1 + 2.0 * MARGIN);
    let mut cells = String::new();
    for row in 0..rows {
        for col in 0..cols {
            if let Some(cell) = screen.cell(row, col).filter(|cell| !cell.is_wide_continuation()) {
                draw(&mut cells, cell, row, col);
            }
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         font-family=\"ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{BACKGROUND}\"/>\n{cells}</svg>\n"
    )
}

fn draw(out: &mut String, cell: &vt100::Cell, row: u16, col: u16) {
    let (x, y) = (MARGIN + f32::from(col) * CELL.0, MARGIN + f32::from(row) * CELL.1);
    let mut front = color(cell.fgcolor(), FOREGROUND);
    let mut back = color(cell.bgcolor(), BACKGROUND);
    if cell.inverse() {
        std::mem::swap(&mut front, &mut back);
    }
    if back != BACKGROUND {
        let (width, height) = (if cell.is_wide() { 2.0 * CELL.0 } else { CELL.0 } + 0.3, CELL.1 + 0.3);
        let place = format!("x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"");
        writeln!(out, "<rect {place} fill=\"{back}\"/>").expect("a string takes all");
    }
    let text = cell.contents();
    if text.trim().is_empty() {
        return;
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let weight = if cell.bold() { " font-weight=\"bold\"" } else { "" };
    let y = y + BASELINE;
    writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{front}\"{weight}>{text}</text>")
        .expect("a string takes all");
}

fn color(color: vt100::Color, default: &str) -> String {
    match color {
        vt100::Color::Default => default.to_owned(),
        vt100::Color::Idx(index @ 0..16) => PALETTE[usize::from(index)].to_owned(),
        vt100::Color::Idx(index @ 16..232) => {
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            let (r, g, b) = ((index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6);
            format!("#{:02x}{:02x}{:02x}", level(r), level(g), level(b))
        }
        vt100::Color::Idx(index) => {
            let grey = 8 + 10 * (index - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
        vt100::Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}
