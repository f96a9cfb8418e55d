//! The lines that clients were shown last, for `show-messages`.

use std::collections::VecDeque;

use crate::base::{ClientId, Timestamp, limits};

use super::State;

/// The latest [`limits::KEPT_MESSAGES`], the oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Messages {
    list: VecDeque<(Timestamp, String)>,
}

impl Messages {
    fn add(&mut self, at: Timestamp, text: String) {
        self.list.push_back((at, text));
        if self.list.len() > limits::KEPT_MESSAGES {
            self.list.pop_front();
        }
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &(Timestamp, String)> {
        self.list.iter()
    }
}

impl State {
    pub fn messages(&self) -> &Messages {
        &self.messages
    }

    /// A client is being shown this.
    pub fn note_message(&mut self, client: ClientId, text: &str) {
        if let Some(client) = self.client(client) {
            let line = format!("{} message: {text}", client.name());
            self.messages.add(self.now, line);
        }
    }
}
