//! `list-sessions`: a line for each session.

use super::prelude::*;

#[derive(Args)]
pub struct ListSessions {
    /// What to print for each
    #[arg(short = 'F', value_name = "FORMAT", conflicts_with = "json")]
    format: Option<String>,
    /// Only those for which this is true
    #[arg(short = 'f', value_name = "FORMAT")]
    filter: Option<String>,
    /// An array of objects
    #[arg(long)]
    json: bool,
}

const LINE: &str = "#{session_name}: #{session_windows} windows (created #{session_created_string})#{?session_grouped, (group ,}#{session_group}#{?session_grouped,),}#{?session_attached, (attached),}";

/// Keys of the JSON objects, and the variables that they show.
const JSON: &[(&str, &str, JsonKind)] = &[
    ("id", "session_id", JsonKind::Text),
    ("name", "session_name", JsonKind::Text),
    ("windows", "session_windows", JsonKind::Number),
    ("attached", "session_attached", JsonKind::Number),
    ("created", "session_created", JsonKind::Number),
    ("activity", "session_activity", JsonKind::Number),
    ("path", "session_path", JsonKind::Text),
    ("job", "session_job", JsonKind::Text),
];

impl Command for ListSessions {
    const NAME: &'static str = "list-sessions";
    const ALIAS: &'static [&'static str] = &["ls"];
    const SUMMARY: &'static str = "List sessions";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let mut sessions: Vec<_> = call.state.sessions().collect();
        sessions.sort_by(|a, b| a.name.cmp(&b.name));
        let lenses = sessions.iter().map(|session| call.lens().session(session.id));
        if self.json {
            return Ok(json(JSON, self.filter.as_deref(), lenses));
        }
        if sessions.is_empty() {
            return Err(call.state.no_sessions());
        }
        let list = call.list(self.format.as_deref().unwrap_or(LINE), self.filter.as_deref(), lenses);
        match (list, call.state.offer()) {
            // For eyes only: a script reads lines of sessions.
            (Answer::Text(text), Some(offer)) if call.origin.context.interactive && self.format.is_none() => {
                Ok(Answer::Text(format!("{text}{offer}\n")))
            }
            (list, _) => Ok(list),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_list_is_tmux_s() {
        let mut world = World::new();
        assert_eq!(world.fails("ls"), "no sessions");
        assert_eq!(world.ok("ls --json"), "[]\n");
        world.ok("new -d -s worker");
        let line = world.ok("ls");
        assert!(line.starts_with("worker: 1 windows (created "), "{line}");
        assert!(line.ends_with(")\n"), "{line}");
        world.attach("worker");
        assert!(world.ok("ls").ends_with(") (attached)\n"));
        assert!(world.ok("ls --json").contains("\"name\":\"worker\""));
        assert_eq!(world.ok("ls -F '#{session_name}' -f 0"), "");
    }
}
