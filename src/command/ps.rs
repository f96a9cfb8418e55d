//! `ps`: lists jobs.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::jobs::Which;
use super::prelude::*;
use crate::base::Period;
use crate::model::supervise::Phase;
use crate::model::{Lens, Look, Usage};

#[derive(Args)]
pub struct Ps {
    /// Also jobs that were run once and ended well more than a day ago
    #[arg(short = 'a')]
    older: bool,
    /// Also what they use: processors, memory, processes
    #[arg(short = 'v', long)]
    verbose: bool,
    /// What to print for each
    #[arg(short = 'F', value_name = "FORMAT", conflicts_with = "json")]
    format: Option<String>,
    /// Only those for which this is true
    #[arg(short = 'f', value_name = "FORMAT")]
    filter: Option<String>,
    /// Only those in one of these states, such as running,failed
    #[arg(long, value_name = "STATES", value_delimiter = ',')]
    state: Vec<String>,
    /// Only those that have failed, even if they are being restarted
    #[arg(long, conflicts_with = "state")]
    failed: bool,
    /// Only those of this group
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// In the order of name, state, pid, started, uptime, restarts, cpu or memory; -KEY for the other way round
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    sort: Option<String>,
    /// An array of objects
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    which: Which,
}

/// Keys of the JSON objects, and the variables that they show. What they use comes beside these.
const JSON: &[(&str, &str, JsonKind)] = &[
    ("name", "job_name", JsonKind::Text),
    ("state", "job_state", JsonKind::Text),
    ("goal", "job_goal", JsonKind::Text),
    ("pid", "job_pid", JsonKind::Number),
    ("started", "job_started", JsonKind::Number),
    ("ended", "job_ended", JsonKind::Number),
    ("since", "job_since", JsonKind::Number),
    ("next_start", "job_next_start", JsonKind::Number),
    ("status", "job_status", JsonKind::Number),
    ("exit", "job_exit", JsonKind::Text),
    ("run", "job_run", JsonKind::Number),
    ("restarts", "job_restarts", JsonKind::Number),
    ("command", "job_command", JsonKind::Text),
    ("log", "job_log", JsonKind::Text),
    ("next_start", "job_next_start", JsonKind::Number),
    ("pane", "pane_id", JsonKind::Text),
];

/// A job and what was seen of it.
struct Row<'a> {
    job: &'a Job,
    usage: Option<&'a Usage>,
}

impl Command for Ps {
    const NAME: &'static str = "ps";
    const ALIAS: &'static [&'static str] = &["list-jobs"];
    const SUMMARY: &'static str = "List jobs";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let order = self.sort.as_deref().map(Order::parse).transpose()?;
        self.check_states()?;
        let names = self.which.chosen_or_all(call)?;
        let looks = self.verbose || order.as_ref().is_some_and(|order| matches!(order.key, Key::Cpu | Key::Memory));
        if looks && call.origin.usage.is_none() {
            let look = Look { jobs: names, ..Look::default() };
            call.ask(Effect::Look { request: call.origin.request, look });
            return Ok(Answer::Later);
        }
        let usages = call.origin.usage.as_ref();
        let row = |job| Row { job, usage: usages.and_then(|usages| usages.get(&job.name)) };
        let named = |job: &Job| names.contains(&job.name);
        let all = call.state.jobs().iter().filter(|job| self.which.jobs.is_empty() || named(job));
        let mut rows: Vec<Row<'_>> = all.filter(|job| self.passes(call, job)).map(row).collect();
        if let Some(order) = order {
            rows.sort_by(|a, b| order.compare(a, b));
        }
        let now = call.origin.now;
        let lenses = || rows.iter().map(|row| call.lens().job(row.job));
        if self.json {
            let objects = rows.iter().zip(lenses()).map(|(row, lens)| object(row, &lens)).collect::<Vec<Value>>();
            return Ok(Answer::Text(format!("{}\n", Value::from(objects))));
        }
        if let Some(format) = &self.format {
            return Ok(call.list(format, None, lenses()));
        }
        Ok(Answer::Text(self.table(rows, now, call.origin.columns())))
    }
}

impl Ps {
    fn check_states(&self) -> Result<()> {
        let known = |state: &&String| Phase::NAMES.contains(&state.as_str());
        match self.state.iter().find(|state| !known(state)) {
            Some(state) => Err(Error::usage(format!("unknown state: {state}")).hint(Phase::NAMES.join(", "))),
            None => Ok(()),
        }
    }

    fn passes(&self, call: &Call<'_>, job: &Job) -> bool {
        let group = self.group.as_deref().is_none_or(|group| job.spec.group.as_deref() == Some(group));
        let state = self.state.is_empty() || self.state.iter().any(|state| state == job.state());
        let failed = !self.failed || matches!(job.life.phase, Phase::Failed | Phase::Backoff);
        let filter = |filter: &str| format::is_true(&format::expand(filter, &call.lens().job(job)));
        group && state && failed && self.filter.as_deref().is_none_or(filter)
    }

    /// For people: without what has been over for long, unless they ask for it.
    fn table(&self, mut rows: Vec<Row<'_>>, now: Timestamp, cols: usize) -> String {
        let chosen = self.older || !self.which.jobs.is_empty() || !self.state.is_empty();
        let all = rows.len();
        if !chosen {
            rows.retain(|row| !is_old(row.job, now));
        }
        let mut text = table(&rows, now, self.verbose, cols);
        if rows.len() < all {
            text += &format!("({} more ended well over a day ago; -a lists them)\n", all - rows.len());
        }
        text
    }
}

fn is_old(job: &Job, now: Timestamp) -> bool {
    let well = matches!(job.life.phase, Phase::Exited | Phase::Stopped);
    job.spec.once && job.is_over() && well && now.since(job.life.since) > Period::from_secs(86_400)
}

fn object(row: &Row<'_>, lens: &Lens<'_>) -> Value {
    let mut object = json_object(JSON, lens);
    let usage = row.usage.filter(|usage| usage.count > 0);
    object["group"] = json!(row.job.spec.group);
    object["health"] = json!(row.job.health.word());
    object["paused"] = json!(row.job.life.paused);
    object["cpu_percent"] = json!(usage.map(|usage| super::job_json::tenth(usage.cpu_percent)));
    object["memory"] = json!(usage.map(|usage| usage.memory));
    object["processes"] = json!(usage.map(|usage| usage.count));
    object
}

// ---- order ---------------------------------------------------------------------------------------------------

#[derive(Clone, Copy)]
enum Key {
    Name,
    State,
    Pid,
    Started,
    Uptime,
    Restarts,
    Cpu,
    Memory,
}

const KEYS: &[(&str, Key)] = &[
    ("name", Key::Name),
    ("state", Key::State),
    ("pid", Key::Pid),
    ("started", Key::Started),
    ("uptime", Key::Uptime),
    ("restarts", Key::Restarts),
    ("cpu", Key::Cpu),
    ("memory", Key::Memory),
];

struct Order {
    key: Key,
    reverse: bool,
}

impl Order {
    fn parse(text: &str) -> Result<Self> {
        let (name, reverse) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let names = KEYS.iter().map(|(name, _)| *name);
        let unknown = || {
            let near = names::nearest(name, names.clone()).map(|near| format!("did you mean '{near}'?"));
            Error::usage(format!("cannot sort by '{name}'"))
                .hint(near.unwrap_or_else(|| names.clone().collect::<Vec<_>>().join(", ")))
        };
        let (_, key) = KEYS.iter().find(|(known, _)| *known == name).ok_or_else(unknown)?;
        Ok(Self { key: *key, reverse })
    }

    /// Names and times upwards, what is used with the most first, as people look for it.
    fn compare(&self, a: &Row<'_>, b: &Row<'_>) -> Ordering {
        let percent = |row: &Row<'_>| row.usage.map_or(0.0, |usage| usage.cpu_percent);
        let memory = |row: &Row<'_>| row.usage.map_or(0, |usage| usage.memory);
        let pid = |row: &Row<'_>| row.job.pid.filter(|_| row.job.life.phase.is_live()).unwrap_or(u32::MAX);
        let order = match self.key {
            Key::Name => a.job.name.cmp(&b.job.name),
            Key::State => a.job.state().cmp(b.job.state()),
            Key::Pid => pid(a).cmp(&pid(b)),
            Key::Started => a.job.started().cmp(&b.job.started()),
            Key::Uptime => b
                .job
                .life
                .started
                .is_some()
                .cmp(&a.job.life.started.is_some())
                .then(a.job.life.started.cmp(&b.job.life.started)),
            Key::Restarts => b.job.life.restarts.cmp(&a.job.life.restarts),
            Key::Cpu => percent(b).total_cmp(&percent(a)),
            Key::Memory => memory(b).cmp(&memory(a)),
        };
        if self.reverse { order.reverse() } else { order }
    }
}

// ---- the table -----------------------------------------------------------------------------------------------

/// A column: its head, whether it is shown only with -v, and when it gives way on a narrow terminal (the highest
/// first; 0 never does).
struct Column {
    head: &'static str,
    verbose: bool,
    gives_way: u8,
    right: bool,
    cell: fn(&Row<'_>, Timestamp) -> String,
}

const fn column(head: &'static str, gives_way: u8, cell: fn(&Row<'_>, Timestamp) -> String) -> Column {
    Column { head, verbose: false, gives_way, right: false, cell }
}

const fn number(head: &'static str, gives_way: u8, cell: fn(&Row<'_>, Timestamp) -> String) -> Column {
    Column { head, verbose: true, gives_way, right: true, cell }
}

const COLUMNS: &[Column] = &[
    column("NAME", 0, |row, _| row.job.name.clone()),
    column("STATE", 0, |row, _| if row.job.life.paused { "frozen".into() } else { row.job.state().into() }),
    column("PID", 2, |row, _| or_dash(row.job.pid.filter(|_| row.job.life.phase.is_live()))),
    number("CPU%", 1, |row, _| or_dash(seen(row).map(|usage| format!("{:.1}", usage.cpu_percent)))),
    number("MEMORY", 1, |row, _| or_dash(seen(row).map(|usage| super::status::bytes(usage.memory)))),
    number("PROCS", 6, |row, _| or_dash(seen(row).map(|usage| usage.count))),
    number("RESTARTS", 3, |row, _| row.job.life.restarts.to_string()),
    Column { verbose: true, ..column("HEALTH", 4, |row, _| row.job.health.word().replace("none", "-")) },
    Column { verbose: true, ..column("GROUP", 5, |row, _| or_dash(row.job.spec.group.clone())) },
    column("STARTED", 8, |row, _| or_dash(row.job.started().map(|at| at.strftime("%F %H:%M:%S")))),
    column("UPTIME", 3, uptime),
    column("EXIT", 2, |row, _| or_dash(last_exit(row))),
    column("COMMAND", 0, |row, _| row.job.spec.command.line()),
];

fn seen<'a>(row: &Row<'a>) -> Option<&'a Usage> {
    row.usage.filter(|usage| usage.count > 0)
}

fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".into(), |value| value.to_string())
}

fn last_exit<'a>(row: &Row<'a>) -> Option<&'a model::supervise::Exit> {
    row.job.life.last_exit().filter(|_| !row.job.life.phase.is_live())
}

fn uptime(row: &Row<'_>, now: Timestamp) -> String {
    let end = last_exit(row).map_or(now, |exit| exit.at);
    or_dash(row.job.started().map(|started| span(end.seconds() - started.seconds())))
}

/// Cells that the command should have at least, and a reason for an end at most.
const COMMAND: usize = 12;
const EXIT: usize = 40;

/// Columns as wide as what is in them; the command comes last and takes what is left. Where there is too little room,
/// columns give way.
fn table(rows: &[Row<'_>], now: Timestamp, verbose: bool, cols: usize) -> String {
    let mut columns: Vec<(&Column, usize)> = COLUMNS
        .iter()
        .filter(|column| verbose || !column.verbose)
        .map(|column| {
            let cells = rows.iter().map(|row| format::cells(&(column.cell)(row, now)));
            let width = cells.max().unwrap_or(0).max(column.head.len());
            (column, if column.head == "EXIT" { width.min(EXIT) } else { width })
        })
        .collect();
    let needed = |columns: &[(&Column, usize)]| {
        columns
            .iter()
            .map(|(column, width)| if column.head == "COMMAND" { (*width).min(COMMAND) } else { width + 2 })
            .sum::<usize>()
    };
    while needed(&columns) > cols {
        let most = columns.iter().map(|(column, _)| column.gives_way).max().unwrap_or(0);
        if most == 0 {
            break;
        }
        columns.retain(|(column, _)| column.gives_way != most);
    }
    let line = |cell: &dyn Fn(&Column) -> String| {
        let cells = columns.iter().map(|(column, width)| match column.head {
            "COMMAND" => cell(column),
            _ => format::pad(&cell(column), *width, column.right) + "  ",
        });
        format::cut(cells.collect::<String>().trim_end(), cols) + "\n"
    };
    let head = line(&|column| column.head.to_owned());
    let lines = rows.iter().map(|row| line(&|column| (column.cell)(row, now)));
    head + &lines.collect::<String>()
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
    use crate::format;

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
        let text = world.ok("ps -v");
        assert!(text.lines().next().is_some_and(|head| head.contains("CPU%") && head.contains("RESTARTS")), "{text}");
        assert!(text.lines().nth(1).is_some_and(|line| line.contains("12.5") && line.contains("34.5 MiB")), "{text}");
    }

    #[test]
    fn scripts_get_json() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        let jobs: serde_json::Value = serde_json::from_str(&world.ok("ps --json")).unwrap();
        assert_eq!(jobs[0]["name"], "train");
        assert_eq!(jobs[0]["pid"], 4711);
        assert!(jobs[0]["status"].is_null() && jobs[0]["memory"].is_null() && jobs[0]["group"].is_null());
        let jobs: serde_json::Value = serde_json::from_str(&world.ok("ps -v --json")).unwrap();
        assert_eq!((&jobs[0]["cpu_percent"], &jobs[0]["processes"]), (&12.5.into(), &2.into()));
    }

    #[test]
    fn some_of_them_in_an_order() {
        let mut world = World::new();
        for name in ["b", "a", "c"] {
            world.ok(&format!("run -d -s {name} sleep 1"));
        }
        world.exit(1, ExitStatus::Code(2));
        let mut names = |words: &str| world.ok(&format!("ps -F '#{{job_name}}' {words}")).replace('\n', " ");
        assert_eq!(names(""), "b a c ");
        assert_eq!(names("--sort name"), "a b c ");
        assert_eq!(names("--sort -name"), "c b a ");
        assert_eq!(names("--sort -pid"), "a c b ");
        assert_eq!(names("--state running,waiting"), "b c ");
        assert_eq!(names("--failed"), "a ");
        assert_eq!(names("'[ab]' --sort name"), "a b ");
        assert_eq!(names("--group none"), "");
        assert_eq!(world.fails("ps --sort nmae"), "cannot sort by 'nmae'");
        assert_eq!(world.hint("ps --sort nmae"), "did you mean 'name'?");
        assert_eq!(world.fails("ps --state dead"), "unknown state: dead");
        assert_eq!(world.fails("ps @none"), "no job is in the group none");
    }

    #[test]
    fn a_narrow_terminal_keeps_what_matters_and_a_pipe_everything() {
        let mut world = World::new();
        world.ok(&format!("run -d -s worker -- sh -c {}", "漢".repeat(200)));
        assert!(world.ok("ps").lines().nth(1).is_some_and(|line| format::cells(line) > 400));
        world.interactive = true;
        let text = world.ok("ps -v");
        assert!(text.lines().all(|line| format::cells(line) <= 80), "{text}");
        assert!(text.contains("MEMORY") && !text.contains("STARTED") && text.contains('…'), "{text}");
    }
}
