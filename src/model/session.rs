//! A session: windows by index, and what their programs are given.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Variables;
use super::event_hooks::Hooks;
use super::scopes::Local;
use crate::base::{SessionId, Size, Timestamp, WindowId};

/// Windows by index. Has at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub id: SessionId,
    pub name: String,
    pub created: Timestamp,
    /// Where new windows start.
    pub cwd: PathBuf,
    pub windows: BTreeMap<u32, WindowId>,
    pub current: WindowId,
    /// The windows that were current before, the latest first, without the current one.
    pub recent: Vec<WindowId>,
    /// What has happened in windows that nobody of this session looked at.
    pub alerts: BTreeMap<WindowId, Alerts>,
    /// The sessions of one group have the same windows at the same indexes.
    pub group: Option<String>,
    /// What programs are given, from the client that made the session and as last attached.
    pub env: Variables,
    /// Where the stable SSH agent link leads, where an agent was ever brought along.
    pub agent: Option<PathBuf>,
    /// The room that its windows have; stays while nobody is attached.
    pub size: Size,
    pub activity: Timestamp,
    pub last_attached: Option<Timestamp>,
    /// The job that it was made for.
    pub job: Option<String>,
    /// What commands have set for it alone.
    pub own: Own,
    /// Options of its own.
    pub local: Local,
}

/// The marks that a window has in one session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alerts {
    /// Something was written or rang while the window was not current.
    pub activity: bool,
    pub bell: bool,
    /// Nothing was written for as long as `monitor-silence` says.
    pub silence: bool,
}

impl Alerts {
    pub fn any(self) -> bool {
        self.activity || self.bell || self.silence
    }
}

/// Variables by name; none for one that programs are not to be given.
pub type SetVariables = BTreeMap<String, Option<String>>;

/// What commands have set for one session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Own {
    #[serde(default)]
    pub environment: SetVariables,
    #[serde(default)]
    pub hooks: Hooks,
}

impl Session {
    /// The index of one of its windows.
    pub fn index_of(&self, window: WindowId) -> Option<u32> {
        self.windows.iter().find(|&(_, &known)| known == window).map(|(&index, _)| index)
    }

    pub fn holds(&self, window: WindowId) -> bool {
        self.index_of(window).is_some()
    }

    pub fn alerts_of(&self, window: WindowId) -> Alerts {
        self.alerts.get(&window).copied().unwrap_or_default()
    }

    /// The first free index from `base` up.
    pub fn free_index(&self, base: u32) -> u32 {
        (base..).find(|index| !self.windows.contains_key(index)).unwrap_or(base)
    }

    pub fn last(&self) -> Option<WindowId> {
        self.recent.first().copied()
    }

    /// The window `by` places further (round the end), in the order of the indexes.
    pub fn beside(&self, window: WindowId, by: i64) -> Option<WindowId> {
        let order: Vec<WindowId> = self.windows.values().copied().collect();
        let at = order.iter().position(|&known| known == window)?;
        let count = i64::try_from(order.len()).ok()?;
        let place = (i64::try_from(at).ok()? + by).rem_euclid(count);
        order.get(usize::try_from(place).ok()?).copied()
    }

    /// Makes a window the current one.
    pub(super) fn select(&mut self, window: WindowId) {
        if window == self.current {
            return;
        }
        self.recent.retain(|&known| known != window);
        self.recent.insert(0, self.current);
        self.current = window;
    }

    /// Takes a window out; the one that was current before takes its place. The last one is not to be removed.
    pub(super) fn remove(&mut self, window: WindowId) {
        let next = self.last().or_else(|| self.beside(window, -1)).unwrap_or(window);
        self.windows.retain(|_, &mut known| known != window);
        self.recent.retain(|&known| known != window);
        self.alerts.remove(&window);
        if self.current == window {
            self.current = next;
            self.recent.retain(|&known| known != next);
        }
    }

    /// Takes over the windows of another session of its group. What is current stays so where it is still there, else
    /// what was before it is.
    pub(super) fn mirror(&mut self, windows: &BTreeMap<u32, WindowId>) {
        let gone: Vec<WindowId> =
            self.windows.values().copied().filter(|id| !windows.values().any(|w| w == id)).collect();
        for window in gone {
            // Where all are others, the last to go stays current for a moment.
            self.remove(window);
        }
        self.windows.clone_from(windows);
        if !self.holds(self.current)
            && let Some(first) = self.windows.values().next()
        {
            self.current = *first;
            self.recent.retain(|known| known != first);
        }
    }

    /// Closes the gaps between indexes (`renumber-windows`).
    pub(super) fn renumber(&mut self, base: u32) {
        let order = std::mem::take(&mut self.windows).into_values();
        self.windows = (base..).zip(order).collect();
    }
}
