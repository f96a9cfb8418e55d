//! `top`: a live view of the jobs.

use super::prelude::*;
use crate::base::Period;

#[derive(Args)]
pub struct Top {
    /// How often it looks
    #[arg(short = 'd', long, value_name = "TIME", default_value_t = Period::from_secs(1))]
    interval: Period,
    /// Only these jobs: names, patterns such as 'web-*', @GROUP
    #[arg(value_name = "JOB")]
    jobs: Vec<String>,
}

impl Command for Top {
    const NAME: &'static str = "top";
    const SUMMARY: &'static str =
        "Watch jobs in the terminal: what they use, what they print; `?` there shows its keys";
    const PLACE: Place = Place::Cli;

    /// It draws on a terminal of its own.
    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        let words: Vec<&str> = self.jobs.iter().map(String::as_str).collect();
        let line = format!("mux top -d {} {}", self.interval, words.join(" "));
        Err(Error::refused("top is for a shell").hint(format!("type `{}` in one", line.trim_end())))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn it_belongs_in_a_shell() {
        let mut world = World::new();
        assert_eq!(world.hint("top -d 2s 'web-*'"), "type `mux top -d 2s web-*` in one");
        assert_eq!(world.reply("top -d soon").status, 2);
    }
}
