//! The configuration as it is when nobody has written one, with every line a comment: `mux config default`.

use std::fmt::Write;

use super::{Kind, OptionSpec, TABLE};

/// The text of a `config.toml` that changes nothing, and shows what could be.
pub fn sample() -> String {
    let mut text = String::from(HEAD);
    for spec in TABLE {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{}{}", comment(spec), assignment(spec));
    }
    text.push_str(RESTORE);
    text
}

const HEAD: &str = "\
# mux's configuration. What stands here behind a # is what holds anyway: take the # away to change it.
# Read again whenever it is saved; `mux config check` says what is wrong in it.

# The keys: a keymap that comes with mux, or a file of that name in keymaps/ beside this one.
# keymap = \"tmux\"

[options]
";

const RESTORE: &str = "
[restore]

# Whether sessions of before come back after a reboot by themselves: ask, yes or no.
# sessions = \"ask\"

# Programs that may be run again then. One word is a program, several are a whole command line with * and ?.
# programs = [\"vim\", \"ssh *\"]

# Lines of each pane that are kept for it.
# history = 2000
";

fn comment(spec: &OptionSpec) -> String {
    format!("# {}\n# Takes {}.\n", spec.sentence, spec.kind)
}

fn assignment(spec: &OptionSpec) -> String {
    let number = matches!(spec.kind, Kind::Number { .. });
    let value = match spec.default {
        "on" if spec.kind == Kind::Flag => "true".to_owned(),
        "off" if spec.kind == Kind::Flag => "false".to_owned(),
        text if number => text.to_owned(),
        text => toml::Value::from(text).to_string(),
    };
    let bare = !spec.name.contains('[');
    let name = if bare { spec.name.to_owned() } else { toml::Value::from(spec.name).to_string() };
    format!("# {name} = {value}\n")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Config, load};

    #[test]
    fn it_changes_nothing_as_it_is_and_without_its_marks() {
        let text = sample();
        let (config, problems) = load(&text, Path::new("config.toml"));
        assert_eq!((config, problems), (Config::default(), vec![]));
        let bare: String = text
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.split_once(" = ").is_some_and(|(name, _)| !name.contains(' ')) => rest,
                _ => line,
            })
            .map(|line| format!("{line}\n"))
            .collect();
        let (config, problems) = load(&bare, Path::new("config.toml"));
        assert_eq!(problems, vec![]);
        assert_eq!(config.options, Config::default().options);
        assert_eq!(config.restore.programs.len(), 2, "the lines were read");
    }
}
