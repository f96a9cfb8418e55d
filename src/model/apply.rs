//! What each event changes.

use crate::base::{ClientId, Input, MouseKind, PaneId, Period, SessionId, Size, Timestamp, WindowId, limits};

use super::pane::Running;
use super::session::Alerts;
use super::supervise::JobEvent;
use super::window::Window;
use super::{Effect, Event, PipeOrder, State, names};

/// Somebody really uses the terminal: it did not merely come into view, nor did the mouse just cross it.
fn is_use(input: &Input) -> bool {
    let crossed = matches!(input, Input::Mouse(event) if event.kind == MouseKind::Move);
    !crossed && !matches!(input, Input::Focus(_) | Input::Release(_))
}

impl State {
    pub(super) fn on(&mut self, event: Event, now: Timestamp) {
        match event {
            Event::ClientGone { client } => self.client_gone(client),
            Event::ClientResized { client, size } => self.client_resized(client, size, now),
            Event::ClientTerminal { client, name, features } => self.client_terminal(client, name, features),
            Event::ClientInput { client, pane, input } => self.client_input(client, pane, input, now),
            Event::PaneStarted { pane, pid, tty, started } => self.started(pane, Running { pid, tty, started }, now),
            Event::PaneFailed { pane, message } => self.failed(pane, &message, now),
            Event::PaneExited { pane, status, at } => self.exited(pane, status, at),
            Event::PaneTitle { pane, title } => self.pane_title(pane, &title),
            Event::PipeEnded { pane } => self.pipe_ended(pane),
            Event::PaneBell { pane } => self.pane_bell(pane),
            Event::PaneNotified { pane, text } => self.pane_notified(pane, &text),
            Event::PaneOutput { pane } => self.pane_output(pane, now),
            Event::PaneCommand { pane, name } => self.pane_command(pane, &name),
            Event::JobSet { job, left } => self.job_set(&job, left, now),
            Event::JobReady { job, run } => self.of_run(&job, run, JobEvent::Ready, now),
            Event::JobIll { job, run, reason, detail } => self.of_run(&job, run, JobEvent::Ill(reason, detail), now),
            Event::JobHealth { job, run, well, took, at } => self.job_health(&job, run, well, took, at),
            Event::JobAlert { job, run, line } => self.job_alert(&job, run, line, now),
            Event::JobChanged { job, path } => self.job_changed(&job, &path, now),
            Event::PaneStarved { pane, reason } => drop(self.starved.insert(pane, reason)),
            Event::Time => self.time(now),
        }
    }

    /// Looked for while this run went on; it may be over.
    fn of_run(&mut self, job: &str, run: u32, event: JobEvent, now: Timestamp) {
        if self.jobs.get(job).is_some_and(|job| job.life.run == run) {
            self.job_event(job, event, now);
        }
    }

    fn client_gone(&mut self, id: ClientId) {
        self.forget_requests(id);
        self.let_go(id);
        if let Some(client) = self.clients.remove(&id) {
            self.release_popups(client.session);
            self.fit_session(client.session);
            self.redraw(client.session);
            self.fire_of("client-detached", client.session, None);
        }
    }

    /// What comes from a terminal is shown by formats: as short as a name, and nothing that acts.
    fn client_terminal(&mut self, id: ClientId, mut name: String, mut features: String) {
        for (text, most) in [(&mut name, limits::MAX_TERMINAL_NAME), (&mut features, limits::MAX_TERMINAL_FEATURES)] {
            *text = text.chars().filter(|c| !c.is_control()).take(most).collect();
        }
        if let Some(client) = self.clients.get_mut(&id) {
            (client.terminal, client.features) = (name, features);
        }
    }

    fn client_resized(&mut self, id: ClientId, size: Size, now: Timestamp) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        client.size = size.clamp(limits::MIN_PANE, limits::MAX_SCREEN);
        let session = client.session;
        // A terminal that somebody only has made smaller takes nothing from the one in use.
        if self.latest_client(session) == Some(id) {
            self.active_client(id, now);
            self.take_over(id);
        }
        self.fit_session(session);
        self.redraw(session);
        self.fire_of("client-resized", session, Some(id));
    }

    /// Notes that a client's user did something; true when another client had been the latest.
    pub(super) fn active_client(&mut self, id: ClientId, now: Timestamp) -> bool {
        let turn = self.turn();
        let Some(session) = self.clients.get(&id).map(|client| client.session) else { return false };
        let near = self.neighbours(session);
        let latest =
            self.clients.values().filter(|client| near.contains(&client.session)).max_by_key(|client| client.turn);
        let took_over = latest.is_some_and(|latest| latest.id != id);
        if let Some(client) = self.clients.get_mut(&id) {
            client.turn = turn;
            client.activity = now;
        }
        if let Some(session) = self.sessions.get_mut(&session) {
            session.activity = now;
        }
        self.hold(id);
        took_over
    }

    fn client_input(&mut self, id: ClientId, pane: Option<PaneId>, input: Input, now: Timestamp) {
        let Some(session) = self.client(id).filter(|client| !client.flags.read_only).map(|client| client.session)
        else {
            return;
        };
        if is_use(&input) && self.active_client(id, now) {
            self.take_over(id);
        }
        let Some(pane) = pane.or_else(|| self.pane_of_client(id)) else { return };
        let window = self.pane(pane).map(|pane| pane.window);
        if window.is_some_and(|window| self.session(session).is_some_and(|session| session.holds(window))) {
            self.give_input_to_all(pane, input);
        }
    }

    /// What is typed goes to the other panes of the window too, where they are in step (`synchronize-panes`). Not the
    /// mouse, whose place is one pane's, nor focus; and nothing to a floating pane that is not seen.
    pub fn give_input_to_all(&mut self, pane: PaneId, input: Input) {
        let typed = !matches!(input, Input::Mouse(_) | Input::Focus(_));
        if typed && self.pane_options(pane).synchronize_panes {
            let window = self.pane(pane).and_then(|pane| self.window(pane.window));
            for other in window.map(Window::reachable).unwrap_or_default() {
                if other != pane && self.pane_options(other).synchronize_panes {
                    self.give_input(other, input.clone());
                }
            }
        }
        self.give_input(pane, input);
    }

    /// Hands something typed to a pane's program, where one runs or is being started.
    pub fn give_input(&mut self, pane: PaneId, input: Input) {
        if self.pane(pane).is_some_and(|pane| pane.dead().is_none() && !pane.input_off) {
            self.push(Effect::Input { pane, input });
        }
    }

    /// Sets a pane's title, as a program or `select-pane -T` asks.
    pub fn pane_title(&mut self, id: PaneId, title: &str) {
        let title = names::cut(title, limits::MAX_TITLE);
        let Some(pane) = self.panes.get_mut(&id).filter(|pane| pane.title != title) else { return };
        pane.title = title;
        self.redraw_pane(id);
    }

    /// Connects a pane with a line of the shell, in place of the one before.
    pub fn pipe(&mut self, id: PaneId, order: Option<PipeOrder>) {
        if let Some(pane) = self.panes.get_mut(&id) {
            pane.piped = order.is_some();
            self.push(Effect::Pipe { pane: id, order: order.map(Box::new) });
        }
    }

    fn pipe_ended(&mut self, id: PaneId) {
        if let Some(pane) = self.panes.get_mut(&id) {
            pane.piped = false;
        }
    }

    fn pane_bell(&mut self, id: PaneId) {
        let Some((_, window)) = self.home_of(id) else { return };
        if self.window_options(window).monitor_bell {
            self.mark(window, |alerts| &mut alerts.bell);
        }
        let sessions: Vec<SessionId> = self.window(window).into_iter().flat_map(super::Window::sessions).collect();
        for session in sessions {
            self.fire("alert-bell", Some(session), Some(id), None);
            for client in self.clients_of(session) {
                self.push(Effect::Bell { client, pane: id });
            }
        }
    }

    /// Everybody who shows a session with its window is told; a window that nobody looks at is marked as by its bell, since
    /// the word is gone when somebody comes.
    fn pane_notified(&mut self, id: PaneId, text: &str) {
        let Some((_, window)) = self.home_of(id) else { return };
        if self.window_options(window).monitor_bell {
            self.mark(window, |alerts| &mut alerts.bell);
        }
        let sessions: Vec<SessionId> = self.window(window).into_iter().flat_map(super::Window::sessions).collect();
        for client in sessions.into_iter().flat_map(|session| self.clients_of(session)).collect::<Vec<_>>() {
            self.push(Effect::Notify { client, text: text.to_owned() });
        }
    }

    fn pane_output(&mut self, id: PaneId, now: Timestamp) {
        let Some((_, window)) = self.home_of(id) else { return };
        let Self { windows, sessions, .. } = self;
        if let Some(window) = windows.get_mut(&window) {
            window.last_output = now;
            for session in window.sessions() {
                let alerts = sessions.get_mut(&session).and_then(|session| session.alerts.get_mut(&window.id));
                alerts.into_iter().for_each(|alerts| alerts.silence = false);
            }
        }
        if self.window_options(window).monitor_activity {
            for session in self.mark(window, |alerts| &mut alerts.activity) {
                self.fire("alert-activity", Some(session), Some(id), None);
            }
        }
    }

    /// When a window that is watched for that has been silent for so long.
    fn silent_at(&self, window: &super::Window) -> Option<Timestamp> {
        let seconds = self.window_options(window.id).monitor_silence;
        let unseen = |session: &super::Session| session.current != window.id && !session.alerts_of(window.id).silence;
        let watched = seconds > 0 && window.sessions().filter_map(|id| self.session(id)).any(unseen);
        watched.then(|| window.last_output.after(Period::from_secs(seconds.into())))
    }

    /// When the next window has been silent for so long.
    pub(super) fn next_silence(&self) -> Option<Timestamp> {
        self.windows.values().filter_map(|window| self.silent_at(window)).min()
    }

    pub(super) fn mark_silent(&mut self, now: Timestamp) {
        let due = |window: &&super::Window| self.silent_at(window).is_some_and(|at| at <= now);
        let silent: Vec<(WindowId, PaneId)> =
            self.windows.values().map(Box::as_ref).filter(due).map(|window| (window.id, window.active)).collect();
        for (window, pane) in silent {
            for session in self.mark(window, |alerts| &mut alerts.silence) {
                self.fire("alert-silence", Some(session), Some(pane), None);
            }
        }
    }

    /// Sets a mark on a window in the sessions where nobody looks at it; those where that is new.
    fn mark(&mut self, id: WindowId, which: impl Fn(&mut Alerts) -> &mut bool) -> Vec<SessionId> {
        let sessions: Vec<SessionId> = self.window(id).into_iter().flat_map(super::Window::sessions).collect();
        sessions.into_iter().filter(|session| self.mark_in(*session, id, &which)).collect()
    }

    fn mark_in(&mut self, id: SessionId, window: WindowId, which: impl Fn(&mut Alerts) -> &mut bool) -> bool {
        let current = self.session(id).is_some_and(|session| session.current == window);
        if current || self.clients_of(id).into_iter().any(|client| self.shows(client, window)) {
            return false;
        }
        let Some(session) = self.sessions.get_mut(&id) else { return false };
        let news = !std::mem::replace(which(session.alerts.entry(window).or_default()), true);
        if news {
            self.redraw(id);
        }
        news
    }

    /// The current window of a session is seen: its marks go.
    pub(super) fn seen(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.alerts.remove(&session.current);
        self.looked_at(id);
    }

    /// Takes away the marks of a session's windows, wherever they are.
    pub fn clear_alerts(&mut self, id: SessionId) {
        let windows: Vec<WindowId> = self.windows_of(id).into_iter().map(|(_, window)| window.id).collect();
        for window in windows {
            for session in self.sessions.values_mut() {
                session.alerts.remove(&window);
            }
            self.touch_window(window);
        }
    }

    fn pane_command(&mut self, id: PaneId, name: &str) {
        let name = names::cut(name, limits::MAX_NAME);
        let Some(pane) = self.panes.get_mut(&id).filter(|pane| pane.command != name) else { return };
        pane.command = name;
        let window = pane.window;
        self.name_window(window);
    }

    /// Lets a window's name follow its active pane's program, where it does.
    pub(super) fn name_window(&mut self, id: WindowId) {
        if !self.window_options(id).automatic_rename {
            return;
        }
        let Some(window) = self.window(id).filter(|window| window.automatic) else { return };
        let Some(pane) = self.pane(window.namesake()) else { return };
        let name = match pane.command.is_empty() {
            true => self.program_name(&pane.program),
            false => pane.command.clone(),
        };
        if let Some(window) = self.windows.get_mut(&id).filter(|window| window.name != name) {
            window.name = name;
            let pane = window.active;
            self.touch_window(id);
            self.fire_at("window-renamed", pane);
        }
    }
}
