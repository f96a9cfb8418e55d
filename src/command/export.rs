//! `export`: writes jobs as other tools want them.

use super::prelude::*;
use crate::job::{self, JobSpec};

#[derive(Args)]
pub struct Export {
    /// For whom
    #[arg(long, value_name = "TOOL", value_parser = ["systemd", "launchd", "sysv"], required_unless_present = "describe")]
    to: Option<String>,
    /// A file of jobs; the server is asked where none is given
    #[arg(long = "file", value_name = "FILE")]
    file: Option<String>,
    /// The directory that the files go to; printed where none is given
    #[arg(short = 'o', long, value_name = "DIR")]
    output: Option<String>,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
    /// What the server knows of the job, for who writes it
    #[arg(long, hide = true)]
    describe: bool,
    /// Jobs; all of the file where none is named
    #[arg(value_name = "JOB")]
    names: Vec<String>,
}

impl Command for Export {
    const NAME: &'static str = "export";
    const SUMMARY: &'static str = "Write jobs as a systemd unit, a launchd plist or an init script";

    /// Files are the user's, so the server only describes; who asks it is the user's `mux export`.
    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        if !self.describe {
            return Err(Error::refused("export is for a shell").hint("type `mux export JOB --to systemd` in one"));
        }
        let mut jobs = std::collections::BTreeMap::new();
        for name in super::jobs::chosen(call, &self.names)? {
            let job = super::jobs::one_job(call.state.jobs(), &name)?;
            jobs.insert(name, described(job));
        }
        let text = serde_json::to_string(&jobs).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Answer::Text(text + "\n"))
    }
}

/// With what was only said by where and how `mux run` was typed.
fn described(job: &Job) -> JobSpec {
    let mut spec = job.spec.clone();
    spec.command = job::Command::Words(job.program.words.clone());
    spec.chdir = Some(job.program.cwd.clone());
    spec.umask = Some(job.program.umask);
    if let [shell, flag, line] = job.program.words.as_slice()
        && (shell.as_str(), flag.as_str()) == ("/bin/sh", "-c")
    {
        spec.command = job::Command::Shell(line.clone());
    }
    spec
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_server_describes_a_job() {
        let mut world = World::new();
        world.ok("run -d --name train ./train.sh 'a b'");
        let text = world.ok("export --describe train");
        let jobs: std::collections::BTreeMap<String, crate::job::JobSpec> = serde_json::from_str(&text).unwrap();
        assert_eq!(jobs["train"].command.line(), "./train.sh a b");
        assert!(jobs["train"].chdir.is_some());
        assert!(world.hint("export --to systemd train").contains("mux export"));
        assert!(world.fails("export --to cron x").contains("'cron'"));
        assert!(world.fails("export train").contains("--to"));
    }
}
