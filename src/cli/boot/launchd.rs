//! An agent of launchd's (launchd.plist(5)), on macOS. Nobody has tried it there yet, and it says so.

use std::path::PathBuf;

use super::{MARK, Start, home, own_text, remove, reply, write};
use crate::base::Result;
use crate::command::Reply;

const UNTRIED: &str = "this has not been tried on macOS yet: please tell how it went";

pub(super) fn run(start: &Start, action: &str, dry_run: bool) -> Result<Reply> {
    let path = place(start);
    let load = format!("`launchctl load -w {}` makes launchd look now; it does at the next login", path.display());
    match action {
        "enable" if dry_run => {
            let mut lines = vec![format!("would write {}:", path.display()), String::new()];
            lines.extend(plist(start).lines().map(str::to_owned));
            Ok(reply(&lines, true))
        }
        "enable" => {
            own_text(&path)?;
            write(&path, &plist(start))?;
            Ok(reply(&[format!("wrote {}", path.display()), load, UNTRIED.to_owned()], true))
        }
        "disable" if dry_run => Ok(reply(&[format!("would remove {}", path.display())], true)),
        "disable" => {
            let there = own_text(&path)?.is_some();
            remove(&path)?;
            let line = if there { format!("removed {}", path.display()) } else { "it was not enabled".to_owned() };
            Ok(reply(&[line], true))
        }
        _ => match own_text(&path)? {
            Some(text) if text == plist(start) => Ok(reply(&[format!("{} is there", path.display())], true)),
            Some(_) => {
                let text = format!("{} is not what this mux would write: `mux boot enable` does", path.display());
                Ok(reply(&[text], false))
            }
            None => {
                let line = "mux does not start with the machine: `mux boot enable` sees to it".to_owned();
                Ok(reply(&[line], false))
            }
        },
    }
}

pub(super) fn is_enabled(start: &Start) -> bool {
    matches!(own_text(&place(start)), Ok(Some(_)))
}

fn place(start: &Start) -> PathBuf {
    home().join("Library/LaunchAgents").join(format!("mux.{}.plist", start.server))
}

fn plist(start: &Start) -> String {
    let words: String = start.words.iter().map(|word| format!("    <string>{}</string>\n", escaped(word))).collect();
    let pair = |(name, value): &(String, String)| {
        format!("    <key>{}</key>\n    <string>{}</string>\n", escaped(name), escaped(value))
    };
    let env: String = start.env.iter().map(pair).collect();
    let server = escaped(&start.server);
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- {MARK}; `mux boot disable` removes it. -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>mux.{server}</string>
  <key>ProgramArguments</key>
  <array>
{words}  </array>
  <key>EnvironmentVariables</key>
  <dict>
{env}  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>AbandonProcessGroup</key>
  <true/>
</dict>
</plist>
"#
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agent_is_an_xml_that_runs_the_command() {
        let words = ["/opt/a&b/mux", "start-server", "--restore"].map(str::to_owned).to_vec();
        let env = vec![("XDG_STATE_HOME".into(), "/s".into())];
        let plist = plist(&Start { server: "default".into(), words, env });
        assert!(plist.contains("<string>/opt/a&amp;b/mux</string>\n    <string>start-server</string>"), "{plist}");
        assert!(plist.contains("<key>XDG_STATE_HOME</key>\n    <string>/s</string>"), "{plist}");
        assert!(plist.contains("<key>AbandonProcessGroup</key>\n  <true/>"), "programs outlive the command");
        for tag in ["plist", "dict", "array"] {
            let opened = plist.matches(&format!("<{tag}>")).count() + plist.matches(&format!("<{tag} v")).count();
            assert_eq!(opened, plist.matches(&format!("</{tag}>")).count(), "{tag}");
        }
    }
}
