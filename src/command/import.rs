//! `import`: makes a file of jobs of what other tools run.

use super::prelude::*;

#[derive(Args)]
pub struct Import {
    /// What the files are of; guessed from name and content where nothing is said
    #[arg(long, value_name = "KIND", value_parser = ["procfile", "supervisor", "pm2", "systemd", "upstart"])]
    from: Option<String>,
    /// Where the jobs go; `-` prints them
    #[arg(short = 'o', long, value_name = "OUT", default_value = "mux.toml")]
    output: String,
    /// Replace OUT where it is there
    #[arg(long)]
    force: bool,
    /// Procfile, Supervisor ini, PM2 ecosystem, systemd unit, Upstart conf; several belong together
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
}

impl Command for Import {
    const NAME: &'static str = "import";
    const SUMMARY: &'static str = "Make a mux.toml of what other tools run";
    const PLACE: Place = Place::Cli;

    /// The files are the user's, not the server's.
    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        Err(Error::refused("import is for a shell").hint(format!("type `mux import {}` in one", self.files.join(" "))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn it_belongs_in_a_shell() {
        let mut world = World::new();
        assert!(world.hint("import Procfile").contains("mux import Procfile"));
        assert!(world.fails("import --from cron x").contains("'cron'"));
    }
}
