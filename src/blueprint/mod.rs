//! A session as a file: its windows, how their panes are arranged, where they stand and what runs in them. Read for
//! `new-session --layout`, written by `save-layout`.
//!
//! Pure: what only the machine knows (which directories and programs there are) is asked of a [`Ground`]. A file with
//! anything wrong in it leads to nothing: half a session is worse than a line that says what to mend.
//!
//! ```toml
//! name = "web"                      # the file's name where it says none
//! directory = "~/src/web"           # from where the file is
//! env = { RAILS_ENV = "development" }
//!
//! [[window]]
//! name = "edit"
//! layout = "even-horizontal"        # or what #{window_layout} printed, or none and `split` in the panes
//!
//! [[window.pane]]
//! command = "vim"                   # the pane ends with it
//!
//! [[window.pane]]
//! run = "git status"                # typed in a shell, which stays
//! focus = true
//! ```

mod keys;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::path::{Path, PathBuf};

use crate::base::Size;
use crate::layout::{Extent, Layout, NoRoom, Preset, Split};

pub use keys::reference;
pub use read::load;
pub use write::text;

/// Names and values, in the order of the file.
pub type Pairs = Vec<(String, String)>;

/// All that a file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blueprint {
    pub name: Option<String>,
    pub directory: PathBuf,
    /// For every program of the session.
    pub env: Pairs,
    pub options: Pairs,
    pub windows: Vec<WindowPlan>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct WindowPlan {
    /// The next free one where none is given.
    pub index: Option<u32>,
    /// After its program where none is given.
    pub name: Option<String>,
    pub arrangement: Arrangement,
    /// It is the current one.
    pub focus: bool,
    /// Its active pane is zoomed.
    pub zoom: bool,
    pub options: Pairs,
    /// One at least.
    pub panes: Vec<PanePlan>,
}

/// Where a window's panes are.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Arrangement {
    /// As each pane says.
    #[default]
    Splits,
    Preset(Preset),
    /// What `window_layout` was.
    Text(String),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct PanePlan {
    pub directory: PathBuf,
    pub env: Pairs,
    /// As [`crate::blueprint`] has it: the words of a program, or one line for a shell; a shell where there are none.
    pub command: Vec<String>,
    /// A line to be typed in its shell.
    pub run: Option<String>,
    /// How it comes from the pane before it.
    pub split: Option<Split>,
    pub focus: bool,
    pub options: Pairs,
    /// What ran in its shell: a comment for who reads the file.
    pub note: Option<String>,
}

/// What a file's words are measured by.
pub struct Ground<'a> {
    pub home: &'a Path,
    pub is_directory: &'a dyn Fn(&Path) -> bool,
    /// Whether there is a program of this name, seen from this directory.
    pub is_program: &'a dyn Fn(&str, &Path) -> bool,
}

impl WindowPlan {
    /// The arrangement of panes with these numbers in a window of this size.
    pub fn arrange(&self, panes: &[crate::base::PaneId], size: Size) -> Result<Layout, String> {
        let Some((&first, others)) = panes.split_first() else { return Err("it has no pane".to_owned()) };
        if let Arrangement::Text(text) = &self.arrangement {
            let mut layout = Layout::parse(text, panes)?;
            layout.resize(size);
            return Ok(layout);
        }
        let mut layout = Layout::new(first, size);
        let usual = Split { axis: crate::layout::Axis::Vertical, before: false, full: false, size: None };
        let (mut last, mut rest) = (first, others.iter().zip(&self.panes[1..]));
        rest.try_for_each(|(&pane, plan)| {
            // Of the last one there may be nothing left to split: a preset gives all their room.
            if let Arrangement::Preset(preset) = self.arrangement {
                layout.apply(preset);
            }
            layout.split(last, pane, plan.split.unwrap_or(usual))?;
            last = pane;
            Ok(())
        })
        .map_err(|NoRoom| format!("{size} has no room for its {} panes", panes.len()))?;
        if let Arrangement::Preset(preset) = self.arrangement {
            layout.apply(preset);
        }
        Ok(layout)
    }
}

/// `20` cells, or `30%`.
fn extent(text: &str) -> Option<Extent> {
    match text.strip_suffix('%') {
        Some(percent) => percent.parse().ok().filter(|percent| (1..=99).contains(percent)).map(Extent::Percent),
        None => text.parse().ok().filter(|cells| *cells > 0).map(Extent::Cells),
    }
}
