//! `attach-session`: shows a session in this terminal.

use clap::FromArgMatches as _;

use super::prelude::*;

#[derive(Args)]
pub struct AttachSession {
    /// Detach the session's other clients
    #[arg(short = 'd')]
    detach_others: bool,
    /// Where the session's new windows start from now on
    #[arg(short = 'c', value_name = "DIR")]
    directory: Option<String>,
    /// Leave the session's environment as it is
    #[arg(short = 'E')]
    keep_environment: bool,
    /// Detach the session's other clients, and hang up the processes that started them
    #[arg(short = 'x')]
    hang_up_others: bool,
    /// Flags of this client, with commas between them: read-only, ignore-size, follow; with ! to take one away
    #[arg(short = 'f', value_name = "FLAGS")]
    flags: Option<String>,
    /// One pane on the terminal's main screen, so that what scrolls off is the terminal's to scroll back in, to search
    /// and to select; other panes beside it bring the full view
    #[arg(long)]
    inline: bool,
    /// With --inline, keep the status line
    #[arg(long, requires = "inline")]
    status: bool,
    /// Lines as they are finished, without ever drawing anew: for screen readers and files, and without being asked for
    /// where TERM is dumb. The line ~. detaches, ~? tells more
    #[arg(long, conflicts_with = "inline")]
    plain: bool,
    /// Look on only: nothing that is typed here reaches a program, and the sizes of others stay
    #[arg(short = 'r')]
    read_only: bool,
    /// The session; the one used last where none is given
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
    /// Attach although this terminal is a pane of mux
    #[arg(long)]
    nested: bool,
    /// Leave with the status of the session's program, as the terminal of a job does that comes back
    #[arg(long, hide = true)]
    foreground: bool,
    /// It was attached, until its server went away
    #[arg(long, hide = true)]
    again: bool,
    /// With --again, the pane that was active there; if it is gone, another one will do
    #[arg(long, hide = true, value_name = "PANE")]
    pane: Option<String>,
}

/// How the terminal of an `attach-session` is to look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// The words that say so, for attaching again.
    pub words: Vec<String>,
    pub inline: bool,
    pub plain: bool,
}

impl Looks {
    /// The same on a terminal that can do nothing but lines.
    pub fn on_dumb_terminal(mut self) -> Self {
        if !self.plain {
            self.words.retain(|word| word != "--inline" && word != "--status");
            self.words.push("--plain".to_owned());
        }
        Self { inline: false, plain: true, ..self }
    }
}

impl Looks {
    /// The same, of a client that has these flags by now.
    #[must_use]
    pub fn with_flags(mut self, flags: &str) -> Self {
        self.words.retain(|word| word != "-r" && !word.starts_with("-f"));
        self.words.extend((!flags.is_empty()).then(|| format!("-f{flags}")));
        self
    }
}

/// What the command line says of it, which may have more commands than one.
pub fn looks(argv: &[String]) -> Looks {
    let attaches = |argv: &Vec<String>| {
        argv.first().and_then(|name| super::find(name).ok()).is_some_and(|spec| spec.name == AttachSession::NAME)
    };
    let found = super::split(argv).into_iter().find(attaches);
    let parsed = found.and_then(|argv| super::find(&argv[0]).ok()?.parse(&argv[1..]).ok());
    let Some(attach) = parsed.and_then(|matches| AttachSession::from_arg_matches(&matches).ok()) else {
        return Looks::default();
    };
    let mut words: Vec<String> = attach.read_only.then(|| "-r".to_owned()).into_iter().collect();
    words.extend(attach.flags.map(|flags| format!("-f{flags}")));
    words.extend(attach.inline.then(|| "--inline".to_owned()));
    words.extend(attach.status.then(|| "--status".to_owned()));
    words.extend(attach.plain.then(|| "--plain".to_owned()));
    Looks { words, inline: attach.inline, plain: attach.plain }
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
        let here = |pane: &PaneId| call.state.panes_of(session).contains(pane);
        let before = self.pane.as_deref().and_then(|pane| pane.parse().ok()).filter(here);
        let pane = pane.transpose()?.or(before);
        let how = Attachment {
            detach_others: self.detach_others || self.hang_up_others,
            hang_up_others: self.hang_up_others,
            keep_environment: self.keep_environment,
            flags: self.client_flags()?,
            again: self.again,
        };
        self.change_own(call, how.flags)?;
        let answer = show(call, session, how, self.nested, self.plain)?;
        if let Some(directory) = self.directory.as_deref() {
            let directory = call.directory(Some(directory));
            call.state.set_directory(session, directory);
        }
        if let Some(pane) = pane.filter(|_| !how.flags.read_only) {
            call.state.select_in(session, call.window_of(pane)?);
            match self.again {
                true => call.state.go_to_pane(pane, true),
                false => call.state.select_pane(pane, true),
            }
        }
        if self.foreground {
            call.state.wait_in_foreground(call.origin.request.client);
        }
        Ok(answer)
    }
}

impl AttachSession {
    /// A terminal that is attached already stays as it is drawn, and may have other flags.
    fn change_own(&self, call: &mut Call<'_>, flags: ClientFlags) -> Result<()> {
        let Some(client) = call.own_client() else { return Ok(()) };
        if self.inline || self.plain {
            let error = Error::refused("this terminal is attached already, in another form");
            return Err(error.hint("detach it, then attach with --inline or --plain"));
        }
        if self.read_only || self.flags.is_some() {
            super::refresh_client::may_unlock(call)?;
            let now = call.state.client(client).map(|client| client.flags).unwrap_or_default();
            call.state.set_flags(client, flags.drawn_as(now));
        }
        Ok(())
    }

    fn client_flags(&self) -> Result<ClientFlags> {
        let flags = if self.read_only { ClientFlags::ONLOOKER } else { ClientFlags::default() };
        let mut flags = flags.read(self.flags.as_deref().unwrap_or_default())?;
        (flags.inline, flags.inline_status) = (self.inline, self.status);
        // Lines have no size.
        flags.ignore_size |= self.plain;
        Ok(flags)
    }
}

/// Shows the session to whoever asked: an attached client switches, a connection becomes a terminal.
pub fn show(call: &mut Call<'_>, session: SessionId, how: Attachment, nested: bool, plain: bool) -> Result<Answer> {
    let now = call.origin.now;
    if let Some(client) = call.own_client() {
        call.state.send_away(how, session, Some(client));
        call.state.switch(client, session, now);
        return Ok(Answer::Done);
    }
    call.may_attach(nested, plain)?;
    call.state.attach_as(call.origin.request, session, &call.origin.context, how, now);
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
    fn others_are_sent_away_and_the_session_keeps_or_changes_what_it_has() {
        let mut world = World::new();
        world.env = vec![("DISPLAY".into(), ":1".into())];
        world.ok("new -d -s x");
        let first = world.attach("x");
        world.interactive = true;
        world.env = vec![("DISPLAY".into(), ":2".into())];
        world.later("attach -E -c src -x -t x");
        assert!(world.seen.contains(&Effect::HangUp { client: first }));
        assert_eq!(world.ok("display -p -t x '#{session_attached} #{session_path}'"), "1 /home/me/src\n");
        let display =
            |world: &World| world.state.session_named("x").and_then(|x| x.env.get("DISPLAY").map(ToOwned::to_owned));
        assert_eq!(display(&world), Some(":1".into()));
        world.later("attach -t x");
        assert_eq!(display(&world), Some(":2".into()));
        world.later("new -A -X -f read-only -s x");
        assert_eq!(world.ok("lsc -F '#{client_flags}'"), "read-only,follow\n");
        world.later("new -f ignore-size -s y");
        assert_eq!(world.ok("lsc -t y -F '#{client_flags}'"), "ignore-size\n");
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
