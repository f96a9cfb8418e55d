//! Jobs as scripts read them: one object each, whose keys stay. What is not there is null, never left out.

use serde_json::{Value, json};

use super::prelude::*;
use crate::base::{ExitStatus, exit};
use crate::model::supervise::{Exit, Goal, Phase};
use crate::model::{State, Usage, tree};

/// Each key of a job's object by its path, with what it holds, for docs/reference/job-json.md.
pub const KEYS: &[(&str, &str, &str)] = &[
    ("v", "number", "1: keys are added, none changes or goes within a version"),
    ("name", "text", "The job"),
    ("state", "text", "waiting, starting, running, stopping, backoff, exited, failed or stopped"),
    ("goal", "text", "What its owner wants: up or down"),
    ("why", "text", "One sentence: why it is so"),
    ("since", "time", "When it came to this state"),
    ("ready", "boolean", "It runs, and has said so or been up for long enough"),
    ("health", "text", "ok, failing, or none where nobody looks"),
    ("health_ms", "array", "The latest looks at its health, the oldest first: milliseconds, null for a bad one"),
    ("flags", "array", "paused, and what else holds beside the state"),
    ("kind", "text", "service or task"),
    ("group", "text", "Its group"),
    ("command", "text", "What it runs"),
    ("directory", "text", "Where"),
    ("run", "object", "Its present run, while there is one"),
    ("run.n", "number", "Its number, counted from 1; as `mux logs --run` takes it"),
    ("run.pid", "number", "Its first process"),
    ("run.started_at", "time", ""),
    ("run.ready_at", "time", "When it was ready"),
    ("run.uptime_ms", "number", ""),
    ("last_exit", "object", "How its last run ended"),
    ("last_exit.run", "number", "The run"),
    (
        "last_exit.reason",
        "text",
        "exited, signaled, oom, oom-probable, spawn-error, start-timeout, health, runtime-max, memory-max, stopped, \
         killed-after-timeout, dependency, changed, lost or reboot",
    ),
    ("last_exit.code", "number", "Its exit status, where it had one"),
    ("last_exit.signal", "text", "The signal that ended it, where one did"),
    ("last_exit.core", "boolean", "A core was dumped"),
    ("last_exit.started_at", "time", ""),
    ("last_exit.at", "time", ""),
    ("last_exit.uptime_ms", "number", ""),
    ("last_exit.success", "boolean", "By the job's own rules"),
    ("last_exit.detail", "text", "What could not be started, or what a check has found"),
    ("restarts", "object", ""),
    ("restarts.total", "number", "Starts by itself since somebody started it"),
    ("restarts.consecutive", "number", "Short runs in a row"),
    ("restarts.limit", "number", "How many of those before it is given up; 0 for never"),
    ("restarts.next_start", "time", "When it is started again"),
    ("schedule", "text", "When it is started by itself"),
    ("left_out", "number", "Starts by the schedule that were left out, as it still ran"),
    ("usage", "object", "What all that it has started uses, while it runs"),
    ("usage.at", "time", "When that was looked at"),
    ("usage.processes", "number", "How many there are"),
    ("usage.cpu_ms", "number", "Processor time so far, with that of children that have ended"),
    ("usage.cpu_percent", "number", "Of one processor, over the last moment"),
    ("usage.memory", "number", "Bytes"),
    ("usage.memory_kind", "text", "pss (what is shared counts in part) or, where that cannot be read, rss"),
    ("usage.past", "array", "Earlier looks of this run, the oldest first; there are some only while somebody looks"),
    ("usage.past[].at", "time", ""),
    ("usage.past[].cpu_percent", "number", ""),
    ("usage.past[].memory", "number", ""),
    ("processes", "array", "Those themselves: children behind their parents"),
    ("processes[].pid", "number", ""),
    ("processes[].parent", "number", ""),
    ("processes[].depth", "number", "0 for the first, and for what has left its parent"),
    ("processes[].command", "text", ""),
    ("processes[].cpu_ms", "number", "Its own processor time"),
    ("processes[].memory", "number", "Bytes"),
    ("ports", "array", "What they listen on"),
    ("ports[].protocol", "text", "tcp, tcp6 or unix"),
    ("ports[].port", "number", ""),
    ("ports[].address", "text", "Address and port, or path"),
    ("lines", "array", "The last lines of its screen, or of its log where it has no screen any more"),
    ("log", "object", ""),
    ("log.path", "text", ""),
    ("boot", "boolean", "It comes back with the machine"),
    ("spec_source", "text", "The file that says it"),
    ("pane", "text", "Its pane"),
    ("needs", "array", "What it waits for"),
];

/// One end.
pub fn exit(exit: &Exit) -> Value {
    let (code, signal, core) = match exit.status {
        Some(ExitStatus::Code(code)) => (json!(code), Value::Null, false),
        Some(ExitStatus::Signal { signal, core }) => (Value::Null, json!(exit::signal_name(signal)), core),
        Some(ExitStatus::Unknown) | None => (Value::Null, Value::Null, false),
    };
    json!({
        "run": exit.run, "reason": exit.reason.name(), "code": code, "signal": signal, "core": core,
        "started_at": exit.started.rfc3339(), "at": exit.at.rfc3339(), "uptime_ms": exit.uptime().as_millis(),
        "success": exit.success, "detail": exit.detail,
    })
}

/// A job whole, with what was seen of it.
pub fn whole(state: &State, job: &Job, usage: Option<&Usage>, now: Timestamp) -> Value {
    let life = &job.life;
    let seen = usage.filter(|usage| usage.count > 0);
    let processes = seen.map(|usage| tree(&usage.processes)).unwrap_or_default();
    json!({
        "v": 1, "name": job.name, "state": life.phase.name(), "goal": if life.goal == Goal::Up { "up" } else { "down" },
        "why": super::why::sentence(state, job, now), "since": life.since.rfc3339(),
        "ready": life.phase == Phase::Running, "health": job.health.word(), "health_ms": job.health.times,
        "flags": if life.paused { vec!["paused"] } else { Vec::new() },
        "kind": job.spec.kind, "group": job.spec.group, "command": job.spec.command.line(),
        "directory": job.program.cwd, "run": run(job, now), "last_exit": life.last_exit().map(exit),
        "restarts": {
            "total": life.restarts, "consecutive": life.short_runs, "limit": job.spec.policy.limit,
            "next_start": life.next_start.or(life.due).map(Timestamp::rfc3339),
        },
        "schedule": job.spec.schedule, "left_out": life.left_out,
        "usage": seen.map(used),
        "processes": processes.iter().map(|(depth, process)| json!({
            "pid": process.pid, "parent": process.parent, "depth": depth, "command": process.command,
            "cpu_ms": process.cpu_ms, "memory": process.memory,
        })).collect::<Vec<_>>(),
        "ports": seen.map(|usage| usage.ports.iter().map(|port| json!({
            "protocol": port.protocol, "port": port.port, "address": port.address,
        })).collect::<Vec<_>>()).unwrap_or_default(),
        "lines": usage.map(|usage| usage.lines.clone()).unwrap_or_default(),
        "log": job.log.as_ref().map(|log| json!({ "path": log })), "boot": job.spec.boot,
        "spec_source": job.source, "pane": job.pane.map(|pane| pane.to_string()),
        "needs": job.spec.needs.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn run(job: &Job, now: Timestamp) -> Option<Value> {
    let life = &job.life;
    life.phase.is_live().then(|| {
        json!({
            "n": life.run, "pid": job.pid, "started_at": life.started.map(Timestamp::rfc3339),
            "ready_at": life.ready.map(Timestamp::rfc3339),
            "uptime_ms": life.started.map(|started| now.since(started).as_millis()),
        })
    })
}

fn used(usage: &Usage) -> Value {
    json!({
        "at": usage.at.rfc3339(), "processes": usage.count, "cpu_ms": usage.cpu_ms,
        "cpu_percent": tenth(usage.cpu_percent), "memory": usage.memory,
        "memory_kind": if usage.proportional { "pss" } else { "rss" },
        "past": usage.past.iter().map(|point| json!({
            "at": point.at.rfc3339(), "cpu_percent": tenth(point.cpu_percent), "memory": point.memory,
        })).collect::<Vec<_>>(),
    })
}

/// More would be made up: the kernel counts in steps.
pub fn tenth(percent: f64) -> f64 {
    (percent * 10.0).round() / 10.0
}

/// The text of docs/reference/job-json.md.
pub fn reference() -> String {
    let mut text = String::from(
        "# A job as JSON\n\n<!-- Generated from src/command/job_json.rs: UPDATE_DOCS=1 cargo test reference_is_fresh -->\n\n\
         `mux status --json NAME` prints one such object; for several names, a pattern, `@GROUP` or no name at all it is\n\
         an array of them. A key that has nothing to tell is null or an empty array, never left out. Times are RFC 3339\n\
         in UTC, durations milliseconds, sizes bytes. `last_exit` is also what `mux history --json` lists, with the\n\
         job's `name`.\n\n| Key | Holds | What it is |\n| --- | --- | --- |\n",
    );
    for (path, kind, sentence) in KEYS {
        text += &format!("| `{path}` | {kind} | {sentence} |\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::super::testing::World;
    use super::*;

    #[test]
    fn the_json_reference_is_fresh() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/job-json.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&file, reference()).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(kept, reference(), "stale: run UPDATE_DOCS=1 cargo test reference_is_fresh");
    }

    fn paths(value: &Value, at: &str, out: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                    out.insert(path.clone());
                    paths(value, &path, out);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| paths(item, &format!("{at}[]"), out)),
            _ => {}
        }
    }

    #[test]
    fn every_key_is_documented_and_there() {
        let mut world = World::new();
        world.ok("run -d --restart on-failure ./train.sh");
        world.exit(0, ExitStatus::Code(3));
        world.event(crate::model::Event::JobSet { job: "train".into(), left: Vec::new() });
        world.ok("start --no-wait train");
        let object: Value = serde_json::from_str(&world.ok("status --json train")).unwrap();
        let mut found = BTreeSet::new();
        paths(&object, "", &mut found);
        let documented: BTreeSet<String> = KEYS.iter().map(|(path, ..)| (*path).to_owned()).collect();
        assert_eq!(found, documented);
    }
}
