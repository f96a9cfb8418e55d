//! An `@reboot` line in the user's crontab (crontab(5)), where there is neither systemd nor launchd.

use std::process::Command;

use super::{MARK, Start, reply};
use crate::base::{Error, Result};
use crate::cli::tool;
use crate::command::Reply;

pub(super) fn run(start: &Start, action: &str, dry_run: bool) -> Result<Reply> {
    let before = read()?;
    let wanted = line(start);
    let mark = mark(start);
    let found: Vec<&str> = before.lines().filter(|line| line.ends_with(&mark)).collect();
    match action {
        "enable" if dry_run => Ok(reply(&["would put this line into your crontab:".to_owned(), wanted], true)),
        "enable" => {
            write(&with(&before, &mark, Some(&wanted)))?;
            let lines = [
                "put this line into your crontab; the others are as they were:".to_owned(),
                wanted,
                "the server that runs now is not touched; the line counts from the next boot on".to_owned(),
            ];
            Ok(reply(&lines, true))
        }
        "disable" if found.is_empty() => Ok(reply(&["it was not enabled".to_owned()], true)),
        "disable" if dry_run => Ok(reply(&[format!("would take this line out of your crontab: {}", found[0])], true)),
        "disable" => {
            write(&with(&before, &mark, None))?;
            Ok(reply(&["took the line out of your crontab; the server that runs now goes on".to_owned()], true))
        }
        _ => match found.as_slice() {
            [] => {
                let line = "mux does not start with the machine: `mux boot enable` sees to it".to_owned();
                Ok(reply(&[line], false))
            }
            [only] if *only == wanted => {
                Ok(reply(&["your crontab starts it with the machine:".to_owned(), wanted], true))
            }
            others => {
                let text = "your crontab has it, but not as this mux would write it: `mux boot enable` writes it anew";
                Ok(reply(&[text.to_owned(), others.join("\n")], false))
            }
        },
    }
}

pub(super) fn is_enabled(start: &Start) -> bool {
    read().is_ok_and(|text| text.lines().any(|line| line.ends_with(&mark(start))))
}

fn read() -> Result<String> {
    let broken = |error: String| Error::refused(format!("cannot read your crontab: {error}"));
    let output = tool::output(Command::new("crontab").arg("-l"), b"").map_err(|error| broken(error.to_string()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        // Who has none yet gets status 1 and this (crontab(1)); anything else must not be taken for an empty one.
        false if said.contains("no crontab") => Ok(String::new()),
        false => Err(broken(said.trim().to_owned())),
    }
}

fn write(text: &str) -> Result<()> {
    let broken = |error: String| Error::refused(format!("cannot write your crontab: {error}"));
    let output = tool::output(Command::new("crontab").arg("-"), text.as_bytes()).map_err(|e| broken(e.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(broken(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// The crontab without our line, or with it at the end; every other line as it is.
fn with(before: &str, mark: &str, line: Option<&str>) -> String {
    let others = before.lines().filter(|known| !known.ends_with(mark));
    others.chain(line).map(|line| format!("{line}\n")).collect()
}

fn mark(start: &Start) -> String {
    format!("# {MARK} ({})", start.server)
}

/// One line for sh(1); cron makes line ends of `%` that have no backslash.
fn line(start: &Start) -> String {
    let env = start.env.iter().map(|(name, value)| format!("{name}={}", quoted(value)));
    let words = env.chain(start.words.iter().map(|word| quoted(word))).collect::<Vec<_>>().join(" ");
    format!("@reboot {} {}", words.replace('%', "\\%"), mark(start))
}

fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "_./+@:,-=%".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(server: &str) -> Start {
        let words = ["/opt/my mux/mux", "-L", server, "start-server", "--restore"].map(str::to_owned).to_vec();
        Start { server: server.into(), words, env: vec![("XDG_STATE_HOME".into(), "/s%".into())] }
    }

    #[test]
    fn our_line_is_put_in_once_and_the_others_stay() {
        let start = start("work");
        let line = line(&start);
        assert!(line.starts_with("@reboot XDG_STATE_HOME=/s\\% '/opt/my mux/mux' -L work start-server --restore # "));
        let before = "# mine\nMAILTO=me\n5 4 * * * backup 100\\%\n";
        let once = with(before, &mark(&start), Some(&line));
        assert_eq!(once, format!("{before}{line}\n"));
        assert_eq!(with(&once, &mark(&start), Some(&line)), once);
        assert_eq!(with(&once, &mark(&start), None), before);
        let other = mark(&Start { server: "other".into(), ..start });
        assert_eq!(with(&once, &other, None), once, "another server's line is not ours");
    }
}
