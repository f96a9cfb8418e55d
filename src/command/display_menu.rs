//! `display-menu`: lets a client's user choose a command.

use super::language;
use super::prelude::*;
use crate::base::Key;
use crate::model::{Menu, MenuItem};

#[derive(Args)]
pub struct DisplayMenu {
    /// The client that shows it, by its terminal
    #[arg(short = 'c', value_name = "CLIENT")]
    client: Option<String>,
    /// The pane that it is about
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// What stands above it
    #[arg(short = 'T', value_name = "TITLE")]
    title: Option<String>,
    /// Its left side: a column, C for the middle, R for the right, P for the pane's, M for where the mouse was pressed
    /// last, W for the window's name in the status line
    #[arg(short = 'x', value_name = "POSITION", default_value = "C")]
    x: String,
    /// Its upper side: a row, C for the middle, P for the pane's lower side, M for the mouse, S or W for beside the
    /// status line
    #[arg(short = 'y', value_name = "POSITION", default_value = "C")]
    y: String,
    /// Its lines: a name, a key (or '') and a command each; '' alone parts them. A name that begins with '-' cannot be
    /// chosen; one of which nothing is left once formats are filled in is left out
    #[arg(required = true, trailing_var_arg = true, value_name = "ITEM")]
    items: Vec<String>,
}

impl Command for DisplayMenu {
    const NAME: &'static str = "display-menu";
    const ALIAS: &'static [&'static str] = &["menu"];
    const SUMMARY: &'static str = "Let the user choose a command from a menu";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let client = call.client(self.client.as_deref())?;
        let shown = call.state.client(client).and_then(|client| call.state.active_of(client.session));
        let pane = match &self.target {
            Some(target) => Some(call.pane(Some(target))?),
            None => shown,
        };
        let lens = call.lens().client(client);
        let lens = pane.map_or(lens, |pane| lens.pane(pane));
        let fill = |text: &str| format::expand(text, &lens);
        let items = items(&self.items, fill)?;
        if items.is_empty() {
            return Err(Error::usage("display-menu: nothing is left to choose from"));
        }
        let title = self.title.as_deref().map(fill).unwrap_or_default();
        let menu = Menu {
            title,
            x: position('x', &fill(&self.x), "CRPMW")?,
            y: position('y', &fill(&self.y), "CPMSW")?,
            pane,
            items,
        };
        call.ask(Effect::Menu { client, menu: Box::new(menu) });
        Ok(Answer::Done)
    }
}

fn position(flag: char, text: &str, letters: &str) -> Result<String> {
    let is_letter = text.len() == 1 && letters.contains(text);
    if is_letter || text.parse::<u16>().is_ok() {
        return Ok(text.to_owned());
    }
    let all: Vec<String> = letters.chars().map(String::from).collect();
    Err(Error::usage(format!("-{flag} {text} is no place"))
        .hint(format!("a number of cells, or one of {}", all.join(", "))))
}

fn items(words: &[String], fill: impl Fn(&str) -> String) -> Result<Vec<MenuItem>> {
    let mut items = Vec::new();
    let mut words = words.iter();
    while let Some(name) = words.next() {
        if name.is_empty() {
            items.push(MenuItem::Separator);
            continue;
        }
        let (Some(key), Some(command)) = (words.next(), words.next()) else {
            let error = Error::usage(format!("display-menu: '{name}' has no key and command"));
            return Err(error.hint("an item is a name, a key (or '') and a command"));
        };
        let name = fill(name);
        if name.is_empty() {
            continue;
        }
        if let Some(name) = name.strip_prefix('-') {
            items.push(MenuItem::Disabled { name: name.to_owned() });
            continue;
        }
        let key = match key.as_str() {
            "" => None,
            key => Some(key.parse::<Key>().map_err(|error| Error::usage(format!("display-menu: {error}")))?),
        };
        // Cut into words first: what a format brings may be anything, and is never a command of its own.
        let words: Vec<String> = language::words(command)?.iter().map(|word| filled(word, &fill)).collect();
        let command = language::line(&words);
        super::check(&command)?;
        items.push(MenuItem::Command { name, key, command });
    }
    Ok(items)
}

fn filled(word: &str, fill: impl Fn(&str) -> String) -> String {
    if word == ";" { word.to_owned() } else { fill(word) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::Key;
    use crate::model::{Effect, Menu, MenuItem};

    fn shown(world: &World) -> Menu {
        let menu = world.seen.iter().rev().find_map(|effect| match effect {
            Effect::Menu { menu, .. } => Some((**menu).clone()),
            _ => None,
        });
        menu.unwrap()
    }

    #[test]
    fn items_are_filled_in_parted_and_left_out() {
        let mut world = World::new();
        world.ok("new -d -s x");
        assert_eq!(world.fails("menu a b ls"), "no current client");
        world.attach("x");
        let line = "menu -T '#{session_name}' -x R One o 'kill-pane -t #{pane_id}' '' '-#{session_name}' q ls '#{?#{==:1,2},Two,}' t ls";
        world.ok(line);
        let one = MenuItem::Command {
            name: "One".into(),
            key: Some(Key::char('o')),
            command: "'kill-pane' '-t' '%0'".into(),
        };
        let menu = shown(&world);
        assert_eq!(menu.items, [one, MenuItem::Separator, MenuItem::Disabled { name: "x".into() }]);
        assert_eq!((menu.title.as_str(), menu.x.as_str(), menu.y.as_str()), ("x", "R", "C"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.attach("x");
        assert_eq!(world.fails("menu One o"), "display-menu: 'One' has no key and command");
        assert_eq!(world.fails("menu One nokey ls"), "display-menu: no key is called 'nokey'");
        assert!(world.fails("menu One o nonsense").contains("nonsense"));
        assert_eq!(world.fails("menu -x Q One o ls"), "-x Q is no place");
    }
}
