//! `pipe-pane`: connects a pane with a line of the shell.

use super::prelude::*;
use crate::model::PipeOrder;

#[derive(Args)]
pub struct PipePane {
    /// What the line prints is typed into the pane
    #[arg(short = 'I')]
    input: bool,
    /// The line reads what the pane's program writes; so it is without -I
    #[arg(short = 'O')]
    output: bool,
    /// Only where the pane is connected with none; else that one is let go
    #[arg(short = 'o')]
    toggle: bool,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// The line; formats in it are filled in. Without it the pane is connected with none any more
    #[arg(value_name = "LINE")]
    line: Option<String>,
}

impl Command for PipePane {
    const NAME: &'static str = "pipe-pane";
    const ALIAS: &'static [&'static str] = &["pipep"];
    const SUMMARY: &'static str = "Connect a pane with a line of the shell";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let pane = call.pane(self.target.as_deref())?;
        let piped = call.state.pane(pane).is_some_and(|pane| pane.piped);
        let line = self.line.filter(|line| !(line.is_empty() || self.toggle && piped));
        let Some(line) = line else {
            call.state.pipe(pane, None);
            return Ok(Answer::Done);
        };
        let line = call.origin.now.strftime(&line);
        let session = call.state.home_of(pane).map(|(session, _)| session);
        let order = PipeOrder {
            line: format::expand(&line, &call.lens().pane(pane)),
            cwd: call.directory(None),
            env: call.state.shell_env(session, Some(pane)),
            reads: self.output || !self.input,
            types: self.input,
        };
        call.state.pipe(pane, Some(order));
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::{Effect, Event, PipeOrder};

    fn piped(world: &World) -> Option<PipeOrder> {
        let order = world.seen.iter().rev().find_map(|effect| match effect {
            Effect::Pipe { order, .. } => Some(order.as_deref().cloned()),
            _ => None,
        });
        order.flatten()
    }

    #[test]
    fn a_pane_is_connected_let_go_and_toggled() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("pipep -t x 'cat > #{session_name}.log'");
        let order = piped(&world).unwrap();
        assert_eq!((order.line.as_str(), order.reads, order.types), ("cat > x.log", true, false));
        assert_eq!(world.ok("display -p -t x '#{pane_pipe}'"), "1\n");
        world.ok("pipep -o -t x 'cat > other'");
        assert_eq!((piped(&world), world.ok("display -p -t x '#{pane_pipe}'").as_str()), (None, "0\n"));
        world.ok("pipep -I -t x 'echo ls'");
        assert!(piped(&world).is_some_and(|order| order.types && !order.reads));
        world.event(Event::PipeEnded { pane: crate::base::PaneId(0) });
        assert_eq!(world.ok("display -p -t x '#{pane_pipe}'"), "0\n");
    }
}
