//! `set-option`: changes an option, for all or in one session, window or pane.

use super::prelude::*;
use crate::config::{self, Scope};
use crate::model::OptionPlace;

#[derive(Args)]
pub struct SetOption {
    /// For all sessions, windows and panes that have none of their own
    #[arg(short = 'g')]
    global: bool,
    /// An option of the server: it is for all
    #[arg(short = 's')]
    server: bool,
    /// An option of windows: for the window of -t
    #[arg(short = 'w')]
    window: bool,
    /// For the pane of -t alone
    #[arg(short = 'p')]
    pane: bool,
    /// Add to the value
    #[arg(short = 'a')]
    append: bool,
    /// Fill formats in
    #[arg(short = 'F')]
    format: bool,
    /// Only where none is set there
    #[arg(short = 'o')]
    only: bool,
    /// Back to what it is around it, or with -g to the default
    #[arg(short = 'u')]
    unset: bool,
    /// Back to what it is around it, in the window of -t and in all its panes
    #[arg(short = 'U', conflicts_with_all = ["pane", "value"])]
    unset_panes: bool,
    /// Say nothing about an option that is not known
    #[arg(short = 'q')]
    quiet: bool,
    /// The session, window or pane
    #[arg(short = 't', value_name = "TARGET")]
    target: Option<String>,
    /// The option
    #[arg(value_name = "OPTION")]
    name: String,
    /// Its value; one that is on or off is changed to the other where none is given
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: Option<String>,
}

/// The scopes that flags ask for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    pub global: bool,
    pub server: bool,
    pub window: bool,
    pub pane: bool,
}

impl Command for SetOption {
    const NAME: &'static str = "set-option";
    const ALIAS: &'static [&'static str] = &["set", "set-window-option", "setw"];
    const SUMMARY: &'static str = "Change an option";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let spec = match config::find(&self.name) {
            Ok(spec) => spec,
            Err(_) if self.quiet => return Ok(Answer::Done),
            Err(error) => return Err(error),
        };
        let name = spec.name;
        let flags = Flags { global: self.global, server: self.server, window: self.window, pane: self.pane };
        let place = place(call, flags, spec.scope, name, self.target.as_deref())?;
        let set = call.state.set_at(place).is_some_and(|set| set.contains_key(name));
        if self.only && set {
            return Err(Error::conflict(format!("{name} is set already")));
        }
        let known = call.state.options_at(place).get(name).unwrap_or_default();
        let value = self.value.map(|value| if self.format { filled(call, place, &value) } else { value });
        if self.unset_panes {
            unset_panes(call, place, name)?;
        }
        let value = match (self.unset || self.unset_panes, value, known.as_str()) {
            (true, ..) => None,
            (false, Some(value), _) if self.append => Some(known + &value),
            (false, Some(value), _) => Some(value),
            (false, None, "on") => Some("off".to_owned()),
            (false, None, "off") => Some("on".to_owned()),
            (false, None, _) => return Err(Error::usage(format!("{name} wants a value"))),
        };
        call.state.set_option_at(place, name, value.as_deref()).map(|()| Answer::Done)
    }
}

/// Takes an option away from all panes of a window.
fn unset_panes(call: &mut Call<'_>, place: OptionPlace, name: &str) -> Result<()> {
    let OptionPlace::Window(window) = place else { return Ok(()) };
    let panes = call.state.window(window).map(Window::panes).unwrap_or_default();
    panes.into_iter().try_for_each(|pane| call.state.set_option_at(OptionPlace::Pane(pane), name, None))
}

fn filled(call: &Call<'_>, place: OptionPlace, value: &str) -> String {
    let lens = call.lens();
    let lens = match place {
        OptionPlace::Global => lens,
        OptionPlace::Session(id) => lens.session(id),
        OptionPlace::Window(id) => lens.window(id),
        OptionPlace::Pane(id) => lens.pane(id),
    };
    format::expand(value, &lens)
}

/// Where an option of this scope is meant: what the flags do not say, the scope does.
pub fn place(call: &Call<'_>, flags: Flags, scope: Scope, name: &str, target: Option<&str>) -> Result<OptionPlace> {
    let wrong = |what: &str| Error::usage(format!("{name} is an option of {scope}s, not of {what}"));
    if flags.server && scope != Scope::Server {
        return Err(wrong("the server"));
    }
    if flags.pane && scope != Scope::Pane {
        return Err(wrong("panes"));
    }
    if flags.window && !matches!(scope, Scope::Window | Scope::Pane) {
        return Err(wrong("windows"));
    }
    if flags.global || scope == Scope::Server {
        return Ok(OptionPlace::Global);
    }
    // Only what was said, or what is in front of whoever says it: never guessed.
    let spot = |call: &Call<'_>| {
        let purpose = if target.is_none() { Purpose::Destroy } else { Purpose::Look };
        let spot = call.state.find_spot(target, call.origin, purpose);
        spot.map_err(|error| error.hint(format!("-t says where, or `mux set-option -g {name}` is for all")))
    };
    Ok(match scope {
        Scope::Session => OptionPlace::Session(spot(call)?.session),
        Scope::Pane if flags.pane => OptionPlace::Pane(spot(call)?.pane),
        _ => OptionPlace::Window(spot(call)?.window),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn options_are_set_added_to_and_reset() {
        let mut world = World::new();
        world.ok("set -g status-left hello");
        world.ok("set -ag status-left ' you'");
        assert_eq!(world.ok("show -gv status-left"), "hello you\n");
        world.ok("set -g mouse");
        assert_eq!(world.ok("show -gv mouse"), "off\n");
        world.ok("set -gu mouse");
        assert_eq!(world.ok("show -gv mouse"), "on\n");
        world.ok("set -g mous off");
        assert_eq!(world.ok("show -gv mouse"), "off\n");
        assert!(!world.fails("set -g mose on").is_empty());
        world.ok("set -gq mose on");
    }

    #[test]
    fn a_session_a_window_and_a_pane_have_options_of_their_own() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("splitw -t x");
        world.ok("new -d -s y");
        assert!(world.hint("set mouse on").contains("-g"), "it is not guessed whose");
        world.ok("set -t x mouse off");
        assert_eq!(world.ok("display -p -t x '#{mouse}'") + &world.ok("display -p -t y '#{mouse}'"), "off\non\n");
        world.ok("set -g mouse off");
        world.ok("set -t x mouse on");
        assert_eq!(world.ok("display -p -t x '#{mouse}'") + &world.ok("display -p -t y '#{mouse}'"), "on\noff\n");
        world.ok("set -t x -u mouse");
        assert_eq!(world.ok("display -p -t x '#{mouse}'"), "off\n");

        world.ok("set -w -t x remain-on-exit on");
        world.ok("set -p -t %0 remain-on-exit off");
        let shown = world.ok("lsp -a -F '#{pane_id} #{remain-on-exit}'");
        assert_eq!(shown, "%0 off\n%1 on\n%2 off\n");
        assert_eq!(world.fails("set -p -t %0 mouse on"), "mouse is an option of sessions, not of panes");
        assert_eq!(world.fails("set -o -p -t %0 remain-on-exit on"), "remain-on-exit is set already");
        assert_eq!(world.fails("set -t x default-size 90x30"), "default-size is one for all");
        world.ok("set -t x -F status-left '<#{session_name}>'");
        assert_eq!(world.ok("show -t x -v status-left"), "<x>\n");
    }

    #[test]
    fn what_a_window_or_pane_has_set_holds() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("new -d -s y");
        world.ok("set -p -t %0 remain-on-exit on");
        world.exit(0, crate::base::ExitStatus::Code(1));
        world.exit(1, crate::base::ExitStatus::Code(1));
        assert_eq!(world.ok("lsp -a -F '#{pane_id} #{pane_dead}'"), "%0 1\n");
        world.ok("set -t x base-index 5");
        assert_eq!(world.ok("neww -t x -PF '#{window_index}'"), "5\n");
    }
}
