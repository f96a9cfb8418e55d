//! `logs`: prints what jobs have written.

use super::prelude::*;
use crate::base::Timestamp;
use crate::base::limits::LOG_TAIL;
use crate::job::{LogSpec, Output, check_pattern};
use crate::model::{JobLogs, LogForm, LogQuery};

#[derive(Args)]
pub struct Logs {
    /// Go on as they grow, until all of the jobs are over
    #[arg(short = 'f', long)]
    follow: bool,
    /// Of each job only the last lines
    #[arg(short = 'n', long, value_name = "LINES")]
    lines: Option<usize>,
    /// Only lines from this time on: 10m (ago), 14:30, '2026-11-20 14:30', 2026-11-20T14:30:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only lines up to this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only one run: its number, or -1 for the last, -2 for the one before
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    run: Option<i64>,
    /// The bytes as the program wrote them, of one job
    #[arg(long, conflicts_with_all = ["times", "json", "color", "grep"])]
    raw: bool,
    /// Each line with its time
    #[arg(short = 't', long)]
    times: bool,
    /// Only lines that this regular expression fits
    #[arg(long, value_name = "PATTERN")]
    grep: Option<String>,
    /// Keep the colours of lines
    #[arg(long, conflicts_with = "json")]
    color: bool,
    /// An object for each line: job, run, time, text
    #[arg(long)]
    json: bool,
    /// Print where the logs are, not what is in them
    #[arg(long)]
    path: bool,
    /// Jobs by name, by pattern or as @GROUP; all where none is named
    #[arg(value_name = "JOB")]
    jobs: Vec<String>,
}

impl Command for Logs {
    const NAME: &'static str = "logs";
    const ALIAS: &'static [&'static str] = &["log"];
    const SUMMARY: &'static str = "Print what jobs have written";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let logs = self.logs(call)?;
        if self.path {
            let files = logs.iter().flat_map(|log| &log.files);
            return Ok(Answer::Text(files.map(|file| format!("{}\n", file.display())).collect()));
        }
        let query = self.query(call, logs)?;
        call.ask(Effect::PrintLogs(Box::new(query)));
        Ok(Answer::Later)
    }
}

impl Logs {
    fn logs(&self, call: &Call<'_>) -> Result<Vec<JobLogs>> {
        let names = match self.jobs.as_slice() {
            [] => call.state.jobs().iter().map(|job| job.name.clone()).collect(),
            words => super::jobs::chosen(call, words)?,
        };
        let jobs = names.iter().filter_map(|name| call.state.jobs().get(name));
        let logs: Vec<JobLogs> = jobs.filter_map(logs_of).collect();
        match (logs.as_slice(), names.first()) {
            ([], None) => Err(Error::not_found("no jobs").hint("`mux run -d COMMAND` starts one")),
            ([], Some(name)) => {
                let error = Error::not_found(format!("job {name} has no log: it ran in the foreground"));
                Err(error.hint(format!("`mux attach -t {name}` shows its screen")))
            }
            ([_, _, ..], _) if self.raw => {
                let error = Error::usage(format!("--raw prints the bytes of one job, not of {}", logs.len()));
                Err(error.hint("name one of them"))
            }
            _ => Ok(logs),
        }
    }

    fn query(self, call: &Call<'_>, logs: Vec<JobLogs>) -> Result<LogQuery> {
        if let Some(lines) = self.lines.filter(|lines| *lines > LOG_TAIL) {
            return Err(Error::usage(format!("-n {lines} is too many: expected up to {LOG_TAIL}")));
        }
        if self.run == Some(0) {
            return Err(Error::usage("no run has the number 0").hint("they count from 1; -1 is the last"));
        }
        if let Some(Err(wrong)) = self.grep.as_deref().map(check_pattern) {
            return Err(Error::usage(format!("--grep: {wrong}")));
        }
        let context = &call.origin.context;
        let no_color = context.env.iter().any(|(name, value)| name == "NO_COLOR" && !value.is_empty());
        Ok(LogQuery {
            request: call.origin.request,
            logs,
            follow: self.follow,
            lines: self.lines,
            since: time("--since", self.since, call.origin.now)?,
            until: time("--until", self.until, call.origin.now)?,
            run: self.run,
            grep: self.grep,
            form: match (self.raw, self.json, self.color) {
                (true, ..) => LogForm::Raw,
                (_, true, _) => LogForm::Json,
                (.., true) => LogForm::Color,
                _ => LogForm::Plain,
            },
            times: self.times,
            paint: context.interactive && !no_color,
        })
    }
}

fn logs_of(job: &Job) -> Option<JobLogs> {
    let log = job.log.clone()?;
    let outside = job.spec.output == Output::Files;
    let errors = outside.then(|| LogSpec::errors_beside(&log));
    Some(JobLogs { job: job.name.clone(), files: [log].into_iter().chain(errors).collect(), outside })
}

fn time(flag: &str, text: Option<String>, now: Timestamp) -> Result<Option<Timestamp>> {
    let Some(text) = text else { return Ok(None) };
    let time = Timestamp::parse(&text, now).ok_or_else(|| {
        Error::usage(format!("{flag}: not a time: '{text}'"))
            .hint("write 10m (ago), 14:30, '2026-11-20 14:30' or 2026-11-20T14:30:00Z")
    });
    time.map(Some)
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::{Effect, LogForm, LogQuery};

    fn asked(world: &World) -> LogQuery {
        let asked = world.seen.iter().rev().find_map(|effect| match effect {
            Effect::PrintLogs(query) => Some(LogQuery::clone(query)),
            _ => None,
        });
        asked.unwrap()
    }

    #[test]
    fn the_server_prints_what_is_asked_of_the_files() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        world.ok("run -d --log /tmp/make.log --log-size 1M -- make test");
        world.later("logs train -f -n 5 --since 10m --run -1");
        let query = asked(&world);
        assert_eq!((query.follow, query.lines, query.run), (true, Some(5), Some(-1)));
        assert_eq!(query.logs[0].files, [std::path::PathBuf::from("/home/me/.local/state/mux/logs/train.log")]);
        assert_eq!((query.form, query.times, query.paint), (LogForm::Plain, false, false));
        assert!(query.since.is_some());
        world.interactive = true;
        world.later("logs -t --color");
        let query = asked(&world);
        assert_eq!(query.logs.iter().map(|log| log.job.as_str()).collect::<Vec<_>>(), ["train", "make"]);
        assert!(query.paint && query.times && query.form == LogForm::Color);
        assert_eq!(world.ok("logs --path make"), "/tmp/make.log\n");
    }

    #[test]
    fn what_cannot_be_asked_is_said() {
        let mut world = World::new();
        assert_eq!(world.fails("logs"), "no jobs");
        world.ok("run -d ./train.sh");
        world.ok("run -d --name other ./train.sh");
        assert_eq!(world.fails("logs trian"), "can't find job: trian");
        assert_eq!(world.hint("logs trian"), "did you mean 'train'?");
        assert_eq!(world.fails("logs --raw train other"), "--raw prints the bytes of one job, not of 2");
        assert_eq!(world.fails("logs --since soon train"), "--since: not a time: 'soon'");
        assert_eq!(world.fails("logs --run 0 train"), "no run has the number 0");
        assert_eq!(world.fails("logs -n 1000001 train"), "-n 1000001 is too many: expected up to 1000000");
        assert!(world.fails("logs --grep ( train").starts_with("--grep: regex parse error"));
    }
}
