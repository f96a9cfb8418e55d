//! The user's configuration: read at the start, and again whenever it is saved. One in which something is wrong changes
//! nothing while a server runs; at the start there is nothing else to go by, and the rest of it counts.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::core::Core;
use super::mailbox::ToCore;
use super::watch::{Changes, follow};
use crate::base::limits::CONFIG_SETTLES;
use crate::base::{Paths, Problem};
use crate::config::{self, Config};
use crate::format::parse_style;
use crate::job::Watch;
use crate::proto::message::ToClient;

/// What holds, and where it comes from.
#[derive(Default)]
pub struct Configured {
    file: PathBuf,
    /// The user named it (`-f`): that it is not there is wrong.
    named: bool,
    pub(super) config: Config,
    /// The folder in which the user's keymaps and themes are.
    folder: PathBuf,
    /// Tells when any of them is saved; ends with this.
    watch: JoinSet<()>,
}

impl Configured {
    /// What is wrong is no reason not to serve: the rest of it counts, and the user is told.
    pub fn read(file: Option<&Path>, paths: &Paths) -> (Self, Vec<String>) {
        let path = file.map_or_else(|| paths.config_file(), Path::to_path_buf);
        let (config, problems) = load(&path, file.is_some());
        (
            Self { file: path, named: file.is_some(), config, folder: paths.config_dir.clone(), watch: JoinSet::new() },
            problems,
        )
    }

    /// Tells the core whenever the file is saved, also where it is a link to another place, or a keymap or theme is.
    pub fn watch(&mut self, core: mpsc::UnboundedSender<ToCore>) {
        let looks = Watch { base: self.folder.clone(), ..Watch::new(LOOKS.map(str::to_owned).to_vec()) };
        if let Ok(matcher) = looks.matcher() {
            self.watch.spawn(follow(Changes::of_all(matcher), CONFIG_SETTLES, core.clone(), |_| ToCore::LooksSaved));
        }
        let Some((folder, name)) = self.file.parent().zip(self.file.file_name()) else { return };
        let real = std::fs::canonicalize(&self.file).unwrap_or_else(|_| self.file.clone());
        let paths = vec![name.to_string_lossy().into_owned(), real.to_string_lossy().into_owned()];
        let watch = Watch { base: folder.to_owned(), ..Watch::new(paths) };
        let Ok(matcher) = watch.matcher() else { return };
        let settles: Duration = CONFIG_SETTLES;
        self.watch.spawn(follow(Changes::of_all(matcher), settles, core, |_| ToCore::ConfigSaved));
    }
}

/// Folders beside the configuration, of which clients read the files.
const LOOKS: [&str; 2] = ["keymaps", "themes"];

fn load(file: &Path, named: bool) -> (Config, Vec<String>) {
    match std::fs::read_to_string(file) {
        Ok(text) => {
            let style = |text: &str| parse_style(text, crate::base::Style::DEFAULT).map(drop);
            let (config, problems) = config::load_checked(&text, file, &style);
            (config, problems.iter().map(Problem::for_user).collect())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound && !named => (Config::default(), Vec::new()),
        Err(error) => (Config::default(), vec![format!("{}: {error}", file.display())]),
    }
}

impl Core {
    /// A keymap or a theme was saved. Clients read them by themselves, and say what is wrong.
    pub(super) fn looks_saved(&self) {
        let argv = ["keys", "--reload"].map(str::to_owned).to_vec();
        for task in self.clients.values().filter(|task| task.attached) {
            task.send_lossy(ToClient::Perform { argv: argv.clone() });
        }
    }

    /// The configuration was saved.
    pub(super) fn config_saved(&mut self) {
        let (config, problems) = load(&self.configured.file, self.configured.named);
        if let Some(first) = problems.first() {
            let more = match problems.len() {
                1 => String::new(),
                count => format!(" ({} more)", count - 1),
            };
            return self.complain_or_keep(format!("settings stay as they were: {first}{more}"));
        }
        let before = std::mem::replace(&mut self.configured.config, config.clone());
        if before == config {
            return;
        }
        self.restore = config.restore;
        self.state.reconfigure(&before.options, &config.options);
        let effects = self.state.take_effects();
        self.carry_out(effects);
    }
}
