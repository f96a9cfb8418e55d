//! `wait`: waits for jobs or sessions to end, and ends with their status.

use super::prelude::*;

#[derive(Args)]
pub struct Wait {
    /// Jobs or sessions; of several, the first status that is not 0 counts
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
}

impl Command for Wait {
    const NAME: &'static str = "wait";
    const SUMMARY: &'static str = "Wait for jobs or sessions to end; ends with their status";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let awaited: Vec<Awaited> = self.names.iter().map(|name| find(call, name)).collect::<Result<_>>()?;
        call.state.wait_for(Waiter::new(call.origin.request, awaited));
        Ok(Answer::Later)
    }
}

/// A job that runs, a session, or what is remembered of one that has ended.
fn find(call: &Call<'_>, name: &str) -> Result<Awaited> {
    let jobs = call.state.jobs();
    if let Some(job) = jobs.get(name).filter(|job| !job.is_over()) {
        return Ok(Awaited::Job(job.name.clone()));
    }
    if let Some(session) = call.state.session_named(name) {
        return Ok(Awaited::Session(session.id));
    }
    let job = jobs.get(name).and_then(Job::outcome);
    if let Some(status) = job.or_else(|| jobs.last_exit(name).map(|record| record.status.shell_code())) {
        return Ok(Awaited::Ended(status));
    }
    match super::logs::find_job(call, name) {
        Ok(job) => Ok(job.outcome().map_or_else(|| Awaited::Job(job.name.clone()), Awaited::Ended)),
        Err(error) => call.session(Some(name)).map(Awaited::Session).map_err(|_| error),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;

    #[test]
    fn the_status_is_the_job_s() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        world.later("wait train");
        assert!(world.replies.is_empty());
        world.exit(0, ExitStatus::Signal { signal: 15, core: false });
        assert_eq!(world.replies.pop().unwrap().status, 143);
        world.later("wait train");
        assert_eq!(world.replies.pop().unwrap().status, 143, "and later too");
        assert_eq!(world.fails("wait nope"), "can't find job: nope");
    }

    #[test]
    fn sessions_can_be_waited_for_even_when_they_are_gone() {
        let mut world = World::new();
        world.ok("new -d -s worker");
        world.later("wait worker");
        world.exit(0, ExitStatus::Code(7));
        assert_eq!(world.replies.pop().unwrap().status, 7);
        world.later("wait worker");
        assert_eq!(world.replies.pop().unwrap().status, 7);
    }

    #[test]
    fn a_killed_session_is_waited_for_until_its_program_has_ended() {
        let mut world = World::new();
        world.ok("new -d -s worker");
        world.later("wait worker");
        world.ok("kill-session -t worker");
        assert!(world.replies.is_empty());
        world.exit(0, ExitStatus::Signal { signal: 1, core: false });
        assert_eq!(world.replies.pop().unwrap().status, 129);
    }
}
