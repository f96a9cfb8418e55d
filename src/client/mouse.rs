//! What the mouse does: on the status line, on borders, in panes whose programs ask for it and in others.

use std::time::Instant;

use crate::base::limits::{DOUBLE_CLICK, PULL_PAUSE};
use crate::base::{Input, Key, KeyCode, MouseButton, MouseEvent, MouseKind, PaneId, Point, Rect};
use crate::config::MouseCopy;
use crate::proto::message::PaneModes;

use super::app::{App, Now};
use super::area::within;
use super::borders::pane_before;
use super::copy::Outcome;
use super::floats::{Frames, Grip};
use super::layer::Taken;

/// What the button that is down holds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    /// The right or lower border of a pane.
    Border { pane: PaneId, right: bool },
    /// The frame of a pane that floats.
    Frame { pane: PaneId, grip: Grip },
    /// A pane whose program gets the mouse until the button is up.
    Program(PaneId),
    /// A place in a pane from which a selection may be dragged.
    Text { pane: PaneId, from: Point, presses: u8, dragged: bool },
}

#[derive(Debug, Default)]
pub(super) struct MouseState {
    hold: Option<Hold>,
    /// Where and when the left button went down last, and how often, for double and triple clicks.
    last_press: Option<(Point, Instant, u8)>,
    /// Where a button went down last.
    pressed: Point,
    /// Where a selection is dragged beyond the edge of its pane, and when it goes on by itself.
    pulls: Option<(Point, Instant)>,
}

impl MouseState {
    pub(super) fn pressed(&self) -> Point {
        self.pressed
    }
}

/// Lines that the wheel moves at a time, as in tmux's copy mode.
const WHEEL_LINES: i64 = 5;

/// Arrow keys that stand for one step of the wheel in a full-screen program without mouse, as in xterm.
const WHEEL_KEYS: usize = 3;

impl App {
    pub(super) fn mouse_event(&mut self, event: MouseEvent, now: Now) {
        if let Some(layer) = self.layers.last_mut() {
            match event.kind {
                MouseKind::WheelUp => layer.wheel(true),
                MouseKind::WheelDown => layer.wheel(false),
                MouseKind::Press(MouseButton::Left) => {
                    let room = self.room();
                    let taken = self.layers.last_mut().map_or(Taken::Stay, |layer| layer.press(event.at, &room));
                    self.taken(taken, now);
                }
                _ => return,
            }
            return self.drawing.stale();
        }
        match event.kind {
            MouseKind::Press(button) => self.press(button, event, now),
            MouseKind::Drag(_) => self.drag(event, now),
            MouseKind::Release(_) => self.release(event, now),
            MouseKind::WheelUp | MouseKind::WheelDown => self.wheel(event, now),
            MouseKind::Move => self.forward_motion(event),
            MouseKind::WheelLeft | MouseKind::WheelRight => {
                if let Some((pane, at, _)) = self.under(event.at).filter(|(.., modes)| modes.mouse) {
                    self.forward(pane, at, event);
                }
            }
        }
    }

    /// The pane under a point, the point in it, and what its program asked for.
    fn under(&self, at: Point) -> Option<(PaneId, Point, PaneModes)> {
        let (pane, at) = self.pane_at(at)?;
        let modes = self.mirror.pane(pane.id).map(|pane| pane.modes).unwrap_or_default();
        Some((pane.id, at, modes))
    }

    fn forward(&mut self, pane: PaneId, at: Point, event: MouseEvent) {
        self.send_input(Some(pane), Input::Mouse(MouseEvent { at, ..event }));
    }

    /// Motion with no button down goes to the program that asked for it and has the keys.
    fn forward_motion(&mut self, event: MouseEvent) {
        if let Some((pane, at, modes)) = self.under(event.at)
            && modes.mouse_motion
            && self.active() == Some(pane)
            && !self.copies.contains_key(&pane)
        {
            self.forward(pane, at, event);
        }
    }

    // ---- buttons -------------------------------------------------------------------------------------------------

    fn press(&mut self, button: MouseButton, event: MouseEvent, now: Now) {
        self.mouse.hold = None;
        self.mouse.pressed = event.at;
        if self.division().status == Some(event.at.row.0) {
            return self.press_status(event.at.col.0, now);
        }
        let Some((pane, at, modes)) = self.under(event.at) else { return self.press_border(event.at, now) };
        if self.active() != Some(pane) {
            self.run_words(&words(&["select-pane", "-t", &pane.to_string()]), now);
        }
        if modes.mouse && !self.copies.contains_key(&pane) {
            self.mouse.hold = Some(Hold::Program(pane));
            return self.forward(pane, at, event);
        }
        if button == MouseButton::Left {
            self.press_text(pane, at, now);
        }
    }

    fn press_text(&mut self, pane: PaneId, at: Point, now: Now) {
        let again = self
            .mouse
            .last_press
            .filter(|(before, when, _)| *before == at && now.instant.duration_since(*when) < DOUBLE_CLICK);
        let presses = again.map_or(1, |(.., presses)| presses % 3 + 1);
        self.mouse.last_press = Some((at, now.instant, presses));
        self.mouse.hold = Some(Hold::Text { pane, from: at, presses, dragged: presses > 1 });
        if presses > 1 {
            self.enter_copy(pane, true);
        }
        if let (Some(copy), Some(screen)) = (self.copies.get_mut(&pane), self.mirror.pane(pane))
            && (presses > 1 || !copy.scrolls)
        {
            copy.press(at, presses, screen);
            self.copy_outcome(pane, Outcome::Stay, now);
        }
    }

    fn press_status(&mut self, col: u16, now: Now) {
        if let Some(window) = self.drawing.tab_at(col) {
            self.run_words(&words(&["select-window", "-t", &window.to_string()]), now);
        }
    }

    fn press_border(&mut self, at: Point, now: Now) {
        match self.frame_at(at) {
            Frames::Held(pane, grip) => {
                self.mouse.hold = Some(Hold::Frame { pane, grip });
                if self.active() != Some(pane) {
                    self.run_words(&words(&["select-pane", "-t", &pane.to_string()]), now);
                }
            }
            Frames::Covered => {}
            Frames::Open => {
                let Some(at) = self.division().in_window(at) else { return };
                let panes: Vec<(PaneId, Rect)> = self.mirror.tiled().map(|pane| (pane.id, pane.rect)).collect();
                let rects: Vec<Rect> = panes.iter().map(|(_, rect)| *rect).collect();
                if let Some((index, right)) = pane_before(&rects, at) {
                    self.mouse.hold = Some(Hold::Border { pane: panes[index].0, right });
                }
            }
        }
    }

    fn drag(&mut self, event: MouseEvent, now: Now) {
        match self.mouse.hold {
            Some(Hold::Border { pane, right }) => self.drag_border(pane, right, event.at),
            Some(Hold::Frame { pane, grip }) => self.drag_frame(pane, grip, event.at),
            Some(Hold::Program(pane)) => {
                if let Some(at) = self.point_in(pane, event.at) {
                    self.forward(pane, at, event);
                }
            }
            Some(Hold::Text { pane, from, .. }) => self.drag_text(pane, from, event.at, now),
            None => {}
        }
    }

    /// The nearest point of a pane.
    fn point_in(&self, id: PaneId, at: Point) -> Option<Point> {
        let pane = self.mirror.view()?.panes.iter().find(|pane| pane.id == id)?;
        Some(within(at, self.division().place(pane.rect)))
    }

    fn drag_border(&mut self, id: PaneId, right: bool, at: Point) {
        let division = self.division();
        let Some(pane) = self.mirror.view().and_then(|view| view.panes.iter().find(|pane| pane.id == id)) else {
            return;
        };
        let place = division.place(pane.rect);
        let (flag, cells) = if right {
            ("-x", at.col.0.saturating_sub(place.left()))
        } else {
            ("-y", at.row.0.saturating_sub(place.top()))
        };
        let now_cells = if right { pane.rect.size.cols } else { pane.rect.size.rows };
        if cells > 0 && cells != now_cells {
            self.send_run(words(&["resize-pane", "-t", &id.to_string(), flag, &cells.to_string()]));
        }
    }

    fn drag_text(&mut self, pane: PaneId, from: Point, to: Point, now: Now) {
        let Some(Hold::Text { presses, dragged, .. }) = self.mouse.hold else { return };
        let Some(to) = self.point_in(pane, to) else { return };
        if to == from && !dragged {
            return;
        }
        self.enter_copy(pane, true);
        if let (Some(copy), Some(screen)) = (self.copies.get_mut(&pane), self.mirror.pane(pane)) {
            copy.drag(from, to, screen);
            let at_edge = to.row.0 == 0 || to.row.0 + 1 >= screen.size.rows;
            self.mouse.pulls = at_edge.then_some((to, now.instant + PULL_PAUSE));
        }
        self.mouse.hold = Some(Hold::Text { pane, from, presses, dragged: true });
        self.copy_outcome(pane, Outcome::Stay, now);
    }

    /// When a selection that is held at the edge of its pane goes on by itself.
    pub(super) fn pull_due(&self) -> Option<Instant> {
        self.mouse.pulls.map(|(_, at)| at)
    }

    /// Goes on with it, while there is more that way.
    pub(super) fn pull(&mut self, now: Now) {
        let Some((to, _)) = self.mouse.pulls.take_if(|(_, at)| *at <= now.instant) else { return };
        let Some(Hold::Text { pane, .. }) = self.mouse.hold else { return };
        let (Some(copy), Some(screen)) = (self.copies.get_mut(&pane), self.mirror.pane(pane)) else { return };
        if copy.pull(to, screen) {
            copy.point(to, screen);
            self.mouse.pulls = Some((to, now.instant + PULL_PAUSE));
            self.copy_outcome(pane, Outcome::Stay, now);
        }
    }

    fn release(&mut self, event: MouseEvent, now: Now) {
        self.mouse.pulls = None;
        match self.mouse.hold.take() {
            Some(Hold::Program(pane)) => {
                if let Some(at) = self.point_in(pane, event.at) {
                    self.forward(pane, at, event);
                }
            }
            Some(Hold::Text { pane, dragged: true, .. }) => {
                self.copy_by_mouse(pane, now);
            }
            _ => {}
        }
    }

    /// The selection is let go. Who had only scrolled goes on with that.
    fn copy_by_mouse(&mut self, pane: PaneId, now: Now) {
        let (Some(copy), Some(screen)) = (self.copies.get_mut(&pane), self.mirror.pane(pane)) else { return };
        let scrolled = copy.leaves_at_end && !copy.is_at_end(screen);
        match self.options.mouse_copy {
            MouseCopy::Copy if scrolled => {
                copy.scrolls = true;
                self.copy_command(pane, "copy-selection", now);
            }
            MouseCopy::Copy => self.copy_command(pane, "copy-selection-and-cancel", now),
            MouseCopy::Stay => self.copy_command(pane, "copy-selection-no-clear", now),
            MouseCopy::Select => {}
        }
    }

    // ---- the wheel -------------------------------------------------------------------------------------------------

    fn wheel(&mut self, event: MouseEvent, now: Now) {
        let up = event.kind == MouseKind::WheelUp;
        if self.division().status == Some(event.at.row.0) {
            return self.run_words(&words(&[if up { "previous-window" } else { "next-window" }]), now);
        }
        let Some((pane, at, modes)) = self.under(event.at) else { return };
        if self.copies.contains_key(&pane) {
            self.copy_scroll(pane, if up { -WHEEL_LINES } else { WHEEL_LINES });
        } else if modes.mouse {
            self.forward(pane, at, event);
        } else if modes.alternate_screen {
            let key = Key::code(if up { KeyCode::Up } else { KeyCode::Down });
            (0..WHEEL_KEYS).for_each(|_| self.send_input(Some(pane), Input::Key(key)));
        } else if up {
            self.scroll_freely(pane, -WHEEL_LINES);
        }
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
