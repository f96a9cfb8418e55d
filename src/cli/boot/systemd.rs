//! A unit of the user's own systemd (systemd.unit(5), systemd.service(5)).

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use super::{MARK, Start, failed, home, own_text, remove, reply, write};
use crate::base::paths::DEFAULT_SERVER;
use crate::base::{Result, machine};
use crate::cli::tool;
use crate::command::Reply;

pub(super) fn run(start: &Start, action: &str, dry_run: bool) -> Result<Reply> {
    let place = Place::of(start);
    match action {
        "enable" if dry_run => Ok(reply(&place.would_enable(start), true)),
        "enable" => place.enable(start),
        "disable" if dry_run => {
            Ok(reply(&[format!("would remove {} and {}", place.link.display(), place.unit.display())], true))
        }
        "disable" => place.disable(),
        _ => place.status(start),
    }
}

/// Where systemd looks for it.
struct Place {
    name: String,
    unit: PathBuf,
    /// What `systemctl enable` makes for `WantedBy=default.target`.
    link: PathBuf,
}

impl Place {
    fn of(start: &Start) -> Self {
        let name = match start.server.as_str() {
            DEFAULT_SERVER => "mux.service".to_owned(),
            server => format!("mux-{}.service", escaped(server)),
        };
        let config = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
        let folder = config.unwrap_or_else(|| home().join(".config")).join("systemd/user");
        Self { unit: folder.join(&name), link: folder.join("default.target.wants").join(&name), name }
    }

    fn would_enable(&self, start: &Start) -> Vec<String> {
        let mut lines = vec![format!("would write {}:", self.unit.display()), String::new()];
        lines.extend(unit(start).lines().map(str::to_owned));
        lines.extend([String::new(), format!("and link it as {}", self.link.display())]);
        lines.push(lingering());
        lines
    }

    fn enable(&self, start: &Start) -> Result<Reply> {
        own_text(&self.unit)?;
        write(&self.unit, &unit(start))?;
        remove(&self.link)?;
        let wants = self.link.parent().unwrap_or(&self.unit);
        fs::create_dir_all(wants).map_err(|error| failed("create", wants, &error))?;
        symlink(format!("../{}", self.name), &self.link).map_err(|error| failed("link", &self.link, &error))?;
        let mut lines = vec![
            format!("wrote {}", self.unit.display()),
            format!("linked it as {}: systemd starts it with your own services", self.link.display()),
        ];
        lines.push(reloaded());
        lines.push("the server that runs now is not touched; the unit counts from the next start on".to_owned());
        lines.push(lingering());
        Ok(reply(&lines, true))
    }

    fn disable(&self) -> Result<Reply> {
        let there = own_text(&self.unit)?.is_some();
        remove(&self.link)?;
        remove(&self.unit)?;
        let line = if there { format!("removed {}", self.unit.display()) } else { "it was not enabled".to_owned() };
        let lines =
            if there { vec![line, reloaded(), "the server that runs now goes on".to_owned()] } else { vec![line] };
        Ok(reply(&lines, true))
    }

    fn status(&self, start: &Start) -> Result<Reply> {
        let Some(text) = own_text(&self.unit)? else {
            let line = "mux does not start with the machine: `mux boot enable` sees to it".to_owned();
            return Ok(reply(&[line], false));
        };
        let linked = fs::symlink_metadata(&self.link).is_ok();
        let fresh = text == unit(start);
        let mut lines = vec![format!("{} is there", self.unit.display())];
        if !linked {
            lines.push("but it is not enabled: `mux boot enable` sees to it".to_owned());
        }
        if !fresh {
            lines.push("but it is not what this mux would write: `mux boot enable` writes it anew".to_owned());
        }
        lines.push(lingering());
        Ok(reply(&lines, linked && fresh))
    }
}

pub(super) fn is_enabled(start: &Start) -> bool {
    let place = Place::of(start);
    matches!(own_text(&place.unit), Ok(Some(_))) && fs::symlink_metadata(&place.link).is_ok()
}

fn unit(start: &Start) -> String {
    let words: Vec<String> = start.words.iter().map(|word| quoted(&word.replace('$', "$$"))).collect();
    let words = words.join(" ");
    // The user's systemd sets it by itself, and may set it otherwise than now.
    let env = start.env.iter().filter(|(name, _)| name != "XDG_RUNTIME_DIR");
    let env: String =
        env.map(|(name, value)| format!("Environment={}\n", quoted(&format!("{name}={value}")))).collect();
    format!(
        "# {MARK}; `mux boot disable` removes it.
[Unit]
Description=mux, terminal sessions

[Service]
# The command returns when the server serves, or at once where one does already. What goes on is not this unit's main
# process, so that neither stopping nor restarting the unit ends a program.
Type=oneshot
RemainAfterExit=yes
KillMode=process
ExecStart={words}
{env}
[Install]
WantedBy=default.target
"
    )
}

/// As systemd.syntax(7) reads it back, without expanding anything.
fn quoted(word: &str) -> String {
    let word = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    let plain = word.chars().all(|c| c.is_alphanumeric() || "_./+@:,-=%$".contains(c));
    if plain && !word.is_empty() { word } else { format!("\"{word}\"") }
}

/// What a unit's name may hold.
fn escaped(server: &str) -> String {
    server.chars().map(|c| if c.is_ascii_alphanumeric() || "_.-".contains(c) { c } else { '_' }).collect()
}

/// A user's systemd that runs has to be told of new files; one that does not finds them by itself.
fn reloaded() -> String {
    match tool::text(Command::new("systemctl").args(["--user", "daemon-reload"])) {
        Ok(_) => "told systemd to look (systemctl --user daemon-reload)".to_owned(),
        Err(error) => format!("systemd was not told to look ({error}): it finds out at the next login"),
    }
}

fn lingering() -> String {
    let user = machine::user();
    match machine::file("/var/lib/systemd/linger").join(&user).exists() {
        true => format!("lingering is on for {user}: it starts at boot, before anybody logs in"),
        false => format!(
            "lingering is off for {user}: it starts when you log in first, and ends with your last session; \
             `loginctl enable-linger` makes it start at boot and stay"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_runs_the_command_and_never_kills() {
        let words = ["/opt/my mux/mux", "-L", "50%", "start-server", "--restore"].map(str::to_owned).to_vec();
        let env = vec![("XDG_STATE_HOME".into(), "/s \"x\"".into()), ("XDG_RUNTIME_DIR".into(), "/run/1".into())];
        let unit = unit(&Start { server: "50%".into(), words, env });
        assert!(unit.contains("ExecStart=\"/opt/my mux/mux\" -L 50%% start-server --restore\n"), "{unit}");
        assert!(unit.contains("Environment=\"XDG_STATE_HOME=/s \\\"x\\\"\"\n"), "{unit}");
        assert!(!unit.contains("XDG_RUNTIME_DIR") && unit.contains("KillMode=process\n"), "{unit}");
        assert!(unit.starts_with("# ") && unit.contains(MARK));
        assert_eq!(escaped("a b/c"), "a_b_c");
    }
}
