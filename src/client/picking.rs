//! How the picker comes to be, and what it shows of a pane.

use crate::base::{Line, PaneId, Rect};

use super::app::{App, Now};
use super::compose::{Content, Part};
use super::frame::Cell;
use super::layer::{Layer, Opened, Picker, PickerOrder, Subject};
use super::mirror::{Mirror, Pane};
use super::perform::Flags;

impl App {
    /// Opens it as one of tmux's choose commands.
    pub(super) fn pick(&mut self, name: &str, words: &[String], now: Now) {
        let flags = Flags::parse(words, "Fft");
        let subject = match name {
            "choose-client" => Subject::Clients,
            "choose-job" => Subject::Jobs,
            "choose-command" => Subject::Commands,
            _ if flags.has('s') => Subject::Tree(Opened::Sessions),
            _ if flags.has('w') => Subject::Tree(Opened::Windows),
            _ => Subject::Tree(Opened::Panes),
        };
        let order = PickerOrder {
            subject,
            template: flags.rest.join(" "),
            filter: flags.value('f').map(str::to_owned),
            preview: !flags.has('N'),
            grouped: flags.has('G'),
            start: self.here(subject),
        };
        let mut picker = Picker::new(order);
        let actions = picker.opened();
        self.push_layer(picker);
        self.act(actions, now);
    }

    /// What the user looks at, from the session down.
    fn here(&self, subject: Subject) -> Vec<String> {
        let Some(view) = self.mirror.view() else { return Vec::new() };
        let mut here = vec![view.session.to_string()];
        if subject != Subject::Tree(Opened::Sessions) {
            let window = view.windows.iter().find(|tab| tab.current).map(|tab| tab.id.to_string());
            let pane = self.active().map(|pane| pane.to_string());
            // One that is in several sessions is named with each.
            let linked = window.iter().map(|window| format!("{}:{window}", view.session)).collect::<Vec<_>>();
            here.extend(window.into_iter().chain(linked));
            here.extend(pane);
        }
        here
    }
}

/// A pane as a layer shows it: from its last rows upwards, as far as there is room, with its cursor in sight.
pub(super) fn preview(id: PaneId, place: Rect, mirror: &Mirror) -> Option<Part<'_>> {
    let pane = mirror.pane(id)?;
    let rows = u16::try_from(pane.rows.len()).unwrap_or(u16::MAX);
    let cursor = pane.cursor.map_or(0, |cursor| cursor.at.row.0);
    let used = pane.rows.iter().rposition(|line| !line.spans.is_empty()).map_or(0, |row| row as u16);
    let last = used.max(cursor).min(rows.saturating_sub(1));
    let first = (last + 1).saturating_sub(place.size.rows).min(cursor);
    Some(Part { place, content: Box::new(Excerpt { pane, first }) })
}

struct Excerpt<'a> {
    pane: &'a Pane,
    /// The pane's row that is shown first.
    first: u16,
}

impl Content for Excerpt<'_> {
    fn line(&self, row: u16) -> Option<&Line> {
        self.pane.rows.get(usize::from(self.first + row))
    }

    fn reversed(&self) -> bool {
        self.pane.modes.reverse
    }

    fn mark(&self, _row: u16, _cells: &mut [Cell]) {}
}
