//! The options. To add one is to add a row.

use serde::Serialize;

use super::value::{
    BorderIndicators, BorderLines, BorderStatus, Clipboard, Edge, ExtendedKeys, FloatSize, Justify, Kind, MaybeKey,
    ModeKeys, MouseCopy, Scope, StatusKeys, StatusLines, Value, WindowSize,
};
use crate::base::{Key, Size};

/// What is to be known of an option.
#[derive(Debug)]
pub struct OptionSpec {
    pub name: &'static str,
    pub scope: Scope,
    pub kind: Kind,
    /// As `set` reads it.
    pub default: &'static str,
    /// What it is for, for people.
    pub sentence: &'static str,
    pub(super) set: fn(&mut Options, &str) -> Result<(), ()>,
    pub get: fn(&Options) -> String,
}

macro_rules! options {
    ($($field:ident: $type:ty, $name:literal, $scope:ident, $kind:expr, $default:literal, $sentence:literal;)*) => {
        /// Every option's value.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        pub struct Options {
            $(#[doc = $sentence] pub $field: $type,)*
        }

        impl Default for Options {
            fn default() -> Self {
                Self { $($field: built_in($default, &$kind),)* }
            }
        }

        /// Sorted by name.
        pub static TABLE: &[OptionSpec] = &[$(OptionSpec {
            name: $name,
            scope: Scope::$scope,
            kind: $kind,
            default: $default,
            sentence: $sentence,
            set: |options, text| {
                options.$field = Value::read(text, &$kind)?;
                Ok(())
            },
            get: |options| options.$field.print(),
        },)*];
    };
}

#[expect(clippy::expect_used, reason = "comes from the table below, and a test reads every row's default")]
fn built_in<T: Value>(default: &str, kind: &Kind) -> T {
    T::read(default, kind).expect("a default that reads")
}

const INDEX: Kind = Kind::Number { least: 0, most: 9999, unit: "" };
const COLUMNS: Kind = Kind::Number { least: 0, most: 32_767, unit: "columns" };
const SECONDS: Kind = Kind::Number { least: 0, most: 604_800, unit: "seconds" };
const MILLISECONDS: Kind = Kind::Number { least: 0, most: 3_600_000, unit: "milliseconds" };
/// tmux's range: what an int holds.
const LINES: Kind = Kind::Number { least: 0, most: 2_147_483_647, unit: "lines" };

options! {
    automatic_rename: bool, "automatic-rename", Window, Kind::Flag, "on",
        "A window that nobody named is called after the program that runs in it.";
    base_index: u32, "base-index", Session, INDEX, "1",
        "The first window's number.";
    confirm_paste: bool, "confirm-paste", Session, Kind::Flag, "off",
        "Several lines are pasted only after a question where the program did not ask for bracketed paste.";
    copy_command: String, "copy-command", Session, Kind::Text, "",
        "Where copy-pipe without a command sends what was copied: a shell command on the client's machine.";
    copy_mouse: MouseCopy, "copy-mouse", Session, Kind::Choice(MouseCopy::NAMES), "copy",
        "What letting go of a mouse selection does: copy it and go back, copy it and keep it on the screen (stay), or only select.";
    default_command: String, "default-command", Session, Kind::Text, "",
        "Runs in new panes, by way of the shell; when empty, the shell itself does, as a login shell.";
    default_shell: String, "default-shell", Session, Kind::Program, "",
        "The shell of new panes; when empty, the one of SHELL or of the user's account.";
    default_size: Size, "default-size", Session, Kind::Size, "80x24",
        "The size of a session's windows before a client has attached to it.";
    default_terminal: String, "default-terminal", Server, Kind::Text, "xterm-256color",
        "TERM in new panes.";
    detach_on_destroy: bool, "detach-on-destroy", Session, Kind::Flag, "on",
        "When a session ends its clients detach; when off, they go to the session that was used last.";
    display_time: u32, "display-time", Session, MILLISECONDS, "2000",
        "How long a message or the pane numbers stay; with 0, until a key is pressed.";
    escape_time: u32, "escape-time", Server, MILLISECONDS, "10",
        "How long after an Escape the rest of a key may come; over a slow line it comes in pieces.";
    extended_keys: ExtendedKeys, "extended-keys", Server, Kind::Choice(ExtendedKeys::NAMES), "on",
        "When the terminal is asked to tell keys apart that are else one (C-Enter, C-i): where a program or a binding wants it, never, or always.";
    focus_events: bool, "focus-events", Server, Kind::Flag, "on",
        "Programs that ask for it are told when the terminal gets or loses the focus.";
    follow: bool, "follow", Session, Kind::Flag, "off",
        "All clients of a session show the same window, pane and zoom; when off, each goes its own way.";
    history_limit: u32, "history-limit", Session, LINES, "50000",
        "Lines that a new pane keeps after they have scrolled off its screen.";
    key_table: String, "key-table", Session, Kind::Text, "root",
        "The table in which keys are looked up that come without the prefix.";
    keymap: String, "keymap", Session, Kind::Name, "tmux",
        "Whose keys: tmux, screen, zellij, or one of your own in keymaps/.";
    message_style: String, "message-style", Session, Kind::Style, "bg=yellow,fg=black",
        "The style of messages and prompts.";
    mode_keys: ModeKeys, "mode-keys", Window, Kind::Choice(ModeKeys::NAMES), "vi",
        "Whose keys copy mode has.";
    monitor_activity: bool, "monitor-activity", Window, Kind::Flag, "off",
        "A window is marked (#) when something is written in it that nobody looks at.";
    monitor_bell: bool, "monitor-bell", Window, Kind::Flag, "on",
        "A window is marked (!) when it rings, or tells something (OSC 9, 777, 99).";
    monitor_silence: u32, "monitor-silence", Window, SECONDS, "0",
        "A window is marked (~) when nothing was written in it for so long; with 0, never.";
    mouse: bool, "mouse", Session, Kind::Flag, "on",
        "The mouse selects panes and windows, drags borders and scrolls.";
    newcomer_hints: bool, "newcomer-hints", Session, Kind::Flag, "on",
        "Who attaches for the first time is told a few keys where the status line has room, until they have used the prefix.";
    open_command: String, "open-command", Session, Kind::Text, "",
        "What opens the URLs and files that hints find, on the client's machine; when empty, xdg-open or open.";
    pane_active_border_style: String, "pane-active-border-style", Window, Kind::Style, "fg=green",
        "The style of the border round the current pane.";
    pane_base_index: u32, "pane-base-index", Window, INDEX, "1",
        "The first pane's number.";
    pane_border_format: String, "pane-border-format", Pane, Kind::Template, "#{?pane_active,#[reverse],}#{pane_index}#[default] \"#{pane_title}\"",
        "A pane's title, where pane-border-status shows it.";
    pane_border_indicators: BorderIndicators, "pane-border-indicators", Window, Kind::Choice(BorderIndicators::NAMES), "colour",
        "How the border between two panes says which is the current one: half of it in its colour, arrows, both, or not.";
    pane_border_lines: BorderLines, "pane-border-lines", Window, Kind::Choice(BorderLines::NAMES), "single",
        "What borders are drawn with; simple is plain ASCII.";
    pane_border_status: BorderStatus, "pane-border-status", Window, Kind::Choice(BorderStatus::NAMES), "off",
        "Where each pane's title is shown.";
    pane_border_style: String, "pane-border-style", Window, Kind::Style, "default",
        "The style of the borders between the other panes.";
    prefix: Key, "prefix", Session, Kind::Key, "C-b",
        "The key after which a key is a command. While it is C-b, the one that the keymap is made for is.";
    prefix2: MaybeKey, "prefix2", Session, Kind::KeyOrNone, "None",
        "A second key for the same.";
    remain_on_exit: bool, "remain-on-exit", Pane, Kind::Flag, "off",
        "A pane stays, with its last screen, when its program has ended.";
    renumber_windows: bool, "renumber-windows", Session, Kind::Flag, "on",
        "When a window is closed, those after it move up.";
    repeat_time: u32, "repeat-time", Session, MILLISECONDS, "500",
        "How long after a key that repeats another one needs no prefix.";
    scratch_size: FloatSize, "scratch-size", Session, Kind::FloatSize, "70%x60%",
        "The size of a session's scratch terminal when it is made, each side in cells or as a part of the window.";
    set_clipboard: Clipboard, "set-clipboard", Server, Kind::Choice(Clipboard::NAMES), "on",
        "Who may write to the terminal's clipboard: mux and programs, mux alone (external), or nobody.";
    set_titles: bool, "set-titles", Session, Kind::Flag, "off",
        "The terminal's own title is set; it gets its former one back.";
    set_titles_string: String, "set-titles-string", Session, Kind::Template, "#S:#I:#W - \"#T\"",
        "What it is set to.";
    status: StatusLines, "status", Session, Kind::Choice(StatusLines::NAMES), "on",
        "There is a status line, or two to five of them.";
    status_format_0: String, "status-format[0]", Session, Kind::Template, "#[align=left range=left #{E:status-left-style}]#[push-default]#{T;=/#{status-left-length}:status-left}#[pop-default]#[norange default]#[list=on align=#{status-justify}]#[list=left-marker]<#[list=right-marker]>#[list=on]#{W:#[range=window|#{window_index} #{E:window-status-style}#{?#{&&:#{window_last_flag},#{!=:#{E:window-status-last-style},default}}, #{E:window-status-last-style},}#{?#{&&:#{window_bell_flag},#{!=:#{E:window-status-bell-style},default}}, #{E:window-status-bell-style},#{?#{&&:#{||:#{window_activity_flag},#{window_silence_flag}},#{!=:#{E:window-status-activity-style},default}}, #{E:window-status-activity-style},}}]#[push-default]#{T:window-status-format}#[pop-default]#[norange default]#{?window_end_flag,,#{window-status-separator}},#[range=window|#{window_index} list=focus #{?#{!=:#{E:window-status-current-style},default},#{E:window-status-current-style},#{E:window-status-style}}#{?#{&&:#{window_last_flag},#{!=:#{E:window-status-last-style},default}}, #{E:window-status-last-style},}#{?#{&&:#{window_bell_flag},#{!=:#{E:window-status-bell-style},default}}, #{E:window-status-bell-style},#{?#{&&:#{||:#{window_activity_flag},#{window_silence_flag}},#{!=:#{E:window-status-activity-style},default}}, #{E:window-status-activity-style},}}]#[push-default]#{T:window-status-current-format}#[pop-default]#[norange list=on default]#{?window_end_flag,,#{window-status-separator}}}#[nolist align=right range=right #{E:status-right-style}]#[push-default]#{T;=/#{status-right-length}:status-right}#[pop-default]#[norange default]",
        "The first status line. While it is the default, themes count in it; see status-left, status-right and window-status-format.";
    status_format_1: String, "status-format[1]", Session, Kind::Template, "#[align=centre]#{P:#{?pane_active,#[reverse],}#{pane_index}[#{pane_width}x#{pane_height}]#[default] }",
        "The second status line, where status is 2 or more.";
    status_format_2: String, "status-format[2]", Session, Kind::Template, "",
        "The third status line.";
    status_format_3: String, "status-format[3]", Session, Kind::Template, "",
        "The fourth status line.";
    status_format_4: String, "status-format[4]", Session, Kind::Template, "",
        "The fifth status line.";
    status_interval: u32, "status-interval", Session, SECONDS, "15",
        "How often the lines of the shell in status lines, #(…), are run again; with 0, once.";
    status_justify: Justify, "status-justify", Session, Kind::Choice(Justify::NAMES), "left",
        "Where the list of windows is: behind status-left, between that and status-right, before status-right, or in the middle of the terminal.";
    status_keys: StatusKeys, "status-keys", Session, Kind::Choice(StatusKeys::NAMES), "emacs",
        "Whose keys the command prompt has.";
    status_left: String, "status-left", Session, Kind::Template, "[#{session_name}] ",
        "What stands at the left of the status line.";
    status_left_length: u32, "status-left-length", Session, COLUMNS, "40",
        "How much of status-left is shown; with 0, all of it.";
    status_left_style: String, "status-left-style", Session, Kind::Style, "default",
        "The style of status-left.";
    status_position: Edge, "status-position", Session, Kind::Choice(Edge::NAMES), "bottom",
        "Where the status line is.";
    status_right: String, "status-right", Session, Kind::Template,
        "#{?jobs_told,#[bg=red]#[fg=white] jobs: #{jobs_told} #[default],} \"#{=21:pane_title}\" %H:%M %d-%b-%y",
        "What stands at the right of the status line, with strftime(3)'s conversions.";
    status_right_length: u32, "status-right-length", Session, COLUMNS, "80",
        "How much of status-right is shown; with 0, all of it.";
    status_right_style: String, "status-right-style", Session, Kind::Style, "default",
        "The style of status-right.";
    status_style: String, "status-style", Session, Kind::Style, "bg=green,fg=black",
        "The style of the status line.";
    synchronize_panes: bool, "synchronize-panes", Pane, Kind::Flag, "off",
        "What is typed in one pane of a window goes to all of them that have this on.";
    system_clipboard: bool, "system-clipboard", Session, Kind::Flag, "on",
        "What is copied goes to the clipboard of the client's display too (wl-copy, xclip, pbcopy), where there is one and no SSH.";
    terminal_features: String, "terminal-features", Server, Kind::Features, "",
        "What terminals can beside what is found out of them, by their TERM: xterm*:RGB:usstyle, with commas between terminals.";
    terminal_overrides: String, "terminal-overrides", Server, Kind::Overrides, "",
        "The same by terminfo's names, and what terminals cannot: *256col*:Tc, xterm*:RGB@.";
    theme: String, "theme", Server, Kind::Text, "auto",
        "The styles that hold where none is set: plain, dark, light, high-contrast, a file's name in themes/ beside config.toml, or what fits the terminal's background (auto).";
    update_environment: Vec<String>, "update-environment", Session, Kind::Words,
        "DBUS_SESSION_BUS_ADDRESS DISPLAY KRB5CCNAME SSH_AGENT_PID SSH_ASKPASS SSH_AUTH_SOCK SSH_CONNECTION WAYLAND_DISPLAY WINDOWID XAUTHORITY",
        "Variables that a session takes over from each client that attaches.";
    window_size: WindowSize, "window-size", Window, Kind::Choice(WindowSize::NAMES), "latest",
        "Whose terminal decides a window's size: the largest, the smallest, the one used last, or none (manual).";
    window_status_activity_style: String, "window-status-activity-style", Window, Kind::Style, "reverse",
        "The style of a window in the status line in which something was written, or nothing for long, where that is watched.";
    window_status_bell_style: String, "window-status-bell-style", Window, Kind::Style, "reverse",
        "The style of a window in the status line that has rung.";
    window_status_current_format: String, "window-status-current-format", Window, Kind::Template, "#I:#W#{?window_flags,#{window_flags}, }",
        "The current window in the status line.";
    window_status_current_style: String, "window-status-current-style", Window, Kind::Style, "default",
        "The style of the current window in the status line.";
    window_status_format: String, "window-status-format", Window, Kind::Template, "#I:#W#{?window_flags,#{window_flags}, }",
        "Each other window in the status line.";
    window_status_last_style: String, "window-status-last-style", Window, Kind::Style, "default",
        "The style of the window that was the current one before.";
    window_status_separator: String, "window-status-separator", Window, Kind::Text, " ",
        "What stands between windows in the status line.";
    window_status_style: String, "window-status-style", Window, Kind::Style, "default",
        "The style of each other window in the status line.";
}
