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

const LINE: &str = "#{client_name}: #{client_session} [#{client_width}x#{client_height} #{client_termname}] #{?client_utf8,(utf8),}\
     #{?client_flags, (#{client_flags}),}";

impl Command for ListClients {
    const NAME: &'static str = "list-clients";
    const ALIAS: &'static [&'static str] = &["lsc"];
    const SUMMARY: &'static str = "List attached terminals";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let session = self.target.as_deref().map(|target| call.session(Some(target))).transpose()?;
        let wanted = |client: &&model::Client| session.is_none_or(|session| client.session == session);
        let clients: Vec<ClientId> = call.state.clients().filter(wanted).map(|client| client.id).collect();
        let (template, filter) = (self.format.as_deref().unwrap_or(LINE), self.filter.as_deref());
        let origin = call.origin;
        let mut lines = String::new();
        for (line, client) in clients.into_iter().enumerate() {
            // Its window and pane are those that it shows.
            lines += &call.state.with_eyes_of(client, |state| {
                let lens = state.lens(origin.now).facts(&origin.facts).client(client).line(line);
                let passes = filter.is_none_or(|filter| format::is_true(&format::expand(filter, &lens)));
                if passes { format::expand(template, &lens) + "\n" } else { String::new() }
            });
        }
        Ok(Answer::Text(lines))
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
