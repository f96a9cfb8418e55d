//! What the commands have in common that open the picker on something that the server lists.

use super::prelude::*;

/// Read by the client (`client/picking.rs`); here they are checked and explained.
#[derive(Args)]
pub struct Picking {
    /// Without a preview
    #[arg(short = 'N')]
    plain: bool,
    /// Over the whole terminal, as it always is
    #[arg(short = 'Z')]
    zoom: bool,
    /// Only those for which this is true
    #[arg(short = 'f', value_name = "FORMAT")]
    filter: Option<String>,
    /// The pane whose session's terminal shows it, where it is not typed in one
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}
