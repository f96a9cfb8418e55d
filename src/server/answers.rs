//! What was answered last, so that nothing is done twice.
//!
//! A client whose answer does not come cannot know whether its command was carried out. It asks the next server for the
//! same command line under the same number. That server looks here: what is done is answered again, what is not is done
//! then. An answer is written in one file together with what the command has changed (see [`crate::store::Turn`]),
//! before anything outside is told of it; so it is known exactly if its effects are. A command that has changed nothing
//! that is written is not noted: asked again, it is carried out again. What such a command types into a pane has the
//! command's number, and the pane's ledger knows whether the program was given it.
//!
//! So every command is done once and answered, or not done, when its client gets to a server again. It is not told
//! whether it was done where it gets to none, or where that server is of a version that keeps no answers.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::base::limits::{KEPT_ANSWER, KEPT_ANSWERS};
use crate::base::{Identity, PaneId, SessionId, Timestamp};
use crate::model::SavedThen;

/// A command line: who has sent it, and under which number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub identity: Identity,
    pub number: u32,
}

/// How far it has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub asked: Asked,
    /// Commands of the line that are done.
    pub done: usize,
    /// The pane that one of them has made last: it is current for the rest of the line.
    pub made: Option<PaneId>,
    pub printed: Printed,
    pub state: State,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The next command of the line is to be done.
    Goes,
    /// It has asked for a program in this pane, at this time.
    Starts { pane: PaneId, at: Timestamp, then: SavedThen },
    /// It is over. `error` is in its final form.
    Ended { status: u8, error: Option<String> },
    /// It has made its client a user's terminal.
    Attached { session: SessionId, foreground: bool },
}

/// What a command line has printed, as long as it is short.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Printed {
    pub text: String,
    /// It was longer.
    pub cut: bool,
}

impl Printed {
    pub fn add(&mut self, text: &str) {
        if self.text.len() + text.len() > KEPT_ANSWER {
            self.cut = true;
        }
        if self.cut {
            self.text.clear();
        } else {
            self.text.push_str(text);
        }
    }
}

/// The last ones, the newest at the end.
#[derive(Debug, Default)]
pub struct Answers {
    list: VecDeque<Answer>,
    /// There is one that has not been written.
    fresh: bool,
}

impl Answers {
    /// Reads what [`Answers::note`] wrote; nothing where that is of another version.
    pub fn from_note(note: &str) -> Self {
        Self { list: serde_json::from_str(note).unwrap_or_default(), fresh: false }
    }

    pub fn note(&self) -> serde_json::Result<String> {
        serde_json::to_string(&self.list)
    }

    pub fn get(&self, asked: Asked) -> Option<&Answer> {
        self.list.iter().rev().find(|answer| answer.asked == asked)
    }

    pub fn put(&mut self, answer: Answer) {
        if self.get(answer.asked) == Some(&answer) {
            return;
        }
        self.list.retain(|known| known.asked != answer.asked);
        self.list.push_back(answer);
        while self.list.len() > KEPT_ANSWERS {
            self.list.pop_front();
        }
        self.fresh = true;
    }

    /// Its client has its answer, or does not want one any more.
    pub fn forget(&mut self, identity: Identity) {
        self.list.retain(|answer| answer.asked.identity != identity);
    }

    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    pub fn written(&mut self) {
        self.fresh = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(number: u32, done: usize) -> Answer {
        let asked = Asked { identity: Identity(7), number };
        Answer { asked, done, made: None, printed: Printed::default(), state: State::Ended { status: 0, error: None } }
    }

    #[test]
    fn the_last_word_counts_and_the_oldest_goes() {
        let mut answers = Answers::default();
        answers.put(answer(1, 1));
        answers.put(answer(1, 2));
        assert_eq!(answers.get(answer(1, 0).asked).unwrap().done, 2);
        for number in 2..=KEPT_ANSWERS as u32 + 1 {
            answers.put(answer(number, 1));
        }
        assert_eq!(answers.get(answer(1, 0).asked), None);
        answers.put(Answer { asked: Asked { identity: Identity(8), number: 1 }, ..answer(1, 1) });
        answers.forget(Identity(8));
        assert_eq!(answers.get(Asked { identity: Identity(8), number: 1 }), None);
        let again = Answers::from_note(&answers.note().unwrap());
        assert_eq!(again.list, answers.list);
        assert!(Answers::from_note("what").list.is_empty());
    }

    #[test]
    fn only_what_is_new_is_to_be_written() {
        let mut answers = Answers::default();
        answers.put(answer(1, 1));
        assert!(answers.is_fresh());
        answers.written();
        answers.put(answer(1, 1));
        assert!(!answers.is_fresh());
    }

    #[test]
    fn what_is_long_is_not_kept_in_part() {
        let mut printed = Printed::default();
        printed.add("short");
        assert_eq!(printed.text, "short");
        printed.add(&"x".repeat(KEPT_ANSWER));
        printed.add("more");
        assert_eq!(printed, Printed { text: String::new(), cut: true });
    }
}
