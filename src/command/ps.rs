//! `ps`: lists jobs.

use super::prelude::*;

#[derive(Args)]
pub struct Ps {
    /// What to print for each
    #[arg(short = 'F', value_name = "FORMAT", conflicts_with = "json")]
    format: Option<String>,
    /// Only those for which this is true
    #[arg(short = 'f', value_name = "FORMAT")]
    filter: Option<String>,
    /// An array of objects
    #[arg(long)]
    json: bool,
}

/// Keys of the JSON objects, and the variables that they show.
const JSON: &[(&str, &str, JsonKind)] = &[
    ("name", "job_name", JsonKind::Text),
    ("state", "job_state", JsonKind::Text),
    ("pid", "job_pid", JsonKind::Number),
    ("started", "job_started", JsonKind::Number),
    ("ended", "job_ended", JsonKind::Number),
    ("status", "job_status", JsonKind::Number),
    ("exit", "job_exit", JsonKind::Text),
    ("command", "job_command", JsonKind::Text),
    ("log", "job_log", JsonKind::Text),
    ("next_start", "job_next_start", JsonKind::Number),
    ("pane", "pane_id", JsonKind::Text),
];

const HEAD: [&str; 6] = ["NAME", "STATE", "PID", "STARTED", "UPTIME", "EXIT"];

impl Command for Ps {
    const NAME: &'static str = "ps";
    const ALIAS: &'static [&'static str] = &["list-jobs"];
    const SUMMARY: &'static str = "List jobs";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let lenses = call.state.jobs().iter().map(|job| call.lens().job(job));
        if self.json {
            return Ok(json(JSON, self.filter.as_deref(), lenses));
        }
        if let Some(format) = &self.format {
            return Ok(call.list(format, self.filter.as_deref(), lenses));
        }
        let passes = |job: &&Job| {
            let lens = call.lens().job(job);
            self.filter.as_deref().is_none_or(|filter| format::is_true(&format::expand(filter, &lens)))
        };
        let now = call.origin.now;
        let jobs: Vec<&Job> = call.state.jobs().iter().filter(passes).collect();
        Ok(Answer::Text(table(&jobs, now)))
    }
}

/// Columns as wide as what is in them; the command comes last and may be long.
fn table(jobs: &[&Job], now: Timestamp) -> String {
    let rows: Vec<[String; 6]> = jobs.iter().map(|job| row(job, now)).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0).max(HEAD[column].len())
    };
    let line = |cells: &[String; 6], command: &str| {
        let cells = cells.iter().enumerate().map(|(column, cell)| format!("{cell:<width$}  ", width = width(column)));
        cells.collect::<String>() + command + "\n"
    };
    let head = line(&HEAD.map(str::to_owned), "COMMAND");
    let lines = rows.iter().zip(jobs).map(|(row, job)| line(row, &job.spec.command.line()));
    head + &lines.collect::<String>()
}

fn row(job: &Job, now: Timestamp) -> [String; 6] {
    let life = &job.life;
    let live = life.phase.is_live();
    let exit = life.last_exit().filter(|_| !live);
    let pid = job.pid.filter(|_| live).map_or_else(|| "-".into(), |pid| pid.to_string());
    let (started, uptime) = match job.started() {
        None => ("-".into(), "-".into()),
        Some(started) => {
            let end = exit.map_or(now, |exit| exit.at);
            (started.strftime("%F %H:%M:%S"), span(end.seconds() - started.seconds()))
        }
    };
    let exit = exit.map_or_else(|| "-".into(), ToString::to_string);
    [job.name.clone(), job.state().into(), pid, started, uptime, exit]
}

/// `1d02:03:04`, or `02:03:04` below a day.
pub fn span(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let clock = format!("{hours:02}:{minutes:02}:{:02}", seconds % 60);
    if days == 0 { clock } else { format!("{days}d{clock}") }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;

    #[test]
    fn the_table_shows_how_jobs_stand() {
        let mut world = World::new();
        world.ok("run -d ./train.sh --epochs 9");
        world.ok("run -d -- false x");
        world.exit(1, ExitStatus::Code(1));
        let text = world.ok("ps");
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[0], ["NAME", "STATE", "PID", "STARTED", "UPTIME", "EXIT", "COMMAND"]);
        assert_eq!(lines[1][..3], ["train", "running", "4711"]);
        assert_eq!(lines[1][6..], ["-", "./train.sh", "--epochs", "9"]);
        assert_eq!(lines[2][..2], ["false", "failed"]);
        assert_eq!(lines[2][6..], ["exit", "1", "false", "x"], "{text}");
    }

    #[test]
    fn scripts_get_json() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        let jobs: serde_json::Value = serde_json::from_str(&world.ok("ps --json")).unwrap();
        assert_eq!(jobs[0]["name"], "train");
        assert_eq!(jobs[0]["pid"], 4711);
        assert!(jobs[0]["status"].is_null());
    }
}
