//! `find-window`: goes to the pane that shows a text, or lets the user choose among several.

use super::prelude::*;

#[derive(Args)]
pub struct FindWindow {
    /// Look at what panes show
    #[arg(short = 'C')]
    content: bool,
    /// At windows' names
    #[arg(short = 'N')]
    name: bool,
    /// At panes' titles; without any of the three, at all of them
    #[arg(short = 'T')]
    title: bool,
    /// Regardless of case
    #[arg(short = 'i')]
    ignore_case: bool,
    /// The text is a regular expression, not a pattern of * and ?
    #[arg(short = 'r')]
    regex: bool,
    /// The pane takes the whole window
    #[arg(short = 'Z')]
    zoom: bool,
    /// The session to look in first; without it the present one
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
    /// What to look for
    #[arg(value_name = "TEXT")]
    text: String,
}

impl Command for FindWindow {
    const NAME: &'static str = "find-window";
    const ALIAS: &'static [&'static str] = &["findw"];
    const SUMMARY: &'static str = "Go to the pane that shows a text, by its window's name or by its title";
    const FACTS: bool = true;
    const SCREENS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let first = call.session(self.target.as_deref())?;
        let mut sessions: Vec<SessionId> = call.state.sessions().map(|session| session.id).collect();
        sessions.sort_by_key(|session| *session != first);
        let panes = sessions.into_iter().flat_map(|session| call.state.panes_of(session));
        let mut seen = std::collections::BTreeSet::new();
        let found: Vec<PaneId> = panes.filter(|pane| seen.insert(*pane) && self.fits(call, *pane)).collect();
        match found.as_slice() {
            [] => Err(Error::not_found(format!("no windows matching: {}", self.text))),
            [only] => self.go(call, *only),
            several => self.ask(call, several),
        }
    }
}

impl FindWindow {
    fn fits(&self, call: &Call<'_>, pane: PaneId) -> bool {
        let any = !(self.content || self.name || self.title);
        let pattern = if self.regex { self.text.clone() } else { format!("*{}*", self.text) };
        let fits = |text: &str| format::fits_as(&pattern, text, self.regex, self.ignore_case);
        let lens = call.lens().pane(pane);
        let has = |variable: &str| lens.get(variable).is_some_and(|text| fits(&text));
        let shows = || call.origin.facts.get(&pane).is_some_and(|facts| facts.screen.lines().any(fits));
        ((any || self.name) && has("window_name"))
            || ((any || self.title) && has("pane_title"))
            || ((any || self.content) && shows())
    }

    fn go(&self, call: &mut Call<'_>, pane: PaneId) -> Result<Answer> {
        let here = call.spot(Some(&pane.to_string()))?;
        let (session, window) = (here.session, here.window);
        call.state.select_in(session, window);
        call.state.select_pane(pane, false);
        if self.zoom && call.state.window(window).is_some_and(|window| !window.zoomed) {
            call.state.zoom(pane);
        }
        if let Some(client) = call.own_client()
            && call.state.client(client).is_some_and(|client| client.session != session)
        {
            call.state.switch(client, session, call.origin.now);
        }
        Ok(Answer::Done)
    }

    fn ask(&self, call: &mut Call<'_>, panes: &[PaneId]) -> Result<Answer> {
        let name = |pane: &PaneId| {
            let line = "#{session_name}:#{window_index}.#{pane_index} #{window_name} #{=40:pane_title}";
            format::expand(line, &call.lens().pane(*pane)).trim_end().to_owned()
        };
        let Some(client) = call.own_client() else {
            let names: Vec<String> = panes.iter().map(name).collect();
            let error = Error::refused(format!("several panes match {}: {}", self.text, names.join(", ")));
            return Err(error.hint("`mux switch-client -t` goes to one of them"));
        };
        let ids: Vec<String> = panes.iter().map(ToString::to_string).collect();
        let filter = format!("#{{m/r:^({})$,#{{pane_id}}}}", ids.join("|"));
        let mut argv = ["choose-tree", "-Z", "-f", &filter].map(str::to_owned).to_vec();
        argv.extend(self.zoom.then(|| "switch-client -t '%%' ; resize-pane -Z".to_owned()));
        call.ask(Effect::Perform { client, argv });
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn one_that_fits_is_gone_to() {
        let mut world = World::new();
        world.ok("new -d -s x -n one");
        world.ok("neww -t x -n two");
        world.ok("new -d -s y -n three");
        world.ok("findw -t x -N ONE -i");
        assert_eq!(world.ok("display -p -t x '#{window_name}'"), "one\n");
        assert_eq!(world.fails("findw -N ONE"), "no windows matching: ONE");
        world.ok("findw -r -N '^tw'");
        assert_eq!(world.ok("display -p -t x '#{window_name}'"), "two\n");
        world.ok("select-pane -t x:two -T thetitle");
        world.ok("selectw -t x:one ; findw thetit");
        assert_eq!(world.ok("display -p -t x '#{window_name}'"), "two\n");
        assert!(world.fails("findw -N '*'").starts_with("several panes match *: "));
    }

    #[test]
    fn among_several_the_picker_asks() {
        use crate::model::Effect;
        let mut world = World::new();
        world.ok("new -d -s x -n one ; neww -t x -n other");
        let client = world.attach("x");
        world.as_client(client);
        world.ok("findw -Z o");
        let filter = "#{m/r:^(%0|%1)$,#{pane_id}}";
        let argv = ["choose-tree", "-Z", "-f", filter, "switch-client -t '%%' ; resize-pane -Z"].map(str::to_owned);
        assert!(world.seen.contains(&Effect::Perform { client, argv: argv.to_vec() }));
        assert_eq!(world.ok(&format!("lsp -a -f '{filter}' -F '#D'")), "%0\n%1\n");
    }
}
