//! `reload`: tells jobs to read their settings anew.

use super::jobs::{How, Which};
use super::prelude::*;

#[derive(Args)]
pub struct Reload {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    how: How,
    /// Send the signal even to a program that does not catch it, which ends it
    #[arg(long)]
    force: bool,
}

impl Command for Reload {
    const NAME: &'static str = "reload";
    const SUMMARY: &'static str = "Tell jobs to read their settings anew";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let names = self.which.chosen(call)?;
        let order = call.state.reload_order(&names, self.force, self.how.json);
        if order.reloads.is_empty() {
            return Ok(self.how.answer(call, &order.told));
        }
        let request = call.origin.request;
        call.ask(Effect::Reload { request, order });
        Ok(Answer::Later)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::{ExitStatus, PaneId};
    use crate::model::Effect;

    #[test]
    fn it_is_the_server_that_asks_the_program() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        world.later("reload train");
        let reloads = vec![(PaneId(0), crate::job::Reload::Signal(1), "train".to_owned())];
        assert!(
            world.seen.iter().any(|effect| matches!(effect, Effect::Reload { order, .. } if order.reloads == reloads))
        );
        world.exit(0, ExitStatus::Code(0));
        assert_eq!(world.fails("reload train"), "job train does not run");
    }
}
