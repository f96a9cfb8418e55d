//! `choose-buffer`: shows the paste buffers to choose from, in the client.

use super::prelude::*;

#[derive(Args)]
pub struct ChooseBuffer {
    /// Without what is in the chosen one
    #[arg(short = 'N')]
    no_preview: bool,
    /// What to show of each behind its name
    #[arg(short = 'F', value_name = "FORMAT")]
    format: Option<String>,
    /// Only those for which this is true
    #[arg(short = 'f', value_name = "FORMAT")]
    filter: Option<String>,
    /// One is deleted without being asked about, as always here
    #[arg(short = 'y')]
    unasked: bool,
    /// How to sort them
    #[arg(short = 'O', value_name = "ORDER", value_parser = ["time", "name", "size"])]
    order: Option<String>,
    /// The other way round
    #[arg(short = 'r')]
    reversed: bool,
    /// With the whole terminal for it, which it has anyway
    #[arg(short = 'Z')]
    zoom: bool,
    /// The pane to paste into
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// What to do with the chosen one, whose name stands for %%; else it is pasted
    #[arg(value_name = "TEMPLATE")]
    template: Option<String>,
}

impl Command for ChooseBuffer {
    const NAME: &'static str = "choose-buffer";
    const SUMMARY: &'static str = "Choose a paste buffer";
    const PLACE: Place = Place::Client;

    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_client_shows_them() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.attach("x");
        world.ok("choose-buffer -O size");
        assert_eq!(world.performed(), ["choose-buffer", "-O", "size"]);
        assert!(world.fails("choose-buffer -O weight").contains("weight"));
    }
}
