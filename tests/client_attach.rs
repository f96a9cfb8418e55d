//! The attached client on a real terminal, against a server that the test plays. The client runs in a child of
//! this test binary, because it takes the standard input and the signals of a whole process.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use mux::base::{
    ClientId, Identity, Input, Key, Line, PaneId, Point, Rect, SessionId, Size, Span, SpanKind, Style, WindowId,
};
use mux::client::{Setup, attach};
use mux::keymap::Keymap;
use mux::proto::frame::{self, Decoder};
use mux::proto::hello::Hello;
use mux::proto::message::{
    Context, Cursor, CursorShape, PaneModes, PaneView, Rows, Run, Settings, Tab, ToClient, ToServer, View,
};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

const DEADLINE: Duration = Duration::from_secs(20);
const SOCKET: &str = "MUX_TEST_SOCKET";
const PANE: PaneId = PaneId(3);

/// Not a test of its own: what the child of the others runs.
#[test]
fn the_child() {
    let Some(socket) = std::env::var_os(SOCKET) else { return };
    let setup = Setup {
        socket: socket.clone().into(),
        context: Context { interactive: true, ..Context::default() },
        identity: Identity(7),
        themes: Default::default(),
        keymap: Keymap::builtin("tmux").unwrap(),
        problems: Vec::new(),
        keymaps: std::path::Path::new(&socket).with_file_name("keymaps"),
        themes_dir: std::path::Path::new(&socket).with_file_name("themes"),
        history: std::path::Path::new(&socket).with_file_name("prompt-history"),
        greeted: std::path::Path::new(&socket).with_file_name("prompt-greeted"),
        utf8: false,
    };
    let stream = UnixStream::connect(socket).unwrap();
    let status = match attach(stream, vec!["attach-session".into()], setup) {
        Ok(Some(end)) => end.status,
        Ok(None) => panic!("the server went away"),
        Err(error) => {
            println!("error: {error}");
            error.exit_code()
        }
    };
    std::process::exit(status.into());
}

/// The next connection, which must come in time.
fn connection(listener: &UnixListener) -> UnixStream {
    let mut fds = [PollFd::new(listener, PollFlags::IN)];
    let limit = Timespec { tv_sec: DEADLINE.as_secs() as i64, tv_nsec: 0 };
    assert_eq!(poll(&mut fds, Some(&limit)), Ok(1), "nobody connects");
    listener.accept().unwrap().0
}

/// The server's end of a connection.
struct Peer {
    stream: UnixStream,
    decoder: Decoder<ToServer>,
}

impl Peer {
    fn accept(listener: &UnixListener) -> Self {
        let mut stream = connection(listener);
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut bytes = vec![0; Hello::ours().encode().len()];
        stream.read_exact(&mut bytes).unwrap();
        assert_eq!(Hello::decode(&bytes).unwrap().unwrap().0, Hello::ours());
        stream.write_all(&Hello::ours().encode()).unwrap();
        Self { stream, decoder: Decoder::default() }
    }

    fn say(&mut self, message: &ToClient) {
        let mut bytes = Vec::new();
        frame::encode(message, &mut bytes).unwrap();
        self.stream.write_all(&bytes).unwrap();
    }

    fn hear(&mut self) -> ToServer {
        loop {
            if let Some(message) = self.decoder.next_message().unwrap() {
                return message;
            }
            let mut bytes = [0; 4096];
            let count = self.stream.read(&mut bytes).unwrap();
            assert!(count > 0, "the client has gone");
            self.decoder.push(&bytes[..count]);
        }
    }

    /// The next message for which this is true; those before it do not matter.
    fn hear_until<T>(&mut self, wanted: impl Fn(&ToServer) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(&self.hear()) {
                return found;
            }
        }
    }

    fn hear_run(&mut self, words: &[&str]) {
        self.hear_until(|message| matches!(message, ToServer::Run(run) if run.argv == words).then_some(()));
    }

    fn attached(listener: &UnixListener) -> Self {
        let mut peer = Self::accept(listener);
        peer.hear_until(|message| matches!(message, ToServer::Run(_)).then_some(()));
        peer.show();
        peer
    }

    fn show(&mut self) {
        self.say(&ToClient::Attached { number: 1, client: ClientId(1), session: SessionId(7) });
        self.say(&ToClient::View(Box::new(view())));
        self.say(&rows(&[(0, "hello from the pane")], PaneModes::default()));
    }
}

fn view() -> View {
    let tab = Tab { id: WindowId(5), index: 0, name: "win".into(), current: true, label: "0:win*".into() };
    let rect = Rect::new(0, 0, Size::new(80, 23));
    View {
        session: SessionId(7),
        session_name: "s".into(),
        windows: vec![tab],
        panes: vec![PaneView { id: PANE, index: 0, rect, active: true, title: String::new(), dead: None }],
        window_size: rect.size,
        status_left: "[s] ".into(),
        status_right: "the right".into(),
        settings: Settings {
            prefix: Key::ctrl('b'),
            mouse: true,
            status: true,
            status_at_top: false,
            status_style: "bg=green,fg=black".into(),
            message_style: "bg=yellow,fg=black".into(),
            pane_border_style: String::new(),
            pane_active_border_style: String::new(),
            repeat_time: 500,
            display_time: 2000,
        },
    }
}

fn line(text: &str) -> Line {
    let span = Span { style: Style::DEFAULT, kind: SpanKind::Narrow, link: None, text: text.into() };
    Line { spans: vec![span], ..Line::default() }
}

fn rows(rows: &[(u16, &str)], modes: PaneModes) -> ToClient {
    ToClient::Rows(Rows {
        pane: PANE,
        generation: 42,
        size: Size::new(80, 23),
        first_line: 0,
        screen_line: 100,
        cursor: Cursor { at: Point::new(1, 2), visible: true, shape: CursorShape::Bar, blink: false },
        modes,
        rows: rows.iter().map(|&(row, text)| (row, line(text))).collect(),
    })
}

/// The outer terminal with the client in it.
struct Outer {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Vec<u8>>,
    raw: Vec<u8>,
    screen: vt100::Parser,
}

impl Outer {
    fn start(dir: &tempfile::TempDir) -> (Self, UnixListener) {
        let socket = dir.path().join("socket");
        let listener = UnixListener::bind(&socket).unwrap();
        let pty = native_pty_system().openpty(PtySize { rows: 24, cols: 80, ..PtySize::default() }).unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["the_child", "--exact", "--nocapture", "--quiet"]);
        command.env(SOCKET, socket);
        command.env("TERM", "xterm-256color");
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let (sender, output) = channel();
        let mut reader = pty.master.try_clone_reader().unwrap();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count) = reader.read(&mut bytes) {
                if count == 0 || sender.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let side = |n| std::num::NonZeroU16::new(n).unwrap();
        let writer = Some(pty.master.take_writer().unwrap());
        let screen = vt100::Parser::new(side(24), side(80), 0);
        (Self { master: Some(pty.master), writer, child, output, raw: Vec::new(), screen }, listener)
    }

    fn keys(&mut self, bytes: &[u8]) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(bytes).unwrap();
        writer.flush().unwrap();
    }

    fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Lets the terminal go on until its screen is as wanted.
    fn until(&mut self, what: &str, wanted: impl Fn(&vt100::Screen, &[u8]) -> bool) {
        let end = Instant::now() + DEADLINE;
        while !wanted(self.screen.screen(), &self.raw) {
            match self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => {
                    self.screen.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(RecvTimeoutError::Timeout) => panic!("not seen: {what}; the screen:\n{}", self.text()),
                Err(RecvTimeoutError::Disconnected) => {
                    assert!(wanted(self.screen.screen(), &self.raw), "ended before: {what}\n{}", self.text());
                }
            }
        }
    }

    fn shows(&mut self, text: &str) {
        self.until(text, |screen, _| screen.contents().contains(text));
    }

    fn ends(&mut self) -> u32 {
        let end = Instant::now() + DEADLINE;
        loop {
            match self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => {
                    self.screen.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap().exit_code(),
                Err(RecvTimeoutError::Timeout) => panic!("the client does not end; the screen:\n{}", self.text()),
            }
        }
    }

    fn is_restored(&self) {
        let screen = self.screen.screen();
        assert!(!screen.alternate_screen(), "still on the alternate screen");
        assert!(!screen.bracketed_paste() && !screen.hide_cursor());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn input(message: &ToServer) -> Option<Input> {
    match message {
        ToServer::Input { input, .. } => Some(input.clone()),
        _ => None,
    }
}

fn numbered(message: &ToServer) -> Option<(u64, Option<PaneId>, Input)> {
    match message {
        ToServer::Input { seq, pane, input } => Some((*seq, *pane, input.clone())),
        _ => None,
    }
}

#[test]
fn it_attaches_draws_types_and_detaches() {
    let dir = tempfile::tempdir().unwrap();
    let (mut outer, listener) = Outer::start(&dir);
    let mut server = Peer::attached(&listener);
    outer.shows("hello from the pane");
    outer.shows("[s] 0:win*");
    outer.shows("the right");
    outer.until("the pane's cursor", |screen, _| screen.cursor_position() == (1, 2));
    assert!(outer.screen.screen().alternate_screen());
    let size =
        |message: &ToServer| matches!(message, ToServer::Resize(size) if *size == Size::new(80, 24)).then_some(());
    server.hear_until(size);
    server.hear_until(|message| (*message == ToServer::Ack { pane: PANE, generation: 42 }).then_some(()));

    outer.keys(b"a\x1b[A\x1b[200~pasted\ntext\x1b[201~\x01");
    assert_eq!(server.hear_until(input), Input::Key(Key::char('a')));
    assert_eq!(server.hear_until(input), Input::Key("Up".parse().unwrap()));
    assert_eq!(server.hear_until(input), Input::Paste("pasted\ntext".into()));
    assert_eq!(server.hear_until(input), Input::Key(Key::ctrl('a')));

    outer.keys(b"\x02d");
    server.hear_run(&["detach-client"]);
    server.say(&ToClient::Leave { status: 0, text: "[detached (from session s)]".into() });
    assert_eq!(outer.ends(), 0);
    outer.is_restored();
    assert!(outer.text().contains("[detached (from session s)]"), "{}", outer.text());
}

#[test]
fn more_than_one_read_of_typed_keys_arrives_whole() {
    let dir = tempfile::tempdir().unwrap();
    let (mut outer, listener) = Outer::start(&dir);
    let mut server = Peer::attached(&listener);
    outer.shows("hello");
    let typed: String = ('a'..='z').cycle().take(3000).collect();
    outer.keys(typed.as_bytes());
    let heard: String = (0..typed.len())
        .map(|_| match server.hear_until(input) {
            Input::Key(Key { code: mux::base::KeyCode::Char(c), .. }) => c,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(heard, typed);
}

#[test]
fn the_prompt_copy_mode_and_the_mouse_work_on_the_client() {
    let dir = tempfile::tempdir().unwrap();
    let (mut outer, listener) = Outer::start(&dir);
    let mut server = Peer::attached(&listener);
    outer.shows("hello");
    outer.keys(b"\x02,");
    outer.shows("win");
    outer.keys(b"dow\r");
    server.hear_run(&["rename-window", "--", "window"]);

    outer.keys(b"\x02[");
    outer.shows("[0/100]");
    outer.keys(b"\x1b[5~");
    let from = server.hear_until(|message| match message {
        ToServer::Fetch { from, count, .. } => Some((*from, *count)),
        _ => None,
    });
    assert_eq!(from, (0, 100));
    let lines = (0..100).map(|number| line(&format!("history {number}"))).collect();
    server.say(&ToClient::Lines { pane: PANE, from: 0, first_line: 0, screen_line: 100, lines });
    outer.shows("history 99");
    outer.shows("[21/100]");
    outer.keys(b"q");
    outer.until("the live screen", |screen, _| !screen.contents().contains("history"));

    // The wheel enters copy mode, where the program wants neither mouse nor the whole screen.
    outer.keys(b"\x1b[<64;5;5M");
    outer.shows("[5/100]");
    outer.keys(b"\x1b[<65;5;5M");
    outer.until("copy mode ends at the end", |screen, _| !screen.contents().contains("/100]"));
    server.say(&rows(&[], PaneModes { mouse: true, ..PaneModes::default() }));
    server.hear_until(|message| matches!(message, ToServer::Ack { .. }).then_some(()));
    outer.keys(b"\x1b[<0;5;6M");
    let event = server.hear_until(|message| match message {
        ToServer::Input { input: Input::Mouse(event), pane, .. } => Some((*pane, event.at)),
        _ => None,
    });
    assert_eq!(event, (Some(PANE), Point::new(5, 4)));
    outer.keys(b"\x1b[<0;6;24M");
    server.hear_run(&["select-window", "-t", "@5"]);
}

#[test]
fn a_lost_server_is_reconnected_and_typed_keys_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (mut outer, listener) = Outer::start(&dir);
    let mut server = Peer::attached(&listener);
    outer.shows("hello");
    outer.keys(b"gone");
    let numbers: Vec<u64> = (0..4).map(|_| server.hear_until(numbered).0).collect();
    server.say(&ToClient::Settled { seq: numbers[1] });
    server.say(&ToClient::Message { text: "heard so far".into(), error: false });
    outer.shows("heard so far");
    drop(server);
    outer.shows("reconnecting");
    outer.keys(b"kept");
    let mut server = Peer::accept(&listener);
    assert_eq!(server.hear(), ToServer::Identity(Identity(7)), "who it is comes first");
    server.hear_until(|message| match message {
        ToServer::Run(Run { argv, context: Some(_), .. })
            if *argv == ["attach-session", "--nested", "-t", "$7", "--again", "--pane=%3"] =>
        {
            Some(())
        }
        other => panic!("{other:?}"),
    });
    server.show();
    let again: Vec<_> = (0..2).map(|_| server.hear_until(numbered)).collect();
    let key = |c| Input::Key(Key::char(c));
    assert_eq!(again, [(numbers[2], Some(PANE), key('n')), (numbers[3], Some(PANE), key('e'))]);
    let keys: Vec<_> = (0..4).map(|_| server.hear_until(numbered)).collect();
    let number = |at: u64| numbers[3] + 1 + at;
    assert_eq!(keys, [(0, 'k'), (1, 'e'), (2, 'p'), (3, 't')].map(|(at, c)| (number(at), None, key(c))));
    outer.until("no notice", |screen, _| !screen.contents().contains("reconnecting"));
}

#[test]
fn a_session_that_has_gone_meanwhile_ends_it() {
    let dir = tempfile::tempdir().unwrap();
    let (mut outer, listener) = Outer::start(&dir);
    drop(Peer::attached(&listener));
    let mut server = Peer::accept(&listener);
    let number = server.hear_until(|message| match message {
        ToServer::Run(run) => Some(run.number),
        _ => None,
    });
    assert_ne!(number, 1, "this is no repetition of the first");
    server.say(&ToClient::Done { number, status: 1, error: Some("can't find session: $7".into()) });
    assert_eq!(outer.ends(), 1);
    outer.is_restored();
    assert!(outer.text().contains("[lost server] can't find session: $7"), "{}", outer.text());
}

#[test]
fn a_signal_restores_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let (mut outer, listener) = Outer::start(&dir);
    let _server = Peer::attached(&listener);
    outer.shows("hello");
    let pid = rustix::process::Pid::from_raw(outer.child.process_id().unwrap() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(outer.ends(), 128 + 15);
    outer.is_restored();
}

#[test]
fn a_hang_up_ends_it() {
    let dir = tempfile::tempdir().unwrap();
    let (mut outer, listener) = Outer::start(&dir);
    let _server = Peer::attached(&listener);
    outer.shows("hello");
    outer.keys(b"\x1b[");
    (outer.master, outer.writer) = (None, None);
    // The reading thread holds the last descriptor until the client is gone; a signal from the kernel is enough.
    let pid = rustix::process::Pid::from_raw(outer.child.process_id().unwrap() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
    assert_eq!(outer.ends(), 129);
}

#[test]
fn a_command_that_does_not_attach_leaves_the_terminal_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (mut outer, listener) = Outer::start(&dir);
    let mut server = Peer::accept(&listener);
    server.hear_until(|message| matches!(message, ToServer::Run(_)).then_some(()));
    let bytes = b"out\n".to_vec();
    server.say(&ToClient::Output { number: 1, stream: mux::proto::message::Stream::Out, bytes });
    server.say(&ToClient::Done { number: 1, status: 3, error: Some("no such session".into()) });
    assert_eq!(outer.ends(), 3);
    assert!(outer.text().contains("out") && outer.text().contains("no such session"));
    assert!(!outer.raw.windows(6).any(|bytes| bytes == b"\x1b[?104"), "the terminal was touched");
}

#[test]
fn a_server_of_another_version_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let (mut outer, listener) = Outer::start(&dir);
    let mut stream = connection(&listener);
    let hello = Hello { protocol: 900, oldest: 899, version: "9.9.9".into() };
    stream.write_all(&hello.encode()).unwrap();
    assert_eq!(outer.ends(), 1);
    assert!(outer.text().contains("9.9.9"), "{}", outer.text());
}
