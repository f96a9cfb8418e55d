//! Which pane lies beyond an edge (`select-pane -L/-R/-U/-D`).

use crate::base::{Direction, PaneId, Rect, Size};

/// A side of a pane, whichever way it is looked at: where it begins and ends across the direction (`from..=to`),
/// and where along the direction a neighbour has to begin or end.
struct Side {
    edge: u16,
    from: u16,
    to: u16,
}

/// tmux's rule: a neighbour's edge is one border away, or at the window's other end, and the two touch along it;
/// a pane whose corner only meets the border's end touches too.
pub(super) fn find(
    rects: &[(PaneId, Rect)],
    window: Size,
    pane: PaneId,
    direction: Direction,
    recent: &[PaneId],
) -> Option<PaneId> {
    let own = rects.iter().find(|(id, _)| *id == pane)?.1;
    let side = side(own, window, direction);
    let touching = rects.iter().filter(|(id, rect)| *id != pane && touches(*rect, &side, direction));
    let age = |id: PaneId| recent.iter().position(|&other| other == id).unwrap_or(usize::MAX);
    touching.map(|&(id, _)| id).min_by_key(|&id| age(id))
}

fn side(own: Rect, window: Size, direction: Direction) -> Side {
    let (from, to) = match direction {
        Direction::Left | Direction::Right => (own.top(), own.bottom()),
        Direction::Up | Direction::Down => (own.left(), own.right()),
    };
    let edge = match direction {
        Direction::Left => before(own.left(), window.cols),
        Direction::Up => before(own.top(), window.rows),
        Direction::Right => after(own.right(), window.cols),
        Direction::Down => after(own.bottom(), window.rows),
    };
    Side { edge, from, to }
}

/// Where a neighbour ends that lies before this coordinate.
fn before(start: u16, window: u16) -> u16 {
    start.checked_sub(1).unwrap_or(window)
}

/// Where a neighbour begins that lies after this one.
fn after(end: u16, window: u16) -> u16 {
    if end.saturating_add(1) >= window { 0 } else { end + 1 }
}

fn touches(other: Rect, side: &Side, direction: Direction) -> bool {
    let (edge, from, end) = match direction {
        Direction::Left => (other.right(), other.top(), other.bottom()),
        Direction::Right => (other.left(), other.top(), other.bottom()),
        Direction::Up => (other.bottom(), other.left(), other.right()),
        Direction::Down => (other.top(), other.left(), other.right()),
    };
    edge == side.edge && from <= side.to && end > side.from
}
