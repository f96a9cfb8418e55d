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
        grounds(&mut cells, screen, row);
        for col in 0..cols {
            if let Some(cell) = screen.cell(row, col).filter(|cell| !cell.is_wide_continuation()) {
                letter(&mut cells, cell, row, col);
            }
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         font-family=\"ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{BACKGROUND}\"/>\n{cells}</svg>\n"
    )
}

/// The backgrounds of a row: neighbours of one colour are one block.
fn grounds(out: &mut String, screen: &Screen, row: u16) {
    let ground = |col| screen.cell(row, col).map(|cell| colors(cell).1).filter(|back| back != BACKGROUND);
    let mut col = 0;
    while col < screen.cols() {
        let back = ground(col);
        let end = (col..screen.cols()).find(|&next| ground(next) != back).unwrap_or(screen.cols());
        if let Some(back) = back {
            let (x, y) = place(row, col);
            let (width, height) = (f32::from(end - col) * CELL.0, CELL.1);
            let at = format!("x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"");
            writeln!(out, "<rect {at} fill=\"{back}\"/>").expect("a string takes all");
        }
        col = end;
    }
}

fn letter(out: &mut String, cell: &vt100::Cell, row: u16, col: u16) {
    let text = cell.contents();
    if text.trim().is_empty() {
        return;
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let weight = if cell.bold() { " font-weight=\"bold\"" } else { "" };
    let (x, y) = place(row, col);
    let (y, front) = (y + BASELINE, colors(cell).0);
    writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{front}\"{weight}>{text}</text>")
        .expect("a string takes all");
}

/// The upper left corner of a cell.
fn place(row: u16, col: u16) -> (f32, f32) {
    (MARGIN + f32::from(col) * CELL.0, MARGIN + f32::from(row) * CELL.1)
}

/// Fore- and background as they are to be seen.
fn colors(cell: &vt100::Cell) -> (String, String) {
    let (front, back) = (color(cell.fgcolor(), FOREGROUND), color(cell.bgcolor(), BACKGROUND));
    if cell.inverse() { (back, front) } else { (front, back) }
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
