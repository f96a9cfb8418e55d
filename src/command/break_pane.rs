//! `break-pane`: moves a pane into a window of its own.

use super::prelude::*;

#[derive(Args)]
pub struct BreakPane {
    /// Right behind the window that -t names
    #[arg(short = 'a')]
    after: bool,
    /// Right before it
    #[arg(short = 'b', conflicts_with = "after")]
    before: bool,
    /// Do not make the window the current one
    #[arg(short = 'd')]
    background: bool,
    /// It floats in its own window instead
    #[arg(short = 'W', conflicts_with_all = ["after", "before", "name", "target"])]
    float: bool,
    /// The window's name
    #[arg(short = 'n', value_name = "NAME")]
    name: Option<String>,
    /// Print about the pane
    #[arg(short = 'P')]
    print: bool,
    /// What -P prints
    #[arg(short = 'F', value_name = "FORMAT")]
    format: Option<String>,
    /// The pane
    #[arg(short = 's', value_name = "PANE")]
    source: Option<String>,
    /// The session, or `session:index`
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
}

impl Command for BreakPane {
    const NAME: &'static str = "break-pane";
    const ALIAS: &'static [&'static str] = &["breakp"];
    const SUMMARY: &'static str = "Move a pane into a window of its own";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let pane = call.pane(self.source.as_deref())?;
        if self.float {
            call.state.float_pane(pane, Spot::default())?;
            return Ok(self.about(call, pane));
        }
        let shift = self.after || self.before;
        let (session, index) = match &self.target {
            target if shift => {
                let own = pane.to_string();
                call.beside(Some(target.as_deref().unwrap_or(&own)), self.after)?
            }
            Some(target) => call.state.find_place(Some(target), call.origin)?,
            None => (call.session(Some(&pane.to_string()))?, None),
        };
        let place = model::Place { session, index, name: self.name.clone(), shift, background: self.background };
        call.state.break_pane(pane, place, call.origin.now)?;
        Ok(self.about(call, pane))
    }
}

impl BreakPane {
    /// What -P prints of it.
    fn about(&self, call: &Call<'_>, pane: PaneId) -> Answer {
        if !self.print {
            return Answer::Done;
        }
        let template = self.format.as_deref().unwrap_or("#{session_name}:#{window_index}.#{pane_index}");
        Answer::Text(format::expand(template, &call.lens().pane(pane)) + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn beside_another_window() {
        let mut world = World::new();
        world.ok("new -d -s x -n one ; neww -d -t x -n two ; splitw -t x:0 ; splitw -t x:0");
        world.ok("breakp -d -a -s x:0.2 -n behind");
        world.ok("breakp -d -b -s x:0.1 -t x:two -n before");
        assert_eq!(world.ok("lsw -t x -F '#I #W'"), "0 one\n1 behind\n2 before\n3 two\n");
    }

    #[test]
    fn the_pane_moves_with_its_program() {
        let mut world = World::new();
        world.ok("new -d -s x");
        assert_eq!(world.fails("breakp -s %0"), "can't break with only one pane");
        world.ok("splitw -t x");
        assert_eq!(world.ok("breakp -P -s %1"), "x:1.0\n");
        assert_eq!(world.ok("lsp -s -t x -F '#{window_index} #{pane_id} #{pane_height}'"), "0 %0 24\n1 %1 24\n");
    }
}
