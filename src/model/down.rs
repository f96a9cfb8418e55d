//! Jobs that are ended in the order of their needs, and jobs that somebody attends to until they are over.

use std::collections::BTreeSet;

use super::supervise::{JobEvent, Phase, Reason};
use super::{Effect, Reply, State};
use crate::base::{ClientId, Error, PaneId, RequestId, Result, Timestamp};

/// A request that is sent what jobs print, and told when they are over: `mux up --foreground`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attending {
    pub request: RequestId,
    pub jobs: Vec<String>,
    /// The job whose status counts.
    pub exit_with: Option<String>,
    told: bool,
}

/// Lines that are for the program that asked, not for people, begin with this.
pub const ASIDE: char = '\0';

impl State {
    /// Ends these, each when none of the others that needs it is left. `now` kills them, and those that are being ended.
    pub fn stop_in_order(&mut self, names: &[String], kill: bool, now: Timestamp) {
        for name in names {
            let Some(job) = self.jobs.get(name) else { continue };
            if job.life.phase.is_live() && job.life.phase != Phase::Stopping && !kill {
                self.going_down.insert(name.clone());
            } else {
                self.job_event(name, JobEvent::Stop(Reason::Stopped), now);
            }
        }
        if kill {
            let panes: Vec<PaneId> = names.iter().filter_map(|name| self.being_ended(name)).collect();
            panes.into_iter().for_each(|pane| self.push(Effect::SignalSet { pane, signal: SIGKILL }));
        }
        self.go_down(now);
    }

    fn being_ended(&self, name: &str) -> Option<PaneId> {
        self.jobs.get(name).filter(|job| job.life.phase == Phase::Stopping)?.pane
    }

    /// Goes on with what [`State::stop_in_order`] has begun.
    pub(super) fn go_down(&mut self, now: Timestamp) {
        while let Some(name) = self.next_down() {
            self.going_down.remove(&name);
            self.job_event(&name, JobEvent::Stop(Reason::Stopped), now);
        }
    }

    fn next_down(&self) -> Option<String> {
        let held = |name: &str| {
            self.jobs.iter().any(|job| {
                let goes = job.life.phase == Phase::Stopping || self.going_down.contains(&job.name);
                goes && job.name != name && job.spec.needs.iter().any(|need| need.job == name)
            })
        };
        let free = self.going_down.iter().find(|name| !held(name));
        // Those that hold each other, as several files could have it, hold nobody.
        let ending = || self.jobs.iter().any(|job| job.life.phase == Phase::Stopping);
        free.or_else(|| self.going_down.first().filter(|_| !ending())).cloned()
    }

    /// Sends the request what these jobs print, and tells it when they are over.
    pub fn attend(&mut self, request: RequestId, jobs: Vec<String>, exit_with: Option<String>) -> Result<()> {
        if let Some(job) = exit_with.as_ref().filter(|job| !jobs.contains(job)) {
            return Err(Error::not_found(format!("no job is called {job} among these"))
                .hint(format!("--exit-with takes one of {}", jobs.join(", "))));
        }
        let panes: Vec<(String, PaneId)> = jobs
            .iter()
            .filter_map(|name| Some((name.clone(), self.jobs.get(name).filter(|job| job.pid.is_some())?.pane?)))
            .filter(|(name, _)| self.jobs.get(name).is_some_and(|job| job.life.phase.is_live()))
            .collect();
        self.push(Effect::Tell { request, text: format!("{ASIDE}attends\n") });
        self.attending.push(Attending { request, jobs, exit_with, told: false });
        panes.into_iter().for_each(|(name, pane)| self.stream_attended(&name, pane));
        Ok(())
    }

    /// A run of a job has begun.
    pub(super) fn stream_attended(&mut self, name: &str, pane: PaneId) {
        let requests: Vec<RequestId> =
            self.attending.iter().filter(|one| one.jobs.iter().any(|job| job == name)).map(|one| one.request).collect();
        for request in requests {
            self.push(Effect::StreamJob { request, pane, label: name.to_owned() });
        }
    }

    pub(super) fn stop_attending(&mut self, client: ClientId) {
        self.attending.retain(|one| one.request.client != client);
    }

    /// Tells those that attend what has become of their jobs, once, and answers when all are over.
    pub(super) fn answer_attending(&mut self) {
        for mut one in std::mem::take(&mut self.attending) {
            let verdict = self.verdict(&one);
            let all = one.jobs.iter().all(|name| self.jobs.get(name).is_none_or(super::Job::is_over));
            if let Some((status, why)) = verdict.filter(|_| !one.told) {
                one.told = true;
                self.push(Effect::Tell { request: one.request, text: format!("{ASIDE}over {status} {why}\n") });
            }
            match all {
                true => self.push(Effect::Reply { request: one.request, reply: Reply::default() }),
                false => self.attending.push(one),
            }
        }
    }

    /// The status that all of it comes to, and why.
    fn verdict(&self, one: &Attending) -> Option<(u8, String)> {
        let over = |name: &String| {
            let job = self.jobs.get(name)?;
            let how = job.life.last_exit().map_or_else(|| job.state().to_owned(), ToString::to_string);
            Some((job.outcome()?, format!("job {name}: {how}")))
        };
        let failed = || {
            let bad = |name: &&String| self.jobs.get(name).is_some_and(|job| job.life.phase == Phase::Failed);
            one.jobs.iter().filter(bad).find_map(over)
        };
        if let Some(name) = &one.exit_with {
            // What waits for one that has failed for good will never be.
            let waits = self.jobs.get(name).is_some_and(|job| job.life.phase == Phase::Waiting);
            return over(name).or_else(|| failed().filter(|_| waits));
        }
        let all = || one.jobs.iter().all(|name| self.jobs.get(name).is_none_or(super::Job::is_over));
        failed().or_else(|| all().then(|| (0, "all jobs are over".to_owned())))
    }
}

const SIGKILL: u8 = 9;

/// Jobs that are to be ended when those that need them are.
pub(super) type GoingDown = BTreeSet<String>;
