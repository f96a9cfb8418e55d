//! What text is written with, and the ids that its look has in the tables.

use super::Screen;
use crate::base::Style;
use crate::term::cell::{Cell, Look};
use crate::term::intern::Used;

/// What text is written with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pen {
    pub style: Style,
    /// Id of the open hyperlink (OSC 8), or 0.
    pub link: u32,
    /// DECSCA.
    pub protected: bool,
    /// `style` as cells carry it; stale while the flag is set.
    pub look: Look,
    pub look_stale: bool,
    /// A cell erased with this pen: blank in its background colour. Stale likewise.
    pub blank: Cell,
    pub blank_stale: bool,
}

impl Screen {
    #[inline]
    pub fn set_style(&mut self, style: Style) {
        self.pen.blank_stale |= self.pen.style.bg != style.bg;
        self.pen.style = style;
        self.pen.look_stale = true;
    }

    pub fn set_protected(&mut self, protected: bool) {
        self.pen.protected = protected;
        self.pen.look_stale = true;
    }

    pub fn set_link(&mut self, link: u32) {
        self.pen.link = link;
        self.pen.look_stale = true;
    }

    #[inline]
    pub(super) fn look(&mut self) -> Look {
        if self.pen.look_stale {
            self.refresh_look();
        }
        self.pen.look
    }

    fn refresh_look(&mut self) {
        self.collect_if_due();
        let style = self.tables.style(&self.pen.style);
        self.pen.look = Look::new(style, self.pen.link, self.pen.protected);
        self.pen.look_stale = false;
    }

    /// What an erased cell becomes: xterm's background colour erase.
    #[inline]
    pub(super) fn blank(&mut self) -> Cell {
        if self.pen.blank_stale {
            let style = self.tables.style(&Style { bg: self.pen.style.bg, ..Style::DEFAULT });
            self.pen.blank = Cell::blank(Look::new(style, 0, false));
            self.pen.blank_stale = false;
        }
        self.pen.blank
    }

    /// Forgets styles, links and clusters that no cell shows any more, once enough of them have gathered.
    pub fn collect_if_due(&mut self) {
        if !self.tables.is_due() {
            return;
        }
        self.tables.collect(&self.used());
        self.joins.clear();
        self.pen.look_stale = true;
        self.pen.blank_stale = true;
    }

    /// The ids that cells show, and the open link.
    pub(super) fn used(&self) -> Used {
        let mut used = Used::default();
        self.grid.mark_used(&mut used);
        if let Some(grid) = &self.hidden {
            grid.mark_used(&mut used);
        }
        used.links.add(self.pen.link);
        used
    }

    /// Nothing names what the tables have given up. A damaged snapshot may: it shows the default look then.
    #[cfg(any(test, fuzzing))]
    pub fn verify_looks(&self) {
        let mut used = self.used();
        if !self.pen.look_stale {
            used.styles.add(Cell::blank(self.pen.look).style());
            used.links.add(Cell::blank(self.pen.look).link());
        }
        if !self.pen.blank_stale {
            used.styles.add(self.pen.blank.style());
        }
        self.tables.verify(&used);
    }
}
