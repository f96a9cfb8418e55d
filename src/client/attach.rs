//! The attach loop: waits for the terminal, the server, signals and the clock, and lets [`super::app`] decide.
//! One thread; everything is done between two waits, and the screen is drawn once after what has come together.

use std::future::Future;
use std::io::{self, Write};
use std::os::unix::net::UnixStream as StdStream;
use std::pin::Pin;
use std::time::Instant;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::base::limits::CLIENT_BACKLOG;
use crate::base::{Error, Identity, PaneId, Result, SessionId};
use crate::command::{self, Looks};
use crate::proto::message::{Context, Run, Stream, ToClient, ToServer};

use super::app::{ATTACH_NUMBER, App, Leave, Now};
use super::ascii::reads_utf8;
use super::capabilities::Capabilities;
use super::color::Depth;
use super::copying::Pipe;
use super::inline::Inline;
use super::keying::Wish;
use super::link::{Link, Lost};
use super::offer;
use super::recall;
use super::reconnect::reconnect;
use super::settings::{load_themes, named_keymap};
use super::theme::Themes;
use super::tty::Tty;
use super::{End, Setup};

/// Runs a command line at the server and, if it attaches, is the user's terminal until that ends. `None`: the server
/// went away before it had said anything.
pub(super) async fn run(stream: StdStream, argv: Vec<String>, setup: Setup) -> Result<Option<End>> {
    let mut link = match Link::greet(stream).await {
        Ok(link) => link,
        Err(Lost::Closed) => return Ok(None),
        Err(lost) => return Err(told(lost)),
    };
    identify(&mut link, setup.identity);
    let context = Some(Box::new(setup.context.clone()));
    let foreground = argv.first().and_then(|name| command::find(name).ok()).is_some_and(|spec| spec.name == "run");
    let mut looks = command::looks(&argv);
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        looks = looks.on_dumb_terminal();
    }
    let first = ToServer::Run(Run { number: ATTACH_NUMBER, argv, context });
    link.queue(&first).map_err(|e| Error::usage(format!("the command line cannot be sent: {e}")))?;
    let attached = match before(&mut link).await? {
        Before::Done(end) => return Ok(Some(end)),
        Before::Attached(message) => message,
        Before::Lost => return Ok(None),
    };
    let leave = match looks.plain {
        true => super::plain::run(link, attached, setup, looks).await?,
        false => attached_loop(link, attached, setup, (foreground, looks)).await?,
    };
    // The terminal is the user's again.
    print_line(&leave.text);
    if leave.hang_up
        && let Some(parent) = rustix::process::getppid()
    {
        // It may have ended meanwhile.
        let _ = rustix::process::kill_process(parent, rustix::process::Signal::HUP);
    }
    Ok(Some(End { status: leave.status }))
}

/// The command that attaches again to a server that is another one. Whether it may was judged the first time.
pub(super) fn again(link: &Link, session: SessionId, pane: Option<PaneId>, looks: &Looks) -> Vec<String> {
    let mut argv = ["attach-session", "--nested", "-t", &session.to_string()].map(str::to_owned).to_vec();
    if link.protocol() >= COMES_BACK {
        argv.push("--again".to_owned());
        argv.extend(pane.map(|pane| format!("--pane={pane}")));
        argv.extend(looks.words.iter().cloned());
    }
    argv
}

/// Says who this is, to a server that knows what to make of it.
pub(super) fn identify(link: &mut Link, identity: Identity) {
    if link.protocol() >= IDENTIFIES {
        // It is a handful of bytes: always short enough for a frame.
        let _ = link.queue(&ToServer::Identity(identity));
    }
}

fn told(lost: Lost) -> Error {
    match lost {
        Lost::Closed => Error::refused("the server closed the connection").hint("try again"),
        Lost::Hopeless(error) => error,
    }
}

/// How the command came out before anything was attached.
enum Before {
    Done(End),
    Attached(ToClient),
    /// The server has gone, and it is for the next one to say what it has done.
    Lost,
}

/// Prints what the command says, until it has ended or attached us.
async fn before(link: &mut Link) -> Result<Before> {
    let mut said = false;
    loop {
        link.flush();
        while let Some(message) = link.next().map_err(told)? {
            match message {
                ToClient::Output { stream, bytes, .. } => {
                    said = true;
                    print(stream, &bytes);
                }
                ToClient::Done { status, error, .. } => {
                    print(Stream::Err, &line(&error.unwrap_or_default()));
                    return Ok(Before::Done(End { status }));
                }
                ToClient::Attached { .. } => return Ok(Before::Attached(message)),
                ToClient::Message { text, .. } | ToClient::Notice { text, .. } => print(Stream::Err, &line(&text)),
                ToClient::Leave { status, text } => {
                    print(Stream::Err, &line(&text));
                    return Ok(Before::Done(End { status }));
                }
                _ => {}
            }
        }
        let went_on = if link.has_backlog() {
            link.writable().await.map_err(Lost::from)
        } else {
            link.readable().await.map_err(Lost::from).and_then(|()| link.fill())
        };
        match went_on {
            Ok(()) => {}
            Err(Lost::Closed) if !said && link.protocol() >= IDENTIFIES => return Ok(Before::Lost),
            Err(lost) => return Err(told(lost)),
        }
    }
}

/// What the user reads when the terminal is theirs again.
pub(super) fn print_line(text: &str) {
    print(Stream::Out, &line(text));
}

/// With a line end, unless there is nothing.
fn line(text: &str) -> Vec<u8> {
    if text.is_empty() { Vec::new() } else { format!("{text}\n").into_bytes() }
}

/// Nobody is left to tell when this fails.
fn print(stream: Stream, bytes: &[u8]) {
    let _ = match stream {
        Stream::Out => io::stdout().write_all(bytes).and_then(|()| io::stdout().flush()),
        Stream::Err => io::stderr().write_all(bytes),
    };
}

async fn attached_loop(
    link: Link,
    attached: ToClient,
    setup: Setup,
    (foreground, looks): (bool, Looks),
) -> Result<Leave> {
    let signals = Signals::new().map_err(|e| Error::internal(format!("signals cannot be watched: {e}")))?;
    let tty = Tty::take(looks.inline).map_err(|e| {
        Error::refused(format!("the terminal cannot be used: {e}")).hint("attaching needs a terminal on standard input")
    })?;
    let capabilities = Capabilities::of(|name| std::env::var(name).ok());
    let colourless = capabilities.abilities().depth == Depth::Monochrome;
    let mut app = App::new(tty.size(), capabilities, setup.keymap.clone());
    app.themes = Themes::new(setup.themes.clone(), colourless, &std::env::var("TERM").unwrap_or_default());
    app.canvas.plain_terminal(!setup.utf8 && !reads_utf8(|name| std::env::var(name).ok()));
    app.inline = looks.inline.then(Inline::default);
    if !looks.inline && !foreground && !setup.greeted.exists() {
        app.greet(Now::read());
    }
    app.prompting.recall(recall::load(&setup.history));
    app.message(attached, Now::read());
    if let Some(text) = Error::first_of(&setup.problems) {
        app.message(ToClient::Message { text, error: true }, Now::read());
    }
    if let Some(older) = link.older().filter(|_| !foreground) {
        app.push_layer(offer::upgrade(older));
    }
    let (link, back, drawn) = (Some(link), None, Vec::new());
    let mut session = Session { app, tty, link, signals, setup, foreground, looks, back, drawn };
    // What came together with that is here already.
    session.receive();
    session.turn();
    loop {
        if let Some(leave) = session.app.leaving.take() {
            return Ok(leave);
        }
        let wake = session.wait().await;
        session.handle(wake);
        session.turn();
        session.suspend();
        // While there is always something to do, tokio would look neither at signals nor at other descriptors.
        tokio::task::yield_now().await;
    }
}

pub(super) type Reconnecting = Pin<Box<dyn Future<Output = Result<Link, String>>>>;

struct Session {
    app: App,
    tty: Tty,
    /// `None` while the server is away.
    link: Option<Link>,
    signals: Signals,
    setup: Setup,
    /// The terminal is that of a job which it waits for.
    foreground: bool,
    /// How it was attached, to be said again to the next server.
    looks: Looks,
    back: Option<Reconnecting>,
    /// Drawn, but perhaps not yet written.
    drawn: Vec<(PaneId, u64)>,
}

/// What the loop has waited for.
pub(super) enum Wake {
    /// This signal ends us.
    Killed(u8),
    Winch,
    Continued,
    TtyIn,
    TtyOut,
    LinkIn,
    LinkOut,
    Back(Result<Link, String>),
    Timer,
}

impl Session {
    async fn wait(&mut self) -> Wake {
        let deadline = [self.app.deadline(Now::read()), self.tty.deadline()].into_iter().flatten().min();
        let Self { app, tty, link, signals, back, .. } = self;
        let backlog = link.as_ref().map_or(0, Link::backlog) + app.unsettled();
        let hears = backlog < CLIENT_BACKLOG;
        let (tty_waits, link_waits) = (tty.has_backlog(), link.as_ref().is_some_and(Link::has_backlog));
        tokio::select! {
            biased;
            wake = signals.next() => wake,
            _ = tty.readable(), if hears => Wake::TtyIn,
            _ = linked(link, Link::readable) => Wake::LinkIn,
            _ = tty.writable(), if tty_waits => Wake::TtyOut,
            _ = linked(link, Link::writable), if link_waits => Wake::LinkOut,
            // Who cannot show anything has no business at the server: its terminal's connection may be dead.
            link = comes(back), if !tty_waits => Wake::Back(link),
            () = until(deadline) => Wake::Timer,
        }
    }

    fn handle(&mut self, wake: Wake) {
        match wake {
            Wake::Killed(signal) => self.leave(128 + signal, String::new()),
            Wake::Winch => self.app.resize(self.tty.size()),
            Wake::Continued => self.continued(),
            Wake::TtyIn => self.hear(),
            Wake::TtyOut | Wake::LinkOut => {} // the turn writes
            Wake::LinkIn => self.receive(),
            Wake::Back(back) => self.came_back(back),
            Wake::Timer => self.tick(),
        }
    }

    fn leave(&mut self, status: u8, text: String) {
        self.app.leaving = Some(Leave::new(status, text));
    }

    /// Stops as a program does at which C-z is typed, where that was asked for. SIGCONT wakes [`Wake::Continued`].
    fn suspend(&mut self) {
        if std::mem::take(&mut self.app.suspend) {
            self.tty.give_back();
            if let Err(error) = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP)
            {
                tracing::warn!(%error, "cannot stop");
                self.continued();
            }
        }
    }

    /// A shell had the terminal in between.
    fn continued(&mut self) {
        match self.tty.retake() {
            Ok(()) => self.app.retaken(self.tty.size()),
            Err(_) => self.leave(HUNG_UP, String::new()),
        }
    }

    fn tick(&mut self) {
        let now = Now::read();
        let Self { app, tty, .. } = self;
        tty.give_up(now.instant, |gesture| app.gesture(gesture, now));
        app.tick(now);
    }

    /// Takes what the user did. The first of it goes to the server before the rest is even read.
    fn hear(&mut self) {
        let Self { app, tty, link, .. } = self;
        let now = Now::read();
        let mut first = true;
        let heard = tty.read(|gesture| {
            app.gesture(gesture, now);
            if std::mem::take(&mut first) {
                send(app, link.as_mut());
            }
        });
        if heard.is_err() {
            self.leave(HUNG_UP, String::new());
        }
    }

    fn receive(&mut self) {
        let Some(link) = &mut self.link else { return };
        let filled = link.fill();
        let now = Now::read();
        loop {
            match link.next() {
                Ok(Some(message)) => self.app.message(message, now),
                Ok(None) => break,
                Err(lost) => return self.lost(lost),
            }
        }
        if let (Err(lost), None) = (filled, &self.app.leaving) {
            self.lost(lost);
        }
    }

    fn lost(&mut self, lost: Lost) {
        if let Lost::Hopeless(error) = lost {
            return self.leave(error.exit_code(), format!("[lost server] {error}"));
        }
        self.link = None;
        self.drawn.clear();
        self.app.lost("the server has gone: reconnecting");
        let socket = self.setup.socket.clone();
        self.back = Some(Box::pin(async move { reconnect(&socket).await }));
    }

    fn came_back(&mut self, back: Result<Link, String>) {
        self.back = None;
        let mut link = match back {
            Ok(link) => link,
            Err(text) => return self.leave(1, text),
        };
        let Some(session) = self.app.session else { return self.leave(1, "[lost server]".into()) };
        if let Some(flags) = &self.app.options.client_flags {
            self.looks = std::mem::take(&mut self.looks).with_flags(flags);
        }
        let mut argv = again(&link, session, self.app.active(), &self.looks);
        argv.extend(self.foreground.then(|| "--foreground".to_owned()));
        let context = Context { size: Some(self.tty.size()), ..self.setup.context.clone() };
        let run = Run { number: self.app.attach_anew(), argv, context: Some(Box::new(context)) };
        identify(&mut link, self.setup.identity);
        match link.queue(&ToServer::Run(run)) {
            Ok(()) => self.link = Some(link),
            Err(error) => self.leave(1, format!("[lost server] {error}")),
        }
    }

    /// What is done after whatever has come: send, draw once, write, acknowledge. While the terminal still has
    /// to take the last picture, the next one waits and takes in what comes meanwhile.
    fn turn(&mut self) {
        if self.app.leaving.is_some() {
            return;
        }
        self.files();
        send(&mut self.app, self.link.as_mut());
        if self.write() {
            self.tty.set_escape_time(self.app.options.escape_time);
            let questions = std::mem::take(&mut self.app.questions);
            if !questions.is_empty() {
                self.tty.ask(&questions);
            }
            self.app.draw(Now::read(), self.tty.out());
            self.app.pipes.drain(..).for_each(Pipe::start);
            // What it takes to draw more.
            send(&mut self.app, self.link.as_mut());
            self.drawn.append(&mut self.app.acks);
            self.write();
        }
    }

    /// Reads and writes the user's files, where the client has something to read or write.
    fn files(&mut self) {
        if let Some(wish) = self.app.wish.take() {
            let (Wish::Use(name) | Wish::Anew(name) | Wish::Show(name)) = &wish;
            let rules = self.app.keys.rules();
            let read = named_keymap(&self.setup.keymaps, name, rules.prefix, rules.prefix2);
            let anew = matches!(wish, Wish::Anew(_));
            self.app.wish_read(wish, read, Now::read());
            if anew {
                let (themes, problems) = load_themes(&self.setup.themes_dir);
                self.app.themes_read(themes, &problems, Now::read());
            }
        }
        let typed = self.app.prompting.unsaved();
        if !typed.is_empty() {
            recall::keep(&self.setup.history, &typed);
        }
        if std::mem::take(&mut self.app.knows_keys)
            && let Err(error) = std::fs::write(&self.setup.greeted, "")
        {
            tracing::warn!(%error, "that somebody is no newcomer cannot be kept");
        }
    }

    /// Writes what the terminal takes, and acknowledges what is on it then; true when nothing is left to write.
    fn write(&mut self) -> bool {
        if self.tty.flush().is_err() {
            self.leave(HUNG_UP, String::new());
        }
        if self.tty.has_backlog() {
            return false;
        }
        if !self.drawn.is_empty() {
            let acks = self.drawn.drain(..).map(|(pane, generation)| ToServer::Ack { pane, generation });
            self.app.outbox.extend(acks);
            send(&mut self.app, self.link.as_mut());
        }
        true
    }
}

/// Sends what the client has for the server. While that is away it is kept, but not without bound.
fn send(app: &mut App, link: Option<&mut Link>) {
    if app.away.is_some() {
        app.thin_outbox();
    }
    let Some(link) = link else { return };
    app.searches = link.protocol() >= SEARCHES;
    if app.away.is_none() {
        let shown = app.active();
        for message in app.outbox.drain(..) {
            if link.protocol() < PREVIEWS && matches!(message, ToServer::Preview { .. }) {
                continue;
            }
            // What is too long to be sent at all was too long for the user's purpose as well.
            if is_new(&message) && link.protocol() < SEARCHES {
                continue;
            }
            if link.protocol() < KNOWS_TERMINALS && matches!(message, ToServer::Terminal { .. }) {
                continue;
            }
            if link.queue(&message).is_ok() && link.protocol() >= IDENTIFIES {
                app.sent.keep(message, shown);
            }
        }
    }
    link.flush();
}

/// The protocol since which a server knows who is there again, and what its user saw.
const COMES_BACK: u16 = 4;

/// The protocol since which a server knows what it was sent before.
const IDENTIFIES: u16 = 2;

/// The protocol since which a server searches and knows prompts.
const SEARCHES: u16 = 4;

fn is_new(message: &ToServer) -> bool {
    matches!(message, ToServer::Search { .. } | ToServer::Prompts { .. })
}

/// The protocol since which a server takes what is known of terminals.
const KNOWS_TERMINALS: u16 = 5;

/// The protocol since which a server sends panes that are elsewhere.
const PREVIEWS: u16 = 4;

/// The status of a process that its terminal's hang-up has ended.
pub(super) const HUNG_UP: u8 = 129;

/// Waits for something of the link, or for ever while there is none.
pub(super) async fn linked<'a, F>(link: &'a Option<Link>, what: impl FnOnce(&'a Link) -> F) -> io::Result<()>
where
    F: Future<Output = io::Result<()>> + 'a,
{
    match link {
        Some(link) => what(link).await,
        None => std::future::pending().await,
    }
}

pub(super) async fn comes(back: &mut Option<Reconnecting>) -> Result<Link, String> {
    match back {
        Some(back) => back.await,
        None => std::future::pending().await,
    }
}

pub(super) async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

pub(super) struct Signals {
    winch: Signal,
    resumed: Signal,
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
    quit: Signal,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            winch: signal(SignalKind::window_change())?,
            resumed: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    pub(super) async fn next(&mut self) -> Wake {
        tokio::select! {
            biased;
            _ = self.hangup.recv() => Wake::Killed(1),
            _ = self.terminate.recv() => Wake::Killed(15),
            _ = self.interrupt.recv() => Wake::Killed(2),
            _ = self.quit.recv() => Wake::Killed(3),
            _ = self.winch.recv() => Wake::Winch,
            _ = self.resumed.recv() => Wake::Continued,
        }
    }
}
