//! The life of one job: events in, wishes out.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::exit::{Exit, Reason};
use super::happening::{JobEvent, Notice, Wish};
use super::phase::{Goal, Phase};
use crate::base::{ExitStatus, Period, Timestamp, limits};
use crate::job::{Restart, Rules, StopPlan};

/// Why it is being ended, and what comes then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub reason: Reason,
    pub detail: Option<String>,
    /// It is started again at once: `restart`.
    pub again: bool,
    /// The step of the plan that was taken last.
    step: u32,
    /// The first process has ended like this; others of the set may live.
    status: Option<(ExitStatus, Timestamp)>,
    /// All steps are taken and have had their time.
    stuck: bool,
    /// It was told what is left.
    told: bool,
}

impl Ending {
    pub fn new(reason: Reason, detail: Option<String>) -> Self {
        Self { reason, detail, again: false, step: 0, status: None, stuck: false, told: false }
    }
}

/// Failures within [`FLAPPING_SPAN`] that are told as flapping, once in that time.
const FLAPPING: usize = 6;
const FLAPPING_SPAN: Period = Period::from_secs(3600);

/// The life of one job.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Life {
    pub goal: Goal,
    pub phase: Phase,
    /// When it came to this phase.
    pub since: Timestamp,
    /// The number of the present or last run; 0 before the first.
    pub run: u32,
    /// When the present run began, while there is one.
    pub started: Option<Timestamp>,
    pub ready: Option<Timestamp>,
    /// Runs in a row that were too short.
    pub short_runs: u32,
    /// Starts that were nobody's wish but the policy's.
    pub restarts: u32,
    /// When it is started again.
    pub next_start: Option<Timestamp>,
    pub ending: Option<Ending>,
    /// What an earlier run has left behind is being ended.
    pub sweeping: bool,
    pub paused: bool,
    /// Ended runs, the oldest first, up to [`limits::KEPT_RUNS`].
    pub history: VecDeque<Exit>,
    /// It was told that it failed, and not yet that it is well.
    pub told_failed: bool,
    told_flapping: Option<Timestamp>,
    /// When its schedule wants it next, while it is wanted at all. Kept, so that a time that passes unseen is known.
    pub due: Option<Timestamp>,
    /// Times that its schedule wanted it while it still ran.
    pub left_out: u32,
    /// One of them in the present run.
    overlapped: bool,
    told_overlap: bool,
}

impl Life {
    pub fn last_exit(&self) -> Option<&Exit> {
        self.history.back()
    }

    /// When [`JobEvent::Time`] has something to do.
    pub fn deadline(&self, rules: &Rules) -> Option<Timestamp> {
        earliest([self.due, self.phase_deadline(rules)])
    }

    fn phase_deadline(&self, rules: &Rules) -> Option<Timestamp> {
        let started = self.started.unwrap_or(self.since);
        match self.phase {
            Phase::Backoff | Phase::Failed => self.next_start.filter(|_| !self.sweeping),
            Phase::Starting if !self.paused => {
                let up = (!rules.probed).then(|| started.after(rules.min_uptime));
                let late = rules.start_timeout.filter(|_| rules.probed).map(|most| started.after(most));
                earliest([up, late, rules.runtime_max.map(|most| started.after(most))])
            }
            Phase::Running if !self.paused => {
                let counted = self.short_runs > 0 || self.told_failed;
                let well = counted.then(|| started.after(rules.policy.reset_after));
                earliest([well, rules.runtime_max.map(|most| started.after(most))])
            }
            Phase::Stopping => {
                let ending = self.ending.as_ref().filter(|ending| !ending.stuck)?;
                let step = rules.stop.step(ending.step as usize)?;
                Some(self.since.after(waited(&rules.stop, ending.step)).after(step.wait))
            }
            _ => None,
        }
    }

    /// Takes in what has happened.
    pub fn on(&mut self, event: JobEvent, rules: &Rules, now: Timestamp) -> Vec<Wish> {
        let mut wishes = Vec::new();
        match event {
            JobEvent::Start => self.start(rules, now),
            JobEvent::Want => self.want(rules, now),
            JobEvent::Stop(reason) => self.stop(reason, rules, now, &mut wishes),
            JobEvent::Restart(reason) => self.restart(reason, rules, now, &mut wishes),
            JobEvent::Reset => self.reset(now),
            JobEvent::Admitted if self.is_startable() => self.spawn(now, &mut wishes),
            JobEvent::Spawned if self.phase.is_live() => self.spawned(rules, now),
            JobEvent::SpawnFailed(why) if self.phase.is_live() => self.spawn_failed(why, rules, now, &mut wishes),
            JobEvent::Ready if self.phase == Phase::Starting => self.come_up(now),
            JobEvent::Ended { status, at, memory } if self.phase.is_live() => {
                self.ended(status, at, memory, rules, now, &mut wishes);
            }
            JobEvent::Gone => self.gone(rules, now, &mut wishes),
            JobEvent::Left(pids) => self.left(pids, &mut wishes),
            JobEvent::Ill(reason, detail) if matches!(self.phase, Phase::Starting | Phase::Running) => {
                self.end(Ending::new(reason, Some(detail)), rules, now, &mut wishes);
            }
            JobEvent::Lost(reason) if self.phase.is_live() => {
                let exit = self.exit(reason, None, now, rules, None);
                self.settle(exit, false, rules, now, &mut wishes);
            }
            JobEvent::Pause if matches!(self.phase, Phase::Starting | Phase::Running) && !self.paused => {
                self.paused = true;
                wishes.push(Wish::Signal(SIGSTOP));
            }
            JobEvent::Resume if self.paused => {
                self.paused = false;
                wishes.push(Wish::Signal(SIGCONT));
            }
            JobEvent::Time => self.time(rules, now, &mut wishes),
            _ => {}
        }
        wishes
    }

    fn go(&mut self, phase: Phase, now: Timestamp) {
        self.phase = phase;
        self.since = now;
    }

    /// It waits for nothing but others and room: neither for its time nor for what an earlier run has left behind.
    pub fn is_startable(&self) -> bool {
        self.phase == Phase::Waiting && self.next_start.is_none() && !self.sweeping
    }

    /// A person's start always clears what was counted.
    fn start(&mut self, rules: &Rules, now: Timestamp) {
        self.goal = Goal::Up;
        self.due = self.due.or_else(|| rules.schedule.as_ref()?.next(now, now));
        self.short_runs = 0;
        self.restarts = 0;
        match self.phase {
            Phase::Starting | Phase::Running => {}
            Phase::Waiting => self.next_start = None,
            Phase::Stopping => {
                if let Some(ending) = &mut self.ending {
                    ending.again = true;
                }
            }
            _ => self.wait_for_room(now),
        }
    }

    /// The schedule may be another one than before.
    fn want(&mut self, rules: &Rules, now: Timestamp) {
        self.due = rules.schedule.as_ref().and_then(|schedule| schedule.next(now, now));
        if self.due.is_none() {
            return self.start(rules, now);
        }
        self.goal = Goal::Up;
        let waits = self.phase == Phase::Waiting && self.next_start.is_some();
        if waits || self.phase.is_at_rest() {
            self.go(Phase::Waiting, now);
            self.next_start = self.due;
        }
    }

    fn wait_for_room(&mut self, now: Timestamp) {
        self.next_start = None;
        self.go(Phase::Waiting, now);
    }

    fn spawn(&mut self, now: Timestamp, wishes: &mut Vec<Wish>) {
        self.run = self.run.saturating_add(1);
        self.started = Some(now);
        self.ready = None;
        self.paused = false;
        self.next_start = None;
        self.ending = None;
        self.overlapped = false;
        self.go(Phase::Starting, now);
        wishes.push(Wish::Spawn);
    }

    fn stop(&mut self, reason: Reason, rules: &Rules, now: Timestamp, wishes: &mut Vec<Wish>) {
        self.goal = Goal::Down;
        self.due = None;
        match self.phase {
            Phase::Stopping => {
                if let Some(ending) = &mut self.ending {
                    ending.again = false;
                }
            }
            Phase::Starting | Phase::Running => self.end(Ending::new(reason, None), rules, now, wishes),
            Phase::Stopped => {}
            Phase::Waiting | Phase::Backoff | Phase::Exited | Phase::Failed => {
                self.next_start = None;
                self.go(Phase::Stopped, now);
            }
        }
    }

    fn restart(&mut self, reason: Reason, rules: &Rules, now: Timestamp, wishes: &mut Vec<Wish>) {
        let live = matches!(self.phase, Phase::Starting | Phase::Running);
        self.start(rules, now);
        if live {
            self.end(Ending { again: true, ..Ending::new(reason, None) }, rules, now, wishes);
        }
    }

    fn reset(&mut self, now: Timestamp) {
        self.short_runs = 0;
        self.restarts = 0;
        self.told_failed = false;
        if matches!(self.phase, Phase::Failed | Phase::Backoff) {
            self.goal = Goal::Down;
            self.due = None;
            self.next_start = None;
            self.go(Phase::Stopped, now);
        }
    }

    /// Begins to end the present run, by the first step of the plan.
    fn end(&mut self, ending: Ending, rules: &Rules, now: Timestamp, wishes: &mut Vec<Wish>) {
        self.ending = Some(ending);
        self.go(Phase::Stopping, now);
        if let Some(step) = rules.stop.step(0) {
            wishes.push(Wish::Signal(step.signal));
        }
    }

    fn spawned(&mut self, rules: &Rules, now: Timestamp) {
        self.started = Some(now);
        if self.phase == Phase::Starting && !rules.probed && rules.min_uptime.is_zero() {
            self.come_up(now);
        }
    }

    fn come_up(&mut self, now: Timestamp) {
        self.ready = Some(now);
        self.go(Phase::Running, now);
    }

    fn spawn_failed(&mut self, why: String, rules: &Rules, now: Timestamp, wishes: &mut Vec<Wish>) {
        let ordered = self.ending.take();
        let mut exit = self.exit(Reason::SpawnError, None, now, rules, Some(why));
        exit.started = now;
        let again = ordered.is_some_and(|ending| ending.again);
        self.settle(exit, again, rules, now, wishes);
    }

    fn exit(
        &self,
        reason: Reason,
        status: Option<ExitStatus>,
        at: Timestamp,
        rules: &Rules,
        detail: Option<String>,
    ) -> Exit {
        let by_itself = matches!(reason, Reason::Exited | Reason::Signaled);
        let well = by_itself && status.is_some_and(|status| rules.is_success(status));
        let started = self.started.unwrap_or(at);
        Exit { run: self.run, reason, status, started, at, success: well || reason.is_ordered(), detail }
    }

    fn ended(
        &mut self,
        status: ExitStatus,
        at: Timestamp,
        memory: Option<Reason>,
        rules: &Rules,
        now: Timestamp,
        wishes: &mut Vec<Wish>,
    ) {
        if let Some(ending) = &mut self.ending {
            // The rest of the set may live on: only `Gone` ends this.
            ending.status.get_or_insert((status, at));
            return;
        }
        let reason = memory.unwrap_or(match status {
            ExitStatus::Code(_) => Reason::Exited,
            ExitStatus::Signal { .. } => Reason::Signaled,
            ExitStatus::Unknown => Reason::Lost,
        });
        let exit = self.exit(reason, Some(status), at, rules, None);
        self.settle(exit, false, rules, now, wishes);
        self.sweep(wishes);
    }

    fn gone(&mut self, rules: &Rules, now: Timestamp, wishes: &mut Vec<Wish>) {
        self.sweeping = false;
        if self.phase != Phase::Stopping {
            return;
        }
        let Some(ending) = self.ending.take() else { return };
        let (status, at) = ending.status.map_or((None, now), |(status, at)| (Some(status), at));
        let killed = matches!(status, Some(ExitStatus::Signal { signal: SIGKILL, .. }));
        let reason = match ending.reason {
            Reason::Stopped if killed && ending.step > 0 => Reason::KilledAfterTimeout,
            reason => reason,
        };
        let exit = self.exit(reason, status, at, rules, ending.detail);
        self.settle(exit, ending.again, rules, now, wishes);
    }

    fn left(&mut self, pids: Vec<u32>, wishes: &mut Vec<Wish>) {
        if let Some(ending) = self.ending.as_mut().filter(|ending| ending.stuck && !ending.told && !pids.is_empty()) {
            ending.told = true;
            wishes.push(Wish::Tell(Notice::Stuck(pids)));
        }
    }

    fn time(&mut self, rules: &Rules, now: Timestamp, wishes: &mut Vec<Wish>) {
        if self.due.is_some_and(|due| due <= now) {
            self.is_due(rules, now, wishes);
        }
        if self.phase_deadline(rules).is_none_or(|deadline| now < deadline) {
            return;
        }
        let started = self.started.unwrap_or(self.since);
        let over = |most: Option<Period>| most.is_some_and(|most| now >= started.after(most));
        match self.phase {
            Phase::Backoff | Phase::Failed => {
                self.restarts = self.restarts.saturating_add(1);
                self.wait_for_room(now);
            }
            Phase::Starting | Phase::Running if over(rules.runtime_max) => {
                self.end(Ending::new(Reason::RuntimeMax, None), rules, now, wishes);
            }
            Phase::Starting if rules.probed => {
                self.end(Ending::new(Reason::StartTimeout, None), rules, now, wishes);
            }
            Phase::Starting => self.come_up(now),
            Phase::Running => self.is_well(wishes),
            Phase::Stopping => self.next_step(rules, wishes),
            _ => {}
        }
    }

    /// Its schedule wants it: it is started, whatever it came to before, unless it is at work already.
    fn is_due(&mut self, rules: &Rules, now: Timestamp, wishes: &mut Vec<Wish>) {
        let due = self.due.unwrap_or(now);
        self.due = rules.schedule.as_ref().and_then(|schedule| schedule.next(due, now));
        let at_work = self.phase.is_live() || self.phase == Phase::Waiting && self.next_start.is_none();
        if !at_work {
            self.short_runs = 0;
            return self.wait_for_room(now);
        }
        self.left_out = self.left_out.saturating_add(1);
        self.overlapped = true;
        if !std::mem::replace(&mut self.told_overlap, true) {
            wishes.push(Wish::Tell(Notice::Overlaps));
        }
    }

    /// It has been up for long enough.
    fn is_well(&mut self, wishes: &mut Vec<Wish>) {
        self.short_runs = 0;
        if std::mem::take(&mut self.told_failed) {
            wishes.push(Wish::Tell(Notice::Recovered));
        }
    }

    fn next_step(&mut self, rules: &Rules, wishes: &mut Vec<Wish>) {
        let Some(ending) = &mut self.ending else { return };
        match rules.stop.step(ending.step as usize + 1) {
            Some(step) => {
                ending.step += 1;
                wishes.push(Wish::Signal(step.signal));
            }
            None => ending.stuck = true,
        }
    }

    /// A run is over; what now?
    fn settle(&mut self, exit: Exit, again: bool, rules: &Rules, now: Timestamp, wishes: &mut Vec<Wish>) {
        self.ending = None;
        self.started = None;
        self.ready = None;
        self.paused = false;
        self.told_overlap &= self.overlapped;
        let restarts = self.wants_another(&exit, again, rules);
        self.count(&exit, rules);
        self.record(exit.clone());
        if again {
            self.wait_for_room(now);
        } else if self.goal == Goal::Down {
            self.go(Phase::Stopped, now);
        } else if restarts && !rules.policy.gives_up(self.short_runs) {
            self.next_start = Some(now.after(rules.policy.pause(self.short_runs, rules.salt)));
            self.go(Phase::Backoff, now);
        } else {
            self.rest(&exit, restarts, rules, now);
        }
        self.tell(&exit, rules, now, wishes);
    }

    fn wants_another(&self, exit: &Exit, again: bool, rules: &Rules) -> bool {
        let barred = exit.status.is_some_and(|status| rules.no_restart.iter().any(|end| end.fits(status)));
        let due = match rules.policy.restart {
            Restart::No => false,
            Restart::OnFailure => !exit.success,
            Restart::Always => true,
        };
        again || (due && !barred && self.goal == Goal::Up)
    }

    fn count(&mut self, exit: &Exit, rules: &Rules) {
        if exit.uptime() >= rules.policy.reset_after {
            self.short_runs = 0;
        }
        if !exit.reason.is_ordered() && exit.uptime() < rules.policy.reset_after {
            self.short_runs = self.short_runs.saturating_add(1);
        }
    }

    /// It is not started again, but perhaps much later.
    fn rest(&mut self, exit: &Exit, gave_up: bool, rules: &Rules, now: Timestamp) {
        let retry = rules.policy.retry_failed.filter(|_| gave_up).map(|pause| now.after(pause));
        self.next_start = earliest([retry, self.due]);
        self.go(if exit.success { Phase::Exited } else { Phase::Failed }, now);
        if rules.once && self.next_start.is_none() {
            self.goal = Goal::Down;
        }
    }

    /// Another run must not find the former's leftovers in its way. A job that is at rest may have left some on purpose.
    fn sweep(&mut self, wishes: &mut Vec<Wish>) {
        if self.phase == Phase::Backoff || self.next_start.is_some() {
            self.sweeping = true;
            wishes.push(Wish::Sweep);
        }
    }

    fn record(&mut self, exit: Exit) {
        self.history.push_back(exit);
        while self.history.len() > limits::KEPT_RUNS {
            self.history.pop_front();
        }
    }

    fn tell(&mut self, exit: &Exit, rules: &Rules, now: Timestamp, wishes: &mut Vec<Wish>) {
        let long = rules.tell_after.is_some_and(|least| exit.uptime() >= least);
        if exit.success {
            if long && !exit.reason.is_ordered() && self.phase == Phase::Exited {
                wishes.push(Wish::Tell(Notice::Finished));
            }
            return;
        }
        let first = !std::mem::replace(&mut self.told_failed, true);
        match self.phase {
            Phase::Failed if first || self.short_runs == rules.policy.limit.saturating_add(1) => {
                wishes.push(Wish::Tell(Notice::GaveUp));
            }
            Phase::Backoff if first => wishes.push(Wish::Tell(Notice::Failed)),
            _ if self.is_flapping(now) => {
                self.told_flapping = Some(now);
                wishes.push(Wish::Tell(Notice::Flapping));
            }
            _ => {}
        }
    }

    fn is_flapping(&self, now: Timestamp) -> bool {
        let recent = |at: Timestamp| now.since(at) < FLAPPING_SPAN;
        let failures = self.history.iter().rev().filter(|exit| !exit.success && recent(exit.at)).count();
        failures >= FLAPPING && !self.told_flapping.is_some_and(recent)
    }
}

const SIGKILL: u8 = 9;
const SIGCONT: u8 = 18;
const SIGSTOP: u8 = 19;

/// How long all steps before this one were waited for.
fn waited(plan: &StopPlan, step: u32) -> Period {
    let waits = (0..step as usize).filter_map(|index| plan.step(index)).map(|step| step.wait.as_millis());
    Period::from_millis(waits.sum())
}

fn earliest<const N: usize>(times: [Option<Timestamp>; N]) -> Option<Timestamp> {
    times.into_iter().flatten().min()
}
