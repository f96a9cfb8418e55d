//! `run-shell`: has the shell run a line, and shows what it prints.

use super::prelude::*;
use super::shell::{begin, check_line};
use crate::model::{ShellThen, Unasked};

#[derive(Args)]
pub struct RunShell {
    /// Do not wait for it; what it prints is shown to the client
    #[arg(short = 'b')]
    background: bool,
    /// The line is one of mux's own commands
    #[arg(short = 'C')]
    command: bool,
    /// Where it starts
    #[arg(short = 'c', value_name = "DIR")]
    directory: Option<String>,
    /// Seconds before it begins, such as 0.5
    #[arg(short = 'd', value_name = "SECONDS")]
    delay: Option<String>,
    /// The pane that formats are about, and what is present for the line
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// The line; formats in it are filled in. None with -d only waits
    #[arg(value_name = "LINE")]
    line: Option<String>,
}

impl Command for RunShell {
    const NAME: &'static str = "run-shell";
    const ALIAS: &'static [&'static str] = &[];
    const SUMMARY: &'static str = "Have the shell run a line";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        if self.line.is_none() && self.delay.is_none() {
            return Err(Error::usage("run-shell: what is to be run?").hint("`mux run-shell 'make test'`"));
        }
        let mut order = begin(call, self.target.as_deref(), self.directory.as_deref())?;
        order.delay = self.delay.as_deref().map(seconds).transpose()?.unwrap_or_default();
        let line = self.line.unwrap_or_default();
        if self.command {
            check_line(&line)?;
            if order.delay.is_zero() && !self.background {
                call.ask(Effect::Insert { request: call.origin.request, line });
                return Ok(Answer::Done);
            }
            if order.delay.is_zero() {
                let (pane, client) = (order.pane, order.client);
                call.ask(Effect::Commands(Box::new(Unasked { lines: vec![line], pane, client, hook: false })));
                return Ok(Answer::Done);
            }
            order.then = ShellThen::Choose(line, String::new());
        } else {
            let lens = call.lens();
            let lens = order.pane.map_or(lens, |pane| lens.pane(pane));
            order.line = format::expand(&line, &lens);
        }
        super::shell::ask(call, order, self.background)
    }
}

fn seconds(text: &str) -> Result<crate::base::Period> {
    let bad = || Error::usage(format!("invalid delay: {text}")).hint("-d takes seconds, such as 0.5");
    let seconds: f64 = text.parse().map_err(|_| bad())?;
    if !(0.0..=limits::LONGEST_DELAY.as_secs_f64()).contains(&seconds) {
        return Err(bad());
    }
    Ok(crate::base::Period::from_millis(std::time::Duration::from_secs_f64(seconds).as_millis() as u64))
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::{Effect, ShellOrder};

    fn asked(world: &World) -> ShellOrder {
        let order = world.seen.iter().rev().find_map(|effect| match effect {
            Effect::Shell(order) => Some((**order).clone()),
            _ => None,
        });
        order.unwrap()
    }

    #[test]
    fn the_shell_is_given_a_line_with_its_formats_filled_in() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.later("run-shell -t x 'echo #{session_name}'");
        let order = asked(&world);
        assert_eq!((order.line.as_str(), order.request.is_some()), ("echo x", true));
        assert!(order.env.iter().any(|(name, value)| name == "MUX_PANE" && value == "%0"));
        world.ok("run-shell -b -d 1.5 true");
        let order = asked(&world);
        assert_eq!((order.delay.as_millis(), order.request), (1500, None));
        assert!(world.hint("run-shell -d x true").contains("seconds"));
        assert!(!world.fails("run-shell").is_empty());
    }

    #[test]
    fn a_command_of_mux_s_own_is_inserted() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("run-shell -C 'rename-session -t x y'");
        world.ok("has -t y");
        assert!(world.fails("run-shell -C nonsense").contains("nonsense"));
    }
}
