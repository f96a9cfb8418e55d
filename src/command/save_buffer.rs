//! `save-buffer`: writes a buffer into a file.

use super::prelude::*;

#[derive(Args)]
pub struct SaveBuffer {
    /// Behind what is in the file
    #[arg(short = 'a')]
    append: bool,
    /// The buffer; the newest where none is given
    #[arg(short = 'b', value_name = "NAME")]
    buffer: Option<String>,
    /// The file; - for standard output
    #[arg(value_name = "PATH")]
    path: String,
}

impl Command for SaveBuffer {
    const NAME: &'static str = "save-buffer";
    const ALIAS: &'static [&'static str] = &["saveb"];
    const SUMMARY: &'static str = "Write a buffer into a file";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let text = super::show_buffer::find(call, self.buffer.as_deref())?.text.clone();
        if self.path == "-" {
            return Ok(Answer::Text(String::from_utf8_lossy(&text).into_owned()));
        }
        let path = call.directory(Some(&self.path));
        call.ask(Effect::SaveBuffer { request: call.origin.request, text, path, append: self.append });
        Ok(Answer::Later)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn it_is_printed_or_written() {
        let mut world = World::new();
        assert_eq!(world.fails("save-buffer x"), "no buffers");
        world.ok("set-buffer -b mine text");
        assert_eq!(world.ok("save-buffer -b mine -"), "text");
        world.later("save-buffer -a -b mine notes");
        assert!(format!("{:?}", world.seen.last()).contains("append: true"));
    }
}
