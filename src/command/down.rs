//! `down`: ends the jobs of a file.

use super::prelude::*;
use super::up::files_and_names;
use crate::model::FilePurpose;

#[derive(Args)]
pub struct Down {
    /// A file of jobs; ./mux.toml where none is given
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    files: Vec<String>,
    /// Kill what is left of them at once
    #[arg(long)]
    now: bool,
    /// Only these jobs, or a file that ends in .toml
    #[arg(value_name = "JOB|FILE")]
    names: Vec<String>,
}

impl Command for Down {
    const NAME: &'static str = "down";
    const SUMMARY: &'static str = "End the jobs of a file, those first that need others";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        // Who ends what a project has started does not mean what is always there.
        let (files, _, names) = files_and_names(call, self.files, self.names);
        let request = call.origin.request;
        let purpose = FilePurpose::Down { names, kill: self.now };
        call.ask(Effect::JobFiles { request, files, directory: false, purpose });
        Ok(Answer::Later)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::testing::World;
    use crate::base::{ExitStatus, PaneId, Timestamp};
    use crate::job;
    use crate::model::{Context, Effect, Event, UpOptions};

    #[test]
    fn who_needs_others_ends_first() {
        let mut world = World::new();
        let path = PathBuf::from("/srv/mux.toml");
        let text = "[defaults]\nmin_uptime = \"0s\"\n[job.a]\ncmd = \"a\"\n[job.b]\ncmd = \"b\"\nneeds = \"c\"\n[job.c]\ncmd = \"c\"\nneeds = \"a\"\n";
        let files = [(path.clone(), job::load(text, &path).0)];
        world.state.up(&files, &UpOptions::default(), &Context::default(), Timestamp(1)).unwrap();
        let effects = world.state.take_effects();
        world.after(effects);
        let down = |world: &mut World, kill| {
            assert_eq!(world.state.down(&files, &[], kill, Timestamp(2)).unwrap(), ["b", "c", "a"]);
            let effects = world.state.take_effects();
            world.after(effects);
        };
        down(&mut world, false);
        let states = |world: &mut World| world.ok("ps -F '#{job_name} #{job_state}'").replace('\n', " ");
        assert_eq!(states(&mut world), "a running b stopping c running ");
        world.exit(2, ExitStatus::Code(0));
        world.event(Event::JobSet { job: "b".into(), left: Vec::new() });
        assert_eq!(states(&mut world), "a running b stopped c stopping ", "each when nobody is left that needs it");
        down(&mut world, true);
        assert_eq!(states(&mut world), "a stopping b stopped c stopping ", "at once");
        let killed = |pane| Effect::SignalSet { pane: PaneId(pane), signal: 9 };
        assert!(world.seen.contains(&killed(0)) && world.seen.contains(&killed(1)));
        world.later("down");
        assert!(world.seen.iter().any(|effect| matches!(effect, Effect::JobFiles { .. })));
    }
}
