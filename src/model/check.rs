//! What always holds of a state. Tests call it after every step.

use std::collections::BTreeSet;

use super::{FloatKind, State};
use crate::base::SessionId;

impl State {
    /// What is broken, in words; empty when all is well.
    pub fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        self.check_sessions(&mut wrong);
        self.check_windows(&mut wrong);
        self.check_panes(&mut wrong);
        self.check_others(&mut wrong);
        wrong
    }

    fn check_sessions(&self, wrong: &mut Vec<String>) {
        let names: BTreeSet<&str> = self.sessions.values().map(|session| session.name.as_str()).collect();
        demand(wrong, names.len() == self.sessions.len(), || "two sessions have one name".into());
        for session in self.sessions.values() {
            let id = session.id;
            let windows: BTreeSet<_> = session.windows.values().copied().collect();
            demand(wrong, windows.len() == session.windows.len(), || format!("{id} holds a window twice"));
            demand(wrong, windows.contains(&session.current), || format!("{id}'s current window is not its own"));
            demand(wrong, session.recent.iter().all(|window| windows.contains(window)), || {
                format!("{id} remembers a window that is gone")
            });
            demand(wrong, !session.recent.contains(&session.current), || {
                format!("{id}'s current window is also its last")
            });
            for window in windows {
                let knows = self.window(window).is_some_and(|window| window.sessions().any(|known| known == id));
                demand(wrong, knows, || format!("{window} of {id} does not know of it"));
            }
            demand(wrong, session.alerts.keys().all(|window| session.holds(*window)), || {
                format!("{id} has a mark of a window that is gone")
            });
            let group = self.group_of(id);
            let same = |other: &SessionId| self.session(*other).is_some_and(|other| other.windows == session.windows);
            demand(wrong, group.iter().all(same), || format!("{id}'s group has other windows"));
        }
    }

    fn check_windows(&self, wrong: &mut Vec<String>) {
        for window in self.windows.values() {
            let id = window.id;
            let panes = window.panes();
            let sessions: Vec<SessionId> = window.sessions().collect();
            let holds = |session: &SessionId| self.session(*session).is_some_and(|session| session.holds(id));
            demand(wrong, sessions.iter().all(holds), || format!("{id}'s sessions do not all hold it"));
            let once: BTreeSet<&SessionId> = sessions.iter().collect();
            demand(wrong, once.len() == sessions.len(), || format!("{id} names a session twice"));
            let set: BTreeSet<_> = panes.iter().copied().collect();
            let own: BTreeSet<_> = self.panes.values().filter(|pane| pane.window == id).map(|pane| pane.id).collect();
            demand(wrong, set == own && set.len() == panes.len(), || {
                format!("{id}'s layout holds {set:?}, its panes are {own:?}")
            });
            demand(wrong, panes.contains(&window.active), || format!("{id}'s active pane is not in it"));
            demand(wrong, window.recent.iter().all(|pane| panes.contains(pane)), || {
                format!("{id} remembers a pane that is gone")
            });
            demand(wrong, !window.recent.contains(&window.active), || format!("{id}'s active pane is also its last"));
            let tiled = window.layout.panes();
            demand(wrong, !tiled.iter().any(|pane| window.float(*pane).is_some()), || {
                format!("{id} has a pane that floats and tiles it")
            });
            let scratch = window.floats.iter().filter(|float| float.kind == FloatKind::Scratch).count();
            demand(wrong, scratch < 2, || format!("{id} has {scratch} scratch terminals"));
            demand(wrong, !window.zoomed || tiled.len() > 1, || format!("{id} is zoomed with one pane"));
        }
    }

    fn check_panes(&self, wrong: &mut Vec<String>) {
        for pane in self.panes.values() {
            let id = pane.id;
            demand(wrong, self.windows.contains_key(&pane.window), || format!("{id}'s window is gone"));
            demand(wrong, !pane.size.is_empty(), || format!("{id} has no size"));
            demand(wrong, !self.closing.contains_key(&id), || format!("{id} is there and closing"));
        }
    }

    fn check_others(&self, wrong: &mut Vec<String>) {
        for client in self.clients.values() {
            demand(wrong, self.sessions.contains_key(&client.session), || format!("{:?}'s session is gone", client.id));
        }
        for pane in self.starts.keys() {
            demand(wrong, self.panes.contains_key(pane), || format!("a request waits for {pane}, which is gone"));
        }
        for pane in self.streams.keys() {
            let ends = self.panes.contains_key(pane) || self.closing.contains_key(pane);
            demand(wrong, ends, || format!("a client is sent the output of {pane}, which is gone"));
        }
        let live: Vec<&str> = self.jobs.iter().map(|job| job.name.as_str()).collect();
        let names: BTreeSet<&str> = live.iter().copied().collect();
        demand(wrong, names.len() == live.len(), || "two jobs have one name".into());
        demand(wrong, self.marked.is_none_or(|pane| self.panes.contains_key(&pane)), || {
            "the marked pane is gone".into()
        });
        wrong.extend(self.job_contradiction());
    }
}

fn demand(wrong: &mut Vec<String>, holds: bool, what: impl FnOnce() -> String) {
    if !holds {
        wrong.push(what());
    }
}
