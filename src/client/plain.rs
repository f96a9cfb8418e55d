//! Plain attach: the active pane as lines, each once it is finished, and nothing ever drawn anew. For screen readers, for
//! terminals that can do nothing, for files.
//!
//! Lines are typed in the terminal's own line mode and sent whole; its echo is off, because the program's is shown. What
//! begins with `~` is for this client, as in ssh(1).

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::time::Instant;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use crate::base::limits::{MAX_FETCH, PASTE_CHUNK, PLAIN_PAUSE, PLAIN_QUEUE};
use crate::base::{Error, ExitStatus, Input, Key, KeyCode, Line, Mods, PaneId, Result, SessionId};
use crate::command::{self, Looks};
use crate::proto::message::{Rows, Run, ToClient, ToServer};

use super::Setup;
use super::app::Leave;
use super::attach::{Reconnecting, again, comes, identify, linked, until};
use super::draw::dead_text;
use super::link::{Link, Lost};
use super::mirror::Mirror;
use super::reconnect::reconnect;
use super::sent::Sent;

/// Something came from standard input.
enum Typed {
    /// A line, or a piece of one that is very long; whether its end came too.
    Line(Vec<u8>, bool),
    /// Its end; a terminal has more after that.
    End,
}

/// What the loop has waited for.
enum Wake {
    Typed(Option<Typed>),
    Key(char),
    Killed(u8),
    LinkIn,
    LinkOut,
    Back(Result<Link, String>),
    Quiet,
}

/// Attached until the session or the user ends it.
pub(super) async fn run(link: Link, attached: ToClient, setup: Setup, looks: Looks) -> Result<Leave> {
    let terminal = io::stdin().is_terminal();
    let quiet = terminal.then(NoEcho::set).transpose();
    let _quiet = quiet.map_err(|e| Error::refused(format!("the terminal's echo cannot be switched off: {e}")))?;
    let mut keys = Keys::new(terminal).map_err(|e| Error::internal(format!("signals cannot be watched: {e}")))?;
    let mut typed = Some(listen(terminal));
    let mut plain = Plain::new(setup, looks);
    plain.link = Some(link);
    plain.message(attached);
    plain.receive();
    loop {
        plain.send();
        if let Some(leave) = plain.leaving.take() {
            plain.finish();
            return Ok(leave);
        }
        match plain.wait(&mut keys, &mut typed).await {
            Wake::Typed(Some(Typed::Line(line, ended))) => plain.typed(&line, ended),
            Wake::Typed(Some(Typed::End)) => plain.key(Key::ctrl('d')),
            Wake::Typed(None) => typed = None,
            Wake::Key(c) => plain.key(Key::ctrl(c)),
            Wake::Killed(signal) => plain.leaving = Some(Leave::new(128 + signal, String::new())),
            Wake::LinkIn => plain.receive(),
            Wake::LinkOut => {} // the turn writes
            Wake::Back(back) => plain.came_back(back),
            Wake::Quiet => plain.show_unfinished(),
        }
    }
}

/// Lines from standard input, which may be a file that cannot be waited for: a thread reads it.
fn listen(terminal: bool) -> mpsc::Receiver<Typed> {
    let (send, typed) = mpsc::channel(PLAIN_QUEUE);
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            let mut bytes = Vec::new();
            let read = input.by_ref().take(PASTE_CHUNK as u64).read_until(b'\n', &mut bytes);
            let message = match read {
                Ok(0) if terminal => Typed::End,
                Ok(0) | Err(_) => return,
                Ok(_) => {
                    let ended = bytes.pop_if(|last| *last == b'\n').is_some();
                    bytes.pop_if(|last| ended && *last == b'\r');
                    Typed::Line(bytes, ended)
                }
            };
            if send.blocking_send(message).is_err() {
                return;
            }
        }
    });
    typed
}

/// The terminal shows what the program makes of what is typed; a password is not shown at all.
struct NoEcho(Termios);

impl NoEcho {
    fn set() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut modes = before.clone();
        modes.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Now, &modes)?;
        Ok(Self(before))
    }
}

impl Drop for NoEcho {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// The keys that a terminal in line mode makes signals of, and the signals that end us.
struct Keys {
    /// Those keys are the program's; without a terminal these signals end us too.
    terminal: bool,
    interrupt: Signal,
    quit: Signal,
    stop: Signal,
    hangup: Signal,
    terminate: Signal,
}

impl Keys {
    fn new(terminal: bool) -> io::Result<Self> {
        Ok(Self {
            terminal,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            stop: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Wake {
        let (key, number) = tokio::select! {
            _ = self.interrupt.recv() => ('c', 2),
            _ = self.quit.recv() => ('\\', 3),
            _ = self.stop.recv() => ('z', 20),
            _ = self.hangup.recv() => return Wake::Killed(1),
            _ = self.terminate.recv() => return Wake::Killed(15),
        };
        if self.terminal { Wake::Key(key) } else { Wake::Killed(number) }
    }
}

struct Plain {
    link: Option<Link>,
    back: Option<Reconnecting>,
    setup: Setup,
    looks: Looks,
    mirror: Mirror,
    session: Option<SessionId>,
    /// The server knows that it is, and not only that it wants to be.
    attached: bool,
    /// How the program ended, as far as that was said.
    dead: Option<ExitStatus>,
    /// The pane whose lines are printed.
    pane: Option<PaneId>,
    /// The first line that is not finished, or not printed.
    next: u64,
    /// What of that line stands there already.
    begun: String,
    /// Lines from there on have been asked for.
    asked: bool,
    /// The program uses the whole screen, and that was said.
    away: bool,
    /// When what is unfinished is shown.
    quiet: Option<Instant>,
    outbox: Vec<ToServer>,
    sent: Sent,
    attaching: u32,
    number: u32,
    seq: u64,
    leaving: Option<Leave>,
    hangs_up: bool,
}

impl Plain {
    fn new(setup: Setup, looks: Looks) -> Self {
        Self {
            link: None,
            back: None,
            setup,
            looks,
            mirror: Mirror::default(),
            session: None,
            attached: false,
            dead: None,
            pane: None,
            next: 0,
            begun: String::new(),
            asked: false,
            away: false,
            quiet: None,
            outbox: Vec::new(),
            sent: Sent::default(),
            attaching: super::app::ATTACH_NUMBER,
            number: super::app::ATTACH_NUMBER,
            seq: 0,
            leaving: None,
            hangs_up: false,
        }
    }

    async fn wait(&mut self, keys: &mut Keys, typed: &mut Option<mpsc::Receiver<Typed>>) -> Wake {
        let Self { link, back, quiet, attached, .. } = self;
        let link_waits = link.as_ref().is_some_and(Link::has_backlog);
        // While the server takes nothing, or is away, what is typed waits.
        let hears = *attached && !link_waits;
        let next_typed = async {
            match typed {
                Some(typed) => typed.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            wake = keys.next() => wake,
            _ = linked(link, Link::readable) => Wake::LinkIn,
            _ = linked(link, Link::writable), if link_waits => Wake::LinkOut,
            typed = next_typed, if hears => Wake::Typed(typed),
            link = comes(back) => Wake::Back(link),
            () = until(*quiet) => Wake::Quiet,
        }
    }

    // ---- to the server ---------------------------------------------------------------------------------------

    fn send(&mut self) {
        let Some(link) = &mut self.link else { return };
        let ready = if self.attached { self.outbox.len() } else { 0 };
        for message in self.outbox.drain(..ready) {
            if link.queue(&message).is_ok() {
                self.sent.keep(message, self.pane);
            }
        }
        link.flush();
    }

    fn input(&mut self, input: Input) {
        self.seq += 1;
        self.outbox.push(ToServer::Input { seq: self.seq, pane: None, input });
    }

    fn key(&mut self, key: Key) {
        self.input(Input::Key(key));
    }

    fn typed(&mut self, line: &[u8], ended: bool) {
        let line = match line.strip_prefix(b"~") {
            Some(b".") => return self.run("detach-client"),
            Some([b':', command @ ..]) => return self.run(&String::from_utf8_lossy(command)),
            Some(b"?") => return self.say("~. detaches, ~:COMMAND runs a command of mux, ~~ begins a line with ~"),
            Some(rest) if rest.starts_with(b"~") => rest,
            _ => line,
        };
        if !line.is_empty() {
            self.input(Input::Bytes(line.to_vec()));
        }
        if ended {
            self.key(Key::new(KeyCode::Enter, Mods::empty()));
        }
    }

    fn run(&mut self, line: &str) {
        let words = match command::words(line) {
            Ok(words) => words,
            Err(error) => return self.say(&error.to_string()),
        };
        for argv in command::split(&words) {
            self.number += 1;
            self.outbox.push(ToServer::Run(Run { number: self.number, argv, context: None }));
        }
    }

    // ---- from the server -------------------------------------------------------------------------------------

    fn receive(&mut self) {
        let Some(link) = &mut self.link else { return };
        let filled = link.fill();
        loop {
            let Some(link) = &mut self.link else { return };
            match link.next() {
                Ok(Some(message)) => self.message(message),
                Ok(None) => break,
                Err(lost) => return self.lost(lost),
            }
        }
        if let (Err(lost), None) = (filled, &self.leaving) {
            self.lost(lost);
        }
    }

    fn message(&mut self, message: ToClient) {
        match message {
            ToClient::Attached { session, .. } => {
                self.session = Some(session);
                self.attached = true;
                self.outbox.splice(0..0, self.sent.take());
            }
            ToClient::View(view) | ToClient::Floating { view, .. } => {
                self.session = Some(view.session);
                self.mirror.set_view(*view, Vec::new());
                self.turn_to_active();
                self.tell_end();
            }
            ToClient::Rows(rows) => self.rows(rows),
            ToClient::Lines { pane, from, lines, .. } if Some(pane) == self.pane => self.lines(from, &lines),
            ToClient::Output { bytes, .. } => String::from_utf8_lossy(&bytes).lines().for_each(|line| self.say(line)),
            ToClient::Done { number, status, error } => self.done(number, status, error),
            ToClient::Message { text, .. } | ToClient::Notice { text, .. } => self.say(&text),
            // Its files were saved: there are no keys here.
            ToClient::Perform { argv } if argv == ["keys", "--reload"] => {}
            ToClient::Perform { argv } => self.say(&format!("{}: not in plain lines", argv.join(" "))),
            ToClient::Bell { .. } => self.print("\x07"),
            ToClient::Settled { seq } => self.sent.settled(seq),
            ToClient::Menu(menu) => self.say(&format!("{}: menus are not in plain lines", menu.title.trim())),
            ToClient::Suspend => self.say("suspend-client: not in plain lines"),
            ToClient::HangUp => self.hangs_up = true,
            ToClient::Leave { status, text } => {
                let hang_up = self.hangs_up;
                self.leaving.get_or_insert(Leave { status, text, hang_up });
            }
            // Nothing of these is a line of the program.
            ToClient::Lines { .. }
            | ToClient::Clipboard { .. }
            | ToClient::Position { .. }
            | ToClient::Keyboard { .. }
            | ToClient::Smaller { .. }
            | ToClient::Redraw { .. }
            | ToClient::Found { .. }
            | ToClient::Prompts { .. }
            | ToClient::Options { .. }
            | ToClient::Bracketed { .. }
            | ToClient::Status(_)
            | ToClient::Notify { .. }
            | ToClient::Keys(_)
            | ToClient::Looks(_) => {}
        }
    }

    fn done(&mut self, number: u32, status: u8, error: Option<String>) {
        self.sent.answered(number);
        if number == self.attaching {
            let text = format!("[lost server] {}", error.unwrap_or_else(|| "the session has ended".into()));
            self.leaving = Some(Leave::new(status.max(1), text));
        } else if let Some(error) = error {
            self.say(&error);
        }
    }

    fn lost(&mut self, lost: Lost) {
        if let Lost::Hopeless(error) = lost {
            self.leaving = Some(Leave::new(error.exit_code(), format!("[lost server] {error}")));
            return;
        }
        self.link = None;
        (self.attached, self.asked) = (false, false);
        self.outbox.retain(|message| matches!(message, ToServer::Input { .. } | ToServer::Run(_)));
        self.say("the server has gone: reconnecting");
        let socket = self.setup.socket.clone();
        self.back = Some(Box::pin(async move { reconnect(&socket).await }));
    }

    fn came_back(&mut self, back: Result<Link, String>) {
        self.back = None;
        let mut link = match back {
            Ok(link) => link,
            Err(text) => return self.leaving = Some(Leave::new(1, text)),
        };
        let Some(session) = self.session else {
            return self.leaving = Some(Leave::new(1, "[lost server]".into()));
        };
        let argv = again(&link, session, self.pane, &self.looks);
        self.number += 1;
        self.attaching = self.number;
        let context = Some(Box::new(self.setup.context.clone()));
        identify(&mut link, self.setup.identity);
        match link.queue(&ToServer::Run(Run { number: self.number, argv, context })) {
            Ok(()) => self.link = Some(link),
            Err(error) => self.leaving = Some(Leave::new(1, format!("[lost server] {error}"))),
        }
    }

    // ---- lines -----------------------------------------------------------------------------------------------

    /// The pane that keys go to may be another one now: that is said, and its lines follow.
    fn turn_to_active(&mut self) {
        let active = self.mirror.active().map(|pane| (pane.id, pane.index));
        let Some((id, index)) = active.filter(|(id, _)| Some(*id) != self.pane) else { return };
        let first = self.pane.replace(id).is_none();
        self.away = false;
        self.asked = false;
        self.next = self.mirror.pane(id).map_or(0, |pane| pane.screen_line);
        let window = self.mirror.view().and_then(|view| view.windows.iter().find(|tab| tab.current));
        if let (false, Some(tab)) = (first, window) {
            let text = format!("window {}:{}, pane {index}", tab.index, tab.name);
            self.say(&text);
        }
    }

    /// A pane that stays when its program has ended says how.
    fn tell_end(&mut self) {
        let dead = self.mirror.active().and_then(|pane| pane.dead);
        if std::mem::replace(&mut self.dead, dead) != dead
            && let Some(status) = dead
        {
            self.say(&dead_text(status));
        }
    }

    fn rows(&mut self, rows: Rows) {
        let (id, generation) = (rows.pane, rows.generation);
        let new = self.mirror.pane(id).is_none();
        self.mirror.apply(rows);
        self.outbox.push(ToServer::Ack { pane: id, generation });
        if Some(id) != self.pane {
            return;
        }
        if new {
            self.next = self.next.max(self.mirror.pane(id).map_or(0, |pane| pane.screen_line));
        }
        self.advance();
    }

    /// Prints what is finished. What has left the screen is asked for first.
    fn advance(&mut self) {
        let Some(id) = self.pane else { return };
        let Some(pane) = self.mirror.pane(id) else { return };
        if pane.modes.alternate_screen {
            if !std::mem::replace(&mut self.away, true) {
                self.say("the program uses the whole screen, which is not shown in plain lines");
            }
            return;
        }
        self.away = false;
        let current = pane.screen_line + pane.cursor.map_or(0, |cursor| u64::from(cursor.at.row.0));
        // What stands above was cleared, or goes on being written.
        self.next = self.next.min(current);
        while self.next < current {
            let Some(pane) = self.mirror.pane(id) else { return };
            let Some(line) = pane.line(self.next).cloned() else { break };
            self.finish_line(&line);
        }
        if self.next < current && !self.asked {
            self.asked = true;
            let count = u16::try_from(current - self.next).map_or(MAX_FETCH, |count| count.min(MAX_FETCH));
            self.outbox.push(ToServer::Fetch { pane: id, from: self.next, count });
        }
        self.quiet = Some(Instant::now() + PLAIN_PAUSE);
    }

    fn lines(&mut self, from: u64, lines: &[Line]) {
        self.asked = false;
        let Some(screen) = self.pane.and_then(|id| self.mirror.pane(id)).map(|pane| pane.screen_line) else { return };
        if from > self.next {
            self.say(&format!("{} lines went by too fast", from - self.next));
            self.next = from;
        }
        // What is on the screen comes from there, as it is by then.
        let gone = screen.saturating_sub(self.next).min(lines.len() as u64) as usize;
        if gone == 0 {
            self.next = self.next.max(screen);
        }
        lines[..gone].iter().for_each(|line| self.finish_line(line));
        self.advance();
    }

    /// Prints the next line, or what of it does not stand there yet.
    fn finish_line(&mut self, line: &Line) {
        let begun = std::mem::take(&mut self.begun);
        let text = line.text();
        let rest = match text.strip_prefix(begun.trim_end()) {
            // Blanks at the end stand there already.
            Some(rest) => rest.strip_prefix(&begun[begun.trim_end().len()..]).unwrap_or(rest).to_owned(),
            None => format!("\n{text}"),
        };
        self.print(&clean(&rest));
        if !line.wrapped {
            self.print("\n");
        }
        self.next += 1;
    }

    /// The program waits in the middle of a line, which is most likely a prompt.
    fn show_unfinished(&mut self) {
        self.quiet = None;
        let Some(pane) = self.pane.and_then(|id| self.mirror.pane(id)) else { return };
        let Some(cursor) = pane.cursor.filter(|_| !pane.modes.alternate_screen) else { return };
        let line = pane.line(self.next).filter(|_| self.next == pane.screen_line + u64::from(cursor.at.row.0));
        let Some(text) = line.map(|line| up_to(line, usize::from(cursor.at.col.0))) else { return };
        if let Some(rest) = text.strip_prefix(self.begun.as_str()).filter(|rest| !rest.is_empty()) {
            self.print(&clean(rest));
            self.begun = text;
        }
    }

    /// A line of mux's own.
    fn say(&mut self, text: &str) {
        self.finish();
        self.print(&format!("[{}]\n", clean(text)));
    }

    /// What was begun is broken off.
    fn finish(&mut self) {
        if !std::mem::take(&mut self.begun).is_empty() {
            self.print("\n");
        }
    }

    /// Nobody is left to read when this fails.
    fn print(&mut self, text: &str) {
        let mut out = io::stdout().lock();
        if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
            self.leaving.get_or_insert(Leave::new(super::attach::HUNG_UP, String::new()));
        }
    }
}

/// Without anything that acts instead of showing, but line ends.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').collect()
}

/// The line's text up to a column.
fn up_to(line: &Line, cols: usize) -> String {
    let mut text = String::new();
    let mut room = cols;
    for span in &line.spans {
        let count = span.text.chars().count().max(1);
        let width = (span.cells() / count).max(1);
        let fits = if span.cells() <= room { count } else { room / width };
        text.extend(span.text.chars().take(fits));
        room = room.saturating_sub(span.cells());
        if room == 0 {
            return text;
        }
    }
    // Blanks behind the last span were printed too.
    text.extend(std::iter::repeat_n(' ', room));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Span, SpanKind, Style};

    #[test]
    fn a_prompt_is_taken_up_to_the_cursor() {
        let span = |kind, text: &str| Span { style: Style::DEFAULT, kind, link: None, text: text.into() };
        let spans = vec![span(SpanKind::Narrow, "ab"), span(SpanKind::Wide, "漢字")];
        let line = Line { spans, ..Line::default() };
        for (cols, text) in [(1, "a"), (2, "ab"), (4, "ab漢"), (6, "ab漢字"), (8, "ab漢字  ")] {
            assert_eq!(up_to(&line, cols), text);
        }
        assert_eq!(clean("a\x1b[31mb\x07"), "a[31mb");
    }
}
