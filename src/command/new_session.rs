//! `new-session`: starts a session, and shows it unless `-d` is given.

use super::prelude::*;

#[derive(Args)]
pub struct NewSession {
    /// Attach to the session where it exists already
    #[arg(short = 'A')]
    attach: bool,
    /// Do not attach
    #[arg(short = 'd')]
    detached: bool,
    /// With -A, detach the other clients
    #[arg(short = 'D')]
    detach_others: bool,
    /// With -A, detach the other clients and hang up the processes that started them
    #[arg(short = 'X')]
    hang_up_others: bool,
    /// Leave the session's environment as it is (with -A)
    #[arg(short = 'E', requires = "attach")]
    keep_environment: bool,
    /// Flags of this client, with commas between them: read-only, ignore-size, follow; with ! to take one away
    #[arg(short = 'f', value_name = "FLAGS")]
    flags: Option<String>,
    /// All windows are shared with this session, or with those of this group
    #[arg(short = 't', value_name = "SESSION", conflicts_with_all = ["window_name", "command"])]
    group: Option<String>,
    /// The session's name
    #[arg(short = 's', value_name = "NAME")]
    name: Option<String>,
    /// The first window's name
    #[arg(short = 'n', value_name = "NAME")]
    window_name: Option<String>,
    /// Where it starts
    #[arg(short = 'c', value_name = "DIR")]
    directory: Option<String>,
    /// A variable for its program
    #[arg(short = 'e', value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Columns while nobody is attached
    #[arg(short = 'x', value_name = "COLS")]
    cols: Option<u16>,
    /// Rows while nobody is attached
    #[arg(short = 'y', value_name = "ROWS")]
    rows: Option<u16>,
    /// Print about the session (with -d)
    #[arg(short = 'P')]
    print: bool,
    /// What -P prints
    #[arg(short = 'F', value_name = "FORMAT")]
    format: Option<String>,
    /// Attach although this terminal is a pane of mux
    #[arg(long)]
    nested: bool,
    /// What to run instead of a shell: one word is a shell's line, several are a program and its words
    #[arg(trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Command for NewSession {
    const NAME: &'static str = "new-session";
    const ALIAS: &'static [&'static str] = &["new"];
    const SUMMARY: &'static str = "Start a session";
    const STARTS_SERVER: bool = true;
    const ATTACHES: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let existing = self.name.as_deref().and_then(|name| call.state.session_named(name)).map(|session| session.id);
        if let Some(session) = existing.filter(|_| self.attach) {
            if self.detached {
                return Ok(Answer::Done);
            }
            return super::attach_session::show(call, session, self.attachment()?, self.nested, false);
        }
        let switch = call.own_client().is_some();
        if !self.detached && !switch {
            call.may_attach(self.nested, false)?;
        }
        if self.print && !self.detached {
            return Err(Error::usage("-P prints about a session that is not attached").hint("add -d"));
        }
        if let Some(name) = &self.window_name {
            names::check("window", name)?;
        }
        let size = self.size(call)?;
        let program = call.program(self.command.clone(), self.directory.as_deref(), &self.env)?;
        let (name, window_name) = (self.name.clone(), self.window_name.clone());
        let new = model::NewSession { name, window_name, program, size, group: None };
        let group = self.group.as_deref().map(|group| call.state.group_called(group, call.origin)).transpose()?;
        let new = match group {
            Some((group, Some(other))) => return self.join(call, other, &group, new),
            Some((group, None)) => model::NewSession { group: Some(group), ..new },
            None => new,
        };
        let flags = self.attachment()?.flags;
        let pane = call.state.new_session(new, &call.origin.context, call.origin.now)?;
        if self.detached {
            return Ok(call.after_start(pane, self.print, self.format, "#{session_name}:"));
        }
        let context = Box::new(call.origin.context.clone());
        Ok(call.then(pane, if switch { Then::Switch } else { Then::Attach { context, flags } }))
    }
}

impl NewSession {
    fn attachment(&self) -> Result<Attachment> {
        let flags = ClientFlags::default().read(self.flags.as_deref().unwrap_or_default())?;
        let (detach_others, hang_up_others) = (self.detach_others || self.hang_up_others, self.hang_up_others);
        Ok(Attachment { detach_others, hang_up_others, keep_environment: self.keep_environment, flags, again: false })
    }

    /// A session that has its windows in common with another one starts no program.
    fn join(&self, call: &mut Call<'_>, other: SessionId, group: &str, new: model::NewSession) -> Result<Answer> {
        let how = self.attachment()?;
        let (context, now) = (&call.origin.context, call.origin.now);
        let new = model::NewSession { size: new.size.filter(|_| self.cols.or(self.rows).is_some()), ..new };
        let session = call.state.new_session_beside(other, group, new, context, now)?;
        if !self.detached {
            return super::attach_session::show(call, session, how, self.nested, false);
        }
        if !self.print {
            return Ok(Answer::Done);
        }
        let template = self.format.as_deref().unwrap_or("#{session_name}:");
        Ok(Answer::Text(format::expand(template, &call.lens().session(session)) + "\n"))
    }

    /// `-x -y` for a detached one, else what the terminal leaves.
    fn size(&self, call: &Call<'_>) -> Result<Option<Size>> {
        if [self.cols, self.rows].contains(&Some(0)) {
            return Err(Error::usage("a size of 0 is too small").hint("the least is 1"));
        }
        let usual = call.state.usual_size(if self.detached { None } else { call.origin.context.size });
        Ok(Some(Size::new(self.cols.unwrap_or(usual.cols), self.rows.unwrap_or(usual.rows))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn names_are_checked_and_kept_unique() {
        let mut world = World::new();
        world.ok("new -d -s worker");
        assert_eq!(world.fails("new -d -s worker"), "duplicate session: worker");
        assert_eq!(world.fails("new -d -s a:b"), "invalid session name: a:b");
        assert_eq!(world.ok("new -d -P"), "1:\n");
        assert_eq!(world.ok("new -A -d -s worker"), "");
    }

    #[test]
    fn without_a_terminal_only_detached_works() {
        let mut world = World::new();
        assert_eq!(world.fails("new -s x"), "open terminal failed: not a terminal");
        assert_eq!(world.ok("new -d -s x -x 100 -y 30 -PF '#{window_width}x#{window_height}'"), "100x30\n");
    }

    #[test]
    fn a_program_that_cannot_start_leaves_nothing() {
        let mut world = World::new();
        world.fail_next("No such file or directory");
        assert_eq!(world.fails("new -d -s x -- nope -v"), "cannot start 'nope -v': No such file or directory");
        assert_eq!(world.fails("has -t x"), "can't find session: x");
    }
}
