//! Menus that a client shows (`display-menu`), with everything expanded.

use crate::base::{Key, PaneId};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Menu {
    pub title: String,
    /// Where it is: a letter or a number, which the client makes a place of.
    pub x: String,
    pub y: String,
    /// The pane that it is about.
    pub pane: Option<PaneId>,
    pub items: Vec<MenuItem>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum MenuItem {
    Separator,
    Command {
        name: String,
        key: Option<Key>,
        command: String,
    },
    /// It cannot be chosen now.
    Disabled {
        name: String,
    },
}
