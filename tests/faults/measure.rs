//! How long things took.

use std::fmt;
use std::time::Duration;

#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn note(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time within which this many of a hundred were done.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        let index = (sorted.len() * percent).div_ceil(100).max(1) - 1;
        sorted.get(index).copied().unwrap_or_default()
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p99, most] = [50, 99, 100].map(|percent| self.percentile(percent).as_secs_f64() * 1000.0);
        write!(f, "p50 {p50:.1} ms, p99 {p99:.1} ms, most {most:.1} ms ({} times)", self.0.len())
    }
}

#[test]
fn percentiles_are_times_that_were_measured() {
    let mut times = Times::default();
    assert_eq!(times.percentile(99), Duration::ZERO);
    (1..=100).for_each(|time| times.note(Duration::from_millis(time)));
    let [p50, p99, most] = [50, 99, 100].map(|percent| times.percentile(percent).as_millis());
    assert_eq!((p50, p99, most), (50, 99, 100));
}
