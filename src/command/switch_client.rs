//! `switch-client`: lets a terminal show another session.

use super::prelude::*;

#[derive(Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("which").args(["next", "previous", "last", "target", "table"]))]
pub struct SwitchClient {
    /// The client, by its terminal
    #[arg(short = 'c', value_name = "CLIENT")]
    client: Option<String>,
    /// The next session by name
    #[arg(short = 'n')]
    next: bool,
    /// The previous session by name
    #[arg(short = 'p')]
    previous: bool,
    /// The session shown before
    #[arg(short = 'l')]
    last: bool,
    /// Only let it look on (-f read-only,ignore-size), or no longer
    #[arg(short = 'r')]
    read_only: bool,
    /// A window that shows one pane alone goes on to, as it always does
    #[arg(short = 'Z')]
    keep_zoom: bool,
    /// The session's environment stays, as it always does here
    #[arg(short = 'E')]
    keep_environment: bool,
    /// The session, window or pane to show
    #[arg(short = 't', value_name = "TARGET")]
    target: Option<String>,
    /// The next key counts in this key table; every key, where it is a mode of the keymap
    #[arg(short = 'T', value_name = "TABLE")]
    table: Option<String>,
}

impl Command for SwitchClient {
    const NAME: &'static str = "switch-client";
    const ALIAS: &'static [&'static str] = &["switchc"];
    const SUMMARY: &'static str = "Show another session in a terminal";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let client = call.client(self.client.as_deref())?;
        if self.read_only {
            super::refresh_client::may_unlock(call)?;
            let now = call.state.client(client).map(|client| client.flags).unwrap_or_default();
            let flags = if now.read_only { ClientFlags::default() } else { ClientFlags::ONLOOKER };
            call.state.set_flags(client, flags.drawn_as(now));
            return Ok(Answer::Done);
        }
        if self.table.is_some() {
            let argv = call.argv.to_vec();
            call.ask(Effect::Perform { client, argv });
            return Ok(Answer::Done);
        }
        let session = match (self.next, self.previous, self.last) {
            (true, ..) => beside(call, client, 1)?,
            (_, true, _) => beside(call, client, -1)?,
            (.., true) => {
                let last = call.state.client(client).and_then(|client| client.last_session);
                last.ok_or_else(|| Error::not_found("can't find last session"))?
            }
            _ => call.session(self.target.as_deref())?,
        };
        let target = self.target.as_deref().filter(|target| target.contains([':', '@', '%']));
        let spot = target.map(|target| call.spot(Some(target))).transpose()?;
        call.state.switch(client, session, call.origin.now);
        if let Some(spot) = spot.filter(|_| !call.looks_on()) {
            call.state.select_in(session, spot.window);
            call.state.select_pane(spot.pane, true);
        }
        Ok(Answer::Done)
    }
}

/// The session `by` places further in the order of names, round the end.
fn beside(call: &Call<'_>, client: ClientId, by: i64) -> Result<SessionId> {
    let shown = call.state.client(client).map(|client| client.session);
    let mut order: Vec<_> = call.state.sessions().map(|session| (session.name.clone(), session.id)).collect();
    order.sort();
    let at = order.iter().position(|(_, id)| Some(*id) == shown).and_then(|at| i64::try_from(at).ok()).unwrap_or(0);
    let count = i64::try_from(order.len()).unwrap_or(1).max(1);
    let place = usize::try_from((at + by).rem_euclid(count)).unwrap_or(0);
    order.get(place).map(|(_, id)| *id).ok_or_else(|| Error::not_found("no sessions"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn sessions_go_round_by_name() {
        let mut world = World::new();
        for name in ["a", "b", "c"] {
            world.ok(&format!("new -d -s {name}"));
        }
        world.attach("a");
        let shown = |world: &mut World, line: &str| {
            world.ok(line);
            world.ok("lsc -F '#{client_session}'")
        };
        assert_eq!(shown(&mut world, "switchc -p"), "c\n");
        assert_eq!(shown(&mut world, "switchc -n"), "a\n");
        assert_eq!(shown(&mut world, "switchc -t b"), "b\n");
        assert_eq!(shown(&mut world, "switchc -l"), "a\n");
    }

    #[test]
    fn key_tables_are_the_clients() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.attach("x");
        world.ok("switchc -T resize");
        assert_eq!(world.performed(), ["switchc", "-T", "resize"]);
    }
}
