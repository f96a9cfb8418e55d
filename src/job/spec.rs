//! All that is written down about one job.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Bytes, Check, Health, LogSpec, Match, Need, OnLoss, Policy, Restart, Rules, Schedule, StopPlan, Watch};
use crate::base::Period;

/// What is executed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Command {
    /// For `/bin/sh -c`.
    Shell(String),
    /// The program and its words, with no shell between.
    Words(Vec<String>),
}

impl Default for Command {
    fn default() -> Self {
        Command::Words(Vec::new())
    }
}

impl Command {
    /// As people read it.
    pub fn line(&self) -> String {
        match self {
            Command::Shell(line) => line.clone(),
            Command::Words(words) => words.join(" "),
        }
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Command::Shell(line) => line.trim().is_empty(),
            Command::Words(words) => words.first().is_none_or(String::is_empty),
        }
    }
}

/// What a job is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It is to be up.
    #[default]
    Service,
    /// It is to be done: over when it has ended well.
    Task,
}

/// Where its output goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    /// To its terminal, and from there to its log.
    #[default]
    Terminal,
    /// Straight into the log files, standard output and error apart, with nothing of mux in between.
    Files,
}

/// What tells it to read its settings anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reload {
    /// To its first process, where that catches it.
    Signal(u8),
    Command(Command),
}

/// Commands that are run when something has become of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hooks {
    /// For every notice that is no good one.
    pub fail: Option<Command>,
    pub recover: Option<Command>,
    /// At the end of each run.
    pub exit: Option<Command>,
}

/// Lines that are worth a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// A regular expression.
    pub pattern: String,
    pub times: u32,
    pub within: Period,
}

/// One job. `Default` is what a file's job has where nothing is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JobSpec {
    pub command: Command,
    pub kind: Kind,
    pub boot: bool,
    pub needs: Vec<Need>,
    /// Started behind these where they are started too.
    pub after: Vec<String>,
    pub on_loss: OnLoss,
    pub policy: Policy,
    pub success: Vec<Match>,
    pub no_restart: Vec<Match>,
    pub min_uptime: Period,
    pub start_timeout: Period,
    pub ready: Option<Check>,
    pub health: Option<Health>,
    pub stop: StopPlan,
    pub reload: Reload,
    pub env: BTreeMap<String, String>,
    pub env_files: Vec<PathBuf>,
    pub chdir: Option<PathBuf>,
    /// `USER` or `USER:GROUP`.
    pub user: Option<String>,
    /// As umask(2).
    pub umask: Option<u32>,
    /// As nice(2): -20 to 19.
    pub nice: Option<i8>,
    /// As ionice(1): `idle`, `best-effort:N`, `realtime:N`.
    pub ionice: Option<String>,
    /// As setrlimit(2), by the names of prlimit(1): `nofile = "4096"`, `"1024:4096"`.
    pub limits: BTreeMap<String, String>,
    /// As proc(5)'s oom_score_adj: -1000 to 1000.
    pub oom_score: Option<i16>,
    /// Bytes at which it is restarted.
    pub memory_restart: Option<Bytes>,
    /// Bytes beyond which the kernel gives it none.
    pub memory_max: Option<Bytes>,
    pub runtime_max: Option<Period>,
    /// It runs at these times.
    pub schedule: Option<Schedule>,
    /// It is restarted when these files change.
    pub watch: Option<Watch>,
    pub hooks: Hooks,
    pub output: Output,
    /// Nothing (`/dev/null`), its terminal, or a file.
    pub stdin: Option<PathBuf>,
    pub stdin_terminal: bool,
    /// SIGHUP is ignored.
    pub nohup: bool,
    pub log: LogSpec,
    pub alerts: Vec<Alert>,
    pub group: Option<String>,
    pub instances: u32,
    /// Its end is the end of the job (`mux run`).
    pub once: bool,
}

impl Default for JobSpec {
    fn default() -> Self {
        Self {
            command: Command::default(),
            kind: Kind::Service,
            boot: true,
            needs: Vec::new(),
            after: Vec::new(),
            on_loss: OnLoss::Keep,
            policy: Policy {
                restart: Restart::OnFailure,
                retry_failed: Some(Period::from_secs(600)),
                ..Policy::default()
            },
            success: Vec::new(),
            no_restart: Vec::new(),
            min_uptime: Period::from_secs(1),
            start_timeout: Period::from_secs(90),
            ready: None,
            health: None,
            stop: StopPlan::default(),
            reload: Reload::Signal(1),
            env: BTreeMap::new(),
            env_files: Vec::new(),
            chdir: None,
            user: None,
            umask: None,
            nice: None,
            ionice: None,
            limits: BTreeMap::new(),
            oom_score: None,
            memory_restart: None,
            memory_max: None,
            runtime_max: None,
            schedule: None,
            watch: None,
            hooks: Hooks::default(),
            output: Output::Terminal,
            stdin: None,
            stdin_terminal: false,
            nohup: false,
            log: LogSpec::default(),
            alerts: Vec::new(),
            group: None,
            instances: 1,
            once: false,
        }
    }
}

/// A `mux run` that nobody waits for is told of when it took this long.
const LONG_RUN: Period = Period::from_secs(60);

impl JobSpec {
    /// What `mux run` has where nothing is said: not everything may be done twice.
    pub fn for_run() -> Self {
        let policy = Policy { restart: Restart::No, retry_failed: None, ..Policy::default() };
        Self { boot: false, policy, once: true, stdin_terminal: true, min_uptime: Period::ZERO, ..Self::default() }
    }

    /// Keys that are fine each by itself and make no sense together; the key to blame and why.
    pub fn fits_together(&self) -> Result<(), (&'static str, String)> {
        if self.schedule.is_some() && self.policy.restart == Restart::Always {
            let wrong = "restart = \"always\" leaves no time for a schedule: expected \"no\" or \"on-failure\"";
            return Err(("restart", wrong.into()));
        }
        Ok(())
    }

    /// Somebody has to look after its runs from outside.
    pub fn is_tended(&self) -> bool {
        self.ready.is_some() || self.health.is_some() || self.memory_restart.is_some() || !self.alerts.is_empty()
    }

    /// As its life needs them. `name` keeps its delays apart from others'.
    pub fn rules(&self, name: &str) -> Rules {
        let salt = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            // FNV-1a
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let up = match self.ready {
            Some(Check::Up(period)) => period,
            _ => self.min_uptime,
        };
        let probed = self.ready.as_ref().is_some_and(|ready| !matches!(ready, Check::Up(_) | Check::Exit));
        Rules {
            policy: self.policy.clone(),
            success: self.success.clone(),
            no_restart: self.no_restart.clone(),
            stop: self.stop.clone(),
            min_uptime: up,
            probed,
            start_timeout: Some(self.start_timeout).filter(|timeout| !timeout.is_zero()),
            runtime_max: self.runtime_max,
            schedule: self.schedule.clone(),
            // A change is to start a watched one again, also when it has ended.
            once: (self.once || self.kind == Kind::Task) && self.watch.is_none(),
            tell_after: Some(LONG_RUN).filter(|_| self.once),
            salt,
        }
    }
}
