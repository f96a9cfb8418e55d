//! `list-clients`: a line for each attached terminal.

use super::prelude::*;

#[derive(Args)]
pub struct ListClients {
    /// What to print for each
    #[arg(short = 'F', value_name = "FORMAT")]
    format: Option<String>,
    /// Only those for which this is true
    #[arg(short = 'f', value_name = "FORMAT")]
    filter: Option<String>,
    /// Only those of this session
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
}

const LINE: &str =
    "#{client_name}: #{client_session} [#{client_width}x#{client_height} #{client_termname}] #{?client_utf8,(utf8),}";

impl Command for ListClients {
    const NAME: &'static str = "list-clients";
    const ALIAS: &'static [&'static str] = &["lsc"];
    const SUMMARY: &'static str = "List attached terminals";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let session = self.target.as_deref().map(|target| call.session(Some(target))).transpose()?;
        let clients = call.state.clients().filter(|client| session.is_none_or(|session| client.session == session));
        let lenses = clients.map(|client| call.lens().client(client.id));
        Ok(call.list(self.format.as_deref().unwrap_or(LINE), self.filter.as_deref(), lenses))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn nobody_is_an_empty_list() {
        let mut world = World::new();
        world.ok("new -d -s x");
        assert_eq!(world.ok("lsc"), "");
        world.attach("x");
        assert_eq!(world.ok("lsc -t x"), "/dev/pts/100: x [80x25 ] (utf8)\n");
    }
}
