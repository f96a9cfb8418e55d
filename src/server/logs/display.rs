//! How lines of logs are printed.

use serde_json::json;

use super::render::LogLine;
use crate::base::limits::LOG_READ;
use crate::model::{LogForm, LogQuery};

/// Colours of jobs' names, one after the other: those of the first eight that are read on dark and on light.
const COLORS: [u8; 6] = [36, 33, 32, 35, 34, 31];

/// Lines become bytes, up to as many as are sent at once.
pub struct Display {
    form: LogForm,
    times: bool,
    /// What stands before each job's lines.
    prefixes: Vec<String>,
    jobs: Vec<String>,
    pub out: Vec<u8>,
}

impl Display {
    pub fn new(query: &LogQuery) -> Self {
        let jobs: Vec<String> = query.logs.iter().map(|log| log.job.clone()).collect();
        let width = jobs.iter().map(|job| job.chars().count()).max().unwrap_or(0);
        let prefix = |(number, job): (usize, &String)| match (jobs.len(), query.paint) {
            (..=1, _) => String::new(),
            (_, false) => format!("{job:width$} | "),
            (_, true) => format!("\x1b[{}m{job:width$} | \x1b[m", COLORS[number % COLORS.len()]),
        };
        let prefixes = jobs.iter().enumerate().map(prefix).collect();
        Self { form: query.form, times: query.times, prefixes, jobs, out: Vec::new() }
    }

    pub fn line(&mut self, job: usize, line: &LogLine) {
        if self.form == LogForm::Json {
            let time = line.at.map(|at| at.rfc3339());
            let object = json!({ "job": self.jobs[job], "run": line.run, "time": time, "text": line.text });
            self.out.extend_from_slice(object.to_string().as_bytes());
        } else {
            self.out.extend_from_slice(self.prefixes[job].as_bytes());
            if self.times {
                let time = line.at.map_or_else(|| "-".to_owned(), |at| at.rfc3339());
                self.out.extend_from_slice(format!("{time:24} ").as_bytes());
            }
            self.out.extend_from_slice(line.text.as_bytes());
        }
        self.out.push(b'\n');
    }

    pub fn is_full(&self) -> bool {
        self.out.len() >= LOG_READ
    }
}
