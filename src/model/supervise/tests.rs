//! Lives as they go, and years of failures on a simulated clock.

use proptest::prelude::*;

use super::*;
use crate::base::{ExitStatus, Period, Timestamp};
use crate::job::{Match, Policy, Restart, Rules};

const FAILED: ExitStatus = ExitStatus::Code(1);
const WELL: ExitStatus = ExitStatus::Code(0);

/// A job and its clock. Its program does what the test says; nothing is answered by itself.
struct Rig {
    life: Life,
    rules: Rules,
    now: Timestamp,
    told: Vec<Notice>,
    /// The set is not empty.
    alive: bool,
}

impl Rig {
    fn new(rules: Rules) -> Self {
        Self { life: Life::default(), rules, now: Timestamp(1_000_000), told: Vec::new(), alive: false }
    }

    fn on(&mut self, event: JobEvent) -> Vec<Wish> {
        let wishes = self.life.on(event, &self.rules, self.now);
        for wish in &wishes {
            match wish {
                Wish::Spawn => {
                    assert!(!self.alive, "a second run beside the first: {:?}", self.life);
                    self.alive = true;
                }
                Wish::Tell(notice) => self.told.push(notice.clone()),
                Wish::Signal(_) | Wish::Sweep => {}
            }
        }
        wishes
    }

    fn start(&mut self) -> &mut Self {
        self.on(JobEvent::Start);
        self.admit()
    }

    fn admit(&mut self) -> &mut Self {
        self.on(JobEvent::Admitted);
        self.on(JobEvent::Spawned);
        self
    }

    /// The first process ends, and with it everything.
    fn end(&mut self, status: ExitStatus) -> &mut Self {
        self.alive = false;
        self.on(JobEvent::Ended { status, at: self.now, memory: None });
        self.on(JobEvent::Gone);
        self
    }

    /// To the next deadline; how long that took.
    fn pass(&mut self) -> Period {
        let deadline = self.life.deadline(&self.rules).expect("something is waited for");
        let span = deadline.since(self.now);
        self.now = self.now.max(deadline);
        self.on(JobEvent::Time);
        span
    }

    fn later(&mut self, seconds: u64) -> &mut Self {
        self.now = self.now.after(Period::from_secs(seconds));
        self.on(JobEvent::Time);
        self
    }
}

fn service() -> Rules {
    let policy =
        Policy { restart: Restart::OnFailure, retry_failed: Some(Period::from_secs(600)), ..Policy::default() };
    Rules { policy, ..Rules::default() }
}

#[test]
fn it_runs_when_it_has_been_up_for_a_moment() {
    let mut rig = Rig::new(service());
    rig.on(JobEvent::Start);
    assert_eq!((rig.life.phase, rig.life.goal), (Phase::Waiting, Goal::Up));
    rig.admit();
    assert_eq!((rig.life.phase, rig.life.run), (Phase::Starting, 1));
    assert_eq!(rig.pass(), Period::from_secs(1));
    assert_eq!(rig.life.phase, Phase::Running);
    assert_eq!(rig.life.deadline(&rig.rules), None, "a job that is well needs nobody");
}

#[test]
fn a_job_that_is_run_once_ends_as_it_ends() {
    let once = Rules { once: true, tell_after: Some(Period::from_secs(60)), ..Rules::default() };
    let mut rig = Rig::new(once.clone());
    rig.start().later(5).end(WELL);
    assert_eq!((rig.life.phase, rig.life.goal), (Phase::Exited, Goal::Down));
    assert!(rig.told.is_empty(), "nobody needs to be told of a short one");
    rig.start().later(90).end(WELL);
    assert_eq!(rig.told, [Notice::Finished]);
    let mut rig = Rig::new(once);
    rig.start().end(FAILED);
    assert_eq!((rig.life.phase, rig.life.goal), (Phase::Failed, Goal::Down));
    assert_eq!(rig.told, [Notice::GaveUp]);
    assert_eq!(rig.life.last_exit().unwrap().to_string(), "exit 1");
}

#[test]
fn failures_are_tried_again_with_growing_pauses_and_given_up() {
    let mut rig = Rig::new(service());
    rig.start();
    let mut pauses = Vec::new();
    while rig.life.phase != Phase::Failed {
        rig.end(FAILED);
        if rig.life.phase == Phase::Backoff {
            pauses.push(rig.pass().as_millis() / 100);
            rig.admit();
        }
    }
    assert_eq!(pauses.len(), 10);
    assert!((9..=11).contains(&pauses[0]) && (540..=660).contains(&pauses[9]), "{pauses:?}");
    assert_eq!(rig.told, [Notice::Failed, Notice::Flapping, Notice::GaveUp], "one of each, whatever the number");
    assert_eq!(rig.life.goal, Goal::Up, "it is still wanted");
    assert_eq!(rig.pass(), Period::from_secs(600), "the slow lane");
    rig.admit().end(FAILED);
    assert_eq!(rig.life.phase, Phase::Failed);
    assert_eq!(rig.told.len(), 3, "and no word about it");
    rig.pass();
    rig.admit().later(1);
    assert_eq!(rig.life.phase, Phase::Running);
    rig.later(60);
    assert_eq!((rig.told.last(), rig.life.short_runs), (Some(&Notice::Recovered), 0));
}

#[test]
fn a_long_run_is_forgiven_everything() {
    let mut rig = Rig::new(service());
    rig.start();
    for _ in 0..5 {
        rig.end(FAILED).pass();
        rig.admit();
    }
    rig.later(1).later(3600).end(FAILED);
    assert!(rig.pass() <= Period::from_millis(1100), "the first pause again");
}

#[test]
fn a_person_s_start_clears_the_counter_and_needs_no_pause() {
    let mut rig = Rig::new(service());
    rig.start();
    for _ in 0..4 {
        rig.end(FAILED).pass();
        rig.admit();
    }
    rig.end(FAILED);
    assert_eq!(rig.life.phase, Phase::Backoff);
    rig.start();
    assert_eq!((rig.life.phase, rig.life.short_runs, rig.life.restarts), (Phase::Starting, 0, 0));
}

#[test]
fn stopped_means_that_nothing_is_left() {
    let mut rig = Rig::new(service());
    rig.start().later(2);
    assert_eq!(rig.on(JobEvent::Stop(Reason::Stopped)), [Wish::Signal(15)]);
    rig.on(JobEvent::Ended { status: WELL, at: rig.now, memory: None });
    assert_eq!(rig.life.phase, Phase::Stopping, "its children may live");
    assert_eq!(rig.pass(), Period::from_secs(10));
    assert_eq!(rig.life.ending.as_ref().unwrap().reason, Reason::Stopped);
    rig.alive = false;
    rig.on(JobEvent::Gone);
    assert_eq!((rig.life.phase, rig.life.goal), (Phase::Stopped, Goal::Down));
    assert!(rig.life.last_exit().unwrap().success && rig.told.is_empty());
}

#[test]
fn who_ignores_term_is_killed_and_who_survives_that_is_told_once() {
    let mut rig = Rig::new(service());
    rig.start().later(2);
    rig.on(JobEvent::Stop(Reason::Stopped));
    let deadline = rig.life.deadline(&rig.rules).unwrap();
    assert_eq!(deadline.since(rig.now), Period::from_secs(10));
    rig.now = deadline;
    assert_eq!(rig.on(JobEvent::Time), [Wish::Signal(9)]);
    assert!(rig.on(JobEvent::Left(vec![7])).is_empty(), "KILL may need a moment");
    rig.pass();
    rig.on(JobEvent::Left(vec![7]));
    rig.on(JobEvent::Left(vec![7]));
    assert_eq!(rig.told, [Notice::Stuck(vec![7])]);
    assert_eq!((rig.life.phase, rig.life.deadline(&rig.rules)), (Phase::Stopping, None));
    rig.end(ExitStatus::Signal { signal: 9, core: false });
    assert_eq!(rig.life.phase, Phase::Stopped);
    assert_eq!(rig.life.last_exit().unwrap().reason, Reason::KilledAfterTimeout);
}

#[test]
fn restart_waits_for_the_end_and_then_begins() {
    let mut rig = Rig::new(service());
    rig.start().later(2);
    assert_eq!(rig.on(JobEvent::Restart(Reason::Stopped)), [Wish::Signal(15)]);
    rig.end(ExitStatus::Signal { signal: 15, core: false });
    assert_eq!((rig.life.phase, rig.life.goal), (Phase::Waiting, Goal::Up));
    rig.admit();
    assert_eq!((rig.life.phase, rig.life.run), (Phase::Starting, 2));
    assert!(rig.told.is_empty());
}

#[test]
fn what_is_never_ready_fails_and_is_restarted() {
    let rules = Rules { probed: true, start_timeout: Some(Period::from_secs(90)), ..service() };
    let mut rig = Rig::new(rules);
    rig.start();
    assert_eq!(rig.pass(), Period::from_secs(90));
    assert_eq!(rig.life.phase, Phase::Stopping);
    rig.end(ExitStatus::Signal { signal: 15, core: false });
    assert_eq!(rig.life.phase, Phase::Backoff);
    assert_eq!(rig.life.last_exit().unwrap().to_string(), "not ready in time (SIGTERM)");
    rig.pass();
    rig.admit();
    rig.on(JobEvent::Ready);
    assert_eq!(rig.life.phase, Phase::Running);
}

#[test]
fn a_run_s_leftovers_are_ended_before_the_next() {
    let mut rig = Rig::new(service());
    rig.start().later(2);
    rig.alive = false;
    let wishes = rig.on(JobEvent::Ended { status: FAILED, at: rig.now, memory: None });
    assert!(wishes.contains(&Wish::Sweep), "{wishes:?}");
    assert_eq!(rig.life.deadline(&rig.rules), None, "not before they are gone");
    rig.on(JobEvent::Start);
    assert!(rig.on(JobEvent::Admitted).is_empty());
    rig.on(JobEvent::Gone);
    assert_eq!(rig.on(JobEvent::Admitted), [Wish::Spawn]);
}

#[test]
fn an_end_from_outside_is_a_failure_unless_the_rules_say_otherwise() {
    let term = ExitStatus::Signal { signal: 15, core: false };
    let mut rig = Rig::new(service());
    rig.start().later(2).end(term);
    assert_eq!(rig.life.phase, Phase::Backoff);
    let mut rig = Rig::new(Rules { success: vec![Match::Signal(15)], ..service() });
    rig.start().later(2).end(term);
    assert_eq!(rig.life.phase, Phase::Exited);
    let mut rig = Rig::new(Rules { no_restart: vec![Match::Code(1)], ..service() });
    rig.start().later(2).end(FAILED);
    assert_eq!((rig.life.phase, rig.life.next_start), (Phase::Failed, None));
}

#[test]
fn out_of_memory_and_losses_have_their_names() {
    let mut rig = Rig::new(service());
    rig.start().later(2);
    rig.alive = false;
    let killed = ExitStatus::Signal { signal: 9, core: false };
    rig.on(JobEvent::Ended { status: killed, at: rig.now, memory: Some(Reason::OomProbable) });
    assert_eq!(rig.life.last_exit().unwrap().to_string(), "probably out of memory (SIGKILL)");
    rig.on(JobEvent::Gone);
    rig.pass();
    rig.admit();
    rig.alive = false;
    rig.on(JobEvent::Lost(Reason::Reboot));
    assert_eq!(rig.life.last_exit().unwrap().to_string(), "lost in reboot");
    assert_eq!(rig.life.phase, Phase::Backoff);
}

fn scheduled(text: &str) -> Rules {
    Rules { schedule: Some(text.parse().unwrap()), min_uptime: Period::ZERO, ..service() }
}

#[test]
fn a_job_with_a_schedule_waits_and_runs_at_its_time() {
    let mut rig = Rig::new(scheduled("every 15m"));
    rig.on(JobEvent::Want);
    assert_eq!((rig.life.phase, rig.life.goal), (Phase::Waiting, Goal::Up));
    assert!(rig.on(JobEvent::Admitted).is_empty(), "its time has not come");
    for run in 1..=3 {
        assert_eq!(rig.pass(), Period::from_secs(900));
        rig.admit();
        assert_eq!((rig.life.phase, rig.life.run), (Phase::Running, run));
        rig.end(WELL);
        assert_eq!((rig.life.phase, rig.life.goal), (Phase::Exited, Goal::Up));
    }
    rig.start();
    assert_eq!(rig.life.run, 4, "a person needs not wait");
    rig.end(WELL);
    rig.on(JobEvent::Stop(Reason::Stopped));
    assert_eq!(rig.life.deadline(&rig.rules), None, "what is stopped stays stopped");
}

#[test]
fn times_that_pass_while_it_runs_are_left_out_and_told_once() {
    let mut rig = Rig::new(scheduled("every 1m"));
    rig.on(JobEvent::Want);
    rig.pass();
    rig.admit();
    rig.later(70).later(70).later(30);
    assert_eq!((rig.life.left_out, rig.life.run), (2, 1));
    rig.end(WELL);
    rig.pass();
    rig.admit().later(61).end(WELL);
    assert_eq!(rig.told, [Notice::Overlaps], "once, while it goes on so");
    rig.pass();
    rig.admit().later(5).end(WELL);
    rig.pass();
    rig.admit().later(61);
    assert_eq!(rig.told.len(), 2, "and again when it had been well meanwhile");
}

#[test]
fn times_that_were_missed_are_made_up_for_once() {
    let mut rig = Rig::new(scheduled("every 1h"));
    rig.on(JobEvent::Want);
    rig.now = rig.now.after(Period::from_secs(86_400 * 3));
    rig.on(JobEvent::Time);
    rig.admit().end(WELL);
    assert_eq!(rig.life.run, 1);
    assert!(rig.pass() <= Period::from_secs(3600) && rig.life.phase == Phase::Waiting);
}

#[test]
fn a_failed_run_is_retried_and_its_next_time_begins_anew() {
    let mut rig = Rig::new(scheduled("every 1m"));
    rig.on(JobEvent::Want);
    rig.pass();
    rig.admit().end(FAILED);
    assert_eq!(rig.life.phase, Phase::Backoff);
    for _ in 0..4 {
        rig.pass();
        rig.admit().end(FAILED);
    }
    assert_eq!((rig.life.phase, rig.life.short_runs), (Phase::Backoff, 5));
    rig.now = rig.life.due.unwrap();
    rig.on(JobEvent::Time);
    assert_eq!((rig.life.phase, rig.life.short_runs), (Phase::Waiting, 0));
}

/// What may happen next, weighted by nothing but chance.
fn happening() -> impl Strategy<Value = u8> {
    0..16u8
}

proptest! {
    #[test]
    fn whatever_happens_there_is_one_run_at_a_time_and_time_always_helps(
        happenings in proptest::collection::vec((happening(), 0..200_000u64), 1..300),
        probed: bool,
        limit in 0..4u32,
        always: bool,
        scheduled: bool,
    ) {
        let restart = if always { Restart::Always } else { Restart::OnFailure };
        let mut rules = service();
        rules.policy = Policy { limit, restart, ..rules.policy };
        rules.probed = probed;
        rules.schedule = scheduled.then(|| "every 90s".parse().unwrap());
        rules.start_timeout = Some(Period::from_secs(5));
        let mut rig = Rig::new(rules);
        for (what, milliseconds) in happenings {
            rig.now = rig.now.after(Period::from_millis(milliseconds));
            let status = if milliseconds % 2 == 0 { WELL } else { FAILED };
            let live = rig.life.phase.is_live() && rig.alive;
            match what {
                0..3 => drop(rig.on(JobEvent::Admitted)),
                3 => drop(rig.on(JobEvent::Start)),
                4 => drop(rig.on(JobEvent::Stop(Reason::Stopped))),
                5 => drop(rig.on(JobEvent::Restart(Reason::Stopped))),
                6 if live => drop(rig.end(status)),
                7 if live => {
                    // The first process is gone and one of its children is not.
                    rig.on(JobEvent::Ended { status, at: rig.now, memory: None });
                }
                8 => {
                    rig.alive &= rig.life.phase.is_live() && rig.life.phase != Phase::Stopping;
                    if !rig.alive || rig.life.sweeping {
                        rig.alive = rig.alive && !rig.life.sweeping;
                        rig.on(JobEvent::Gone);
                    }
                }
                9 => drop(rig.on(JobEvent::Ready)),
                10 => drop(rig.on(JobEvent::Ill(Reason::Health, "refused".into()))),
                11 => drop(rig.on(JobEvent::Pause)),
                12 => drop(rig.on(JobEvent::Resume)),
                13 => drop(rig.on(JobEvent::Reset)),
                14 => drop(rig.on(JobEvent::Want)),
                _ => drop(rig.on(JobEvent::Time)),
            }
            if rig.life.phase.is_at_rest() && !rig.life.sweeping {
                // Leftovers of a run that is not followed by another are its own business.
                rig.alive = false;
            }
            // Time at the deadline changes something: no loop can spin.
            if let Some(deadline) = rig.life.deadline(&rig.rules) {
                let mut ahead = rig.life.clone();
                let wishes = ahead.on(JobEvent::Time, &rig.rules, deadline.max(rig.now));
                prop_assert!(!wishes.is_empty() || ahead != rig.life, "{:?}", rig.life);
            }
            if rig.life.phase == Phase::Stopped {
                prop_assert_eq!(rig.life.goal, Goal::Down);
            }
            prop_assert_eq!(rig.life.ending.is_some(), rig.life.phase == Phase::Stopping);
            let waits = match rig.life.phase {
                Phase::Backoff => Some(true),
                Phase::Failed => None,
                Phase::Waiting | Phase::Exited if rig.rules.schedule.is_some() => None,
                _ => Some(false),
            };
            prop_assert!(waits.is_none_or(|waits| rig.life.next_start.is_some() == waits), "{:?}", rig.life);
            prop_assert_eq!(rig.life.due.is_some(), rig.rules.schedule.is_some() && rig.life.goal == Goal::Up);
        }
    }

    #[test]
    fn a_schedule_is_kept_over_years(
        takes in prop::collection::vec(0..200_000i64, 1..20),
        text in prop::sample::select(vec!["every 1m", "every 7h", "*/7 * * * *", "30 4 * * 1-5", "@weekly"]),
        away in 0..40_000u64,
    ) {
        let mut rig = Rig::new(scheduled(text));
        rig.on(JobEvent::Want);
        for (starts, seconds) in (0u32..300).zip(takes.iter().cycle()) {
            let due = rig.life.due.unwrap();
            prop_assert!(due > rig.now || rig.life.phase == Phase::Waiting);
            // Nobody looks at the clock for a while: at most one run makes up for that.
            rig.now = rig.now.max(due).after(Period::from_secs(if starts % 5 == 0 { away } else { 0 }));
            rig.on(JobEvent::Time);
            prop_assert_eq!(rig.life.phase, Phase::Waiting);
            rig.admit();
            prop_assert_eq!(rig.life.run, starts + 1);
            rig.now = Timestamp(rig.now.0 + seconds);
            rig.on(JobEvent::Time);
            rig.end(WELL);
            prop_assert!(rig.life.due.unwrap() > rig.now);
            prop_assert_eq!(rig.life.next_start, rig.life.due);
        }
    }

    #[test]
    fn a_job_that_never_works_is_started_some_hundred_times_a_day(lives in 0..30_000u64, salt: u64) {
        let mut rules = service();
        rules.salt = salt;
        let mut rig = Rig::new(rules);
        rig.start();
        let day = rig.now.after(Period::from_secs(86_400));
        while rig.now < day {
            rig.now = rig.now.after(Period::from_millis(lives));
            rig.on(JobEvent::Time);
            rig.end(FAILED).pass();
            rig.admit();
        }
        prop_assert!(rig.life.run < 170, "{} runs", rig.life.run);
        prop_assert!(rig.told.len() <= 3 + 24, "{:?}", rig.told);
    }
}
