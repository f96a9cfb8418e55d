//! The variables of formats (`#{session_name}`): one table, each computed from what a [`Lens`] looks at.

use std::collections::HashMap;
use std::path::Path;

use crate::base::{ClientId, PaneId, Rect, SessionId, Timestamp, WindowId};
use crate::format::{self, Loop, Turn, Vars};

use super::client::Client;
use super::floating::{Float, FloatKind};
use super::job::Job;
use super::pane::{Life, Pane};
use super::session::{Alerts, Session};
use super::supervise::Goal;
use super::window::Window;
use super::{Here, PaneFacts, State};

/// What a format is expanded for. Knowing a pane means knowing its window and session too.
#[derive(Clone, Copy)]
pub struct Lens<'a> {
    state: &'a State,
    now: Timestamp,
    facts: Option<&'a HashMap<PaneId, PaneFacts>>,
    client: Option<&'a Client>,
    session: Option<&'a Session>,
    window: Option<&'a Window>,
    pane: Option<&'a Pane>,
    job: Option<&'a Job>,
    line: usize,
    /// `#(…)` is what the shell has printed.
    shells: bool,
}

impl State {
    /// Looks at nothing yet but the server itself.
    pub fn lens(&self, now: Timestamp) -> Lens<'_> {
        Lens {
            state: self,
            now,
            facts: None,
            client: None,
            session: None,
            window: None,
            pane: None,
            job: None,
            line: 0,
            shells: false,
        }
    }

    pub(super) fn expand_for_pane(&self, template: &str, pane: PaneId, now: Timestamp) -> String {
        format::expand(template, &self.lens(now).pane(pane))
    }
}

impl<'a> Lens<'a> {
    pub fn facts(self, facts: &'a HashMap<PaneId, PaneFacts>) -> Self {
        Self { facts: Some(facts), ..self }
    }

    /// The client, and what it shows.
    pub fn client(self, id: ClientId) -> Self {
        let Some(client) = self.state.client(id) else { return self };
        Self { client: Some(client), ..self.session(client.session) }
    }

    pub fn session(self, id: SessionId) -> Self {
        let Some(session) = self.state.session(id) else { return self };
        Self { session: Some(session), ..self.window(session.current) }
    }

    pub fn window(self, id: WindowId) -> Self {
        let Some(window) = self.state.window(id) else { return self };
        self.pane(window.active)
    }

    pub fn pane(self, id: PaneId) -> Self {
        let state = self.state;
        let Some(pane) = state.pane(id) else { return self };
        let window = state.window(pane.window);
        // The session that is looked at, where it has the window.
        let near = window.and_then(|window| self.session.filter(|session| session.holds(window.id)));
        let session = near.or_else(|| window.and_then(|window| state.session(window.session)));
        Self { pane: Some(pane), window, session, job: state.jobs().of_pane(id), ..self }
    }

    /// A pane in the session that it is meant in.
    pub fn spot(self, here: Here) -> Self {
        self.session(here.session).pane(here.pane)
    }

    pub fn job(self, job: &'a Job) -> Self {
        let lens = job.pane.map_or(self, |pane| self.pane(pane));
        Self { job: Some(job), ..lens }
    }

    /// Where `#(…)` counts.
    pub(super) fn shells(self) -> Self {
        Self { shells: true, ..self }
    }

    /// The line's number in a list.
    pub fn line(self, line: usize) -> Self {
        Self { line, ..self }
    }

    fn facts_of_pane(&self) -> Option<&'a PaneFacts> {
        self.facts?.get(&self.pane?.id)
    }

    fn rect(&self) -> Option<Rect> {
        self.window?.rect(self.pane?.id)
    }

    fn is_current(&self) -> bool {
        matches!((self.session, self.window), (Some(session), Some(window)) if session.current == window.id)
    }

    fn is_last(&self) -> bool {
        matches!((self.session, self.window), (Some(session), Some(window)) if session.last() == Some(window.id))
    }

    fn window_flags(&self) -> Option<String> {
        let window = self.window?;
        let marked = self.state.marked().is_some_and(|pane| window.contains(pane));
        Some(window.flags(self.alerts()?, self.is_current(), self.is_last(), marked))
    }

    /// The marks of the window in the session.
    fn alerts(&self) -> Option<Alerts> {
        Some(self.session?.alerts_of(self.window?.id))
    }

    /// The clients of the session's group.
    fn group_clients(&self) -> Option<usize> {
        Some(self.group()?.into_iter().map(|session| self.state.clients_of(session).len()).sum())
    }

    fn group(&self) -> Option<Vec<SessionId>> {
        Some(self.state.grouped(self.session?.group.as_deref()?))
    }

    fn group_names(&self) -> Option<Vec<&'a str>> {
        Some(self.names(self.group()?.into_iter()))
    }

    fn client_names(&self, sessions: impl Iterator<Item = SessionId>) -> Vec<String> {
        let clients = sessions.flat_map(|session| self.state.clients_of(session));
        clients.filter_map(|client| self.state.client(client)).map(Client::name).collect()
    }

    fn names(&self, sessions: impl Iterator<Item = SessionId>) -> Vec<&'a str> {
        sessions.filter_map(|id| self.state.session(id)).map(|session| session.name.as_str()).collect()
    }

    /// The sessions in which the window is the current one.
    fn active_in(&self) -> Option<Vec<SessionId>> {
        let window = self.window?;
        let current = |id: &SessionId| self.state.session(*id).is_some_and(|session| session.current == window.id);
        Some(window.sessions().filter(current).collect())
    }

    fn float(&self) -> Option<&'a Float> {
        self.window?.float(self.pane?.id)
    }

    fn pane_index(&self) -> Option<u32> {
        let position = u32::try_from(self.window?.position(self.pane?.id)?).ok()?;
        let base = self.state.window_options(self.window?.id).pane_base_index;
        Some(base.saturating_add(position))
    }

    pub(super) fn current_command(&self) -> Option<String> {
        let pane = self.pane?;
        let seen = self.facts_of_pane().map(|facts| facts.current_command.clone()).filter(|name| !name.is_empty());
        let known = Some(pane.command.clone()).filter(|name| !name.is_empty());
        seen.or(known).or_else(|| Some(self.state.program_name(&pane.program)))
    }

    fn current_path(&self) -> Option<String> {
        let path = self.facts_of_pane().map(|facts| &facts.current_path).filter(|path| !path.as_os_str().is_empty());
        path.or(Some(&self.pane?.program.cwd)).map(|path| path.display().to_string())
    }

    fn title(&self) -> Option<String> {
        let pane = self.pane?;
        Some(if pane.title.is_empty() { self.state.setup().host.clone() } else { pane.title.clone() })
    }

    /// How many clients of the session show the window.
    fn shown_by(&self) -> Option<usize> {
        let window = self.window?.id;
        let clients = self.state.clients_of(self.session?.id);
        Some(clients.into_iter().filter(|client| self.state.shows(*client, window)).count())
    }

    fn attached(&self) -> Option<usize> {
        Some(self.state.clients_of(self.session?.id).len())
    }
}

type Get = fn(&Lens<'_>) -> Option<String>;

fn text(value: impl ToString) -> Option<String> {
    Some(value.to_string())
}

fn flag(value: bool) -> Option<String> {
    Some(if value { "1" } else { "0" }.into())
}

fn path(path: &Path) -> Option<String> {
    Some(path.display().to_string())
}

/// The variables that want [`PaneFacts`].
pub const FACTS: &[&str] = &[
    "alternate_on",
    "cursor_flag",
    "cursor_x",
    "cursor_y",
    "history_bytes",
    "history_size",
    "mouse_any_flag",
    "pane_current_command",
    "pane_current_path",
];

/// All variables, in alphabetical order.
pub static VARS: &[(&str, Get)] = &[
    ("active_window_index", |l| text(l.session?.index_of(l.session?.current)?)),
    ("alternate_on", |l| flag(l.facts_of_pane().is_some_and(|facts| facts.alternate_on))),
    ("client_activity", |l| text(l.client?.activity.seconds())),
    ("client_created", |l| text(l.client?.created.seconds())),
    ("client_flags", |l| text(l.client?.flags.list())),
    ("client_height", |l| text(l.client?.size.rows)),
    ("client_last_session", |l| text(&l.state.session(l.client?.last_session?)?.name)),
    ("client_name", |l| text(l.client?.name())),
    ("client_pid", |l| text(l.client?.pid)),
    ("client_readonly", |l| flag(l.client?.flags.read_only)),
    ("client_session", |l| text(&l.state.session(l.client?.session)?.name)),
    ("client_termfeatures", |l| text(&l.client?.features)),
    ("client_termname", |l| text(&l.client?.term)),
    ("client_termtype", |l| text(&l.client?.terminal)),
    ("client_tty", |l| path(l.client?.tty.as_deref()?)),
    ("client_utf8", |l| l.client.and_then(|_| flag(true))),
    ("client_width", |l| text(l.client?.size.cols)),
    ("cursor_flag", |l| flag(l.facts_of_pane()?.cursor_visible)),
    ("cursor_x", |l| text(l.facts_of_pane()?.cursor.col.0)),
    ("cursor_y", |l| text(l.facts_of_pane()?.cursor.row.0)),
    ("history_bytes", |l| text(l.facts_of_pane().map_or(0, |facts| facts.history_bytes))),
    ("history_limit", |l| text(l.session.map_or(l.state.options(), |s| l.state.session_options(s.id)).history_limit)),
    ("history_size", |l| text(l.facts_of_pane().map_or(0, |facts| facts.history_size))),
    ("host", |l| text(&l.state.setup().host)),
    ("host_short", |l| text(l.state.setup().host.split('.').next()?)),
    ("job_command", |l| text(l.job?.spec.command.line())),
    ("job_ended", |l| text(l.job?.ended()?.1.seconds())),
    ("job_exit", |l| text(l.job.filter(|job| !job.life.phase.is_live())?.life.last_exit()?)),
    ("job_goal", |l| text(if l.job?.life.goal == Goal::Up { "up" } else { "down" })),
    ("job_log", |l| path(l.job?.log.as_deref()?)),
    ("job_log_short", |l| text(l.state.short_path(l.job?.log.as_deref()?))),
    ("job_name", |l| text(&l.job?.name)),
    ("job_next_start", |l| text(l.job?.life.next_start.or(l.job?.life.due)?.seconds())),
    ("job_pid", |l| text(l.job.filter(|job| job.life.phase.is_live())?.pid?)),
    ("job_reason", |l| text(l.job?.life.last_exit()?.reason.name())),
    ("job_restarts", |l| text(l.job?.life.restarts)),
    ("job_run", |l| text(l.job?.life.run)),
    ("job_schedule", |l| text(l.job?.spec.schedule.as_ref()?)),
    ("job_since", |l| text(l.job?.life.since.seconds())),
    ("job_started", |l| text(l.job?.started()?.seconds())),
    ("job_state", |l| text(l.job?.state())),
    ("job_status", |l| text(l.job?.ended()?.0.shell_code())),
    ("jobs_told", |l| text(l.state.notices().unseen()).filter(|count| count != "0")),
    ("last_window_index", |l| text(l.session?.index_of(*l.session?.windows.values().next_back()?)?)),
    ("line", |l| text(l.line)),
    ("mouse_any_flag", |l| flag(l.facts_of_pane().is_some_and(|facts| facts.mouse))),
    ("now", |l| text(l.now.seconds())),
    ("pane_active", |l| flag(l.window?.active == l.pane?.id)),
    ("pane_at_bottom", |l| flag(l.rect()?.bottom() == l.window?.layout.size().rows)),
    ("pane_at_left", |l| flag(l.rect()?.left() == 0)),
    ("pane_at_right", |l| flag(l.rect()?.right() == l.window?.layout.size().cols)),
    ("pane_at_top", |l| flag(l.rect()?.top() == 0)),
    ("pane_bottom", |l| text(l.rect()?.bottom().saturating_sub(1))),
    ("pane_current_command", |l| l.current_command()),
    ("pane_current_path", |l| l.current_path()),
    ("pane_dead", |l| flag(l.pane?.dead().is_some())),
    ("pane_dead_signal", |l| match l.pane?.dead()?.0 {
        crate::base::ExitStatus::Signal { signal, .. } => text(signal),
        _ => None,
    }),
    ("pane_dead_status", |l| match l.pane?.dead()?.0 {
        crate::base::ExitStatus::Code(code) => text(code),
        _ => None,
    }),
    ("pane_dead_time", |l| text(l.pane?.dead()?.1.seconds())),
    ("pane_floating_flag", |l| l.pane.and_then(|_| flag(l.float().is_some()))),
    ("pane_height", |l| text(l.pane?.size.rows)),
    ("pane_id", |l| text(l.pane?.id)),
    ("pane_in_mode", |l| l.pane.and_then(|_| flag(false))),
    ("pane_index", |l| text(l.pane_index()?)),
    ("pane_input_off", |l| flag(l.pane?.input_off)),
    ("pane_last", |l| flag(l.window?.recent.first() == Some(&l.pane?.id))),
    ("pane_left", |l| text(l.rect()?.left())),
    ("pane_marked", |l| flag(l.state.marked() == Some(l.pane?.id))),
    ("pane_marked_set", |l| flag(l.state.marked().is_some())),
    ("pane_modal_flag", |l| l.pane.and_then(|_| flag(l.float().is_some_and(Float::is_popup)))),
    ("pane_mode", |l| l.pane.map(|_| String::new())),
    ("pane_pid", |l| text(l.pane?.ran()?.pid)),
    ("pane_pinned_flag", |l| l.pane.and_then(|_| flag(l.float().is_some_and(|float| float.pinned)))),
    ("pane_pipe", |l| flag(l.pane?.piped)),
    ("pane_right", |l| text(l.rect()?.right().saturating_sub(1))),
    ("pane_scratch_flag", |l| {
        l.pane.and_then(|_| flag(l.float().is_some_and(|float| float.kind == FloatKind::Scratch)))
    }),
    ("pane_start_command", |l| text(l.pane?.program.line())),
    ("pane_start_path", |l| path(&l.pane?.program.cwd)),
    ("pane_started", |l| text(l.pane?.ran()?.started.seconds())),
    ("pane_starting", |l| flag(l.pane?.life == Life::Starting)),
    ("pane_synchronized", |l| flag(l.state.pane_options(l.pane?.id).synchronize_panes)),
    ("pane_title", |l| l.title()),
    ("pane_top", |l| text(l.rect()?.top())),
    ("pane_tty", |l| path(&l.pane?.ran()?.tty)),
    ("pane_width", |l| text(l.pane?.size.cols)),
    ("pane_x", |l| text(l.rect()?.left())),
    ("pane_y", |l| text(l.rect()?.top())),
    ("pid", |l| text(l.state.setup().server_pid)),
    ("session_activity", |l| text(l.session?.activity.seconds())),
    ("session_attached", |l| text(l.attached()?)),
    ("session_attached_list", |l| text(l.client_names(std::iter::once(l.session?.id)).join(","))),
    ("session_created", |l| text(l.session?.created.seconds())),
    ("session_created_string", |l| text(l.session?.created.ctime())),
    ("session_group", |l| text(l.session?.group.as_deref().unwrap_or_default())),
    ("session_group_attached", |l| text(l.group_clients()?)),
    ("session_group_attached_list", |l| text(l.client_names(l.group()?.into_iter()).join(","))),
    ("session_group_list", |l| text(l.group_names()?.join(","))),
    ("session_group_many_attached", |l| flag(l.group_clients()? > 1)),
    ("session_group_size", |l| text(l.group_names()?.len())),
    ("session_grouped", |l| flag(l.session?.group.is_some())),
    ("session_id", |l| text(l.session?.id)),
    ("session_job", |l| text(l.session?.job.as_ref()?)),
    ("session_last_attached", |l| text(l.session?.last_attached?.seconds())),
    ("session_many_attached", |l| flag(l.attached()? > 1)),
    ("session_name", |l| text(&l.session?.name)),
    ("session_path", |l| path(&l.session?.cwd)),
    ("session_windows", |l| text(l.session?.windows.len())),
    ("socket_path", |l| path(&l.state.setup().socket)),
    ("version", |l| text(&l.state.setup().version)),
    ("window_active", |l| flag(l.window.is_some() && l.is_current())),
    ("window_active_clients", |l| text(l.shown_by()?)),
    ("window_active_sessions", |l| text(l.active_in()?.len())),
    ("window_active_sessions_list", |l| text(l.names(l.active_in()?.into_iter()).join(","))),
    ("window_activity", |l| text(l.window?.last_output.seconds())),
    ("window_activity_flag", |l| flag(l.alerts()?.activity)),
    ("window_bell_flag", |l| flag(l.alerts()?.bell)),
    ("window_cell_height", |l| l.window.map(|_| "0".into())),
    ("window_cell_width", |l| l.window.map(|_| "0".into())),
    ("window_end_flag", |l| flag(l.session?.windows.values().next_back() == Some(&l.window?.id))),
    ("window_flags", |l| l.window_flags()),
    ("window_height", |l| text(l.window?.layout.size().rows)),
    ("window_id", |l| text(l.window?.id)),
    ("window_index", |l| text(l.session?.index_of(l.window?.id)?)),
    ("window_last_flag", |l| flag(l.window.is_some() && l.is_last())),
    ("window_layout", |l| text(l.window?.layout.dump())),
    ("window_linked", |l| flag(l.state.is_linked(l.session?.id, l.window?.id))),
    ("window_linked_sessions", |l| text(l.window?.sessions().count())),
    ("window_linked_sessions_list", |l| text(l.names(l.window?.sessions()).join(","))),
    ("window_name", |l| text(&l.window?.name)),
    ("window_panes", |l| text(l.window?.panes().len())),
    ("window_raw_flags", |l| l.window_flags()),
    ("window_silence_flag", |l| flag(l.alerts()?.silence)),
    ("window_start_flag", |l| flag(l.session?.windows.values().next() == Some(&l.window?.id))),
    ("window_visible_layout", |l| text(l.window?.layout.dump())),
    ("window_width", |l| text(l.window?.layout.size().cols)),
    ("window_zoomed_flag", |l| flag(l.window?.is_zoomed())),
];

impl Vars for Lens<'_> {
    /// A variable, or else the option of that name.
    fn get(&self, name: &str) -> Option<String> {
        match VARS.iter().find(|(known, _)| *known == name) {
            Some((_, get)) => get(self),
            None => self.state.option_of(
                name,
                self.session.map(|session| session.id),
                self.window.map(|window| window.id),
                self.pane.map(|pane| pane.id),
            ),
        }
    }

    fn shell(&self, line: &str) -> Option<String> {
        if self.shells { self.state.shell_lines.printed(line) } else { None }
    }

    fn each(&self, what: Loop) -> Vec<Turn<'_>> {
        let turn = |lens: Self, current| Turn { vars: Box::new(lens), current };
        match (what, self.session, self.window) {
            (Loop::Sessions, here, _) => {
                let is_here = |session: &Session| here.is_some_and(|here| here.id == session.id);
                self.state.sessions().map(|session| turn(self.session(session.id), is_here(session))).collect()
            }
            (Loop::Windows, Some(session), _) => {
                let windows = self.state.windows_of(session.id).into_iter();
                windows.map(|(_, window)| turn(self.window(window.id), window.id == session.current)).collect()
            }
            (Loop::Panes, _, Some(window)) => {
                window.panes().into_iter().map(|pane| turn(self.pane(pane), pane == window.active)).collect()
            }
            (Loop::Windows | Loop::Panes, ..) => Vec::new(),
        }
    }
}
