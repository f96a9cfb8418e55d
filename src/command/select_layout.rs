//! `select-layout`: arranges a window's panes.

use super::prelude::*;

#[derive(Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("which").args(["next", "previous", "spread", "undo", "layout"]))]
pub struct SelectLayout {
    /// The next preset
    #[arg(short = 'n')]
    next: bool,
    /// The previous preset
    #[arg(short = 'p')]
    previous: bool,
    /// Make the active pane and those beside it equal
    #[arg(short = 'E')]
    spread: bool,
    /// As it was before this command, next-layout or previous-layout changed it
    #[arg(short = 'o')]
    undo: bool,
    /// The window
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
    /// A preset (even-horizontal, even-vertical, main-horizontal, main-vertical, tiled) or what
    /// `#{window_layout}` printed
    #[arg(value_name = "LAYOUT")]
    layout: Option<String>,
}

impl Command for SelectLayout {
    const NAME: &'static str = "select-layout";
    const ALIAS: &'static [&'static str] = &["selectl"];
    const SUMMARY: &'static str = "Arrange a window's panes";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let id = call.window(self.target.as_deref())?;
        if self.next || self.previous {
            return step(call, id, self.next);
        }
        let former = call.state.remember_layout(id);
        if self.undo {
            former.map_or(Ok(()), |former| call.state.restore_arrangement(id, &former))?;
            return Ok(Answer::Done);
        }
        if self.spread {
            let active = call.state.window(id).map(|window| window.active);
            call.state.change_layout(id, |layout| active.into_iter().for_each(|pane| layout.spread(pane)));
            return Ok(Answer::Done);
        }
        let last = call.state.window(id).and_then(|window| window.preset);
        match &self.layout {
            None => last.into_iter().for_each(|place| call.state.apply_preset(id, place)),
            Some(layout) => match layout.parse::<Preset>() {
                Ok(preset) => {
                    let place = PRESETS.iter().position(|known| *known == preset);
                    place.into_iter().for_each(|place| call.state.apply_preset(id, place));
                }
                Err(_) => call.state.restore_arrangement(id, layout)?,
            },
        }
        Ok(Answer::Done)
    }
}

/// Puts up the preset next to the present one.
pub fn step(call: &mut Call<'_>, window: WindowId, forwards: bool) -> Result<Answer> {
    call.state.remember_layout(window);
    let count = PRESETS.len();
    let at = call.state.window(window).and_then(|window| window.preset);
    let place = match (at, forwards) {
        (None, true) => 0,
        (None, false) => count - 1,
        (Some(at), true) => at + 1,
        (Some(at), false) => at + count - 1,
    };
    call.state.apply_preset(window, place);
    Ok(Answer::Done)
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn presets_and_printed_layouts_are_put_up() {
        let mut world = World::new();
        world.ok("new -d -s x -x 81 -y 24");
        world.ok("splitw -h -t x");
        let before = world.ok("lsw -t x -F '#{window_layout}'");
        world.ok("selectl -t x even-vertical");
        assert_ne!(world.ok("lsw -t x -F '#{window_layout}'"), before);
        world.ok(&format!("selectl -t x '{}'", before.trim()));
        assert_eq!(world.ok("lsw -t x -F '#{window_layout}'"), before);
        world.ok("selectl -n -t x");
        assert_ne!(world.ok("lsw -t x -F '#{window_layout}'"), before);
        world.ok("selectl -o -t x");
        assert_eq!(world.ok("lsw -t x -F '#{window_layout}'"), before);
        assert!(world.fails("selectl -t x nonsense").starts_with("invalid layout: nonsense"));
    }
}
