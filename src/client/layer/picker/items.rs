//! What can be chosen, and how it is asked for: one command's answer becomes a list.

use std::collections::{HashMap, HashSet};

use crate::base::PaneId;
use crate::command;

/// What the picker is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::client) enum Subject {
    /// Sessions with their windows and panes; how much of it is open at first.
    Tree(Opened),
    Clients,
    Jobs,
    Commands,
}

/// Down to which level the tree is open at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::client) enum Opened {
    Sessions,
    Windows,
    Panes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Session,
    Window,
    Pane,
    Client,
    Job,
    Command,
}

impl Kind {
    /// Its name for people, by count.
    pub(super) fn noun(self, count: usize) -> &'static str {
        let (one, many) = match self {
            Kind::Session => ("session", "sessions"),
            Kind::Window => ("window", "windows"),
            Kind::Pane => ("pane", "panes"),
            Kind::Client => ("client", "clients"),
            Kind::Job => ("job", "jobs"),
            Kind::Command => ("command", "commands"),
        };
        if count == 1 { one } else { many }
    }
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    pub(super) kind: Kind,
    /// By which commands name it.
    pub(super) target: String,
    /// Among its like.
    pub(super) label: String,
    /// Alone: what a search looks at.
    pub(super) path: String,
    /// What else is to be known of it.
    pub(super) note: String,
    /// The place of what it belongs to.
    pub(super) parent: Option<usize>,
    /// How deep in the tree it is.
    pub(super) depth: u16,
    pub(super) has_children: bool,
    /// Whose screen shows what it is.
    pub(super) pane: Option<PaneId>,
}

/// Between the fields of an answer: no name has it.
const TAB: char = '\t';

const PANES: &str = "#{session_id}\t#{session_name}\t#{session_windows}\t#{session_attached}\t#{window_id}\t\
     #{window_index}\t#{window_name}\t#{window_flags}\t#{window_panes}\t#{window_active}\t#{pane_id}\t#{pane_index}\t\
     #{pane_active}\t#{pane_title}\t#{session_group}\t#{session_group_list}";
const CLIENTS: &str =
    "#{client_name}\t#{client_session}\t#{client_width}x#{client_height}\t#{client_termname}\t#{pane_id}";
const JOBS: &str = "#{job_name}\t#{job_state}\t#{pane_id}\t#{job_command}";

impl Subject {
    /// The command whose answer is the list; none where the client knows it.
    pub(super) fn question(self, filter: Option<&str>) -> Option<Vec<String>> {
        let words: &[&str] = match self {
            Subject::Tree(_) => &["list-panes", "-a", "-F", PANES],
            Subject::Clients => &["list-clients", "-F", CLIENTS],
            Subject::Jobs => &["ps", "-a", "-F", JOBS],
            Subject::Commands => return None,
        };
        let filter = filter.into_iter().flat_map(|filter| ["-f", filter]);
        Some(words.iter().copied().chain(filter).map(str::to_owned).collect())
    }

    /// The list that an answer says.
    pub(super) fn items(self, answer: &str) -> Vec<Item> {
        let lines = answer.lines().map(|line| line.split(TAB).collect::<Vec<_>>());
        match self {
            Subject::Tree(_) => tree(lines),
            Subject::Clients => lines.filter_map(|fields| client(&fields)).collect(),
            Subject::Jobs => lines.filter_map(|fields| job(&fields)).collect(),
            Subject::Commands => commands(),
        }
    }

    /// The command that is run with what was chosen, where none was given.
    pub(super) fn usual(self) -> &'static str {
        match self {
            Subject::Tree(_) => "switch-client -t '%%'",
            Subject::Clients => "detach-client -t '%%'",
            Subject::Jobs => "status -- '%%'",
            Subject::Commands => "command-prompt -I '%% '",
        }
    }
}

/// Of the sessions of a group, which have the same windows, one is enough: the one that the user looks at, or the first.
pub(super) fn squash(answer: &str, here: Option<&str>) -> String {
    let read = |line: &'_ str| {
        let mut fields = line.split(TAB);
        (fields.next().unwrap_or_default().to_owned(), fields.nth(13).unwrap_or_default().to_owned())
    };
    let mut shown: HashMap<String, String> = HashMap::new();
    for (session, group) in answer.lines().map(read).filter(|(_, group)| !group.is_empty()) {
        let known = shown.entry(group).or_insert_with(|| session.clone());
        if here == Some(session.as_str()) {
            *known = session;
        }
    }
    let stays = |line: &&str| {
        let (session, group) = read(line);
        shown.get(&group).is_none_or(|shown| *shown == session)
    };
    answer.lines().filter(stays).fold(String::new(), |text, line| text + line + "\n")
}

/// A pane's line.
struct Line<'a> {
    session: [&'a str; 4],
    window: [&'a str; 6],
    pane: [&'a str; 4],
    /// The names of the sessions of its group, where it is in one.
    group: Option<[&'a str; 2]>,
}

impl<'a> Line<'a> {
    fn read(fields: &[&'a str]) -> Option<Self> {
        Some(Self {
            session: fields.get(..4)?.try_into().ok()?,
            window: fields.get(4..10)?.try_into().ok()?,
            pane: fields.get(10..14)?.try_into().ok()?,
            group: fields
                .get(14..16)
                .and_then(|group| group.try_into().ok())
                .filter(|group: &[&str; 2]| !group[0].is_empty()),
        })
    }
}

fn tree<'a>(lines: impl Iterator<Item = Vec<&'a str>>) -> Vec<Item> {
    let lines: Vec<Line<'a>> = lines.filter_map(|fields| Line::read(&fields)).collect();
    let mut items: Vec<Item> = Vec::with_capacity(lines.len() * 2);
    let (mut session, mut window) = (None, None);
    let mut homes: HashMap<&str, HashSet<&str>> = HashMap::new();
    for line in &lines {
        homes.entry(line.window[0]).or_default().insert(line.session[0]);
    }
    for line in &lines {
        let [home, name, windows, attached] = line.session;
        if session.is_none_or(|at: usize| items[at].target != home) {
            let attached = if attached == "0" { "" } else { ", attached" };
            let plural = if windows == "1" { "" } else { "s" };
            let group = line.group.map(|[group, all]| format!(" (group {group}: {all})")).unwrap_or_default();
            let note = format!("{windows} window{plural}{group}{attached}");
            (session, window) = (Some(items.len()), None);
            items.push(item(Kind::Session, home, name, name, note, None));
        }
        let [id, index, title, flags, panes, active] = line.window;
        let several = panes != "1";
        // One that is in several sessions is named with the one that it is shown in.
        let linked = homes.get(id).is_some_and(|homes| homes.len() > 1);
        let target = if linked { format!("{home}:{id}") } else { id.to_owned() };
        let of_pane = |pane: &str| if linked { format!("{target}.{pane}") } else { pane.to_owned() };
        if window.is_none_or(|at: usize| items[at].target != target) {
            window = Some(items.len());
            let note = if several { format!("{panes} panes") } else { line.pane[3].to_owned() };
            let label = format!("{index}: {title}{flags}");
            let path = format!("{name}:{index} {title} {}", if several { "" } else { line.pane[3] });
            items.push(item(Kind::Window, &target, &label, path.trim_end(), note, session));
        }
        let [id, number, here, said] = line.pane;
        if several {
            let label = format!("{number}: {said}");
            let path = format!("{name}:{index}.{number} {title} {said}");
            items.push(item(Kind::Pane, &of_pane(id), &label, &path, String::new(), window));
        }
        let pane = id.parse().ok();
        let last = items.len() - 1;
        items[last].pane = items[last].pane.or(pane);
        let shown = [window.filter(|_| here == "1"), session.filter(|_| here == "1" && active == "1")];
        shown.into_iter().flatten().for_each(|at| items[at].pane = pane);
    }
    with_children(items)
}

fn item(kind: Kind, target: &str, label: &str, path: &str, note: String, parent: Option<usize>) -> Item {
    let depth = match kind {
        Kind::Window => 1,
        Kind::Pane => 2,
        _ => 0,
    };
    let (target, label, path) = (target.to_owned(), label.to_owned(), path.to_owned());
    Item { kind, target, label, path, note, parent, depth, has_children: false, pane: None }
}

fn with_children(mut items: Vec<Item>) -> Vec<Item> {
    let parents: HashSet<usize> = items.iter().filter_map(|item| item.parent).collect();
    parents.into_iter().for_each(|at| items[at].has_children = true);
    items
}

fn client(fields: &[&str]) -> Option<Item> {
    let &[name, session, size, term, pane] = fields else { return None };
    let found = item(Kind::Client, name, name, &format!("{name} {session}"), format!("{session}, {size} {term}"), None);
    Some(Item { pane: pane.parse().ok(), ..found })
}

fn job(fields: &[&str]) -> Option<Item> {
    let &[name, state, pane, command] = fields else { return None };
    let found = item(Kind::Job, name, name, &format!("{name} {command}"), format!("{state}, {command}"), None);
    Some(Item { pane: pane.parse().ok(), ..found })
}

fn commands() -> Vec<Item> {
    let of = |spec: &command::Spec| {
        let path = format!("{} {} {}", spec.name, spec.alias.join(" "), spec.summary);
        item(Kind::Command, spec.name, spec.name, &path, spec.summary.to_owned(), None)
    };
    command::TABLE.iter().map(of).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Two sessions, the first with a window of two panes and one of one.
    pub(in super::super) const ANSWER: &str = "$0\tweb\t2\t1\t@0\t1\tedit\t-\t2\t0\t%0\t1\t0\tvim\n\
        $0\tweb\t2\t1\t@0\t1\tedit\t-\t2\t0\t%1\t2\t1\tbuild\n\
        $0\tweb\t2\t1\t@1\t2\tlogs\t*\t1\t1\t%2\t1\t1\ttail\n\
        $1\tother\t1\t0\t@2\t1\tsh\t*\t1\t1\t%3\t1\t1\thost\n";

    #[test]
    fn panes_become_a_tree() {
        let items = Subject::Tree(Opened::Panes).items(ANSWER);
        let rows: Vec<String> =
            items.iter().map(|item| format!("{} {} {}", item.depth, item.target, item.label)).collect();
        let expected =
            ["0 $0 web", "1 @0 1: edit-", "2 %0 1: vim", "2 %1 2: build", "1 @1 2: logs*", "0 $1 other", "1 @2 1: sh*"];
        assert_eq!(rows, expected);
        let shown: Vec<_> = items.iter().map(|item| item.pane.map(|pane| pane.0)).collect();
        assert_eq!(shown, [2, 1, 0, 1, 2, 3, 3].map(Some), "what is active in it");
        assert_eq!(items[0].note, "2 windows, attached");
        assert_eq!((items[1].has_children, items[4].has_children), (true, false), "one pane is its window");
    }

    #[test]
    fn a_window_of_two_sessions_is_named_with_each() {
        let answer = "$0\ta\t1\t1\t@0\t1\tedit\t*\t2\t1\t%0\t1\t0\tx\t\t\n\
            $0\ta\t1\t1\t@0\t1\tedit\t*\t2\t1\t%1\t2\t1\ty\t\t\n\
            $1\tb\t1\t0\t@0\t4\tedit\t*\t2\t1\t%0\t1\t0\tx\t\t\n";
        let targets: Vec<String> =
            Subject::Tree(Opened::Panes).items(answer).into_iter().map(|item| item.target).collect();
        assert_eq!(targets, ["$0", "$0:@0", "$0:@0.%0", "$0:@0.%1", "$1", "$1:@0", "$1:@0.%0"]);
    }

    #[test]
    fn of_a_group_one_session_is_shown() {
        let line = |id: &str, name: &str| format!("{id}\t{name}\t1\t0\t@0\t1\tsh\t*\t1\t1\t%0\t1\t1\th\tg\ta,b\n");
        let answer = line("$0", "a") + &line("$1", "b");
        let shown = |here| squash(&answer, here);
        assert_eq!((shown(None), shown(Some("$1"))), (line("$0", "a"), line("$1", "b")));
        let items = Subject::Tree(Opened::Windows).items(&shown(None));
        assert_eq!(items[0].note, "1 window (group g: a,b)");
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        assert_eq!(Subject::Tree(Opened::Panes).items("nonsense\n\t\t\n"), []);
        assert_eq!(Subject::Clients.items("/dev/pts/1\tweb\n"), []);
        let jobs = Subject::Jobs.items("build\trunning\t%4\tmake -j\nold\tdone\t\tls\n");
        assert_eq!((jobs[0].pane, jobs[1].pane), (Some(PaneId(4)), None));
    }

    #[test]
    fn every_usual_command_is_one() {
        for subject in [Subject::Tree(Opened::Panes), Subject::Clients, Subject::Jobs, Subject::Commands] {
            command::check(subject.usual()).unwrap();
            if let Some(words) = subject.question(Some("1")) {
                let spec = command::find(&words[0]).unwrap();
                assert!(spec.parse(&words[1..]).is_ok(), "{words:?}");
            }
        }
    }
}
