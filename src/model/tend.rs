//! Jobs among panes: what happens to panes reaches the lives of their jobs, and what those wish for is done.

use std::path::Path;

use crate::base::{Error, ExitStatus, PaneId, Timestamp, limits};
use crate::job::{Condition, Kind, Need, OnLoss};

use super::client::Aim;
use super::job::Job;
use super::pane::Pane;
use super::supervise::{Goal, JobEvent, Notice, Phase, Reason, Wish};
use super::{Effect, Part, State};

impl State {
    /// Something has happened to a job.
    pub fn job_event(&mut self, name: &str, event: JobEvent, now: Timestamp) {
        let Some(job) = self.jobs.get_mut(name) else { return };
        if matches!(event, JobEvent::Start | JobEvent::Restart(_)) {
            self.going_down.remove(name);
        }
        let before = (job.life.phase, job.life.run);
        let last = job.life.last_exit().cloned();
        let rules = job.rules();
        let wishes = job.life.on(event, &rules, now);
        let (after, session) = ((job.life.phase, job.life.run), job.session);
        let ended = job.life.last_exit() != last.as_ref();
        // A job that was waiting for its time may begin without having moved.
        self.admission_due |= job.life.is_startable();
        self.save_part(Part::Jobs);
        self.settle_watch(name);
        if let Some(session) = session {
            self.redraw(session);
        }
        if ended {
            self.call_exit_hook(name, now);
        }
        for wish in wishes {
            self.grant(name, wish, now);
        }
        if before != after {
            self.moved_on(name, before.0, after.0, now);
        }
    }

    fn grant(&mut self, name: &str, wish: Wish, now: Timestamp) {
        let Some(job) = self.jobs.get(name) else { return };
        let pane = job.pane;
        match (wish, pane) {
            (Wish::Spawn, _) => self.spawn_job(name, now),
            (Wish::Signal(signal), Some(pane)) => {
                self.push(Effect::SignalSet { pane, signal });
                if job_is_ending(self.jobs.get(name)) {
                    self.push(Effect::WatchSet { job: name.to_owned(), pane });
                }
            }
            (Wish::Sweep, Some(pane)) => {
                let plan = job.spec.stop.clone();
                self.push(Effect::SweepSet { job: name.to_owned(), pane, plan });
            }
            // What never ran has nothing to be ended.
            (Wish::Signal(_) | Wish::Sweep, None) => self.job_event(name, JobEvent::Gone, now),
            (Wish::Tell(notice), _) => self.notify(name, notice, now),
        }
    }

    /// The next run: in the pane of the last one where that is still there, else in a session of the job's name.
    fn spawn_job(&mut self, name: &str, now: Timestamp) {
        let Some(job) = self.jobs.get(name) else { return };
        let (pane, program) = (job.pane, job.program.clone());
        let dead = pane.filter(|pane| self.pane(*pane).is_some_and(|pane| pane.dead().is_some()));
        let started = match dead {
            Some(pane) => self.run_again(pane, Some(program), false).map(|()| pane),
            None => self.session_for(name, now),
        };
        if let Err(error) = started {
            self.job_event(name, JobEvent::SpawnFailed(error.message), now);
        }
    }

    /// A job has come to another phase: others may have waited for that, or lose what they need.
    fn moved_on(&mut self, name: &str, before: Phase, after: Phase, now: Timestamp) {
        if before.is_live() && !after.is_live() {
            self.push(Effect::Untend { job: name.to_owned() });
            self.leave_behind(name, now);
        }
        self.admission_due = true;
    }

    /// Starts every job whose needs are met and for which there is room.
    pub fn admit_jobs(&mut self, now: Timestamp) {
        self.admission_due = false;
        while let Some(name) = self.next_admitted() {
            self.job_event(&name, JobEvent::Admitted, now);
            if self.jobs.get(&name).is_some_and(|job| job.life.is_startable()) {
                // It could not take the offer; what changes that comes as an event.
                return;
            }
        }
    }

    fn next_admitted(&self) -> Option<String> {
        let admitted = |job: &&Job| job.life.is_startable() && self.may_start(job);
        self.jobs.iter().find(admitted).map(|job| job.name.clone())
    }

    fn may_start(&self, job: &Job) -> bool {
        job.spec.needs.iter().all(|need| self.is_met(need)) && self.has_room(job)
    }

    /// What a job still waits for, in words; none where it may start.
    pub fn waits_for(&self, job: &Job) -> Option<String> {
        if let Some(need) = job.spec.needs.iter().find(|need| !self.is_met(need)) {
            let state = self.jobs.get(&need.job).map_or("no job", Job::state);
            let condition = self.condition(need).name();
            return Some(format!("{} to be {condition} (it is {state})", need.job));
        }
        let group = job.spec.group.as_ref().filter(|_| !self.has_room(job))?;
        Some(format!("room in the group {group}"))
    }

    fn condition(&self, need: &Need) -> Condition {
        let task = self.jobs.get(&need.job).is_some_and(|job| job.spec.kind == Kind::Task || job.spec.once);
        need.condition.unwrap_or(if task { Condition::Done } else { Condition::Ready })
    }

    fn is_met(&self, need: &Need) -> bool {
        let Some(job) = self.jobs.get(&need.job) else { return false };
        let life = &job.life;
        match self.condition(need) {
            Condition::Started => matches!(life.phase, Phase::Starting | Phase::Running),
            Condition::Ready => life.phase == Phase::Running,
            Condition::Done => life.phase == Phase::Exited && life.last_exit().is_some_and(|exit| exit.success),
        }
    }

    fn has_room(&self, job: &Job) -> bool {
        let Some(group) = &job.spec.group else { return true };
        let most = self.groups.get(group).copied().unwrap_or(0);
        let live = |other: &&Job| other.spec.group.as_ref() == Some(group) && other.life.phase.is_live();
        most == 0 || self.jobs.iter().filter(live).count() < most as usize
    }

    /// What becomes of those that need a job that has ended.
    fn leave_behind(&mut self, name: &str, now: Timestamp) {
        let needs = |job: &&Job| job.life.phase.is_live() && job.spec.needs.iter().any(|need| need.job == name);
        let dependents: Vec<(String, OnLoss)> =
            self.jobs.iter().filter(needs).map(|job| (job.name.clone(), job.spec.on_loss)).collect();
        for (dependent, on_loss) in dependents {
            match on_loss {
                OnLoss::Keep => {}
                OnLoss::Restart => self.job_event(&dependent, JobEvent::Restart(Reason::Dependency), now),
                OnLoss::Stop => self.job_event(&dependent, JobEvent::Stop(Reason::Dependency), now),
            }
        }
    }

    fn notify(&mut self, name: &str, notice: Notice, now: Timestamp) {
        let Some(job) = self.jobs.get(name) else { return };
        let text = told(job, &notice);
        let bad = !matches!(notice, Notice::Recovered | Notice::Finished);
        let clients: Vec<_> = self.clients.keys().copied().collect();
        for client in clients {
            self.push(Effect::Notice { client, text: text.clone(), error: bad });
        }
        self.call_hook(name, &notice, &text, now);
        self.notices.add(name, notice, text, now);
        self.save_part(Part::Jobs);
        self.redraw_all();
    }

    /// 0 when a job runs or rests as it should, 1 when it does not, nothing while that is open.
    pub(super) fn settled(&self, name: &str) -> Option<u8> {
        let Some(job) = self.jobs.get(name) else { return Some(0) };
        if self.going_down.contains(name) {
            return None;
        }
        match job.life.phase {
            Phase::Running | Phase::Stopped | Phase::Exited => Some(0),
            // Its time has not come.
            Phase::Waiting if job.life.next_start.is_some() => Some(0),
            Phase::Backoff | Phase::Failed => Some(1),
            Phase::Waiting | Phase::Starting | Phase::Stopping => None,
        }
    }

    /// 0 when a job has come so far, 1 when it will not without somebody's doing, nothing while that is open. A
    /// restart that is due is waited through.
    pub(super) fn comes(&self, name: &str, aim: Aim) -> Option<u8> {
        let Some(job) = self.jobs.get(name) else { return Some(u8::from(aim != Aim::Stopped)) };
        let well = job.life.phase == Phase::Exited;
        match (aim, job.life.phase) {
            (Aim::Ready, Phase::Running) => Some(0),
            (Aim::Success, _) if well => Some(0),
            (Aim::Stopped, _) => job.is_over().then_some(0),
            (_, Phase::Exited | Phase::Failed | Phase::Stopped) => Some(1),
            _ => None,
        }
    }

    /// What to say of jobs that came to no good.
    pub(super) fn outcome(&self, bad: &[String]) -> Option<Error> {
        let name = bad.first()?;
        let Some(job) = self.jobs.get(name) else { return Some(Error::refused(format!("job {name} is forgotten"))) };
        let how = job.life.last_exit().map_or_else(|| job.state().to_owned(), ToString::to_string);
        let verb = if matches!(job.life.phase, Phase::Backoff | Phase::Failed) { "failed" } else { job.state() };
        let error = Error::refused(format!("job {} {verb}: {how}", job.name));
        let others = match bad.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        Some(error.hint(format!("`mux why {}`, `mux logs {}`{others}", job.name, job.name)))
    }

    // ---- what panes tell -------------------------------------------------------------------------------------

    /// The pane's program runs.
    pub(super) fn job_started(&mut self, pane: PaneId, pid: u32, now: Timestamp) {
        let Some(name) = self.job_name(pane) else { return };
        if let Some(job) = self.jobs.get_mut(&name) {
            job.pid = Some(pid);
        }
        self.stream_attended(&name, pane);
        self.job_event(&name, JobEvent::Spawned, now);
        self.tend(name);
    }

    /// The keeper holds this program; that it was started may not have been written.
    pub(super) fn job_found(&mut self, pane: PaneId, pid: u32, started: Timestamp) {
        let Some(job) = self.jobs.jobs.iter_mut().find(|job| job.pane == Some(pane) && job.pid != Some(pid)) else {
            return;
        };
        job.pid = Some(pid);
        let name = job.name.clone();
        self.job_event(&name, JobEvent::Spawned, started);
    }

    pub(super) fn tend(&mut self, name: String) {
        if self.jobs.get(&name).is_some_and(|job| job.spec.is_tended()) {
            self.push(Effect::Tend { job: name });
        }
    }

    pub(super) fn job_health(&mut self, name: &str, run: u32, well: bool, took: u32, at: Timestamp) {
        let Some(job) = self.jobs.get_mut(name).filter(|job| job.life.run == run) else { return };
        job.health.look(well, took, at);
    }

    pub(super) fn job_alert(&mut self, name: &str, run: u32, line: String, now: Timestamp) {
        if self.jobs.get(name).is_some_and(|job| job.life.run == run) {
            let line = super::names::cut(&line.replace(char::is_control, " "), limits::ALERT_LINE);
            self.notify(name, Notice::Alert(line), now);
        }
    }

    pub(super) fn job_ended(&mut self, pane: PaneId, status: ExitStatus, at: Timestamp) {
        let Some(name) = self.job_name(pane) else { return };
        let lost = (self.jobs.rebooted && status == ExitStatus::Unknown).then_some(Reason::Reboot);
        let memory = self.starved.remove(&pane).or(lost);
        self.job_event(&name, JobEvent::Ended { status, at, memory }, at);
        if self.early_gone.remove(&name) {
            self.job_event(&name, JobEvent::Gone, at);
        }
    }

    /// Tells the server which files are to be watched for a job, where that has changed.
    pub(super) fn settle_watch(&mut self, name: &str) {
        let wanted = self.jobs.get(name).filter(|job| job.life.goal == Goal::Up);
        let wanted = wanted.and_then(|job| job.spec.watch.clone());
        if self.watched.get(name) == wanted.as_ref() {
            return;
        }
        match &wanted {
            Some(watch) => drop(self.watched.insert(name.to_owned(), watch.clone())),
            None => drop(self.watched.remove(name)),
        }
        self.push(Effect::Watch { job: name.to_owned(), watch: wanted });
    }

    /// Files that it is made of have changed.
    pub(super) fn job_changed(&mut self, name: &str, path: &Path, now: Timestamp) {
        if !self.watched.contains_key(name) {
            return;
        }
        if let Some(job) = self.jobs.get_mut(name) {
            job.changed = Some(path.to_owned());
        }
        self.job_event(name, JobEvent::Restart(Reason::Changed), now);
    }

    /// Somebody has looked at a job's set while it is being ended.
    pub(super) fn job_set(&mut self, name: &str, left: Vec<u32>, now: Timestamp) {
        if !left.is_empty() {
            return self.job_event(name, JobEvent::Left(left), now);
        }
        let pane = self.jobs.get(name).and_then(|job| job.pane);
        let untold = |pane: &PaneId| self.closing.contains_key(pane) || self.pane(*pane).is_some_and(Pane::is_running);
        if pane.as_ref().is_some_and(untold) {
            // How its first process ended is still on the way.
            self.early_gone.insert(name.to_owned());
        } else {
            self.job_event(name, JobEvent::Gone, now);
        }
    }

    /// The pane is taken away by a person: that stops its job.
    pub(super) fn job_closed(&mut self, pane: PaneId) {
        let Some(name) = self.job_name(pane) else { return };
        self.job_event(&name, JobEvent::Stop(Reason::Stopped), self.now);
    }

    /// The program could not be started. True where that is a job's own matter, and the pane stays out of it.
    pub(super) fn job_failed(&mut self, pane: PaneId, message: &str, now: Timestamp) {
        let Some(name) = self.job_name(pane) else { return };
        let Some(job) = self.jobs.get_mut(&name) else { return };
        if job.spec.once && job.life.run <= 1 && job.life.history.is_empty() && job.source.is_none() {
            self.jobs.remove(&name);
            self.save_part(Part::Jobs);
            return;
        }
        self.job_event(&name, JobEvent::SpawnFailed(message.to_owned()), now);
    }

    /// A person has the pane's program started again: where that is a job, it is the job that is started. False where
    /// it is none, or where it runs and may not be ended for that.
    pub(super) fn job_again(&mut self, pane: PaneId, kill: bool) -> bool {
        let Some(name) = self.job_name(pane) else { return false };
        let live = self.jobs.get(&name).is_some_and(|job| job.life.phase.is_live());
        if live && !kill {
            return false;
        }
        self.job_event(&name, JobEvent::Restart(Reason::Stopped), self.now);
        self.admit_jobs(self.now);
        true
    }

    /// The pane is given to another program: it is its job's no more.
    pub(super) fn job_leaves(&mut self, pane: PaneId) {
        let Some(name) = self.job_name(pane) else { return };
        if let Some(job) = self.jobs.get_mut(&name).filter(|job| job.is_over()) {
            job.pane = None;
            job.session = None;
        }
    }

    fn job_name(&self, pane: PaneId) -> Option<String> {
        self.jobs.of_pane(pane).map(|job| job.name.clone())
    }

    /// The job of this pane is not over: its pane and whoever waits in front of it stay.
    pub(super) fn job_goes_on(&self, pane: PaneId) -> bool {
        self.jobs.of_pane(pane).is_some_and(|job| !job.is_over())
    }

    // ---- time ------------------------------------------------------------------------------------------------

    /// When [`super::Event::Time`] has something to do.
    pub fn deadline(&self) -> Option<Timestamp> {
        let lives = self.jobs.iter().filter_map(|job| job.life.deadline(&job.rules()));
        lives.chain(self.waiters.iter().filter_map(|waiter| waiter.until)).min()
    }

    pub(super) fn time(&mut self, now: Timestamp) {
        self.mend_dues(now);
        let due = |job: &&Job| job.life.deadline(&job.rules()).is_some_and(|deadline| deadline <= now);
        let names: Vec<String> = self.jobs.iter().filter(due).map(|job| job.name.clone()).collect();
        for name in names {
            self.job_event(&name, JobEvent::Time, now);
        }
    }

    /// Where the clock was set back, the next time of a schedule may be far ahead: the schedule is asked again.
    fn mend_dues(&mut self, now: Timestamp) {
        let ahead = |job: &&Job| {
            let next = job.spec.schedule.as_ref().and_then(|schedule| schedule.next(now, now));
            next.zip(job.life.due).is_some_and(|(next, due)| due > next)
        };
        let names: Vec<String> = self.jobs.iter().filter(ahead).map(|job| job.name.clone()).collect();
        for name in names {
            self.job_event(&name, JobEvent::Want, now);
        }
    }

    /// After a server's death: what was being ended is ended, what nobody holds is lost.
    pub(super) fn resume_jobs(&mut self, held: impl Fn(PaneId) -> bool, reason: Reason, now: Timestamp) {
        // A schedule is kept by itself: also for what was missed meanwhile.
        let back = |job: &Job| self.jobs.rebooted && job.comes_back() && job.life.due.is_none();
        let jobs: Vec<(String, Option<PaneId>, Phase, bool, bool)> = self
            .jobs
            .iter()
            .map(|job| (job.name.clone(), job.pane, job.life.phase, job.life.sweeping, back(job)))
            .collect();
        for (name, pane, phase, sweeping, back) in jobs {
            self.settle_watch(&name);
            match pane.filter(|pane| held(*pane)) {
                None if phase.is_live() => self.job_event(&name, JobEvent::Lost(reason), now),
                Some(_) if matches!(phase, Phase::Starting | Phase::Running) => self.tend(name.clone()),
                Some(pane) if phase == Phase::Stopping => {
                    self.push(Effect::WatchSet { job: name.clone(), pane });
                }
                _ if sweeping => self.job_event(&name, JobEvent::Gone, now),
                _ => {}
            }
            if back {
                self.job_event(&name, JobEvent::Want, now);
            }
        }
        self.admit_jobs(now);
    }

    /// A pane whose program runs while its job is at rest, in words.
    pub(super) fn job_contradiction(&self) -> Option<String> {
        self.jobs.iter().find_map(|job| {
            let runs = self.pane(job.pane?)?.is_running();
            (runs && job.is_over()).then(|| format!("job {} is {} and its pane runs", job.name, job.state()))
        })
    }
}

fn job_is_ending(job: Option<&Job>) -> bool {
    job.is_some_and(|job| job.life.phase == Phase::Stopping)
}

/// A notice as a person reads it.
fn told(job: &Job, notice: &Notice) -> String {
    let name = &job.name;
    let how = job.life.last_exit().map_or_else(String::new, |exit| exit.to_string());
    match notice {
        Notice::Failed => format!("job {name} failed: {how}; it is being restarted"),
        Notice::GaveUp if job.life.goal == Goal::Down => format!("job {name} failed: {how}"),
        Notice::GaveUp => format!("job {name} failed for good: {how}; `mux why {name}`"),
        Notice::Flapping => format!("job {name} fails again and again: {how}"),
        Notice::Recovered => format!("job {name} is well again"),
        Notice::Finished => format!("job {name} is done: {how}"),
        Notice::Alert(line) => format!("job {name} says: {line}"),
        Notice::Overlaps => format!("job {name} takes longer than its schedule leaves it: starts are left out"),
        Notice::Stuck(pids) => {
            let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
            format!("job {name} cannot be ended: {} still there", pids.join(", "))
        }
    }
}
