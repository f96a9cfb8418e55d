//! A keeper in a directory of its own, and the link that its server would have.

use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use mux::base::{Launch, PaneId, Paths, Size, role};
use mux::proto::packet::{Ended, FromKeeper, Inbox, Outbox, SpawnFlags, SpawnRequest, ToKeeper, Welcome};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use tempfile::TempDir;

pub const MUX: &str = env!("CARGO_BIN_EXE_mux");

/// A test that waits longer than this has failed.
const DEADLINE: Duration = Duration::from_secs(20);

/// Waits until a descriptor can be read; fails the test when that takes too long.
pub fn wait_readable(fd: impl AsFd, what: &str) {
    let timeout = Timespec::try_from(DEADLINE).unwrap();
    let ready = poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(&timeout)).unwrap();
    assert_ne!(ready, 0, "waited too long for {what}");
}

/// A process of which only the pid is known.
pub struct Process {
    pub pid: Pid,
    pidfd: OwnedFd,
}

impl Process {
    pub fn new(pid: u32) -> Self {
        let pid = Pid::from_raw(pid.cast_signed()).unwrap();
        Self { pid, pidfd: pidfd_open(pid, PidfdFlags::empty()).unwrap() }
    }

    pub fn wait_end(&self) {
        wait_readable(&self.pidfd, "a process to end");
    }

    pub fn kill(&self, signal: Signal) {
        // It may have ended already.
        let _ = rustix::process::pidfd_send_signal(&self.pidfd, signal);
    }
}

/// A keeper that a client has started: it ends with the test, also with one that fails.
pub struct Daemon(pub Process);

impl Drop for Daemon {
    fn drop(&mut self) {
        self.0.kill(Signal::TERM);
    }
}

/// The stand-in's own process: passes its standard input on and waits for the test to let go of it.
#[test]
#[ignore = "started by the keeper as its server"]
fn fake_server() {
    let Some(meet) = std::env::var_os("MUX_TEST_MEET") else { return };
    let mut test = UnixStream::connect(meet).unwrap();
    let link = rustix::stdio::stdin();
    let mut outbox = Outbox::<BorrowedFd<'_>>::default();
    outbox.push(FromKeeper::Welcome(introduction(link)).encode().unwrap());
    outbox.flush(&test).unwrap();
    rustix::stdio::dup2_stdin(File::open("/dev/null").unwrap()).unwrap();
    let _ = test.read(&mut [0]);
}

/// A welcome of this process with this descriptor in it.
pub fn introduction<Fd>(listener: Fd) -> Welcome<Fd> {
    Welcome { version: 1, pid: std::process::id(), listener, pidfd: None, open_files: None, socket_file: None }
}

/// Places of one server side, and where its stand-in servers report.
pub struct Site {
    dir: TempDir,
    pub launch: Launch,
    meet: UnixListener,
}

impl Site {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("mux").permissions(Permissions::from_mode(0o700)).tempdir().unwrap();
        let root = dir.path();
        let paths = Paths::of_socket(root.join("run/s"), root.join("state"), root.join("config"), true);
        let meet = UnixListener::bind(root.join("meet")).unwrap();
        let server = root.join("server");
        let binary = std::env::current_exe().unwrap();
        let script = format!(
            "#!/bin/sh\nMUX_TEST_MEET='{}' exec '{}' --exact rig::fake_server --ignored --nocapture\n",
            root.join("meet").display(),
            binary.display()
        );
        fs::write(&server, script).unwrap();
        fs::set_permissions(&server, Permissions::from_mode(0o700)).unwrap();
        Self { dir, launch: Launch { paths, config: None, server_binary: Some(server) }, meet }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The next server that the keeper starts.
    pub fn server(&self) -> Server {
        wait_readable(&self.meet, "a server");
        let (hold, _) = self.meet.accept().unwrap();
        let mut inbox = Inbox::default();
        let report = receive(&mut inbox, &hold);
        let FromKeeper::Welcome(Welcome { pid, listener: link, .. }) = report else { panic!("{report:?}") };
        Server { process: Process::new(pid), link: link.into(), inbox: Inbox::default(), _hold: hold }
    }

    pub fn no_further_server(&self) {
        self.meet.set_nonblocking(true).unwrap();
        assert!(self.meet.accept().is_err());
    }
}

fn receive(inbox: &mut Inbox, socket: &UnixStream) -> FromKeeper {
    loop {
        if let Some(packet) = inbox.take().unwrap() {
            return packet;
        }
        wait_readable(socket, "a packet");
        assert_ne!(inbox.receive(socket).unwrap(), 0, "the keeper has closed the link");
    }
}

/// The server's end of the link.
pub struct Server {
    pub process: Process,
    link: UnixStream,
    inbox: Inbox,
    /// Open as long as the stand-in is to live.
    _hold: UnixStream,
}

/// A program that runs in a pane.
pub struct Pane {
    pub id: PaneId,
    pub pid: u32,
    pub terminal: BufReader<File>,
}

impl Server {
    pub fn send(&self, packet: ToKeeper) {
        let mut outbox = Outbox::<OwnedFd>::default();
        outbox.push(packet.encode().unwrap());
        // The far end's mode, not ours, is non-blocking.
        outbox.flush(&self.link).unwrap();
    }

    pub fn send_raw(&self, bytes: &[u8]) {
        (&self.link).write_all(bytes).unwrap();
    }

    pub fn recv(&mut self) -> FromKeeper {
        receive(&mut self.inbox, &self.link)
    }

    /// Takes the greeting, and gives what is held.
    pub fn greeted(&mut self) -> Vec<FromKeeper> {
        self.met().1
    }

    /// The same, with the welcome.
    pub fn met(&mut self) -> (Welcome, Vec<FromKeeper>) {
        let FromKeeper::Welcome(welcome) = self.recv() else { panic!("no welcome") };
        assert_eq!(welcome.version, 1);
        let mut held = Vec::new();
        loop {
            match self.recv() {
                FromKeeper::HeldEnd => return (welcome, held),
                report => held.push(report),
            }
        }
    }

    /// Starts another keeper, and gives it all this; to the end, or only so much that it has `whole` of it.
    pub fn hand_over(&mut self, site: &Site, welcome: Welcome, held: Vec<FromKeeper>, whole: bool) -> Daemon {
        let (near, far) = UnixStream::pair().unwrap();
        let mut command = Command::new(MUX);
        command.arg(role::name::SUCCESSOR).args(site.launch.to_args()).stdin(OwnedFd::from(far));
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        let daemon = Daemon(Process::new(child.id()));
        std::thread::spawn(move || child.wait());
        let pid = self.process.pid.as_raw_nonzero().get().cast_unsigned();
        let pidfd = Some(pidfd_open(self.process.pid, PidfdFlags::empty()).unwrap());
        let mut outbox = Outbox::<OwnedFd>::default();
        outbox.push(FromKeeper::Welcome(Welcome { pid, pidfd, ..welcome }).encode().unwrap());
        held.into_iter().for_each(|held| outbox.push(held.encode().unwrap()));
        if whole {
            outbox.push(FromKeeper::<OwnedFd>::HeldEnd.encode().unwrap());
        }
        outbox.flush(&near).unwrap();
        (self.link, self.inbox) = (near, Inbox::default());
        daemon
    }

    pub fn spawn(&mut self, request: SpawnRequest) -> Pane {
        self.send(ToKeeper::Spawn(request));
        match self.recv() {
            FromKeeper::Spawned { pane, pid, master, .. } => Pane::new(pane, pid, master),
            other => panic!("{other:?}"),
        }
    }

    pub fn spawn_failed(&mut self, request: SpawnRequest) -> String {
        self.send(ToKeeper::Spawn(request));
        match self.recv() {
            FromKeeper::SpawnFailed { message, .. } => message,
            other => panic!("{other:?}"),
        }
    }

    pub fn exited(&mut self, pane: &Pane) -> Ended {
        match self.recv() {
            FromKeeper::Exited { pane: ended_pane, ended } if ended_pane == pane.id => ended,
            other => panic!("{other:?}"),
        }
    }

    /// After it, all that the keeper was sent or told by the kernel before has been acted on.
    pub fn round_trips(&mut self) {
        for _ in 0..2 {
            self.spawn_failed(SpawnRequest { argv: vec!["/".into()], ..shell(u32::MAX, "") });
        }
    }

    pub fn kill(self) {
        self.process.kill(Signal::KILL);
    }

    /// Closes the link, and lets it live on.
    pub fn close_link(&mut self) {
        self.link = UnixStream::pair().unwrap().0;
    }

    /// Kills it and gives the next one.
    pub fn replaced(site: &Site, old: Self) -> Self {
        old.kill();
        site.server()
    }
}

impl Pane {
    pub fn new(id: PaneId, pid: u32, master: OwnedFd) -> Self {
        Self { id, pid, terminal: BufReader::new(master.into()) }
    }

    /// The next line that the program prints, without its end.
    pub fn line(&mut self) -> String {
        self.raw_line().trim_end().to_owned()
    }

    pub fn raw_line(&mut self) -> String {
        if self.terminal.buffer().is_empty() {
            wait_readable(self.terminal.get_ref(), "output");
        }
        let mut line = String::new();
        self.terminal.read_line(&mut line).unwrap();
        line
    }

    /// All that is printed until the terminal is closed on the other side, which Linux reports as EIO.
    pub fn rest(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            wait_readable(self.terminal.get_ref(), "the end of the output");
            let mut line = String::new();
            match self.terminal.read_line(&mut line) {
                Ok(count) if count > 0 => lines.push(line.trim_end().to_owned()),
                _ => return lines,
            }
        }
    }

    /// Reads so many bytes of output.
    pub fn skip(&mut self, bytes: usize) {
        let copied = std::io::copy(&mut (&mut self.terminal).take(bytes as u64), &mut std::io::sink()).unwrap();
        assert_eq!(copied, bytes as u64);
    }

    pub fn types(&mut self, text: &str) {
        self.terminal.get_mut().write_all(text.as_bytes()).unwrap();
    }
}

/// `sh -c SCRIPT` in a pane.
pub fn shell(pane: u32, script: &str) -> SpawnRequest {
    SpawnRequest {
        pane: PaneId(pane),
        size: Size::new(80, 24),
        argv: ["sh", "-c", script].map(OsString::from).to_vec(),
        env: vec![("PATH".into(), "/usr/bin:/bin".into()), ("SHELL".into(), "/bin/sh".into())],
        cwd: "/".into(),
        umask: 0o22,
        flags: SpawnFlags::empty(),
        step: Vec::new(),
    }
}

/// A keeper that this test has started itself, without the daemon's step.
pub struct Keeper {
    pub site: Site,
    child: Child,
    starter: ChildStdout,
}

impl Keeper {
    pub fn start() -> Self {
        Self::start_through(&mut Command::new(MUX), Site::new())
    }

    /// `command` runs the binary with the words that follow.
    pub fn start_through(command: &mut Command, site: Site) -> Self {
        fs::DirBuilder::new().mode(0o700).create(&site.launch.paths.runtime_dir).unwrap();
        command.arg(role::name::KEEPER).args(site.launch.to_args());
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let starter = child.stdout.take().unwrap();
        Self { site, child, starter }
    }

    /// Its first server, greeted.
    pub fn server(&self) -> Server {
        let mut server = self.site.server();
        assert!(server.greeted().is_empty());
        server
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// With SIGKILL.
    pub fn kill(&mut self) {
        Process::new(self.pid()).kill(Signal::KILL);
        self.wait();
    }

    /// What its starter reads.
    pub fn starter_line(&mut self) -> String {
        wait_readable(&self.starter, "the keeper's word");
        let mut line = String::new();
        BufReader::new(&mut self.starter).read_line(&mut line).unwrap();
        line
    }

    pub fn socket(&self) -> PathBuf {
        self.site.launch.paths.socket.clone()
    }

    pub fn wait(&mut self) -> ExitStatus {
        Process::new(self.pid()).wait_end();
        self.child.wait().unwrap()
    }
}

impl Drop for Keeper {
    /// Ends it with all that it holds, also when the test has failed.
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
            let _ = self.child.wait();
        }
    }
}
