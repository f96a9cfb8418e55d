//! `history`: lists the runs of jobs.

use serde_json::{Value, json};

use super::jobs::Which;
use super::prelude::*;

#[derive(Args)]
pub struct History {
    /// How many of the latest of each job
    #[arg(short = 'n', long, value_name = "RUNS", default_value_t = limits::KEPT_RUNS)]
    runs: usize,
    /// An array of objects
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    which: Which,
}

/// A run, ended or not.
struct Line<'a> {
    job: &'a Job,
    /// Its number, which `mux logs --run` takes.
    run: u32,
    started: Timestamp,
    milliseconds: u64,
    how: String,
    json: Value,
}

impl Command for History {
    const NAME: &'static str = "history";
    const SUMMARY: &'static str = "List the runs of jobs and how they ended";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let now = call.origin.now;
        let names = self.which.chosen(call)?;
        let mut lines: Vec<Line<'_>> = Vec::new();
        for job in names.iter().filter_map(|name| call.state.jobs().get(name)) {
            let runs = runs(job, now);
            let skipped = runs.len().saturating_sub(self.runs);
            lines.extend(runs.into_iter().skip(skipped));
        }
        if self.json {
            let values: Vec<Value> = lines.into_iter().map(|line| line.json).collect();
            return Ok(Answer::Text(format!("{}\n", Value::from(values))));
        }
        Ok(Answer::Text(table(&lines, names.len() > 1)))
    }
}

/// The oldest first; the present one last.
fn runs(job: &Job, now: Timestamp) -> Vec<Line<'_>> {
    let ended = job.life.history.iter().map(|exit| {
        let mut json = super::job_json::exit(exit);
        json["name"] = json!(job.name);
        let milliseconds = exit.uptime().as_millis();
        Line { job, run: exit.run, started: exit.started, milliseconds, how: exit.to_string(), json }
    });
    let mut all: Vec<Line<'_>> = ended.collect();
    if let Some(started) = job.life.started.filter(|_| job.life.phase.is_live()) {
        let milliseconds = now.since(started).as_millis();
        let json = json!({
            "name": job.name, "run": job.life.run, "reason": null, "code": null, "signal": null, "core": null,
            "started_at": started.rfc3339(), "at": null, "uptime_ms": milliseconds, "success": null, "detail": null,
        });
        let how = format!("{} now", job.state());
        all.push(Line { job, run: job.life.run, started, milliseconds, how, json });
    }
    all
}

fn table(lines: &[Line<'_>], named: bool) -> String {
    let width = lines.iter().map(|line| format::cells(&line.job.name)).max().unwrap_or(0).max(4);
    let name = |text: &str| if named { format::pad(text, width + 2, false) } else { String::new() };
    let mut text = format!("{}{:<6}{:<21}{:<14}HOW\n", name("NAME"), "RUN", "STARTED", "UPTIME");
    for line in lines {
        let uptime = super::ps::span((line.milliseconds / 1000).cast_signed());
        let started = line.started.strftime("%F %H:%M:%S");
        text += &format!("{}{:<6}{started:<21}{uptime:<14}{}\n", name(&line.job.name), line.run, line.how);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;
    use crate::model::Event;

    #[test]
    fn every_run_is_a_line() {
        let mut world = World::new();
        world.ok("run -d --restart always ./train.sh");
        world.exit(0, ExitStatus::Code(3));
        world.event(Event::JobSet { job: "train".into(), left: Vec::new() });
        world.ok("start --no-wait train");
        let text = world.ok("history train");
        assert!(
            text.lines().nth(2).is_some_and(|line| line.starts_with("2 ") && line.ends_with("running now")),
            "{text}"
        );
        world.exit(0, ExitStatus::Signal { signal: 9, core: false });
        let text = world.ok("history train");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[1].starts_with("1 ") && lines[1].ends_with("exit 3"), "{text}");
        assert!(lines[2].ends_with("SIGKILL"), "{text}");
        assert_eq!(world.ok("history -n 1 train").lines().count(), 2);
        let json: serde_json::Value = serde_json::from_str(&world.ok("history --json train")).unwrap();
        assert_eq!((&json[0]["code"], &json[1]["signal"]), (&3.into(), &"SIGKILL".into()));
        assert_eq!((&json[0]["name"], &json[0]["run"]), (&"train".into(), &1.into()));
        world.ok("run -d ./eval.sh");
        let both = world.ok("history --all");
        assert!(both.lines().any(|line| line.starts_with("eval ") && line.ends_with("running now")), "{both}");
    }
}
