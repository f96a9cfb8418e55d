//! How jobs begin: `mux run`.

use std::path::{Path, PathBuf};

use crate::base::{Error, PaneId, Result, Size, Timestamp};

use super::job::{self, Job};
use super::start::NewSession;
use super::{Context, Part, Program, State, names};

/// A job to be started.
#[derive(Clone, Debug, Default)]
pub struct NewJob {
    /// Taken from the program where none is given.
    pub name: Option<String>,
    pub words: Vec<String>,
    pub cwd: PathBuf,
    pub env: Vec<(String, String)>,
    pub nohup: bool,
    /// Output goes to a log of the job's name.
    pub logged: bool,
    pub size: Option<Size>,
}

impl State {
    /// Starts a job in a session of its own name. An ended job of that name makes room.
    pub fn run_job(&mut self, new: NewJob, context: &Context, now: Timestamp) -> Result<PaneId> {
        let name = match new.name {
            Some(name) => self.check_job(name)?,
            None => self.free_job(&job::name_for(&new.words.first().cloned().unwrap_or_default())),
        };
        self.clear_ended(&name);
        let log = new.logged.then(|| self.setup.log_dir.join(format!("{}.log", name.replace('/', "_"))));
        let program = Program {
            words: new.words.clone(),
            cwd: new.cwd.clone(),
            env: new.env,
            nohup: new.nohup,
            job: Some(name.clone()),
            log: log.clone(),
            umask: context.umask,
        };
        let session = NewSession { name: Some(name.clone()), window_name: None, program, size: new.size };
        let pane = self.new_session(session, context, now)?;
        let Some((session, _)) = self.home_of(pane) else { return Ok(pane) };
        self.jobs.add(Job {
            name,
            argv: new.words,
            cwd: new.cwd,
            pane,
            session,
            log,
            nohup: new.nohup,
            pid: None,
            started: now,
            ended: None,
            rebooted: false,
        });
        self.save_part(Part::Jobs);
        Ok(pane)
    }

    /// The name is in use by a job that runs, or by a session that is no ended job's.
    fn is_taken(&self, name: &str) -> bool {
        let running = self.jobs.get(name).is_some_and(|job| job.ended.is_none());
        running || self.session_named(name).is_some_and(|session| !self.is_ended_job(session.id))
    }

    /// The session holds nothing but what an ended job has left.
    fn is_ended_job(&self, session: crate::base::SessionId) -> bool {
        let panes = self.panes_of(session);
        let ended = panes.iter().all(|pane| self.pane(*pane).is_some_and(|pane| pane.dead().is_some()));
        ended && self.session(session).is_some_and(|session| session.job.is_some())
    }

    fn check_job(&self, name: String) -> Result<String> {
        names::check("job", &name)?;
        if name.contains('/') {
            return Err(Error::usage(format!("invalid job name: {name}")).hint("it names a log file too: no '/'"));
        }
        if self.is_taken(&name) {
            let hint = format!("`mux attach -t {name}` shows it; choose another with --name");
            return Err(Error::conflict(format!("duplicate job: {name}")).hint(hint));
        }
        Ok(name)
    }

    fn free_job(&self, stem: &str) -> String {
        let numbered = (2u32..).map(|number| format!("{stem}-{number}"));
        let mut all = std::iter::once(stem.to_owned()).chain(numbered);
        all.find(|name| !self.is_taken(name)).unwrap_or_else(|| stem.to_owned())
    }

    fn clear_ended(&mut self, name: &str) {
        let session = self.session_named(name).map(|session| session.id);
        if let Some(session) = session.filter(|&session| self.is_ended_job(session)) {
            self.close_session(session);
        }
    }

    /// A path as people write it: the home directory is `~`.
    pub fn short_path(&self, path: &Path) -> String {
        match path.strip_prefix(&self.setup.home) {
            Ok(rest) if !self.setup.home.as_os_str().is_empty() => format!("~/{}", rest.display()),
            _ => path.display().to_string(),
        }
    }
}
