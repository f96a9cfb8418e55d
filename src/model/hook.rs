//! Hooks: the commands that a job's owner wants run when something has become of it, and what they are told.

use std::path::PathBuf;

use serde::Serialize;

use super::Effect;
use super::State;
use super::job::Job;
use super::supervise::{Exit, Notice};
use crate::base::exit::signal_name;
use crate::base::{ExitStatus, Timestamp};
use crate::job::Command;

/// One call of a hook.
#[derive(Clone, Debug, PartialEq)]
pub struct HookCall {
    pub command: Command,
    pub cwd: PathBuf,
    /// The job's own variables, which are for its hooks too.
    pub env: Vec<(String, String)>,
    pub facts: HookFacts,
}

/// What it is told: each as a variable, and all as JSON. Keys stay; what is not there is null.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct HookFacts {
    pub v: u32,
    pub event: &'static str,
    pub job: String,
    pub host: String,
    /// RFC 3339 in UTC.
    pub at: String,
    /// As a person reads it.
    pub text: String,
    pub state: &'static str,
    pub run: u32,
    /// How the run ended that ended last.
    pub reason: Option<&'static str>,
    pub code: Option<u8>,
    pub signal: Option<String>,
    pub success: Option<bool>,
    pub uptime_ms: Option<u64>,
    pub restarts: u32,
    pub next_start: Option<String>,
    pub log: Option<PathBuf>,
    /// The last lines of its log; filled in by who runs the hook.
    pub lines: Vec<String>,
}

impl HookFacts {
    fn of(job: &Job, event: &'static str, text: String, host: &str, now: Timestamp) -> Self {
        let exit = job.life.last_exit();
        let (code, signal) = match exit.and_then(|exit| exit.status) {
            Some(ExitStatus::Code(code)) => (Some(code), None),
            Some(ExitStatus::Signal { signal, .. }) => (None, Some(signal_name(signal))),
            Some(ExitStatus::Unknown) | None => (None, None),
        };
        Self {
            v: 1,
            event,
            job: job.name.clone(),
            host: host.to_owned(),
            at: now.rfc3339(),
            text,
            state: job.state(),
            run: exit.map_or(job.life.run, |exit| exit.run),
            reason: exit.map(|exit| exit.reason.name()),
            code,
            signal,
            success: exit.map(|exit| exit.success),
            uptime_ms: exit.map(|exit| exit.uptime().as_millis()),
            restarts: job.life.restarts,
            next_start: job.life.next_start.or(job.life.due).map(Timestamp::rfc3339),
            log: job.log.clone(),
            lines: Vec::new(),
        }
    }

    /// The same as variables; empty where there is nothing to say, so that none is inherited from elsewhere.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let text = |value: Option<String>| value.unwrap_or_default();
        vec![
            ("MUX_EVENT", self.event.to_owned()),
            ("MUX_JOB", self.job.clone()),
            ("MUX_HOST", self.host.clone()),
            ("MUX_AT", self.at.clone()),
            ("MUX_TEXT", self.text.clone()),
            ("MUX_STATE", self.state.to_owned()),
            ("MUX_RUN", self.run.to_string()),
            ("MUX_REASON", text(self.reason.map(str::to_owned))),
            ("MUX_EXIT_CODE", text(self.code.map(|code| code.to_string()))),
            ("MUX_SIGNAL", text(self.signal.clone())),
            ("MUX_UPTIME", text(self.uptime_ms.map(|uptime| (uptime / 1000).to_string()))),
            ("MUX_RESTARTS", self.restarts.to_string()),
            ("MUX_NEXT_START", text(self.next_start.clone())),
            ("MUX_LOG", text(self.log.as_ref().map(|log| log.display().to_string()))),
        ]
    }
}

/// What a hook reads in MUX_EVENT.
fn event(notice: &Notice) -> &'static str {
    match notice {
        Notice::Failed => "failed",
        Notice::GaveUp => "gave-up",
        Notice::Flapping => "flapping",
        Notice::Recovered => "recovered",
        Notice::Finished => "finished",
        Notice::Alert(_) => "alert",
        Notice::Stuck(_) => "stuck",
        Notice::Overlaps => "overlaps",
    }
}

impl State {
    /// A notice is for the hooks too.
    pub(super) fn call_hook(&mut self, name: &str, notice: &Notice, text: &str, now: Timestamp) {
        let Some(job) = self.jobs.get(name) else { return };
        let command = match notice {
            Notice::Recovered => job.spec.hooks.recover.clone(),
            // The end of that run has been told to `on_exit`.
            Notice::Finished => None,
            _ => job.spec.hooks.fail.clone(),
        };
        self.call(name, command, event(notice), text.to_owned(), now);
    }

    /// A run is over.
    pub(super) fn call_exit_hook(&mut self, name: &str, now: Timestamp) {
        let Some(job) = self.jobs.get(name) else { return };
        let how = job.life.last_exit().map_or_else(String::new, Exit::to_string);
        let text = format!("job {name} ended: {how}");
        self.call(name, job.spec.hooks.exit.clone(), "exit", text, now);
    }

    fn call(&mut self, name: &str, command: Option<Command>, event: &'static str, text: String, now: Timestamp) {
        let Some((job, command)) = self.jobs.get(name).zip(command) else { return };
        let facts = HookFacts::of(job, event, text, &self.setup.host, now);
        let (cwd, env) = (job.program.cwd.clone(), job.program.env.clone());
        self.push(Effect::Hook(Box::new(HookCall { command, cwd, env, facts })));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_is_a_variable_and_nothing_is_left_from_elsewhere() {
        let facts = HookFacts { event: "exit", job: "web".into(), ..HookFacts::default() };
        let variables = facts.variables();
        assert!(variables.contains(&("MUX_JOB", "web".into())) && variables.contains(&("MUX_SIGNAL", "".into())));
        let json = serde_json::to_value(&facts).unwrap();
        let told = json.as_object().unwrap().len();
        // The version and the lines are for JSON alone, and so is what MUX_REASON says already.
        assert_eq!(variables.len(), told - 3);
    }
}
