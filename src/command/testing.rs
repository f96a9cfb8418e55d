//! A world to try commands in: the server's part is played as simply as can be.

use std::collections::{HashMap, VecDeque};
use std::ffi::OsString;

use crate::base::{ClientId, Error, ExitStatus, PaneId, RequestId, Size, Timestamp};
use crate::config::Options;
use crate::model::{Context, Effect, Event, Origin, Port, ProcessUsage, Reply, Setup, State, Usage, UsagePoint};

use super::{Outcome, run, split, words};

/// The pid of the first program that is started; the following ones count up.
const FIRST_PID: u32 = 4711;

pub struct World {
    pub state: State,
    /// Commands are typed at a terminal.
    pub interactive: bool,
    pub env: Vec<(OsString, OsString)>,
    /// All effects so far.
    pub seen: Vec<Effect>,
    /// Replies to requests that were not answered at once.
    pub replies: Vec<Reply>,
    inside: Option<PaneId>,
    by: Option<ClientId>,
    failure: Option<String>,
    pid: u32,
    clients: u32,
    now: i64,
}

/// What a look brings: the same of every job that runs.
fn looked(state: &State, effects: &[Effect]) -> Option<HashMap<String, Usage>> {
    let look = effects.iter().find_map(|effect| match effect {
        Effect::Look { look, .. } => Some(look),
        _ => None,
    })?;
    let process = |pid: u32, parent: u32, command: &str| ProcessUsage {
        pid,
        parent,
        command: command.into(),
        cpu_ms: 1000,
        memory: 1 << 20,
    };
    let usage = Usage {
        at: Timestamp(1),
        cpu_ms: 61_000,
        cpu_percent: 12.5,
        memory: 36_175_872,
        proportional: true,
        count: 2,
        processes: vec![process(FIRST_PID, 1, "/bin/sh ./train.sh"), process(FIRST_PID + 1, FIRST_PID, "sleep 9")],
        ports: vec![Port { protocol: "tcp", port: Some(8080), address: "127.0.0.1:8080".into() }],
        past: vec![UsagePoint { at: Timestamp(0), cpu_percent: 5.0, memory: 1 }; 3],
        lines: vec!["the last line".into()],
    };
    let live = |name: &&String| state.jobs().get(name).is_some_and(|job| job.life.phase.is_live());
    Some(look.jobs.iter().filter(live).map(|name| (name.clone(), usage.clone())).collect())
}

/// What the commands' tests expect was read off tmux, which counts from 0 and leaves gaps.
fn tmux_s() -> Options {
    Options { base_index: 0, pane_base_index: 0, renumber_windows: false, ..Options::default() }
}

impl World {
    pub fn new() -> Self {
        let setup = Setup {
            socket: "/run/mux/default".into(),
            server_pid: 1,
            agent_dir: "/run/mux".into(),
            host: "host".into(),
            shell: "/bin/sh".into(),
            home: "/home/me".into(),
            log_dir: "/home/me/.local/state/mux/logs".into(),
            version: "test".into(),
            env: Vec::new(),
        };
        Self {
            state: State::new(tmux_s(), setup),
            interactive: false,
            env: Vec::new(),
            seen: Vec::new(),
            replies: Vec::new(),
            inside: None,
            by: None,
            failure: None,
            pid: FIRST_PID,
            clients: 0,
            now: 1_700_000_000_000,
        }
    }

    /// From now on commands are typed in this session's active pane.
    pub fn inside(&mut self, session: &str) {
        let session = self.state.session_named(session).map(|session| session.id);
        self.inside = session.and_then(|session| self.state.active_of(session));
    }

    /// From now on commands come from this terminal.
    pub fn as_client(&mut self, client: ClientId) {
        self.by = Some(client);
    }

    /// The next program cannot be started.
    pub fn fail_next(&mut self, why: &str) {
        self.failure = Some(why.into());
    }

    /// Runs a command line that answers at once; what it prints.
    #[track_caller]
    pub fn ok(&mut self, line: &str) -> String {
        let reply = self.answer(line).unwrap_or_default();
        assert_eq!(reply.error, None, "{line}");
        assert_eq!(reply.status, 0, "{line}");
        reply.out
    }

    /// Runs a command line that answers at once, however it ends.
    pub fn reply(&mut self, line: &str) -> Reply {
        self.answer(line).unwrap_or_default()
    }

    /// Runs a command line that is answered by an event; the client that asked.
    #[track_caller]
    pub fn later(&mut self, line: &str) -> ClientId {
        let client = ClientId(self.clients + 1);
        if let Some(reply) = self.answer(line) {
            assert_eq!(reply.error, None, "{line}");
            self.replies.push(reply);
        }
        client
    }

    #[track_caller]
    pub fn error(&mut self, line: &str) -> Error {
        let reply = self.answer(line).unwrap_or_default();
        reply.error.unwrap_or_else(|| panic!("{line} went well: {}", reply.out))
    }

    #[track_caller]
    pub fn fails(&mut self, line: &str) -> String {
        self.error(line).message
    }

    #[track_caller]
    pub fn hint(&mut self, line: &str) -> String {
        self.error(line).hint.unwrap_or_default()
    }

    /// Attaches a terminal of 80x25, so that its windows have 80x24.
    pub fn attach(&mut self, session: &str) -> ClientId {
        let (interactive, inside) = (self.interactive, self.inside.take());
        self.interactive = true;
        let client = self.later(&format!("attach -t {session}"));
        self.interactive = interactive;
        self.inside = inside;
        client
    }

    pub fn gone(&mut self, client: ClientId) {
        self.event(Event::ClientGone { client });
    }

    pub fn exit(&mut self, pane: u32, status: ExitStatus) {
        self.event(Event::PaneExited { pane: PaneId(pane), status, at: Timestamp(self.now) });
    }

    /// Plays the server for effects that came from elsewhere.
    pub fn after(&mut self, effects: Vec<Effect>) {
        self.play(effects, None);
    }

    pub fn event(&mut self, event: Event) {
        self.now += 1000;
        let effects = self.state.apply(event, Timestamp(self.now));
        self.play(effects, None);
    }

    /// The panes that the client which came last shows, those on top last.
    pub fn shown(&mut self) -> Vec<PaneId> {
        let client = self.state.clients().map(|client| client.id).max();
        let view = client.and_then(|client| self.state.client_view(client, Timestamp(self.now)));
        view.map(|view| view.panes.iter().map(|pane| pane.id).collect()).unwrap_or_default()
    }

    /// The command that a client was last asked to perform.
    pub fn performed(&self) -> Vec<String> {
        let performed = self.seen.iter().rev().find_map(|effect| match effect {
            Effect::Perform { argv, .. } => Some(argv.clone()),
            _ => None,
        });
        performed.unwrap_or_default()
    }

    /// Runs a line; the reply, where one has come.
    fn answer(&mut self, line: &str) -> Option<Reply> {
        self.clients += 1;
        self.now += 1000;
        let origin = self.origin();
        let mut last = Some(Reply::default());
        let mut lines = VecDeque::from(split(&words(line).unwrap()));
        while let Some(argv) = lines.pop_front() {
            let (reply, effects) = match run(&mut self.state, &origin, &argv) {
                Outcome::Done(reply, effects) => (Some(reply), effects),
                Outcome::Later(effects) => match looked(&self.state, &effects) {
                    Some(usage) => {
                        match run(&mut self.state, &Origin { usage: Some(usage), ..origin.clone() }, &argv) {
                            Outcome::Done(reply, effects) => (Some(reply), effects),
                            Outcome::Later(effects) => (None, effects),
                        }
                    }
                    None => (None, effects),
                },
            };
            for effect in &effects {
                if let Effect::Insert { line, .. } = effect {
                    split(&words(line).unwrap()).into_iter().rev().for_each(|argv| lines.push_front(argv));
                }
            }
            let played = self.play(effects, Some(origin.request));
            last = reply.or(played);
        }
        last
    }

    fn origin(&self) -> Origin {
        let mut env = self.env.clone();
        env.push(("TERM".into(), "".into()));
        let context = Context {
            cwd: "/home/me".into(),
            env,
            size: self.interactive.then_some(Size::new(80, 25)),
            interactive: self.interactive,
            tty: self.interactive.then(|| "/dev/pts/100".into()),
            pid: 99,
            umask: 0o022,
        };
        Origin {
            request: RequestId { client: ClientId(self.clients), number: 1 },
            context,
            attached: false,
            behalf: self.by,
            pane: self.inside,
            made: None,
            now: Timestamp(self.now),
            facts: Default::default(),
            usage: None,
        }
    }

    /// Plays the server: starts programs, and finds the reply to a request.
    fn play(&mut self, effects: Vec<Effect>, request: Option<RequestId>) -> Option<Reply> {
        let mut queue = VecDeque::from(effects);
        let mut found = None;
        while let Some(effect) = queue.pop_front() {
            self.seen.push(effect.clone());
            match effect {
                Effect::Spawn { pane, .. } => {
                    let event = self.spawned(pane);
                    queue.extend(self.state.apply(event, Timestamp(self.now)));
                }
                Effect::Reply { request: to, reply } if request == Some(to) => {
                    found = Some(reply);
                }
                Effect::Reply { reply, .. } => self.replies.push(reply),
                _ => {}
            }
        }
        assert_eq!(self.state.check(), Vec::<String>::new());
        found
    }

    fn spawned(&mut self, pane: PaneId) -> Event {
        match self.failure.take() {
            Some(message) => Event::PaneFailed { pane, message },
            None => {
                let pid = self.pid;
                self.pid += 1;
                let tty = format!("/dev/pts/{}", pane.0).into();
                Event::PaneStarted { pane, pid, tty, started: Timestamp(self.now) }
            }
        }
    }
}
