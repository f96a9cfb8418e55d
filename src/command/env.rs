//! `env`: prints what follows the user from terminal to terminal, for `eval` in old panes.

use super::prelude::*;

#[derive(Args)]
pub struct Env {
    /// The session; the one that it is typed in where none is given
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
}

impl Command for Env {
    const NAME: &'static str = "env";
    const SUMMARY: &'static str = "Print DISPLAY and the like as last attached: eval \"$(mux env)\"";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let session = call.session(self.target.as_deref())?;
        Ok(Answer::Text(call.state.followed_env(session).into_iter().map(line).collect()))
    }
}

/// In the words of a POSIX shell. A value that is no text cannot be printed for one.
fn line((name, value): (String, Option<std::ffi::OsString>)) -> String {
    match value.and_then(|value| value.into_string().ok()) {
        Some(value) => format!("export {name}='{}'\n", value.replace('\'', "'\\''")),
        None => format!("unset {name}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn it_can_be_evaluated() {
        let mut world = World::new();
        world.env = vec![("DISPLAY".into(), "it's:0".into()), ("SSH_AUTH_SOCK".into(), "/tmp/agent".into())];
        world.ok("new -d -s x");
        let text = world.ok("env -t x");
        assert!(text.contains("export DISPLAY='it'\\''s:0'\n"), "{text}");
        assert!(text.contains("export SSH_AUTH_SOCK='/run/mux/agent-0'\n"), "{text}");
        assert!(text.contains("unset WAYLAND_DISPLAY\n"), "{text}");
    }
}
