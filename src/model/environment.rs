//! The environment that programs are given, and what follows the user when another terminal is attached.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::base::{PaneId, SessionId};

use super::pane::Pane;
use super::session::{Session, SetVariables};
use super::{Context, Effect, Part, State, Variables};

/// Variables by which programs recognise the outer terminal, which is not the one that they run on, and those
/// that another multiplexer or mux itself sets. A `*` at the end stands for any rest.
const OUTER: &[&str] = &[
    "ALACRITTY_*",
    "COLORTERM",
    "GHOSTTY_*",
    "ITERM_*",
    "KITTY_*",
    "KONSOLE_*",
    "LINES",
    "COLUMNS",
    "MUX",
    "MUX_JOB",
    "MUX_PANE",
    "OLDPWD",
    "PWD",
    "STY",
    "TERM",
    "TERMCAP",
    "TERM_PROGRAM*",
    "TERM_SESSION_ID",
    "TMUX",
    "TMUX_PANE",
    "VTE_VERSION",
    "WEZTERM_*",
    "WINDOW",
    "WINDOWID",
    "WT_PROFILE_ID",
    "WT_SESSION",
    "ZELLIJ*",
];

fn is_outer(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    OUTER.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *pattern,
    })
}

/// A client's environment without what belongs to its terminal.
pub(super) fn filtered(context: &Context) -> Variables {
    context.env.iter().filter(|(name, _)| !is_outer(name)).map(|(name, value)| (name, value)).collect()
}

/// Sets a variable, or removes it.
fn put(env: &mut Vec<(OsString, OsString)>, name: &str, value: Option<OsString>) {
    env.retain(|(known, _)| known != name);
    env.extend(value.map(|value| (name.into(), value)));
}

impl State {
    /// The names of the variables that follow the attached terminal. Those that say which terminal it is do not.
    fn followed(&self, session: SessionId) -> Vec<String> {
        let names = self.session_options(session).update_environment.iter();
        names.filter(|name| !is_outer(OsStr::new(name))).cloned().collect()
    }

    /// Where the session's stable SSH agent link stands.
    pub fn agent_link(&self, session: SessionId) -> PathBuf {
        self.setup.agent_dir.join(format!("agent-{}", session.0))
    }

    /// Takes over what follows the user from the terminal that attaches.
    pub(super) fn follow(&mut self, id: SessionId, context: &Context) {
        let names = self.followed(id);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        for name in names.iter().filter(|name| *name != "SSH_AUTH_SOCK") {
            session.env.put(OsStr::new(name), context.var(name));
        }
        self.point_agent(id, context);
    }

    /// Points the session's agent link at the agent that the client brought along. A link of our own is followed
    /// to where its session's leads, so that none leads to itself.
    pub(super) fn point_agent(&mut self, id: SessionId, context: &Context) {
        let Some(socket) = context.var("SSH_AUTH_SOCK").filter(|socket| !socket.is_empty()).map(PathBuf::from) else {
            return;
        };
        let target =
            if socket.starts_with(&self.setup.agent_dir) { self.agent_behind(&socket, id) } else { Some(socket) };
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if target.is_some() && target != session.agent {
            session.agent.clone_from(&target);
        }
        if target.is_some() {
            self.push(Effect::AgentLink { session: id, target });
        }
    }

    fn agent_behind(&self, link: &Path, not: SessionId) -> Option<PathBuf> {
        let owner = self.sessions.values().find(|session| session.id != not && self.agent_link(session.id) == link);
        owner?.agent.clone()
    }

    /// The complete environment of a pane's program.
    pub(super) fn pane_env(&self, pane: &Pane) -> Vec<(OsString, OsString)> {
        let Some(session) = self.window(pane.window).and_then(|window| self.session(window.session)) else {
            return Vec::new();
        };
        let mut env = session.env.pairs();
        self.put_variables(&mut env, Some(session));
        let (socket, pid) = (self.setup.socket.display(), self.setup.server_pid);
        put(&mut env, "MUX", Some(format!("{socket},{pid},{}", session.id.0).into()));
        put(&mut env, "MUX_PANE", Some(pane.id.to_string().into()));
        put(&mut env, "MUX_JOB", pane.program.job.clone().map(OsString::from));
        let notify = pane.program.job.as_ref().filter(|job| self.says_ready(job));
        put(&mut env, "NOTIFY_SOCKET", notify.map(|job| self.setup.agent_dir.join(format!("notify-{job}")).into()));
        put(&mut env, "TERM", Some(self.options.default_terminal.clone().into()));
        put(&mut env, "COLORTERM", Some("truecolor".into()));
        put(&mut env, "SSH_AUTH_SOCK", session.agent.is_some().then(|| self.agent_link(session.id).into()));
        put(&mut env, "PWD", Some(pane.program.cwd.clone().into()));
        for (name, value) in &pane.program.env {
            put(&mut env, name, Some(value.into()));
        }
        env
    }

    /// The same for what the shell runs in a session's name, or in nobody's.
    pub fn shell_env(&self, session: Option<SessionId>, pane: Option<PaneId>) -> Vec<(OsString, OsString)> {
        let session = session.and_then(|session| self.session(session));
        let mut env = session.map_or_else(|| self.setup.env.clone(), |session| session.env.pairs());
        self.put_variables(&mut env, session);
        let (socket, pid) = (self.setup.socket.display(), self.setup.server_pid);
        let id = session.map_or(0, |session| session.id.0);
        put(&mut env, "MUX", Some(format!("{socket},{pid},{id}").into()));
        put(&mut env, "MUX_PANE", pane.map(|pane| pane.to_string().into()));
        env
    }

    /// What `set-environment` has set: for all, then for the session.
    fn put_variables(&self, env: &mut Vec<(OsString, OsString)>, session: Option<&Session>) {
        let own = session.into_iter().flat_map(|session| &session.own.environment);
        for (name, value) in self.environment.iter().chain(own) {
            put(env, name, value.clone().map(OsString::from));
        }
    }

    /// What `set-environment` has set for a session, or for all.
    pub fn variables(&self, session: Option<SessionId>) -> Option<&SetVariables> {
        match session {
            Some(id) => self.session(id).map(|session| &session.own.environment),
            None => Some(&self.environment),
        }
    }

    /// Changes that, and has it written.
    pub fn change_variables(&mut self, session: Option<SessionId>, change: impl FnOnce(&mut SetVariables)) {
        match session {
            None => {
                change(&mut self.environment);
                self.save_part(Part::Options);
            }
            Some(id) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    change(&mut session.own.environment);
                    self.touch(id);
                }
            }
        }
    }

    /// The job tells by sd_notify(3) that it is ready.
    fn says_ready(&self, job: &str) -> bool {
        self.jobs.get(job).is_some_and(|job| job.spec.ready == Some(crate::job::Check::Notify))
    }

    /// What follows the user, as last attached: names with their values, or none where there is none.
    pub fn followed_env(&self, id: SessionId) -> Vec<(String, Option<OsString>)> {
        let Some(session) = self.session(id) else { return Vec::new() };
        let value = |name: &str| match name {
            "SSH_AUTH_SOCK" => session.agent.is_some().then(|| self.agent_link(id).into()),
            _ => session.env.get(name).map(OsStr::to_owned),
        };
        self.followed(id).into_iter().map(|name| (name.clone(), value(&name))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_the_outer_terminal_is_not_inherited() {
        let names = ["KITTY_WINDOW_ID", "TERM_PROGRAM_VERSION", "TMUX", "COLORTERM", "HOME", "TERMINFO", "MUXER"];
        let env = names.iter().map(|&name| (name.into(), "x".into())).collect();
        let kept = filtered(&Context { env, ..Context::default() });
        let kept: Vec<_> = kept.iter().map(|(name, _)| name.to_str().unwrap()).collect();
        assert_eq!(kept, ["HOME", "TERMINFO", "MUXER"]);
    }
}
