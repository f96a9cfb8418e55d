//! `attach-session`: shows a session in this terminal.

use super::prelude::*;

#[derive(Args)]
pub struct AttachSession {
    /// Detach the session's other clients
    #[arg(short = 'd')]
    detach_others: bool,
    /// The session; the one used last where none is given
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
    /// Attach although this terminal is a pane of mux
    #[arg(long)]
    nested: bool,
    /// Leave with the status of the session's program, as the terminal of a job does that comes back
    #[arg(long, hide = true)]
    foreground: bool,
}

impl Command for AttachSession {
    const NAME: &'static str = "attach-session";
    const ALIAS: &'static [&'static str] = &["attach", "a"];
    const SUMMARY: &'static str = "Show a session in this terminal";
    const ATTACHES: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let target = self.target.as_deref();
        let session = call.session(target)?;
        let pane = target.filter(|target| target.contains([':', '@', '%'])).map(|target| call.pane(Some(target)));
        let pane = pane.transpose()?;
        let answer = show(call, session, self.detach_others, self.nested)?;
        if let Some(pane) = pane {
            call.state.select_window(call.window_of(pane)?);
            call.state.select_pane(pane, true);
        }
        if self.foreground {
            call.state.wait_in_foreground(call.origin.request.client);
        }
        Ok(answer)
    }
}

/// Shows the session to whoever asked: an attached client switches, a connection becomes a terminal.
pub fn show(call: &mut Call<'_>, session: SessionId, detach_others: bool, nested: bool) -> Result<Answer> {
    let now = call.origin.now;
    if let Some(client) = call.own_client() {
        if detach_others {
            let others = call.state.clients_of(session).into_iter().filter(|other| *other != client);
            others.for_each(|other| call.state.detach(other));
        }
        call.state.switch(client, session, now);
        return Ok(Answer::Done);
    }
    call.may_attach(nested)?;
    call.state.attach(call.origin.request, session, &call.origin.context, detach_others, now);
    Ok(Answer::Later)
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;
    use crate::model::Effect;

    #[test]
    fn nesting_is_refused_unless_forced() {
        let mut world = World::new();
        world.ok("new -d -s x");
        assert_eq!(world.fails("attach -t x"), "open terminal failed: not a terminal");
        world.interactive = true;
        world.inside("x");
        assert!(world.fails("attach -t x").starts_with("sessions should be nested with care"));
        world.ok("attach --nested -t x");
        assert_eq!(world.ok("display -p '#{session_attached}'"), "1\n");
    }

    #[test]
    fn a_job_s_terminal_that_comes_back_leaves_with_its_status() {
        let mut world = World::new();
        world.interactive = true;
        world.ok("new -d -s x");
        world.ok("set -g remain-on-exit on");
        world.exit(0, ExitStatus::Code(7));
        world.later("attach --foreground -t x");
        assert!(world.seen.iter().any(|effect| matches!(effect, Effect::Leave { status: 7, .. })), "{:?}", world.seen);
    }

    #[test]
    fn nothing_to_attach_to_says_so() {
        let mut world = World::new();
        world.interactive = true;
        assert_eq!(world.fails("attach"), "no sessions");
        world.ok("new -d -s worker");
        assert_eq!(world.fails("attach -t wrk"), "can't find session: wrk");
    }
}
