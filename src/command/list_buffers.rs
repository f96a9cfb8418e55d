//! `list-buffers`: a line for each paste buffer.

use super::prelude::*;

#[derive(Args)]
pub struct ListBuffers {
    /// What to print for each
    #[arg(short = 'F', value_name = "FORMAT")]
    format: Option<String>,
    /// Only those for which this is true
    #[arg(short = 'f', value_name = "FORMAT")]
    filter: Option<String>,
}

const LINE: &str = "#{buffer_name}: #{buffer_size} bytes: \"#{buffer_sample}\"";

/// As many characters of a buffer are shown in the list.
const SAMPLE: usize = 50;

/// Adds a buffer's variables to all others.
struct BufferVars<'a>(&'a Buffer, model::Lens<'a>);

impl format::Vars for BufferVars<'_> {
    fn get(&self, name: &str) -> Option<String> {
        match name {
            "buffer_name" => Some(self.0.name.clone()),
            "buffer_size" => Some(self.0.text.len().to_string()),
            "buffer_created" => Some(self.0.created.seconds().to_string()),
            "buffer_sample" => Some(sample(&self.0.text)),
            _ => self.1.get(name),
        }
    }
}

impl Command for ListBuffers {
    const NAME: &'static str = "list-buffers";
    const ALIAS: &'static [&'static str] = &["lsb"];
    const SUMMARY: &'static str = "List paste buffers";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let template = self.format.as_deref().unwrap_or(LINE);
        let vars = call.state.buffers().iter().map(|buffer| BufferVars(buffer, call.lens()));
        let filter = self.filter.as_deref();
        let passes = |vars: &BufferVars<'_>| filter.is_none_or(|filter| format::is_true(&format::expand(filter, vars)));
        Ok(Answer::Text(vars.filter(passes).map(|vars| format::expand(template, &vars) + "\n").collect()))
    }
}

fn sample(text: &[u8]) -> String {
    let start = text.get(..SAMPLE * 4).unwrap_or(text);
    String::from_utf8_lossy(start).chars().take(SAMPLE).collect::<String>().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_newest_comes_first() {
        let mut world = World::new();
        world.ok("setb one");
        world.ok("setb \"two\\nlines\"");
        assert_eq!(world.ok("lsb"), "buffer1: 9 bytes: \"two\\nlines\"\nbuffer0: 3 bytes: \"one\"\n");
    }
}
