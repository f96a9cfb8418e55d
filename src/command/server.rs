//! `server`: the server side itself. `mux server upgrade` replaces it by another binary while everything runs.

use std::path::PathBuf;

use super::prelude::*;

#[derive(Args)]
pub struct Server {
    /// `upgrade`: another binary takes the place of server and keeper, while programs run and clients stay attached
    #[arg(value_parser = ["upgrade"])]
    action: String,
    /// The binary; else, from a shell, the one that this command is, and elsewhere what is now where the server's was
    #[arg(long, value_name = "BINARY")]
    to: Option<PathBuf>,
    /// What the upgrade is known by, so that the next server can be asked how it went
    #[arg(long, hide = true)]
    id: Option<String>,
}

impl Command for Server {
    const NAME: &'static str = "server";
    const SUMMARY: &'static str = "Upgrade the server and its keeper while everything runs";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        debug_assert_eq!(self.action, "upgrade", "the only word that is parsed");
        let binary = self.to.map(|binary| call.origin.context.cwd.join(binary));
        call.ask(Effect::Upgrade { request: call.origin.request, binary, id: self.id });
        Ok(Answer::Later)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::Effect;

    #[test]
    fn the_server_is_asked() {
        let mut world = World::new();
        world.later("server upgrade --to /opt/mux --id x");
        let Some(Effect::Upgrade { binary, id, .. }) = world.seen.last() else { panic!("{:?}", world.seen) };
        assert_eq!((binary.as_deref(), id.as_deref()), (Some("/opt/mux".as_ref()), Some("x")));
        world.later("server upgrade");
        assert!(matches!(world.seen.last(), Some(Effect::Upgrade { binary: None, id: None, .. })));
        assert!(world.fails("server downgrade").contains("'downgrade'"));
    }
}
