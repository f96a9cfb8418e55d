//! `list-windows`: a line for each window.

use super::prelude::*;

#[derive(Args)]
pub struct ListWindows {
    /// Of all sessions
    #[arg(short = 'a')]
    all: bool,
    /// What to print for each
    #[arg(short = 'F', value_name = "FORMAT")]
    format: Option<String>,
    /// Only those for which this is true
    #[arg(short = 'f', value_name = "FORMAT")]
    filter: Option<String>,
    /// The session
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
}

const LINE: &str = "#{window_index}: #{window_name}#{window_raw_flags} (#{window_panes} panes) [#{window_width}x#{window_height}] [layout #{window_layout}] #{window_id}#{?window_active, (active),}";
const LINE_OF_ALL: &str = "#{session_name}:#{window_index}: #{window_name}#{window_raw_flags} (#{window_panes} panes) [#{window_width}x#{window_height}]";

impl Command for ListWindows {
    const NAME: &'static str = "list-windows";
    const ALIAS: &'static [&'static str] = &["lsw"];
    const SUMMARY: &'static str = "List windows";
    const REPEATABLE: bool = true;
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let sessions = match self.all {
            true => call.state.sessions().map(|session| session.id).collect(),
            false => vec![call.session(self.target.as_deref())?],
        };
        let of = |session: &SessionId| {
            let lens = call.lens().session(*session);
            call.state.windows_of(*session).into_iter().map(move |(_, window)| lens.window(window.id))
        };
        let lenses = sessions.iter().flat_map(of);
        let usual = if self.all { LINE_OF_ALL } else { LINE };
        Ok(call.list(self.format.as_deref().unwrap_or(usual), self.filter.as_deref(), lenses))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_list_is_tmux_s() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24 -n one");
        let line = world.ok("lsw -t x");
        assert!(line.starts_with("0: one* (1 panes) [80x24] [layout "), "{line}");
        assert!(line.ends_with("] @0 (active)\n"), "{line}");
        assert_eq!(world.ok("lsw -a"), "x:0: one* (1 panes) [80x24]\n");
    }
}
