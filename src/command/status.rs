//! `status`: shows jobs whole.

use serde_json::Value;

use super::job_json;
use super::jobs::{Which, is_pattern};
use super::prelude::*;
use crate::job::Restart;
use crate::model::supervise::{Goal, Phase};
use crate::model::{Look, ProcessUsage, State, Usage, tree};

#[derive(Args)]
pub struct Status {
    /// An object, or an array of them where several are meant: docs/reference/job-json.md
    #[arg(long)]
    json: bool,
    /// How many of the last lines that it has printed
    #[arg(short = 'n', long, value_name = "LINES", default_value_t = 8)]
    lines: u16,
    #[command(flatten)]
    which: Which,
}

impl Command for Status {
    const NAME: &'static str = "status";
    const SUMMARY: &'static str = "Show jobs whole, or all of them in brief. Ends with 0 when they run or have ended \
        well, 1 when one has failed, 3 when one does not run, 4 when there is none of that name, as the LSB has it";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let names = match self.which.chosen_or_all(call) {
            Ok(names) => names,
            Err(error) => return Ok(Answer::Reply(Reply { status: UNKNOWN, ..Reply::error(error) })),
        };
        let brief = self.which.is_empty();
        let Some(usage) = &call.origin.usage else {
            let lines = if brief { 0 } else { self.lines.min(limits::SHOWN_LINES) };
            let look = Look { jobs: names, detail: !brief, lines };
            call.ask(Effect::Look { request: call.origin.request, look });
            return Ok(Answer::Later);
        };
        let (state, now) = (&*call.state, call.origin.now);
        let jobs: Vec<&Job> = names.iter().filter_map(|name| state.jobs().get(name)).collect();
        let status = jobs.iter().map(|job| code(job)).max_by_key(|code| WORST.iter().position(|other| other == code));
        let status = status.unwrap_or(if brief { 0 } else { UNKNOWN });
        // Of all jobs together only what is wrong counts: some are stopped because somebody wants them so.
        let status = if brief && status == STOPPED { 0 } else { status };
        let seen = |job: &Job| usage.get(&job.name);
        if self.json {
            let mut all: Vec<Value> = jobs.iter().map(|job| job_json::whole(state, job, seen(job), now)).collect();
            let single = matches!(self.which.jobs.as_slice(), [one] if !is_pattern(one));
            let value = if single && all.len() == 1 { all.remove(0) } else { Value::from(all) };
            return Ok(Answer::TextAndStatus(format!("{value}\n"), status));
        }
        let cols = call.origin.columns();
        let shown = jobs.iter().map(|job| match brief {
            true => in_brief(state, job, seen(job), now, cols),
            false => whole(state, job, seen(job), now, cols),
        });
        Ok(Answer::TextAndStatus(shown.collect::<Vec<_>>().join(if brief { "" } else { "\n" }), status))
    }
}

const FAILED: u8 = 1;
const STOPPED: u8 = 3;
const UNKNOWN: u8 = 4;

/// Of several the worst counts, which is the last.
const WORST: &[u8] = &[0, STOPPED, FAILED];

/// As the LSB has it for init scripts: 0 runs or has done what it was for, 1 is dead though it is wanted, 3 does not
/// run.
fn code(job: &Job) -> u8 {
    match job.life.phase {
        Phase::Starting | Phase::Running | Phase::Stopping | Phase::Exited => 0,
        Phase::Failed | Phase::Backoff => FAILED,
        Phase::Waiting | Phase::Stopped => STOPPED,
    }
}

/// A mark, the sentence, and what it uses.
fn in_brief(state: &State, job: &Job, usage: Option<&Usage>, now: Timestamp, cols: usize) -> String {
    let mark = match (code(job), job.life.phase) {
        (FAILED, _) => '!',
        (0, Phase::Exited) => '.',
        (0, _) => '+',
        _ => '-',
    };
    let used = usage.map_or_else(String::new, |usage| {
        format!("; {} % of a processor, {}", job_json::tenth(usage.cpu_percent), bytes(usage.memory))
    });
    format::cut(&format!("{mark} {}{used}", super::why::sentence(state, job, now)), cols) + "\n"
}

fn whole(state: &State, job: &Job, usage: Option<&Usage>, now: Timestamp, cols: usize) -> String {
    let mut lines: Vec<(&str, String)> = Vec::new();
    let mut put = |label: &'static str, values: Vec<String>| {
        let labels = std::iter::once(label).chain(std::iter::repeat(""));
        lines.extend(labels.zip(values));
    };
    put("command", vec![job.spec.command.line()]);
    put("state", vec![standing(job)]);
    put("pid", job.pid.filter(|_| job.life.phase.is_live()).map(|pid| pid.to_string()).into_iter().collect());
    let seen = usage.filter(|usage| usage.count > 0);
    put("uses", seen.map(used).unwrap_or_default());
    put("processes", seen.map(|usage| processes(&usage.processes, usage.count)).unwrap_or_default());
    put(
        "ports",
        seen.map(|usage| usage.ports.iter().map(|port| format!("{} {}", port.protocol, port.address)).collect())
            .unwrap_or_default(),
    );
    put("health", health(job).into_iter().collect());
    put("restart", vec![restarts(job)]);
    put("schedule", schedule(job).into_iter().collect());
    put("next", next(job, now).into_iter().collect());
    put(
        "needs",
        Some(job.spec.needs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
            .filter(|needs| !needs.is_empty())
            .into_iter()
            .collect(),
    );
    put("group", job.spec.group.clone().into_iter().collect());
    put("directory", vec![state.short_path(&job.program.cwd)]);
    put("log", job.log.iter().map(|log| state.short_path(log)).collect());
    put("from", job.source.iter().map(|source| state.short_path(source)).collect());
    let ends = job.life.history.iter().rev().take(3);
    put("ended", ends.map(|exit| format!("run {}, {}: {exit}", exit.run, exit.at.strftime("%F %H:%M:%S"))).collect());
    let mut text = format::cut(&super::why::sentence(state, job, now), cols) + "\n";
    for (label, value) in &lines {
        text += format::cut(&format!("{label:>10}  {value}"), cols).trim_end();
        text.push('\n');
    }
    for line in usage.map(|usage| usage.lines.as_slice()).unwrap_or_default() {
        text += format::cut(&format!("  | {line}"), cols).trim_end();
        text.push('\n');
    }
    text
}

fn standing(job: &Job) -> String {
    let life = &job.life;
    let goal = if life.goal == Goal::Up { "up" } else { "down" };
    let paused = if life.paused { ", frozen" } else { "" };
    format!("{}{paused}, wanted {goal}; since {}", life.phase.name(), life.since.strftime("%F %H:%M:%S"))
}

fn used(usage: &Usage) -> Vec<String> {
    let count = if usage.count == 1 { "1 process".to_owned() } else { format!("{} processes", usage.count) };
    let kind = if usage.proportional { "" } else { " with all that is shared" };
    let first = format!(
        "{} % of a processor ({} so far), {}{kind}, {count}",
        job_json::tenth(usage.cpu_percent),
        super::ps::span((usage.cpu_ms / 1000).cast_signed()),
        bytes(usage.memory),
    );
    let mut lines = vec![first];
    if usage.past.len() > 1 {
        let cpu: Vec<f64> = usage.past.iter().map(|point| point.cpu_percent).collect();
        let memory: Vec<f64> = usage.past.iter().map(|point| point.memory as f64).collect();
        lines.push(format!("cpu {}  memory {}", sparkline(&cpu, 0.0), sparkline(&memory, 0.0)));
    }
    lines
}

/// Points of a plot in a line.
const SPARKS: usize = 24;

/// The latest values as eight heights between the least that is shown and the largest.
fn sparkline(values: &[f64], least: f64) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let shown = &values[values.len().saturating_sub(SPARKS)..];
    let most = shown.iter().copied().fold(least, f64::max);
    let height = |value: &f64| if most > least { ((value - least) / (most - least) * 7.0).round() } else { 0.0 };
    shown.iter().map(|value| BARS[(height(value).clamp(0.0, 7.0)) as usize]).collect()
}

/// Processes that are shown of a job; the number of the others is said.
const SHOWN: usize = 12;

fn processes(all: &[ProcessUsage], count: usize) -> Vec<String> {
    let line = |(depth, process): &(usize, &ProcessUsage)| {
        let branch = if *depth > 0 { format!("{}└ ", "  ".repeat(*depth - 1)) } else { String::new() };
        format!("{branch}{} {}", process.pid, process.command)
    };
    let mut lines: Vec<String> = tree(all).iter().take(SHOWN).map(line).collect();
    if count > lines.len() {
        lines.push(format!("and {} more", count - lines.len()));
    }
    lines
}

fn health(job: &Job) -> Option<String> {
    let check = &job.spec.health.as_ref()?.check;
    let times = &job.health.times;
    let good: Vec<u32> = times.iter().flatten().copied().collect();
    if times.is_empty() {
        return Some(format!("not looked at yet: {check}"));
    }
    let mean = good.iter().map(|took| u64::from(*took)).sum::<u64>().checked_div(good.len() as u64);
    let mean = mean.map_or_else(String::new, |mean| format!(", {mean} ms on average"));
    let values: Vec<f64> = times.iter().map(|took| took.map_or(0.0, f64::from)).collect();
    let word = job.health.word();
    Some(format!("{word}: {check}; {} of {} well{mean} {}", good.len(), times.len(), sparkline(&values, 0.0)))
}

fn restarts(job: &Job) -> String {
    let (life, policy) = (&job.life, &job.spec.policy);
    if policy.restart == Restart::No {
        return format!("no; run {}", life.run);
    }
    let limit = match policy.limit {
        0 => "never given up".to_owned(),
        limit => format!("given up after {limit}"),
    };
    let short = life.short_runs;
    format!("{}; run {}, {} by itself, {short} short in a row, {limit}", policy.restart.name(), life.run, life.restarts)
}

fn next(job: &Job, now: Timestamp) -> Option<String> {
    job.life.next_start.or(job.life.due)?;
    Some(format!("started at {}", super::why::coming(job, now)))
}

fn schedule(job: &Job) -> Option<String> {
    let left_out = match job.life.left_out {
        0 => String::new(),
        count => format!(", {count} starts left out as it still ran"),
    };
    Some(format!("{}{left_out}", job.spec.schedule.as_ref()?))
}

/// `34.5 MiB`.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 || value >= 100.0 {
        format!("{value:.0} {}", UNITS[unit])
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use super::*;
    use crate::base::ExitStatus;

    #[test]
    fn a_job_is_shown_whole_and_its_status_is_the_lsb_s() {
        let mut world = World::new();
        world.ok("run -d --restart on-failure ./train.sh --epochs 9");
        let text = world.ok("status train");
        for part in [
            "train runs, for 00:00:01",
            "command  ./train.sh --epochs 9",
            "pid  4711",
            "restart  on-failure",
            "uses  12.5 % of a processor",
            "└ 4712 sleep 9",
            "ports  tcp 127.0.0.1:8080",
            "  | the last line",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        world.exit(0, ExitStatus::Signal { signal: 11, core: true });
        let reply = world.reply("status --json train");
        assert_eq!(reply.status, 1);
        let json: serde_json::Value = serde_json::from_str(&reply.out).unwrap();
        assert_eq!(json["state"], "backoff");
        assert_eq!(json["last_exit"]["signal"], "SIGSEGV");
        assert!(json["restarts"]["next_start"].as_str().unwrap().ends_with('Z'));
        assert!(json["usage"].is_null() && json["run"].is_null());
        world.reply("stop --no-wait train");
        assert_eq!(world.reply("status train").status, 3);
    }

    #[test]
    fn one_that_is_not_there_is_unknown() {
        let mut world = World::new();
        assert_eq!(world.reply("status").status, 0, "no job, no trouble");
        let reply = world.reply("status nope");
        assert_eq!((reply.status, reply.error.unwrap().message.as_str()), (4, "can't find job: nope"));
        assert_eq!(world.reply("status '*'").status, 4);
    }

    #[test]
    fn all_are_shown_in_brief() {
        let mut world = World::new();
        world.ok("run -d ./a.sh");
        world.ok("run -d ./b.sh");
        world.ok("run -d ./c.sh");
        world.exit(1, ExitStatus::Code(0));
        world.exit(2, ExitStatus::Code(7));
        let reply = world.reply("status");
        let lines: Vec<&str> = reply.out.lines().collect();
        assert!(lines[0].starts_with("+ a runs") && lines[0].contains("12.5 % of a processor, 34.5 MiB"), "{lines:?}");
        assert!(lines[1].starts_with(". b is done: run 1 ended: exit 0"), "{lines:?}");
        assert!(lines[2].starts_with("! c has failed: run 1 ended: exit 7"), "{lines:?}");
        assert_eq!(reply.status, 1);
        assert_eq!(world.reply("status a b").status, 0);
        let all: serde_json::Value = serde_json::from_str(&world.reply("status --json").out).unwrap();
        assert_eq!(all.as_array().map(Vec::len), Some(3));
    }

    #[test]
    fn nothing_is_wider_than_the_terminal() {
        let mut world = World::new();
        world.interactive = true;
        world.ok(&format!("run -d -s long -- sh -c {}", "x".repeat(300)));
        for line in world.ok("status long").lines().chain(world.ok("status").lines()).chain(world.ok("ps -v").lines()) {
            assert!(format::cells(line) <= 80, "{line}");
        }
    }

    #[test]
    fn sizes_and_plots_are_short() {
        let sizes = [0, 999, 1000, 4096, 36_175_872, 5 << 30, u64::MAX].map(bytes);
        assert_eq!(sizes, ["0 B", "999 B", "1.0 KiB", "4.0 KiB", "34.5 MiB", "5.0 GiB", "16777216 TiB"]);
        assert_eq!(sparkline(&[0.0, 50.0, 100.0], 0.0), "▁▅█");
        assert_eq!(sparkline(&[0.0, 0.0], 0.0), "▁▁");
        assert_eq!(sparkline(&[1.0; 99], 0.0).chars().count(), SPARKS);
    }
}
