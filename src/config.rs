//! Stand-in until the options arrive.
use crate::base::{Error, Result};
use std::collections::BTreeMap;

const DEFAULTS: &[(&str, &str)] = &[
    ("prefix", "C-b"),
    ("mouse", "on"),
    ("status", "on"),
    ("status-position", "bottom"),
    ("status-left", "[#S] "),
    ("status-right", "%H:%M"),
    ("status-style", "bg=green"),
    ("window-status-format", "#I:#W#F"),
    ("window-status-current-format", "#I:#W#F"),
    ("message-style", ""),
    ("pane-border-style", ""),
    ("pane-active-border-style", ""),
    ("base-index", "0"),
    ("pane-base-index", "0"),
    ("renumber-windows", "off"),
    ("history-limit", "10000"),
    ("default-command", ""),
    ("default-shell", ""),
    ("default-terminal", "xterm-256color"),
    ("repeat-time", "500"),
    ("display-time", "2000"),
    ("detach-on-destroy", "on"),
    ("remain-on-exit", "off"),
    ("window-size", "latest"),
    ("automatic-rename", "on"),
    ("set-clipboard", "on"),
    ("default-size", "80x24"),
    (
        "update-environment",
        "DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS XAUTHORITY SSH_CONNECTION SSH_AUTH_SOCK SSH_AGENT_PID",
    ),
];

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options(BTreeMap<String, String>);

impl Options {
    pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
        self.get(name).ok_or_else(|| Error::usage(format!("invalid option: {name}")))?;
        self.0.insert(name.into(), value.into());
        Ok(())
    }
    pub fn reset(&mut self, name: &str) -> Result<()> {
        self.0.remove(name);
        Ok(())
    }
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned().or_else(|| DEFAULTS.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }
}
pub struct Problem(String);
impl std::fmt::Display for Problem { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) } }
#[derive(Default)]
pub struct Config { pub options: Options }
pub fn load(_: &str, _: &std::path::Path) -> (Config, Vec<Problem>) { (Config::default(), vec![]) }
