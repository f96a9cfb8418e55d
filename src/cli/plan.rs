//! What can be judged of a command line before any server is asked.

use clap::ArgMatches;

use super::config::ConfigOrder;
use super::exchange::{ExportOrder, ImportOrder};
use super::foreground::ForegroundOrder;
use crate::base::{Period, Result, Timestamp, role};
use crate::command::{self, Place, Reply};

/// How a command line has to be run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Plan {
    /// A server is started for it where none runs.
    pub starts_server: bool,
    /// It may make the terminal a client.
    pub attaches: bool,
    /// The same without a terminal: `attach --plain`.
    pub plain: bool,
    /// Nothing in it changes anything: it may be asked again.
    pub repeatable: bool,
    /// It says nothing but what a server has to say: `motd --quiet`.
    pub quiet: bool,
    /// It is `wait` alone, and waits no longer than this.
    pub waits: Option<Period>,
    /// It is `server upgrade` alone.
    pub upgrades: bool,
    /// It is a job that is waited for, alone: it is passed signals.
    pub waits_for_job: bool,
    /// It is `up --attend` alone, which is begun anew by who has started it.
    pub attends: bool,
    /// That job reads what we read.
    pub reads: bool,
    /// It is `load-buffer -`.
    pub loads: bool,
}

/// `mux boot`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BootOrder {
    /// `enable`, `disable` or `status`.
    pub action: String,
    pub dry_run: bool,
}

/// `mux list-keys` and `mux keys`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeysOrder {
    /// It is `keys`: all of them, with headings.
    pub overview: bool,
    /// Of this keymap instead of the one in use.
    pub keymap: Option<String>,
    pub table: Option<String>,
    pub notes: bool,
    pub all: bool,
    pub first: bool,
    pub before: Option<String>,
    pub key: Option<String>,
}

/// What becomes of the command line.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    Send(Plan),
    /// It is answered here: help, wrong words.
    Answer(Reply),
    /// The machine is to start the server when it starts.
    Boot(BootOrder),
    /// The user's configuration is shown, checked or found.
    Config(ConfigOrder),
    /// Files of other tools become a file of jobs.
    Import(ImportOrder),
    /// It stays with the jobs of a file.
    Foreground(ForegroundOrder),
    /// Jobs become files of other tools.
    Export(ExportOrder),
    /// The user wants to know whether all is well.
    Doctor {
        json: bool,
    },
    /// The user wants to watch jobs on the terminal.
    Top {
        interval: Period,
        jobs: Vec<String>,
    },
    /// The user's keys are listed, which are in files and need no server.
    ListKeys(KeysOrder),
}

/// `server upgrade` as the server is asked for it: with the binary, which is this one where the user names none, and with
/// a name by which the next server can be asked how it went.
pub fn upgrade_words(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    let named = words.iter().any(|word| word == "--to" || word.starts_with("--to="));
    if !named {
        words.extend(["--to".to_owned(), role::own_executable_for_others().to_string_lossy().into_owned()]);
    }
    words.extend(["--id".to_owned(), format!("{}-{}", std::process::id(), Timestamp::now().0)]);
    words
}

/// `wait` with the time at which it gives up, so that another server that is asked again knows it too.
pub fn waiting_words(words: &[String], most: Period) -> Vec<String> {
    let mut words = words.to_vec();
    let end = Timestamp::now().after(most).0.to_string();
    words.splice(1..1, ["--until".to_owned(), end]);
    words
}

/// `run` stays until the job has ended.
fn is_waited_for(run: &ArgMatches) -> bool {
    let alone = ["nohup", "detach", "no_pty"].iter().any(|flag| run.get_flag(flag));
    !alone && !["every", "cron"].iter().any(|flag| run.contains_id(flag))
}

/// Looks every command of the line up and parses its words, so that what is wrong with them is said without a
/// server, and half a line is never run.
pub fn judge(words: &[String]) -> Result<Verdict> {
    let mut plan = Plan { repeatable: true, ..Plan::default() };
    let mut count = 0;
    for argv in command::split(words) {
        let Some((name, words)) = argv.split_first() else { continue };
        let spec = command::find(name)?;
        let matches = match spec.parse(words) {
            Ok(matches) => matches,
            Err(reply) => return Ok(Verdict::Answer(reply)),
        };
        // What an attached client is told to do is the server's to pass on.
        let reloads = spec.name == "keys" && matches.get_flag("reload");
        if ["keys", "list-keys"].contains(&spec.name) && !reloads {
            return Ok(Verdict::ListKeys(keys_order(spec.name, &matches)));
        }
        if let Some(verdict) = done_here(spec.name, &matches) {
            return Ok(verdict);
        }
        if spec.place == Place::Cli {
            return Ok(Verdict::Answer(command::run_here(&argv)));
        }
        plan.waits_for_job = spec.name == "run" && is_waited_for(&matches);
        plan.reads = plan.waits_for_job && !matches.contains_id("stdin") && !matches.contains_id("after");
        plan.loads = spec.name == "load-buffer" && matches.get_one::<String>("path").is_some_and(|path| path == "-");
        plan.attends = spec.name == "up" && matches.get_flag("attend");
        plan.quiet = spec.name == "motd" && matches.get_flag("quiet");
        plan.upgrades = spec.name == "server" && words.iter().all(|word| word != "--id");
        count += 1;
        plan.waits = matches.try_get_one::<Period>("timeout").ok().flatten().copied().filter(|_| spec.name == "wait");
        plan.starts_server |= spec.starts_server;
        plan.attaches |= spec.attaches;
        plan.plain |= spec.name == "attach-session" && matches.get_flag("plain");
        plan.repeatable &= spec.repeatable;
    }
    // By the name that it gets then it can be asked again, and is not done again.
    plan.quiet &= count == 1;
    plan.upgrades &= count == 1;
    plan.waits_for_job &= count == 1;
    plan.reads &= count == 1;
    plan.loads &= count == 1;
    plan.waits = plan.waits.filter(|_| count == 1);
    plan.repeatable |= plan.upgrades;
    Ok(Verdict::Send(plan))
}

fn keys_order(name: &str, matches: &ArgMatches) -> KeysOrder {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    if name == "keys" {
        return KeysOrder { overview: true, keymap: text("keymap"), ..KeysOrder::default() };
    }
    KeysOrder {
        overview: false,
        keymap: None,
        table: text("table"),
        notes: matches.get_flag("notes"),
        all: matches.get_flag("all"),
        first: matches.get_flag("first"),
        before: text("prefix"),
        key: text("key"),
    }
}

/// Of commands that look at the user's files and machine, and not at the server.
fn done_here(name: &str, matches: &ArgMatches) -> Option<Verdict> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let texts =
        |name: &str| -> Vec<String> { matches.get_many::<String>(name).into_iter().flatten().cloned().collect() };
    Some(match name {
        "boot" => Verdict::Boot(BootOrder {
            action: text("action").unwrap_or_default(),
            dry_run: matches.get_flag("dry_run"),
        }),
        "config" => Verdict::Config(ConfigOrder { action: text("action").unwrap_or_default(), file: text("file") }),
        "doctor" => Verdict::Doctor { json: matches.get_flag("json") },
        "top" => {
            let interval = matches.get_one::<Period>("interval").copied().unwrap_or_default();
            Verdict::Top { interval, jobs: texts("jobs") }
        }
        "import" => Verdict::Import(ImportOrder {
            from: text("from"),
            output: text("output").unwrap_or_default(),
            force: matches.get_flag("force"),
            files: texts("files"),
        }),
        "up" if matches.get_flag("foreground") && !matches.get_flag("attend") => {
            let words: Vec<String> = texts("names");
            let (more, names) = words.into_iter().partition(|word| word.ends_with(".toml"));
            let files: Vec<String> = texts("files");
            Verdict::Foreground(ForegroundOrder {
                files: [files, more].concat(),
                names,
                exit_with: text("exit_with"),
                prune: matches.get_flag("prune"),
            })
        }
        "export" if !matches.get_flag("describe") => Verdict::Export(ExportOrder {
            to: text("to").unwrap_or_default(),
            file: text("file"),
            output: text("output"),
            force: matches.get_flag("force"),
            names: texts("names"),
        }),
        _ => return None,
    })
}
