//! Where a pane comes beside another: for the commands that divide one's room.

use super::prelude::*;

#[derive(Args)]
pub struct Beside {
    /// Side by side
    #[arg(short = 'h', conflicts_with = "vertical")]
    horizontal: bool,
    /// One above the other, as without a flag
    #[arg(short = 'v')]
    vertical: bool,
    /// It comes left of or above the other
    #[arg(short = 'b')]
    before: bool,
    /// Do not make it the active one
    #[arg(short = 'd')]
    pub background: bool,
    /// Along the whole window
    #[arg(short = 'f')]
    full: bool,
    /// Its size, in cells or with `%`
    #[arg(short = 'l', value_name = "SIZE")]
    size: Option<String>,
    /// Its size in percent
    #[arg(short = 'p', value_name = "PERCENT", conflicts_with = "size")]
    percent: Option<u8>,
}

impl Beside {
    pub fn split(&self) -> Result<Split> {
        let size = match (&self.size, self.percent) {
            (Some(size), _) => Some(extent(size)?),
            (None, percent) => percent.map(Extent::Percent),
        };
        let axis = if self.horizontal { Axis::Horizontal } else { Axis::Vertical };
        Ok(Split { axis, before: self.before, full: self.full, size })
    }
}
