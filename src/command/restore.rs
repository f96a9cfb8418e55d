//! `restore`: brings back sessions of before.

use super::prelude::*;

#[derive(Args)]
pub struct Restore {
    /// Show what there is: every state that was synced to the disk and is kept
    #[arg(short = 'l', long)]
    list: bool,
    /// From this generation of the list; else from what waits since a reboot
    #[arg(long, value_name = "GENERATION")]
    from: Option<u64>,
    /// Only say what would come back, and what would be run again
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// An object, or an array of objects with --list
    #[arg(long)]
    json: bool,
    /// Sessions by their names; all but those of jobs where none is given. One whose name is in use gets a number
    #[arg(value_name = "SESSION")]
    sessions: Vec<String>,
}

impl Command for Restore {
    const NAME: &'static str = "restore";
    const ALIAS: &'static [&'static str] = &["restore-session"];
    const SUMMARY: &'static str = "Bring back sessions from before a reboot, or from an older state";
    const STARTS_SERVER: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        if self.list && (self.from.is_some() || self.dry_run || !self.sessions.is_empty()) {
            return Err(Error::usage("--list shows all there is").hint("it goes with --json only"));
        }
        let order = RestoreOrder {
            names: self.sessions,
            list: self.list,
            from: self.from,
            dry_run: self.dry_run,
            json: self.json,
            at_boot: false,
        };
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
    fn the_server_is_asked() {
        let mut world = World::new();
        world.later("restore web --from 7 -n");
        let Some(Effect::Restore { order, .. }) = world.seen.last() else { panic!("{:?}", world.seen) };
        assert_eq!((order.names.as_slice(), order.from, order.dry_run), (["web".to_owned()].as_slice(), Some(7), true));
        assert_eq!(world.fails("restore --list web"), "--list shows all there is");
        assert!(world.fails("restore --from x").contains("'x'"));
    }

    #[test]
    fn who_finds_no_session_is_told_what_waits() {
        let mut world = World::new();
        world.interactive = true;
        world.state.set_offer(Some("2 sessions: `mux restore`".into()));
        assert_eq!(world.hint("ls"), "2 sessions: `mux restore`");
        assert_eq!(world.hint("attach"), "2 sessions: `mux restore`");
        world.ok("new -d -s x");
        assert!(world.ok("ls").ends_with("2 sessions: `mux restore`\n"));
        world.interactive = false;
        assert_eq!(world.ok("ls").lines().count(), 1, "a script reads sessions only");
    }
}
