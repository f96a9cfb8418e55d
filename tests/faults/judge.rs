//! After a fault: everything must be as if nothing had happened.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use mux::base::{Input, Key, KeyCode, Mods, MouseButton, MouseEvent, MouseKind, Point};

use crate::checks::Check;
use crate::eye::Eye;
use crate::hands::Job;
use crate::harness::{PATIENCE, Process, Screen, World, until};
use crate::program;
use crate::stage::{LOOKS, Stage, corner};
use crate::twin::Twin;

/// How long what has been printed may take to be seen, while everything stands still.
const SETTLE: Duration = PATIENCE;

/// What has been lost.
pub type Verdict = Result<(), String>;

impl Stage {
    /// All checks; the programs stand still meanwhile and go on after.
    pub fn judge(&mut self, thorough: bool) -> Verdict {
        if let Some(name) = self.hands.unsettled.take() {
            self.settle_job(&name)?;
        }
        self.alive()?;
        self.commands()?;
        let mut printed = Vec::new();
        for twin in &mut self.twins {
            printed.push(twin.actor.pause()?);
        }
        for (twin, printed) in self.twins.iter_mut().zip(printed) {
            twin.feed(printed);
        }
        self.screens(thorough)?;
        self.tide(thorough)?;
        self.clients()?;
        self.typed()?;
        self.quiet()?;
        self.jobs()?;
        if thorough {
            self.clear_history();
        }
        for twin in &mut self.twins {
            twin.actor.go()?;
        }
        Ok(())
    }

    /// So that a long run does not keep all that was ever printed.
    fn clear_history(&mut self) {
        for twin in &mut self.twins {
            self.world.ok(&format!("clear-history -t {}", twin.pane));
            twin.clear_history();
        }
    }

    fn alive(&mut self) -> Verdict {
        if !self.kinds.judge(Check::Alive) {
            return Ok(());
        }
        let dead = self.residents.iter().chain([&self.hands.job.actor.process]).find(|process| !process.alive());
        dead.map_or(Ok(()), |process| Err(format!("a program has died: {process}")))
    }

    // ---- what the server was told ----------------------------------------------------------------------------

    fn commands(&mut self) -> Verdict {
        if self.kinds.judge(Check::Names) {
            self.windows()?;
        }
        let (world, ledger) = (&self.world, &mut self.hands.ledger);
        if self.kinds.judge(Check::Buffers) {
            let buffers = world.ok("list-buffers -F '#{buffer_name}'");
            let text = |name: &str| (name.to_owned(), world.ok(&format!("show-buffer -b {name}")));
            ledger.check("buffer", &buffers.lines().map(text).collect())?;
        }
        if self.kinds.judge(Check::Options) {
            let names: Vec<_> = ledger.of_kind("option").map(|(name, _)| name.to_owned()).collect();
            let value = |name: &String| (name.clone(), world.ok(&format!("show-options -gv {name}")).trim().to_owned());
            ledger.check("option", &names.iter().map(value).collect())?;
        }
        Ok(())
    }

    /// The windows and panes that there must be, with their names and programs, and no other.
    fn windows(&mut self) -> Verdict {
        let (world, hands) = (&self.world, &mut self.hands);
        let windows = pairs(world, "list-windows -t play -F '#{window_id} #{window_name}'");
        let panes = pairs(world, "list-panes -s -t play -F '#{pane_id} #{window_id} #{pane_pid}'");
        hands.ledger.check("window", &windows)?;
        hands.ledger.check("pane", &panes)?;
        for (pane, value) in &panes {
            let pid = value.split(' ').next_back().and_then(|pid| pid.parse().ok());
            let lives = pid.and_then(Process::of).is_some_and(Process::alive);
            if !lives {
                return Err(format!("pane {pane} has no living program: {value}"));
            }
            if *pane == self.home || hands.knows(pane) {
                continue;
            }
            if !hands.unknown_window {
                return Err(format!("there is a pane {pane} ({value}) that nobody asked for"));
            }
            let window = value.split(' ').next().unwrap_or_default();
            hands.ledger.said(&format!("window {window}"), windows.get(window).map(String::as_str));
            hands.ledger.said(&format!("pane {pane}"), Some(value));
        }
        hands.unknown_window = false;
        for process in std::mem::take(&mut hands.closed) {
            until(&format!("the end of a closed program: {process}"), || (!process.alive()).then_some(()));
        }
        Ok(())
    }

    // ---- what panes show -------------------------------------------------------------------------------------

    fn screens(&mut self, thorough: bool) -> Verdict {
        if !self.kinds.judge(Check::Screen) && !self.kinds.judge(Check::History) && !self.kinds.judge(Check::Input) {
            return Ok(());
        }
        for (session, size) in LOOKS {
            let mut eye = Eye::attach(&self.socket(), session, *size)?;
            if self.kinds.judge(Check::Screen) {
                self.screens_of(session, &mut eye)?;
            }
            for twin in self.twins.iter_mut().filter(|twin| twin.session == *session) {
                if self.kinds.judge(Check::History) {
                    let (from, end) = if thorough { twin.everything() } else { twin.news() };
                    let lines = eye.lines(twin.pane, from, end)?;
                    if let Some(text) = twin.history_differs(from, end, &lines) {
                        return Err(format!("history of {}: {text}", twin.actor.name));
                    }
                    self.breaker.tally.lines += end - from;
                }
                if self.kinds.judge(Check::Input) {
                    for input in gestures() {
                        eye.input(twin.pane, input.clone())?;
                        twin.typed(&input);
                    }
                    settle(&mut eye, |_| twin.input_differs())?;
                }
            }
        }
        if thorough && self.kinds.judge(Check::History) {
            self.numbers(&self.twins[0].pane.to_string(), "-").map_err(|text| format!("flood: {text}"))?;
        }
        Ok(())
    }

    fn screens_of(&self, session: &str, eye: &mut Eye) -> Verdict {
        let shown: Vec<&Twin> = self.twins.iter().filter(|twin| twin.session == session).collect();
        settle(eye, |eye| {
            shown.iter().find_map(|twin| Some(format!("{}: {}", twin.actor.name, twin.differs(eye.pane(twin.pane))?)))
        })?;
        for twin in shown {
            let title = self.world.display(&twin.pane.to_string(), "#{pane_title}");
            if !twin.title().is_empty() && title != twin.title() {
                return Err(format!("{}: title '{title}' instead of '{}'", twin.actor.name, twin.title()));
            }
        }
        Ok(())
    }

    /// The numbers of a flood, from the command that users have for it: no gap, no doubled line, and the running
    /// checksum agrees. No twin has a part in this. Gives the last number.
    fn numbers(&self, pane: &str, from: &str) -> Result<Option<u64>, String> {
        let text = self.world.ok(&format!("capture-pane -p -S {from} -t {pane}"));
        let mut before: Option<(u64, u64)> = None;
        let mut lines = text.lines().filter(|line| !line.is_empty()).peekable();
        while let Some(line) = lines.next() {
            // The program may have been stopped within a line.
            if lines.peek().is_none() && line.len() < WHOLE {
                break;
            }
            let (number, total) = numbered(line).ok_or_else(|| format!("no line of a flood: '{line}'"))?;
            if let Some((last, sum)) = before
                && (number != last + 1 || total != program::sum(sum, number))
            {
                return Err(format!("behind line {last} ({sum:016x}) of a flood comes '{line}'"));
            }
            before = Some((number, total));
        }
        Ok(before.map(|(number, _)| number))
    }

    /// The flood whose window changes its size: it has lost nothing, and knows the size.
    fn tide(&mut self, thorough: bool) -> Verdict {
        if !self.kinds.judge(Check::History) {
            return Ok(());
        }
        self.tide.pause()?;
        let from = if thorough { "-" } else { "-1000" };
        let deadline = Instant::now() + SETTLE;
        loop {
            let size = self.world.display(&self.home, "#{pane_width}x#{pane_height}");
            let report = self.tide.report()?;
            let last = self.numbers(&self.home, from).map_err(|text| format!("tide: {text}"))?;
            if report.size == size && last.map_or(0, |last| last + 1) >= report.at {
                break;
            }
            if Instant::now() > deadline {
                return Err(format!("tide: {report:?}, but its pane has {size}, and {last:?} is its last line"));
            }
        }
        if thorough {
            self.world.ok(&format!("clear-history -t {}", self.home));
        }
        self.tide.go()
    }

    /// The attached client has come back, and shows them too.
    fn clients(&mut self) -> Verdict {
        if !self.kinds.judge(Check::Clients) {
            return Ok(());
        }
        let wrong = |screen: &Screen| {
            self.twins.iter().find_map(|twin| {
                let (top, left) = corner(&twin.actor.name)?;
                let rows = twin.text().into_iter().enumerate();
                let seen = |row: usize| part(screen, top + row as u16, left);
                let wrong = rows.map(|(row, text)| (seen(row), text)).find(|(seen, text)| seen != text)?;
                Some(format!("{}: an attached client shows '{}' for '{}'", twin.actor.name, wrong.0, wrong.1))
            })
        };
        let deadline = Instant::now() + SETTLE;
        while let Some(text) = wrong(&self.breaker.client.screen()) {
            if Instant::now() > deadline {
                return Err(format!("{text}\n{}", self.breaker.client.screen()));
            }
            std::thread::park_timeout(Duration::from_millis(15));
        }
        Ok(())
    }

    // ---- what programs noticed -------------------------------------------------------------------------------

    fn typed(&mut self) -> Verdict {
        if self.kinds.judge(Check::Keys) {
            let wanted: String = (1..=self.pressed).map(|number| format!("<{number}>")).collect();
            let typed = || String::from_utf8_lossy(&self.typed.typed(0)).into_owned();
            let deadline = Instant::now() + SETTLE;
            while typed() != wanted && Instant::now() < deadline {
                std::thread::park_timeout(Duration::from_millis(15));
            }
            if let Some(text) = differ(&wanted, &typed()) {
                return Err(format!("the user's keys: {text}"));
            }
        }
        if !self.kinds.judge(Check::Input) {
            return Ok(());
        }
        let typed = String::from_utf8_lossy(&self.wired.typed(0)).into_owned();
        let numbers: Vec<u64> = typed.split_terminator('>').filter_map(|word| word.get(1..)?.parse().ok()).collect();
        let whole: String = numbers.iter().map(|number| format!("<{number}>")).collect();
        let mut received = numbers.iter().peekable();
        for (number, answered) in &self.hands.sent {
            let came = received.next_if_eq(&number).is_some();
            if *answered && !came {
                return Err(format!("send-keys <{number}> was answered and did not arrive: {typed}"));
            }
        }
        match received.next() {
            None if whole == typed => Ok(()),
            _ => Err(format!("send-keys: {typed} was received of {:?}", self.hands.sent)),
        }
    }

    fn quiet(&mut self) -> Verdict {
        if !self.kinds.judge(Check::Quiet) {
            return Ok(());
        }
        for actor in self.twins.iter_mut().map(|twin| &mut twin.actor).chain([&mut self.typed, &mut self.wired]) {
            let times = actor.disturbed()?;
            if times != 0 {
                return Err(format!("{} was told {times} times of a size that it had", actor.name));
            }
        }
        Ok(())
    }

    fn jobs(&mut self) -> Verdict {
        if !self.kinds.judge(Check::Jobs) {
            return Ok(());
        }
        for (name, status) in &self.hands.ended {
            let waited = self.world.mux(&format!("wait {name}"));
            if waited.status != *status {
                return Err(format!("{name} has ended with {status}; mux wait says {waited:?}"));
            }
        }
        self.hands.ended.clear();
        if self.logs_may_lack {
            return Ok(());
        }
        let job = &mut self.hands.job;
        let printed = job.actor.pause()?;
        let log = self.world.ok("ps -F '#{job_name} #{job_log}'");
        let log = log.lines().find_map(|line| line.strip_prefix(&format!("{} ", job.name)));
        let log = log.ok_or_else(|| format!("{} is not listed", job.name))?.to_owned();
        let copy = &job.actor.printed(0)[..printed as usize];
        let read = || std::fs::read(&log).unwrap_or_default();
        let deadline = Instant::now() + SETTLE;
        while read() != copy && Instant::now() < deadline {
            std::thread::park_timeout(Duration::from_millis(15));
        }
        let read = read();
        if read != copy {
            let text = differ(&String::from_utf8_lossy(copy), &String::from_utf8_lossy(&read));
            return Err(format!("log of {} ({log}): {}", job.name, text.unwrap_or_default()));
        }
        job.actor.go()
    }

    /// Whether a job whose start was not answered has been started: it runs, or nobody knows of it.
    fn settle_job(&mut self, name: &str) -> Verdict {
        let world = &self.world;
        let state = || {
            let listed = world.ok("ps -F '#{job_name} #{job_state}'");
            listed.lines().find_map(|line| line.strip_prefix(&format!("{name} ")).map(str::to_owned))
        };
        let deadline = Instant::now() + Duration::from_secs(2);
        while state().as_deref() == Some("starting") && Instant::now() < deadline {
            std::thread::park_timeout(Duration::from_millis(15));
        }
        let state = state();
        let whole = matches!(state.as_deref(), None | Some("running"));
        if !whole && self.kinds.judge(Check::Jobs) {
            return Err(format!("{name}, whose start was cut off, is neither running nor gone: {state:?}"));
        }
        if matches!(state.as_deref(), Some("running" | "starting")) {
            let mut actor = self.troupe.enters(name).ok_or_else(|| format!("{name} is said to run and does not"))?;
            actor.go()?;
            self.hands.job = Job { name: name.to_owned(), actor };
            return Ok(());
        }
        self.hands.job = Job::start(world, &self.troupe, self.hands.next_number())
            .map_err(|name| format!("{name} cannot be started"))?;
        Ok(())
    }
}

/// Bytes of a line of the flood with its number and checksum.
const WHOLE: usize = "f 00000000 0000000000000000".len();

/// Number and running checksum of a line of the flood.
fn numbered(line: &str) -> Option<(u64, u64)> {
    let mut words = line.split(' ').skip(1);
    Some((words.next()?.parse().ok()?, u64::from_str_radix(words.next()?, 16).ok()?))
}

/// Looks until nothing is wrong any more; what is wrong when that does not come.
fn settle(eye: &mut Eye, mut wrong: impl FnMut(&mut Eye) -> Option<String>) -> Verdict {
    let deadline = Instant::now() + SETTLE;
    loop {
        let Some(text) = wrong(eye) else { return Ok(()) };
        if Instant::now() > deadline {
            return Err(text);
        }
        eye.look(Duration::from_millis(10))?;
    }
}

/// What a user does whose bytes depend on every mode of the keyboard, of pastes, of the mouse and of focus.
fn gestures() -> Vec<Input> {
    let at = Point::new(2, 3);
    let mouse = |kind| Input::Mouse(MouseEvent { kind, at, mods: Mods::empty() });
    vec![
        Input::Key(Key::code(KeyCode::Up)),
        Input::Key(Key::code(KeyCode::Enter)),
        Input::Key(Key::code(KeyCode::Escape)),
        Input::Key(Key::ctrl('i')),
        Input::Paste("a\nb".to_owned()),
        mouse(MouseKind::Press(MouseButton::Left)),
        mouse(MouseKind::Drag(MouseButton::Left)),
        mouse(MouseKind::Release(MouseButton::Left)),
        mouse(MouseKind::Move),
        mouse(MouseKind::WheelUp),
        Input::Focus(true),
    ]
}

/// The text of a pane of 80 columns on a terminal, without trailing blanks.
fn part(screen: &Screen, row: u16, left: u16) -> String {
    let cells = (left..left + 80).filter_map(|col| screen.cell(row, col));
    let text: String = cells
        .filter(|cell| !cell.is_wide_continuation())
        .map(|cell| if cell.has_contents() { cell.contents() } else { " " })
        .collect();
    text.trim_end_matches(' ').to_owned()
}

/// Lines of two parts, the first of which has no blank.
fn pairs(world: &World, line: &str) -> BTreeMap<String, String> {
    let text = world.ok(line);
    let pair = |line: &str| line.split_once(' ').map(|(key, value)| (key.to_owned(), value.to_owned()));
    text.lines().filter_map(pair).collect()
}

/// Where two texts part.
fn differ(wanted: &str, is: &str) -> Option<String> {
    if wanted == is {
        return None;
    }
    let same = wanted.bytes().zip(is.bytes()).take_while(|(wanted, is)| wanted == is).count();
    let part =
        |text: &str| text.get(same.saturating_sub(10)..).unwrap_or_default().chars().take(60).collect::<String>();
    Some(format!(
        "{} bytes instead of {}; at {same}: {:?} instead of {:?}",
        is.len(),
        wanted.len(),
        part(is),
        part(wanted)
    ))
}
