//! `list-panes`: a line for each pane.

use super::prelude::*;

#[derive(Args)]
pub struct ListPanes {
    /// Of all sessions
    #[arg(short = 'a')]
    all: bool,
    /// Of all windows of the session
    #[arg(short = 's')]
    session: bool,
    /// What to print for each
    #[arg(short = 'F', value_name = "FORMAT")]
    format: Option<String>,
    /// Only those for which this is true
    #[arg(short = 'f', value_name = "FORMAT")]
    filter: Option<String>,
    /// The window, or with -s the session
    #[arg(short = 't', value_name = "TARGET")]
    target: Option<String>,
}

const LINE: &str = "#{pane_index}: [#{pane_width}x#{pane_height}] [history #{history_size}/#{history_limit}, #{history_bytes} bytes] #{pane_id}#{?pane_active, (active),}#{?pane_dead, (dead),}#{?pane_floating_flag, (floating),}";

impl Command for ListPanes {
    const NAME: &'static str = "list-panes";
    const ALIAS: &'static [&'static str] = &["lsp"];
    const SUMMARY: &'static str = "List panes";
    const REPEATABLE: bool = true;
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let of = |session: SessionId| {
            call.state.panes_of(session).into_iter().map(move |pane| (session, pane)).collect::<Vec<_>>()
        };
        let (panes, before): (Vec<(SessionId, PaneId)>, &str) = if self.all {
            let sessions = call.state.sessions().map(|session| session.id);
            (sessions.flat_map(of).collect(), "#{session_name}:#{window_index}.")
        } else if self.session {
            (of(call.session(self.target.as_deref())?), "#{window_index}.")
        } else {
            let (session, window) = call.link(self.target.as_deref())?;
            let panes = call.state.window(window).map(Window::panes).unwrap_or_default();
            (panes.into_iter().map(|pane| (session, pane)).collect(), "")
        };
        let usual = format!("{before}{LINE}");
        let lenses = panes.into_iter().map(|(session, pane)| call.lens().session(session).pane(pane));
        Ok(call.list(self.format.as_deref().unwrap_or(&usual), self.filter.as_deref(), lenses))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_list_is_tmux_s() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24");
        assert_eq!(world.ok("lsp -t x"), "0: [80x24] [history 0/50000, 0 bytes] %0 (active)\n");
        assert_eq!(world.ok("lsp -a"), "x:0.0: [80x24] [history 0/50000, 0 bytes] %0 (active)\n");
        assert_eq!(world.ok("lsp -s -t x -F '#{pane_id}'"), "%0\n");
    }
}
