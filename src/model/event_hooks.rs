//! Hooks of `set-hook`: commands that run when something happens, or behind another command.

use std::collections::BTreeMap;

use super::unasked::Unasked;
use super::{Effect, Part, State, names};
use crate::base::{ClientId, Error, PaneId, Result, SessionId};

/// Command lines with their places in the list, in order, by the hook's name.
pub type Hooks = BTreeMap<String, Vec<(u32, String)>>;

/// What happens that a hook may be about, as tmux calls it.
pub const EVENTS: &[&str] = &[
    "alert-activity",
    "alert-bell",
    "alert-silence",
    "client-attached",
    "client-detached",
    "client-resized",
    "client-session-changed",
    "pane-died",
    "pane-exited",
    "session-closed",
    "session-created",
    "session-renamed",
    "session-window-changed",
    "window-layout-changed",
    "window-linked",
    "window-pane-changed",
    "window-renamed",
    "window-resized",
    "window-unlinked",
];

/// Hooks of tmux's about what is not told here.
const UNTOLD: &[&str] = &[
    "client-active",
    "client-focus-in",
    "client-focus-out",
    "command-error",
    "pane-focus-in",
    "pane-focus-out",
    "pane-mode-changed",
    "pane-set-clipboard",
    "pane-title-changed",
];

/// Whose hooks are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookScope {
    Global,
    Session(SessionId),
}

/// Splits `name[3]`.
pub fn hook_name(text: &str) -> Result<(&str, Option<u32>)> {
    let Some((name, index)) = text.strip_suffix(']').and_then(|text| text.split_once('[')) else {
        return Ok((text, None));
    };
    let index = index.parse().map_err(|_| Error::usage(format!("invalid hook: {text}")))?;
    Ok((name, Some(index)))
}

impl State {
    /// Whether a hook of this name is ever called; `is_command` tells of `after-NAME`.
    pub fn check_hook(name: &str, is_command: impl Fn(&str) -> bool) -> Result<()> {
        let after = name.strip_prefix("after-").is_some_and(is_command);
        if after || EVENTS.contains(&name) {
            return Ok(());
        }
        if UNTOLD.contains(&name) {
            return Err(Error::refused(format!("hook {name} is not offered: mux is not told of that")));
        }
        let error = Error::not_found(format!("no hook is called '{name}'"));
        Err(match names::nearest(name, EVENTS.iter().copied()) {
            Some(near) => error.hint(format!("did you mean '{near}'?")),
            None => error.hint("`mux help set-hook` lists them"),
        })
    }

    pub fn hooks(&self, scope: HookScope) -> &Hooks {
        match scope {
            HookScope::Session(id) => self.session(id).map_or(&self.hooks, |session| &session.own.hooks),
            HookScope::Global => &self.hooks,
        }
    }

    /// Changes hooks, and has them written.
    pub fn change_hooks(&mut self, scope: HookScope, change: impl FnOnce(&mut Hooks)) {
        match scope {
            HookScope::Global => {
                change(&mut self.hooks);
                self.save_part(Part::Options);
            }
            HookScope::Session(id) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    change(&mut session.own.hooks);
                    self.touch(id);
                }
            }
        }
    }

    /// While commands of a hook run, none is called for what they do.
    pub fn call_no_hooks(&mut self, quiet: bool) {
        self.hooks_quiet = quiet;
    }

    /// This has happened in a pane's window and session.
    pub(super) fn fire_at(&mut self, hook: &str, pane: PaneId) {
        let session = self.home_of(pane).map(|(session, _)| session);
        self.fire(hook, session, Some(pane), None);
    }

    /// This has happened to a session.
    pub(super) fn fire_of(&mut self, hook: &str, session: SessionId, client: Option<ClientId>) {
        let pane = self.active_of(session);
        self.fire(hook, Some(session), pane, client);
    }

    /// Has the commands run that are set for this: a session's own, or else those for all.
    pub fn fire(&mut self, hook: &str, session: Option<SessionId>, pane: Option<PaneId>, client: Option<ClientId>) {
        if self.hooks_quiet {
            return;
        }
        let own = session.and_then(|session| self.session(session)?.own.hooks.get(hook));
        let Some(lines) = own.or_else(|| self.hooks.get(hook)) else { return };
        let lines = lines.iter().map(|(_, line)| line.clone()).collect();
        self.push(Effect::Commands(Box::new(Unasked { lines, pane, client, hook: true })));
    }
}
