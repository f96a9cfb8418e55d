//! `wait`: waits for jobs or sessions to come so far.

use super::jobs::{chosen, is_pattern, one_job};
use super::prelude::*;
use crate::base::Period;
use crate::model::Aim;

#[derive(Args)]
pub struct Wait {
    /// exit: until it is over, with its own status. ready, success (it has ended well) and stopped (nothing of it runs,
    /// nor will by itself): 0 when that is so, 1 when it will not come so far by itself
    #[arg(long = "for", value_name = "WHAT", default_value = "exit", value_parser = ["exit", "ready", "success", "stopped"])]
    what: String,
    /// Wait no longer, and end with 124
    #[arg(long, value_name = "TIME")]
    timeout: Option<Period>,
    /// One of them is enough
    #[arg(long)]
    any: bool,
    /// When the time is over, in milliseconds since the epoch: given with --timeout by `mux` itself, so that the time
    /// does not begin anew with another server
    #[arg(long, hide = true, value_name = "TIME")]
    until: Option<i64>,
    /// Jobs (names, patterns such as 'web-*', @GROUP) or sessions; of several, the first status that is not 0 counts
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
}

impl Command for Wait {
    const NAME: &'static str = "wait";
    const SUMMARY: &'static str = "Wait for jobs or sessions to end, or to come so far";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let aim = match self.what.as_str() {
            "ready" => Some(Aim::Ready),
            "success" => Some(Aim::Success),
            "stopped" => Some(Aim::Stopped),
            _ => None,
        };
        let mut names = Vec::new();
        for name in self.names {
            match is_pattern(&name) && call.state.jobs().get(&name).is_none() {
                true => names.extend(chosen(call, &[name])?),
                false => names.push(name),
            }
        }
        let awaited: Vec<Awaited> = names.iter().map(|name| find(call, name, aim)).collect::<Result<_>>()?;
        let end = self.timeout.map(|timeout| call.origin.now.after(timeout));
        let until = self.until.map(Timestamp).filter(|_| self.timeout.is_some()).or(end);
        let waiter = Waiter { names, any: self.any, until, ..Waiter::new(call.origin.request, awaited) };
        call.state.wait_for(waiter);
        Ok(Answer::Later)
    }
}

/// A job that runs, a session, or what is remembered of one that has ended.
fn find(call: &Call<'_>, name: &str, aim: Option<Aim>) -> Result<Awaited> {
    let jobs = call.state.jobs();
    if let Some(aim) = aim {
        return one_job(jobs, name).map(|job| Awaited::Comes(job.name.clone(), aim));
    }
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
    match one_job(jobs, name) {
        Ok(job) => Ok(job.outcome().map_or_else(|| Awaited::Job(job.name.clone()), Awaited::Ended)),
        Err(error) => call.session(Some(name)).map(Awaited::Session).map_err(|_| error),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;
    use crate::model::Event;

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

    #[test]
    fn what_is_waited_for_comes_or_cannot_come_any_more() {
        for (what, end, status) in [("success", 0, 0), ("success", 3, 1), ("stopped", 3, 0), ("ready", 0, 0)] {
            let mut world = World::new();
            world.ok("run -d ./train.sh");
            world.later(&format!("wait --for {what} train"));
            assert_eq!(world.replies.is_empty(), what != "ready", "{what}");
            world.exit(0, ExitStatus::Code(end));
            let reply = world.replies.pop().unwrap();
            assert_eq!((reply.status, reply.error.is_some()), (status, status != 0), "{what} {end}");
        }
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        world.exit(0, ExitStatus::Code(0));
        assert_eq!(world.reply("wait --for ready train").error.unwrap().message, "job train exited: exit 0");
        assert_eq!(world.reply("wait --for never train").status, 2);
    }

    #[test]
    fn a_restart_is_waited_through() {
        let mut world = World::new();
        world.ok("run -d --restart on-failure ./train.sh");
        world.later("wait --for success train");
        world.exit(0, ExitStatus::Code(1));
        assert!(world.replies.is_empty(), "it is started again");
        world.event(Event::JobSet { job: "train".into(), left: Vec::new() });
        world.ok("start --no-wait train");
        world.exit(0, ExitStatus::Code(0));
        assert_eq!(world.replies.pop().unwrap().status, 0);
    }

    #[test]
    fn time_is_over_when_it_is_over_whichever_server_is_asked() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        world.ok("run -d -s other ./train.sh");
        world.later("wait --timeout 10s train other");
        let deadline = world.state.deadline().unwrap();
        while world.replies.is_empty() {
            world.event(Event::Time);
        }
        let reply = world.replies.pop().unwrap();
        assert_eq!(reply.status, 124);
        assert_eq!(reply.error.unwrap().message, "timed out: job train is running (and 1 more)");
        assert_eq!(world.state.deadline(), None);
        // Asked again of another server, with the time that was meant first.
        assert_eq!(world.reply(&format!("wait --timeout 10s --until {} train", deadline.0)).status, 124);
    }

    #[test]
    fn of_any_the_first_counts() {
        let mut world = World::new();
        world.ok("run -d -s a-1 sleep 1");
        world.ok("run -d -s a-2 sleep 1");
        world.later("wait --any 'a-*'");
        world.exit(1, ExitStatus::Code(4));
        assert_eq!(world.replies.pop().unwrap().status, 4);
    }
}
