//! What tmux has and mux has not, each with why: whoever types it is told so, and docs/reference/tmux.md lists it.

/// A command, or flags of one, that is not offered.
#[derive(Debug)]
pub struct Gap {
    pub command: &'static str,
    /// One letter each; none where all of the command is meant.
    pub flags: &'static str,
    /// Why, and what there is instead.
    pub why: &'static str,
}

const fn gap(command: &'static str, flags: &'static str, why: &'static str) -> Gap {
    Gap { command, flags, why }
}

/// In alphabetical order of commands.
pub const GAPS: &[Gap] = &[
    gap("capture-pane", "a", "what a full-screen program has covered is shown again when it ends, and captured then"),
    gap("capture-pane", "CP", "text is captured as it reads; `mux pipe-pane` has every byte"),
    gap("capture-pane", "N", "blanks at line ends stay with -J"),
    gap("capture-pane", "q", "there is no -a whose error it would keep quiet"),
    gap("choose-client", "FKOr", "the picker has one look and one order; / searches it"),
    gap("choose-buffer", "K", "digits choose the first ten; / searches"),
    gap("choose-tree", "FKOr", "the picker has one look and one order; / searches it"),
    gap("clear-prompt-history", "", "what was typed is in the file prompt_history of the state directory: remove it"),
    gap("command-prompt", "FNTi", "the prompt takes a line as it is; %% and %1 stand for the answers"),
    gap("copy-mode", "HMs", "copy mode is of the pane that it was entered in, also by the mouse"),
    gap(
        "customize-mode",
        "",
        "`mux show-options -A` shows options, `mux set-option` changes them, `mux config` checks the file",
    ),
    gap("detach-client", "E", "nothing runs in a terminal's place when it is given back; -P hangs its shell up"),
    gap("display-menu", "O", "a menu stays open until something is chosen or Escape is pressed, as it is"),
    gap("display-message", "I", "a pane shows what its program writes; `mux split-window` starts one that reads"),
    gap("display-message", "d", "the option display-time says how long messages stay"),
    gap("display-message", "v", "what a format comes to is printed by -p"),
    gap("load-buffer", "t", "what copy mode copies goes to the terminal's clipboard; a buffer is the server's"),
    gap(
        "lock-client",
        "",
        "terminals lock better themselves; `mux detach-client` gives one back, `mux attach-session -r` only looks on",
    ),
    gap("lock-server", "", "terminals lock better themselves; `mux detach-client -a` gives all back"),
    gap("lock-session", "", "terminals lock better themselves; `mux detach-client -s` gives a session's back"),
    gap(
        "refresh-client",
        "ABCl",
        "there is no control mode; the clipboard goes out by OSC 52 when something is copied",
    ),
    gap("resize-pane", "M", "no key is bound to the mouse; borders are dragged with it as it is"),
    gap("resize-pane", "T", "lines below the cursor stay; `mux clear-history` forgets those above the screen"),
    gap(
        "send-keys",
        "FMR",
        "words are typed as they are; a program's own reset (`reset`, printf '\\\\ec') resets a terminal",
    ),
    gap("server-access", "", "the socket is its user's alone, whatever group or mode it is given"),
    gap("set-buffer", "tw", "what copy mode copies goes to the terminal's clipboard; a buffer is the server's"),
    gap("set-environment", "h", "a file of commands gives names of its own with %hidden"),
    gap("set-hook", "pw", "hooks are a session's, or with -g all sessions'"),
    gap("show-environment", "h", "no variable is hidden; %hidden gives names in a file of commands alone"),
    gap("show-hooks", "pw", "hooks are a session's, or with -g all sessions'"),
    gap("show-messages", "J", "`mux ps` shows jobs"),
    gap("show-options", "H", "`mux show-hooks` shows hooks"),
    gap(
        "show-prompt-history",
        "",
        "Up in the prompt goes through it; it is in the file prompt_history of the state directory",
    ),
    gap("source-file", "v", "-n reads a file without running it, and what goes wrong has its line"),
    gap("split-window", "I", "a pane shows what its program writes: `mux split-window cat` and `mux paste-buffer`"),
];

/// Why a command that tmux has is not there.
pub fn of_command(name: &str) -> Option<&'static str> {
    GAPS.iter().find(|gap| gap.command == name && gap.flags.is_empty()).map(|gap| gap.why)
}

/// Why a flag that tmux's command has is not there.
pub fn of_flag(command: &str, flag: char) -> Option<&'static str> {
    GAPS.iter().find(|gap| gap.command == command && gap.flags.contains(flag)).map(|gap| gap.why)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::super::{TABLE, find, testing::World};
    use super::*;

    /// What `tmux list-commands` of 3.3a prints, but for the words that are no flags: each command with its flags.
    const TMUX: &str = include_str!("tmux-3.3a.txt");

    /// Each command with its alias and flags.
    fn commands() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        TMUX.lines().map(|line| {
            let mut fields = line.split('\t');
            let mut next = || fields.next().unwrap_or_default();
            (next(), next(), next())
        })
    }

    fn has(command: &str, flag: char) -> bool {
        let spec = TABLE.iter().find(|spec| spec.name == command || spec.alias.contains(&command));
        let clap = spec.map(|spec| (spec.clap)());
        clap.is_some_and(|clap| {
            clap.get_arguments()
                .any(|arg| arg.get_short() == Some(flag) && !arg.is_hide_set() && arg.get_id() != "help")
        })
    }

    fn is_there(name: &str) -> bool {
        TABLE.iter().any(|spec| spec.name == name || spec.alias.contains(&name))
    }

    #[test]
    fn what_tmux_has_is_there_or_in_the_table() {
        let mut missing = Vec::new();
        for (name, alias, flags) in commands() {
            let out = of_command(name).is_some();
            if !out && (!is_there(name) || (!alias.is_empty() && !is_there(alias))) {
                missing.push(format!("{name} ({alias})"));
            }
            let absent = |flag: &char| !out && !has(name, *flag) && of_flag(name, *flag).is_none();
            missing.extend(flags.chars().filter(absent).map(|flag| format!("{name} -{flag}")));
        }
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn what_the_table_names_is_tmux_s_and_not_there() {
        for Gap { command, flags, why } in GAPS {
            let known = commands().find(|(name, ..)| name == command);
            let (_, _, all) = known.unwrap_or_else(|| panic!("tmux has no {command}"));
            assert!(!flags.is_empty() || !is_there(command), "{command} is there now: take its row out");
            for flag in flags.chars() {
                assert!(all.contains(flag), "tmux has no {command} -{flag}");
                assert!(!has(command, flag), "{command} -{flag} is there now: take it out of its row");
            }
            assert!(!why.is_empty() && !why.ends_with('.'));
        }
    }

    #[test]
    fn who_types_it_is_told() {
        let mut world = World::new();
        world.ok("new -d -s x");
        // -h is help with every command that has no other use for it.
        for gap in GAPS.iter().filter(|gap| gap.flags != "h") {
            let line = match gap.flags.chars().next() {
                None => gap.command.to_owned(),
                Some(flag) => format!("{} -{flag}", gap.command),
            };
            let error = world.error(&line);
            assert_eq!(error.exit_code(), 2, "{line}");
            assert!(error.message.starts_with(&format!("{line} is not offered")), "{line}: {}", error.message);
            assert!(error.hint.is_some_and(|hint| hint == gap.why), "{line}");
        }
        assert_eq!(find("lock-serv").unwrap_err().message, "unknown command: lock-serv");
    }

    /// The text of docs/reference/tmux.md.
    fn reference() -> String {
        let mut text = String::from(
            "# What tmux has and mux has not\n\nOf the commands and flags of tmux 3.3a. All others are there. Made from the table in \
             `src/command/gaps.rs`; `UPDATE_DOCS=1 cargo test reference` writes it anew.\n\n| command | flags | why, and what there is instead |\n\
             |---|---|---|\n",
        );
        for gap in GAPS {
            let flags: Vec<String> = gap.flags.chars().map(|flag| format!("`-{flag}`")).collect();
            let why = gap.why.replace('|', "\\|");
            let _ = writeln!(text, "| `{}` | {} | {why} |", gap.command, flags.join(" "));
        }
        text
    }

    #[test]
    fn the_reference_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/tmux.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, reference()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            reference(),
            "UPDATE_DOCS=1 cargo test reference"
        );
    }
}
