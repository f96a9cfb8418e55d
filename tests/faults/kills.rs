//! The runs: a short one on every change, and a long one when asked for.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::checks::Check;
use crate::harness::Screen;
use crate::judge::Verdict;
use crate::schedule::{Fault, Kinds, Round, Schedule};
use crate::stage::Stage;

/// Between two looks into the whole history.
const THOROUGH: u64 = 20;

/// Seconds of the short run, beside its start and its end.
const SHORT: Duration = Duration::from_secs(60);

/// Rounds of the long run.
const LONG: u64 = 1500;

/// Seconds of the runs that the others are measured by.
const CONTROL: Duration = Duration::from_secs(5);

/// Where nothing is broken nothing is lost: the checks do not complain of themselves.
#[test]
fn nothing_is_broken_and_all_is_well() {
    run(Kinds::None, |started, _| started.elapsed() < CONTROL);
}

#[test]
fn clients_are_killed_and_nobody_notices() {
    run(Kinds::Clients, |started, _| started.elapsed() < CONTROL);
}

#[test]
fn any_part_is_killed_and_nothing_is_lost() {
    run(Kinds::All, |started, _| started.elapsed() < limit("MUX_FAULT_SECONDS", SHORT));
}

/// `cargo test --release --test faults -- --ignored soak --nocapture`
#[test]
#[ignore = "takes an hour: 1,000 kills and 100 upgrades"]
fn soak() {
    run(Kinds::All, |_, rounds| rounds < number("MUX_FAULT_ROUNDS").unwrap_or(LONG));
}

/// One run at a time: they measure.
static ALONE: Mutex<()> = Mutex::new(());

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is a number: {text}")))
}

fn limit(variable: &str, usual: Duration) -> Duration {
    number(variable).map_or(usual, Duration::from_secs)
}

/// Rounds for as long as asked; then the totals.
fn run(kinds: Kinds, more: impl Fn(Instant, u64) -> bool) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let seed = number("MUX_FAULT_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("MUX_FAULT_SEED={seed}");
    let mut stage = Stage::new(seed, kinds);
    let mut schedule = Schedule::new(seed, kinds);
    let started = Instant::now();
    while more(started, stage.breaker.tally.rounds) {
        let round = schedule.round();
        stage.breaker.tally.rounds += 1;
        let thorough = stage.breaker.tally.rounds.is_multiple_of(THOROUGH);
        if let Err(lost) = stage.go_through(&round).and_then(|()| stage.judge(thorough)) {
            panic!("{}", stage.complaint(seed, &round, &lost));
        }
        if thorough {
            println!("{:?}; answers {}; fresh output {}", stage.breaker.tally, stage.answered, stage.fresh);
        }
    }
    if let Err(lost) = stage.judge(true) {
        panic!("after the last round of seed {seed}: {lost}");
    }
    println!("{:?}", stage.breaker.tally);
    println!("answers to programs that came twice: {}", stage.twins.iter().map(|twin| twin.doubled).sum::<u64>());
    println!("another keeper had everything after {}", stage.breaker.handed_over);
    println!("answers after {}", stage.answered);
    println!("fresh output on an attached client after {}", stage.fresh);
}

impl Stage {
    /// A fault, with what goes on meanwhile, until a server answers again.
    fn go_through(&mut self, round: &Round) -> Verdict {
        // Where nobody changes anything, nothing may have changed.
        let still = round.actions.is_empty() && self.kinds.judge(Check::Names);
        let before = still.then(|| self.facts());
        self.press(round.keys.0);
        let begun = self.hands.log.len();
        let since = self.break_while_busy(round);
        self.press(round.keys.1);
        self.breaker.served(&self.world);
        if !matches!(round.fault, Fault::Nothing | Fault::Client | Fault::HangUp) {
            self.answered.note(since.elapsed());
            self.see_fresh_output(since);
        }
        self.breaker.tally.commands += self.hands.log.len() - begun;
        match before {
            Some(before) => same(&before, &self.facts()),
            None => Ok(()),
        }
    }

    /// All that the server knows and that does not move by itself.
    fn facts(&self) -> String {
        const LISTS: &[&str] = &[
            "list-sessions -F '#{session_id} #{session_name} #{session_created} #{session_path} #{session_windows}'",
            "list-windows -a -F '#{window_id} #{session_name}:#{window_index} #{window_name} #{window_active} \
             #{window_layout} #{window_width}x#{window_height}'",
            "list-panes -a -F '#{pane_id} #{window_id}.#{pane_index} #{pane_active} #{pane_pid} #{pane_tty} \
             #{pane_width}x#{pane_height}+#{pane_left}+#{pane_top} #{pane_start_command} #{pane_start_path}'",
            "ps -F '#{job_name} #{job_pid} #{job_state} #{job_command} #{job_log} #{job_started}'",
            "env -t keys",
        ];
        LISTS.iter().map(|line| self.world.ok(line)).collect()
    }

    /// The hands work beside.
    fn break_while_busy(&mut self, round: &Round) -> Instant {
        let Self { world, troupe, hands, breaker, .. } = self;
        let (world, troupe) = (&*world, &*troupe);
        std::thread::scope(|scope| {
            let busy = scope.spawn(|| round.actions.iter().for_each(|action| hands.act(world, troupe, action)));
            std::thread::park_timeout(round.delay);
            let since = breaker.strike(world, round.fault);
            if let Err(panic) = busy.join() {
                std::panic::resume_unwind(panic);
            }
            since
        })
    }

    /// Until the attached client shows a line that was printed after the fault.
    fn see_fresh_output(&mut self, since: Instant) {
        let flood = &mut self.twins[0].actor;
        let printed = flood.report().unwrap_or_else(|error| panic!("{error}")).at;
        let newest = |row: &String| row.strip_prefix("f ")?.get(..8)?.parse().ok();
        let fresh = |screen: &Screen| screen.rows().iter().filter_map(newest).any(|number: u64| number >= printed);
        self.breaker.client.wait_for(&format!("line {printed} of the flood"), fresh);
        self.fresh.note(since.elapsed());
    }

    fn complaint(&self, seed: u64, round: &Round, lost: &str) -> String {
        let log = &self.hands.log;
        let last = log[log.len().saturating_sub(20)..].join("\n  ");
        format!(
            "MUX_FAULT_SEED={seed}: {lost}\nlast round: {round:?}\n{:?}\nlast commands:\n  {last}\n{}",
            self.breaker.tally,
            self.world.report()
        )
    }
}

fn same(before: &str, after: &str) -> Verdict {
    let gone: Vec<_> = before.lines().filter(|line| !after.lines().any(|other| other == *line)).collect();
    let new: Vec<_> = after.lines().filter(|line| !before.lines().any(|other| other == *line)).collect();
    if before == after {
        return Ok(());
    }
    Err(format!("without a command, this was\n  {}\nand is now\n  {}", gone.join("\n  "), new.join("\n  ")))
}
