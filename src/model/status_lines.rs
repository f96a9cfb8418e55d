//! The status lines of a client beside what its view has of the usual one.

use crate::base::{ClientId, Timestamp, WindowId};
use crate::config::{self, Options};
use crate::format;

use super::State;
use super::window::Window;

/// All of it, for one client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientStatus {
    /// From the first to the last. The usual one is none: the client makes it of its view, with its theme.
    pub lines: Vec<Option<String>>,
    pub tabs: Vec<TabMarks>,
}

/// What the style of a window's tab goes by, beside its being the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TabMarks {
    pub window: WindowId,
    pub last: bool,
    pub bell: bool,
    /// Something was written in it, or nothing for long.
    pub activity: bool,
}

type Template = fn(&Options) -> &String;

const TEMPLATES: [Template; 5] = [
    |options| &options.status_format_0,
    |options| &options.status_format_1,
    |options| &options.status_format_2,
    |options| &options.status_format_3,
    |options| &options.status_format_4,
];

impl State {
    pub fn client_status(&mut self, client: ClientId, now: Timestamp) -> ClientStatus {
        self.with_eyes_of(client, |state| state.status_of(client, now)).unwrap_or_default()
    }

    fn status_of(&self, client: ClientId, now: Timestamp) -> Option<ClientStatus> {
        let session = self.session(self.client(client)?.session)?;
        let shown = self.has_status(client, self.window(session.current)?);
        let options = self.session_options(session.id);
        let count = if shown { options.status.count() } else { 0 };
        let usual = config::spec("status-format[0]").map_or("", |spec| spec.default);
        let lens = self.lens(now).client(client).session(session.id).shells();
        let line = |template: &Template| {
            let template = template(options);
            (template != usual).then(|| format::expand(template, &lens))
        };
        let marks = |(_, window): (u32, &Window)| {
            let alerts = session.alerts_of(window.id);
            TabMarks {
                window: window.id,
                last: session.last() == Some(window.id),
                bell: alerts.bell,
                activity: alerts.activity || alerts.silence,
            }
        };
        let marked = |marks: &TabMarks| marks.last || marks.bell || marks.activity;
        Some(ClientStatus {
            lines: TEMPLATES.iter().take(count).map(line).collect(),
            tabs: self.windows_of(session.id).into_iter().map(marks).filter(marked).collect(),
        })
    }
}
