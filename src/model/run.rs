//! How jobs begin: `mux run`.

use std::path::{Path, PathBuf};

use crate::base::{Error, PaneId, Result, SessionId, Size, Timestamp};
use crate::job::{Command, JobSpec, Output};

use super::job::{self, Job};
use super::log::LogTarget;
use super::start::NewSession;
use super::supervise::{JobEvent, Life, Phase};
use super::{Context, Part, Program, Refusal, ReloadOrder, State, names};

/// A job to be started.
#[derive(Clone, Debug, Default)]
pub struct NewJob {
    /// Taken from the program where none is given.
    pub name: Option<String>,
    pub words: Vec<String>,
    pub cwd: PathBuf,
    pub env: Vec<(String, String)>,
    /// How it is looked after. Command, directory and environment are those above.
    pub spec: JobSpec,
    /// Nobody waits for it. Its output goes to a log of its name.
    pub alone: bool,
    pub size: Option<Size>,
    /// What the first run reads.
    pub input: Option<PathBuf>,
}

/// What only the first run of a job is given, while it is being started.
#[derive(Clone, Debug, Default)]
pub(super) struct Beginning {
    pub size: Option<Size>,
    pub context: Context,
    pub input: Option<PathBuf>,
}

impl State {
    /// Starts a job in a session of its own name. An ended job of that name makes room. No pane is there yet where
    /// it has to wait for others.
    pub fn run_job(&mut self, new: NewJob, context: &Context, now: Timestamp) -> Result<Option<PaneId>> {
        let name = match new.name {
            Some(name) => self.check_job(name)?,
            None => self.free_job(&job::name_for(&new.words.first().cloned().unwrap_or_default())),
        };
        self.check_needed(&name, &new.spec)?;
        self.clear_ended(&name);
        let mut spec = new.spec;
        let log = (new.alone || spec.log.path.is_some()).then(|| self.log_of(&name, &spec));
        spec.command = match new.words.as_slice() {
            [line] => Command::Shell(line.clone()),
            words => Command::Words(words.to_vec()),
        };
        let program = Program {
            words: new.words,
            cwd: new.cwd,
            env: new.env,
            nohup: spec.nohup,
            job: Some(name.clone()),
            log: log.clone(),
            umask: spec.umask.unwrap_or(context.umask),
        };
        let job = Job {
            name: name.clone(),
            spec,
            program,
            life: Life::default(),
            pane: None,
            session: None,
            log,
            pid: None,
            created: now,
            source: None,
            alone: new.alone,
            changed: None,
            health: Default::default(),
        };
        self.jobs.add(job);
        let beginning = Beginning { size: new.size, context: context.clone(), input: new.input };
        self.beginnings.insert(name.clone(), beginning);
        self.job_event(&name, JobEvent::Want, now);
        self.admit_jobs(now);
        if self.jobs.get(&name).is_none_or(|job| job.pane.is_some()) {
            self.beginnings.remove(&name);
        }
        let job = self.jobs.get(&name);
        match job.and_then(|job| job.life.last_exit()).and_then(|exit| exit.detail.clone()) {
            Some(detail) => {
                self.jobs.remove(&name);
                Err(Error::refused(detail))
            }
            None => Ok(self.jobs.get(&name).and_then(|job| job.pane)),
        }
    }

    /// Forgets a job that does not run, and what its last run has left on the screen.
    pub fn forget_job(&mut self, name: &str) {
        let session = self.session_named(name).map(|session| session.id);
        self.jobs.remove(name);
        self.settle_watch(name);
        if let Some(session) = session.filter(|&session| self.is_ended_job(session)) {
            self.close_session(session);
        }
        self.save_part(Part::Jobs);
    }

    /// How these jobs are told to read their settings anew.
    pub fn reload_order(&self, names: &[String], force: bool, json: bool) -> ReloadOrder {
        let mut order = ReloadOrder { force, json, ..ReloadOrder::default() };
        for name in names {
            let job = self.jobs.get(name).filter(|job| matches!(job.life.phase, Phase::Starting | Phase::Running));
            match job.and_then(|job| Some((job.pane?, job.spec.reload.clone(), job.name.clone()))) {
                Some(reload) => order.reloads.push(reload),
                None => {
                    let refusal = Refusal::new("does not run", format!("`mux start {name}` starts it"));
                    order.told.push((name.clone(), Err(refusal)));
                }
            }
        }
        order
    }

    /// Where the log of a job is.
    pub fn log_of(&self, name: &str, spec: &JobSpec) -> PathBuf {
        let usual = || self.setup.log_dir.join(format!("{}.log", name.replace('/', "_")));
        spec.log.path.clone().unwrap_or_else(usual)
    }

    /// Where a program's output is to be written.
    pub(super) fn log_target(&self, program: &Program) -> Option<LogTarget> {
        let path = program.log.clone()?;
        let job = program.job.as_deref().and_then(|name| self.jobs.get(name));
        Some(LogTarget {
            path,
            rules: job.map(|job| job.spec.log.clone()).unwrap_or_default(),
            job: program.job.clone().unwrap_or_default(),
            run: job.map_or(0, |job| job.life.run),
            outside: job.is_some_and(|job| job.spec.output == Output::Files),
        })
    }

    /// A session for a job that has none any more, or never had one.
    pub(super) fn session_for(&mut self, name: &str, now: Timestamp) -> Result<PaneId> {
        let job = self.jobs.get(name).ok_or_else(|| Error::not_found(format!("can't find job: {name}")))?;
        let program = job.program.clone();
        // What its starter had may be gone with an earlier server; then it has what mux itself was started with.
        let own = || Context { env: self.setup.env.clone(), ..Context::default() };
        let beginning = self.beginnings.get(name).cloned();
        let Beginning { size, context, .. } =
            beginning.unwrap_or_else(|| Beginning { context: own(), ..Beginning::default() });
        let session = NewSession { name: Some(name.to_owned()), program, size, ..NewSession::default() };
        let pane = self.new_session(session, &context, now)?;
        let session = self.home_of(pane).map(|(session, _)| session);
        if let Some(job) = self.jobs.get_mut(name) {
            job.pane = Some(pane);
            job.session = session;
        }
        Ok(pane)
    }

    /// The name is in use by a job that runs, or by a session that is no ended job's.
    fn is_taken(&self, name: &str) -> bool {
        let running = self.jobs.get(name).is_some_and(|job| !job.is_over());
        running || self.session_named(name).is_some_and(|session| !self.is_ended_job(session.id))
    }

    /// The session holds nothing but what an ended job has left.
    fn is_ended_job(&self, session: SessionId) -> bool {
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

    /// Who is needed must be there: a job that is not may never come.
    fn check_needed(&self, name: &str, spec: &JobSpec) -> Result<()> {
        match spec.needs.iter().find(|need| self.jobs.get(&need.job).is_none() || need.job == name) {
            Some(need) => Err(Error::not_found(format!("can't find job: {}", need.job))
                .hint("`mux ps` lists those that can be waited for")),
            None => Ok(()),
        }
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
        self.save_part(Part::Jobs);
    }

    /// A path as people write it: the home directory is `~`.
    pub fn short_path(&self, path: &Path) -> String {
        match path.strip_prefix(&self.setup.home) {
            Ok(rest) if !self.setup.home.as_os_str().is_empty() => format!("~/{}", rest.display()),
            _ => path.display().to_string(),
        }
    }
}
