//! `select-pane`: makes a pane the active one.

use super::prelude::*;

#[derive(Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("which").args(["left", "right", "up", "down", "last"]))]
pub struct SelectPane {
    /// The one to the left
    #[arg(short = 'L')]
    left: bool,
    /// The one to the right
    #[arg(short = 'R')]
    right: bool,
    /// The one above
    #[arg(short = 'U')]
    up: bool,
    /// The one below
    #[arg(short = 'D')]
    down: bool,
    /// The one that was active before
    #[arg(short = 'l')]
    last: bool,
    /// A zoom stays
    #[arg(short = 'Z')]
    keep_zoom: bool,
    /// Only give it this title
    #[arg(short = 'T', value_name = "TITLE")]
    title: Option<String>,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}

impl Command for SelectPane {
    const NAME: &'static str = "select-pane";
    const ALIAS: &'static [&'static str] = &["selectp"];
    const SUMMARY: &'static str = "Make a pane the active one";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let target = call.pane(self.target.as_deref())?;
        if let Some(title) = &self.title {
            call.state.pane_title(target, title);
            return Ok(Answer::Done);
        }
        if self.last {
            return super::last_pane::select(call, self.target.as_deref(), self.keep_zoom);
        }
        let pane = match direction(self.left, self.right, self.up, self.down) {
            Some(direction) => {
                let window = call.state.window(call.window_of(target)?);
                let near = window.and_then(|window| window.layout.neighbour(target, direction, &window.recent));
                near.unwrap_or(target)
            }
            None => target,
        };
        call.state.select_pane(pane, self.keep_zoom);
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn panes_are_found_by_direction_and_order() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("splitw -h -t x");
        world.ok("splitw -v -t x");
        let active = |world: &mut World, line: &str| {
            world.ok(line);
            world.ok("display -p -t x '#{pane_id}'")
        };
        assert_eq!(active(&mut world, "selectp -L -t x"), "%0\n");
        assert_eq!(active(&mut world, "selectp -R -t x"), "%2\n");
        assert_eq!(active(&mut world, "selectp -U -t x"), "%1\n");
        assert_eq!(active(&mut world, "selectp -t x:.+"), "%2\n");
        assert_eq!(active(&mut world, "selectp -t x:.+"), "%0\n");
        assert_eq!(active(&mut world, "selectp -t 'x:.{bottom-right}'"), "%2\n");
        assert_eq!(active(&mut world, "selectp -l -t x"), "%0\n");
        assert_eq!(world.fails("selectp -t x:.7"), "can't find pane: 7");
    }
}
