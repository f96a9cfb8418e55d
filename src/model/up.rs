//! Files of jobs made true: `mux up` and `mux down`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::base::{Error, RequestId, Result, Timestamp};
use crate::job::{self, Command, JobFile, JobSpec};

use super::client::Waiter;
use super::job::Job;
use super::run::Beginning;
use super::supervise::{Goal, JobEvent, Life, Phase, Reason};
use super::{Context, Effect, Part, Program, State};

/// How `mux up` was asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UpOptions {
    /// Only these; all where none is named.
    pub names: Vec<String>,
    /// Say what would be done.
    pub dry_run: bool,
    /// Stop and forget jobs that the files do not hold any more.
    pub prune: bool,
    /// Answer when all have settled.
    pub wait: bool,
    /// The machine has started: only jobs with `boot`, and none that a person has stopped.
    pub at_boot: bool,
    /// Beside the files: files that are gone, and directories, whose jobs are left over.
    pub covers: Vec<PathBuf>,
    /// Stay with them until they are over: one that is given up is not tried again.
    pub attend: bool,
    /// The job whose status counts then.
    pub exit_with: Option<String>,
}

/// What `mux up` has done, or would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UpReport {
    /// A line for each job that changes, and for those that are left over.
    pub lines: Vec<String>,
    /// The jobs that were started or restarted.
    pub begun: Vec<String>,
    /// All that were asked for.
    pub all: Vec<String>,
}

/// What becomes of one job.
#[derive(Clone, Debug, PartialEq)]
enum Change {
    New,
    /// It runs, and these keys count from now on only when it is started anew.
    Restart(Vec<&'static str>),
    /// Nothing of what runs changes.
    Settings,
    /// As it is, but it was not up.
    Start,
    None,
}

impl State {
    /// Makes the jobs of these files true: adds, changes and starts them. Refused whole where a name is taken.
    pub fn up(
        &mut self,
        files: &[(PathBuf, JobFile)],
        options: &UpOptions,
        context: &Context,
        now: Timestamp,
    ) -> Result<UpReport> {
        let mut wanted = wanted(files, &options.names)?;
        if options.at_boot {
            wanted.retain(|name, (_, spec)| spec.boot && !self.is_stopped(name));
        }
        if options.attend {
            wanted.values_mut().for_each(|(_, spec)| spec.policy.retry_failed = None);
        }
        for (name, (source, _)) in &wanted {
            self.check_source(name, source)?;
        }
        let mut report = UpReport { all: wanted.keys().cloned().collect(), ..UpReport::default() };
        for (name, (source, spec)) in &wanted {
            let change = self.change(name, spec);
            report.lines.push(change.line(name, spec));
            if !options.dry_run {
                self.make_true(name, source, spec, &change, context, now);
            }
            if !matches!(change, Change::None | Change::Settings) {
                report.begun.push(name.clone());
            }
        }
        self.left_over(files, &wanted, options, &mut report, now);
        if !options.dry_run {
            for (_, file) in files {
                self.groups.extend(file.groups.iter().map(|(name, group)| (name.clone(), group.parallel)));
            }
            self.admit_jobs(now);
            self.save_part(Part::Jobs);
        }
        Ok(report)
    }

    /// Stops the jobs of these files, each when none that needs it is left; `kill` at once.
    pub fn down(
        &mut self,
        files: &[(PathBuf, JobFile)],
        names: &[String],
        kill: bool,
        now: Timestamp,
    ) -> Result<Vec<String>> {
        let wanted = wanted(files, names)?;
        let order = self.stop_order(wanted.into_keys().collect());
        self.stop_in_order(&order, kill, now);
        Ok(order)
    }

    /// Those first that need others of them.
    pub fn stop_order(&self, names: Vec<String>) -> Vec<String> {
        let known = names.iter().filter_map(|name| self.jobs.get(name));
        let needs: BTreeMap<&str, Vec<&str>> = known
            .map(|job| (job.name.as_str(), job.spec.needs.iter().map(|need| need.job.as_str()).collect()))
            .collect();
        job::start_order(&needs).into_iter().rev().map(str::to_owned).collect()
    }

    /// Answers the request when these have settled.
    pub fn await_settled(&mut self, request: RequestId, names: Vec<String>) {
        self.wait_for(Waiter::settled(request, names, None));
    }

    /// A job of this name that comes from elsewhere, or a session, is in the way.
    fn check_source(&self, name: &str, source: &Path) -> Result<()> {
        match self.jobs.get(name) {
            Some(job) if job.source.as_deref() == Some(source) => Ok(()),
            Some(job) if job.is_over() && job.source.is_none() => Ok(()),
            Some(job) => {
                let from = job.source.as_ref().map_or("mux run".into(), |source| source.display().to_string());
                Err(Error::conflict(format!("duplicate job: {name} is there already, from {from}"))
                    .hint(format!("`mux stop {name}` and `mux rm {name}` make room")))
            }
            None if self.session_named(name).is_some() => {
                Err(Error::conflict(format!("a session is called {name}, as a job would be"))
                    .hint(format!("`mux rename-session -t {name} OTHER` makes room")))
            }
            None => Ok(()),
        }
    }

    fn change(&self, name: &str, spec: &JobSpec) -> Change {
        let Some(job) = self.jobs.get(name).filter(|job| job.source.is_some()) else { return Change::New };
        let differs = what_runs_differently(&job.spec, spec);
        let live = job.life.phase.is_live();
        match (live, differs.is_empty()) {
            (true, false) => Change::Restart(differs),
            (true, true) if job.spec == *spec => Change::None,
            (true, true) => Change::Settings,
            (false, _) if job.is_up() && job.spec == *spec => Change::None,
            (false, _) => Change::Start,
        }
    }

    fn make_true(
        &mut self,
        name: &str,
        source: &Path,
        spec: &JobSpec,
        change: &Change,
        context: &Context,
        now: Timestamp,
    ) {
        let program = self.program_of(name, spec, context);
        let rescheduled = self.jobs.get(name).is_some_and(|job| job.spec.schedule != spec.schedule);
        match self.jobs.get_mut(name).filter(|_| *change != Change::New) {
            Some(job) => {
                job.spec = spec.clone();
                job.log = program.log.clone();
                job.program = program;
                job.source = Some(source.to_owned());
            }
            None => {
                self.forget_job(name);
                self.jobs.add(Job {
                    name: name.to_owned(),
                    spec: spec.clone(),
                    log: program.log.clone(),
                    program,
                    life: Life::default(),
                    pane: None,
                    session: None,
                    pid: None,
                    created: now,
                    source: Some(source.to_owned()),
                    alone: true,
                    changed: None,
                    health: Default::default(),
                });
            }
        }
        self.beginnings.insert(name.to_owned(), Beginning { context: context.clone(), ..Beginning::default() });
        self.settle_watch(name);
        match change {
            Change::New | Change::Start => self.job_event(name, JobEvent::Want, now),
            Change::Settings => {
                if rescheduled {
                    self.job_event(name, JobEvent::Want, now);
                }
                // What is looked at, and how it is stopped and restarted, is so from now on.
                if self.jobs.get(name).is_some_and(|job| job.life.phase.is_live()) {
                    self.push(Effect::Untend { job: name.to_owned() });
                    self.tend(name.to_owned());
                }
            }
            Change::None => {}
            Change::Restart(_) => {
                if rescheduled {
                    self.job_event(name, JobEvent::Want, now);
                }
                self.job_event(name, JobEvent::Restart(Reason::Changed), now);
            }
        }
    }

    fn program_of(&self, name: &str, spec: &JobSpec, context: &Context) -> Program {
        Program {
            words: match &spec.command {
                Command::Shell(line) => vec!["/bin/sh".into(), "-c".into(), line.clone()],
                Command::Words(words) => words.clone(),
            },
            cwd: spec.chdir.clone().unwrap_or_else(|| context.cwd.clone()),
            env: spec.env.clone().into_iter().collect(),
            nohup: spec.nohup || !spec.stdin_terminal,
            job: Some(name.to_owned()),
            log: Some(self.log_of(name, spec)),
            umask: spec.umask.unwrap_or(context.umask),
        }
    }

    /// Jobs that came from these files and are not in them any more.
    fn left_over(
        &mut self,
        files: &[(PathBuf, JobFile)],
        wanted: &BTreeMap<String, (PathBuf, JobSpec)>,
        options: &UpOptions,
        report: &mut UpReport,
        now: Timestamp,
    ) {
        if !options.names.is_empty() || options.at_boot {
            return;
        }
        let read = |job: &Job| files.iter().any(|(file, _)| job.source.as_ref() == Some(file));
        let left: Vec<(String, bool, Option<String>)> = self
            .jobs
            .iter()
            .filter(|job| (read(job) || is_of(job, &options.covers)) && !wanted.contains_key(&job.name))
            .map(|job| {
                let gone = job.source.as_deref().filter(|_| !read(job)).map(|source| self.short_path(source));
                (job.name.clone(), job.life.phase.is_live(), gone)
            })
            .collect();
        for (name, live, gone) in left {
            let why = gone.map_or_else(|| "no file has it any more".to_owned(), |file| format!("{file} is gone"));
            let doing = if live { "runs on" } else { "is kept" };
            report.lines.push(match options.prune {
                true => format!("- stop {name} ({why})"),
                false => format!("? {name} {doing}, though {why} (--prune ends it)"),
            });
            if options.prune && !options.dry_run {
                self.prune(&name, live, now);
            }
        }
    }

    fn prune(&mut self, name: &str, live: bool, now: Timestamp) {
        if !live {
            return self.forget_job(name);
        }
        self.job_event(name, JobEvent::Stop(Reason::Stopped), now);
        if let Some(job) = self.jobs.get_mut(name) {
            job.source = None;
            job.spec.once = true;
        }
    }

    /// Jobs of these files, or of files in these directories, are known.
    pub fn has_jobs_of(&self, covers: &[PathBuf]) -> bool {
        self.jobs.iter().any(|job| is_of(job, covers))
    }

    /// A person has stopped it.
    fn is_stopped(&self, name: &str) -> bool {
        self.jobs.get(name).is_some_and(|job| job.life.phase == Phase::Stopped)
    }
}

fn is_of(job: &Job, covers: &[PathBuf]) -> bool {
    let Some(source) = &job.source else { return false };
    covers.iter().any(|cover| source == cover || source.parent() == Some(cover))
}

impl Change {
    fn line(&self, name: &str, spec: &JobSpec) -> String {
        match self {
            Change::New | Change::Start if spec.schedule.is_some() => format!("+ {name} waits for its time"),
            Change::New | Change::Start => format!("+ start {name}"),
            Change::Restart(keys) => format!("~ restart {name} ({} changed)", keys.join(", ")),
            Change::Settings => format!("~ change {name} (needs no restart)"),
            Change::None => format!("= {name}"),
        }
    }
}

/// The jobs of all files by name, instances one by one.
fn wanted(files: &[(PathBuf, JobFile)], names: &[String]) -> Result<BTreeMap<String, (PathBuf, JobSpec)>> {
    let mut wanted: BTreeMap<String, (PathBuf, JobSpec)> = BTreeMap::new();
    for (source, file) in files {
        for (name, spec) in &file.jobs {
            let chosen = names.is_empty() || names.iter().any(|wanted| crate::format::fnmatch(wanted, name));
            for (instance, spec) in instances(name, spec).into_iter().filter(|_| chosen) {
                if let Some((other, _)) = wanted.insert(instance.clone(), (source.clone(), spec)) {
                    return Err(Error::conflict(format!(
                        "two jobs are called {instance}: in {} and in {}",
                        other.display(),
                        source.display()
                    )));
                }
            }
        }
    }
    need_instances(files, &mut wanted);
    let known = |wanted_name: &&String| {
        files.iter().any(|(_, file)| file.jobs.keys().any(|job| crate::format::fnmatch(wanted_name, job)))
    };
    match names.iter().find(|name| !known(name)) {
        Some(name) => Err(Error::not_found(format!("no job is called {name} in these files"))),
        None => Ok(wanted),
    }
}

/// Who needs a job of several instances needs them all.
fn need_instances(files: &[(PathBuf, JobFile)], wanted: &mut BTreeMap<String, (PathBuf, JobSpec)>) {
    let several = |name: &str| {
        let count = files.iter().find_map(|(_, file)| Some(file.jobs.get(name)?.instances))?;
        (count > 1).then_some(count)
    };
    for (_, spec) in wanted.values_mut() {
        let each = |need: job::Need| match several(&need.job) {
            None => vec![need],
            Some(count) => {
                (1..=count).map(|number| job::Need { job: format!("{}-{number}", need.job), ..need.clone() }).collect()
            }
        };
        spec.needs = std::mem::take(&mut spec.needs).into_iter().flat_map(each).collect();
    }
}

fn instances(name: &str, spec: &JobSpec) -> Vec<(String, JobSpec)> {
    if spec.instances <= 1 {
        return vec![(name.to_owned(), spec.clone())];
    }
    let instance = |number: u32| {
        let mut spec = spec.clone();
        spec.env.insert("MUX_INSTANCE".into(), number.to_string());
        spec.log.for_instance(number);
        (format!("{name}-{number}"), spec)
    };
    (1..=spec.instances).map(instance).collect()
}

/// The keys whose change a running program does not see.
fn what_runs_differently(old: &JobSpec, new: &JobSpec) -> Vec<&'static str> {
    let keys = [
        ("cmd", old.command == new.command),
        ("chdir", old.chdir == new.chdir),
        ("env", old.env == new.env),
        ("env_file", old.env_files == new.env_files),
        ("user", old.user == new.user),
        ("umask", old.umask == new.umask),
        ("nice", old.nice == new.nice),
        ("ionice", old.ionice == new.ionice),
        ("limits", old.limits == new.limits),
        ("oom_score", old.oom_score == new.oom_score),
        ("pty", old.output == new.output),
        ("memory_max", old.memory_max == new.memory_max),
        ("log", old.log == new.log),
        ("stdin", (&old.stdin, old.stdin_terminal) == (&new.stdin, new.stdin_terminal)),
    ];
    keys.into_iter().filter(|(_, same)| !same).map(|(key, _)| key).collect()
}

impl Job {
    /// It was wanted when the machine went down, and is to come back with it.
    pub fn comes_back(&self) -> bool {
        self.spec.boot && self.life.goal == Goal::Up && self.life.phase != Phase::Stopped
    }
}
