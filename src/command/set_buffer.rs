//! `set-buffer`: puts text into a buffer.

use super::prelude::*;

#[derive(Args)]
pub struct SetBuffer {
    /// Behind what is in it
    #[arg(short = 'a')]
    append: bool,
    /// The buffer; where none is given a new one, or with -a the newest
    #[arg(short = 'b', value_name = "NAME")]
    buffer: Option<String>,
    /// Give the buffer this name
    #[arg(short = 'n', value_name = "NAME", conflicts_with_all = ["append", "text"])]
    new_name: Option<String>,
    /// The text
    #[arg(value_name = "TEXT", required_unless_present = "new_name")]
    text: Option<String>,
}

impl Command for SetBuffer {
    const NAME: &'static str = "set-buffer";
    const ALIAS: &'static [&'static str] = &["setb"];
    const SUMMARY: &'static str = "Put text into a buffer";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        if let Some(name) = &self.buffer {
            names::check("buffer", name)?;
        }
        if let Some(new) = &self.new_name {
            return rename(call, self.buffer.as_deref(), new);
        }
        let former = call.state.buffers().get(self.buffer.as_deref()).filter(|_| self.append);
        let mut text = former.map(|buffer| buffer.text.clone()).unwrap_or_default();
        text.extend(self.text.unwrap_or_default().into_bytes());
        // A buffer that nobody named stays so: it comes again as the newest.
        let unnamed = former.filter(|_| self.buffer.is_none()).map(|buffer| buffer.name.clone());
        if let Some(name) = unnamed {
            call.state.delete_buffer(&name);
        }
        call.state.set_buffer(self.buffer.as_deref(), text, call.origin.now);
        Ok(Answer::Done)
    }
}

fn rename(call: &mut Call<'_>, buffer: Option<&str>, new: &str) -> Result<Answer> {
    names::check("buffer", new)?;
    let known = super::show_buffer::find(call, buffer)?;
    let (name, text, created) = (known.name.clone(), known.text.clone(), known.created);
    call.state.delete_buffer(&name);
    call.state.set_buffer(Some(new), text, created);
    Ok(Answer::Done)
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn text_is_put_in_or_behind() {
        let mut world = World::new();
        world.ok("setb -b mine one");
        world.ok("setb -a -b mine two");
        assert_eq!(world.ok("showb -b mine"), "onetwo");
        world.ok("setb a");
        world.ok("setb -a b");
        assert_eq!(world.ok("showb"), "ab");
    }
}
