//! What has been sent and may have to be sent again: keys, text and pastes that no server has acknowledged, and command
//! lines that none has answered, in the order in which the user gave them.
//!
//! Each is numbered for the life of this process, so that the next server knows what the last one has done already.
//! Of the mouse, of focus and of released keys nothing is kept: where the pointer was is of no use later.

use std::collections::VecDeque;

use crate::base::{Input, PaneId};
use crate::proto::message::ToServer;

#[derive(Debug, Default)]
pub(super) struct Sent {
    kept: VecDeque<ToServer>,
    /// About the memory that they take.
    bytes: usize,
    /// How many of them are command lines.
    runs: usize,
}

impl Sent {
    /// Keeps a message that is on its way, if it is one of those. `shown` is the pane that the user saw as the active
    /// one: what was typed blindly for it must not go to another that is active later.
    pub(super) fn keep(&mut self, message: ToServer, shown: Option<PaneId>) {
        let message = match message {
            ToServer::Input { input: Input::Mouse(_) | Input::Focus(_) | Input::Release(_), .. } => return,
            // The next server may be an older one, which knows of no repeats.
            ToServer::Input { seq, pane, input: Input::Repeat(key) } => {
                return self.keep(ToServer::Input { seq, pane, input: Input::Key(key) }, shown);
            }
            // Behind a command that has not been answered, what is active is for the server to say.
            ToServer::Input { seq, pane, input } if self.runs == 0 => {
                ToServer::Input { seq, pane: pane.or(shown), input }
            }
            ToServer::Input { .. } | ToServer::Run(_) => message,
            _ => return,
        };
        self.bytes += weight(&message);
        self.runs += usize::from(matches!(message, ToServer::Run(_)));
        self.kept.push_back(message);
    }

    /// All inputs up to this number are with their programs.
    pub(super) fn settled(&mut self, through: u64) {
        self.forget(|message| matches!(message, ToServer::Input { seq, .. } if *seq <= through));
    }

    /// A command line has been answered.
    pub(super) fn answered(&mut self, number: u32) {
        self.forget(|message| matches!(message, ToServer::Run(run) if run.number == number));
    }

    fn forget(&mut self, done: impl Fn(&ToServer) -> bool) {
        self.kept.retain(|message| {
            let done = done(message);
            if done {
                self.bytes -= weight(message);
                self.runs -= usize::from(matches!(message, ToServer::Run(_)));
            }
            !done
        });
    }

    /// Everything, to be sent again.
    pub(super) fn take(&mut self) -> VecDeque<ToServer> {
        std::mem::take(self).kept
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// About the memory that a message takes while it is kept.
pub(super) fn weight(message: &ToServer) -> usize {
    let inside = match message {
        ToServer::Input { input: Input::Paste(text), .. } => text.len(),
        ToServer::Input { input: Input::Bytes(bytes), .. } => bytes.len(),
        ToServer::Run(run) => run.argv.iter().map(String::len).sum(),
        _ => 0,
    };
    inside + size_of::<ToServer>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Key, Mods, MouseEvent, MouseKind, Point};
    use crate::proto::message::Run;

    fn input(seq: u64, input: Input) -> ToServer {
        ToServer::Input { seq, pane: None, input }
    }

    fn key(seq: u64) -> ToServer {
        input(seq, Input::Key(Key::char('x')))
    }

    fn run(number: u32) -> ToServer {
        ToServer::Run(Run { number, argv: vec!["next-window".into()], context: None })
    }

    fn panes(sent: &mut Sent) -> Vec<(u64, Option<PaneId>)> {
        let input = |message| match message {
            ToServer::Input { seq, pane, .. } => Some((seq, pane)),
            _ => None,
        };
        sent.take().into_iter().filter_map(input).collect()
    }

    #[test]
    fn keys_are_kept_until_they_are_settled_and_the_mouse_is_not() {
        let mut sent = Sent::default();
        let mouse = MouseEvent { kind: MouseKind::Move, at: Point::new(0, 0), mods: Mods::empty() };
        for message in [key(1), input(2, Input::Mouse(mouse)), input(3, Input::Focus(true)), key(4), key(5)] {
            sent.keep(message, Some(PaneId(7)));
        }
        sent.settled(4);
        assert_eq!(panes(&mut sent), [(5, Some(PaneId(7)))]);
        assert_eq!(sent.bytes(), 0);
    }

    #[test]
    fn what_follows_a_command_goes_where_that_leads() {
        let mut sent = Sent::default();
        sent.keep(key(1), Some(PaneId(7)));
        sent.keep(run(20), Some(PaneId(7)));
        sent.keep(key(2), Some(PaneId(7)));
        sent.settled(1);
        assert_eq!(sent.kept.len(), 2);
        assert_eq!(panes(&mut sent), [(2, None)]);
        sent.keep(run(21), None);
        sent.answered(21);
        sent.keep(key(3), Some(PaneId(8)));
        assert_eq!(panes(&mut sent), [(3, Some(PaneId(8)))]);
    }

    #[test]
    fn what_is_kept_is_weighed() {
        let mut sent = Sent::default();
        sent.keep(input(1, Input::Paste("x".repeat(1000))), None);
        sent.keep(run(20), None);
        assert!(sent.bytes() > 1000);
        sent.settled(1);
        sent.answered(20);
        assert_eq!(sent.bytes(), 0);
    }
}
