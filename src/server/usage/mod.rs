//! What jobs use, for who looks at it: `mux status`, `mux top`, `mux ps -v`. Nothing here runs by itself: each look is
//! asked for by a command, which is run again once it is known.

mod ports;
mod sample;

use std::collections::{HashMap, VecDeque};

use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout_at};

use super::core::Core;
use super::mailbox::{ToCore, ToPane};
use super::pane::last_lines;
use super::sets::Owner;
use crate::base::limits::{FACTS_TIMEOUT, KEPT_USAGES, USAGE_FRESH, USAGE_SPAN};
use crate::base::{PaneId, RequestId};
use crate::model::{Capture, Edge, Look, Usage, UsagePoint};
use sample::Sample;

/// What was seen of one job's present run.
struct Track {
    run: u32,
    when: Instant,
    cpu_ms: u64,
    past: VecDeque<UsagePoint>,
}

/// The looks so far, by the names of jobs.
#[derive(Default)]
pub struct Usages(HashMap<String, Track>);

/// What a look has brought.
pub struct Looked {
    /// Of each job: its run, and what it uses while that goes on: a first look, where there was none before, and a
    /// last one.
    samples: Vec<(String, u32, Vec<Sample>)>,
    lines: HashMap<String, Vec<String>>,
}

impl Usages {
    /// A look shortly before tells how much was used since.
    fn is_fresh(&self, job: &str, run: u32) -> bool {
        self.0.get(job).is_some_and(|track| track.run == run && track.when.elapsed() < USAGE_FRESH)
    }

    fn take_in(&mut self, job: &str, run: u32, sample: Sample) -> Usage {
        let fresh = self.is_fresh(job, run);
        let track = self.0.entry(job.to_owned()).or_insert_with(|| Track::begin(run, &sample));
        if track.run != run {
            *track = Track::begin(run, &sample);
        }
        let cpu_percent = track.percent(&sample).filter(|_| fresh).unwrap_or(0.0);
        if fresh && sample.when.saturating_duration_since(track.when) >= USAGE_SPAN {
            track.past.push_back(UsagePoint { at: sample.at, cpu_percent, memory: sample.memory });
            while track.past.len() > KEPT_USAGES {
                track.past.pop_front();
            }
            (track.when, track.cpu_ms) = (sample.when, sample.cpu_ms);
        } else if !fresh {
            (track.when, track.cpu_ms) = (sample.when, sample.cpu_ms);
        }
        let latest = track.past.back().map_or(cpu_percent, |point| point.cpu_percent);
        Usage {
            at: sample.at,
            cpu_ms: sample.cpu_ms,
            cpu_percent: latest,
            memory: sample.memory,
            proportional: sample.proportional,
            count: sample.count,
            processes: sample.processes,
            ports: sample.ports,
            past: track.past.iter().copied().collect(),
            lines: Vec::new(),
        }
    }
}

impl Track {
    fn begin(run: u32, sample: &Sample) -> Self {
        Self { run, when: sample.when, cpu_ms: sample.cpu_ms, past: VecDeque::new() }
    }

    /// Since the look before; a process that has gone without being waited for takes its time with it.
    fn percent(&self, sample: &Sample) -> Option<f64> {
        let span = sample.when.checked_duration_since(self.when).filter(|span| !span.is_zero())?;
        let used = sample.cpu_ms.saturating_sub(self.cpu_ms);
        Some(used as f64 / span.as_secs_f64() / 10.0)
    }
}

impl Core {
    /// Looks at jobs for a command that waits for it.
    pub(super) fn look(&mut self, request: RequestId, look: Look) {
        let jobs = self.state.jobs();
        self.usages.0.retain(|name, _| jobs.get(name).is_some());
        let live = |name: &String| {
            let job = self.state.jobs().get(name).filter(|job| job.life.phase.is_live())?;
            Some((name.clone(), job.life.run, self.owner(job.pane?)))
        };
        let targets: Vec<(String, u32, Owner)> = look.jobs.iter().filter_map(live).collect();
        let twice = targets.iter().any(|(name, run, _)| !self.usages.is_fresh(name, *run));
        let lines = match look.lines {
            0 => Vec::new(),
            count => look.jobs.iter().map(|name| (name.clone(), self.ask_for_lines(name, count))).collect(),
        };
        let core = self.pane_mail.clone();
        tokio::spawn(async move {
            let owners: Vec<Owner> = targets.iter().map(|(.., owner)| owner.clone()).collect();
            let mut rounds = Vec::new();
            if twice {
                rounds.push(take(owners.clone(), false).await);
                sleep(USAGE_SPAN).await;
            }
            rounds.push(take(owners, look.detail).await);
            let mut known = HashMap::new();
            for (name, lines) in lines {
                known.insert(name, lines.await);
            }
            let samples = targets.into_iter().enumerate().map(|(place, (name, run, _))| {
                let rounds = rounds.iter().filter_map(|round| round.get(place).cloned());
                (name, run, rounds.collect())
            });
            let looked = Looked { samples: samples.collect(), lines: known };
            let _ = core.send(ToCore::Looked { request, looked });
        });
    }

    /// The look is done: the command goes on with what it has brought.
    pub(super) fn looked(&mut self, request: RequestId, looked: Looked) {
        let mut usages: HashMap<String, Usage> = HashMap::new();
        for (name, run, samples) in looked.samples {
            for sample in samples {
                let usage = self.usages.take_in(&name, run, sample);
                usages.insert(name.clone(), usage);
            }
        }
        for (name, lines) in looked.lines {
            usages.entry(name).or_default().lines = lines;
        }
        self.run_with_usage(request, usages);
    }

    /// The last lines of a job's screen; of its log, where it has no screen any more.
    fn ask_for_lines(&self, name: &str, count: u16) -> impl Future<Output = Vec<String>> + use<> {
        let job = self.state.jobs().get(name);
        let pane = job.and_then(|job| job.pane).filter(|pane| self.panes.contains_key(pane));
        let answer = pane.map(|pane| self.ask_screen(pane, count));
        let log = job.and_then(|job| job.log.clone());
        async move {
            let screen = match answer {
                Some(answer) => timeout_at(Instant::now() + FACTS_TIMEOUT, answer).await.ok().and_then(Result::ok),
                None => None,
            };
            let lines = screen.map(|text| ends(&text, count)).unwrap_or_default();
            match log.filter(|_| lines.is_empty()) {
                Some(log) => spawn_blocking(move || last_lines(&log, count)).await.unwrap_or_default(),
                None => lines,
            }
        }
    }

    fn ask_screen(&self, pane: PaneId, count: u16) -> oneshot::Receiver<String> {
        let (answer, text) = oneshot::channel();
        let start = Edge::Line(-i32::from(count));
        self.tell_if_there(pane, ToPane::Capture(Capture { start, ..Capture::default() }, answer));
        text
    }

    fn tell_if_there(&self, pane: PaneId, message: ToPane) {
        if let Some(task) = self.panes.get(&pane) {
            let _ = task.mail.send(Box::new(message));
        }
    }
}

async fn take(owners: Vec<Owner>, detail: bool) -> Vec<Sample> {
    spawn_blocking(move || sample::take(&owners, detail)).await.unwrap_or_default()
}

/// The last lines, without empty ones at the end.
pub fn ends(text: &str, count: u16) -> Vec<String> {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let skipped = lines.len().saturating_sub(usize::from(count));
    lines.into_iter().skip(skipped).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::base::Timestamp;

    fn sample(when: Instant, cpu_ms: u64) -> Sample {
        let at = Timestamp(0);
        Sample { at, when, cpu_ms, memory: 1, proportional: true, count: 1, processes: Vec::new(), ports: Vec::new() }
    }

    #[test]
    fn what_was_used_between_two_looks_is_a_share_of_the_time() {
        let mut usages = Usages::default();
        let start = Instant::now();
        assert_eq!(usages.take_in("web", 1, sample(start, 1000)).cpu_percent, 0.0, "nothing to compare with");
        let later = start + Duration::from_secs(1);
        let usage = usages.take_in("web", 1, sample(later, 1500));
        assert_eq!((usage.cpu_percent.round(), usage.past.len()), (50.0, 1));
        let again = usages.take_in("web", 1, sample(later + Duration::from_millis(1), 1600));
        assert_eq!((again.cpu_percent.round(), again.past.len()), (50.0, 1), "too soon to say anything new");
        let other = usages.take_in("web", 2, sample(later + Duration::from_secs(1), 10));
        assert!(other.past.is_empty() && other.cpu_percent == 0.0, "another run begins anew");
    }

    #[test]
    fn no_more_looks_are_kept_than_may_be() {
        let mut usages = Usages::default();
        let start = Instant::now();
        let looks = (0..2 * KEPT_USAGES as u64).map(|n| sample(start + Duration::from_secs(n), 10 * n));
        let past = looks.map(|sample| usages.take_in("web", 1, sample).past.len()).max();
        assert_eq!(past, Some(KEPT_USAGES));
    }

    #[test]
    fn the_end_of_a_screen_is_what_stands_there_last() {
        assert_eq!(ends("a\nb\n\nc\n\n\n", 3), ["b", "", "c"]);
        assert_eq!(ends("\n\n", 3), Vec::<String>::new());
    }
}
