//! How things look at a client, beside what its view says.

use crate::base::{ClientId, PaneId, Timestamp};
use crate::config;
use crate::format;

use super::State;

/// The options that a client understands by itself.
const OPTIONS: &[&str] = &[
    "confirm-paste",
    "copy-command",
    "copy-mouse",
    "escape-time",
    "extended-keys",
    "focus-events",
    "message-style",
    "mode-keys",
    "newcomer-hints",
    "open-command",
    "pane-active-border-style",
    "pane-border-indicators",
    "pane-border-lines",
    "pane-border-status",
    "pane-border-style",
    "status-justify",
    "status-left-length",
    "status-left-style",
    "status-right-length",
    "status-right-style",
    "status-style",
    "system-clipboard",
    "terminal-features",
    "terminal-overrides",
    "theme",
    "window-status-activity-style",
    "window-status-bell-style",
    "window-status-current-style",
    "window-status-last-style",
    "window-status-separator",
    "window-status-style",
];

/// No option: the client's own flags, which it gives to the next server.
const CLIENT_FLAGS: &str = "client-flags";

/// All of it, for one client.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientLooks {
    /// Those that are not as they are by default.
    pub options: Vec<(String, String)>,
    /// What stands on the borders of visible panes.
    pub titles: Vec<(PaneId, String)>,
}

impl State {
    pub fn client_looks(&mut self, client: ClientId, now: Timestamp) -> ClientLooks {
        self.with_eyes_of(client, |state| state.looks_of(client, now))
    }

    fn looks_of(&self, client: ClientId, now: Timestamp) -> ClientLooks {
        let session = self.client(client).map(|client| client.session);
        let window = session.and_then(|id| self.session(id)).map(|session| session.current);
        let changed = |name: &&str| {
            let value = self.option_of(name, session, window, None)?;
            let usual = config::spec(name)?.default;
            (value != usual).then(|| ((*name).to_owned(), value))
        };
        let options = window.map_or(self.options(), |window| self.window_options(window));
        let shown = match options.pane_border_status {
            config::BorderStatus::Off => Vec::new(),
            _ => self.visible_of(client),
        };
        let title = |pane: PaneId| {
            let template = &self.pane_options(pane).pane_border_format;
            (pane, format::expand(template, &self.lens(now).client(client).pane(pane)))
        };
        let around = session.map_or(self.options(), |id| self.session_options(id));
        let outer_title = around.set_titles.then(|| {
            ("set-titles-string".to_owned(), format::expand(&around.set_titles_string, &self.lens(now).client(client)))
        });
        let flags = self.client(client).map(|client| (CLIENT_FLAGS.to_owned(), client.flags.list()));
        ClientLooks {
            options: OPTIONS.iter().filter_map(changed).chain(outer_title).chain(flags).collect(),
            titles: shown.into_iter().map(title).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_one() {
        OPTIONS.iter().for_each(|name| assert!(config::spec(name).is_some(), "{name}"));
        assert!(OPTIONS.is_sorted());
    }
}
