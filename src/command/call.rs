//! What every command has at hand: the state, where it was typed, and the things that many of them do.

use std::path::PathBuf;

use clap::ArgMatches;

use crate::base::{ClientId, Error, PaneId, Result, SessionId, WindowId};
use crate::format;
use crate::model::{Effect, Here, Lens, Origin, Program, Purpose, Reply, State, Then, under_popup};

/// One command being run.
pub struct Call<'a> {
    pub state: &'a mut State,
    pub origin: &'a Origin,
    /// The command with its name, as typed.
    pub argv: &'a [String],
}

/// What a command that went well has come to.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Done,
    /// For standard output, with line ends.
    Text(String),
    /// All of it, as it is.
    Reply(Reply),
    /// The same, ending with a status of its own.
    TextAndStatus(String, u8),
    /// An effect or a later event answers.
    Later,
}

impl Call<'_> {
    pub fn here(&self) -> Option<Here> {
        self.state.here(self.origin)
    }

    /// The client that it came from, where that is attached.
    pub fn own_client(&self) -> Option<ClientId> {
        self.state.origin_client(self.origin)
    }

    /// It came from a terminal that is read-only.
    pub fn looks_on(&self) -> bool {
        self.own_client().and_then(|client| self.state.client(client)).is_some_and(|client| client.flags.read_only)
    }

    pub fn client(&self, target: Option<&str>) -> Result<ClientId> {
        self.state.find_client(target, self.origin)
    }

    pub fn session(&self, target: Option<&str>) -> Result<SessionId> {
        self.state.find_session(target, self.origin, Purpose::Look)
    }

    /// As [`Call::session`], but where none is named it is never guessed.
    pub fn session_to_change(&self, target: Option<&str>) -> Result<SessionId> {
        let purpose = if target.is_none() { Purpose::Destroy } else { Purpose::Look };
        self.state.find_session(target, self.origin, purpose)
    }

    pub fn window(&self, target: Option<&str>) -> Result<WindowId> {
        self.state.find_window(target, self.origin, Purpose::Look)
    }

    /// As [`Call::window`], and the session that it is meant in.
    pub fn link(&self, target: Option<&str>) -> Result<(SessionId, WindowId)> {
        self.state.find_link(target, self.origin, Purpose::Look)
    }

    /// As [`Call::pane`], and the session that it is meant in.
    pub fn spot(&self, target: Option<&str>) -> Result<Here> {
        self.state.find_spot(target, self.origin, Purpose::Look)
    }

    pub fn pane(&self, target: Option<&str>) -> Result<PaneId> {
        self.state.find_pane(target, self.origin, Purpose::Look)
    }

    /// As [`Call::pane`]; the marked pane where none is named.
    pub fn marked_or(&self, target: Option<&str>) -> Result<PaneId> {
        match (target, self.state.marked()) {
            (None, Some(marked)) => Ok(marked),
            _ => self.pane(target),
        }
    }

    /// The place right behind a window, or the one that it has (`-a`, `-b`).
    pub fn beside(&self, target: Option<&str>, behind: bool) -> Result<(SessionId, Option<u32>)> {
        let (id, window) = self.link(target)?;
        let index = self.state.session(id).and_then(|session| session.index_of(window));
        Ok((id, index.map(|index| index.saturating_add(u32::from(behind)))))
    }

    pub fn window_of(&self, pane: PaneId) -> Result<WindowId> {
        let home = self.state.home_of(pane);
        home.map(|(_, window)| window).ok_or_else(|| Error::not_found(format!("can't find pane: {pane}")))
    }

    /// Makes a pane the active one, where no popup is in the way.
    pub fn select_pane(&mut self, pane: PaneId, keep_zoom: bool) -> Result<Answer> {
        if let Some(popup) = self.state.popup_over(pane) {
            return Err(under_popup(popup));
        }
        self.state.select_pane(pane, keep_zoom);
        Ok(Answer::Done)
    }

    /// Formats see what this request knows of the panes.
    pub fn lens(&self) -> Lens<'_> {
        self.state.lens(self.origin.now).facts(&self.origin.facts)
    }

    pub fn ask(&mut self, effect: Effect) {
        self.state.push(effect);
    }

    /// Lines for things, each by a template; only those that the filter (`-f`) lets through.
    pub fn list<'b>(&'b self, template: &str, filter: Option<&str>, lenses: impl Iterator<Item = Lens<'b>>) -> Answer {
        let passes = |lens: &Lens<'_>| filter.is_none_or(|filter| format::is_true(&format::expand(filter, lens)));
        let lines = lenses.enumerate().map(|(line, lens)| lens.line(line)).filter(passes);
        Answer::Text(lines.map(|lens| format::expand(template, &lens) + "\n").collect())
    }

    /// What a new pane is to run: `-c DIR`, `-e NAME=value`, and the command's words. Without a directory it is
    /// where the command was typed, or where the active pane's program is when it came from a key.
    pub fn program(&self, words: Vec<String>, dir: Option<&str>, env: &[String]) -> Result<Program> {
        Ok(Program {
            words,
            cwd: self.directory(dir),
            env: variables(env)?,
            umask: self.origin.context.umask,
            ..Program::default()
        })
    }

    /// Where the active pane's program is, as far as that is known and still there: Linux says so behind the name of a
    /// directory that has been removed (proc(5)).
    fn current_path(&self) -> Option<PathBuf> {
        let path = &self.origin.facts.get(&self.here()?.pane)?.current_path;
        let gone = path.as_os_str().is_empty() || path.to_string_lossy().ends_with(" (deleted)");
        (!gone).then(|| path.clone())
    }

    pub fn directory(&self, dir: Option<&str>) -> PathBuf {
        let session = self.here().and_then(|here| self.state.session(here.session));
        let base = match (self.origin.attached, session) {
            (true, Some(session)) => self.current_path().unwrap_or_else(|| session.cwd.clone()),
            _ => self.origin.context.cwd.clone(),
        };
        let Some(dir) = dir.filter(|dir| !dir.is_empty()) else { return base };
        let lens = self.lens();
        let dir = format::expand(dir, &self.here().map_or(lens, |here| lens.pane(here.pane)));
        match dir.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                self.state.setup().home.join(rest.trim_start_matches('/'))
            }
            _ => base.join(dir),
        }
    }

    /// The command may make the connection that asked a user's terminal. Plain lines need none.
    pub fn may_attach(&self, nested: bool, plain: bool) -> Result<()> {
        if !self.origin.context.interactive && !plain {
            let error = Error::refused("open terminal failed: not a terminal");
            return Err(error.hint("run it in a terminal, or use `mux new -d`"));
        }
        if self.origin.pane.is_some() && !nested {
            let error = Error::refused("sessions should be nested with care: this terminal is a mux pane already");
            return Err(error.hint("`mux switch-client -t NAME` shows another session here; --nested forces it"));
        }
        Ok(())
    }

    /// The request is answered with the template (`-P -F`) once the pane's program runs.
    pub fn after_start(&mut self, pane: PaneId, print: bool, template: Option<String>, default: &str) -> Answer {
        let template = if print { template.unwrap_or_else(|| default.to_owned()) + "\n" } else { String::new() };
        self.then(pane, Then::Print(template))
    }

    pub fn then(&mut self, pane: PaneId, then: Then) -> Answer {
        self.state.await_start(pane, Some(self.origin.request), then);
        Answer::Later
    }

    /// Hands a command whose place is the client to one.
    pub fn perform(&mut self, matches: &ArgMatches) -> Result<Answer> {
        let target = matches.try_get_one::<String>("target").ok().flatten();
        let named = target.and_then(|target| self.client(Some(target)).ok());
        let client = match (named.or_else(|| self.own_client()), target) {
            (Some(client), _) => Some(client),
            (None, Some(target)) => self.state.latest_client(self.session(Some(target))?),
            (None, None) => Some(self.client(None)?),
        };
        let nobody = || Error::refused(format!("no client is attached to run {}", self.argv.join(" ")));
        let client = client.ok_or_else(nobody)?;
        let argv = self.argv.to_vec();
        self.ask(Effect::Perform { client, argv });
        Ok(Answer::Done)
    }
}

/// `NAME=value` each.
pub fn variables(words: &[String]) -> Result<Vec<(String, String)>> {
    let pair = |word: &String| match word.split_once('=') {
        Some((name, value)) if !name.is_empty() && !word.contains('\0') => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Error::usage(format!("not a variable: {word}")).hint("-e takes NAME=value")),
    };
    words.iter().map(pair).collect()
}
