//! `swap-pane`: exchanges two panes.

use super::prelude::*;

#[derive(Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("which").args(["up", "down", "source"]))]
pub struct SwapPane {
    /// With the one before
    #[arg(short = 'U')]
    up: bool,
    /// With the one behind
    #[arg(short = 'D')]
    down: bool,
    /// With this one; the marked or else the active one where none is given
    #[arg(short = 's', value_name = "PANE")]
    source: Option<String>,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// The place stays active, not the pane
    #[arg(short = 'd')]
    stay: bool,
    /// A zoom stays
    #[arg(short = 'Z')]
    keep_zoom: bool,
}

impl Command for SwapPane {
    const NAME: &'static str = "swap-pane";
    const ALIAS: &'static [&'static str] = &["swapp"];
    const SUMMARY: &'static str = "Exchange two panes";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let target = call.pane(self.target.as_deref())?;
        let source = match (self.up, self.down) {
            (true, _) => beside(call, target, -1)?,
            (_, true) => beside(call, target, 1)?,
            _ => call.marked_or(self.source.as_deref())?,
        };
        let zoomed = if self.keep_zoom { call.state.zoomed_of(&[source, target]) } else { Vec::new() };
        call.state.swap_panes(source, target);
        if !self.stay {
            call.state.select_pane(target, false);
        }
        call.state.zoom_again(&zoomed);
        Ok(Answer::Done)
    }
}

fn beside(call: &Call<'_>, pane: PaneId, by: i64) -> Result<PaneId> {
    let panes = call.state.window(call.window_of(pane)?).map(|window| window.peers(pane)).unwrap_or_default();
    let at = panes.iter().position(|known| *known == pane).and_then(|at| i64::try_from(at).ok());
    let count = i64::try_from(panes.len()).unwrap_or(1);
    let place = at.and_then(|at| usize::try_from((at + by).rem_euclid(count.max(1))).ok());
    place.and_then(|place| panes.get(place).copied()).ok_or_else(|| Error::not_found("no pane to swap with"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn panes_change_places_within_and_between_windows() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("splitw -t x");
        world.ok("swapp -U -t %1");
        assert_eq!(world.ok("lsp -t x -F '#{pane_id}'"), "%1\n%0\n");
        world.ok("resizep -Z -t %1");
        world.ok("swapp -Z -U -t %1");
        assert_eq!(world.ok("lsp -t x -F '#{pane_id} #{window_zoomed_flag}'"), "%0 1\n%1 1\n");
        world.ok("swapp -U -t %1");
        assert_eq!(world.ok("lsp -t x -F '#{pane_id} #{window_zoomed_flag}'"), "%1 0\n%0 0\n");
        world.ok("neww -t x");
        world.ok("swapp -s %2 -t %0");
        assert_eq!(world.ok("lsp -s -t x -F '#{window_index} #{pane_id}'"), "0 %1\n0 %2\n1 %0\n");
    }
}
