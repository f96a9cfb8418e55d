//! `load-buffer`: puts what is in a file into a buffer.

use super::prelude::*;

#[derive(Args)]
pub struct LoadBuffer {
    /// The buffer; a new one where none is given
    #[arg(short = 'b', value_name = "NAME")]
    buffer: Option<String>,
    /// The file; - for standard input
    #[arg(value_name = "PATH")]
    pub path: String,
}

impl Command for LoadBuffer {
    const NAME: &'static str = "load-buffer";
    const ALIAS: &'static [&'static str] = &["loadb"];
    const SUMMARY: &'static str = "Put what is in a file into a buffer";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        self.buffer.as_deref().map_or(Ok(()), |name| names::check("buffer", name))?;
        // The command line hands its standard input on by a name of its own.
        if self.path == "-" {
            let error = Error::refused("there is no standard input here");
            return Err(error.hint("`mux load-buffer -` reads it, in a shell and alone on its line"));
        }
        let path = call.directory(Some(&self.path));
        call.ask(Effect::LoadBuffer { request: call.origin.request, name: self.buffer, path });
        Ok(Answer::Later)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::Effect;

    #[test]
    fn the_server_reads_the_file() {
        let mut world = World::new();
        world.later("load-buffer -b mine notes");
        assert!(world.seen.iter().any(|effect| matches!(effect,
            Effect::LoadBuffer { name: Some(name), path, .. } if name == "mine" && path.ends_with("me/notes"))));
        assert_eq!(world.fails("load-buffer -"), "there is no standard input here");
        assert_eq!(world.fails("load-buffer -b a:b x"), "invalid buffer name: a:b");
    }
}
