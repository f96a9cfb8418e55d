//! What `run-shell` and `if-shell` share.

use super::call::{Answer, Call};
use super::language;
use crate::base::{Error, PaneId, Result};
use crate::model::{Effect, ShellOrder};

/// An order that belongs to the pane at hand, where there is one.
pub fn begin(call: &Call<'_>, target: Option<&str>, directory: Option<&str>) -> Result<ShellOrder> {
    let pane: Option<PaneId> = match target {
        Some(target) => Some(call.pane(Some(target))?),
        None => call.pane(None).ok(),
    };
    let session = pane.and_then(|pane| call.state.home_of(pane)).map(|(session, _)| session);
    Ok(ShellOrder {
        cwd: call.directory(directory),
        env: call.state.shell_env(session, pane),
        pane,
        client: call.own_client().or_else(|| call.state.latest_client(session?)),
        ..ShellOrder::default()
    })
}

/// Hands the order on; the answer comes at its end, or at once where it goes on in the background.
pub fn ask(call: &mut Call<'_>, order: ShellOrder, background: bool) -> Result<Answer> {
    let request = (!background).then_some(call.origin.request);
    call.ask(Effect::Shell(Box::new(ShellOrder { request, ..order })));
    Ok(if background { Answer::Done } else { Answer::Later })
}

/// The line's commands are known, and it has some.
pub fn check_line(line: &str) -> Result<()> {
    if language::words(line)?.is_empty() {
        return Err(Error::usage("the command is empty"));
    }
    super::check(line)
}
