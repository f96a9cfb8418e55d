//! `kill-session`: ends a session's programs.

use super::prelude::*;

#[derive(Args)]
pub struct KillSession {
    /// All sessions but this one
    #[arg(short = 'a')]
    others: bool,
    /// Only take the marks of its windows away (activity, bell, silence)
    #[arg(short = 'C', conflicts_with_all = ["others", "group"])]
    clear: bool,
    /// All sessions of its group, and so their windows
    #[arg(short = 'g', conflicts_with = "others")]
    group: bool,
    /// The session, by its exact name or id
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
}

impl Command for KillSession {
    const NAME: &'static str = "kill-session";
    const SUMMARY: &'static str = "End a session and its programs";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let session = call.state.find_session(self.target.as_deref(), call.origin, Purpose::Destroy)?;
        if self.clear {
            call.state.clear_alerts(session);
            return Ok(Answer::Done);
        }
        if self.group {
            call.state.group_of(session).into_iter().for_each(|member| call.state.close_session(member));
            return Ok(Answer::Done);
        }
        let all: Vec<SessionId> = call.state.sessions().map(|known| known.id).collect();
        let meant = all.into_iter().filter(|known| (*known == session) != self.others);
        meant.for_each(|known| call.state.close_session(known));
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn ending_wants_the_exact_name() {
        let mut world = World::new();
        world.ok("new -d -s worker");
        world.ok("new -d -s other");
        assert_eq!(world.fails("kill-session -t work"), "can't find session: work");
        assert_eq!(world.hint("kill-session -t work"), "did you mean 'worker'?");
        assert_eq!(world.fails("kill-session"), "no current session");
        world.ok("kill-session -t worker");
        assert_eq!(world.ok("ls -F '#{session_name}'"), "other\n");
    }

    #[test]
    fn all_of_a_group_or_only_the_marks() {
        use crate::base::{PaneId, Timestamp};
        use crate::model::Event;
        let mut world = World::new();
        world.ok("new -d -s a ; neww -t a ; new -d -t a -s b ; new -d -s c");
        world.state.apply(Event::PaneBell { pane: PaneId(0) }, Timestamp(1));
        assert_eq!(world.ok("lsw -t a -F '#F'"), "!-\n*\n");
        world.ok("kill-session -C -t a");
        assert_eq!(world.ok("lsw -t a -F '#F'"), "-\n*\n");
        world.ok("kill-session -g -t b");
        assert_eq!(world.ok("ls -F '#S'"), "c\n");
    }

    #[test]
    fn in_a_pane_the_own_session_is_meant() {
        let mut world = World::new();
        world.ok("new -d -s a");
        world.ok("new -d -s b");
        world.inside("a");
        world.ok("kill-session");
        assert_eq!(world.ok("ls -F '#{session_name}'"), "b\n");
    }
}
