//! `source-file`: runs the commands of files.

use super::prelude::*;
use crate::model::SourceOrder;

#[derive(Args)]
pub struct SourceFile {
    /// Say nothing about a file that is not there
    #[arg(short = 'q')]
    quiet: bool,
    /// Fill formats in the names in, as is always done
    #[arg(short = 'F')]
    format: bool,
    /// Only look whether the commands are known and their flags are right
    #[arg(short = 'n')]
    check: bool,
    /// Files of command lines, with # for comments and \ before a line's end to go on in the next one
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
}

impl Command for SourceFile {
    const NAME: &'static str = "source-file";
    const ALIAS: &'static [&'static str] = &["source"];
    const SUMMARY: &'static str = "Run the commands of files";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let files = self.files.iter().map(|file| call.directory(Some(file))).collect();
        let order = SourceOrder { files, quiet: self.quiet, check: self.check, pane: call.pane(None).ok() };
        call.ask(Effect::Source { request: call.origin.request, order });
        Ok(Answer::Later)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::{Effect, SourceOrder};

    #[test]
    fn the_server_reads_them() {
        let mut world = World::new();
        world.later("source-file -q ~/one two");
        let files = ["/home/me/one", "/home/me/two"].map(Into::into).to_vec();
        let order = SourceOrder { files, quiet: true, check: false, pane: None };
        assert!(matches!(world.seen.last(), Some(Effect::Source { order: asked, .. }) if *asked == order));
    }
}
