//! Options of one session, window or pane: what is set there counts more than what is set for all.
//!
//! As in tmux a window inherits from what is set for all windows, not from its session; a pane inherits from its window.

use std::collections::BTreeMap;

use crate::base::{Error, PaneId, Result, SessionId, WindowId};
use crate::config::{self, Options, Scope};

use super::{Effect, State};

/// Values by option, as they read.
pub type Overrides = BTreeMap<String, String>;

/// What is set in one place, and all options as they are there where that is not what they are around it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Local {
    pub(super) set: Overrides,
    resolved: Option<Box<Options>>,
}

impl Local {
    pub(super) fn of(set: Overrides) -> Self {
        Self { set, resolved: None }
    }

    fn resolve(&mut self, around: &Options) {
        self.resolved = (!self.set.is_empty()).then(|| {
            let mut options = Box::new(around.clone());
            // Each was read when it was set; one that a later build does not know is left out.
            self.set.retain(|name, value| options.set(name, value).is_ok());
            options
        });
    }

    pub(super) fn options<'a>(&'a self, around: &'a Options) -> &'a Options {
        self.resolved.as_deref().unwrap_or(around)
    }
}

/// Where an option is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionPlace {
    /// For all.
    Global,
    Session(SessionId),
    Window(WindowId),
    Pane(PaneId),
}

/// Options of sessions that count before there is one, and so have one value for all.
const FOR_ALL: &[&str] = &["default-size"];

impl State {
    pub fn session_options(&self, id: SessionId) -> &Options {
        self.session(id).map_or(&self.options, |session| session.local.options(&self.options))
    }

    pub fn window_options(&self, id: WindowId) -> &Options {
        self.window(id).map_or(&self.options, |window| window.local.options(&self.options))
    }

    pub fn pane_options(&self, id: PaneId) -> &Options {
        let Some(pane) = self.pane(id) else { return &self.options };
        pane.local.options(self.window_options(pane.window))
    }

    pub fn options_at(&self, place: OptionPlace) -> &Options {
        match place {
            OptionPlace::Global => &self.options,
            OptionPlace::Session(id) => self.session_options(id),
            OptionPlace::Window(id) => self.window_options(id),
            OptionPlace::Pane(id) => self.pane_options(id),
        }
    }

    /// What is set in this place alone.
    pub fn set_at(&self, place: OptionPlace) -> Option<&Overrides> {
        Some(match place {
            OptionPlace::Global => return None,
            OptionPlace::Session(id) => &self.session(id)?.local.set,
            OptionPlace::Window(id) => &self.window(id)?.local.set,
            OptionPlace::Pane(id) => &self.pane(id)?.local.set,
        })
    }

    /// The value of an option as it is for a pane, its window and its session.
    pub(super) fn option_of(
        &self,
        name: &str,
        session: Option<SessionId>,
        window: Option<WindowId>,
        pane: Option<PaneId>,
    ) -> Option<String> {
        let at = |place: Option<OptionPlace>| self.options_at(place.unwrap_or(OptionPlace::Global));
        let options = match config::spec(name)?.scope {
            Scope::Server => &self.options,
            Scope::Session => at(session.map(OptionPlace::Session)),
            Scope::Window => at(window.map(OptionPlace::Window)),
            Scope::Pane => at(pane.map(OptionPlace::Pane).or(window.map(OptionPlace::Window))),
        };
        options.get(name)
    }

    /// Sets an option in one place, or takes it away there where no value is given.
    pub fn set_option_at(&mut self, place: OptionPlace, name: &str, value: Option<&str>) -> Result<()> {
        let name = config::find(name)?.name;
        if place == OptionPlace::Global {
            return self.set_option(name, value);
        }
        if FOR_ALL.contains(&name) {
            let error = Error::refused(format!("{name} is one for all"));
            return Err(error.hint(format!("`mux set-option -g {name}` sets it")));
        }
        if let Some(value) = value {
            self.options.clone().set(name, value)?;
        }
        let Some(local) = self.local_mut(place) else { return Ok(()) };
        match value {
            Some(value) => drop(local.set.insert(name.to_owned(), value.to_owned())),
            None => drop(local.set.remove(name)),
        }
        self.resolve_options();
        match place {
            OptionPlace::Global => {}
            OptionPlace::Session(id) => self.touch(id),
            OptionPlace::Window(id) => self.touch_window(id),
            OptionPlace::Pane(id) => self.home_of(id).into_iter().for_each(|(_, window)| self.touch_window(window)),
        }
        self.options_changed();
        self.push(Effect::OptionsChanged);
        Ok(())
    }

    fn local_mut(&mut self, place: OptionPlace) -> Option<&mut Local> {
        Some(match place {
            OptionPlace::Global => return None,
            OptionPlace::Session(id) => &mut self.sessions.get_mut(&id)?.local,
            OptionPlace::Window(id) => &mut self.windows.get_mut(&id)?.local,
            OptionPlace::Pane(id) => &mut self.panes.get_mut(&id)?.local,
        })
    }

    /// After a change of options anywhere.
    pub(super) fn resolve_options(&mut self) {
        let Self { options, sessions, windows, panes, .. } = self;
        sessions.values_mut().for_each(|session| session.local.resolve(options));
        for window in windows.values_mut() {
            window.local.resolve(options);
            window.titles = window.local.options(options).pane_border_status;
        }
        for pane in panes.values_mut() {
            let around = windows.get(&pane.window).map_or(&*options, |window| window.local.options(options));
            pane.local.resolve(around);
        }
    }
}
