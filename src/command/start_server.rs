//! `start-server`: sees that a server runs.

use super::prelude::*;

#[derive(Args)]
pub struct StartServer {
    /// Bring back the sessions that wait since a reboot, unless the configuration says no; `mux boot` does
    #[arg(long)]
    restore: bool,
}

impl Command for StartServer {
    const NAME: &'static str = "start-server";
    const SUMMARY: &'static str = "Start the server where none runs";
    const STARTS_SERVER: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        if !self.restore {
            return Ok(Answer::Done);
        }
        let order = RestoreOrder { at_boot: true, ..RestoreOrder::default() };
        let request = call.origin.request;
        call.ask(Effect::Restore { request, order });
        Ok(Answer::Later)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::Effect;

    #[test]
    fn it_is_enough_to_get_there() {
        let mut world = World::new();
        assert_eq!(world.ok("start-server"), "");
        world.later("start-server --restore");
        assert!(matches!(world.seen.last(), Some(Effect::Restore { order, .. }) if order.at_boot));
    }
}
