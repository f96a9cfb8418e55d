//! `mux top`: a live view of the jobs on the user's terminal.
//!
//! A client of its own kind: it asks the server by the commands that a shell would use (`ps -v --json`,
//! `status --json NAME`), once in a while and after each action, and draws what comes. So the server looks at what
//! jobs use only while this asks, and nothing of it is left when this leaves. [`board`] is what is shown and what keys
//! make of it, [`draw`] the picture; both are pure. This file waits, on one thread.

mod board;
#[cfg(test)]
mod board_tests;
mod data;
mod draw;

use std::collections::HashMap;
use std::os::unix::net::UnixStream as StdStream;
use std::time::Instant;

use crate::base::limits::{TOP_ANSWER, TOP_INTERVAL_LEAST};
use crate::base::{Error, Period, Rect, Result, Timestamp};
use crate::proto::message::{Context, Run, ToClient, ToServer};

use super::ascii::reads_utf8;
use super::attach::{self, Reconnecting, Signals, Wake, comes, linked, until};
use super::capabilities::Capabilities;
use super::compose::{Canvas, Scene};
use super::input::Gesture;
use super::link::{Link, Lost};
use super::mirror::plain_cursor;
use super::modes::{MouseMode, OuterModes};
use super::plate::Plate;
use super::reconnect::reconnect;
use super::tty::Tty;
use super::{End, Setup};
use board::{Ask, Board};

/// What the user has asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopOrder {
    pub interval: Period,
    /// The jobs; all where none is named.
    pub jobs: Vec<String>,
}

/// Shows the jobs until the user leaves. `setup` makes what it takes to attach to one.
pub fn top(stream: StdStream, order: TopOrder, context: Context, setup: impl Fn() -> Setup) -> Result<End> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::internal(format!("top cannot start: {e}")))?;
    runtime.block_on(run(stream, order, context, setup))
}

/// What a command was sent for.
enum Asked {
    Rows,
    Detail,
    Act,
}

/// A command under way, and what it has printed.
struct Request {
    asked: Asked,
    out: Vec<u8>,
}

struct Top<F> {
    order: TopOrder,
    context: Context,
    setup: F,
    board: Board,
    canvas: Canvas,
    modes: OuterModes,
    /// What is on the terminal.
    shown: Option<Plate>,
    /// None while another client has it.
    tty: Option<Tty>,
    /// None while the server is away.
    link: Option<Link>,
    back: Option<Reconnecting>,
    requests: HashMap<u32, Request>,
    next: u32,
    /// When it looks again.
    look_at: Instant,
    /// How it ends.
    leaving: Option<(u8, String)>,
}

async fn run(stream: StdStream, order: TopOrder, context: Context, setup: impl Fn() -> Setup) -> Result<End> {
    let mut signals = Signals::new().map_err(|e| Error::internal(format!("signals cannot be watched: {e}")))?;
    let link = match Link::greet(stream).await {
        Ok(link) => link,
        Err(Lost::Closed) => return Err(Error::refused("the server closed the connection").hint("try again")),
        Err(Lost::Hopeless(error)) => return Err(error),
    };
    let tty = take_terminal()?;
    let capabilities = Capabilities::of(|name| std::env::var(name).ok());
    let size = tty.size();
    let mut canvas = Canvas::new(size, capabilities.abilities());
    canvas.plain_terminal(!setup().utf8 && !reads_utf8(|name| std::env::var(name).ok()));
    let mut top = Top {
        order,
        context,
        setup,
        board: Board::new(size),
        canvas,
        modes: OuterModes::default(),
        shown: None,
        tty: Some(tty),
        link: Some(link),
        back: None,
        requests: HashMap::new(),
        next: 0,
        look_at: Instant::now(),
        leaving: None,
    };
    loop {
        top.look_if_due();
        top.turn();
        if let Some((status, text)) = top.leaving.take() {
            drop(top);
            attach::print_line(&text);
            return Ok(End { status });
        }
        let wake = top.wait(&mut signals).await;
        top.handle(wake).await;
        // While there is always something to do, tokio would look neither at signals nor at other descriptors.
        tokio::task::yield_now().await;
    }
}

fn take_terminal() -> Result<Tty> {
    Tty::take(false).map_err(|error| {
        Error::refused(format!("the terminal cannot be used: {error}")).hint("`mux ps -v` prints the same once")
    })
}

impl<F: Fn() -> Setup> Top<F> {
    async fn wait(&mut self, signals: &mut Signals) -> Wake {
        let Self { tty, link, back, look_at, .. } = self;
        let Some(tty) = tty else { return Wake::Timer };
        let (tty_waits, link_waits) = (tty.has_backlog(), link.as_ref().is_some_and(Link::has_backlog));
        let deadline = [link.as_ref().map(|_| *look_at), tty.deadline()].into_iter().flatten().min();
        tokio::select! {
            biased;
            wake = signals.next() => wake,
            _ = tty.readable() => Wake::TtyIn,
            _ = linked(link, Link::readable) => Wake::LinkIn,
            _ = tty.writable(), if tty_waits => Wake::TtyOut,
            _ = linked(link, Link::writable), if link_waits => Wake::LinkOut,
            link = comes(back), if !tty_waits => Wake::Back(link),
            () = until(deadline) => Wake::Timer,
        }
    }

    async fn handle(&mut self, wake: Wake) {
        match wake {
            Wake::Killed(signal) => self.leaving = Some((128 + signal, String::new())),
            Wake::Winch => self.resize(),
            Wake::Continued => match self.tty.as_mut().map(Tty::retake) {
                Some(Err(_)) => self.leaving = Some((attach::HUNG_UP, String::new())),
                _ => self.resize(),
            },
            Wake::TtyIn => self.hear(|tty, each| tty.read(each)).await,
            Wake::LinkIn => self.receive(),
            Wake::Back(back) => self.came_back(back),
            Wake::Timer => {
                let give_up = |tty: &mut Tty, each: &mut dyn FnMut(Gesture)| {
                    tty.give_up(Instant::now(), each);
                    Ok(())
                };
                self.hear(give_up).await;
            }
            Wake::TtyOut | Wake::LinkOut => {} // the turn writes
        }
    }

    fn resize(&mut self) {
        let Some(tty) = &self.tty else { return };
        let size = tty.size();
        self.board.resize(size);
        self.canvas.resize(size);
        self.modes = OuterModes::default();
        self.shown = None;
    }

    // ---- the user --------------------------------------------------------------------------------------------

    /// Takes what the terminal has, by `read`.
    async fn hear(&mut self, read: impl FnOnce(&mut Tty, &mut dyn FnMut(Gesture)) -> std::io::Result<()>) {
        let mut asks = Vec::new();
        let Some(tty) = &mut self.tty else { return };
        let board = &mut self.board;
        let heard = read(tty, &mut |gesture| {
            if matches!(gesture, Gesture::Key(_)) {
                board.message = None;
            }
            match gesture {
                Gesture::Key(key) | Gesture::Repeat(key) => asks.extend(board.key(key)),
                Gesture::Mouse(mouse) => asks.extend(board.mouse(mouse)),
                Gesture::Paste(text) => board.paste(&text),
                Gesture::Release(_) | Gesture::Focus(_) | Gesture::Answer(_) => {}
            }
        });
        if heard.is_err() {
            self.leaving = Some((attach::HUNG_UP, String::new()));
        }
        for ask in asks {
            match ask {
                Ask::Act(words) => self.send(Asked::Act, words),
                Ask::Attach(pane) => self.attach(&pane).await,
                Ask::Look => self.ask_detail(),
                Ask::Leave => self.leaving = Some((0, String::new())),
            }
        }
    }

    /// Hands the terminal to a client that shows this pane, until its user detaches. In a pane of ours it is the
    /// client around that goes there.
    async fn attach(&mut self, pane: &str) {
        let nested = self.context.env.iter().any(|(name, _)| name == "MUX");
        if nested {
            let words = ["switch-client", "-t", pane].map(str::to_owned).to_vec();
            return self.send(Asked::Act, words);
        }
        let setup = (self.setup)();
        let Ok(stream) = StdStream::connect(&setup.socket) else { return };
        self.tty = None;
        let words = ["attach-session", "-t", pane].map(str::to_owned).to_vec();
        let end = attach::run(stream, words, setup).await;
        match Tty::take(false) {
            Ok(tty) => self.tty = Some(tty),
            Err(_) => self.leaving = Some((attach::HUNG_UP, String::new())),
        }
        if let Err(error) = end {
            self.board.message = Some((error.to_string(), true));
        }
        self.resize();
        self.look_at = Instant::now();
    }

    // ---- the server ------------------------------------------------------------------------------------------

    fn look_if_due(&mut self) {
        let now = Instant::now();
        if self.link.is_none() || now < self.look_at {
            return;
        }
        let interval = std::time::Duration::from(self.order.interval).max(TOP_INTERVAL_LEAST);
        self.look_at = now + interval;
        let asked = |request: &Request| matches!(request.asked, Asked::Rows);
        if !self.requests.values().any(asked) {
            let words = ["ps", "-v", "-a", "--json", "--"].map(str::to_owned);
            self.send(Asked::Rows, words.into_iter().chain(self.order.jobs.clone()).collect());
        }
    }

    fn ask_detail(&mut self) {
        let Some(name) = self.board.selected.clone() else { return };
        let lines = self.board.lines().to_string();
        let words = ["status", "--json", "-n", &lines, "--", &name].map(str::to_owned);
        self.send(Asked::Detail, words.to_vec());
    }

    fn send(&mut self, asked: Asked, argv: Vec<String>) {
        let Some(link) = &mut self.link else { return };
        self.next += 1;
        let context = (self.next == 1).then(|| Box::new(self.context.clone()));
        let run = ToServer::Run(Run { number: self.next, argv, context });
        if self.requests.len() < TOP_ANSWER && link.queue(&run).is_ok() {
            self.requests.insert(self.next, Request { asked, out: Vec::new() });
        }
    }

    fn receive(&mut self) {
        let Some(link) = &mut self.link else { return };
        let filled = link.fill();
        let mut messages = Vec::new();
        let ended = loop {
            match link.next() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break filled.err(),
                Err(lost) => break Some(lost),
            }
        };
        messages.into_iter().for_each(|message| self.message(message));
        if let Some(lost) = ended {
            self.lost(lost);
        }
    }

    fn message(&mut self, message: ToClient) {
        match message {
            ToClient::Output { number, stream: crate::proto::message::Stream::Out, bytes } => {
                if let Some(request) = self.requests.get_mut(&number) {
                    request.out.extend(bytes);
                }
            }
            ToClient::Done { number, error, .. } => {
                if let Some(request) = self.requests.remove(&number) {
                    self.answered(&request, error);
                }
            }
            _ => {}
        }
    }

    fn answered(&mut self, request: &Request, error: Option<String>) {
        match request.asked {
            Asked::Rows => {
                if let Some(rows) = data::rows(&request.out) {
                    self.board.take_rows(rows, Timestamp::now().seconds());
                }
                self.ask_detail();
            }
            Asked::Detail => {
                if let Some(detail) = data::detail(&request.out) {
                    self.board.take_detail(detail);
                }
                // Who has been forgotten meanwhile is not in the next list.
                return;
            }
            Asked::Act => {
                self.board.take_done(&data::done(&request.out));
                self.look_at = Instant::now();
            }
        }
        if let Some(error) = error {
            self.board.message = Some((error, true));
        }
    }

    fn lost(&mut self, lost: Lost) {
        self.requests.clear();
        self.link = None;
        match lost {
            Lost::Hopeless(error) => self.leaving = Some((error.exit_code(), format!("[lost server] {error}"))),
            Lost::Closed => {
                self.board.away = Some("the server has gone: reconnecting".into());
                let socket = (self.setup)().socket;
                self.back = Some(Box::pin(async move { reconnect(&socket).await }));
            }
        }
    }

    fn came_back(&mut self, back: Result<Link, String>) {
        self.back = None;
        match back {
            Ok(link) => {
                self.link = Some(link);
                self.board.away = None;
                self.next = 0;
                self.look_at = Instant::now();
            }
            Err(text) => self.leaving = Some((1, text)),
        }
    }

    // ---- the terminal ----------------------------------------------------------------------------------------

    /// What is done after whatever has come: send, draw what has changed, write.
    fn turn(&mut self) {
        if let Some(link) = &mut self.link {
            link.flush();
        }
        let Some(tty) = &mut self.tty else { return };
        if tty.flush().is_err() {
            self.leaving = Some((attach::HUNG_UP, String::new()));
        }
        if tty.has_backlog() || self.leaving.is_some() {
            return;
        }
        let plate = Plate::new(Rect::new(0, 0, self.board.size), draw::Picture(&self.board));
        self.modes.set_mouse(MouseMode::Buttons, tty.out());
        if self.shown.as_ref() != Some(&plate) {
            self.canvas.mark_all();
        }
        let cursor = draw::cursor(&self.board).map(plain_cursor);
        self.canvas.draw(&Scene { plates: vec![&plate], cursor, ..Scene::default() }, tty.out());
        self.shown = Some(plate);
        let _ = tty.flush();
    }
}
