//! The dashboard as a picture. A pure function of [`Board`]: rows of text on a ratatui buffer.
//!
//! ```text
//!  mux top  5 jobs, 3 run, 1 failed                                  totals
//!  NAME  STATE  UPTIME  CPU%  MEMORY …                               table
//!  web   running …
//!  ┌ cpu 12.5 % ────────────┐┌ memory 34 MiB ─────────┐              plots, where there is room
//!  web runs, for …                                                   log, where there is room
//!  | its last lines
//!  keys, a message, or a prompt
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::style::{Color, Modifier, Style};
use ratatui::widgets::{Block, Clear, RenderDirection, Sparkline, Widget};

use crate::base::{Point, Size};
use crate::format::{cells, cut, pad};

use super::board::{Board, Column, HELP, Over, SIGNALS};
use super::data::Row;

/// Where the parts lie; what has no room has no height.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Places {
    /// With its head.
    pub(super) table: Area,
    pub(super) plots: Area,
    /// With its head.
    pub(super) log: Area,
}

/// Rows of the plots, with their frames.
const PLOTS: u16 = 5;

/// Rows of the log that are worth a part of their own, with its head.
const LOG: u16 = 4;

/// The first row is the title's, the last one the prompt's.
pub(super) fn places(size: Size, jobs: usize, log_only: bool) -> Places {
    let (width, room) = (size.cols, size.rows.saturating_sub(2));
    if log_only {
        return Places { log: Area::new(0, 1, width, room), ..Places::default() };
    }
    // The table takes what it needs, and leaves the others half of the screen.
    let wanted = u16::try_from(jobs).unwrap_or(u16::MAX).saturating_add(1);
    let plots = if room >= 2 * PLOTS + LOG { PLOTS } else { 0 };
    let log_least = if room >= 2 * LOG { LOG } else { 0 };
    let most = room
        .saturating_sub(plots + log_least)
        .min((room / 2).max(room.saturating_sub(plots + LOG) / 2))
        .max(3.min(room));
    let table = if plots + log_least == 0 { room } else { wanted.clamp(3.min(most), most) };
    let log = room.saturating_sub(table + plots);
    Places {
        table: Area::new(0, 1, width, table),
        plots: Area::new(0, 1 + table, width, plots),
        log: Area::new(0, 1 + table + plots, width, log),
    }
}

/// A column of the table: its head, its width, and how wide the terminal must be for it to be shown.
struct Shape {
    column: Column,
    head: &'static str,
    width: u16,
    from: u16,
}

const SHAPES: &[Shape] = &[
    Shape { column: Column::State, head: "STATE", width: 8, from: 0 },
    Shape { column: Column::Uptime, head: "UPTIME", width: 11, from: 40 },
    Shape { column: Column::Cpu, head: "CPU%", width: 6, from: 30 },
    Shape { column: Column::Memory, head: "MEMORY", width: 9, from: 40 },
    Shape { column: Column::Restarts, head: "RESTARTS", width: 9, from: 70 },
    Shape { column: Column::Health, head: "HEALTH", width: 7, from: 80 },
];

/// The columns that are shown, where they begin, and how wide they are. The name takes what is left, up to a bound.
fn columns(width: u16) -> Vec<(Column, &'static str, u16, u16)> {
    let shown: Vec<&Shape> = SHAPES.iter().filter(|shape| width >= shape.from).collect();
    let others: u16 = shown.iter().map(|shape| shape.width + 1).sum();
    let name = width.saturating_sub(others).clamp(6.min(width), 30);
    let mut at = name + 1;
    let mut out = vec![(Column::Name, "NAME", 0, name)];
    for shape in shown {
        if at >= width {
            break;
        }
        out.push((shape.column, shape.head, at, shape.width.min(width - at)));
        at += shape.width + 1;
    }
    out
}

/// The column whose head is there.
pub(super) fn column_at(width: u16, col: u16) -> Option<Column> {
    columns(width).into_iter().find(|(_, _, at, wide)| (*at..at + wide).contains(&col)).map(|(column, ..)| column)
}

const PLAIN: Style = Style::new();
const HEAD: Style = Style::new().add_modifier(Modifier::BOLD);
const FAINT: Style = Style::new().add_modifier(Modifier::DIM);
const BAR: Style = Style::new().add_modifier(Modifier::REVERSED);
const GOOD: Style = Style::new().fg(Color::Green);
const BAD: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
const BUSY: Style = Style::new().fg(Color::Yellow);

/// Draws all of it.
pub(super) struct Picture<'a>(pub(super) &'a Board);

impl Widget for Picture<'_> {
    fn render(self, area: Area, buffer: &mut Buffer) {
        let board = self.0;
        if area.is_empty() {
            return;
        }
        let places = board.places();
        title(board, buffer, area);
        table(board, buffer, places.table);
        plots(board, buffer, places.plots);
        log(board, buffer, places.log);
        if area.height > 1 {
            bottom(board, buffer, area);
        }
        match &board.over {
            Some(Over::Help) => help(buffer, area),
            Some(Over::Signals(place)) => signals(board, *place, buffer, area),
            _ => {}
        }
    }
}

/// Text in one row, cut to its room.
fn put(buffer: &mut Buffer, (x, y): (u16, u16), width: u16, text: &str, style: Style) {
    if buffer.area.contains((x, y).into()) {
        let width = width.min(buffer.area.right().saturating_sub(x));
        buffer.set_stringn(x, y, cut(text, usize::from(width)), usize::from(width), style);
    }
}

fn title(board: &Board, buffer: &mut Buffer, area: Area) {
    let all = board.all();
    let live = all.iter().filter(|row| row.is_live()).count();
    let failed = all.iter().filter(|row| row.has_failed()).count();
    let cpu: f64 = all.iter().filter_map(|row| row.cpu_percent).sum();
    let memory: u64 = all.iter().filter_map(|row| row.memory).sum();
    let mut text = match (board.loaded, &board.away) {
        (_, Some(why)) => format!(" mux top  {why}"),
        (false, None) => " mux top  looking …".to_owned(),
        (true, None) => format!(
            " mux top  {} jobs, {live} run, {failed} failed  cpu {cpu:.1} %  memory {}",
            all.len(),
            bytes(memory)
        ),
    };
    if !board.filter.is_empty() {
        text += &format!("  /{}", board.filter);
    }
    let style = if board.away.is_some() { BAR.add_modifier(Modifier::BOLD) } else { BAR };
    put(buffer, (area.x, area.y), area.width, &pad(&text, usize::from(area.width), false), style);
}

// ---- the table -----------------------------------------------------------------------------------------------

fn table(board: &Board, buffer: &mut Buffer, area: Area) {
    if area.height == 0 {
        return;
    }
    for (column, head, at, width) in columns(area.width) {
        let chosen = column == board.sort;
        let mark = if !chosen {
            ""
        } else if board.reverse {
            "▲"
        } else {
            "▼"
        };
        let style = if chosen { HEAD.add_modifier(Modifier::UNDERLINED) } else { HEAD };
        let right = !matches!(column, Column::Name | Column::State | Column::Health);
        let text = pad(&format!("{head}{mark}"), usize::from(width), right);
        put(buffer, (area.x + at, area.y), width, &text, style);
    }
    if board.loaded && board.rows.is_empty() && area.height > 1 {
        let text = if board.filter.is_empty() {
            "no jobs; `mux run` starts one"
        } else {
            "no name has that in it; Esc shows all"
        };
        put(buffer, (area.x, area.y + 1), area.width, text, FAINT);
    }
    let room = usize::from(area.height).saturating_sub(1);
    for (line, row) in board.rows.iter().skip(board.top).take(room).enumerate() {
        let y = area.y + 1 + u16::try_from(line).unwrap_or(0);
        table_row(board, row, buffer, Area::new(area.x, y, area.width, 1));
    }
}

fn table_row(board: &Board, row: &Row, buffer: &mut Buffer, area: Area) {
    let selected = board.selected.as_ref() == Some(&row.name);
    let mut end = 0;
    for (column, _, at, width) in columns(area.width) {
        let (text, right, style) = cell(column, row, board.now());
        let text = pad(&text, usize::from(width), right);
        put(buffer, (area.x + at, area.y), width, &text, style);
        end = at + width + 1;
    }
    let rest = area.width.saturating_sub(end);
    if rest > 8 {
        let text = row
            .exit
            .as_deref()
            .filter(|_| !row.is_live())
            .map_or(row.command.clone(), |exit| format!("{exit}: {}", row.command));
        put(buffer, (area.x + end, area.y), rest, &text, FAINT);
    }
    if selected {
        buffer.set_style(area, BAR);
    }
}

fn cell(column: Column, row: &Row, now: i64) -> (String, bool, Style) {
    let dash = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    match column {
        Column::Name => (row.name.clone(), false, PLAIN),
        Column::State => (row.state().to_owned(), false, state_style(row)),
        Column::Uptime => (dash(row.uptime(now).map(span)), true, PLAIN),
        Column::Cpu => (dash(row.cpu_percent.map(|percent| format!("{percent:.1}"))), true, PLAIN),
        Column::Memory => (dash(row.memory.map(bytes)), true, PLAIN),
        Column::Restarts => (dash(row.restarts.map(|restarts| restarts.to_string())), true, PLAIN),
        Column::Health => {
            let style = if row.health == "failing" { BAD } else { PLAIN };
            (row.health.replace("none", "-"), false, style)
        }
    }
}

fn state_style(row: &Row) -> Style {
    match row.state() {
        "running" => GOOD,
        "failed" | "backoff" => BAD,
        "starting" | "stopping" | "waiting" | "frozen" => BUSY,
        _ => FAINT,
    }
}

// ---- the selected job ----------------------------------------------------------------------------------------

fn plots(board: &Board, buffer: &mut Buffer, area: Area) {
    if area.height < 3 || area.width < 20 {
        return;
    }
    let half = area.width / 2;
    let left = Area { width: half, ..area };
    let right = Area { x: area.x + half, width: area.width - half, ..area };
    let usage = board.detail.as_ref().and_then(|detail| detail.usage.as_ref());
    let past = usage.map(|usage| usage.past.as_slice()).unwrap_or_default();
    let tenths = |percent: f64| (percent * 10.0).round().max(0.0) as u64;
    let cpu: Vec<u64> = past.iter().map(|point| tenths(point.cpu_percent)).collect();
    let memory: Vec<u64> = past.iter().map(|point| point.memory >> 10).collect();
    let most = cpu.iter().max().copied().unwrap_or(0);
    let now = usage.map_or_else(
        || "cpu".to_owned(),
        |usage| format!("cpu {:.1} %, at most {}.{}", usage.cpu_percent, most / 10, most % 10),
    );
    plot(&now, &cpu, 1000, buffer, left);
    let top = memory.iter().max().copied().unwrap_or(0);
    let now = usage.map_or_else(
        || "memory".to_owned(),
        |usage| format!("memory {}, at most {}", bytes(usage.memory), bytes(top << 10)),
    );
    plot(&now, &memory, 1, buffer, right);
}

/// The newest value is at the right. The scale reaches to `least` at least.
fn plot(title: &str, values: &[u64], least: u64, buffer: &mut Buffer, area: Area) {
    let block = Block::bordered().title(cut(&format!(" {title} "), usize::from(area.width.saturating_sub(2))));
    let most = values.iter().max().copied().unwrap_or(0).max(least);
    let newest_first: Vec<u64> = values.iter().rev().copied().collect();
    Sparkline::default()
        .block(block)
        .data(newest_first)
        .max(most)
        .direction(RenderDirection::RightToLeft)
        .style(GOOD)
        .render(area, buffer);
}

fn log(board: &Board, buffer: &mut Buffer, area: Area) {
    if area.height == 0 {
        return;
    }
    let head = match (&board.detail, &board.selected) {
        (Some(detail), _) => {
            let ports: Vec<String> =
                detail.ports.iter().map(|port| format!("{} {}", port.protocol, port.address)).collect();
            let ports = if ports.is_empty() { String::new() } else { format!("; listens on {}", ports.join(", ")) };
            format!("{}{ports}", detail.why)
        }
        (None, Some(name)) => name.clone(),
        (None, None) => String::new(),
    };
    put(buffer, (area.x, area.y), area.width, &head, HEAD);
    let lines = board.detail.as_ref().map(|detail| detail.lines.as_slice()).unwrap_or_default();
    let room = usize::from(area.height).saturating_sub(1);
    for (row, line) in lines.iter().skip(lines.len().saturating_sub(room)).enumerate() {
        let y = area.y + 1 + u16::try_from(row).unwrap_or(0);
        put(buffer, (area.x, y), area.width, line, PLAIN);
    }
}

// ---- what lies over it ---------------------------------------------------------------------------------------

/// Keys that the last row shows where nothing else is said.
const KEYS: &str = "? help  q leave  Enter attach  l log  s start  t stop  r restart  p freeze  g signal  / filter";

fn bottom(board: &Board, buffer: &mut Buffer, area: Area) {
    let at = (area.x, area.bottom() - 1);
    let (text, style) = match (&board.over, &board.message) {
        (Some(Over::Filter(edit)), _) => (format!("/{}", edit.window(area.width.saturating_sub(2)).0), PLAIN),
        (Some(Over::Confirm(question, _)), _) => (question.clone(), HEAD),
        (_, Some((text, bad))) => (text.clone(), if *bad { BAD } else { HEAD }),
        _ => (KEYS.to_owned(), FAINT),
    };
    put(buffer, at, area.width, &text, style);
}

/// Where the terminal's cursor is shown, while something is typed.
pub(super) fn cursor(board: &Board) -> Option<Point> {
    let last = board.size.rows.checked_sub(1)?;
    match &board.over {
        Some(Over::Filter(edit)) => {
            let (_, col) = edit.window(board.size.cols.saturating_sub(2));
            Some(Point::new(last, (col + 1).min(board.size.cols.saturating_sub(1))))
        }
        Some(Over::Confirm(question, _)) => {
            let col = u16::try_from(cells(question)).unwrap_or(u16::MAX);
            Some(Point::new(last, col.min(board.size.cols.saturating_sub(1))))
        }
        _ => None,
    }
}

/// A frame in the middle for these many rows, and what is inside of it.
fn frame(title: &str, width: u16, rows: u16, buffer: &mut Buffer, area: Area) -> Area {
    let (width, height) = (width.min(area.width), (rows + 2).min(area.height));
    let place = Area::new(area.x + (area.width - width) / 2, area.y + (area.height - height) / 2, width, height);
    Clear.render(place, buffer);
    let block = Block::bordered().title(cut(title, usize::from(width.saturating_sub(2))));
    let inner = block.inner(place);
    block.render(place, buffer);
    inner
}

fn help(buffer: &mut Buffer, area: Area) {
    let rows = u16::try_from(HELP.len()).unwrap_or(u16::MAX);
    let inner = frame(" keys ", 64, rows, buffer, area);
    for (row, (keys, meaning)) in (0..inner.height).zip(HELP) {
        put(buffer, (inner.x, inner.y + row), inner.width, &pad(&format!(" {keys}"), 14, false), HEAD);
        put(buffer, (inner.x + 14, inner.y + row), inner.width.saturating_sub(14), meaning, PLAIN);
    }
}

fn signals(board: &Board, place: usize, buffer: &mut Buffer, area: Area) {
    let rows = u16::try_from(SIGNALS.len()).unwrap_or(u16::MAX);
    let title = format!(" signal for {} ", board.selected.as_deref().unwrap_or_default());
    let inner = frame(&title, 44, rows, buffer, area);
    let skipped = (place + 1).saturating_sub(usize::from(inner.height));
    for (row, (at, (name, meaning))) in (0..inner.height).zip(SIGNALS.iter().enumerate().skip(skipped)) {
        let line = pad(&format!(" {name:<6}{meaning}"), usize::from(inner.width), false);
        put(buffer, (inner.x, inner.y + row), inner.width, &line, if at == place { BAR } else { PLAIN });
    }
}

// ---- words ---------------------------------------------------------------------------------------------------

/// `34.5 MiB`.
fn bytes(count: u64) -> String {
    crate::command::bytes(count)
}

/// `1d02:03:04`.
fn span(seconds: i64) -> String {
    crate::command::span(seconds)
}
