//! Where menus and popups go: the letters of `-x` and `-y` (tmux(1)) that only the client can make cells of.

use crate::base::{PaneId, Rect, Size};
use crate::command;
use crate::proto::message::Menu;

use super::app::App;
use super::layer::PopupMenu;

impl App {
    pub(super) fn menu(&mut self, menu: Menu) {
        let layer = PopupMenu::new(&menu.title, menu.items);
        let size = layer.size();
        let (top, left) = (self.menu_top(&menu.y, menu.pane, size), self.menu_left(&menu.x, menu.pane, size));
        self.push_layer(layer.moved(top, left));
    }

    fn menu_left(&self, x: &str, pane: Option<PaneId>, menu: Size) -> u16 {
        let size = self.division().size;
        let place = self.pane_place(pane);
        let left = match x {
            "R" => size.cols,
            "P" => place.left(),
            "M" => self.mouse.pressed().col.0,
            "W" => self.tab_left(),
            number => number.parse().unwrap_or(size.cols.saturating_sub(menu.cols) / 2),
        };
        left.min(size.cols.saturating_sub(menu.cols))
    }

    fn menu_top(&self, y: &str, pane: Option<PaneId>, menu: Size) -> u16 {
        let division = self.division();
        let rows = division.size.rows;
        // Beside the status line, and never on it.
        let status = if division.top > 0 { division.top } else { division.rows.saturating_sub(menu.rows) };
        let top = match y {
            "P" => self.pane_place(pane).bottom().saturating_sub(menu.rows),
            "M" => self.mouse.pressed().row.0,
            "S" | "W" => status,
            number => number.parse().unwrap_or(rows.saturating_sub(menu.rows) / 2),
        };
        top.min(rows.saturating_sub(menu.rows))
    }

    /// A command line in which the letters of `display-popup` that the server cannot know are cells of the window.
    pub(super) fn popup_in_cells(&self, argv: Vec<String>) -> Vec<String> {
        let Some((name, words)) = argv.split_first() else { return argv };
        match command::find(name) {
            Ok(spec) if spec.name == "display-popup" => {
                let words = spec.with_values(words, |flag, value| self.popup_place(flag, value));
                [vec![name.clone()], words].concat()
            }
            _ => argv,
        }
    }

    fn popup_place(&self, flag: char, letter: &str) -> Option<String> {
        let division = self.division();
        let pressed = self.mouse.pressed();
        Some(match (flag, letter) {
            ('x', "M") => pressed.col.0.saturating_add(division.pan().col.0).to_string(),
            ('x', "W") => self.tab_left().saturating_add(division.pan().col.0).to_string(),
            ('y', "M") => pressed.row.0.saturating_sub(division.top).saturating_add(division.pan().row.0).to_string(),
            ('y', "W") => "S".to_owned(),
            _ => return None,
        })
    }

    fn pane_place(&self, pane: Option<PaneId>) -> Rect {
        let panes = self.mirror.view().map_or(&[][..], |view| &view.panes);
        let pane = panes.iter().find(|known| Some(known.id) == pane).or_else(|| panes.iter().find(|pane| pane.active));
        let division = self.division();
        pane.map_or(division.room(), |pane| division.place(pane.rect))
    }

    /// The current window's tab.
    fn tab_left(&self) -> u16 {
        let current = self.mirror.view().and_then(|view| view.windows.iter().find(|tab| tab.current));
        current.and_then(|tab| self.drawing.tab_left(tab.index)).unwrap_or(0)
    }
}
