//! Panes that float above those which tile a window: ordinary ones, the session's scratch terminal, and popups.
//!
//! What is shown follows from which pane is active, which each client has for itself ([0018]): the active one is, and
//! what is pinned; and while an ordinary one is active, all of those. So to hide them is to go to a pane below them.
//!
//! [0018]: ../../docs/decisions/0018-floating-panes.md

use serde::{Deserialize, Serialize};

use crate::base::{ClientId, Direction, Error, ExitStatus, PaneId, Rect, Result, SessionId, Size, WindowId, limits};
use crate::layout::{Axis, Extent, Floating, Split, centred, moved, stretched};

use super::State;
use super::pane::{Pane, Program};
use super::start::Undo;

/// A pane that floats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Float {
    pub pane: PaneId,
    #[serde(default)]
    pub kind: FloatKind,
    /// Its own cells as they were last put; see [`Floating`].
    pub wanted: Rect,
    pub framed: bool,
    /// Shown whichever pane is active.
    #[serde(default)]
    pub pinned: bool,
    /// It has the whole window.
    #[serde(default)]
    pub full: bool,
    #[serde(default)]
    pub dress: Dress,
}

/// What a floating pane is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FloatKind {
    #[default]
    Plain,
    /// The session's one that is called up and put away by a key.
    Scratch,
    /// Nothing else in its window can be used while it is active.
    Popup(Ending),
}

/// What becomes of a popup whose program has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// It stays until its user closes it.
    Stays,
    Closes,
    ClosesAfterSuccess,
}

/// What it looks like, where that is said; empty as options have it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dress {
    pub title: String,
    pub style: String,
    pub border_style: String,
    /// As `pane-border-lines` names them, or `rounded`.
    pub lines: String,
}

/// Where a floating pane is to be: what is not said is decided here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    pub cols: Option<Extent>,
    pub rows: Option<Extent>,
    pub left: Option<Extent>,
    pub top: Option<Extent>,
}

/// A floating pane to be made.
#[derive(Clone, Debug)]
pub struct NewFloat {
    pub kind: FloatKind,
    pub spot: Spot,
    pub framed: bool,
    /// The active pane stays what it is.
    pub background: bool,
    pub dress: Dress,
}

impl Float {
    pub fn is_popup(&self) -> bool {
        matches!(self.kind, FloatKind::Popup(_))
    }

    /// An ordinary one, as it comes back when it is not known for whom it was.
    pub(super) fn plain(self) -> Self {
        let kind = if self.is_popup() { FloatKind::Plain } else { self.kind };
        Self { kind, ..self }
    }
}

impl Spot {
    /// In this window, where so many float already: in the middle, and beside those.
    fn rect(self, window: Size, usual: Size, others: u16) -> Rect {
        let extent = |said: Option<Extent>, whole: u16, usual: u16| said.map_or(usual, |extent| extent.of(whole));
        let size = Size::new(extent(self.cols, window.cols, usual.cols), extent(self.rows, window.rows, usual.rows));
        let middle = centred(size.clamp(limits::MIN_PANE, window), window);
        let left = extent(self.left, window.cols, middle.left().saturating_add(CASCADE.cols * others));
        let top = extent(self.top, window.rows, middle.top().saturating_add(CASCADE.rows * others));
        Rect::new(top, left, size)
    }
}

/// How far a new floating pane is from the one before it.
const CASCADE: Size = Size::new(4, 2);

/// How many of them are beside each other before the next one is in the middle again.
const CASCADES: u16 = 4;

impl State {
    /// Makes a floating pane in the window of another one, and has its program started.
    pub fn new_float(&mut self, beside: PaneId, new: NewFloat, program: Program) -> Result<PaneId> {
        let (session, home) = self.home_of(beside).ok_or_else(|| Error::not_found("can't find pane"))?;
        self.refuse_under_popup(home)?;
        let pane = self.new_pane_id()?;
        let Some(window) = self.windows.get_mut(&home) else { return Err(Error::not_found("can't find window")) };
        let size = window.layout.size();
        let others = window.floats.iter().filter(|float| float.kind == FloatKind::Plain).count();
        let others = u16::try_from(others).unwrap_or_default() % CASCADES;
        let cascade = if new.kind == FloatKind::Plain { others } else { 0 };
        let wanted = new.spot.rect(size, Size::new(size.cols / 2, size.rows / 2), cascade);
        let NewFloat { kind, framed, background, dress, .. } = new;
        let wanted = Floating::within(wanted, framed, size).rect;
        window.floats.push(Float { pane, kind, wanted, framed, pinned: false, full: false, dress });
        if !background {
            window.activate(pane);
        }
        self.panes.insert(pane, Box::new(Pane::new(pane, home, program, wanted.size)));
        self.spawn(pane, Undo::Pane { layout: None });
        self.fit_window(home);
        self.name_window(home);
        self.touch(session);
        Ok(pane)
    }

    /// The popup that has a pane's window to itself, and is another one.
    pub fn popup_over(&self, pane: PaneId) -> Option<PaneId> {
        let (_, window) = self.home_of(pane)?;
        self.window(window)?.popup().filter(|popup| *popup != pane)
    }

    /// For what would show another pane than the popup.
    fn refuse_under_popup(&self, window: WindowId) -> Result<()> {
        match self.window(window).and_then(|window| window.popup()) {
            Some(popup) => Err(under_popup(popup)),
            None => Ok(()),
        }
    }

    /// The pane floats; refused for the only one that tiles its window.
    pub fn float_pane(&mut self, pane: PaneId, spot: Spot) -> Result<()> {
        let (_, id) = self.home_of(pane).ok_or_else(|| Error::not_found(format!("can't find pane: {pane}")))?;
        self.refuse_under_popup(id)?;
        let Some(window) = self.windows.get_mut(&id) else { return Ok(()) };
        if window.float(pane).is_some() {
            return Err(Error::refused(format!("pane {pane} floats already")));
        }
        let others = u16::try_from(window.floats.len()).unwrap_or_default() % CASCADES;
        let size = window.layout.size();
        if !window.layout.remove(pane) {
            let error = Error::refused("the only pane of a window cannot float");
            return Err(error.hint("split it first, or `mux new-pane` opens a floating one"));
        }
        window.zoomed = false;
        let wanted =
            Floating::within(spot.rect(size, Size::new(size.cols / 2, size.rows / 2), others), true, size).rect;
        let (kind, dress) = (FloatKind::Plain, Dress::default());
        window.floats.push(Float { pane, kind, wanted, framed: true, pinned: false, full: false, dress });
        window.activate(pane);
        self.rearranged(id);
        self.layout_changed(id);
        Ok(())
    }

    /// A floating pane tiles its window again, beside the one that was active last.
    pub fn tile_pane(&mut self, pane: PaneId) -> Result<()> {
        let (_, id) = self.home_of(pane).ok_or_else(|| Error::not_found(format!("can't find pane: {pane}")))?;
        let Some(window) = self.windows.get_mut(&id).filter(|window| window.float(pane).is_some()) else {
            return Err(Error::refused(format!("pane {pane} does not float")));
        };
        let base = window.base();
        let place = window.layout.pane_size(base).unwrap_or_default();
        // A cell is about twice as high as wide.
        let axis = if place.cols / 2 > place.rows { Axis::Horizontal } else { Axis::Vertical };
        let how = Split { axis, before: false, full: false, size: None };
        window.layout.split(base, pane, how).map_err(|_| Error::refused("no space for another pane"))?;
        window.zoomed = false;
        window.floats.retain(|float| float.pane != pane);
        self.rearranged(id);
        self.layout_changed(id);
        Ok(())
    }

    /// Changes a floating pane; refused for another one.
    pub fn change_float(&mut self, pane: PaneId, change: impl FnOnce(&mut Float, Floating, Size)) -> Result<()> {
        let home = self.home_of(pane).map(|(_, window)| window);
        let window = home.and_then(|id| self.windows.get_mut(&id));
        let not = || Error::refused(format!("pane {pane} does not float")).hint("`mux float-pane` makes it");
        let Some(window) = window else { return Err(Error::not_found(format!("can't find pane: {pane}"))) };
        let (id, size) = (window.id, window.layout.size());
        let place =
            window.float(pane).map(|float| Floating::within(float.wanted, float.framed, size)).ok_or_else(not)?;
        if let Some(float) = window.float_mut(pane) {
            change(float, place, size);
            float.wanted = Floating::within(float.wanted, float.framed, size).rect;
        }
        self.rearranged(id);
        Ok(())
    }

    /// Puts the upper left one of a floating pane's own cells there.
    pub fn put_float(&mut self, pane: PaneId, left: Option<Extent>, top: Option<Extent>) -> Result<()> {
        self.change_float(pane, |float, place, window| {
            let at = |said: Option<Extent>, whole, now: u16| said.map_or(now, |said| said.of(whole));
            let Rect { size, .. } = place.rect;
            let (left, top) = (at(left, window.cols, place.rect.left()), at(top, window.rows, place.rect.top()));
            float.wanted = Rect::new(top, left, size);
        })
    }

    pub fn move_float(&mut self, pane: PaneId, towards: Direction, cells: u16) -> Result<()> {
        self.change_float(pane, |float, place, _| float.wanted = moved(place.rect, towards, cells))
    }

    /// Gives a floating pane that size, and moves its right or lower edge.
    pub fn size_float(
        &mut self,
        pane: PaneId,
        (cols, rows): (Option<u16>, Option<u16>),
        towards: Option<Direction>,
        cells: u16,
    ) -> Result<()> {
        self.change_float(pane, |float, place, _| {
            let Size { cols: now_cols, rows: now_rows } = place.rect.size;
            let size = Size::new(cols.unwrap_or(now_cols), rows.unwrap_or(now_rows));
            let rect = Rect { size, ..place.rect };
            float.wanted = towards.map_or(rect, |towards| stretched(rect, towards, cells));
            float.full = false;
        })
    }

    /// Pins a floating pane or not, or the other way round.
    pub fn pin_float(&mut self, pane: PaneId, pinned: Option<bool>) -> Result<()> {
        self.change_float(pane, |float, _, _| float.pinned = pinned.unwrap_or(!float.pinned))
    }

    /// Above or below all that float.
    pub fn restack_float(&mut self, pane: PaneId, front: bool) -> Result<()> {
        self.change_float(pane, |_, _, _| {})?;
        let Some(window) = self.home_of(pane).and_then(|(_, id)| self.windows.get_mut(&id)) else { return Ok(()) };
        window.raise(pane);
        if !front && let Some(float) = window.floats.pop() {
            window.floats.insert(0, float);
        }
        Ok(())
    }

    /// Goes from the panes below to those that float, or back; false where none floats.
    pub fn toggle_floats(&mut self, id: WindowId) -> Result<bool> {
        self.refuse_under_popup(id)?;
        // Its client may have gone while no server was there to see it.
        if let Some(home) = self.window(id).map(|window| window.session) {
            self.release_popups(home);
        }
        let Some(window) = self.window(id) else { return Ok(false) };
        let plain = |pane: PaneId| window.float(pane).is_some_and(|float| float.kind == FloatKind::Plain);
        let to = match plain(window.active) {
            true => Some(window.base()),
            false => {
                let before = window.recent.iter().copied().find(|pane| plain(*pane));
                before.or_else(|| window.floats.iter().rev().map(|float| float.pane).find(|pane| plain(*pane)))
            }
        };
        to.into_iter().for_each(|pane| self.select_pane(pane, true));
        Ok(to.is_some())
    }

    // ---- the scratch terminal --------------------------------------------------------------------------------

    /// The session's scratch terminal, where it has one.
    pub fn scratch_of(&self, session: SessionId) -> Option<PaneId> {
        let floats = self.windows_of(session).into_iter().flat_map(|(_, window)| &window.floats);
        floats.filter(|float| float.kind == FloatKind::Scratch).map(|float| float.pane).next()
    }

    /// Shows the scratch terminal in this window, wherever it was, or puts it away where it is seen.
    pub fn toggle_scratch(&mut self, scratch: PaneId, id: WindowId) -> Result<()> {
        self.refuse_under_popup(id)?;
        let Some((_, from)) = self.home_of(scratch) else { return Ok(()) };
        if from != id {
            self.bring_float(scratch, from, id);
        }
        let Some(window) = self.window(id) else { return Ok(()) };
        let to = match window.active == scratch {
            true => window.below_scratch(scratch),
            false => scratch,
        };
        self.select_pane(to, true);
        Ok(())
    }

    /// Lets a floating pane float in another window.
    fn bring_float(&mut self, pane: PaneId, from: WindowId, to: WindowId) {
        let Some(float) = self.window(from).and_then(|window| window.float(pane)).cloned() else { return };
        if let Some(window) = self.windows.get_mut(&from) {
            window.remove(pane);
        }
        if let Some(window) = self.windows.get_mut(&to) {
            window.floats.push(float);
        }
        if let Some(pane) = self.panes.get_mut(&pane) {
            pane.window = to;
        }
        self.rearranged(from);
        self.rearranged(to);
        self.name_window(from);
    }

    // ---- popups ----------------------------------------------------------------------------------------------

    /// Makes one in front of what a client shows, whose place counts from now on.
    pub fn open_popup(&mut self, client: ClientId, new: NewFloat, program: Program) -> Result<PaneId> {
        self.hold(client);
        let shown = self.pane_of_client(client).ok_or_else(|| Error::not_found("can't find pane"))?;
        self.new_float(shown, new, program)
    }

    /// Closes the one that a client shows, if it does.
    pub fn close_popup(&mut self, client: ClientId) {
        let Some(shown) = self.shown(client) else { return };
        let popup = self.window(shown.window).and_then(|window| window.float(shown.active));
        if let Some(popup) = popup.filter(|float| float.is_popup()).map(|float| float.pane) {
            self.close_pane(popup);
        }
    }

    /// What is said of a pane whose program has ended: whether it stays. None where it is no popup.
    pub(super) fn popup_stays(&self, pane: PaneId, status: ExitStatus) -> Option<bool> {
        let (_, window) = self.home_of(pane)?;
        let float = self.window(window)?.float(pane)?;
        match float.kind {
            FloatKind::Popup(Ending::Stays) => Some(true),
            FloatKind::Popup(Ending::Closes) => Some(false),
            FloatKind::Popup(Ending::ClosesAfterSuccess) => Some(status != ExitStatus::Code(0)),
            FloatKind::Plain | FloatKind::Scratch => None,
        }
    }
}

/// Why a pane cannot be gone to.
pub fn under_popup(popup: PaneId) -> Error {
    Error::refused(format!("popup {popup} is open and has the window"))
        .hint("`mux display-popup -C` closes it, `mux float-pane` makes it a pane as others")
}
