//! Whatever is typed and happens in whatever order, the state stays whole and comes back whole from its files.

use std::collections::{BTreeSet, HashMap};

use proptest::prelude::*;

use crate::base::{ClientId, ExitStatus, Input, Key, PaneId, RequestId, Size, Timestamp};
use crate::config::Options;
use crate::model::{Context, Effect, Event, Held, Life, Origin, Setup, State};

use super::{Outcome, run, split, words};

/// Command lines; `S`, `W` and `P` stand for a session, window and pane drawn anew each time.
const LINES: &[&str] = &[
    "new -d -s S",
    "new -d",
    "new -A -s S",
    "new -d -t S",
    "new -d -s S -t s1",
    "linkw -s W -t S",
    "linkw -d -s W -t S:2",
    "linkw -k -s W -t S:1",
    "linkw -a -s W -t W",
    "unlinkw -t W",
    "unlinkw -k -t W",
    "attach -t S",
    "attach -d -t S",
    "detach -s S",
    "switchc -t S",
    "switchc -n",
    "neww -t S",
    "neww -d -a -t W",
    "neww -t S:3",
    "splitw -h -t P",
    "splitw -v -b -t P",
    "splitw -f -d -l 30% -t P",
    "splitw -Z -t P",
    "killp -t P",
    "killp -a -t P",
    "killw -t W",
    "killw -a -t W",
    "kill-session -t S",
    "kill-session -a -t S",
    "selectp -t P",
    "selectp -L -t P",
    "selectp -Z -t P",
    "lastp -t W",
    "selectw -t W",
    "last -t S",
    "next -t S",
    "swapp -s P -t P",
    "swapp -d -U -t P",
    "breakp -s P",
    "breakp -d -s P -t S",
    "rotatew -t W",
    "joinp -h -s P -t P",
    "joinp -b -d -f -l 20% -s P -t P",
    "joinp -t P",
    "selectp -m -t P",
    "movew -s W -t S:2",
    "movew -k -s W -t S:0",
    "movew -k -d -s W -t W",
    "movew -a -d -s W -t W",
    "movew -b -s W -t W",
    "movew -r -t S",
    "swapw -s W -t W",
    "swapw -d -s W -t W",
    "respawnw -k -t W",
    "selectl -o -t W",
    "nextl -t W",
    "selectl -E -t W",
    "newp -t P",
    "newp -d -p -x 200 -y 3 -X 90% -t P",
    "newp -Z -t P",
    "floatp -t P",
    "floatp -t P",
    "pinp -t P",
    "movep -R -t P 9",
    "movep -P back -t P",
    "joinp -s P -t P",
    "toggle-floats -t W",
    "scratch -t W",
    "scratch -t W",
    "popup -E",
    "popup -C",
    "popup",
    "resizep -Z -t P",
    "resizep -R -t P 7",
    "resizep -x 3 -y 90% -t P",
    "resizew -x 20 -y 9 -t W",
    "respawnp -t P",
    "respawnp -k -t P",
    "run -d -- job one",
    "run --nohup --name S ./x.sh",
    "run -- make",
    "wait S",
    "wait job",
    "rename -t S renamed",
    "renamew -t W named",
    "set -g remain-on-exit",
    "set -g detach-on-destroy",
    "set -g renumber-windows",
    "set -g status",
    "set -g window-size smallest",
    "set -g window-size latest",
    "send -t P x",
    "lsp -a",
    "lsw -a",
    "lsc",
    "display -p -t P '#{window_layout} #{pane_at_left}'",
];

/// A step: what to do, and numbers to choose with.
type Step = (u8, u8, u8, u8);

struct Rig {
    state: State,
    clients: u32,
    starting: BTreeSet<PaneId>,
    ending: BTreeSet<PaneId>,
    now: i64,
}

impl Rig {
    fn new() -> Self {
        let setup = Setup { shell: "/bin/sh".into(), ..Setup::default() };
        let state = State::new(Options::default(), setup);
        Self { state, clients: 0, starting: BTreeSet::new(), ending: BTreeSet::new(), now: 0 }
    }

    fn step(&mut self, (what, a, b, c): Step) {
        self.now += 1;
        match what % 8 {
            0..=3 => self.command(a, b, c),
            4 => self.answer(b, c),
            5 => self.exit(b, c),
            6 => self.client_event(b, c),
            _ => self.pane_event(b, c),
        }
        let wrong = self.state.check();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    fn command(&mut self, which: u8, b: u8, c: u8) {
        let line = LINES[usize::from(which) % LINES.len()];
        let session = format!("s{}", b % 3);
        let line = line.replacen('P', &format!("%{}", b % 9), 1).replace('P', &format!("%{}", c % 9));
        let line = line.replace('W', &format!("@{}", c % 5)).replace('S', &session);
        let attached: Vec<ClientId> = self.state.clients().map(|client| client.id).collect();
        let own = attached.get(usize::from(b) % attached.len().max(1)).copied().filter(|_| c.is_multiple_of(2));
        self.clients += 1;
        let origin = self.origin(own, c);
        for argv in split(&words(&line).unwrap()) {
            let (Outcome::Done(_, effects) | Outcome::Later(effects)) = run(&mut self.state, &origin, &argv);
            self.take(effects);
        }
    }

    fn origin(&self, own: Option<ClientId>, c: u8) -> Origin {
        let context =
            Context { interactive: !c.is_multiple_of(3), size: Some(Size::new(80, 25)), ..Context::default() };
        Origin {
            request: RequestId { client: own.unwrap_or(ClientId(self.clients)), number: 1 },
            context,
            attached: own.is_some(),
            behalf: None,
            pane: None,
            now: Timestamp(self.now),
            made: None,
            facts: HashMap::new(),
            usage: None,
        }
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Spawn { pane, spec } => {
                    assert!(!spec.size.is_empty());
                    assert!(self.starting.insert(pane), "{pane} is started twice at a time");
                }
                Effect::Close { pane } => {
                    assert!(self.state.pane(pane).is_none(), "{pane} is closed and there");
                    self.ending.insert(pane);
                }
                Effect::ResizePane { size, .. } => assert!(!size.is_empty()),
                _ => {}
            }
        }
    }

    fn apply(&mut self, event: Event) {
        let effects = self.state.apply(event, Timestamp(self.now));
        self.take(effects);
    }

    /// The keeper answers about a program that was to be started.
    fn answer(&mut self, b: u8, c: u8) {
        let Some(&pane) = self.starting.iter().nth(usize::from(b) % self.starting.len().max(1)) else { return };
        self.starting.remove(&pane);
        let started = Timestamp(self.now);
        self.apply(match c % 4 {
            0 => Event::PaneFailed { pane, message: "no".into() },
            _ => Event::PaneStarted { pane, pid: 1, tty: format!("/dev/pts/{}", pane.0).into(), started },
        });
    }

    /// A program ends, as a closed one must.
    fn exit(&mut self, b: u8, c: u8) {
        let live = self.state.live_panes().into_iter().filter(|pane| !self.starting.contains(pane));
        let all: Vec<PaneId> = live.chain(self.ending.iter().copied()).collect();
        let Some(&pane) = all.get(usize::from(b) % all.len().max(1)) else { return };
        self.ending.remove(&pane);
        self.apply(Event::PaneExited { pane, status: ExitStatus::Code(c), at: Timestamp(self.now) });
    }

    fn client_event(&mut self, b: u8, c: u8) {
        let client = ClientId(u32::from(b) % (self.clients + 1));
        let size = Size::new(u16::from(c), u16::from(b));
        self.apply(match c % 3 {
            0 => Event::ClientGone { client },
            1 => Event::ClientResized { client, size },
            _ => Event::ClientInput { client, pane: None, input: Input::Key(Key::char('x')) },
        });
    }

    fn pane_event(&mut self, b: u8, c: u8) {
        let pane = PaneId(u32::from(b) % 9);
        self.apply(match c % 4 {
            0 => Event::PaneTitle { pane, title: "title".into() },
            1 => Event::PaneBell { pane },
            2 => Event::PaneOutput { pane },
            _ => Event::PaneCommand { pane, name: "vim".into() },
        });
    }

    /// Every view can be drawn: what is visible is there and does not overlap.
    fn look(&mut self) {
        let clients: Vec<ClientId> = self.state.clients().map(|client| client.id).collect();
        for client in clients {
            let view = self.state.client_view(client, Timestamp(self.now)).unwrap();
            assert_eq!(view.windows.iter().filter(|tab| tab.current).count(), 1);
            let tiled = view.panes.len() - view.floats.len();
            for (at, pane) in view.panes.iter().enumerate() {
                let others = if at < tiled { &view.panes[at + 1..tiled] } else { &[] };
                assert!(others.iter().all(|other| !other.rect.overlaps(pane.rect)), "{:?}", view.panes);
                assert!(pane.rect.right() <= view.window_size.cols && pane.rect.bottom() <= view.window_size.rows);
            }
        }
    }

    /// What is written is enough to go on with the same sessions.
    fn survive(&self) {
        let saved = self.state.parts().into_iter().filter_map(|part| self.state.save(&part));
        let saved: Vec<_> =
            saved.map(|part| serde_json::from_str(&serde_json::to_string(&part).unwrap()).unwrap()).collect();
        let pane = |id: &PaneId| self.state.pane(*id).cloned();
        let live = self.state.live_panes();
        let held = live.iter().filter_map(pane).map(|pane| {
            let held = Held { pid: 1, started: Timestamp(0), exit: None };
            (pane.id, held)
        });
        let setup = self.state.setup().clone();
        let options = self.state.options().clone();
        let back = State::restore(options, setup, saved, &held.collect(), Timestamp(self.now));
        assert_eq!(back.problems, Vec::<String>::new());
        assert_eq!(back.state.check(), Vec::<String>::new());
        let names = |state: &State| state.sessions().map(|session| session.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&back.state), names(&self.state));
        let starting = live.iter().filter(|id| back.state.pane(**id).is_some_and(|pane| pane.life == Life::Starting));
        assert_eq!(starting.count(), 0, "the keeper holds it: it runs");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_state_stays_whole(steps in prop::collection::vec(any::<Step>(), 1..120)) {
        let mut rig = Rig::new();
        for step in steps {
            rig.step(step);
            rig.look();
        }
        rig.survive();
    }

    #[test]
    fn no_line_makes_the_cutter_or_the_parser_fall_over(line in "[ -~]{0,40}") {
        let _ = super::check(&line);
        if let Ok(words) = words(&line) {
            split(&words);
        }
    }

    #[test]
    fn no_target_makes_the_finder_fall_over(target in "[a-z0-9:.%@$=!+~^{}*-]{0,12}") {
        let mut rig = Rig::new();
        rig.command(0, 0, 0);
        rig.command(2, 1, 0);
        let origin = rig.origin(None, 0);
        for name in ["has", "lsw", "selectw", "selectp", "kill-session", "killw", "killp", "switchc"] {
            let argv = [name, "-t", &target].map(str::to_owned);
            let _ = run(&mut rig.state, &origin, &argv);
            prop_assert_eq!(rig.state.check(), Vec::<String>::new());
        }
    }
}
