//! From a file's text to a [`Blueprint`], or to everything that is wrong with it.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{KeyRow, PANE, SESSION, WINDOW};
use super::{Arrangement, Blueprint, Ground, Pairs, PanePlan, WindowPlan, extent};
use crate::base::limits::MAX_SCREEN;
use crate::base::problem::{Source, suggestion};
use crate::base::{PaneId, Problem, Style};
use crate::config::{self, Kind, Options};
use crate::format;
use crate::layout::{Axis, Preset, Split};

type Value<'a> = Spanned<DeValue<'a>>;

/// Reads the text of a file; `file` is its name in problems, and its directory is where its own directories begin.
pub fn load(text: &str, file: &Path, ground: &Ground<'_>) -> (Blueprint, Vec<Problem>) {
    let (source, table) = Source::parse(text, file);
    let base = file.parent().unwrap_or(Path::new("/")).to_owned();
    let mut reader = Reader { source, ground, focused: None };
    let blueprint = reader.session(&table, &base);
    (blueprint, reader.source.finish())
}

struct Reader<'a, 'g> {
    source: Source<'a>,
    ground: &'g Ground<'g>,
    /// A window has the focus already.
    focused: Option<()>,
}

impl<'a> Reader<'a, '_> {
    fn session(&mut self, table: &DeTable<'a>, base: &Path) -> Blueprint {
        let mut session = Blueprint { directory: base.to_owned(), ..Blueprint::default() };
        self.known(table, SESSION, "a layout file");
        if let Some(value) = table.get("directory") {
            session.directory = self.directory(value, base);
        }
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "name" => session.name = self.text("name", value),
                "env" => session.env = self.env(value),
                "options" => session.options = self.options(value),
                _ => {}
            }
        }
        let windows = self.tables("window", table.get("window"));
        session.windows = windows.into_iter().map(|(table, _)| self.window(table, &session)).collect();
        if session.windows.is_empty() && table.get("window").is_none() {
            let pane = PanePlan { directory: session.directory.clone(), ..PanePlan::default() };
            session.windows.push(WindowPlan { panes: vec![pane], ..WindowPlan::default() });
        }
        self.indexes(table, &session);
        session
    }

    fn window(&mut self, table: &DeTable<'a>, session: &Blueprint) -> WindowPlan {
        self.known(table, WINDOW, "a window");
        let mut window = WindowPlan::default();
        let (mut base, mut env) = (session.directory.clone(), Pairs::new());
        if let Some(value) = table.get("directory") {
            base = self.directory(value, &session.directory);
        }
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "name" => window.name = self.text("name", value),
                "index" => window.index = self.index(value),
                "env" => env = self.env(value),
                "options" => window.options = self.options(value),
                "zoom" => window.zoom = self.flag("zoom", value),
                "focus" => window.focus = self.focus(value),
                _ => {}
            }
        }
        let panes = self.tables("pane", table.get("pane"));
        let laid = table.get("layout");
        let mut focused = None;
        for (place, (table, _)) in panes.into_iter().enumerate() {
            let pane = self.pane(table, &base, &env);
            self.placing(table, place, laid.is_some());
            let focus = table.get("focus").filter(|_| pane.focus);
            if let Some(value) = focus.filter(|_| focused.replace(()).is_some()) {
                self.source.report(value.span(), "two panes of a window have the focus: expected one at most");
            }
            window.panes.push(pane);
        }
        if window.panes.is_empty() {
            window.panes.push(PanePlan { directory: base, env, ..PanePlan::default() });
        }
        if let Some(value) = laid {
            window.arrangement = self.arrangement(value, window.panes.len());
        }
        window
    }

    fn pane(&mut self, table: &DeTable<'a>, base: &Path, env: &Pairs) -> PanePlan {
        self.known(table, PANE, "a pane");
        let mut pane = PanePlan { directory: base.to_owned(), env: env.clone(), ..PanePlan::default() };
        if let Some(value) = table.get("directory") {
            pane.directory = self.directory(value, base);
        }
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "command" => pane.command = self.command(value, &pane.directory),
                "run" => pane.run = self.line(value),
                "env" => pane.env.extend(self.env(value)),
                "options" => pane.options = self.options(value),
                "focus" => pane.focus = self.flag("focus", value),
                _ => {}
            }
        }
        if let Some(value) = table.get("run").filter(|_| table.contains_key("command")) {
            let why = "run is typed in a shell, and command runs in its place: expected one of them";
            self.source.report(value.span(), why);
        }
        pane.split = self.split(table);
        pane
    }

    // ---- where panes are -----------------------------------------------------------------------------------------

    /// A pane's own words for its place are of use only where there is no other.
    fn placing(&mut self, table: &DeTable<'a>, place: usize, laid: bool) {
        for key in ["split", "size"] {
            let Some(value) = table.get(key) else { continue };
            if laid {
                let why = format!("{key} does not go with the window's layout, which says where its panes are");
                self.source.report(value.span(), why);
            } else if place == 0 {
                let why = format!("{key} says how a pane comes from the one before it, and this is the first");
                self.source.report(value.span(), why);
            }
        }
    }

    fn split(&mut self, table: &DeTable<'a>) -> Option<Split> {
        const SIDES: [(&str, Axis, bool); 4] = [
            ("right", Axis::Horizontal, false),
            ("left", Axis::Horizontal, true),
            ("below", Axis::Vertical, false),
            ("above", Axis::Vertical, true),
        ];
        let mut split = None;
        if let Some(value) = table.get("split") {
            let named = value.get_ref().as_str().and_then(|name| SIDES.iter().find(|(side, ..)| *side == name));
            match named {
                Some(&(_, axis, before)) => split = Some(Split { axis, before, full: false, size: None }),
                None => self.wrong("split", value, "right, left, below or above"),
            }
        }
        if let Some(value) = table.get("size") {
            let size = match value.get_ref() {
                DeValue::Integer(number) => extent(number.as_str()),
                value => value.as_str().and_then(extent),
            };
            if size.is_none() {
                self.wrong("size", value, "cells like 20, or a share like \"30%\"");
            }
            let usual = Split { axis: Axis::Vertical, before: false, full: false, size: None };
            split = Some(Split { size, ..split.unwrap_or(usual) });
        }
        split
    }

    fn arrangement(&mut self, value: &Value<'a>, panes: usize) -> Arrangement {
        let Some(text) = self.text("layout", value) else { return Arrangement::Splits };
        if let Ok(preset) = text.parse::<Preset>() {
            return Arrangement::Preset(preset);
        }
        let window = WindowPlan {
            arrangement: Arrangement::Text(text.clone()),
            panes: vec![PanePlan::default(); panes],
            ..WindowPlan::default()
        };
        let ids: Vec<PaneId> = (0..).take(panes).map(PaneId).collect();
        if let Err(why) = window.arrange(&ids, MAX_SCREEN) {
            let names: Vec<&str> = Preset::ALL.iter().map(|preset| preset.name()).collect();
            let hint = suggestion(&text, names.iter().copied());
            let names = names.join(", ");
            let why =
                format!("'{text}' is no layout: {why}; expected {names}, or what #{{window_layout}} printed{hint}");
            self.source.report(value.span(), why);
        }
        window.arrangement
    }

    /// No two windows have one index.
    fn indexes(&mut self, table: &DeTable<'a>, session: &Blueprint) {
        let tables = table.get("window").and_then(|value| value.get_ref().as_array()).into_iter().flatten();
        for (place, (window, value)) in session.windows.iter().zip(tables).enumerate() {
            let taken = session.windows[..place].iter().any(|before| before.index == window.index);
            let index = value.get_ref().as_table().and_then(|table| table.get("index"));
            if let Some(value) = index.filter(|_| taken && window.index.is_some()) {
                self.source.report(value.span(), "another window has this index");
            }
        }
    }

    // ---- values --------------------------------------------------------------------------------------------------

    fn known(&mut self, table: &DeTable<'a>, keys: &[KeyRow], what: &str) {
        for (key, _) in table {
            let name = key.get_ref().as_ref();
            if !keys.iter().any(|(known, ..)| *known == name) {
                let known: Vec<&str> = keys.iter().map(|(known, ..)| *known).collect();
                let (hint, keys) = (suggestion(name, known.iter().copied()), known.join(", "));
                self.source.report(key.span(), format!("{what} has no '{name}': expected {keys}{hint}"));
            }
        }
    }

    fn tables<'v>(&mut self, name: &str, value: Option<&'v Value<'a>>) -> Vec<(&'v DeTable<'a>, Range<usize>)> {
        let Some(value) = value else { return Vec::new() };
        let Some(values) = value.get_ref().as_array() else {
            self.source.wrong_type(name, value, &format!("[[{name}]], once for each"));
            return Vec::new();
        };
        values.iter().filter_map(|value| Some((self.source.table(name, value)?, value.span()))).collect()
    }

    fn wrong(&mut self, name: &str, value: &Value<'a>, expected: &str) {
        match value.get_ref().as_str() {
            Some(text) => self.source.report(value.span(), format!("{name} has no '{text}': expected {expected}")),
            None => self.source.wrong_type(name, value, expected),
        }
    }

    fn text(&mut self, name: &str, value: &Value<'a>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.source.wrong_type(name, value, "text");
        }
        text
    }

    fn flag(&mut self, name: &str, value: &Value<'a>) -> bool {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong(name, value, "true or false");
        }
        flag.unwrap_or(false)
    }

    fn focus(&mut self, value: &Value<'a>) -> bool {
        let focus = self.flag("focus", value);
        if focus && self.focused.replace(()).is_some() {
            self.source.report(value.span(), "two windows have the focus: expected one at most");
        }
        focus
    }

    fn index(&mut self, value: &Value<'a>) -> Option<u32> {
        let index = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse().ok().filter(|index| *index <= 9999),
            _ => None,
        };
        if index.is_none() {
            self.source.report(value.span(), "index is a number from 0 to 9999");
        }
        index
    }

    fn directory(&mut self, value: &Value<'a>, base: &Path) -> PathBuf {
        let Some(text) = self.text("directory", value) else { return base.to_owned() };
        let path = match text.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                self.ground.home.join(rest.trim_start_matches('/'))
            }
            _ => base.join(&text),
        };
        if !(self.ground.is_directory)(&path) {
            let made = format!("`mkdir -p {}` makes it", path.display());
            self.source.report(value.span(), format!("there is no directory {}: {made}", path.display()));
        }
        path
    }

    /// One line for a shell, or a program and its words.
    fn command(&mut self, value: &Value<'a>, directory: &Path) -> Vec<String> {
        let words: Option<Vec<String>> = match value.get_ref() {
            DeValue::String(line) => Some(vec![line.to_string()]),
            DeValue::Array(words) => words.iter().map(|word| word.get_ref().as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        let Some(words) = words.filter(|words| words.first().is_some_and(|word| !word.is_empty())) else {
            self.source.wrong_type("command", value, "a line like \"make test\", or words like [\"make\", \"test\"]");
            return Vec::new();
        };
        let program = &words[0];
        let plain = program.chars().all(|c| c.is_alphanumeric() || "_./+-".contains(c));
        if plain && !(self.ground.is_program)(program, directory) {
            self.source.report(value.span(), format!("there is no program '{program}'"));
        }
        words
    }

    fn line(&mut self, value: &Value<'a>) -> Option<String> {
        let line = self.text("run", value)?;
        if line.chars().any(char::is_control) {
            self.source.report(value.span(), "run is one line: expected no line breaks or other control characters");
        }
        Some(line)
    }

    fn env(&mut self, value: &Value<'a>) -> Pairs {
        let Some(table) = self.source.table("env", value) else { return Pairs::new() };
        let mut env = Pairs::new();
        for (name, value) in table {
            let key = name.get_ref().as_ref();
            if key.is_empty() || key.contains(['=', '\0']) {
                self.source.report(name.span(), format!("'{key}' cannot be a variable's name"));
            } else if let Some(text) = self.text(key, value) {
                env.push((key.to_owned(), text));
            }
        }
        env
    }

    fn options(&mut self, value: &Value<'a>) -> Pairs {
        let Some(table) = self.source.table("options", value) else { return Pairs::new() };
        let mut set = Pairs::new();
        for (name, value) in table {
            let key = name.get_ref().as_ref();
            let Some(spec) = config::spec(key) else {
                let hint = suggestion(key, config::TABLE.iter().map(|spec| spec.name));
                self.source.report(name.span(), format!("no option is called '{key}'{hint}"));
                continue;
            };
            let Some(text) = config::text_of(value.get_ref(), &spec.kind) else {
                self.source.wrong_type(key, value, &spec.kind.to_string());
                continue;
            };
            let style = if spec.kind == Kind::Style { format::parse_style(&text, Style::DEFAULT).err() } else { None };
            let read = Options::default().set(key, &text);
            match (style, read) {
                (Some(why), _) => self.source.report(value.span(), format!("'{text}' is no value for {key}: {why}")),
                (None, Err(error)) => self.source.report(value.span(), error.to_string()),
                (None, Ok(())) => set.push((key.to_owned(), text)),
            }
        }
        set
    }
}
