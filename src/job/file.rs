//! A file of jobs: `mux.toml` and `jobs/*.toml`.
//!
//! ```toml
//! [defaults]
//! restart = "on-failure"
//!
//! [job.web]
//! cmd = "python3 -m http.server 8000"
//! ready = "tcp:8000"
//! needs = ["db"]
//!
//! [group.batch]
//! parallel = 2
//! ```

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::order::{Needs, cycle};
use super::{Check, JobSpec, keys};
use crate::base::Problem;
use crate::base::problem::{Source, suggestion};

/// How many jobs of a group run at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// 0: as many as there are.
    pub parallel: u32,
}

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobFile {
    pub jobs: BTreeMap<String, JobSpec>,
    pub groups: BTreeMap<String, Group>,
    /// Line and column, from 1, of each job's name (under "") and of each of its keys.
    pub places: BTreeMap<String, BTreeMap<String, (usize, usize)>>,
}

impl JobFile {
    /// Where a job's key stands, or its name where the key is not there.
    pub fn place(&self, job: &str, key: &str) -> (usize, usize) {
        let places = self.places.get(job);
        places.and_then(|places| places.get(key).or_else(|| places.get(""))).copied().unwrap_or((1, 1))
    }
}

/// Reads the text of a file; `file` is its name in problems, and its directory is where jobs start that name none.
/// A job with a problem is left out, or a part of it would run.
pub fn load(text: &str, file: &Path) -> (JobFile, Vec<Problem>) {
    let (source, table) = Source::parse(text, file);
    let mut reader =
        Reader { source, file: JobFile::default(), places: BTreeMap::new(), group_places: BTreeMap::new() };
    reader.read(&table);
    let base = file.parent().unwrap_or(Path::new("/"));
    for job in reader.file.jobs.values_mut() {
        settle_paths(job, base);
    }
    reader.check_needs();
    reader.check_groups();
    reader.check_ports();
    reader.check_logs();
    (reader.file, reader.source.finish())
}

const TABLES: [&str; 3] = ["defaults", "job", "group"];

type Value<'a> = Spanned<DeValue<'a>>;

struct Reader<'a> {
    source: Source<'a>,
    file: JobFile,
    /// Where each job's name and its `needs` stand.
    places: BTreeMap<String, Range<usize>>,
    group_places: BTreeMap<String, Range<usize>>,
}

impl<'a> Reader<'a> {
    fn read(&mut self, table: &DeTable<'a>) {
        let mut defaults = JobSpec::default();
        if let Some(value) = table.get("defaults")
            && let Some(table) = self.source.table("defaults", value)
        {
            self.keys(table, &mut defaults);
        }
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "defaults" => {}
                "job" => self.jobs(value, &defaults),
                "group" => self.groups(value),
                other => {
                    let hint = suggestion(other, TABLES);
                    self.source.report(
                        key.span(),
                        format!(
                            "'{other}' is nothing that mux knows: expected [job.NAME], [group.NAME] or [defaults]{hint}"
                        ),
                    );
                }
            }
        }
    }

    fn jobs(&mut self, value: &Value<'a>, defaults: &JobSpec) {
        let Some(table) = self.source.table("job", value) else { return };
        for (name, value) in table {
            let job = name.get_ref().as_ref();
            if let Err(wrong) = check_name(job) {
                self.source.report(name.span(), format!("'{job}' cannot be a job's name: {wrong}"));
                continue;
            }
            let Some(fields) = self.source.table(job, value) else { continue };
            let mut spec = defaults.clone();
            let whole = self.keys(fields, &mut spec);
            let keys = fields.iter().map(|(key, value)| (key.get_ref().to_string(), value.span()));
            let places = keys.chain([(String::new(), name.span())]);
            let places = places.map(|(key, span)| (key, self.source.place(&span))).collect();
            self.file.places.insert(job.to_owned(), places);
            if let Err((key, wrong)) = spec.fits_together() {
                let at = fields.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value.span());
                self.source.report(at.unwrap_or(name.span()), wrong);
                continue;
            }
            if spec.command.is_empty() && !fields.contains_key("cmd") {
                self.source.report(name.span(), format!("job {job} has no cmd: there is nothing to run"));
            } else if whole {
                let needs = fields.iter().find(|(key, _)| key.get_ref() == "needs").map(|(_, value)| value.span());
                self.places.insert(job.to_owned(), needs.unwrap_or(name.span()));
                self.file.jobs.insert(job.to_owned(), spec);
            }
        }
    }

    /// False where something was wrong.
    fn keys(&mut self, table: &DeTable<'a>, spec: &mut JobSpec) -> bool {
        let mut whole = true;
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let (at, wrong) = match keys::spec(name) {
                None => (key.span(), Err(keys::unknown(name))),
                Some(row) => {
                    let set = (row.set)(spec, value.get_ref());
                    (value.span(), set.map_err(|wrong| format!("{name}: {wrong}")))
                }
            };
            if let Err(wrong) = wrong {
                self.source.report(at, wrong);
                whole = false;
            }
        }
        whole
    }

    fn groups(&mut self, value: &Value<'a>) {
        let Some(table) = self.source.table("group", value) else { return };
        for (name, value) in table {
            let group = name.get_ref().to_string();
            self.group_places.insert(group.clone(), name.span());
            let Some(fields) = self.source.table(&group, value) else { continue };
            let mut parallel = 0;
            for (key, value) in fields {
                match key.get_ref().as_ref() {
                    "parallel" => match super::value::number(value.get_ref(), "from 0") {
                        Ok(number) => parallel = number,
                        Err(wrong) => self.source.report(value.span(), format!("parallel: {wrong}")),
                    },
                    other => {
                        self.source.report(key.span(), format!("no key is called '{other}': a group has parallel"))
                    }
                }
            }
            self.file.groups.insert(group, Group { parallel });
        }
    }

    /// Where a job's key stands, or its name.
    fn report_at(&mut self, job: &str, key: &str, message: String) {
        let (line, column) = self.file.place(job, key);
        self.source.report_at(line, column, message);
    }

    /// Every group has a job, and a job's group that is nearly one of the file's is meant to be that.
    fn check_groups(&mut self) {
        let names: Vec<String> = self.file.groups.keys().cloned().collect();
        for name in &names {
            if !self.file.jobs.values().any(|job| job.group.as_ref() == Some(name)) {
                let near = suggestion(name, self.file.jobs.values().filter_map(|job| job.group.as_deref()));
                let span = self.group_places.get(name).cloned().unwrap_or(0..0);
                self.source.report(span, format!("no job is in the group {name}{near}"));
            }
        }
    }

    /// Two jobs that are ready by one port of this machine: one of them listens in vain, and both are taken for ready.
    fn check_ports(&mut self) {
        let mut taken: BTreeMap<u16, String> = BTreeMap::new();
        let jobs: Vec<(String, u16, u32)> = self
            .file
            .jobs
            .iter()
            .filter_map(|(name, job)| match job.ready.as_ref()? {
                Check::Tcp(place) | Check::Http { place, .. } => {
                    let here = matches!(place.host.as_str(), "127.0.0.1" | "localhost" | "::1");
                    here.then(|| (name.clone(), place.port, job.instances))
                }
                _ => None,
            })
            .collect();
        for (name, port, instances) in jobs {
            if instances > 1 {
                let message = format!("job {name} has {instances} instances, which are all ready by port {port}");
                self.report_at(&name, "ready", message);
            }
            if let Some(other) = taken.insert(port, name.clone()) {
                self.report_at(&name, "ready", format!("jobs {other} and {name} are both ready by port {port}"));
            }
        }
    }

    /// No two jobs write to one file: neither could begin a new one.
    fn check_logs(&mut self) {
        let mut writers: BTreeMap<&Path, &str> = BTreeMap::new();
        for (name, job) in &self.file.jobs {
            let Some(path) = &job.log.path else { continue };
            if let Some(other) = writers.insert(path, name) {
                let place = self.places.get(name).cloned().unwrap_or(0..0);
                self.source.report(place, format!("jobs {other} and {name} have one log: {}", path.display()));
            }
        }
    }

    /// Every job that is needed is there, and no jobs need each other in a circle.
    fn check_needs(&mut self) {
        // Also those that are left out for something else.
        let names: Vec<String> = self.file.places.keys().cloned().collect();
        for (name, job) in &self.file.jobs {
            let Some(place) = self.places.get(name) else { continue };
            for need in job.needs.iter().filter(|need| !names.contains(&need.job)) {
                let hint = suggestion(&need.job, names.iter().map(String::as_str));
                self.source
                    .report(place.clone(), format!("job {name} needs '{}', which is no job here{hint}", need.job));
            }
        }
        for (name, job) in &self.file.jobs {
            for other in job.after.iter().filter(|other| !names.contains(other)) {
                let hint = suggestion(other, names.iter().map(String::as_str));
                let (line, column) = self.file.place(name, "after");
                let message = format!("job {name} is to start after '{other}', which is no job here{hint}");
                self.source.report_at(line, column, message);
            }
        }
        let needs: Needs<'_> = self
            .file
            .jobs
            .iter()
            .map(|(name, job)| {
                let needed = job.needs.iter().map(|need| need.job.as_str());
                (name.as_str(), needed.chain(job.after.iter().map(String::as_str)).collect())
            })
            .collect();
        if let Some(circle) = cycle(&needs) {
            let place = self.places.get(circle[0]).cloned().unwrap_or(0..0);
            let told = circle.join(" needs ");
            self.source.report(place, format!("these jobs wait for each other for ever: {told} needs {}", circle[0]));
        }
    }
}

/// As a name of a session, and of a file.
pub(super) fn check_name(name: &str) -> Result<(), &'static str> {
    let first = name.chars().next();
    if !first.is_some_and(|first| first.is_ascii_alphanumeric()) {
        return Err("it begins with a letter or a digit");
    }
    if name.len() > MAX_NAME {
        return Err("it is too long");
    }
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.chars().all(fine) { Ok(()) } else { Err("it is made of letters, digits, '-' and '_'") }
}

/// Bytes; room is left for `-N` of an instance in what a session may be called.
const MAX_NAME: usize = 63;

/// Paths in a file are seen from where it lies.
fn settle_paths(job: &mut JobSpec, base: &Path) {
    let home = base.to_path_buf();
    let chdir = job.chdir.take().map_or_else(|| home.clone(), |dir| base.join(dir));
    job.chdir = Some(chdir);
    for path in &mut job.env_files {
        // The mark that it may be missing stays in front.
        let text = path.to_string_lossy().into_owned();
        *path = match text.strip_prefix('-') {
            Some(rest) => format!("-{}", base.join(rest).display()).into(),
            None => base.join(&*path),
        };
    }
    if let Some(watch) = &mut job.watch {
        watch.base = home;
    }
    job.stdin = job.stdin.take().map(|path| base.join(path));
    job.log.path = job.log.path.take().map(|path| base.join(path));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Period;
    use crate::job::{Check, Command, Condition, Kind, Restart};

    fn problems(text: &str) -> Vec<String> {
        load(text, Path::new("/srv/mux.toml")).1.iter().map(|problem| problem.to_string()).collect()
    }

    #[test]
    fn a_file_says_what_runs() {
        let text = r#"
            [defaults]
            restart_delay = "2s"
            [job.web]
            cmd = ["python3", "-m", "http.server"]
            needs = ["db", "migrate:done"]
            ready = "tcp:8000"
            env = { PORT = 8000, DEBUG = true }
            stop = "INT/5s KILL"
            [job.db]
            cmd = "exec postgres -D data"
            restart = "always"
            chdir = "data"
            [job.migrate]
            kind = "task"
            group = "batch"
            cmd = "./migrate"
            needs = "db"
            [group.batch]
            parallel = 2
        "#;
        let (file, problems) = load(text, Path::new("/srv/mux.toml"));
        assert_eq!(problems, []);
        let web = &file.jobs["web"];
        assert_eq!(web.command, Command::Words(vec!["python3".into(), "-m".into(), "http.server".into()]));
        assert_eq!(web.needs[1].condition, Some(Condition::Done));
        assert!(matches!(web.ready, Some(Check::Tcp(_))));
        assert_eq!(web.env["PORT"], "8000");
        assert_eq!(web.policy.delay, Period::from_secs(2));
        assert_eq!(web.chdir.as_deref(), Some(Path::new("/srv")));
        assert_eq!(file.jobs["db"].policy.restart, Restart::Always);
        assert_eq!(file.jobs["db"].chdir.as_deref(), Some(Path::new("/srv/data")));
        assert_eq!(file.jobs["migrate"].kind, Kind::Task);
        assert_eq!(file.groups["batch"].parallel, 2);
    }

    #[test]
    fn every_problem_is_told_with_its_place() {
        let text = "[job.web]\ncmd = \"x\"\nautorestart = true\nrestrat = \"no\"\nrestart_delay = \"soon\"\n";
        let told = problems(text);
        assert_eq!(told.len(), 3, "{told:#?}");
        assert!(told[0].starts_with("/srv/mux.toml:3:1: no key is called 'autorestart'; here that is 'restart'"));
        assert!(told[1].ends_with("4:1: no key is called 'restrat'; did you mean 'restart'?"), "{}", told[1]);
        assert!(told[2].contains(":5:17: restart_delay: not a duration: 'soon'"), "{}", told[2]);
    }

    #[test]
    fn needs_must_be_there_and_go_in_no_circle() {
        let told = problems("[job.web]\ncmd = \"x\"\nneeds = [\"bd\"]\n[job.db]\ncmd = \"y\"\n");
        assert_eq!(told, ["/srv/mux.toml:3:9: job web needs 'bd', which is no job here"]);
        let told = problems("[job.a]\ncmd = \"x\"\nneeds = \"b\"\n[job.b]\ncmd = \"y\"\nneeds = \"a\"\n");
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("wait for each other for ever: a needs b needs a"), "{}", told[0]);
    }

    #[test]
    fn what_cannot_run_is_refused() {
        for (text, why) in [
            ("[job.x]\nrestart = \"no\"", "has no cmd"),
            ("[job.x]\ncmd = \"\"", "nothing to run"),
            ("[job.\"a b\"]\ncmd = \"x\"", "made of letters"),
            ("[jobs.x]\ncmd = \"x\"", "expected [job.NAME]"),
            ("[job.x]\ncmd = \"x\"\nhealth = \"notify\"", "again and again"),
            ("[job.x]\ncmd = \"x\"\nlimits = { nofiles = 3 }", "did you mean 'nofile'"),
            ("[job.x]\ncmd = \"x\"\nnice = 20", "-20 to 19"),
            ("[job.x]\ncmd = \"x\"\nalert = { match = \"(\" }", "match: regex"),
            ("[job.x]\ncmd = \"x\"\nschedule = \"@often\"", "schedule: '@often' is no schedule"),
            (
                "[job.x]\ncmd = \"x\"\nschedule = \"@daily\"\nrestart = \"always\"",
                "restart = \"always\" leaves no time",
            ),
            ("[job.x]\ncmd = \"x\"\n[job.x]\ncmd = \"y\"", "duplicate"),
            ("[job.x]\ncmd = \"x\"\nafter = \"yy\"", "after 'yy', which is no job here"),
            ("[job.x]\ncmd = \"x\"\ngroup = \"batch\"\n[group.batc]\nparallel = 2", "did you mean 'batch'"),
            (
                "[job.x]\ncmd = \"x\"\nready = \"tcp:80\"\n[job.y]\ncmd = \"y\"\nready = \"http://localhost/\"",
                "x and y are both ready by port 80",
            ),
            ("[job.x]\ncmd = \"x\"\nready = \"tcp:80\"\ninstances = 3", "all ready by port 80"),
            ("[job.x]\ncmd = \"x\"\nstop = \"TREM/5s\"", "no signal is called TREM"),
            ("[job.x]\ncmd = \"x\"\nrestart = \"sometimes\"", "one of no, on-failure, always"),
            ("[job.x]\ncmd = \"x\"\nneeds = \"y:healthy\"", "unknown condition 'healthy'"),
            ("[job.x]\ncmd = [\"x\"", "unclosed array"),
        ] {
            let told = problems(text);
            assert!(told.iter().any(|problem| problem.contains(why)), "{text}: {told:?}");
        }
    }

    #[test]
    fn a_problem_shows_its_line_and_no_other_job_is_blamed_for_it() {
        let text = "[job.web]\ncmd = \"x\"\nneeds = \"db\"\n[job.db]\ncmd = \"y\"\n\trestrat = \"no\"\n";
        let (_, problems) = load(text, Path::new("/srv/mux.toml"));
        assert_eq!(problems.len(), 1, "{problems:?}");
        let shown = problems[0].with_line(text);
        let expected = "/srv/mux.toml:6:2: no key is called 'restrat'; did you mean 'restart'?\n  6 | \trestrat = \"no\"\n    | \t^\n";
        assert_eq!(shown, expected);
    }

    /// What the manuals of systemd, Upstart, Supervisor, PM2, launchd and others call it.
    #[test]
    fn the_keys_of_other_tools_are_known_by_what_they_are_called_here() {
        for (foreign, ours) in FOREIGN {
            for name in foreign.split(' ') {
                let told = keys::unknown(name);
                assert!(told.contains(&format!("here that is '{ours}'")), "{name}: {told}");
            }
        }
    }

    const FOREIGN: &[(&str, &str)] = &[
        ("ExecStart exec script command", "cmd"),
        ("Type task oneshot", "kind"),
        ("enable WantedBy autostart startup start_on RunAtLoad", "boot"),
        ("Requires Wants BindsTo depends_on", "needs"),
        ("After priority", "after"),
        ("PartOf stop_on", "on_dep_restart"),
        ("Restart respawn autorestart KeepAlive", "restart"),
        ("RestartSec exp_backoff_restart_delay ThrottleInterval", "restart_delay"),
        ("RestartMaxDelaySec", "restart_max"),
        ("StartLimitBurst respawn_limit startretries max_restarts", "restart_limit"),
        ("StartLimitIntervalSec", "reset_after"),
        ("SuccessExitStatus exitcodes normal_exit", "success_exit"),
        ("RestartPreventExitStatus stop_exit_codes", "no_restart_exit"),
        ("startsecs", "min_uptime"),
        ("TimeoutStartSec listen_timeout", "start_timeout"),
        ("wait_ready expect", "ready"),
        ("WatchdogSec healthcheck", "health"),
        ("KillSignal TimeoutStopSec stopsignal stopwaitsecs kill_timeout kill_signal ExitTimeOut ExecStop", "stop"),
        ("KillMode stopasgroup killasgroup treekill", "stop"),
        ("ExecReload reload_signal ReloadSignal", "reload"),
        ("Environment environment EnvironmentVariables", "env"),
        ("EnvironmentFile", "env_file"),
        ("WorkingDirectory directory cwd", "chdir"),
        ("User Group setuid setgid uid gid UserName", "user"),
        ("UMask", "umask"),
        ("Nice", "nice"),
        ("LimitNOFILE LimitNPROC LimitCORE limit", "limits"),
        ("OOMScoreAdjust oom", "oom_score"),
        ("IOSchedulingClass", "ionice"),
        ("max_memory_restart", "memory_restart"),
        ("RuntimeMaxSec", "runtime_max"),
        ("StandardInput", "stdin"),
        ("numprocs replicas", "instances"),
        ("console TTYPath redirect_stderr", "pty"),
    ];

    #[test]
    fn every_key_is_read_by_somebody_and_none_has_two_names() {
        let mut names: Vec<&str> = keys::KEYS.iter().map(|key| key.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), keys::KEYS.len());
        for key in keys::KEYS {
            assert!(keys::KEYS.iter().all(|other| !other.foreign.contains(&key.name)), "{} is ours", key.name);
        }
    }
}
