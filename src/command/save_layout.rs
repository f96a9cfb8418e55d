//! `save-layout`: writes a file that `new-session --layout` makes the session anew of.

use super::prelude::*;
use crate::blueprint;

#[derive(Args)]
pub struct SaveLayout {
    /// Write over a file that is there
    #[arg(short = 'f', long)]
    force: bool,
    /// The session
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
    /// The file; without one, or as -, it is printed
    #[arg(value_name = "FILE")]
    file: Option<String>,
}

impl Command for SaveLayout {
    const NAME: &'static str = "save-layout";
    const SUMMARY: &'static str =
        "Write a session's windows, panes, directories and commands as a file for new --layout";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let session = call.session(self.target.as_deref())?;
        let blueprint = call.state.blueprint(session, &call.origin.facts);
        let text = blueprint.map(|blueprint| blueprint::text(&blueprint)).unwrap_or_default();
        let Some(file) = self.file.filter(|file| file != "-") else { return Ok(Answer::Text(text)) };
        let file = call.directory(Some(&file));
        call.ask(Effect::Write { request: call.origin.request, file, text, force: self.force });
        Ok(Answer::Later)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::Effect;

    #[test]
    fn a_session_is_written_as_a_file() {
        let mut world = World::new();
        world.ok("new -d -s x -n edit vim -R");
        world.ok("splitw -h -t x -c /srv");
        world.ok("set -t x status 2");
        world.ok("neww -t x:5");
        let text = world.ok("save-layout -t x");
        for line in ["name = \"x\"", "options = { status = \"2\" }", "name = \"edit\"", "command = [\"vim\", \"-R\"]"] {
            assert!(text.contains(&format!("\n{line}\n")), "{line}: {text}");
        }
        assert!(text.contains("\nindex = 5\n") && text.contains("\ndirectory = \"/srv\"\nfocus = true\n"), "{text}");
        assert_eq!(world.ok("save-layout -t x -"), text);
        world.later("save-layout -t x web.toml");
        assert!(
            matches!(world.seen.last(), Some(Effect::Write { file, force: false, .. }) if file.ends_with("web.toml"))
        );
    }
}
