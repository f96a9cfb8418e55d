//! `delete-buffer`: deletes a paste buffer.

use super::prelude::*;

#[derive(Args)]
pub struct DeleteBuffer {
    /// The buffer; the newest where none is given
    #[arg(short = 'b', value_name = "NAME")]
    buffer: Option<String>,
}

impl Command for DeleteBuffer {
    const NAME: &'static str = "delete-buffer";
    const ALIAS: &'static [&'static str] = &["deleteb"];
    const SUMMARY: &'static str = "Delete a paste buffer";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let name = super::show_buffer::find(call, self.buffer.as_deref())?.name.clone();
        call.state.delete_buffer(&name);
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn it_is_gone() {
        let mut world = World::new();
        world.ok("setb -b mine x");
        world.ok("deleteb -b mine");
        assert_eq!(world.fails("deleteb -b mine"), "no buffer mine");
    }
}
