//! `run`: runs a job that ends when it ends, whatever becomes of the terminal.

use std::path::{Path, PathBuf};

use super::prelude::*;
use crate::base::Period;
use crate::job::{Bytes, JobSpec, Need, Output, Restart, Schedule, StopPlan, log_size};

#[derive(Args)]
pub struct Run {
    /// Ignore hang-ups, no input; implies --detach
    #[arg(long)]
    nohup: bool,
    /// Do not wait for it
    #[arg(short = 'd', long)]
    detach: bool,
    /// The job's name; its program's where none is given
    #[arg(short = 's', long = "name", value_name = "NAME")]
    name: Option<String>,
    /// Where it starts
    #[arg(short = 'c', value_name = "DIR")]
    directory: Option<String>,
    /// A variable for it
    #[arg(short = 'e', value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Attach although this terminal is a pane of mux
    #[arg(long)]
    nested: bool,
    /// Start it again when it ends: no, on-failure or always
    #[arg(long, value_name = "POLICY", default_value = "no")]
    restart: Restart,
    /// Short runs in a row after which it is given up; 0 for never
    #[arg(long, value_name = "NUMBER")]
    retries: Option<u32>,
    /// Start it when these jobs have come so far: JOB, JOB:started, JOB:ready or JOB:done
    #[arg(long, value_name = "JOB")]
    after: Vec<Need>,
    /// How it is ended, such as 'TERM/10s KILL'
    #[arg(long, value_name = "SIGNALS")]
    stop: Option<StopPlan>,
    /// End it after this time
    #[arg(long, value_name = "TIME")]
    timeout: Option<Period>,
    /// What it reads instead of its terminal: a file, or null
    #[arg(long, value_name = "FILE")]
    stdin: Option<String>,
    /// No terminal: output and errors go straight into two log files; implies --detach
    #[arg(long = "no-pty")]
    no_pty: bool,
    /// Start it again and again: every 5m, say; implies --detach
    #[arg(long, value_name = "TIME", conflicts_with = "cron")]
    every: Option<Period>,
    /// The same by a cron expression such as '30 4 * * mon-fri' or @daily, in local time
    #[arg(long, value_name = "EXPRESSION")]
    cron: Option<Schedule>,
    /// Write its output here; where it is left alone, to a log of its name in any case
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Begin a new log file at this size, such as 10M; 0 for never
    #[arg(long, value_name = "SIZE")]
    log_size: Option<Bytes>,
    /// Older log files that are kept
    #[arg(long, value_name = "NUMBER")]
    log_keep: Option<u32>,
    /// The program and its words; one word is a shell's line
    #[arg(required = true, trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// What is printed about a job that is left alone.
const LINE: &str = "job #{job_name}: pid #{job_pid}, log #{job_log_short}\n";

impl Run {
    fn spec(&self, base: &Path) -> Result<JobSpec> {
        let mut spec = JobSpec { nohup: self.nohup, needs: self.after.clone(), ..JobSpec::for_run() };
        spec.policy.restart = self.restart;
        spec.policy.limit = self.retries.unwrap_or(spec.policy.limit);
        spec.stop = self.stop.clone().unwrap_or(spec.stop);
        spec.runtime_max = self.timeout;
        spec.log.path = self.log.as_ref().map(|path| base.join(path));
        spec.log.keep = self.log_keep.unwrap_or(spec.log.keep);
        if let Some(size) = self.log_size {
            spec.log.max_size = log_size(size).map_err(|wrong| Error::usage(format!("--log-size: {wrong}")))?;
        }
        spec.output = if self.no_pty { Output::Files } else { Output::Terminal };
        spec.schedule = self.every.map(Schedule::every).transpose()?.or_else(|| self.cron.clone());
        spec.fits_together().map_err(|(_, wrong)| Error::usage(wrong))?;
        Ok(spec)
    }
}

impl Command for Run {
    const NAME: &'static str = "run";
    const SUMMARY: &'static str = "Run a job that outlives the terminal";
    const STARTS_SERVER: bool = true;
    const ATTACHES: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let spec = self.spec(&call.origin.context.cwd)?;
        let alone = self.nohup || self.detach || self.no_pty || spec.schedule.is_some();
        let context = &call.origin.context;
        let switch = call.own_client().is_some();
        if !alone && !switch && context.interactive {
            call.may_attach(self.nested, false)?;
        }
        let job = NewJob {
            name: self.name,
            words: self.command,
            cwd: call.directory(self.directory.as_deref()),
            env: super::call::variables(&self.env)?,
            input: self
                .stdin
                .map(|file| if file == "null" { "/dev/null".into() } else { call.origin.context.cwd.join(file) }),
            spec,
            alone,
            size: Some(call.state.usual_size(if alone { None } else { context.size })),
        };
        let (name, scheduled) = (job.name.clone(), job.spec.schedule.is_some());
        let Some(pane) = call.state.run_job(job, context, call.origin.now)? else {
            // The one that was added last.
            let added = call.state.jobs().iter().next_back().filter(|_| scheduled);
            let what = name.map_or_else(|| "it".to_owned(), |name| format!("job {name}"));
            return Ok(Answer::Text(match added {
                Some(job) => format!("job {}\n", super::why::sentence(call.state, job, call.origin.now)),
                None => format!("{what} waits for what it needs; `mux ps` shows it\n"),
            }));
        };
        let then = match (alone, switch, context.interactive) {
            (true, ..) => Then::Print(LINE.into()),
            (_, true, _) => Then::Switch,
            (.., true) => Then::Foreground { context: Box::new(context.clone()) },
            _ => Then::Stream,
        };
        Ok(call.then(pane, then))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;
    use crate::model::Effect;

    #[test]
    fn a_job_left_alone_is_told_in_one_line() {
        let mut world = World::new();
        assert_eq!(
            world.ok("run --nohup ./train.sh --epochs 9"),
            "job train: pid 4711, log ~/.local/state/mux/logs/train.log\n"
        );
        assert_eq!(
            world.ok("ps -F '#{job_name} #{job_command} #{job_state}'"),
            "train ./train.sh --epochs 9 running\n"
        );
        assert!(world.ok("run -d ./train.sh").starts_with("job train-2: pid 4712,"));
        assert_eq!(world.fails("run -d --name train sleep 1"), "duplicate job: train");
        world.exit(0, ExitStatus::Code(3));
        assert_eq!(world.ok("lsp -t train -F '#{pane_dead} #{pane_dead_status}'"), "1 3\n");
        assert!(world.ok("run -d ./train.sh").starts_with("job train: pid 4713,"), "an ended one makes room");
    }

    #[test]
    fn a_job_with_a_schedule_waits_for_its_time_and_runs_when_it_is_wanted() {
        let mut world = World::new();
        let said = world.ok("run --every 15m ./backup.sh --all");
        assert!(said.starts_with("job backup waits for its time: ") && said.contains("in 00:15:00"), "{said}");
        assert_eq!(world.ok("ps -F '#{job_state} #{job_run} #{job_goal}'"), "waiting 0 up\n");
        world.later("start backup");
        assert_eq!(world.ok("ps -F '#{job_state} #{job_run}'"), "running 1\n");
        world.exit(0, ExitStatus::Code(0));
        assert_eq!(world.ok("ps -F '#{job_state} #{job_run} #{job_goal}'"), "exited 1 up\n");
        assert!(world.ok("why backup").contains("next start"), "{}", world.ok("why backup"));
        world.ok("stop --no-wait backup");
        assert_eq!(world.ok("ps -F '#{job_state} #{job_next_start}'"), "stopped \n");
        assert!(world.fails("run --cron '* *' x").contains("has 2 fields"));
        assert!(world.fails("run --every 1h --restart always x").contains("leaves no time"));
    }

    #[test]
    fn without_a_terminal_the_output_is_streamed() {
        let mut world = World::new();
        world.later("run -- make test");
        assert!(world.seen.iter().any(|effect| matches!(effect, Effect::StreamPane { .. })));
        world.exit(0, ExitStatus::Code(2));
        assert_eq!(world.replies.last().unwrap().status, 2);
        assert_eq!(world.fails("ls"), "no sessions");
        assert_eq!(world.ok("ps -F '#{job_name} #{job_status}'"), "make 2\n");
    }

    #[test]
    fn who_is_sent_the_output_is_told_the_end_though_what_was_to_follow_cannot_be_started() {
        let mut world = World::new();
        world.later("run -- make test");
        world.later("respawnp -k -t %0 -- nothing");
        world.fail_next("no such file");
        world.exit(0, ExitStatus::Signal { signal: 9, core: false });
        let ends = world.replies.iter().filter(|reply| reply.status == 137);
        assert_eq!(ends.count(), 1);
        assert_eq!(world.state.check(), Vec::<String>::new());
        world.ok("killp -t %0");
        assert_eq!(world.state.check(), Vec::<String>::new());
    }

    #[test]
    fn the_terminal_is_given_the_status_unless_it_is_lost() {
        let mut world = World::new();
        world.interactive = true;
        let client = world.later("run -- make test");
        world.exit(0, ExitStatus::Signal { signal: 9, core: false });
        assert!(world.seen.contains(&Effect::Leave { client, status: 137, text: String::new() }));
        assert_eq!(world.fails("ls"), "no sessions");
        let client = world.later("run -- make test");
        world.gone(client);
        world.exit(1, ExitStatus::Code(0));
        assert_eq!(world.ok("lsp -t make -F '#{pane_dead}'"), "1\n");
    }

    #[test]
    fn a_program_that_cannot_start_is_no_job() {
        let mut world = World::new();
        world.fail_next("Permission denied");
        assert_eq!(world.fails("run -d ./x.sh"), "cannot start './x.sh': Permission denied");
        assert_eq!(world.ok("ps -F '#{job_name}'"), "");
    }
}
