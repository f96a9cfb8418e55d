//! What the client makes of options that only it needs: styles by themes, and what borders look like.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::base::{Error, Rect, Style};
use crate::config::{self, Features, Theme};
use crate::proto::message::{KeyReports, Looks, PaneView, ToServer};

use super::app::{App, Now};
use super::borders::{Frame, Indicators, Titles};
use super::capabilities::MORE_QUESTIONS;
use super::copying::Options;
use super::inline::Inline;
use super::input::Answer;
use super::modes;
use super::placing::StatusLine;
use super::status::{Parts, next_tick, strftime};
use super::theme::QUESTION;

impl App {
    /// The server says how things look now.
    pub(super) fn looks(&mut self, looks: Looks, now: Now) {
        let missing = self.themes.missing(&looks).map(str::to_owned);
        let known = self.mirror.looks().and_then(|before| self.themes.missing(before)).map(str::to_owned);
        if let Some(name) = missing.filter(|name| known.as_ref() != Some(name)) {
            let text =
                format!("no theme is called '{name}': expected plain, dark, light, high-contrast, auto or a file's");
            self.say(text, true, now);
        }
        if self.mirror.looks() == Some(&looks) {
            return;
        }
        self.options = Options::of(&looks);
        self.canvas.plain_frames(looks.option("pane-border-lines") == Some("simple"));
        self.capabilities.follow(&looks);
        self.follow_capabilities();
        self.mirror.set_looks(looks);
        self.ask_for_scheme();
        self.restyle();
    }

    /// The themes were read anew.
    pub(super) fn themes_read(&mut self, themes: BTreeMap<String, Theme>, problems: &[String], now: Now) {
        self.themes.replace(themes);
        self.restyle();
        if let Some(text) = Error::first_of(problems) {
            self.say(text, true, now);
        }
    }

    /// The terminal has answered.
    pub(super) fn answer(&mut self, answer: &Answer) {
        if self.themes.hear(answer) {
            self.restyle();
        }
        self.capabilities.hear(answer);
        if self.capabilities.wants_more(answer) {
            self.questions.extend(MORE_QUESTIONS);
        }
        self.follow_capabilities();
    }

    /// More or less is known of the terminal.
    fn follow_capabilities(&mut self) {
        self.canvas.set_abilities(self.capabilities.abilities());
        // The user has it that there is no second screen (`smcup@`): the first is used where that will do.
        if self.inline.is_none() && !self.capabilities.features().contains(Features::ALTERNATE) {
            self.inline = Some(Inline::on_alternate_screen());
            self.drawing.stale();
        }
        let modifies = self.capabilities.has_modify_other_keys();
        if modes::modify_other_keys() != modifies {
            // What is on is set anew in the other way.
            self.outer.set_keyboard(KeyReports::Legacy, &mut self.extra);
            modes::set_modify_other_keys(modifies, &mut self.extra);
        }
        self.tell_terminal();
    }

    /// Tells the server what the terminal is.
    pub(super) fn tell_terminal(&mut self) {
        if self.session.is_none() {
            return;
        }
        let (name, features) = (self.capabilities.name().to_owned(), self.capabilities.features().list());
        let message = ToServer::Terminal { name, features };
        if self.told_terminal.as_ref() != Some(&message) {
            self.outbox.push(message.clone());
            self.told_terminal = Some(message);
        }
    }

    pub(super) fn restyle(&mut self) {
        self.drawing.new_view();
    }

    pub(super) fn ask_for_scheme(&mut self) {
        if self.themes.ask(self.mirror.looks()) {
            self.questions.extend(QUESTION);
        }
    }

    /// The style of an option; `usual` is what the view says of it, or the default.
    pub(super) fn style(&self, option: &str, usual: &str, over: Style) -> Style {
        self.themes.style(option, self.mirror.looks(), usual, over)
    }

    /// One of the status lines, and how long it stays true where it shows the time.
    pub(super) fn status_line(&self, number: u16, now: Now) -> Option<(StatusLine, Option<Duration>)> {
        let view = self.mirror.view()?;
        let base = self.style("status-style", &view.settings.status_style, Style::DEFAULT);
        let status = self.mirror.status();
        let template = status.and_then(|status| status.lines.get(usize::from(number))?.as_deref());
        let (text, wait) = match template {
            Some(template) => (strftime(template, now.wall), next_tick([template], now.wall)),
            None => {
                let tabs = status.map_or(&[][..], |status| &status.tabs);
                let (away, cols) = (self.away.as_deref(), self.canvas.size().cols);
                let parts = Parts { view, tabs, away, greeting: self.greeting(), cols };
                let wait = next_tick([view.status_left.as_str(), &view.status_right], now.wall);
                (parts.text(&|name| self.option(name), now.wall), wait)
            }
        };
        Some((StatusLine::new(&text, base, |style| self.themes.seen(style)), wait))
    }

    /// An option as it is shown here, by the user, the theme or the table.
    pub(super) fn option(&self, name: &str) -> &str {
        let usual = config::spec(name).map_or("", |spec| spec.default);
        self.themes.text(name, self.mirror.looks(), usual)
    }

    /// How borders are drawn; `panes` are those that are shown.
    pub(super) fn frame<'a>(&self, panes: impl Iterator<Item = &'a PaneView>) -> Frame {
        let option = |name| self.mirror.looks().and_then(|looks| looks.option(name)).unwrap_or("");
        let settings = self.mirror.view().map(|view| &view.settings);
        let usual = settings.map_or(("", ""), |s| (s.pane_border_style.as_str(), s.pane_active_border_style.as_str()));
        let style = self.style("pane-border-style", usual.0, Style::DEFAULT);
        let indicators = match option("pane-border-indicators") {
            "off" => Indicators { half: false, arrows: false },
            "arrows" => Indicators { half: false, arrows: true },
            "both" => Indicators { half: true, arrows: true },
            _ => Indicators { half: true, arrows: false },
        };
        let titles = self.mirror.looks().map(|looks| looks.titles.as_slice()).unwrap_or_default();
        let title = |pane: &PaneView| -> Option<(Rect, String)> {
            let (_, text) = titles.iter().find(|(id, _)| *id == pane.id)?;
            Some((pane.rect, text.clone()))
        };
        Frame {
            style,
            active_style: self.style("pane-active-border-style", usual.1, style),
            lines: option("pane-border-lines").to_owned(),
            indicators,
            titles: Titles {
                below: option("pane-border-status") == "bottom",
                texts: panes.filter_map(title).collect(),
            },
        }
    }
}
