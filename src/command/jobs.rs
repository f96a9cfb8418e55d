//! Which jobs a command means, and how several are answered: for all commands that act on jobs.

use super::prelude::*;
use crate::model::supervise::JobEvent;

/// The jobs that these words name: names, beginnings of one, globs, and `@group`. Each once, in the order of the words.
pub fn chosen(call: &Call<'_>, words: &[String]) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for word in words {
        let found = one_word(call, word)?;
        names.extend(found.into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
    }
    Ok(names)
}

fn one_word(call: &Call<'_>, word: &str) -> Result<Vec<String>> {
    let jobs = call.state.jobs();
    if let Some(group) = word.strip_prefix('@') {
        let members = jobs.iter().filter(|job| job.spec.group.as_deref() == Some(group));
        let names: Vec<String> = members.map(|job| job.name.clone()).collect();
        let none = || Error::not_found(format!("no job is in the group {group}")).hint("`mux ps` lists jobs");
        return if names.is_empty() { Err(none()) } else { Ok(names) };
    }
    if word.contains(['*', '?', '[']) {
        let names: Vec<String> =
            jobs.iter().filter(|job| format::fnmatch(word, &job.name)).map(|job| job.name.clone()).collect();
        let none = || Error::not_found(format!("no job matches {word}")).hint("`mux ps` lists jobs");
        return if names.is_empty() { Err(none()) } else { Ok(names) };
    }
    Ok(vec![super::logs::find_job(call, word)?.name.clone()])
}

/// Lets this happen to the jobs, and answers when all of them have settled: run, or have come to rest.
pub fn happen(call: &mut Call<'_>, names: Vec<String>, event: &JobEvent, wait: bool) -> Answer {
    let now = call.origin.now;
    for name in &names {
        call.state.job_event(name, event.clone(), now);
    }
    if !wait {
        return Answer::Done;
    }
    let awaited = names.into_iter().map(Awaited::Settled).collect();
    call.state.wait_for(Waiter::new(call.origin.request, awaited));
    Answer::Later
}
