//! PM2's ecosystem file (https://pm2.keymetrics.io/docs/usage/application-declaration/).

use super::{Input, place_job};
use crate::base::{Error, Period, Result};
use crate::foreign::data::{self, Node, Value};
use crate::foreign::draft::{Cmd, Draft, JobDraft, Note, job_name, strings};
use crate::foreign::words;

pub(super) fn read(input: &Input<'_>, draft: &mut Draft) -> Result<()> {
    let node = data::parse(input.text).map_err(|no| {
        let at = format!("{}:{}:{}: {}", input.name, no.line, no.column, no.why);
        let json = format!("node -p 'JSON.stringify(require(\"{}\"))' > ecosystem.json", input.path.display());
        Error::refused(at).hint(format!("`{json}` makes data of it, and that can be imported"))
    })?;
    let none = || Error::refused(format!("{} has no apps", input.name));
    let apps = match &node.value {
        Value::List(apps) => apps.clone(),
        Value::Table(table) => match table.iter().find(|(name, _)| name == "apps") {
            None if table.iter().any(|(name, _)| name == "script") => vec![node.clone()],
            None => return Err(none()),
            Some((_, apps)) => {
                let others = table.iter().filter(|(name, _)| name != "apps");
                draft.notes.extend(others.map(|(name, node)| Note {
                    file: input.name.clone(),
                    line: node.line,
                    text: name.clone(),
                    why: "mux deploys nothing".into(),
                }));
                match &apps.value {
                    Value::List(apps) => apps.clone(),
                    _ => vec![apps.clone()],
                }
            }
        },
        _ => return Err(none()),
    };
    if apps.is_empty() {
        return Err(none());
    }
    for app in &apps {
        draft.jobs.push(job(input, app)?);
    }
    Ok(())
}

/// What makes the command together.
#[derive(Default)]
struct Parts {
    script: Option<(String, usize)>,
    args: Vec<String>,
    interpreter: Option<String>,
    interpreter_args: Vec<String>,
}

fn job(input: &Input<'_>, app: &Node) -> Result<JobDraft> {
    let at = |line: usize, why: String| Error::refused(format!("{}:{line}: {why}", input.name));
    let Value::Table(table) = &app.value else {
        return Err(at(app.line, format!("an app is a table, not {}", app.shown())));
    };
    let find = |name: &str| table.iter().find(|(known, _)| known == name).map(|(_, node)| node);
    let script = find("script").and_then(Node::text).ok_or_else(|| at(app.line, "an app has no script".into()))?;
    let name = find("name").and_then(Node::word).unwrap_or_else(|| stem(script).to_owned());
    let mut job = JobDraft::new(&name, &input.name, app.line);
    job.text("restart", "always");
    let mut parts = Parts::default();
    let (mut user, mut group, mut kill) = (None, None, Period::from_millis(1600));
    for (key, node) in table {
        let wrong = || at(node.line, format!("{key}: {} is not what PM2 takes", node.shown()));
        match key.as_str() {
            "name" => {}
            "uid" => user = node.word(),
            "gid" => group = node.word(),
            "kill_timeout" => kill = period(node).ok_or_else(wrong)?,
            "script" | "args" | "interpreter" | "exec_interpreter" | "interpreter_args" | "interpreterArgs"
            | "node_args" => part(&mut parts, key, node).ok_or_else(wrong)?,
            _ => one(&mut job, input, key, node).ok_or_else(wrong)?,
        }
    }
    // PM2 begins with SIGINT, and programs made for it wait for that.
    job.text("stop", &format!("INT/{kill} KILL"));
    if let Some(user) = user {
        job.text("user", &group.map_or(user.clone(), |group| format!("{user}:{group}")));
    }
    job.cmd = Some(Cmd::Words(command(&mut job, input, parts)));
    place_job(input, &mut job);
    Ok(job)
}

fn part(parts: &mut Parts, key: &str, node: &Node) -> Option<()> {
    match key {
        "script" => parts.script = Some((node.text()?.to_owned(), node.line)),
        "args" => parts.args = list(node)?,
        "interpreter" | "exec_interpreter" => parts.interpreter = Some(node.text()?.to_owned()),
        _ => parts.interpreter_args = list(node)?,
    }
    Some(())
}

/// By what the script is run where nothing is said (PM2's API/interpreter.json).
const INTERPRETERS: &[(&str, &str)] = &[
    (".js", "node"),
    (".cjs", "node"),
    (".mjs", "node"),
    (".py", "python3"),
    (".rb", "ruby"),
    (".sh", "bash"),
    (".php", "php"),
    (".pl", "perl"),
    (".coffee", "coffee"),
    (".ts", "bun"),
    (".tsx", "bun"),
];

fn command(job: &mut JobDraft, input: &Input<'_>, parts: Parts) -> Vec<String> {
    let (script, line) = parts.script.unwrap_or_default();
    let by_name = INTERPRETERS.iter().find(|(ending, _)| script.ends_with(ending)).map(|(_, program)| *program);
    let interpreter = parts.interpreter.as_deref().or(by_name).filter(|program| *program != "none");
    let mut words: Vec<String> = interpreter.map(str::to_owned).into_iter().collect();
    match interpreter {
        Some(_) => words.extend(parts.interpreter_args),
        None if !parts.interpreter_args.is_empty() => {
            job.note(&input.name, line, &script, "it has arguments for an interpreter, and none");
        }
        None => {}
    }
    // PM2 looks for a script first beside the file, and then in PATH.
    words.push(script);
    words.extend(parts.args);
    words
}

fn list(node: &Node) -> Option<Vec<String>> {
    match &node.value {
        Value::List(list) => list.iter().map(Node::word).collect(),
        _ => words::split(&node.word()?),
    }
}

/// PM2 counts in milliseconds, and also reads "3s", "5m", "1h".
fn period(node: &Node) -> Option<Period> {
    let text = node.word()?;
    text.parse().map(Period::from_millis).ok().or_else(|| text.parse().ok())
}

fn one(job: &mut JobDraft, input: &Input<'_>, key: &str, node: &Node) -> Option<()> {
    let no = |job: &mut JobDraft, why: &str| job.note(&input.name, node.line, &format!("{key}: {}", node.shown()), why);
    match key {
        "cwd" => job.text("chdir", node.text()?),
        "env" => {
            let Value::Table(table) = &node.value else { return None };
            for (name, node) in table {
                job.variable(name, &node.word()?);
            }
        }
        "env_file" => job.text("env_file", node.text()?),
        "namespace" => job.text("group", &job_name(&node.word()?)),
        "autorestart" => job.text("restart", if node.value == Value::Bool(false) { "no" } else { "always" }),
        "min_uptime" => job.text("reset_after", &period(node)?.to_string()),
        "max_restarts" => job.set("restart_limit", node.word()?.parse::<u32>().ok()?.to_string()),
        "restart_delay" | "exp_backoff_restart_delay" => job.text("restart_delay", &period(node)?.to_string()),
        "max_memory_restart" => job.text("memory_restart", &node.word()?),
        "stop_exit_codes" => job.set("no_restart_exit", format!("[{}]", list(node)?.join(", "))),
        "instances" => match node.word()?.parse::<i32>() {
            Ok(count @ 1..=1000) => {
                if count > 1 {
                    job.set("instances", count.to_string());
                }
            }
            _ => no(job, "is by the number of processors; `instances` takes a number"),
        },
        "listen_timeout" => job.text("start_timeout", &period(node)?.to_string()),
        "wait_ready" if node.value == Value::Bool(true) => {
            no(job, "process.send('ready') reaches PM2 alone; `ready` takes tcp:PORT, http://…, log:/…/ and others");
        }
        "watch" => watch(job, input, node)?,
        "shutdown_with_message" | "wait_ready" | "watch_delay" | "cron_restart" | "cron" if is_off(node) => {}
        "autostart" => job.set("boot", (node.value != Value::Bool(false)).to_string()),
        _ => no(job, why_not(key)),
    }
    Some(())
}

fn is_off(node: &Node) -> bool {
    matches!(node.value, Value::Bool(false) | Value::Null)
}

fn watch(job: &mut JobDraft, input: &Input<'_>, node: &Node) -> Option<()> {
    let paths = match &node.value {
        Value::Bool(false) | Value::Null => return Some(()),
        Value::Bool(true) => vec![".".to_owned()],
        _ => list(node)?,
    };
    if !job.set_if_known("watch", strings(&paths)) {
        let text = format!("watch: {}", node.shown());
        job.note(&input.name, node.line, &text, "this version watches no files");
    }
    Some(())
}

fn why_not(key: &str) -> &'static str {
    match key {
        "exec_mode" | "increment_var" => "a cluster is node's own; `instances` runs several, each with MUX_INSTANCE",
        "instance_var" => "instances have MUX_INSTANCE here",
        "cron_restart" | "cron" => {
            "mux has no key that restarts by the clock; a job with a schedule can `mux restart` it"
        }
        "ignore_watch" | "watch_options" | "watch_delay" => "say it in `watch`",
        "treekill" => "mux always ends everything that a job has started",
        "shutdown_with_message" => "mux ends by signals alone",
        "out_file" | "output" | "error_file" | "error" | "log_file" | "log" | "combine_logs" | "merge_logs"
        | "log_type" | "log_date_format" | "disable_logs" | "time" | "out" | "err_file" => {
            "mux keeps its log: `mux logs`"
        }
        "pid" | "pid_file" => "mux knows its process: `mux ps`",
        "source_map_support" | "disable_source_map_support" | "instrument" | "trace" | "pmx" | "automation" => {
            "is of PM2's own eyes in the program"
        }
        "vizion" | "post_update" | "force" | "append_env_to_name" | "filter_env" => "is of PM2 itself",
        _ if key.starts_with("env_") => "variables for `pm2 --env`; take what you need into env",
        _ => "mux knows no such key",
    }
}

fn stem(script: &str) -> &str {
    let file = script.rsplit('/').next().unwrap_or(script);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}
