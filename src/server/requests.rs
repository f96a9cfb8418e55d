//! Command lines from clients: taken apart at `;`, run one after the other, each answered once.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::{mpsc, oneshot};

use super::answers::{Asked, Printed};
use super::core::Core;
use super::mailbox::{ToCore, ToPane};
use super::receipts::Receipts;
use crate::base::limits::{FACTS_TIMEOUT, MAX_ARGV_WORDS, OUTPUT_CHUNK};
use crate::base::{Error, PaneId, RequestId, Timestamp};
use crate::command::{self, Outcome, PaneFacts};
use crate::model::{self, Effect, Origin, Reply, Usage};
use crate::proto::message::{Context, Stream, ToClient};

/// A command line that is under way.
#[derive(Default)]
pub struct Request {
    /// Where it is known to later servers: how, and how much of it is done by now.
    pub(super) asked: Option<Asked>,
    pub(super) done: usize,
    pub(super) printed: Printed,
    /// Something of it has been noted for them.
    pub(super) noted: bool,
    /// When the command that runs now was begun.
    pub(super) began: Timestamp,
    /// The command that runs now, while it waits for facts.
    current: Vec<String>,
    pub(super) rest: VecDeque<Vec<String>>,
    /// Where its client has had the output of a program already, up to which position.
    pub(super) resumes: Option<u64>,
    /// A task sends output for it; the reply waits until that is through.
    streaming: usize,
    held_reply: Option<Reply>,
    /// The model replies, not the task.
    pub(super) answered_by_model: bool,
    /// The answer was that the connection is a user's terminal now: what follows on the line is told there.
    pub(super) attached: bool,
    /// The pane that a command of the line has made last.
    pub(super) made: Option<PaneId>,
    /// Whether terminals have taken what the command that runs now has typed.
    pub(super) typed: Option<Arc<Receipts>>,
}

impl Request {
    pub(super) fn new(asked: Option<Asked>, rest: VecDeque<Vec<String>>) -> Self {
        Self { asked, rest, ..Self::default() }
    }

    pub(super) fn is_streaming(&self) -> bool {
        self.streaming > 0
    }
}

impl Core {
    pub(super) fn take_request(&mut self, id: RequestId, argv: Vec<String>, context: Option<Box<Context>>) {
        let Some(task) = self.clients.get_mut(&id.client) else { return };
        if context.is_some() {
            task.context = context;
        }
        if argv.len() > MAX_ARGV_WORDS {
            let error = Error::usage(format!("a command line of {} words is too long", argv.len()));
            return self.done(id, &Reply::error(error));
        }
        self.begin_request(id, command::split(&argv).into());
    }

    /// Runs the next command of the line, or ends the request.
    pub(super) fn advance(&mut self, id: RequestId) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        let Some(argv) = request.rest.pop_front() else { return self.done(id, &Reply::default()) };
        let wants_facts = argv.first().and_then(|name| command::find(name).ok()).is_some_and(|spec| spec.facts)
            && command::shows_facts(&argv);
        if wants_facts && !self.panes.is_empty() {
            request.current = argv;
            self.gather_facts(id);
        } else {
            self.run_command(id, &argv, HashMap::new(), None);
        }
    }

    /// Asks every pane what only its task knows. The core goes on meanwhile.
    fn gather_facts(&self, request: RequestId) {
        let mut answers = Vec::with_capacity(self.panes.len());
        for (&pane, task) in &self.panes {
            let (answer, facts) = oneshot::channel();
            task.tell(ToPane::Facts(answer));
            answers.push((pane, facts));
        }
        let core = self.pane_mail.clone();
        tokio::spawn(async move {
            let mut facts = HashMap::new();
            let deadline = tokio::time::Instant::now() + FACTS_TIMEOUT;
            for (pane, answer) in answers {
                if let Ok(Ok(fact)) = tokio::time::timeout_at(deadline, answer).await {
                    facts.insert(pane, fact);
                }
            }
            let _ = core.send(ToCore::Facts { request, facts });
        });
    }

    pub(super) fn run_with_facts(&mut self, id: RequestId, facts: HashMap<PaneId, PaneFacts>) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        let argv = std::mem::take(&mut request.current);
        self.run_command(id, &argv, facts, None);
    }

    pub(super) fn run_with_usage(&mut self, id: RequestId, usage: HashMap<String, Usage>) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        let argv = std::mem::take(&mut request.current);
        self.run_command(id, &argv, HashMap::new(), Some(usage));
    }

    fn run_command(
        &mut self,
        id: RequestId,
        argv: &[String],
        facts: HashMap<PaneId, PaneFacts>,
        usage: Option<HashMap<String, Usage>>,
    ) {
        let Some(task) = self.clients.get(&id.client) else { return };
        let context = task.context.as_deref().cloned().map(model_context).unwrap_or_default();
        let pane = context.tty.as_deref().and_then(|tty| self.state.pane_of_tty(tty));
        let now = Timestamp::now();
        let made = self.requests.get(&id).and_then(|request| request.made);
        let origin = Origin { request: id, context, attached: task.attached, pane, made, now, facts, usage };
        let (reply, effects) = match command::run(&mut self.state, &origin, argv) {
            Outcome::Done(reply, effects) => (Some(reply), effects),
            Outcome::Later(effects) => (None, effects),
        };
        let made = effects.iter().rev().find_map(made_by);
        if let Some(request) = self.requests.get_mut(&id) {
            request.made = made.or(request.made);
            request.began = now;
        }
        let looks = effects.iter().any(|effect| matches!(effect, Effect::Look { .. }));
        if let (Some(request), true) = (self.requests.get_mut(&id), looks) {
            request.current = argv.to_vec();
        }
        let effects = self.save_first(id, reply.as_ref(), effects);
        self.typing = self.typing_of(id);
        self.carry_out(effects);
        self.typing = None;
        self.turn.replies.extend(reply.map(|reply| (id, reply)));
    }

    /// Answers the running command; on success the next one of the line follows.
    pub(super) fn reply(&mut self, id: RequestId, reply: Reply) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        if request.streaming > 0 {
            request.held_reply = Some(reply);
            return;
        }
        if self.waits_for_typing(id, &reply) {
            return;
        }
        let Some(request) = self.requests.get_mut(&id) else { return };
        if reply.error.is_none() && reply.status == 0 && !request.rest.is_empty() {
            request.done += 1;
            request.printed.add(&reply.out);
            self.print(id, &reply);
            self.advance(id);
        } else {
            self.done(id, &reply);
        }
    }

    /// Prints a part of a request's answer before the rest is there.
    pub(super) fn say(&self, id: RequestId, text: &str) {
        self.print(id, &Reply::text(text));
    }

    pub(super) fn print(&self, id: RequestId, reply: &Reply) {
        let Some(task) = self.clients.get(&id.client) else { return };
        for chunk in reply.out.as_bytes().chunks(OUTPUT_CHUNK) {
            task.send(ToClient::Output { number: id.number, stream: Stream::Out, bytes: chunk.to_vec() });
        }
    }

    fn done(&mut self, id: RequestId, reply: &Reply) {
        self.print(id, reply);
        self.end_request(id, reply.status, reply.error.as_ref().map(Error::to_string));
    }

    /// Everything that it prints has been sent.
    pub(super) fn end_request(&mut self, id: RequestId, status: u8, error: Option<String>) {
        let attached = self.requests.remove(&id).is_some_and(|request| request.attached);
        let Some(task) = self.clients.get(&id.client) else { return };
        if !attached {
            for problem in std::mem::take(&mut self.unsaid) {
                let bytes = format!("{problem}\n").into_bytes();
                task.send(ToClient::Output { number: id.number, stream: Stream::Err, bytes });
            }
        }
        match (attached, error) {
            (false, error) => task.send(ToClient::Done { number: id.number, status, error }),
            (true, Some(text)) => task.send(ToClient::Message { text, error: true }),
            (true, None) => {}
        }
    }

    /// A task is about to send output for this request. Gives the queue to send it to.
    pub(super) fn start_stream(&mut self, id: RequestId) -> Option<mpsc::Sender<ToClient>> {
        self.requests.get_mut(&id)?.streaming += 1;
        let link = self.clients.get(&id.client)?.link();
        link.patient.store(true, Ordering::Relaxed);
        Some(link.control.clone())
    }

    /// All output of a task is in the queue: the reply that waited for it, or the task's own, follows. For a pane's
    /// output the model's reply may still be on its way.
    pub(super) fn stream_finished(&mut self, id: RequestId, status: u8, error: Option<String>) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        request.streaming = request.streaming.saturating_sub(1);
        if request.streaming > 0 {
            return;
        }
        let held = request.held_reply.take();
        let own = Reply { out: String::new(), status, error: error.map(Error::refused) };
        match held {
            Some(reply) => self.turn.replies.push((id, reply)),
            None if !request.answered_by_model => self.turn.replies.push((id, own)),
            None => {}
        }
    }

    pub(super) fn captured(&mut self, id: RequestId, text: Option<String>, buffer: Option<Option<String>>) {
        let reply = match (text, buffer) {
            (None, _) => Reply::error(Error::not_found("the pane is gone")),
            (Some(text), None) => Reply::text(text),
            (Some(text), Some(name)) => {
                self.state.set_buffer(name.as_deref(), text.into_bytes(), Timestamp::now());
                let effects = self.state.take_effects();
                self.carry_out(effects);
                Reply::default()
            }
        };
        self.turn.replies.push((id, reply));
    }
}

fn made_by(effect: &Effect) -> Option<PaneId> {
    match effect {
        Effect::Spawn { pane, .. } => Some(*pane),
        _ => None,
    }
}

pub(super) fn model_context(context: Context) -> model::Context {
    model::Context {
        cwd: context.cwd,
        env: context.env,
        size: context.size,
        interactive: context.interactive,
        tty: context.tty,
        pid: context.pid,
        umask: context.umask & 0o777,
    }
}
