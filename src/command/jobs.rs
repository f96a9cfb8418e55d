//! Which jobs a command means, and how several are answered: for all commands about jobs.

use super::prelude::*;
use crate::model::supervise::JobEvent;
use crate::model::{JobTold as Told, Jobs as AllJobs, Refusal};

/// Jobs as a command's words.
#[derive(Args)]
pub struct Which {
    /// All jobs
    #[arg(long, conflicts_with = "jobs")]
    pub all: bool,
    /// Jobs: names, patterns such as 'web-*', @GROUP
    #[arg(value_name = "JOB")]
    pub jobs: Vec<String>,
}

impl Which {
    /// No job is meant, not even all.
    pub fn is_empty(&self) -> bool {
        !self.all && self.jobs.is_empty()
    }

    /// The names of those that are meant, each once. It is an error to mean none.
    pub fn chosen(&self, call: &Call<'_>) -> Result<Vec<String>> {
        if self.is_empty() {
            let name = call.argv.first().map_or("", String::as_str);
            return Err(Error::usage(format!("{name}: no job is named"))
                .hint("a name, a pattern such as 'web-*', @GROUP, or --all"));
        }
        self.chosen_or_all(call)
    }

    /// The same for what ends something: a beginning of a name is not enough.
    pub fn chosen_to_end(&self, call: &Call<'_>) -> Result<Vec<String>> {
        let jobs = call.state.jobs();
        if let Some(word) = self.jobs.iter().find(|word| !is_pattern(word) && jobs.get(word).is_none()) {
            let whole = one_job(jobs, word)?.name.clone();
            return Err(Error::not_found(format!("{word} is only the beginning of a job's name"))
                .hint(format!("did you mean '{whole}'? What ends something takes the whole name or a pattern")));
        }
        self.chosen(call)
    }

    /// Where none is named all are meant.
    pub fn chosen_or_all(&self, call: &Call<'_>) -> Result<Vec<String>> {
        let jobs = call.state.jobs();
        match self.jobs.as_slice() {
            [] => Ok(jobs.iter().map(|job| job.name.clone()).collect()),
            words => chosen(call, words),
        }
    }
}

/// The jobs that these words name: names, beginnings of one, patterns, and `@group`. Each once, in the order of the
/// words.
pub fn chosen(call: &Call<'_>, words: &[String]) -> Result<Vec<String>> {
    let jobs = call.state.jobs();
    let mut names: Vec<String> = Vec::new();
    for word in words {
        let found = one_word(jobs, word)?;
        names.extend(found.into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
    }
    Ok(names)
}

/// It may name several.
pub fn is_pattern(word: &str) -> bool {
    word.starts_with('@') || word.contains(['*', '?', '['])
}

fn one_word(jobs: &AllJobs, word: &str) -> Result<Vec<String>> {
    let names = |fits: &dyn Fn(&Job) -> bool| -> Vec<String> {
        jobs.iter().filter(|job| fits(job)).map(|job| job.name.clone()).collect()
    };
    if let Some(group) = word.strip_prefix('@') {
        let found = names(&|job| job.spec.group.as_deref() == Some(group));
        let groups = jobs.iter().filter_map(|job| job.spec.group.as_deref());
        let near = names::nearest(group, groups).map(|near| format!("@{near}"));
        return some(found, || none(format!("no job is in the group {group}"), near));
    }
    if jobs.get(word).is_none() && is_pattern(word) {
        let found = names(&|job| format::fnmatch(word, &job.name));
        let stem: String = word.chars().filter(|c| !matches!(c, '*' | '?' | '[' | ']')).collect();
        let near = names::nearest(&stem, jobs.iter().map(|job| job.name.as_str())).filter(|_| !stem.is_empty());
        return some(found, || none(format!("no job matches {word}"), near.map(str::to_owned)));
    }
    Ok(vec![one_job(jobs, word)?.name.clone()])
}

fn some(found: Vec<String>, otherwise: impl FnOnce() -> Error) -> Result<Vec<String>> {
    if found.is_empty() { Err(otherwise()) } else { Ok(found) }
}

fn none(message: String, near: Option<String>) -> Error {
    Error::not_found(message).hint(near.map_or("`mux ps` lists jobs".into(), |near| format!("did you mean '{near}'?")))
}

/// A job by its name or a unique beginning of it.
pub fn one_job<'a>(jobs: &'a AllJobs, name: &str) -> Result<&'a Job> {
    if let Some(job) = jobs.get(name) {
        return Ok(job);
    }
    let begins: Vec<&Job> = jobs.iter().filter(|job| !name.is_empty() && job.name.starts_with(name)).collect();
    match begins.as_slice() {
        [only] => Ok(only),
        [] => {
            let near = names::nearest(name, jobs.iter().map(|job| job.name.as_str())).map(str::to_owned);
            Err(none(format!("can't find job: {name}"), near))
        }
        several => {
            let names: Vec<&str> = several.iter().map(|job| job.name.as_str()).collect();
            Err(Error::not_found(format!("ambiguous job: {name}, could be: {}", names.join(", "))))
        }
    }
}

/// How a command that acts on jobs is answered.
#[derive(Args)]
pub struct How {
    /// Answer with an array of objects: name, ok, state, pid, result
    #[arg(long)]
    pub json: bool,
}

impl How {
    /// Of each job what was done, or why not.
    pub fn answer(&self, call: &Call<'_>, told: &[Told]) -> Answer {
        Answer::Reply(call.state.answer(told, self.json))
    }
}

/// Lets this happen to the jobs, and answers when all of them have settled: run, or have come to rest.
pub fn happen(call: &mut Call<'_>, names: Vec<String>, event: &JobEvent, wait: bool, how: &How) -> Answer {
    let now = call.origin.now;
    let order = match event {
        JobEvent::Stop(_) => call.state.stop_order(names.clone()),
        _ => names.clone(),
    };
    for name in &order {
        call.state.job_event(name, event.clone(), now);
    }
    if !wait {
        call.state.admit_jobs(now);
        let told: Vec<Told> = names.iter().map(|name| call.state.told(name)).collect();
        return how.answer(call, &told);
    }
    call.state.wait_for(Waiter::settled(call.origin.request, names, Some(how.json)));
    Answer::Later
}

/// Does something to each job; what that says of it.
pub fn each(
    call: &mut Call<'_>,
    names: &[String],
    act: impl Fn(&mut Call<'_>, &str) -> Result<String, Refusal>,
) -> Vec<Told> {
    names.iter().map(|name| (name.clone(), act(call, name))).collect()
}

/// For what only jobs that run can be asked.
pub fn not_running(name: &str) -> Refusal {
    Refusal::new("does not run", format!("`mux start {name}` starts it"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    fn world() -> World {
        let mut world = World::new();
        for name in ["web-1", "web-2", "db", "x[1]"] {
            world.ok(&format!("run -d -s '{name}' sleep 9"));
        }
        world
    }

    #[test]
    fn jobs_are_named_in_many_ways() {
        let mut world = world();
        for (words, names) in [
            ("db", "db"),
            ("d", "db"),
            ("'web-*'", "web-1 web-2"),
            ("'web-?' db web-1", "web-1 web-2 db"),
            ("'*[12]'", "web-1 web-2"),
            ("'x[1]'", "x[1]"),
        ] {
            let told = world.ok(&format!("why {words}"));
            let told: Vec<&str> = told.lines().filter_map(|line| line.split(' ').next()).collect();
            assert_eq!(told.join(" "), names, "{words}");
        }
        assert_eq!(world.ok("why --all").lines().count(), 4);
    }

    #[test]
    fn a_beginning_of_a_name_ends_nothing() {
        let mut world = world();
        for command in ["stop", "rm", "restart", "signal TERM"] {
            let error = world.error(&format!("{command} d"));
            assert_eq!(error.message, "d is only the beginning of a job's name", "{command}");
            assert!(error.hint.is_some_and(|hint| hint.starts_with("did you mean 'db'?")), "{command}");
        }
        assert!(world.ok("why db").contains("runs"));
    }

    #[test]
    fn who_means_nobody_is_told_whom_there_is() {
        let mut world = world();
        for (words, message, hint) in [
            ("'wep-*'", "no job matches wep-*", "did you mean 'web-1'?"),
            ("@front", "no job is in the group front", "`mux ps` lists jobs"),
            ("dd", "can't find job: dd", "did you mean 'db'?"),
            ("web", "ambiguous job: web, could be: web-1, web-2", ""),
            ("", "stop: no job is named", "a name, a pattern such as 'web-*', @GROUP, or --all"),
            ("db nope-at-all", "can't find job: nope-at-all", "`mux ps` lists jobs"),
        ] {
            let error = world.error(&format!("stop {words}"));
            assert_eq!((error.message.as_str(), error.hint.as_deref().unwrap_or("")), (message, hint), "{words}");
        }
        assert!(world.ok("why db").contains("runs"), "half a command is not done");
        assert_eq!(world.error("stop --all db").exit_code(), 2);
    }

    #[test]
    fn each_job_s_answer_is_a_line_and_one_that_is_bad_counts() {
        let mut world = world();
        world.exit(2, crate::base::ExitStatus::Code(0));
        let reply = world.reply("pause web-1 db");
        assert_eq!(reply.out, "web-1: frozen\ndb: does not run\n");
        assert_eq!((reply.status, reply.error.unwrap().message.as_str()), (1, "job db does not run"));
        let reply = world.reply("resume --json web-1 db");
        assert_eq!((reply.status, &reply.error), (1, &None));
        let json: serde_json::Value = serde_json::from_str(&reply.out).unwrap();
        assert_eq!((&json[0]["ok"], &json[0]["pid"]), (&true.into(), &4711.into()));
        assert_eq!((&json[1]["ok"], &json[1]["result"]), (&false.into(), &"does not run".into()));
    }
}
