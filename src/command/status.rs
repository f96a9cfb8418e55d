//! `status`: shows one job whole.

use serde_json::{Value, json};

use super::prelude::*;
use crate::model::supervise::{Exit, Goal, Phase};

#[derive(Args)]
pub struct Status {
    /// An object
    #[arg(long)]
    json: bool,
    /// The job
    #[arg(value_name = "JOB")]
    job: String,
}

impl Command for Status {
    const NAME: &'static str = "status";
    const SUMMARY: &'static str =
        "Show how a job stands; ends with 0 when it runs, 3 when it does not, 1 when it failed";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let job = super::logs::find_job(call, &self.job)?;
        let out = match self.json {
            true => format!("{}\n", whole_json(job)),
            false => text(call.state, job, call.origin.now),
        };
        Ok(Answer::TextAndStatus(out, status_code(job)))
    }
}

/// As `systemctl status` and the LSB have it.
fn status_code(job: &Job) -> u8 {
    match job.life.phase {
        Phase::Starting | Phase::Running | Phase::Stopping => 0,
        Phase::Failed | Phase::Backoff => 1,
        Phase::Waiting | Phase::Exited | Phase::Stopped => 3,
    }
}

fn text(state: &model::State, job: &Job, now: Timestamp) -> String {
    let life = &job.life;
    let mut lines = vec![("", super::why::sentence(state, job, now)), ("command", job.spec.command.line())];
    lines.push((
        "state",
        format!("{}, wanted {}", life.phase.name(), if life.goal == Goal::Up { "up" } else { "down" }),
    ));
    if let (Some(pid), true) = (job.pid, life.phase.is_live()) {
        lines.push(("pid", pid.to_string()));
    }
    lines.push(("directory", state.short_path(&job.program.cwd)));
    lines.push(("restart", job.spec.policy.restart.name().to_owned()));
    lines.push(("runs", format!("{}, {} by themselves, {} short in a row", life.run, life.restarts, life.short_runs)));
    if let Some(schedule) = &job.spec.schedule {
        let left_out = match life.left_out {
            0 => String::new(),
            count => format!(", {count} starts left out as it still ran"),
        };
        lines.push(("schedule", format!("{schedule}{left_out}")));
    }
    if life.next_start.or(life.due).is_some() {
        lines.push(("next start", super::why::coming(job, now)));
    }
    if !job.spec.needs.is_empty() {
        let needs: Vec<String> = job.spec.needs.iter().map(ToString::to_string).collect();
        lines.push(("needs", needs.join(", ")));
    }
    if let Some(log) = &job.log {
        lines.push(("log", state.short_path(log)));
    }
    if let Some(source) = &job.source {
        lines.push(("from", state.short_path(source)));
    }
    for exit in life.history.iter().rev().take(3) {
        lines.push(("ended", format!("run {}, {}: {exit}", exit.run, exit.at.strftime("%F %H:%M:%S"))));
    }
    let line = |(label, value): &(&str, String)| match *label {
        "" => format!("{value}\n"),
        label => format!("{label:>10}  {value}\n"),
    };
    lines.iter().map(line).collect()
}

/// One end, as scripts read it.
pub fn exit_json(exit: &Exit) -> Value {
    use crate::base::ExitStatus;
    let (code, signal, core) = match exit.status {
        Some(ExitStatus::Code(code)) => (json!(code), Value::Null, false),
        Some(ExitStatus::Signal { signal, core }) => (Value::Null, json!(crate::base::exit::signal_name(signal)), core),
        Some(ExitStatus::Unknown) | None => (Value::Null, Value::Null, false),
    };
    json!({
        "run": exit.run, "reason": exit.reason.name(), "code": code, "signal": signal, "core": core,
        "started_at": time(exit.started), "at": time(exit.at), "uptime_ms": exit.uptime().as_millis(),
        "success": exit.success, "detail": exit.detail,
    })
}

/// RFC 3339 in UTC, to the millisecond.
fn time(at: Timestamp) -> Value {
    json!(at.rfc3339())
}

/// A job whole. Keys stay; what is not there is null.
pub fn whole_json(job: &Job) -> Value {
    let life = &job.life;
    let live = life.phase.is_live();
    let run = live.then(|| {
        json!({
            "n": life.run, "pid": job.pid, "started_at": life.started.map(time), "ready_at": life.ready.map(time),
        })
    });
    let mut flags = Vec::new();
    if life.paused {
        flags.push("paused");
    }
    json!({
        "v": 1, "name": job.name, "state": life.phase.name(), "goal": if life.goal == Goal::Up { "up" } else { "down" },
        "since": time(life.since), "ready": life.phase == Phase::Running, "flags": flags,
        "kind": job.spec.kind, "group": job.spec.group, "command": job.spec.command.line(),
        "run": run, "last_exit": life.last_exit().map(exit_json),
        "restarts": {
            "total": life.restarts, "consecutive": life.short_runs, "limit": job.spec.policy.limit,
            "next_start": life.next_start.or(life.due).map(time),
        },
        "schedule": job.spec.schedule, "left_out": life.left_out,
        "log": job.log.as_ref().map(|log| json!({ "path": log })), "boot": job.spec.boot,
        "spec_source": job.source, "pane": job.pane.map(|pane| pane.to_string()),
        "needs": job.spec.needs.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;

    #[test]
    fn a_job_is_shown_whole_and_its_status_is_the_lsb_s() {
        let mut world = World::new();
        world.ok("run -d --restart on-failure ./train.sh --epochs 9");
        let text = world.ok("status train");
        for part in ["train runs, for 00:00:01", "command  ./train.sh --epochs 9", "pid  4711", "restart  on-failure"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        world.exit(0, ExitStatus::Signal { signal: 11, core: true });
        let reply = world.reply("status --json train");
        assert_eq!(reply.status, 1);
        let json: serde_json::Value = serde_json::from_str(&reply.out).unwrap();
        assert_eq!(json["state"], "backoff");
        assert_eq!(json["last_exit"]["signal"], "SIGSEGV");
        assert!(json["restarts"]["next_start"].as_str().unwrap().ends_with('Z'));
        world.ok("stop --no-wait train");
        assert_eq!(world.reply("status train").status, 3);
    }
}
