//! Themes: the styles that hold where the user has set none, from `assets/themes/*.toml` and the user's `themes/`.
//!
//! ```toml
//! [styles]
//! status-style = "bg=#262b36,fg=#c3cad6"
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use crate::base::problem::{Source, suggestion};

use super::{CheckStyle, Kind, Problem, TABLE};

/// Those that are compiled in, with the text of their files.
const BUILTIN: &[(&str, &str)] = &[
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("high-contrast", include_str!("../../assets/themes/high-contrast.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    ("plain", include_str!("../../assets/themes/plain.toml")),
];

/// Styles by the names of their options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    styles: BTreeMap<String, String>,
}

impl Theme {
    /// All that come with mux, by name.
    pub fn builtin() -> BTreeMap<String, Theme> {
        let read = |text| Theme::load(text, Path::new(""), &|_| Ok(())).0;
        BUILTIN.iter().map(|(name, text)| ((*name).to_owned(), read(text))).collect()
    }

    pub fn style(&self, option: &str) -> Option<&str> {
        self.styles.get(option).map(String::as_str)
    }

    /// Reads a theme's file; what is wrong in it is a problem, and the rest counts.
    pub fn load(text: &str, file: &Path, check: CheckStyle<'_>) -> (Self, Vec<Problem>) {
        let (mut source, table) = Source::parse(text, file);
        let mut theme = Self::default();
        for (key, value) in &table {
            match key.get_ref().as_ref() {
                "styles" => {
                    for (key, value) in source.table("styles", value).into_iter().flatten() {
                        let name = key.get_ref().as_ref();
                        match value.get_ref().as_str() {
                            _ if !is_style(name) => {
                                let styles = TABLE.iter().map(|spec| spec.name).filter(|name| is_style(name));
                                let hint = suggestion(name, styles);
                                source.report(key.span(), format!("no style is called '{name}'{hint}"));
                            }
                            Some(text) => match check(text) {
                                Ok(()) => drop(theme.styles.insert(name.to_owned(), text.to_owned())),
                                Err(why) => {
                                    source.report(value.span(), format!("'{text}' is no value for {name}: {why}"));
                                }
                            },
                            None => source.wrong_type(name, value, "a style like \"fg=red,bold\""),
                        }
                    }
                }
                other => source.report(key.span(), format!("a theme has no '{other}': expected [styles]")),
            }
        }
        (theme, source.finish())
    }
}

fn is_style(name: &str) -> bool {
    super::spec(name).is_some_and(|spec| spec.kind == Kind::Style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_mux_is_whole() {
        let styles = || TABLE.iter().filter(|spec| spec.kind == Kind::Style);
        for (name, text) in BUILTIN {
            let (theme, problems) = Theme::load(text, Path::new(name), &|_| Ok(()));
            assert_eq!(problems, vec![], "{name}");
            styles().for_each(|spec| assert!(theme.style(spec.name).is_some(), "{name} lacks {}", spec.name));
        }
        let plain = &Theme::builtin()["plain"];
        styles().for_each(|spec| assert_eq!(plain.style(spec.name), Some(spec.default), "{}", spec.name));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let text = "[styles]\nstatus-stile = 'x'\nstatus-style = 1\nmessage-style = 'bad'\n[more]\n";
        let check = |text: &str| if text == "bad" { Err("it is bad".to_owned()) } else { Ok(()) };
        let (theme, problems) = Theme::load(text, Path::new("t.toml"), &check);
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let expected = [
            "t.toml:2:1: no style is called 'status-stile'; did you mean 'status-style'?",
            "t.toml:3:16: status-style is a number: expected a style like \"fg=red,bold\"",
            "t.toml:4:17: 'bad' is no value for message-style: it is bad",
            "t.toml:5:2: a theme has no 'more': expected [styles]",
        ];
        assert_eq!(problems, expected);
        assert_eq!(theme, Theme::default());
    }
}
