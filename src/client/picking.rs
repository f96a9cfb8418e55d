//! What layers need of the client: commands whose answer is theirs, panes that they show live; and how the picker comes
//! to be.

use crate::base::{Line, PaneId, Rect};
use crate::proto::message::ToServer;

use super::app::{App, Now};
use super::compose::{Content, Part};
use super::frame::Cell;
use super::layer::{Layer, Opened, Picker, PickerOrder, Room, Subject};
use super::mirror::{Mirror, Pane};
use super::perform::Flags;

impl App {
    // ---- what a layer asks ---------------------------------------------------------------------------------------

    /// Runs a command whose answer is for the layer on top.
    pub(super) fn ask_for_layer(&mut self, words: Vec<String>) {
        let Some(layer) = self.layers.len().checked_sub(1) else { return };
        let number = self.send_run(words);
        self.asked.push((number, layer));
    }

    /// Whether a command's answer was a layer's. What it asked in vain is answered with nothing.
    pub(super) fn answer_layer(&mut self, number: u32, output: &[u8], well: bool, now: Now) -> bool {
        let Some(at) = self.asked.iter().position(|(asked, _)| *asked == number) else { return false };
        let (_, place) = self.asked.remove(at);
        let text = if well { String::from_utf8_lossy(output) } else { "".into() };
        let Some(layer) = self.layers.get_mut(place) else { return true };
        let actions = layer.answered(&text);
        self.drawing.stale();
        self.act_for(place, actions, now);
        true
    }

    /// Something was done that may concern what layers show.
    pub(super) fn layers_outdated(&mut self, now: Now) {
        for place in 0..self.layers.len() {
            let actions = self.layers[place].outdated();
            self.act_for(place, actions, now);
        }
    }

    /// What a layer asks is answered to it, whatever has come on top of it.
    fn act_for(&mut self, place: usize, actions: Vec<super::layer::Action>, now: Now) {
        let before = self.asked.len();
        self.act(actions, now);
        self.asked[before..].iter_mut().for_each(|(_, layer)| *layer = place);
    }

    // ---- what a layer shows --------------------------------------------------------------------------------------

    /// The pane that a layer shows, and where on the terminal.
    pub(super) fn live(&self, room: &Room) -> Option<(PaneId, Rect)> {
        self.layers.iter().rev().find_map(|layer| layer.live(room))
    }

    /// Lets the server send the pane that a layer shows, and no other one any more.
    pub(super) fn look_at_live(&mut self) {
        let room = self.room();
        let live = self.live(&room);
        let pane = live.map(|(pane, _)| pane);
        if self.mirror.watch(pane) {
            self.outbox.push(ToServer::Preview { pane });
            self.drawing.stale();
        }
    }

    // ---- the picker ----------------------------------------------------------------------------------------------

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
            here.extend(view.windows.iter().find(|tab| tab.current).map(|tab| tab.id.to_string()));
            here.extend(self.active().map(|pane| pane.to_string()));
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
