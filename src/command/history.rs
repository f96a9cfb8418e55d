//! `history`: lists a job's runs.

use super::prelude::*;

#[derive(Args)]
pub struct History {
    /// How many of the latest
    #[arg(short = 'n', long, value_name = "RUNS", default_value_t = 20)]
    runs: usize,
    /// An array of objects
    #[arg(long)]
    json: bool,
    /// The job
    #[arg(value_name = "JOB")]
    job: String,
}

impl Command for History {
    const NAME: &'static str = "history";
    const SUMMARY: &'static str = "List a job's runs and how they ended";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let job = super::logs::find_job(call, &self.job)?;
        let skipped = job.life.history.len().saturating_sub(self.runs);
        let runs = job.life.history.iter().skip(skipped);
        if self.json {
            let runs: Vec<serde_json::Value> = runs.map(super::status::exit_json).collect();
            return Ok(Answer::Text(format!("{}\n", serde_json::Value::from(runs))));
        }
        let mut text = format!("{:<6}{:<21}{:<14}HOW\n", "RUN", "STARTED", "UPTIME");
        for exit in runs {
            let uptime = super::ps::span((exit.uptime().as_millis() / 1000).cast_signed());
            text += &format!("{:<6}{:<21}{uptime:<14}{exit}\n", exit.run, exit.started.strftime("%F %H:%M:%S"));
        }
        Ok(Answer::Text(text))
    }
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
        world.exit(0, ExitStatus::Signal { signal: 9, core: false });
        let text = world.ok("history train");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[1].starts_with("1 ") && lines[1].ends_with("exit 3"), "{text}");
        assert!(lines[2].ends_with("SIGKILL"), "{text}");
        assert_eq!(world.ok("history -n 1 train").lines().count(), 2);
        let json: serde_json::Value = serde_json::from_str(&world.ok("history --json train")).unwrap();
        assert_eq!((&json[0]["code"], &json[1]["signal"]), (&3.into(), &"SIGKILL".into()));
    }
}
