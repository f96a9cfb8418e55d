//! Where a floating pane is to be, and what it looks like: for the commands that open or move one.

use super::prelude::*;

#[derive(Args)]
pub struct SpotArgs {
    /// Its columns, or with `%` a part of the window
    #[arg(short = 'x', value_name = "COLS")]
    cols: Option<String>,
    /// Its rows, or with `%` a part of the window
    #[arg(short = 'y', value_name = "ROWS")]
    rows: Option<String>,
    /// The column of its left side, or with `%` a part of the window
    #[arg(short = 'X', value_name = "COL", allow_hyphen_values = true)]
    left: Option<String>,
    /// The row of its upper side, or with `%` a part of the window
    #[arg(short = 'Y', value_name = "ROW", allow_hyphen_values = true)]
    top: Option<String>,
}

impl SpotArgs {
    pub fn spot(&self) -> Result<Spot> {
        let said = |text: &Option<String>| text.as_deref().map(extent).transpose();
        Ok(Spot { cols: said(&self.cols)?, rows: said(&self.rows)?, left: said(&self.left)?, top: said(&self.top)? })
    }
}
