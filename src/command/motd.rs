//! `motd`: says what has happened to jobs since somebody looked, for a shell's start file.

use super::prelude::*;

#[derive(Args)]
pub struct Motd {
    /// Leave them to be told again
    #[arg(long)]
    keep: bool,
    /// Say nothing and end well where no server runs, or where it does not answer at once
    #[arg(short, long)]
    quiet: bool,
    /// All that are remembered, seen or not
    #[arg(long)]
    all: bool,
}

/// Lines that are printed; the number of the others is said.
const MOST: usize = 10;

impl Command for Motd {
    const NAME: &'static str = "motd";
    const SUMMARY: &'static str = "Say what has happened to jobs since somebody looked";

    /// `--quiet` is for the process that asks.
    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let told: Vec<_> = call.state.notices().iter().filter(|told| self.all || !told.seen).collect();
        let most = if self.all { told.len() } else { MOST };
        let hidden = told.len().saturating_sub(most);
        let mut text = String::new();
        if hidden > 0 {
            text += &format!("mux: {hidden} earlier notices; `mux motd --all` prints them\n");
        }
        for told in told.iter().skip(hidden) {
            text += &format!("mux: {} {}\n", told.at.strftime("%a %H:%M"), told.text);
        }
        if !self.keep {
            call.state.notices_seen();
        }
        Ok(Answer::Text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;

    #[test]
    fn what_was_not_seen_is_said_once() {
        let mut world = World::new();
        assert_eq!(world.ok("motd"), "");
        world.ok("run -d ./train.sh");
        world.exit(0, ExitStatus::Code(3));
        assert!(world.ok("motd --keep").ends_with("job train failed: exit 3\n"));
        assert_eq!(world.ok("motd").lines().count(), 1);
        assert_eq!(world.ok("motd"), "");
        assert_eq!(world.ok("motd --all").lines().count(), 1);
    }
}
