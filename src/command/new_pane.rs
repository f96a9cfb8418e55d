//! `new-pane`: opens a pane that floats above the others.

use super::opening::Opening;
use super::prelude::*;
use super::spot::SpotArgs;

#[derive(Args)]
pub struct NewPane {
    #[command(flatten)]
    spot: SpotArgs,
    /// Do not make it the active one: it is seen when a floating one is, or with -p
    #[arg(short = 'd')]
    background: bool,
    /// It is seen whichever pane is active
    #[arg(short = 'p')]
    pinned: bool,
    /// It has no frame
    #[arg(short = 'B')]
    bare: bool,
    /// What stands on its frame
    #[arg(short = 'T', value_name = "TITLE")]
    title: Option<String>,
    /// The style of what its program gives none
    #[arg(short = 's', value_name = "STYLE")]
    style: Option<String>,
    /// The style of its frame
    #[arg(short = 'S', value_name = "STYLE")]
    border_style: Option<String>,
    /// Show it in the whole window
    #[arg(short = 'Z')]
    zoom: bool,
    /// A pane of the window
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    #[command(flatten)]
    opening: Opening,
}

impl Command for NewPane {
    const NAME: &'static str = "new-pane";
    const ALIAS: &'static [&'static str] = &["newp"];
    const SUMMARY: &'static str = "Open a pane that floats above the others";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let beside = call.pane(self.target.as_deref())?;
        let spot = self.spot.spot()?;
        let dress = dress(call, beside, self.title.as_deref(), self.style, self.border_style)?;
        let program = self.opening.program(call)?;
        let new = NewFloat { kind: FloatKind::Plain, spot, framed: !self.bare, background: self.background, dress };
        let pane = call.state.new_float(beside, new, program)?;
        if self.pinned {
            call.state.pin_float(pane, Some(true))?;
        }
        if self.zoom {
            call.state.zoom(pane);
        }
        Ok(self.opening.opened(call, pane))
    }
}

/// What a floating pane looks like, with formats filled in for that pane; a style that cannot be read is refused.
pub fn dress(
    call: &Call<'_>,
    pane: PaneId,
    title: Option<&str>,
    style: Option<String>,
    border_style: Option<String>,
) -> Result<Dress> {
    let readable = |style: Option<String>| {
        let style = style.unwrap_or_default();
        let wrong = |why| Error::usage(format!("style invalid: {style}: {why}"));
        format::parse_style(&style, crate::base::Style::DEFAULT).map_err(wrong)?;
        Ok::<_, Error>(style)
    };
    let title = title.map(|title| format::expand(title, &call.lens().pane(pane))).unwrap_or_default();
    Ok(Dress { title, style: readable(style)?, border_style: readable(border_style)?, lines: String::new() })
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn it_floats_above_the_others_and_is_a_pane_as_they_are() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24");
        let spot = "#{pane_x},#{pane_y} #{pane_width}x#{pane_height}";
        assert_eq!(world.ok(&format!("newp -t x -PF '{spot}'")), "20,6 40x12\n");
        assert_eq!(world.ok(&format!("newp -t x -x 20 -y 25% -X 2 -Y 50% -PF '{spot}'")), "2,12 20x6\n");
        let list = "lsp -t x -F '#{pane_index} #{pane_floating_flag}#{pane_active}#{pane_last}'";
        assert_eq!(world.ok(list), "0 000\n1 101\n2 110\n");
        assert_eq!(world.ok("display -p -t x '#{window_panes} #{window_layout}'"), "3 b25d,80x24,0,0,0\n");
        world.ok("killp -t x:.2 ; killp -t x:.1");
        assert_eq!(world.ok("lsp -t x -F '#{pane_id}#{pane_active}'"), "%01\n");
    }

    #[test]
    fn what_goes_with_the_panes_that_tile_a_window_is_refused() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24");
        world.ok("newp -t x");
        assert_eq!(world.fails("splitw -t %1"), "pane %1 floats and cannot be split");
        assert_eq!(world.fails("newp -x 1x -t x"), "size invalid: 1x");
        assert!(world.fails("newp -s nonsense -t x").starts_with("style invalid: nonsense"));
        world.fail_next("nope");
        world.fails("newp -t x");
        assert_eq!(world.ok("lsp -t x -F '#{pane_id}'"), "%0\n%1\n", "it is taken back");
    }

    #[test]
    fn the_last_one_comes_down_when_nothing_is_below() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24");
        world.ok("newp -t x ; selectp -t %0 ; killp -t %0");
        assert_eq!(
            world.ok("lsp -t x -F '#{pane_id} #{pane_floating_flag} #{pane_active} #{pane_width}'"),
            "%1 0 1 80\n"
        );
    }
}
