//! Command lines that come a second time, and what is noted of the first: see [`super::answers`].

use std::collections::VecDeque;
use std::sync::Arc;

use super::answers::{Answer, Asked, State};
use super::clients::Typing;
use super::core::Core;
use super::mailbox::ToCore;
use super::pane::{Hand, Stamp};
use super::receipts::Receipts;
use super::requests::{Request, model_context};
use crate::base::limits::TYPED_TIMEOUT;
use crate::base::{Error, RequestId, Timestamp};
use crate::model::{Effect, Reply, Then};
use crate::proto::message::{Stream, ToClient};

/// Commands of a line are so far apart in the numbers of what they type.
const COMMAND_NUMBERS: u32 = 40;

impl Asked {
    /// Who types what the command types: nobody else, and no other command.
    fn author(self) -> u64 {
        self.identity.0 ^ u64::from(self.number).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

impl Core {
    /// Under which name a command line is known to later servers.
    pub(super) fn asked(&self, id: RequestId) -> Option<Asked> {
        let identity = self.clients.get(&id.client)?.identity?;
        Some(Asked { identity, number: id.number })
    }

    /// Takes a command line in: one that came before goes on where it was.
    pub(super) fn begin_request(&mut self, id: RequestId, commands: VecDeque<Vec<String>>) {
        let asked = self.asked(id);
        let answer = asked.and_then(|asked| self.answers.get(asked)).cloned();
        let mut request = Request::new(asked, commands);
        let Some(Answer { done, printed, made, state, .. }) = answer else {
            self.requests.insert(id, request);
            return self.advance(id);
        };
        request.rest.drain(..done.min(request.rest.len()));
        (request.done, request.made, request.noted) = (done, made, true);
        request.printed.clone_from(&printed);
        let resumes = self.clients.get_mut(&id.client).and_then(|client| client.resumes.take());
        request.resumes = resumes.filter(|(number, _)| *number == id.number).map(|(_, position)| position);
        // Who has had output of a program has had what came before that.
        let prints = request.resumes.is_none();
        self.requests.insert(id, request);
        if prints {
            self.print(id, &Reply::text(printed.text));
        }
        if prints && printed.cut {
            self.print_error(id, "what it printed before was too long to be kept");
        }
        self.go_on(id, state);
    }

    fn print_error(&self, id: RequestId, text: &str) {
        if let Some(task) = self.clients.get(&id.client) {
            let bytes = format!("{text}\n").into_bytes();
            task.send(ToClient::Output { number: id.number, stream: Stream::Err, bytes });
        }
    }

    fn go_on(&mut self, id: RequestId, state: State) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        match state {
            State::Goes => self.advance(id),
            State::Ended { status, error } => self.end_request(id, status, error),
            State::Attached { session, foreground } => {
                let words = ["attach-session", "--nested", "-t", &session.to_string()].map(str::to_owned);
                let foreground = foreground.then(|| "--foreground".to_owned());
                request.rest.push_front(words.into_iter().chain(foreground).collect());
                self.advance(id);
            }
            State::Starts { pane, at, then } => {
                let context = self.clients.get(&id.client).and_then(|task| task.context.as_deref().cloned());
                let then = then.with(&context.map(model_context).unwrap_or_default());
                let streams = matches!(then, Then::Stream);
                if !self.state.take_up_start(pane, at, id, then, Timestamp::now()) {
                    return self.advance(id);
                }
                if let Some(request) = self.requests.get_mut(&id) {
                    request.rest.pop_front();
                    request.made = Some(pane);
                }
                if streams && self.state.pane(pane).is_none() {
                    self.print_error(id, "its program has ended meanwhile; what it printed last may be missing");
                }
                let effects = self.state.take_effects();
                self.carry_out(effects);
            }
        }
    }

    /// Writes what a command has changed, with its answer, before anything outside is told of it. Gives what is left to
    /// be told.
    pub(super) fn save_first(&mut self, id: RequestId, reply: Option<&Reply>, effects: Vec<Effect>) -> Vec<Effect> {
        let Some(asked) = self.requests.get(&id).and_then(|request| request.asked) else { return effects };
        let (saves, others): (Vec<_>, Vec<_>) =
            effects.into_iter().partition(|effect| matches!(effect, Effect::Save(_)));
        if saves.is_empty() {
            return others;
        }
        self.carry_out(saves);
        match reply {
            Some(reply) => self.note_reply(id, reply),
            None => self.note_start(id, asked),
        }
        self.save_turn();
        others
    }

    fn note_start(&mut self, id: RequestId, asked: Asked) {
        let Some((pane, then)) = self.state.awaits(id) else { return };
        let Some(request) = self.requests.get_mut(&id) else { return };
        request.noted = true;
        let Request { done, made, printed, began, .. } = request;
        let state = State::Starts { pane, at: *began, then };
        self.answers.put(Answer { asked, done: *done, made: *made, printed: printed.clone(), state });
    }

    /// What is answered in this turn is written with what the turn has changed.
    pub(super) fn note_replies(&mut self) {
        let replies = std::mem::take(&mut self.turn.replies);
        for (id, reply) in &replies {
            let noted = self.requests.get(id).is_some_and(|request| request.noted);
            if noted || !self.turn.saves.is_empty() {
                self.note_reply(*id, reply);
            }
        }
        self.turn.replies = replies;
    }

    fn note_reply(&mut self, id: RequestId, reply: &Reply) {
        let client = self.state.client(id.client);
        let attached = client.map(|client| (client.session, client.foreground.is_some()));
        let Some(request) = self.requests.get_mut(&id) else { return };
        // Where output is still on its way, the end of the program says how it ends.
        let Some(asked) = request.asked.filter(|_| !request.is_streaming()) else { return };
        request.noted = true;
        let failed = reply.error.is_some() || reply.status != 0;
        let state = match attached.filter(|_| request.attached) {
            Some((session, foreground)) => State::Attached { session, foreground },
            None if failed || request.rest.is_empty() => {
                State::Ended { status: reply.status, error: reply.error.as_ref().map(Error::to_string) }
            }
            None => State::Goes,
        };
        let mut printed = request.printed.clone();
        printed.add(&reply.out);
        let (done, made) = (request.done + 1, request.made);
        self.answers.put(Answer { asked, done, made, printed, state });
    }

    /// Who types what the command that is run now types.
    pub(super) fn typing_of(&mut self, id: RequestId) -> Option<Typing> {
        let request = self.requests.get_mut(&id)?;
        let number = (request.done as u64 + 1) << COMMAND_NUMBERS;
        let stamp = Stamp { author: request.asked?.author(), hand: Hand::Command, number };
        let receipts = Arc::<Receipts>::default();
        let receipt = Some(Arc::new(receipts.open(number)));
        request.typed = Some(receipts);
        Some(Typing { stamp, receipt })
    }

    /// A command is answered when terminals have taken what it has typed: before, that would go with this server. Not
    /// for long, because a program need not read. False: there is nothing to wait for.
    pub(super) fn waits_for_typing(&mut self, id: RequestId, reply: &Reply) -> bool {
        let typed = self.requests.get_mut(&id).and_then(|request| request.typed.take());
        let Some(receipts) = typed.filter(|receipts| receipts.ask()) else { return false };
        let (core, reply) = (self.pane_mail.clone(), reply.clone());
        tokio::spawn(async move {
            let _ = tokio::time::timeout(TYPED_TIMEOUT, receipts.news()).await;
            let _ = core.send(ToCore::Typed { request: id, reply });
        });
        true
    }
}
