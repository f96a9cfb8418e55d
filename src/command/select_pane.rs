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
    /// Mark it, or take its mark away; no other is marked then
    #[arg(short = 'm', conflicts_with = "unmark")]
    mark: bool,
    /// Take the mark away wherever it is
    #[arg(short = 'M')]
    unmark: bool,
    /// What is typed reaches its program again
    #[arg(short = 'e', conflicts_with = "input_off")]
    input_on: bool,
    /// Nothing that is typed reaches its program
    #[arg(short = 'd')]
    input_off: bool,
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
        if self.mark || self.unmark {
            let marked = Some(target).filter(|_| self.mark && call.state.marked() != Some(target));
            call.state.mark_pane(marked);
            return Ok(Answer::Done);
        }
        if self.input_on || self.input_off {
            call.state.set_input(target, self.input_on);
            return Ok(Answer::Done);
        }
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
                let near = window.and_then(|window| window.neighbour(target, direction));
                near.unwrap_or(target)
            }
            None => target,
        };
        call.select_pane(pane, self.keep_zoom)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::Effect;

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

    #[test]
    fn one_pane_is_marked_and_found_by_its_mark() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("splitw -t x");
        assert_eq!(world.fails("display -p -t '{marked}' '#{pane_id}'"), "no marked target");
        world.ok("selectp -m -t %0");
        assert_eq!(world.ok("display -p -t '~' '#{pane_id} #{window_flags}'"), "%0 *M\n");
        world.ok("selectp -m -t %1");
        assert_eq!(world.ok("lsp -t x -F '#{pane_marked}'"), "0\n1\n");
        world.ok("selectp -m -t %1");
        assert_eq!(world.ok("display -p -t x '#{pane_marked_set}'"), "0\n");
        world.ok("selectp -m -t %1");
        world.ok("selectp -M");
        assert_eq!(world.ok("display -p -t x '#{pane_marked_set}'"), "0\n");
        world.ok("selectp -m -t %1");
        world.ok("killp -t %1");
        assert_eq!(world.ok("display -p -t x '#{pane_marked_set}'"), "0\n");
    }

    #[test]
    fn a_pane_whose_input_is_off_is_given_none() {
        let mut world = World::new();
        world.ok("new -d -s x");
        let given = |world: &World| world.seen.iter().filter(|effect| matches!(effect, Effect::Input { .. })).count();
        world.ok("selectp -d -t x");
        world.ok("send -t x hello");
        assert_eq!((given(&world), world.ok("display -p -t x '#{pane_input_off}'").as_str()), (0, "1\n"));
        world.ok("selectp -e -t x");
        world.ok("send -t x hello");
        assert!(given(&world) > 0);
    }
}
