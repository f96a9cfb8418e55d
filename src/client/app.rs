//! Everything that the attached client holds, as a pure machine: gestures, server messages and the time go in;
//! messages for the server and bytes for the terminal come out. No I/O, no clock.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::base::limits::{MAX_LIST, MAX_SHOWN_OUTPUT};
use crate::base::{Input, Key, PaneId, SessionId, Size, Timestamp};
use crate::config::Features;
use crate::keymap::Keymap;
use crate::proto::message::{FloatView, Keys, Rows, ToClient, ToServer, View};

use super::area::Division;
use super::asking::Asked;
use super::capabilities::{Capabilities, QUESTIONS};
use super::compose::Canvas;
use super::copy::CopyMode;
use super::copying::{Options, Pipe};
use super::draw::Drawing;
use super::inline::Inline;
use super::input::Gesture;
use super::keying::Wish;
use super::keys::{Decision, KeyState};
use super::layer::{Layer, TextView};
use super::mirror::{Mirror, Touched};
use super::modes::OuterModes;
use super::mouse::MouseState;
use super::newcomer::Newcomer;
use super::notify::notification;
use super::pan::Panning;
use super::prompting::Prompting;
use super::sent::{Sent, weight};
use super::theme::Themes;

/// The moment, by both clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub(super) instant: Instant,
    pub(super) wall: Timestamp,
}

impl Now {
    pub(super) fn read() -> Self {
        Self { instant: Instant::now(), wall: Timestamp::now() }
    }
}

/// A line for the user, for a while.
#[derive(Debug)]
pub(super) struct Notice {
    pub(super) text: String,
    pub(super) error: bool,
    /// None: until a key is pressed.
    pub(super) until: Option<Instant>,
}

/// How it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leave {
    pub(super) status: u8,
    pub(super) text: String,
    /// And whoever started this process with it.
    pub(super) hang_up: bool,
}

impl Leave {
    pub(super) fn new(status: u8, text: String) -> Self {
        Self { status, text, hang_up: false }
    }
}

pub(super) struct App {
    pub(super) mirror: Mirror,
    pub(super) canvas: Canvas,
    pub(super) keys: KeyState,
    /// The last is on top and gets keys first.
    pub(super) layers: Vec<Box<dyn Layer>>,
    pub(super) copies: HashMap<PaneId, CopyMode>,
    pub(super) notice: Option<Notice>,
    pub(super) themes: Themes,
    /// Why the server does not answer just now.
    pub(super) away: Option<String>,
    pub(super) session: Option<SessionId>,
    /// Why the window is smaller than the room for it.
    pub(super) smaller: Option<String>,
    /// Whoever started this process is to be hung up after it.
    pub(super) hangs_up: bool,
    pub(super) drawing: Drawing,
    /// It is shown on the terminal's main screen, where that will do.
    pub(super) inline: Option<Inline>,
    pub(super) mouse: MouseState,
    pub(super) newcomer: Option<Newcomer>,
    /// Whoever was new is so no more, which is to be written down.
    pub(super) knows_keys: bool,
    pub(super) prompting: Prompting,
    /// What the server has said of keys.
    pub(super) told: Option<Keys>,
    /// What is to be read of the user's files.
    pub(super) wish: Option<Wish>,
    pub(super) outer: OuterModes,
    /// What the terminal can, as far as that is known.
    pub(super) capabilities: Capabilities,
    /// What the server was told of that.
    pub(super) told_terminal: Option<ToServer>,
    /// What the terminal is to be asked.
    pub(super) questions: Vec<u8>,
    /// For the server, in order.
    pub(super) outbox: Vec<ToServer>,
    /// What of that the server has got and not acknowledged.
    pub(super) sent: Sent,
    /// The number of the command that attaches; another one each time.
    pub(super) attaching: u32,
    /// For the terminal beside the picture: bells, clipboard.
    pub(super) extra: Vec<u8>,
    /// What a program has to tell.
    pub(super) notification: Option<String>,
    /// To be acknowledged once the picture is out.
    pub(super) acks: Vec<(PaneId, u64)>,
    pub(super) leaving: Option<Leave>,
    /// Asked to stop, as by C-z at a shell.
    pub(super) suspend: bool,
    pub(super) pan: Panning,
    /// Keys that are down, and whose they are, while their program wants to know when they come up.
    pub(super) held: Vec<(Key, PaneId)>,
    /// Commands under way whose output is not to be shown, and who wants it. The next server answers them too.
    pub(super) asked: HashMap<u32, Asked>,
    /// What commands under way have printed.
    outputs: HashMap<u32, Vec<u8>>,
    /// Commands of this machine to be given a text.
    pub(super) pipes: Vec<Pipe>,
    pub(super) options: Options,
    /// The server searches and knows prompts.
    pub(super) searches: bool,
    pub(super) number: u32,
    pub(super) seq: u64,
}

impl App {
    pub(super) fn new(size: Size, capabilities: Capabilities, keymap: Keymap) -> Self {
        let questions = if capabilities.answers() { QUESTIONS.to_vec() } else { Vec::new() };
        Self {
            mirror: Mirror::default(),
            canvas: Canvas::new(size, capabilities.abilities()),
            keys: KeyState::new(keymap),
            layers: Vec::new(),
            copies: HashMap::new(),
            notice: None,
            themes: Themes::default(),
            away: None,
            session: None,
            smaller: None,
            hangs_up: false,
            drawing: Drawing::default(),
            inline: None,
            mouse: MouseState::default(),
            newcomer: None,
            knows_keys: false,
            prompting: Prompting::default(),
            told: None,
            wish: None,
            outer: OuterModes::default(),
            capabilities,
            told_terminal: None,
            questions,
            outbox: Vec::new(),
            sent: Sent::default(),
            attaching: ATTACH_NUMBER,
            extra: Vec::new(),
            notification: None,
            acks: Vec::new(),
            leaving: None,
            suspend: false,
            pan: Panning::default(),
            held: Vec::new(),
            asked: HashMap::new(),
            outputs: HashMap::new(),
            pipes: Vec::new(),
            options: Options::default(),
            searches: true,
            number: FIRST_NUMBER,
            seq: 0,
        }
    }

    pub(super) fn division(&self) -> Division {
        let settings = self.mirror.view().map(|view| &view.settings);
        Division::new(self.canvas.size(), settings, self.mirror.status_lines()).panned(self.pan.at())
    }

    pub(super) fn active(&self) -> Option<PaneId> {
        self.mirror.active().map(|pane| pane.id)
    }

    // ---- from the user -----------------------------------------------------------------------------------------

    pub(super) fn gesture(&mut self, gesture: Gesture, now: Now) {
        match gesture {
            Gesture::Key(key) => self.key(key, Input::Key, now),
            Gesture::Repeat(key) => self.key(key, Input::Repeat, now),
            Gesture::Release(key) => self.release_key(key),
            Gesture::Paste(text) => self.paste(text, now),
            Gesture::Mouse(event) => self.mouse_event(event, now),
            Gesture::Focus(gained) => {
                // Elsewhere its background may have been changed.
                if gained {
                    self.ask_for_scheme();
                }
                if self.options.focus_events {
                    self.send_input(None, Input::Focus(gained));
                }
            }
            Gesture::Answer(answer) => self.answer(&answer),
        }
        self.look_at_live();
    }

    /// A key that was pressed or, where the program has to know it, comes again.
    fn key(&mut self, key: Key, what: fn(Key) -> Input, now: Now) {
        if self.notice.take().is_some() {
            self.drawing.stale();
        }
        if self.layer_key(key, now) {
            return;
        }
        if self.mirror.view().is_none() {
            return self.pass(key, what);
        }
        self.end_stale_mode();
        let (waiting, prefix) = (self.keys.is_waiting(now.instant), self.keys.is_prefix(key));
        if waiting || prefix {
            self.drawing.stale();
        }
        if prefix {
            self.count_prefix();
        }
        if self.keys.leaves(key) {
            return self.keys.cancel();
        }
        let in_mode = self.keys.mode().is_some();
        if !prefix && !waiting && !in_mode && (self.copy_key(key, now) || self.closes_popup(key, now)) {
            return self.drawing.stale();
        }
        match self.keys.key(key, now.instant) {
            Decision::Pass if in_mode && self.copy_key(key, now) => self.drawing.stale(),
            // A plain key changes nothing of what is drawn; that is left to the program's answer.
            Decision::Pass => self.pass(key, what),
            Decision::Taken => self.drawing.stale(),
            Decision::Run(line) => {
                self.drawing.stale();
                self.run_line(&line, now);
            }
        }
    }

    pub(super) fn resize(&mut self, size: Size) {
        self.canvas.resize(size);
        self.drawing.forget();
        self.outbox.push(ToServer::Resize(size));
    }

    /// Somebody else had the terminal in between, and left it in modes of his own.
    pub(super) fn retaken(&mut self, size: Size) {
        self.outer = OuterModes::default();
        if let Some(inline) = &mut self.inline {
            inline.retaken();
        }
        self.resize(size);
    }

    // ---- from the server -----------------------------------------------------------------------------------------

    pub(super) fn message(&mut self, message: ToClient, now: Now) {
        match message {
            ToClient::Rows(rows) => self.rows(rows),
            ToClient::View(view) => self.view(*view, Vec::new(), now),
            ToClient::Floating { view, floats } => self.view(*view, floats, now),
            // The view that goes with it comes next.
            ToClient::Status(status) => self.mirror.set_status(*status),
            ToClient::Lines { pane, from, lines, .. } => self.lines(pane, from, lines, now),
            ToClient::Output { number, bytes, .. } => self.output(number, &bytes),
            ToClient::Done { number, status, error } => self.done(number, status, error, now),
            ToClient::Attached { session, .. } => self.attached(session),
            ToClient::Bell { .. } => self.extra.push(BEL),
            ToClient::Clipboard { text } => self.clipboard(&text),
            ToClient::Message { text, error } => self.say(text, error, now),
            ToClient::Notice { text, error } => {
                self.extra.extend(notification(&text, |name| std::env::var(name).ok()));
                self.say(text, error, now);
            }
            // Of several at once the last counts.
            ToClient::Notify { text } => self.notification = Some(text),
            ToClient::Perform { argv } => self.run_words(&argv, now),
            // The first word counts: what follows it comes of the end.
            ToClient::Settled { seq } => self.sent.settled(seq),
            ToClient::Keyboard { pane, reports } => self.mirror.set_reports(pane, reports),
            ToClient::Smaller { why } => {
                self.smaller = why;
                self.drawing.stale();
            }
            ToClient::HangUp => self.hangs_up = true,
            ToClient::Keys(keys) => self.told_keys(*keys),
            ToClient::Looks(looks) => self.looks(*looks, now),
            ToClient::Found { pane, number, hits, done, problem } => {
                self.found(pane, (number, &hits, done), problem, now);
            }
            ToClient::Prompts { pane, lines } => self.prompts(pane, lines, now),
            ToClient::Bracketed { pane, bracketed } => self.mirror.set_bracketed(pane, bracketed),
            ToClient::Position { .. } => {} // what is attached shows no stream
            ToClient::Options { .. } => {}  // retired
            ToClient::Redraw { pan } => self.redraw(pan),
            ToClient::Menu(menu) => self.menu(*menu),
            ToClient::Suspend => self.suspend = true,
            ToClient::Leave { status, text } => {
                let hang_up = self.hangs_up;
                self.leaving.get_or_insert(Leave { status, text, hang_up });
            }
        }
        self.look_at_live();
    }

    fn attached(&mut self, session: SessionId) {
        self.session = Some(session);
        self.away = None;
        let again = self.sent.take();
        self.outbox.splice(0..0, std::iter::once(ToServer::Resize(self.canvas.size())).chain(again));
        self.told_terminal = None;
        self.tell_terminal();
        self.drawing.stale();
    }

    fn rows(&mut self, rows: Rows) {
        let (id, generation) = (rows.pane, rows.generation);
        self.acks.push((id, generation));
        let Some((touched, left)) = self.mirror.apply(rows) else { return };
        if self.smaller.is_some() && touched == Touched::All {
            // What it leaves of its room may be another part now.
            self.drawing.stale();
        }
        if let (Some(copy), Some(pane)) = (self.copies.get_mut(&id), self.mirror.pane(id)) {
            copy.moved_on(left, pane);
            self.drawing.stale();
            self.fetch_for_copy(id);
            return self.mark_pane(id, &Touched::All);
        }
        self.mark_pane(id, &touched);
    }

    /// The rows of the terminal on which these rows of a pane are.
    pub(super) fn mark_pane(&mut self, id: PaneId, touched: &Touched) {
        if let Some((_, place)) = self.live(&self.room()).filter(|(live, _)| *live == id) {
            self.canvas.mark(place.top()..place.bottom());
        }
        let Some(pane) = self.mirror.view().and_then(|view| view.panes.iter().find(|pane| pane.id == id)) else {
            return;
        };
        let division = self.division();
        let (place, hidden) = (division.place(pane.rect), division.hidden(pane.rect).row.0);
        match touched {
            Touched::All => self.canvas.mark(place.top()..place.bottom()),
            Touched::Rows(rows) => {
                let seen = rows.iter().filter_map(|row| Some(place.top() + row.checked_sub(hidden)?));
                self.canvas.mark(seen.filter(|row| *row < place.bottom()));
            }
        }
    }

    fn view(&mut self, view: View, floats: Vec<FloatView>, now: Now) {
        let rects = |view: &View| view.panes.iter().map(|pane| (pane.id, pane.rect)).collect::<Vec<_>>();
        let before = self.mirror.view().map(|old| (rects(old), self.drawing.division));
        let lines = self.mirror.status_lines();
        let division = Division::new(self.canvas.size(), Some(&view.settings), lines);
        if before != Some((rects(&view), division)) {
            self.canvas.mark_all();
        }
        self.drawing.division = division;
        let names = |view: &View| view.windows.iter().map(|tab| (tab.id, tab.name.clone())).collect::<Vec<_>>();
        let renamed = self.mirror.view().is_none_or(|old| names(old) != names(&view));
        self.session = Some(view.session);
        self.mirror.set_view(view, floats);
        self.follow_rules();
        self.forget_old_copies();
        self.drawing.new_view();
        if renamed {
            self.layers_outdated(now);
        }
    }

    /// Copy modes of panes out of sight are kept, but not without bound.
    fn forget_old_copies(&mut self) {
        if self.copies.len() > KEPT_COPY_MODES {
            let mirror = &self.mirror;
            self.copies.retain(|id, _| mirror.pane(*id).is_some());
        }
    }

    fn lines(&mut self, id: PaneId, from: u64, lines: Vec<crate::base::Line>, now: Now) {
        if self.take_scrolled(id, from, &lines) {
            return;
        }
        let (Some(copy), Some(pane)) = (self.copies.get_mut(&id), self.mirror.pane(id)) else { return };
        let outcome = copy.answer(from, lines, pane);
        self.copy_outcome(id, outcome, now);
    }

    fn output(&mut self, number: u32, bytes: &[u8]) {
        let output = self.outputs.entry(number).or_default();
        let most = if self.asked.contains_key(&number) { MAX_LIST } else { MAX_SHOWN_OUTPUT };
        let room = most.saturating_sub(output.len());
        output.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn done(&mut self, number: u32, status: u8, error: Option<String>, now: Now) {
        self.sent.answered(number);
        if number == self.attaching {
            // Coming back to the session has failed.
            let text = format!("[lost server] {}", error.unwrap_or_else(|| "the session has ended".into()));
            self.leaving = Some(Leave::new(status.max(1), text));
            return;
        }
        let output = self.outputs.remove(&number).unwrap_or_default();
        let mut text = if error.is_none() { String::from_utf8_lossy(&output).into_owned() } else { String::new() };
        if let Some(asked) = self.asked.remove(&number) {
            return self.told(asked, &text, error, now);
        }
        self.layers_outdated(now);
        if let Some(error) = error {
            return self.say(error, true, now);
        }
        if output.len() >= MAX_SHOWN_OUTPUT {
            text.push_str("\n… the rest is not shown\n");
        }
        if TextView::is_needed(&text, self.canvas.size()) {
            self.push_layer(TextView::new("output", &text));
        } else if !text.trim().is_empty() {
            self.say(text.trim_end().to_owned(), false, now);
        }
    }

    /// To the clipboard of the outer terminal (OSC 52).
    pub(super) fn clipboard(&mut self, text: &[u8]) {
        if !self.capabilities.features().contains(Features::CLIPBOARD) {
            return;
        }
        use base64::Engine;
        self.extra.extend(b"\x1b]52;c;");
        self.extra.extend(base64::engine::general_purpose::STANDARD.encode(text).bytes());
        self.extra.push(BEL);
    }

    // ---- messages and layers ------------------------------------------------------------------------------------

    pub(super) fn say(&mut self, text: String, error: bool, now: Now) {
        let time = self.mirror.view().map_or(DEFAULT_DISPLAY_TIME, |view| view.settings.display_time);
        let until = (time > 0).then(|| now.instant + Duration::from_millis(time.into()));
        self.notice = Some(Notice { text, error, until });
        self.drawing.stale();
    }

    // ---- time ---------------------------------------------------------------------------------------------------

    /// When [`App::tick`] is due, if nothing happens before.
    pub(super) fn deadline(&self, now: Now) -> Option<Instant> {
        let notice = self.notice.as_ref().and_then(|notice| notice.until);
        let layer = self.layers.last().and_then(|layer| layer.ends_at());
        let change = self.layers.last().and_then(|layer| layer.changes_at());
        let drawing = self.drawing.next_tick();
        let times =
            [notice, layer, change, self.keys.deadline(now.instant), drawing, self.pull_due(), self.greeting_ends()];
        times.into_iter().flatten().min()
    }

    /// Lets end what has had its time.
    pub(super) fn tick(&mut self, now: Now) {
        self.pull(now);
        self.end_greeting(now);
        if self.notice.take_if(|notice| notice.until.is_some_and(|until| until <= now.instant)).is_some() {
            self.drawing.stale();
        }
        if self.layers.last().is_some_and(|layer| layer.ends_at().is_some_and(|at| at <= now.instant)) {
            self.pop_layer();
            self.drawing.stale();
        }
        if let Some(layer) =
            self.layers.last_mut().filter(|layer| layer.changes_at().is_some_and(|at| at <= now.instant))
        {
            layer.change(now.instant, now.wall);
            self.drawing.stale();
        }
        if self.keys.choices(now.instant).is_some() || self.drawing.next_tick().is_some_and(|at| at <= now.instant) {
            self.drawing.stale();
        }
    }

    // ---- the connection -----------------------------------------------------------------------------------------

    /// The server has gone; what was known of its panes stays on the screen until it is back.
    pub(super) fn lost(&mut self, why: &str) {
        self.away = Some(why.to_owned());
        self.acks.clear();
        self.held.clear();
        self.mirror.forget_reports();
        self.outputs.clear();
        self.copies.values_mut().for_each(CopyMode::reconnected);
        if let Some(inline) = &mut self.inline {
            inline.reconnected();
        }
        self.drawing.stale();
    }

    /// A number for the command that attaches again: this is no repetition of the first.
    pub(super) fn attach_anew(&mut self) -> u32 {
        self.number = self.number.wrapping_add(1);
        self.attaching = self.number;
        self.attaching
    }

    /// Of what waits for a server that is away, forgets what will be of no use to the next one.
    pub(super) fn thin_outbox(&mut self) {
        self.outbox.retain(|message| match message {
            ToServer::Input { input, .. } => !matches!(input, Input::Mouse(_) | Input::Focus(_) | Input::Release(_)),
            message => matches!(message, ToServer::Run(_)),
        });
    }

    /// About the memory that is taken by what the user typed and no server has acknowledged.
    pub(super) fn unsettled(&self) -> usize {
        self.sent.bytes() + self.outbox.iter().map(weight).sum::<usize>()
    }
}

const BEL: u8 = 7;

/// The number of the command that attaches first.
pub(super) const ATTACH_NUMBER: u32 = 1;

/// Numbers below are the attach loop's own.
const FIRST_NUMBER: u32 = 16;

/// Milliseconds that a message stays while no view has said otherwise.
const DEFAULT_DISPLAY_TIME: u32 = 2000;

/// Copy modes of invisible panes are dropped beyond this.
const KEPT_COPY_MODES: usize = 16;
