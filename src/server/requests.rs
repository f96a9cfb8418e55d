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
use crate::base::{ClientId, Error, PaneId, RequestId, Timestamp};
use crate::command::{self, Outcome, PaneFacts};
use crate::model::{self, Effect, Origin, Reply, Unasked, Usage};
use crate::proto::message::{Context, Stream, ToClient};

/// Stands for the client of commands that nobody has typed: real ones count up from 0 and never come so far.
const NOBODY: ClientId = ClientId(u32::MAX);

/// File mode bits that programs leave out which such commands start: as most systems set it.
const UNASKED_UMASK: u32 = 0o022;

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
    /// What the last command of the line has led to, and what is left of it.
    inner: VecDeque<Step>,
    /// Where the command that runs now stands in a file: what it complains of is told with that, and the rest goes on.
    place: Option<Arc<str>>,
    /// Something in a file has failed.
    pub(super) failed: bool,
    /// Files that it has led to.
    pub(super) sourced: usize,
    /// Nobody has typed it.
    pub(super) unasked: Option<Box<ForWhom>>,
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

/// A command that another one has led to.
pub(super) struct Step {
    pub argv: Vec<String>,
    /// `FILE:LINE`.
    pub place: Option<Arc<str>>,
}

/// For whom commands run that nobody has typed.
pub(super) struct ForWhom {
    client: Option<ClientId>,
    /// They are a hook's.
    hook: bool,
    context: model::Context,
}

impl Request {
    /// Puts commands behind the one that runs now.
    pub(super) fn insert(&mut self, steps: impl DoubleEndedIterator<Item = Step>) {
        steps.rev().for_each(|step| self.inner.push_front(step));
    }

    /// All that the command of the line has led to is done.
    pub(super) fn is_whole(&self) -> bool {
        self.inner.is_empty()
    }

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
        let inner = request.inner.pop_front();
        request.place = inner.as_ref().and_then(|step| step.place.clone());
        let Some(argv) = inner.map(|step| step.argv).or_else(|| request.rest.pop_front()) else {
            return self.done(id, &Reply::default());
        };
        let spec = argv.first().and_then(|name| command::find(name).ok());
        let wants_facts = spec.is_some_and(|spec| spec.facts) && command::shows_facts(&argv);
        if wants_facts && !self.panes.is_empty() {
            request.current = argv;
            self.gather_facts(id, spec.is_some_and(|spec| spec.screens));
        } else {
            self.run_command(id, &argv, HashMap::new(), None);
        }
    }

    /// Asks every pane what only its task knows. The core goes on meanwhile.
    fn gather_facts(&self, request: RequestId, screen: bool) {
        let mut answers = Vec::with_capacity(self.panes.len());
        for (&pane, task) in &self.panes {
            let (answer, facts) = oneshot::channel();
            task.tell(ToPane::Facts { screen, answer });
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
        let Some(request) = self.requests.get(&id) else { return };
        let (made, now) = (request.made, Timestamp::now());
        let (hook, behalf) = request.unasked.as_ref().map_or((false, None), |whom| (whom.hook, whom.client));
        let (context, attached) = match (&request.unasked, self.clients.get(&id.client)) {
            (Some(whom), _) => (whom.context.clone(), behalf.is_some()),
            (None, Some(task)) => {
                (task.context.as_deref().cloned().map(model_context).unwrap_or_default(), task.attached)
            }
            (None, None) => return,
        };
        let pane = context.tty.as_deref().and_then(|tty| self.state.pane_of_tty(tty));
        let origin = Origin { request: id, context, attached, behalf, pane, made, now, facts, usage };
        self.state.call_no_hooks(hook);
        let (reply, effects) = match command::run(&mut self.state, &origin, argv) {
            Outcome::Done(reply, effects) => (Some(reply), effects),
            Outcome::Later(effects) => (None, effects),
        };
        self.state.call_no_hooks(false);
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
        let reply = self.excused(id, reply);
        let Some(request) = self.requests.get_mut(&id) else { return };
        let more = !(request.inner.is_empty() && request.rest.is_empty());
        if reply.error.is_none() && reply.status == 0 && more {
            // A command of the line is done with all that it has led to.
            request.done += usize::from(request.inner.is_empty());
            request.printed.add(&reply.out);
            self.print(id, &reply);
            self.advance(id);
        } else {
            self.done(id, &reply);
        }
    }

    /// What a command in a file complains of is told with its place; the file goes on.
    fn excused(&mut self, id: RequestId, reply: Reply) -> Reply {
        let Some(request) = self.requests.get_mut(&id) else { return reply };
        let (Some(place), true) = (request.place.take(), reply.status != 0) else { return reply };
        request.failed = true;
        if let Some(error) = &reply.error {
            self.print_error(id, &format!("{place}: {error}"));
        }
        Reply { status: 0, error: None, ..reply }
    }

    pub(super) fn insert_line(&mut self, id: RequestId, line: &str) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        let place = request.place.clone();
        // It was looked at when it was written.
        let words = command::words(line).unwrap_or_default();
        let step = |argv| Step { argv, place: place.clone() };
        request.insert(command::split(&words).into_iter().map(step));
    }

    /// Runs commands that nobody waits for.
    pub(super) fn begin_one_unasked(&mut self, unasked: Unasked) {
        let pane = self.pane_or_none(unasked.pane);
        let session = pane.and_then(|pane| self.state.home_of(pane)).and_then(|(id, _)| self.state.session(id));
        let setup = self.state.setup();
        let context = model::Context {
            cwd: session.map_or_else(|| setup.home.clone(), |session| session.cwd.clone()),
            env: session.map_or_else(|| setup.env.clone(), |session| session.env.pairs()),
            umask: UNASKED_UMASK,
            ..model::Context::default()
        };
        self.unasked = self.unasked.wrapping_add(1);
        let id = RequestId { client: NOBODY, number: self.unasked };
        let whom = ForWhom { client: unasked.client, hook: unasked.hook, context };
        let mut request = Request { made: pane, unasked: Some(Box::new(whom)), ..Request::default() };
        let commands = unasked.lines.iter().flat_map(|line| command::split(&command::words(line).unwrap_or_default()));
        request.rest = commands.collect();
        self.requests.insert(id, request);
        self.advance(id);
    }

    /// Prints a part of a request's answer before the rest is there.
    pub(super) fn say(&self, id: RequestId, text: &str) {
        self.print(id, &Reply::text(text));
    }

    pub(super) fn print(&self, id: RequestId, reply: &Reply) {
        if let Some(whom) = self.requests.get(&id).and_then(|request| request.unasked.as_ref()) {
            if let Some(client) = whom.client.filter(|_| !reply.out.is_empty()) {
                self.show(client, reply.out.clone());
            }
            return;
        }
        let Some(task) = self.clients.get(&id.client) else { return };
        for chunk in reply.out.as_bytes().chunks(OUTPUT_CHUNK) {
            task.send(ToClient::Output { number: id.number, stream: Stream::Out, bytes: chunk.to_vec() });
        }
    }

    fn done(&mut self, id: RequestId, reply: &Reply) {
        self.print(id, reply);
        let failed = self.requests.get(&id).is_some_and(|request| request.failed);
        let status = if failed { reply.status.max(1) } else { reply.status };
        self.end_request(id, status, reply.error.as_ref().map(Error::to_string));
    }

    /// Everything that it prints has been sent.
    pub(super) fn end_request(&mut self, id: RequestId, status: u8, error: Option<String>) {
        let request = self.requests.remove(&id);
        if let Some(whom) = request.as_ref().and_then(|request| request.unasked.as_ref()) {
            return self.unasked_ended(whom.client, error);
        }
        let attached = request.is_some_and(|request| request.attached);
        if let Some(error) = &error {
            self.state.note_message(id.client, error);
        }
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

    fn unasked_ended(&mut self, client: Option<ClientId>, error: Option<String>) {
        let Some(text) = error else { return };
        match client {
            Some(client) => {
                self.state.note_message(client, &text);
                self.to_client(client, ToClient::Message { text, error: true });
            }
            None => tracing::warn!(text, "a command that nobody has typed"),
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
