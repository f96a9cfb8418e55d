//! A home directory of its own, and the commands that are typed in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;
use rustix::process::Signal;
use tempfile::TempDir;

use super::terminal::Kind;
use super::{PATIENCE, Process, Terminal, until, words};

/// The binary that the stories are about.
pub const MUX: &str = env!("CARGO_BIN_EXE_mux");

/// A story that takes longer than this has hung somewhere that has no deadline of its own: everything that it has
/// started is killed, so that it fails.
const STORY: Duration = Duration::from_secs(120);

/// A home with its XDG directories, its environment and its servers. When it goes, so does everything in it; a story
/// fails if `mux kill-server` left something running.
pub struct World {
    tree: Tree,
    env: BTreeMap<String, String>,
    /// Of terminals, where they tell it.
    background: Option<String>,
    kind: Kind,
    _dir: TempDir,
    _watchdog: mpsc::Sender<()>,
}

/// How a command has ended.
#[derive(Debug)]
pub struct Output {
    /// As a shell's `$?`.
    pub status: i32,
    pub out: String,
    pub err: String,
}

/// Where everything of a world is.
#[derive(Clone)]
pub struct Tree {
    root: PathBuf,
}

/// Descriptors are marked close-on-exec one call after they come to be; who starts a process holds this meanwhile, so
/// that none slips into another story's child. So does who writes a program: a child that has not yet become another
/// program has a copy of every descriptor, and what anybody has open for writing cannot be run (`ETXTBSY`, execve(2)).
pub fn spawning() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub fn new() -> Self {
        Self::lasting(STORY)
    }

    /// One for a story that may take this long.
    pub fn lasting(limit: Duration) -> Self {
        // Not in $TMPDIR: a socket's path must be short.
        let dir = tempfile::Builder::new().prefix("mux-").tempdir_in("/tmp").expect("/tmp can be written");
        let tree = Tree { root: dir.path().to_path_buf() };
        for (name, mode) in [("home", 0o755), ("run", 0o700), ("state", 0o755), ("config", 0o755), ("bin", 0o755)] {
            let path = tree.root.join(name);
            fs::create_dir(&path).expect("our own directory");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("our own directory");
        }
        symlink(MUX, tree.root.join("bin/mux")).expect("our own directory");
        let world = Self {
            env: environment(&tree.root),
            _watchdog: watch(tree.clone(), limit),
            tree,
            background: None,
            kind: Kind::new(),
            _dir: dir,
        };
        // A login shell reads /etc/profile first, which may set the prompt and the path anew.
        world.write("home/.profile", &format!("PS1='$ '; PATH={}\n", world.env["PATH"]));
        world
    }

    /// A path in the world.
    pub fn path(&self, name: &str) -> PathBuf {
        self.tree.root.join(name)
    }

    /// The same as text.
    pub fn place(&self, name: &str) -> String {
        self.path(name).to_str().expect("the path is ASCII").to_owned()
    }

    /// Writes a file of the world, with the directories above it.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in the world")).expect("our own directory");
        fs::write(path, text).expect("our own directory");
    }

    /// Writes a script that can be run.
    pub fn script(&self, name: &str, text: &str) -> String {
        let _alone = spawning();
        self.write(name, &format!("#!/bin/sh\n{text}\n"));
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).expect("our own directory");
        self.place(name)
    }

    /// What stands in a file of the world; empty where there is none.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Sets a variable for all that is started from now on.
    pub fn set(&mut self, variable: &str, value: &str) {
        self.env.insert(variable.to_owned(), value.to_owned());
    }

    pub fn unset(&mut self, variable: &str) {
        self.env.remove(variable);
    }

    /// Terminals that are opened from now on tell that their background is `RRRR/GGGG/BBBB`.
    pub fn tell_background(&mut self, rgb: &str) {
        self.background = Some(rgb.to_owned());
    }

    /// Terminals that are opened from now on keep all that they are sent, and answer these questions so. A question about
    /// DA1 (`CSI c`) among them is answered as is said here, or not at all.
    pub fn be(&mut self, kind: &[(&'static [u8], &'static [u8])]) {
        self.kind = kind.to_vec();
    }

    pub fn environment(&self) -> &BTreeMap<String, String> {
        &self.env
    }

    // ---- commands that end ----------------------------------------------------------------------------------

    /// `$ mux LINE` without a terminal.
    #[track_caller]
    pub fn mux(&self, line: &str) -> Output {
        self.run(self.command(MUX).args(words::split(line)), line)
    }

    /// `$ mux LINE`, which must succeed and say nothing on standard error; what it printed.
    #[track_caller]
    pub fn ok(&self, line: &str) -> String {
        let output = self.mux(line);
        assert!(output.status == 0, "$ mux {line}\n{output:?}\n{}", self.report());
        assert_eq!(output.err, "", "$ mux {line}");
        output.out
    }

    /// `$ mux LINE`, which must fail with this status and one line on standard error; that line.
    #[track_caller]
    pub fn fails(&self, status: i32, line: &str) -> String {
        let output = self.mux(line);
        assert_eq!(output.status, status, "$ mux {line}\n{output:?}\n{}", self.report());
        assert_eq!(output.out, "", "$ mux {line}: nothing on standard output");
        assert_eq!(output.err.lines().count(), 1, "$ mux {line}: one line on standard error, not {:?}", output.err);
        output.err.trim_end().to_owned()
    }

    /// `$ LINE` by a shell that finds `mux` in its path.
    #[track_caller]
    pub fn sh(&self, line: &str) -> Output {
        self.run(self.command("/bin/sh").args(["-c", line]), line)
    }

    /// A command of this world, not yet started.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.env).current_dir(self.path("home")).stdin(Stdio::null());
        command
    }

    /// Runs it to its end. Its output must end too: whoever stays behind may not hold on to it.
    #[track_caller]
    pub fn run(&self, command: &mut Command, line: &str) -> Output {
        let mut child = {
            let _alone = spawning();
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it can be started")
        };
        let process = Process::of(child.id()).expect("it is there until it is waited for");
        let out = collect(child.stdout.take().expect("piped"));
        let err = collect(child.stderr.take().expect("piped"));
        let (send, ended) = mpsc::channel();
        std::thread::spawn(move || send.send(child.wait()));
        let deadline = Instant::now() + PATIENCE;
        let left = || deadline.saturating_duration_since(Instant::now());
        let late = |what: &str| -> ! {
            process.kill(Signal::KILL);
            panic!("$ {line}\nafter {} s: {what}\n{}", PATIENCE.as_secs(), self.report());
        };
        let Ok(status) = ended.recv_timeout(left()) else { late("it still runs") };
        let Ok(out) = out.recv_timeout(left()) else { late("it has ended, its standard output is still held open") };
        let Ok(err) = err.recv_timeout(left()) else { late("it has ended, its standard error is still held open") };
        let status = shell_code(status.expect("it is our child"));
        Output { status, out, err }
    }

    // ---- commands on a terminal -----------------------------------------------------------------------------

    /// `$ mux LINE` on a terminal of 80x24.
    pub fn terminal(&self, line: &str) -> Terminal {
        self.sized(80, 24, line)
    }

    /// The same on a terminal of another size.
    pub fn sized(&self, cols: u16, rows: u16, line: &str) -> Terminal {
        self.on_terminal(cols, rows, MUX, &words::split(line), &format!("mux {line}"))
    }

    /// Any program on a terminal.
    pub fn on_terminal(&self, cols: u16, rows: u16, program: &str, args: &[String], title: &str) -> Terminal {
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        for (variable, value) in &self.env {
            command.env(variable, value);
        }
        command.cwd(self.path("home"));
        let answers = (self.background.clone(), self.kind.clone());
        Terminal::start(command, (cols, rows), answers, title.to_owned(), self.tree.clone())
    }

    // ---- what mux and the kernel tell -----------------------------------------------------------------------

    /// A format at a target: `$ mux display-message -p -t TARGET FORMAT`.
    #[track_caller]
    pub fn display(&self, target: &str, format: &str) -> String {
        self.ok(&format!("display-message -p -t '{target}' '{format}'")).trim_end().to_owned()
    }

    #[track_caller]
    pub fn server(&self) -> Process {
        let pid = self.ok("display-message -p '#{pid}'");
        let pid = pid.trim().parse().unwrap_or_else(|_| panic!("no pid: {pid:?}"));
        Process::of(pid).expect("the server runs")
    }

    /// The parent of the server.
    #[track_caller]
    pub fn keeper(&self) -> Process {
        Process::of(self.server().parent()).expect("the keeper runs")
    }

    /// The program in a pane.
    #[track_caller]
    pub fn pane(&self, target: &str) -> Process {
        let pid = self.display(target, "#{pane_pid}");
        let pid = pid.parse().unwrap_or_else(|_| panic!("no pid: {pid:?}"));
        Process::of(pid).unwrap_or_else(|| panic!("no process {pid} in pane {target}"))
    }

    /// Waits until the pane's text holds this; the text.
    #[track_caller]
    pub fn captured(&self, target: &str, text: &str) -> String {
        until(&format!("'{text}' in pane {target}"), || {
            let capture = self.mux(&format!("capture-pane -p -t {target}")).out;
            capture.contains(text).then_some(capture)
        })
    }

    /// Everything that runs in this world.
    pub fn processes(&self) -> Vec<Process> {
        Process::all_of(&self.tree.root)
    }

    pub fn report(&self) -> String {
        self.tree.report()
    }
}

impl Drop for World {
    /// `kill-server` must leave nothing behind. A story that has failed already is only cleaned up after.
    fn drop(&mut self) {
        let failed = std::thread::panicking();
        if !failed && !self.processes().is_empty() {
            let output = self.mux("kill-server");
            let left = self.wait_until_empty();
            let report = self.tree.report();
            self.tree.kill();
            assert!(left.is_empty(), "left behind by kill-server ({output:?}):\n{}\n{report}", left.join("\n"));
        }
        self.tree.kill();
    }
}

impl World {
    /// Waits for all processes to end; those that do not, as text.
    fn wait_until_empty(&self) -> Vec<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = self.processes();
            if left.is_empty() || Instant::now() > deadline {
                return left.iter().map(Process::to_string).collect();
            }
            std::thread::park_timeout(Duration::from_millis(15));
        }
    }
}

impl Tree {
    /// For a failure: what runs, and the ends of mux's own logs.
    pub fn report(&self) -> String {
        let mut report = String::from("processes:\n");
        for process in Process::all_of(&self.root) {
            report += &format!("  {process}\n");
        }
        for log in logs(&self.root.join("state/mux")) {
            let text = fs::read_to_string(&log).unwrap_or_default();
            let lines: Vec<_> = text.lines().collect();
            report += &format!("{}:\n", log.strip_prefix(&self.root).unwrap_or(&log).display());
            for line in &lines[lines.len().saturating_sub(30)..] {
                report += &format!("  {line}\n");
            }
        }
        report
    }

    /// Kills what is left, until nothing is.
    fn kill(&self) {
        for _ in 0..100 {
            let left = Process::all_of(&self.root);
            if left.is_empty() {
                return;
            }
            for process in left {
                process.kill(Signal::KILL);
            }
            std::thread::park_timeout(Duration::from_millis(15));
        }
    }
}

/// mux's own logs: those of the first server and of those with a name.
fn logs(state: &Path) -> Vec<PathBuf> {
    let named = fs::read_dir(state.join("servers")).into_iter().flatten().flatten().map(|entry| entry.path());
    std::iter::once(state.to_path_buf())
        .chain(named)
        .flat_map(|dir| fs::read_dir(dir).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .collect()
}

fn environment(root: &Path) -> BTreeMap<String, String> {
    let place = |name: &str| root.join(name).to_str().expect("the path is ASCII").to_owned();
    let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/bin:/bin".to_owned());
    [
        ("HOME", place("home")),
        ("XDG_RUNTIME_DIR", place("run")),
        ("XDG_STATE_HOME", place("state")),
        ("XDG_CONFIG_HOME", place("config")),
        ("PATH", format!("{}:{path}", place("bin"))),
        ("LANG", "C.UTF-8".to_owned()),
        ("TERM", "xterm-256color".to_owned()),
        ("SHELL", "/bin/sh".to_owned()),
        ("TZ", "UTC".to_owned()),
        ("PS1", "$ ".to_owned()),
    ]
    .map(|(variable, value)| (variable.to_owned(), value))
    .into()
}

/// Kills the story's processes if the sender is not dropped in time.
fn watch(tree: Tree, limit: Duration) -> mpsc::Sender<()> {
    let (alive, watched) = mpsc::channel::<()>();
    std::thread::spawn(move || {
        if watched.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout) {
            eprintln!("a story has taken more than {} s; its processes are killed\n{}", limit.as_secs(), tree.report());
            tree.kill();
        }
    });
    alive
}

fn collect(mut stream: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        // The story may have given up on it.
        let _ = send.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receive
}

fn shell_code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}
