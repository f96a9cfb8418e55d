//! `start-server`: sees that a server runs.

use super::prelude::*;

#[derive(Args)]
pub struct StartServer {}

impl Command for StartServer {
    const NAME: &'static str = "start-server";
    const ALIAS: &'static [&'static str] = &["start"];
    const SUMMARY: &'static str = "Start the server where none runs";
    const STARTS_SERVER: bool = true;

    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn it_is_enough_to_get_there() {
        assert_eq!(World::new().ok("start"), "");
    }
}
