//! `display-popup`: a program in a frame of its own, in front of everything of one client's window.

use super::new_pane::dress;
use super::prelude::*;

#[derive(Args)]
pub struct DisplayPopup {
    /// No frame
    #[arg(short = 'B')]
    bare: bool,
    /// Close the one that the client shows
    #[arg(short = 'C')]
    close: bool,
    /// It closes when its program ends; given twice, when that has ended well. Else Escape or C-c closes it then
    #[arg(short = 'E', action = clap::ArgAction::Count)]
    ending: u8,
    /// The lines of its frame
    #[arg(short = 'b', value_name = "LINES", value_parser = ["single", "rounded", "double", "heavy", "simple", "padded", "none"])]
    lines: Option<String>,
    /// The client that shows it, by its terminal
    #[arg(short = 'c', value_name = "CLIENT")]
    client: Option<String>,
    /// Where its program starts
    #[arg(short = 'd', value_name = "DIR")]
    directory: Option<String>,
    /// A variable for its program
    #[arg(short = 'e', value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Its rows with the frame, or with `%` a part of the window; half of it where none are given
    #[arg(short = 'h', value_name = "ROWS")]
    rows: Option<String>,
    /// Its columns, the same
    #[arg(short = 'w', value_name = "COLS")]
    cols: Option<String>,
    /// The style of what its program gives none
    #[arg(short = 's', value_name = "STYLE")]
    style: Option<String>,
    /// The style of its frame
    #[arg(short = 'S', value_name = "STYLE")]
    border_style: Option<String>,
    /// The pane that -x P, -y P and formats are about
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// What stands on its frame
    #[arg(short = 'T', value_name = "TITLE")]
    title: Option<String>,
    /// Its left side: a column, C for the middle, R for the right, P for the pane's; from a terminal's keys, menus and
    /// command prompt also M for where the mouse was pressed last, W for the window's name in the status line
    #[arg(short = 'x', value_name = "POSITION", default_value = "C")]
    x: String,
    /// Its upper side: a row, C for the middle, P for the pane's lower side, S for beside the status line; M and W as
    /// with -x
    #[arg(short = 'y', value_name = "POSITION", default_value = "C")]
    y: String,
    /// What to run instead of a shell: one word is a shell's line, several are a program and its words
    #[arg(trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Command for DisplayPopup {
    const NAME: &'static str = "display-popup";
    const ALIAS: &'static [&'static str] = &["popup"];
    const SUMMARY: &'static str = "Show a program in front of everything in a client's window";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let client = call.client(self.client.as_deref())?;
        if self.close {
            call.state.close_popup(client);
            return Ok(Answer::Done);
        }
        let shown = call.state.pane_of_client(client).ok_or_else(|| Error::not_found("can't find pane"))?;
        let about = self.target.as_deref().map(|target| call.pane(Some(target))).transpose()?.unwrap_or(shown);
        let framed = !self.bare && self.lines.as_deref() != Some("none");
        let spot = self.spot(call, shown, about, framed)?;
        let mut dress = dress(call, about, self.title.as_deref(), self.style, self.border_style)?;
        dress.lines = self.lines.unwrap_or_default();
        let ending = match self.ending {
            0 => Ending::Stays,
            1 => Ending::Closes,
            _ => Ending::ClosesAfterSuccess,
        };
        let program = call.program(self.command, self.directory.as_deref(), &self.env)?;
        let new = NewFloat { kind: FloatKind::Popup(ending), spot, framed, background: false, dress };
        let pane = call.state.open_popup(client, new, program)?;
        // Who typed it at a shell waits for it, as with tmux.
        let waits = !call.origin.attached;
        Ok(call.then(pane, if waits { Then::Await } else { Then::Print(String::new()) }))
    }
}

impl DisplayPopup {
    fn spot(&self, call: &Call<'_>, shown: PaneId, about: PaneId, framed: bool) -> Result<Spot> {
        let window = call.state.window(call.window_of(shown)?).ok_or_else(|| Error::not_found("can't find window"))?;
        let room = window.layout.size();
        let edge = u16::from(framed);
        let length = |said: &Option<String>, whole: u16| {
            let said = said.as_deref().map_or(Ok(Extent::Percent(50)), extent)?;
            Ok::<_, Error>(said.of(whole).clamp(1, whole))
        };
        let (cols, rows) = (length(&self.cols, room.cols)?, length(&self.rows, room.rows)?);
        let pane = window.rect(about).unwrap_or_default();
        let at_top = call.state.session_options(window.session).status_position == config::Edge::Top;
        let left = match self.x.as_str() {
            "C" => None,
            "R" => Some(room.cols - cols),
            "P" => Some(pane.left()),
            number => Some(number.parse().map_err(|_| no_place('x', number, "C, R and P"))?),
        };
        let top = match self.y.as_str() {
            "C" => None,
            "P" => Some(pane.bottom().saturating_sub(rows)),
            "S" => Some(if at_top { 0 } else { room.rows - rows }),
            number => Some(number.parse().map_err(|_| no_place('y', number, "C, P and S"))?),
        };
        let within = |outer: Option<u16>| outer.map(|outer| Extent::Cells(outer.saturating_add(edge)));
        let inner = |outer: u16| Some(Extent::Cells(outer.saturating_sub(2 * edge).max(1)));
        Ok(Spot { cols: inner(cols), rows: inner(rows), left: within(left), top: within(top) })
    }
}

fn no_place(flag: char, typed: &str, known: &str) -> Error {
    if ["M", "W"].contains(&typed) {
        let error = Error::refused(format!("-{flag} {typed} is known to an attached terminal alone"));
        return error.hint("it is for keys, menus and the command prompt");
    }
    Error::usage(format!("-{flag} {typed} is no place for a popup"))
        .hint(format!("a number of cells, or one of {known}"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;

    #[test]
    fn it_has_the_window_until_it_closes() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24 ; splitw -t x");
        assert_eq!(world.fails("popup"), "no current client");
        world.attach("x");
        world.ok("popup -w 40 -h 50% -x 4 -y 2 -T '#{session_name}!' top");
        let about = "#{pane_id} #{pane_modal_flag} #{pane_x},#{pane_y} #{pane_width}x#{pane_height}";
        assert_eq!(world.ok(&format!("display -p -t x '{about}'")), "%2 1 5,3 38x10\n");
        assert_eq!(world.ok("display -p -t x '#{window_name}'"), "sh\n", "nothing that passes gives its name");
        for line in ["selectp -t %0", "lastp -t x", "scratch", "toggle-floats", "newp", "popup"] {
            assert_eq!(world.fails(line), "popup %2 is open and has the window", "{line}");
        }
        world.ok("popup -C");
        assert_eq!(world.ok("display -p -t x '#{pane_id}'"), "%1\n");
        assert_eq!(world.fails("popup -x Q"), "-x Q is no place for a popup");
        assert_eq!(world.fails("popup -y M"), "-y M is known to an attached terminal alone");
    }

    #[test]
    fn what_becomes_of_it_when_its_program_ends() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24");
        world.attach("x");
        for (pane, line, code, stays) in [
            (1, "popup a", 0, true),
            (2, "popup -E a", 1, false),
            (3, "popup -EE a", 1, true),
            (4, "popup -EE a", 0, false),
        ] {
            world.ok(line);
            world.exit(pane, ExitStatus::Code(code));
            let there = world.ok("lsp -t x -F '#{pane_id}'").contains(&format!("%{pane}\n"));
            assert_eq!(there, stays, "{line}");
            world.ok("popup -C");
        }
    }

    #[test]
    fn who_goes_away_leaves_it_as_a_floating_pane() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24");
        world.attach("x");
        let second = world.attach("x");
        world.ok("popup top");
        assert_eq!(world.ok("display -p -t x '#{pane_id}#{pane_modal_flag}'"), "%11\n");
        world.gone(second);
        assert_eq!(world.ok("lsp -t x -F '#{pane_id}#{pane_active}#{pane_modal_flag}'"), "%010\n%100\n");
        world.ok("toggle-floats -t x");
        assert_eq!(world.shown().len(), 2);
    }

    #[test]
    fn it_can_become_a_pane_as_others() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24");
        world.attach("x");
        world.ok("popup -E top ; floatp -t x");
        assert_eq!(world.ok("lsp -t x -F '#{pane_id} #{pane_floating_flag}#{pane_modal_flag}'"), "%0 00\n%1 00\n");
    }
}
