//! `config`: shows the configuration's default, checks the user's, says where it is.

use super::prelude::*;

#[derive(Args)]
pub struct Config {
    /// What to do: print the default with comments, say what is wrong in the user's, or print where that is
    #[arg(value_parser = ["default", "check", "path"])]
    action: String,
    /// Check this one
    #[arg(value_name = "FILE")]
    file: Option<String>,
}

impl Command for Config {
    const NAME: &'static str = "config";
    const SUMMARY: &'static str = "Print the default configuration, check the user's, or say where it is";
    const PLACE: Place = Place::Cli;

    /// The user's files are none of the server's business.
    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        let file = self.file.map(|file| format!(" {file}")).unwrap_or_default();
        let line = format!("mux config {}{file}", self.action);
        Err(Error::refused("config is for a shell").hint(format!("type `{line}` in one")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn it_belongs_in_a_shell() {
        let mut world = World::new();
        assert!(world.hint("config check x.toml").contains("mux config check x.toml"));
        assert!(world.fails("config eat").contains("'eat'"));
    }
}
