//! `check`: says what is wrong in files of jobs.

use super::prelude::*;
use super::up::files_and_names;
use crate::model::FilePurpose;

#[derive(Args)]
pub struct Check {
    /// An array of objects: file, line, column, message, text
    #[arg(long)]
    json: bool,
    /// Files of jobs; ./mux.toml and those in ~/.config/mux/jobs where none is given
    #[arg(value_name = "FILE")]
    files: Vec<String>,
}

impl Command for Check {
    const NAME: &'static str = "check";
    const SUMMARY: &'static str = "Say everything that is wrong in files of jobs";
    const STARTS_SERVER: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let (files, directory, _) = files_and_names(call, self.files, Vec::new());
        let request = call.origin.request;
        call.ask(Effect::JobFiles { request, files, directory, purpose: FilePurpose::Check { json: self.json } });
        Ok(Answer::Later)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::{Effect, FilePurpose};

    #[test]
    fn the_server_looks_as_it_knows_the_machine() {
        let mut world = World::new();
        world.later("check jobs.toml");
        let asked =
            |effect: &Effect| matches!(effect, Effect::JobFiles { purpose: FilePurpose::Check { json: false }, .. });
        assert!(world.seen.iter().any(asked));
    }
}
