//! `capture-pane`: copies what a pane shows.

use super::prelude::*;

#[derive(Args)]
pub struct CapturePane {
    /// Print it
    #[arg(short = 'p')]
    print: bool,
    /// With colours and attributes
    #[arg(short = 'e')]
    styles: bool,
    /// Join wrapped lines and keep blanks at line ends
    #[arg(short = 'J')]
    join: bool,
    /// First line: 0 is the top of the screen, -1 the line above it, `-` the beginning
    #[arg(short = 'S', value_name = "LINE")]
    start: Option<String>,
    /// Last line, counted as -S does; `-` is the end of the screen
    #[arg(short = 'E', value_name = "LINE")]
    end: Option<String>,
    /// The buffer that takes it where it is not printed
    #[arg(short = 'b', value_name = "NAME", conflicts_with = "print")]
    buffer: Option<String>,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}

impl Command for CapturePane {
    const NAME: &'static str = "capture-pane";
    const ALIAS: &'static [&'static str] = &["capturep"];
    const SUMMARY: &'static str = "Copy what a pane shows";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let pane = call.pane(self.target.as_deref())?;
        let capture = Capture {
            styles: self.styles,
            join: self.join,
            start: edge(self.start.as_deref())?,
            end: edge(self.end.as_deref())?,
            target: if self.print { CaptureTarget::Output } else { CaptureTarget::Buffer(self.buffer) },
        };
        call.ask(Effect::Capture { request: call.origin.request, pane, capture });
        Ok(Answer::Later)
    }
}

fn edge(text: Option<&str>) -> Result<Edge> {
    match text {
        None => Ok(Edge::Screen),
        Some("-") => Ok(Edge::Limit),
        Some(line) => {
            let bad = |_| Error::usage(format!("not a line: {line}")).hint("a number, or - for the end");
            line.parse().map(Edge::Line).map_err(bad)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::{Capture, CaptureTarget, Edge, Effect};

    #[test]
    fn lines_above_the_screen_are_negative() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("capturep -pe -S -10 -E - -t x");
        let captured = world.seen.iter().find_map(|effect| match effect {
            Effect::Capture { capture, .. } => Some(capture.clone()),
            _ => None,
        });
        let wanted = Capture {
            styles: true,
            start: Edge::Line(-10),
            end: Edge::Limit,
            target: CaptureTarget::Output,
            ..Capture::default()
        };
        assert_eq!(captured, Some(wanted));
        assert_eq!(world.fails("capturep -p -S x -t x"), "not a line: x");
    }
}
