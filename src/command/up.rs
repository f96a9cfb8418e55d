//! `up`: makes true what files of jobs say.

use std::path::PathBuf;

use super::prelude::*;
use crate::model::{FilePurpose, UpOptions};

#[derive(Args)]
pub struct Up {
    /// A file of jobs; ./mux.toml and those in ~/.config/mux/jobs where none is given
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    files: Vec<String>,
    /// Only say what would be done
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// End and forget jobs that the files do not hold any more, or whose file is gone from that directory
    #[arg(long)]
    prune: bool,
    /// Do not wait until the jobs run
    #[arg(long)]
    no_wait: bool,
    /// Stay, print what the jobs print, end them at TERM, and end with their status: for PID 1 of a container
    #[arg(long, conflicts_with_all = ["dry_run", "no_wait"])]
    foreground: bool,
    /// With --foreground: the job whose end and status count; else all, or the first that fails for good
    #[arg(long, value_name = "JOB", requires = "foreground")]
    exit_with: Option<String>,
    /// What --foreground asks the server for
    #[arg(long, hide = true)]
    attend: bool,
    /// Only these jobs, or a file that ends in .toml
    #[arg(value_name = "JOB|FILE")]
    names: Vec<String>,
}

impl Command for Up {
    const NAME: &'static str = "up";
    const SUMMARY: &'static str = "Start, change and restart jobs as files say";
    const STARTS_SERVER: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let (files, directory, names) = files_and_names(call, self.files, self.names);
        if self.foreground && !self.attend {
            let hint = "type `mux up --foreground` in one, or make it a container's command";
            return Err(Error::refused("up --foreground is for a shell").hint(hint));
        }
        let options = UpOptions {
            names,
            dry_run: self.dry_run,
            prune: self.prune,
            wait: !self.no_wait,
            attend: self.attend,
            exit_with: self.exit_with,
            ..UpOptions::default()
        };
        let request = call.origin.request;
        call.ask(Effect::JobFiles { request, files, directory, purpose: FilePurpose::Up(options) });
        Ok(Answer::Later)
    }
}

/// Words that end in `.toml` are files; without any it is `mux.toml` where the command was typed, and true: the user's
/// directory of jobs besides.
pub fn files_and_names(call: &Call<'_>, files: Vec<String>, words: Vec<String>) -> (Vec<PathBuf>, bool, Vec<String>) {
    let (more, names): (Vec<String>, Vec<String>) = words.into_iter().partition(|word| word.ends_with(".toml"));
    let mut files: Vec<PathBuf> = files.into_iter().chain(more).map(|file| call.directory(Some(&file))).collect();
    let usual = files.is_empty();
    if usual {
        files.push(call.directory(Some("mux.toml")));
    }
    (files, usual, names)
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::super::testing::World;
    use crate::base::{ClientId, ExitStatus, RequestId, Timestamp};
    use crate::job;
    use crate::model::{Context, Effect, Event, UpOptions};

    /// What the server does with the file.
    fn up(world: &mut World, text: &str, options: &UpOptions) -> Vec<String> {
        let path = PathBuf::from("/srv/mux.toml");
        let (file, problems) = job::load(text, &path);
        assert_eq!(problems, []);
        let report = world.state.up(&[(path, file)], options, &Context::default(), Timestamp(1)).unwrap();
        let effects = world.state.take_effects();
        world.after(effects);
        report.lines
    }

    #[test]
    fn the_server_is_asked_to_read_the_file() {
        let mut world = World::new();
        world.later("up");
        let asked = |world: &World| {
            world.seen.iter().rev().find_map(|effect| match effect {
                Effect::JobFiles { files, .. } => Some(files.clone()),
                _ => None,
            })
        };
        assert_eq!(asked(&world), Some(vec![PathBuf::from("/home/me/mux.toml")]));
        world.later("up ../x/jobs.toml web");
        assert_eq!(asked(&world), Some(vec![Path::new("/home/me/../x/jobs.toml").into()]));
    }

    #[test]
    fn only_what_changed_is_restarted() {
        let mut world = World::new();
        let all = UpOptions::default();
        let text = "[job.db]\ncmd = \"db\"\n[job.web]\ncmd = \"web\"\nneeds = \"db\"\nmin_uptime = \"0s\"\n";
        let text = &text.replace("cmd = \"db\"", "cmd = \"db\"\nmin_uptime = \"0s\"");
        assert_eq!(up(&mut world, text, &UpOptions { dry_run: true, ..all.clone() }), ["+ start db", "+ start web"]);
        assert_eq!(world.ok("ps -F '#{job_name}'"), "", "nothing was done");
        up(&mut world, text, &all);
        assert_eq!(world.ok("ps -F '#{job_name} #{job_state}'"), "db running\nweb running\n");
        assert_eq!(up(&mut world, text, &all), ["= db", "= web"]);
        let faster = text.replace("needs", "restart_delay = \"3s\"\nneeds");
        assert_eq!(up(&mut world, &faster, &all), ["= db", "~ change web (needs no restart)"]);
        let other = faster.replace("cmd = \"web\"", "cmd = \"web --new\"");
        assert_eq!(up(&mut world, &other, &all), ["= db", "~ restart web (cmd changed)"]);
        world.exit(1, ExitStatus::Signal { signal: 15, core: false });
        world.event(Event::JobSet { job: "web".into(), left: Vec::new() });
        assert_eq!(world.ok("ps -F '#{job_name} #{job_state} #{job_run}'"), "db running 1\nweb running 2\n");
        let less = "[job.db]\ncmd = \"db\"\nmin_uptime = \"0s\"\n";
        assert_eq!(
            up(&mut world, less, &all),
            ["= db", "? web runs on, though no file has it any more (--prune ends it)"]
        );
        let pruned = up(&mut world, less, &UpOptions { prune: true, ..all });
        assert_eq!(pruned, ["= db", "- stop web (no file has it any more)"]);
    }

    #[test]
    fn a_file_that_is_gone_leaves_jobs_over() {
        let mut world = World::new();
        let text = "[job.db]\ncmd = \"db\"\nmin_uptime = \"0s\"\n";
        up(&mut world, text, &UpOptions::default());
        let mut gone = |options: UpOptions| {
            let options = UpOptions { covers: vec!["/srv".into()], ..options };
            let report = world.state.up(&[], &options, &Context::default(), Timestamp(1)).unwrap();
            let effects = world.state.take_effects();
            world.after(effects);
            report.lines
        };
        let told = gone(UpOptions { dry_run: true, ..UpOptions::default() });
        assert_eq!(told, ["? db runs on, though /srv/mux.toml is gone (--prune ends it)"]);
        assert_eq!(gone(UpOptions { prune: true, ..UpOptions::default() })[0].chars().next(), Some('-'));
        assert_eq!(world.ok("ps -F '#{job_name} #{job_goal}'"), "db down\n");
    }

    #[test]
    fn at_boot_only_what_is_meant_for_it_starts_and_what_was_stopped_stays_so() {
        let mut world = World::new();
        let text = "[defaults]\nmin_uptime = \"0s\"\n[job.a]\ncmd = \"a\"\n[job.b]\ncmd = \"b\"\nboot = false\n";
        let boot = UpOptions { at_boot: true, ..UpOptions::default() };
        up(&mut world, text, &boot);
        assert_eq!(world.ok("ps -F '#{job_name} #{job_state}'"), "a running\n");
        world.ok("stop --no-wait a");
        world.exit(0, ExitStatus::Code(0));
        world.event(Event::JobSet { job: "a".into(), left: Vec::new() });
        up(&mut world, text, &boot);
        assert_eq!(world.ok("ps -F '#{job_name} #{job_state}'"), "a stopped\n");
    }

    #[test]
    fn a_job_waits_for_what_it_needs() {
        let mut world = World::new();
        let text = "[job.migrate]\nkind = \"task\"\ncmd = \"m\"\n[job.web]\ncmd = \"web\"\nneeds = \"migrate\"\n";
        up(&mut world, text, &UpOptions::default());
        assert_eq!(world.ok("why web"), "web waits for migrate to be done (it is starting)\n");
        world.exit(0, ExitStatus::Code(0));
        assert_eq!(world.ok("ps -F '#{job_name} #{job_state}'"), "migrate exited\nweb starting\n");
    }

    #[test]
    fn who_needs_a_job_of_several_instances_needs_them_all() {
        let mut world = World::new();
        let text = "[job.w]\ncmd = \"w\"\ninstances = 2\nmin_uptime = \"0s\"\n[job.z]\ncmd = \"z\"\nneeds = \"w\"\n";
        up(&mut world, text, &UpOptions::default());
        assert_eq!(world.ok("ps -F '#{job_name} #{job_state}'"), "w-1 running\nw-2 running\nz starting\n");
    }

    #[test]
    fn who_attends_is_told_once_what_all_of_it_comes_to() {
        let mut world = World::new();
        let text = "[defaults]\nmin_uptime = \"0s\"\nrestart = \"no\"\n[job.a]\ncmd = \"a\"\n[job.b]\ncmd = \"b\"\n";
        let request = RequestId { client: ClientId(0), number: 7 };
        let options = UpOptions { attend: true, ..UpOptions::default() };
        up(&mut world, text, &options);
        let all = vec!["a".to_owned(), "b".to_owned()];
        assert!(world.state.attend(request, all.clone(), Some("c".into())).is_err());
        world.state.attend(request, all, None).unwrap();
        let effects = world.state.take_effects();
        let streams = effects.iter().filter(|effect| matches!(effect, Effect::StreamJob { .. })).count();
        assert_eq!(streams, 2, "{effects:?}");
        world.exit(0, ExitStatus::Code(3));
        let told: Vec<&String> = world
            .seen
            .iter()
            .filter_map(|effect| match effect {
                Effect::Tell { text, .. } => Some(text),
                _ => None,
            })
            .collect();
        assert_eq!(told, ["\0over 3 job a: exit 3\n"]);
        let answered = |world: &World| {
            world.seen.iter().any(|effect| matches!(effect, Effect::Reply { request: to, .. } if *to == request))
        };
        assert!(!answered(&world), "what b prints is still of interest");
        world.exit(1, ExitStatus::Code(0));
        assert!(answered(&world));
    }
}
