//! What `-t session:window.pane` means.
//!
//! Looking accepts an id, an exact name, a unique beginning, a pattern. Destroying wants an id or the exact
//! name, and never guesses what is meant where nothing is said: only the terminal that a command was really
//! typed in, or the client that it came from, decides then.

use crate::base::{ClientId, Direction, Error, PaneId, Point, Result, SessionId, WindowId};

use super::session::Session;
use super::window::Window;
use super::{Origin, State, names};

/// What is going to be done to what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Look,
    Destroy,
}

/// Where a target starts from when it does not say everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Here {
    pub session: SessionId,
    pub window: WindowId,
    pub pane: PaneId,
}

impl Here {
    fn link(self) -> (SessionId, WindowId) {
        (self.session, self.window)
    }
}

impl State {
    /// The client that a command came from, where it is attached.
    pub fn origin_client(&self, origin: &Origin) -> Option<ClientId> {
        let typed = Some(origin.request.client).filter(|_| origin.attached);
        origin.behalf.or(typed).filter(|client| self.client(*client).is_some())
    }

    /// What is in front of the person who typed the command: the attached client's active pane, or the pane in
    /// whose terminal it was typed.
    pub fn here(&self, origin: &Origin) -> Option<Here> {
        let client = self.origin_client(origin).and_then(|client| self.client(client));
        if let Some((client, shown)) = client.and_then(|client| Some((client, self.shown(client.id)?))) {
            return Some(Here { session: client.session, window: shown.window, pane: shown.active });
        }
        let made = origin.made.filter(|made| self.pane(*made).is_some());
        let pane = made.or(origin.pane)?;
        let window = self.window(self.pane(pane)?.window)?;
        let session = self.most_recent_of(window.sessions())?;
        Some(Here { session, window: window.id, pane })
    }

    /// A pane that is named alone, in the session that is meant.
    fn spot_of(&self, pane: PaneId, origin: &Origin) -> Option<Here> {
        let window = self.pane(pane)?.window;
        Some(Here { session: self.nearest_session(window, origin)?, window, pane })
    }

    /// As [`State::here`]; else what was used last, but never for destroying.
    fn base(&self, origin: &Origin, purpose: Purpose) -> Result<Here> {
        if let Some(here) = self.here(origin) {
            return Ok(here);
        }
        if self.is_empty() {
            return Err(self.no_sessions());
        }
        if purpose == Purpose::Destroy {
            let hint = "say which with -t: this command was not typed in a mux terminal, and mux does not guess";
            return Err(Error::refused("no current session").hint(hint));
        }
        let recent = self.most_recent_session().and_then(|session| self.front(session));
        recent.ok_or_else(|| Error::not_found("no current session"))
    }

    fn front(&self, session: SessionId) -> Option<Here> {
        let window = self.session(session)?.current;
        Some(Here { session, window, pane: self.window(window)?.active })
    }

    /// A session by its target; any target that leads to a window or pane of it will do.
    pub fn find_session(&self, target: Option<&str>, origin: &Origin, purpose: Purpose) -> Result<SessionId> {
        let Some(target) = target.filter(|target| !target.is_empty()) else {
            return Ok(self.base(origin, purpose)?.session);
        };
        if let Some(pane) = self.marked_by(target)? {
            return self.spot_of(pane, origin).map(|here| here.session).ok_or_else(no_mark);
        }
        if let Ok(pane) = target.parse::<PaneId>() {
            return self.spot_of(pane, origin).map(|here| here.session).ok_or_else(|| missing("pane", target));
        }
        if let Ok(window) = target.parse::<WindowId>() {
            return self.nearest_session(window, origin).ok_or_else(|| missing("window", target));
        }
        let name = target.split_once(':').map_or(target, |(session, _)| session);
        if name.is_empty() {
            return Ok(self.base(origin, purpose)?.session);
        }
        self.session_called(name, purpose)
    }

    /// A session by what it is called.
    fn session_called(&self, text: &str, purpose: Purpose) -> Result<SessionId> {
        if text.starts_with(SessionId::SIGIL) {
            let session = text.parse().ok().and_then(|id| self.session(id));
            return session.map(|session| session.id).ok_or_else(|| missing("session", text));
        }
        let (name, exact) = match text.strip_prefix('=') {
            Some(name) => (name, true),
            None => (text, purpose == Purpose::Destroy),
        };
        if let Some(session) = self.session_named(name) {
            return Ok(session.id);
        }
        let all = self.sessions().map(|session| (session.name.as_str(), session.id));
        if exact {
            return Err(self.no_session(name, all.map(|(name, _)| name)));
        }
        match pick("session", name, all)? {
            Some(session) => Ok(session),
            None => Err(self.no_session(name, self.sessions().map(|session| session.name.as_str()))),
        }
    }

    fn no_session<'a>(&self, name: &str, all: impl Iterator<Item = &'a str>) -> Error {
        let error = Error::not_found(format!("can't find session: {name}"));
        match names::nearest(name, all) {
            Some(near) => error.hint(format!("did you mean '{near}'?")),
            None if self.is_empty() => error.hint("there are none; `mux new` starts one"),
            None => error.hint("`mux ls` lists them"),
        }
    }

    /// A window by its target. A bare word is a window of the current session, or else a session.
    pub fn find_window(&self, target: Option<&str>, origin: &Origin, purpose: Purpose) -> Result<WindowId> {
        self.find_link(target, origin, purpose).map(|(_, window)| window)
    }

    /// The same, and the session that it is meant in.
    pub fn find_link(&self, target: Option<&str>, origin: &Origin, purpose: Purpose) -> Result<(SessionId, WindowId)> {
        let Some(target) = target.filter(|target| !target.is_empty()) else {
            return self.base(origin, purpose).map(Here::link);
        };
        if let Some(pane) = self.marked_by(target)? {
            return self.spot_of(pane, origin).map(Here::link).ok_or_else(no_mark);
        }
        if let Ok(window) = target.parse::<WindowId>() {
            let session = self.nearest_session(window, origin).ok_or_else(|| missing("window", target))?;
            return Ok((session, window));
        }
        if let Ok(pane) = target.parse::<PaneId>() {
            return self.spot_of(pane, origin).map(Here::link).ok_or_else(|| missing("pane", target));
        }
        if let Some((session, rest)) = target.split_once(':') {
            let session = self.session_or_here(session, origin, purpose)?;
            return Ok((session, self.window_or_pane_in(session, rest, purpose)?));
        }
        let session = self.bare_session(target, origin);
        let here = if session.is_some() { None } else { self.base(origin, purpose).ok() };
        let found: Option<Result<_>> =
            here.map(|here| Ok((here.session, self.window_or_pane_in(here.session, target, purpose)?)));
        match found {
            Some(Ok(link)) => Ok(link),
            Some(Err(error)) if error.message.starts_with("ambiguous") => Err(error),
            _ => match self.find_session(Some(target), origin, purpose) {
                Ok(session) => self.front(session).map(Here::link).ok_or_else(|| missing("window", target)),
                Err(error) => {
                    let other = found.and_then(Result::err).unwrap_or_else(|| missing("window", target));
                    Err(Error { hint: other.hint.or(error.hint), ..other })
                }
            },
        }
    }

    /// The marked pane, where the target asks for it.
    fn marked_by(&self, target: &str) -> Result<Option<PaneId>> {
        if means_mark(target) { self.marked.map(Some).ok_or_else(no_mark) } else { Ok(None) }
    }

    /// A bare word that can only be a session: an id, or `=name` that is one.
    fn bare_session(&self, target: &str, origin: &Origin) -> Option<SessionId> {
        let id = target.starts_with(SessionId::SIGIL).then(|| target.parse().ok()).flatten();
        id.or_else(|| {
            let elsewhere = self.here(origin).is_none();
            self.session_named(target).filter(|_| elsewhere).map(|session| session.id)
        })
    }

    fn session_or_here(&self, text: &str, origin: &Origin, purpose: Purpose) -> Result<SessionId> {
        if text.is_empty() { Ok(self.base(origin, purpose)?.session) } else { self.session_called(text, purpose) }
    }

    /// `window`, or `window.pane` of which only the window counts.
    fn window_or_pane_in(&self, session: SessionId, text: &str, purpose: Purpose) -> Result<WindowId> {
        match (self.window_in(session, text, purpose), text.rsplit_once('.')) {
            (Err(_), Some((window, _))) => self.window_in(session, window, purpose),
            (found, _) => found,
        }
    }

    /// A window of this session by `@id`, special, index, or name.
    fn window_in(&self, id: SessionId, text: &str, purpose: Purpose) -> Result<WindowId> {
        let session = self.session(id).ok_or_else(|| missing("session", &id.to_string()))?;
        if text.is_empty() {
            return Ok(session.current);
        }
        if let Some(window) = special_window(session, text) {
            return window.ok_or_else(|| missing("window", text));
        }
        let (name, exact) = match text.strip_prefix('=') {
            Some(name) => (name, true),
            None => (text, purpose == Purpose::Destroy),
        };
        let windows = || self.windows_of(id).into_iter();
        if let Some(index) = name.parse().ok().and_then(|index: u32| session.windows.get(&index)) {
            return Ok(*index);
        }
        let named: Vec<WindowId> =
            windows().filter(|(_, window)| window.name == name).map(|(_, window)| window.id).collect();
        match named.as_slice() {
            [] => {}
            [only] => return Ok(*only),
            several => return Err(ambiguous("window", name, several.iter().map(ToString::to_string))),
        }
        let all = windows().map(|(_, window)| (window.name.as_str(), window.id));
        let found = if exact { None } else { pick("window", name, all)? };
        found.ok_or_else(|| match names::nearest(name, windows().map(|(_, window)| window.name.as_str())) {
            Some(near) => missing("window", name).hint(format!("did you mean '{near}'?")),
            None => missing("window", name),
        })
    }

    /// A pane by its target. A bare word is a pane of the current window, or else a window, or else a session.
    pub fn find_pane(&self, target: Option<&str>, origin: &Origin, purpose: Purpose) -> Result<PaneId> {
        self.find_spot(target, origin, purpose).map(|here| here.pane)
    }

    /// The same, and the session that it is meant in.
    pub fn find_spot(&self, target: Option<&str>, origin: &Origin, purpose: Purpose) -> Result<Here> {
        let Some(target) = target.filter(|target| !target.is_empty()) else {
            return self.base(origin, purpose);
        };
        if let Some(pane) = self.marked_by(target)? {
            return self.spot_of(pane, origin).ok_or_else(no_mark);
        }
        if target.starts_with(PaneId::SIGIL) {
            let spot = target.parse().ok().and_then(|pane| self.spot_of(pane, origin));
            return spot.ok_or_else(|| missing("pane", target));
        }
        let spot = |session: SessionId, pane: PaneId| {
            let window = self.pane(pane).map(|pane| pane.window).ok_or_else(|| missing("pane", target))?;
            Ok(Here { session, window, pane })
        };
        if let Some((session, rest)) = target.split_once(':') {
            let session = self.session_or_here(session, origin, purpose)?;
            return spot(session, self.pane_in_session(session, rest, purpose)?);
        }
        if self.bare_session(target, origin).is_none()
            && let Ok(here) = self.base(origin, purpose)
        {
            let bare = target.strip_prefix('.').unwrap_or(target);
            if let Ok(pane) = self.pane_in(here.window, bare) {
                return spot(here.session, pane);
            }
            if target.contains('.')
                && let Ok(pane) = self.pane_in_session(here.session, target, purpose)
            {
                return spot(here.session, pane);
            }
        }
        let (session, window) = self.find_link(Some(target), origin, purpose).map_err(|error| {
            match error.message.strip_prefix("can't find window: ") {
                Some(rest) => Error { message: format!("can't find pane: {rest}"), ..error },
                None => error,
            }
        })?;
        let pane = self.window(window).map(|window| window.active).ok_or_else(|| missing("pane", target))?;
        Ok(Here { session, window, pane })
    }

    /// `window.pane` or `window` within a session.
    fn pane_in_session(&self, session: SessionId, text: &str, purpose: Purpose) -> Result<PaneId> {
        if let Ok(window) = self.window_in(session, text, purpose) {
            return self.window(window).map(|window| window.active).ok_or_else(|| missing("pane", text));
        }
        match text.rsplit_once('.') {
            Some((window, pane)) => self.pane_in(self.window_in(session, window, purpose)?, pane),
            None => Err(missing("window", text)),
        }
    }

    /// A pane of this window by `%id`, special, or index.
    fn pane_in(&self, id: WindowId, text: &str) -> Result<PaneId> {
        let window = self.window(id).ok_or_else(|| missing("window", &id.to_string()))?;
        let panes = window.panes();
        if text.is_empty() {
            return Ok(window.active);
        }
        let found = match special_pane(window, text) {
            Some(pane) => pane,
            None => {
                let base = self.window_options(id).pane_base_index;
                let index = text.parse::<u32>().ok().and_then(|index| index.checked_sub(base));
                let by_index = index.and_then(|index| panes.get(usize::try_from(index).ok()?).copied());
                by_index.or_else(|| text.parse().ok().filter(|pane| panes.contains(pane)))
            }
        };
        found.ok_or_else(|| missing("pane", text))
    }

    /// Where a new window goes: a session, and an index where one is said.
    pub fn find_place(&self, target: Option<&str>, origin: &Origin) -> Result<(SessionId, Option<u32>)> {
        let look = Purpose::Look;
        let Some(target) = target.filter(|target| !target.is_empty()) else {
            return Ok((self.base(origin, look)?.session, None));
        };
        if let Some((session, index)) = target.split_once(':') {
            let session = self.session_or_here(session, origin, look)?;
            return Ok((session, self.place_in(session, index)?));
        }
        if let Ok(index) = target.parse::<u32>()
            && self.session_named(target).is_none()
        {
            return Ok((self.base(origin, look)?.session, Some(index)));
        }
        if let Ok(session) = self.find_session(Some(target), origin, look) {
            return Ok((session, None));
        }
        let (session, window) = self.find_link(Some(target), origin, look)?;
        Ok((session, self.session(session).and_then(|session| session.index_of(window))))
    }

    fn place_in(&self, session: SessionId, text: &str) -> Result<Option<u32>> {
        match (text.is_empty(), text.parse::<u32>()) {
            (true, _) => Ok(None),
            (false, Ok(index)) => Ok(Some(index)),
            (false, Err(_)) => {
                let window = self.window_in(session, text, Purpose::Look)?;
                Ok(self.session(session).and_then(|session| session.index_of(window)))
            }
        }
    }

    /// A client by its terminal (`/dev/pts/3`, `pts/3`), or the one that the command came from, or the one that
    /// was active last in the session at hand.
    pub fn find_client(&self, target: Option<&str>, origin: &Origin) -> Result<ClientId> {
        let Some(target) = target else {
            let here = || self.here(origin).and_then(|here| self.latest_client(here.session));
            let latest = || self.clients().max_by_key(|client| client.turn).map(|client| client.id);
            let found = self.origin_client(origin).or_else(here).or_else(latest);
            return found.ok_or_else(|| Error::not_found("no current client").hint("nobody is attached"));
        };
        let wanted = target.trim_end_matches(':');
        let is = |name: String| name == wanted || name.strip_prefix("/dev/") == Some(wanted);
        let found = self.clients().find(|client| is(client.name()));
        found
            .map(|client| client.id)
            .ok_or_else(|| Error::not_found(format!("can't find client: {target}")).hint("`mux lsc` lists them"))
    }
}

/// Whether a target is the word for the marked pane.
fn means_mark(target: &str) -> bool {
    matches!(target, "~" | "{marked}")
}

fn no_mark() -> Error {
    Error::not_found("no marked target").hint("`mux select-pane -m` marks a pane")
}

fn missing(what: &str, name: &str) -> Error {
    Error::not_found(format!("can't find {what}: {name}"))
}

fn ambiguous(what: &str, name: &str, candidates: impl Iterator<Item = String>) -> Error {
    let candidates: Vec<String> = candidates.collect();
    Error::not_found(format!("ambiguous {what}: {name}, could be: {}", candidates.join(", ")))
}

/// The one whose name begins so, or else fits the pattern.
fn pick<'a, T: Copy>(what: &str, text: &str, all: impl Iterator<Item = (&'a str, T)> + Clone) -> Result<Option<T>> {
    let begins: Vec<(&str, T)> = all.clone().filter(|(name, _)| name.starts_with(text)).collect();
    let fits = || all.filter(|(name, _)| names::glob(text, name)).collect();
    let found: Vec<(&str, T)> = if begins.is_empty() { fits() } else { begins };
    match found.as_slice() {
        [] => Ok(None),
        [(_, only)] => Ok(Some(*only)),
        several => Err(ambiguous(what, text, several.iter().map(|(name, _)| (*name).to_owned()))),
    }
}

/// `+`, `+2`, `-`: how far.
fn offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    if rest.is_empty() { Some(sign) } else { rest.parse::<u16>().ok().map(|by| sign * i64::from(by)) }
}

/// A special word for a window; `Some(None)` where it is one but leads nowhere.
fn special_window(session: &Session, text: &str) -> Option<Option<WindowId>> {
    let order = || session.windows.values().copied();
    match text {
        "!" | "{last}" => Some(session.last()),
        "^" | "{start}" => Some(order().next()),
        "$" | "{end}" => Some(order().next_back()),
        "{next}" => Some(session.beside(session.current, 1)),
        "{previous}" => Some(session.beside(session.current, -1)),
        _ if text.starts_with(WindowId::SIGIL) => Some(text.parse().ok().filter(|id| order().any(|w| w == *id))),
        _ => offset(text).map(|by| session.beside(session.current, by)),
    }
}

/// Specials for panes that lie at an edge: the word, and the directions whose edges the pane touches.
const EDGES: &[(&str, &[Direction])] = &[
    ("{top}", &[Direction::Up]),
    ("{bottom}", &[Direction::Down]),
    ("{left}", &[Direction::Left]),
    ("{right}", &[Direction::Right]),
    ("{top-left}", &[Direction::Up, Direction::Left]),
    ("{top-right}", &[Direction::Up, Direction::Right]),
    ("{bottom-left}", &[Direction::Down, Direction::Left]),
    ("{bottom-right}", &[Direction::Down, Direction::Right]),
];

/// Specials for neighbours of the active pane.
const NEIGHBOURS: &[(&str, Direction)] = &[
    ("{up-of}", Direction::Up),
    ("{down-of}", Direction::Down),
    ("{left-of}", Direction::Left),
    ("{right-of}", Direction::Right),
];

/// A special word for a pane; `Some(None)` where it is one but leads nowhere.
fn special_pane(window: &Window, text: &str) -> Option<Option<PaneId>> {
    if let Some((_, direction)) = NEIGHBOURS.iter().find(|(word, _)| *word == text) {
        return Some(window.neighbour(window.active, *direction));
    }
    if let Some((_, edges)) = EDGES.iter().find(|(word, _)| *word == text) {
        return Some(pane_at(window, edges));
    }
    match text {
        "!" | "{last}" => Some(window.recent.first().copied()),
        "{next}" => Some(pane_beside(window, 1)),
        "{previous}" => Some(pane_beside(window, -1)),
        "{active}" | "@" => Some(Some(window.active)),
        _ => offset(text).map(|by| pane_beside(window, by)),
    }
}

/// The pane `by` places further than the active one, round the end, among those that are seen.
pub fn pane_beside(window: &Window, by: i64) -> Option<PaneId> {
    let panes = window.reachable();
    let at = i64::try_from(panes.iter().position(|pane| *pane == window.active)?).ok()?;
    let place = (at + by).rem_euclid(i64::try_from(panes.len()).ok()?);
    panes.get(usize::try_from(place).ok()?).copied()
}

/// The pane in the cell at these edges, taking the middle where an axis is left open.
fn pane_at(window: &Window, edges: &[Direction]) -> Option<PaneId> {
    let size = window.layout.size();
    let mut at =
        Point::new(if edges.len() == 1 { size.rows / 2 } else { 0 }, if edges.len() == 1 { size.cols / 2 } else { 0 });
    for edge in edges {
        match edge {
            Direction::Up => at.row.0 = 0,
            Direction::Down => at.row.0 = size.rows.saturating_sub(1),
            Direction::Left => at.col.0 = 0,
            Direction::Right => at.col.0 = size.cols.saturating_sub(1),
        }
    }
    let rects = window.layout.rects();
    let inside = rects.iter().find(|(_, rect)| rect.contains(at));
    let touches = |rect: &crate::base::Rect| {
        edges.iter().all(|edge| match edge {
            Direction::Up => rect.top() == 0,
            Direction::Down => rect.bottom() == size.rows,
            Direction::Left => rect.left() == 0,
            Direction::Right => rect.right() == size.cols,
        })
    };
    inside.or_else(|| rects.iter().find(|(_, rect)| touches(rect))).map(|&(pane, _)| pane)
}
