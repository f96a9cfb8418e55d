//! The usual status line in words: left, tabs, right, with the styles of the theme; and when the clock in it changes
//! next.

use std::time::Duration;

use crate::base::{Style, Timestamp};
use crate::format::{keep, parse_style, width};
use crate::proto::message::{Tab, TabMarks, View};

use super::newcomer::fitting;

/// The conversions of strftime(3) that change with every second.
const SECONDS: [u8; 9] = *b"STrcXs+fN";

/// How long what the patterns show stays true; `None` where they show no time.
pub(super) fn next_tick<'p>(patterns: impl IntoIterator<Item = &'p str>, now: Timestamp) -> Option<Duration> {
    let period = patterns.into_iter().filter_map(period).min()?;
    Some(Duration::from_millis((period - now.0.rem_euclid(period)).unsigned_abs()))
}

/// Milliseconds after which a pattern shows something else.
fn period(pattern: &str) -> Option<i64> {
    let mut bytes = pattern.bytes();
    let mut found = None;
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            continue;
        }
        // Flags and a width may stand between, as in %-H or %03d.
        let conversion = bytes.by_ref().find(|b| !matches!(b, b'-' | b'_' | b'^' | b'#' | b'.' | b':' | b'0'..=b'9'));
        match conversion {
            Some(c) if SECONDS.contains(&c) => return Some(1_000),
            Some(b'%') | None => {}
            Some(_) => found = Some(60_000),
        }
    }
    found
}

/// What the usual line is made of.
pub(super) struct Parts<'a> {
    pub(super) view: &'a View,
    pub(super) tabs: &'a [TabMarks],
    /// Why the server does not answer: it stands in the place of the right part.
    pub(super) away: Option<&'a str>,
    /// What a newcomer is told, as far as there is room.
    pub(super) greeting: Vec<String>,
    /// The terminal's.
    pub(super) cols: u16,
}

impl Parts<'_> {
    /// What the default of `status-format[0]` expands to, but that the styles are those of the theme where the user
    /// has set none.
    pub(super) fn text<'o>(&self, option: &dyn Fn(&str) -> &'o str, now: Timestamp) -> String {
        let kept = |text: &str, length: &str| match option(length).parse() {
            Ok(columns @ 1..) => keep(text, columns),
            _ => text.to_owned(),
        };
        let part = |name: &str, style: &str, text: &str| {
            format!("#[align={name} range={name} {style}]#[push-default]{text}#[pop-default]#[norange default]")
        };
        let left = kept(&strftime(&self.view.status_left, now), "status-left-length");
        let right = match self.away {
            Some(away) => format!(" {}", away.replace('#', "##")),
            None => kept(&strftime(&self.view.status_right, now), "status-right-length"),
        };
        let (left, right) =
            (part("left", option("status-left-style"), &left), part("right", option("status-right-style"), &right));
        let tabs: Vec<String> = self.view.windows.iter().map(|tab| self.tab(tab, option)).collect();
        let tabs = tabs.join(option("window-status-separator"));
        let list = format!("#[list=on align={}]#[list=left-marker]<#[list=right-marker]>", option("status-justify"));
        let used = width(&left) + width(&tabs) + width(&right);
        let greeting = fitting(&self.greeting, usize::from(self.cols).saturating_sub(used));
        format!("{left}{list}#[list=on]{tabs}#[nolist align=centre]{greeting}{right}")
    }

    /// A window's tab.
    fn tab<'o>(&self, tab: &Tab, option: &dyn Fn(&str) -> &'o str) -> String {
        let marks = self.tabs.iter().find(|marks| marks.window == tab.id);
        let mut style = match option("window-status-current-style") {
            _ if !tab.current => option("window-status-style"),
            "default" => option("window-status-style"),
            current => current,
        }
        .to_owned();
        for name in styles(marks) {
            match option(name) {
                "default" => {}
                more => style = format!("{style} {more}"),
            }
        }
        let (focus, end) = if tab.current { ("list=focus ", "list=on ") } else { ("", "") };
        format!(
            "#[range=window|{} {focus}{style}]#[push-default]{}#[pop-default]#[norange {end}default]",
            tab.index, tab.label
        )
    }
}

/// The styles that marks add, as in tmux: a bell counts more than activity.
fn styles(marks: Option<&TabMarks>) -> impl Iterator<Item = &'static str> {
    let marked = |mark: fn(&TabMarks) -> bool| marks.is_some_and(mark);
    let last = marked(|marks| marks.last).then_some("window-status-last-style");
    let second = match (marked(|marks| marks.bell), marked(|marks| marks.activity)) {
        (true, _) => Some("window-status-bell-style"),
        (false, true) => Some("window-status-activity-style"),
        (false, false) => None,
    };
    last.into_iter().chain(second)
}

pub(super) fn strftime(template: &str, now: Timestamp) -> String {
    if template.contains('%') { now.strftime(template) } else { template.to_owned() }
}

/// A style option; what cannot be read changes nothing.
pub(super) fn look(text: &str, over: Style) -> Style {
    parse_style(text, over).unwrap_or(over)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::WindowId;

    #[test]
    fn the_clock_wakes_only_when_what_it_shows_changes() {
        let at = Timestamp(1_700_000_000_250); // 20.25 s into its minute
        let wait = |left, right| next_tick([left, right], at).map(|wait| wait.as_millis());
        assert_eq!(wait("[#S]", "no time"), None);
        assert_eq!(wait("100%%", ""), None);
        assert_eq!(wait("", "%H:%M"), Some(39_750));
        assert_eq!(wait("%-d", ""), Some(39_750));
        assert_eq!(wait("%H:%M", "%H:%M:%S"), Some(750));
        assert_eq!(wait("%T", ""), Some(750));
    }

    #[test]
    fn a_bell_counts_more_than_activity() {
        let marks = |last, bell, activity| TabMarks { window: WindowId(0), last, bell, activity };
        let of = |marks| styles(Some(&marks)).collect::<Vec<_>>();
        assert_eq!(of(marks(true, true, true)), ["window-status-last-style", "window-status-bell-style"]);
        assert_eq!(of(marks(false, false, true)), ["window-status-activity-style"]);
        assert_eq!(styles(None).count(), 0);
    }
}
