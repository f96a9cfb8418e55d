//! What the client does for its layers: hands them keys, does what they have made of them, asks what they want to know,
//! shows the pane that they show.

use crate::base::{Key, PaneId, Rect};
use crate::proto::message::ToServer;

use super::app::{App, Now};
use super::asking::Asked;
use super::layer::{Action, Confirm, Layer, Room, Taken};

impl App {
    /// Whether a layer has taken the key.
    pub(super) fn layer_key(&mut self, key: Key, now: Now) -> bool {
        let Some(layer) = self.layers.last_mut() else { return false };
        self.drawing.stale();
        let taken = layer.key(key);
        self.taken(taken, now)
    }

    /// Does what a layer has made of something; false where that is for what is below.
    pub(super) fn taken(&mut self, taken: Taken, now: Now) -> bool {
        match taken {
            Taken::Stay => {}
            Taken::Act(actions) => self.act(actions, now),
            Taken::Close(actions) => {
                self.pop_layer();
                self.act(actions, now);
            }
            Taken::Pass => {
                self.pop_layer();
                return false;
            }
        }
        true
    }

    /// For the layer on top.
    pub(super) fn act(&mut self, actions: Vec<Action>, now: Now) {
        self.act_for(self.layers.len().saturating_sub(1), actions, now);
    }

    /// What this layer asks is answered to it, whatever has come on top of it.
    fn act_for(&mut self, place: usize, actions: Vec<Action>, now: Now) {
        for action in actions {
            match action {
                Action::Run(line) => self.run_line(&line, now),
                Action::Words(words) => self.run_words(&words, now),
                Action::Send(argv) => drop(self.send_run(argv)),
                Action::Paste(text) => self.send_paste(&text),
                Action::Copy(text) => self.copy_text(text, now),
                Action::Open(text) => self.open(&text, now),
                Action::Search(search) => self.copy_search(search, now),
                Action::Say(text) => self.say(text, true, now),
                Action::Remember(line) => self.prompting.remember(line),
                Action::Names => self.ask_names(),
                Action::Ask(words) => self.inquire(words.clone(), Asked::Layer { place, words }),
                Action::Confirm { question, words } => self.push_layer(Confirm::new(question, words, false)),
            }
        }
    }

    pub(super) fn push_layer(&mut self, layer: impl Layer + 'static) {
        self.keys.cancel();
        self.layers.push(Box::new(layer));
        self.drawing.stale();
    }

    /// What it has asked is not to be shown when it comes.
    pub(super) fn pop_layer(&mut self) {
        self.layers.pop();
        let left = self.layers.len();
        for asked in self.asked.values_mut() {
            if matches!(asked, Asked::Layer { place, .. } if *place >= left) {
                *asked = Asked::Nobody;
            }
        }
    }

    // ---- what a layer asks ---------------------------------------------------------------------------------------

    /// A command that a layer has asked has printed this; nothing where it failed.
    pub(super) fn answer_layer(&mut self, place: usize, words: &[String], text: &str, now: Now) {
        let Some(layer) = self.layers.get_mut(place) else { return };
        let actions = layer.answered(words, text);
        self.drawing.stale();
        self.act_for(place, actions, now);
    }

    /// Something was done that may concern what layers show.
    pub(super) fn layers_outdated(&mut self, now: Now) {
        for place in 0..self.layers.len() {
            let actions = self.layers[place].outdated();
            self.act_for(place, actions, now);
        }
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
}
