//! `list-commands`: prints every command with its words.

use super::prelude::*;

#[derive(Args)]
pub struct ListCommands {
    /// What to print for each: command_list_name, command_list_alias and command_list_usage are known
    #[arg(short = 'F', value_name = "FORMAT")]
    format: Option<String>,
    /// Only this one
    #[arg(value_name = "COMMAND")]
    name: Option<String>,
}

impl Command for ListCommands {
    const NAME: &'static str = "list-commands";
    const ALIAS: &'static [&'static str] = &["lscm"];
    const SUMMARY: &'static str = "Print commands with their words";
    const PLACE: Place = Place::Cli;

    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        self.text().map(Answer::Text)
    }
}

impl ListCommands {
    /// `new-session (new) [-Ad] …`, a line each.
    pub fn text(&self) -> Result<String> {
        let specs = match &self.name {
            Some(name) => std::slice::from_ref(super::find(name)?),
            None => super::TABLE,
        };
        Ok(match &self.format {
            Some(format) => specs.iter().map(|spec| format::expand(format, &Words(spec)) + "\n").collect(),
            None => specs.iter().map(line).collect(),
        })
    }
}

/// A command as a format sees it.
struct Words<'a>(&'a super::Spec);

impl format::Vars for Words<'_> {
    fn get(&self, name: &str) -> Option<String> {
        match name {
            "command_list_name" => Some(self.0.name.to_owned()),
            "command_list_alias" => Some(self.0.alias.first().copied().unwrap_or_default().to_owned()),
            "command_list_usage" => Some(usage(self.0).trim().to_owned()),
            _ => None,
        }
    }
}

fn usage(spec: &super::Spec) -> String {
    let usage = (spec.clap)().render_usage().to_string();
    usage.split_once(spec.name).map_or("", |(_, words)| words).to_owned()
}

fn line(spec: &super::Spec) -> String {
    let words = usage(spec);
    let alias = if spec.alias.is_empty() { String::new() } else { format!(" ({})", spec.alias.join(", ")) };
    format!("{}{alias}{words}\n", spec.name)
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn one_or_all() {
        let mut world = World::new();
        assert!(world.ok("lscm new-session").starts_with("new-session (new) "));
        assert_eq!(world.ok("lscm").lines().count(), super::super::TABLE.len());
    }
}
