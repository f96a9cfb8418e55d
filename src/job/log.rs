//! What becomes of a job's output once it is written: the key `log`.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::de::DeValue;

use super::Bytes;
use super::keys::fields;
use super::value::{Wrong, flag, measured, number, parsed, text};
use crate::base::Period;
use crate::base::limits::LEAST_LOG;

/// Where journald takes entries (systemd.journal-fields(7), "native protocol").
const JOURNALD: &str = "/run/systemd/journal/socket";

/// Where syslog(3) sends to.
const SYSLOG: &str = "/dev/log";

/// How a log is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogSpec {
    /// Instead of the one of the job's name in mux's own directory.
    pub path: Option<PathBuf>,
    /// Bytes at which a new file is begun; 0: never for its size.
    pub max_size: Bytes,
    /// A new file is begun each day.
    pub daily: bool,
    /// Older files beside the one that is written.
    pub keep: u32,
    /// Bytes of all files; the oldest go.
    pub max_total: Option<Bytes>,
    /// Older files that were ended longer ago go.
    pub max_age: Option<Period>,
    /// Older files are compressed.
    pub compress: bool,
    /// The socket of a journald that is given each line as well.
    pub journald: Option<PathBuf>,
    /// The same for a syslog.
    pub syslog: Option<PathBuf>,
}

impl Default for LogSpec {
    fn default() -> Self {
        Self {
            path: None,
            max_size: Bytes(10 << 20),
            daily: false,
            keep: 10,
            max_total: None,
            max_age: None,
            compress: true,
            journald: None,
            syslog: None,
        }
    }
}

const KEYS: [&str; 9] = ["path", "max_size", "daily", "keep", "max_total", "max_age", "compress", "journald", "syslog"];

impl LogSpec {
    /// A path, or a table. What a table does not name stays as it is.
    pub(super) fn set(&mut self, value: &DeValue<'_>) -> Result<(), Wrong> {
        let Some(table) = value.as_table() else {
            self.path = Some(text(value).map_err(|_| "a path or a table is wanted")?.into());
            return Ok(());
        };
        fields(table, &KEYS, |name, value| {
            match name {
                "path" => self.path = Some(text(value)?.into()),
                "max_size" => self.max_size = size(measured(value)?)?,
                "daily" => self.daily = flag(value)?,
                "keep" => self.keep = number(value, "from 0")?,
                "max_total" => self.max_total = Some(measured(value)?),
                "max_age" => self.max_age = Some(parsed(value)?),
                "compress" => self.compress = flag(value)?,
                "journald" => self.journald = socket(value, JOURNALD)?,
                _ => self.syslog = socket(value, SYSLOG)?,
            }
            Ok(())
        })
    }

    /// For one of several instances, each with a file of its own: `web.log` is `web-2.log` for the second.
    pub fn for_instance(&mut self, instance: u32) {
        let Some(path) = &mut self.path else { return };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let extension = path.extension().map(|extension| format!(".{}", extension.to_string_lossy()));
        *path = path.with_file_name(format!("{stem}-{instance}{}", extension.unwrap_or_default()));
    }

    /// What standard error of a job without a terminal is written to, beside the log.
    pub fn errors_beside(log: &Path) -> PathBuf {
        log.with_extension("err.log")
    }
}

/// A size at which a new file may be begun.
pub fn size(size: Bytes) -> Result<Bytes, Wrong> {
    match size.0 {
        0 | LEAST_LOG.. => Ok(size),
        _ => Err(format!("{size} is too small: expected {} or more, or 0 for no limit", Bytes(LEAST_LOG))),
    }
}

/// Whether this is a regular expression; a line about what is wrong with it.
pub fn check_pattern(pattern: &str) -> Result<(), Wrong> {
    regex::Regex::new(pattern).map(|_| ()).map_err(|error| error.to_string().replace('\n', " "))
}

fn socket(value: &DeValue<'_>, usual: &str) -> Result<Option<PathBuf>, Wrong> {
    match value {
        DeValue::Boolean(wanted) => Ok(wanted.then(|| usual.into())),
        _ => Ok(Some(text(value).map_err(|_| "true, false or a socket's path is wanted")?.into())),
    }
}

#[cfg(test)]
mod tests {
    use crate::job;
    use std::path::Path;

    fn load(text: &str) -> (job::JobFile, Vec<String>) {
        let (file, problems) = job::load(&format!("[job.x]\ncmd = \"x\"\n{text}"), Path::new("/srv/mux.toml"));
        (file, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_log_is_a_path_or_a_table() {
        let log = load("log = \"logs/x.log\"").0.jobs["x"].log.clone();
        assert_eq!(log.path.as_deref(), Some(Path::new("/srv/logs/x.log")));
        let text = "log = { max_size = \"1M\", keep = 3, max_age = \"7d\", max_total = \"5M\", compress = false, \
                    daily = true, syslog = true, journald = \"/tmp/j\" }";
        let mut log = load(text).0.jobs["x"].log.clone();
        assert_eq!((log.max_size.0, log.keep, log.compress, log.daily), (1 << 20, 3, false, true));
        assert_eq!(log.syslog.as_deref(), Some(Path::new("/dev/log")));
        assert_eq!(log.journald.as_deref(), Some(Path::new("/tmp/j")));
        log.path = Some("/l/web.log".into());
        log.for_instance(2);
        assert_eq!(log.path.as_deref(), Some(Path::new("/l/web-2.log")));
    }

    #[test]
    fn what_is_no_log_is_said() {
        for (text, why) in [
            ("log = 3", "a path or a table"),
            ("log = { max_sise = \"1M\" }", "did you mean 'max_size'"),
            ("log = { max_size = \"10\" }", "10 is too small: expected 4K or more"),
            ("log = { keep = -1 }", "a number from 0"),
            ("log = { syslog = 3 }", "true, false or a socket's path"),
            ("stdout_logfile_maxbytes = \"1M\"", "here that is 'log'"),
            ("StandardOutput = \"file:x\"", "here that is 'log'"),
        ] {
            let told = load(text).1;
            assert!(told.iter().any(|problem| problem.contains(why)), "{text}: {told:?}");
        }
    }
}
