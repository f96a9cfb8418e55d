//! What is asked of the logs of jobs.

use std::path::PathBuf;

use crate::base::{RequestId, Timestamp};

/// `mux logs`, as the server carries it out.
#[derive(Clone, Debug, PartialEq)]
pub struct LogQuery {
    pub request: RequestId,
    /// The jobs, in the order in which they were named.
    pub logs: Vec<JobLogs>,
    /// Go on as they grow, until no job can go on.
    pub follow: bool,
    /// Of each job only the last lines.
    pub lines: Option<usize>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// Only one run: its number, or from the last one (-1).
    pub run: Option<i64>,
    /// Only lines that this regular expression fits.
    pub grep: Option<String>,
    pub form: LogForm,
    /// Each line with its time.
    pub times: bool,
    /// Names of jobs in colour.
    pub paint: bool,
}

/// The log files of one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobLogs {
    pub job: String,
    /// One, or standard output and error of a job without a terminal.
    pub files: Vec<PathBuf>,
    /// The program writes them itself.
    pub outside: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogForm {
    /// Text alone.
    #[default]
    Plain,
    /// Text with its colours.
    Color,
    /// The bytes as they came.
    Raw,
    /// An object for each line.
    Json,
}

/// Where a run's output is to be written, and how that is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogTarget {
    pub path: PathBuf,
    pub rules: crate::job::LogSpec,
    pub job: String,
    pub run: u32,
    /// The program writes its files itself.
    pub outside: bool,
}
