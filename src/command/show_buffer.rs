//! `show-buffer`: prints a buffer.

use super::prelude::*;

#[derive(Args)]
pub struct ShowBuffer {
    /// The buffer; the newest where none is given
    #[arg(short = 'b', value_name = "NAME")]
    buffer: Option<String>,
}

impl Command for ShowBuffer {
    const NAME: &'static str = "show-buffer";
    const ALIAS: &'static [&'static str] = &["showb"];
    const SUMMARY: &'static str = "Print a buffer";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let buffer = find(call, self.buffer.as_deref())?;
        Ok(Answer::Text(String::from_utf8_lossy(&buffer.text).into_owned()))
    }
}

pub fn find<'a>(call: &'a Call<'_>, name: Option<&str>) -> Result<&'a Buffer> {
    call.state.buffers().get(name).ok_or_else(|| match name {
        Some(name) => Error::not_found(format!("no buffer {name}")).hint("`mux list-buffers` lists them"),
        None => Error::not_found("no buffers").hint("copy something first"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_newest_or_the_one_named() {
        let mut world = World::new();
        world.ok("setb one");
        world.ok("setb two");
        assert_eq!(world.ok("showb"), "two");
        assert_eq!(world.ok("showb -b buffer0"), "one");
        assert_eq!(world.fails("showb -b x"), "no buffer x");
    }
}
