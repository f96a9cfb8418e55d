//! What a job is, by what its owner writes down: the program, as whom and under which rules it runs, what it needs,
//! how one knows that it is ready and well, and the files that hold all that.
//!
//! A key is one row of [`keys`]: its name, what it takes, a sentence, and what other tools call it. Reads no file and
//! no clock: text is handed in. What is wrong in it is a [`Problem`](crate::base::Problem) with its place. Where a job
//! stands is not known here; see `model::supervise`.

mod check;
mod ends;
mod file;
mod keys;
mod log;
mod need;
mod order;
mod reference;
mod restart;
mod rules;
mod schedule;
mod size;
mod spec;
mod step;
mod stop;
mod value;
mod watch;

pub use check::{Check, Health, Place};
pub use ends::Match;
pub use file::{Group, JobFile, load};
pub use keys::{KEYS, KeySpec, LIMITS};
pub use log::{LogSpec, check_pattern, size as log_size};
pub use need::{Condition, Need, OnLoss};
pub use order::{cycle, start_order};
pub use reference::reference;
pub use restart::{Policy, Restart};
pub use rules::Rules;
pub use schedule::Schedule;
pub use size::Bytes;
pub use spec::{Alert, Command, Hooks, JobSpec, Kind, Output, Reload};
pub use stop::{Step, StopPlan};
pub use watch::{Matcher, Watch};
