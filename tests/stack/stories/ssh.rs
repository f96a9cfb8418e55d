//! Away and back over a real sshd on 127.0.0.1.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;

use crate::harness::{Process, Terminal, World, program, spawning, until};
use crate::skip;

/// A sshd of this story's own: key, port and files in the world.
struct Sshd {
    child: Child,
    port: u16,
}

impl Sshd {
    /// Err: why it cannot be had here.
    fn start(world: &World) -> Result<Self, String> {
        let sshd = program("sshd").ok_or("sshd is not installed")?;
        program("ssh").ok_or("ssh is not installed")?;
        let keygen = program("ssh-keygen").ok_or("ssh-keygen is not installed")?;
        if rustix::process::geteuid().is_root() && !Path::new("/run/sshd").is_dir() {
            return Err("/run/sshd, where sshd of root separates its privileges, is not there".into());
        }
        fs::create_dir_all(world.path("ssh")).map_err(|e| e.to_string())?;
        for name in ["ssh/host", "ssh/user"] {
            let mut command = Command::new(&keygen);
            command.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(world.path(name)).stdin(Stdio::null());
            let status = command.status().map_err(|e| e.to_string())?;
            status.success().then_some(()).ok_or("ssh-keygen makes no key")?;
        }
        fs::copy(world.path("ssh/user.pub"), world.path("ssh/authorized")).map_err(|e| e.to_string())?;
        let port = free_port();
        let config = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {host}\nAuthorizedKeysFile {authorized}\nPidFile none\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             PermitRootLogin yes\nPrintMotd no\nPrintLastLog no\n",
            host = world.place("ssh/host"),
            authorized = world.place("ssh/authorized"),
        );
        world.write("ssh/sshd_config", &config);
        let log = fs::File::create(world.path("ssh/log")).map_err(|e| e.to_string())?;
        let mut command = world.command(sshd.to_str().ok_or("an odd path")?);
        command.args(["-D", "-e", "-f", &world.place("ssh/sshd_config")]).stdout(Stdio::null()).stderr(log);
        let child = {
            let _alone = spawning();
            command.spawn().map_err(|e| e.to_string())?
        };
        let mut sshd = Self { child, port };
        let ended = until("sshd listens or ends", || match sshd.child.try_wait() {
            Ok(None) => TcpStream::connect(("127.0.0.1", port)).is_ok().then_some(false),
            _ => Some(true),
        });
        if ended {
            return Err(format!("sshd cannot run here: {}", world.read("ssh/log").trim()));
        }
        let probe = sshd.terminal(world, "true");
        if probe.exits() == 0 {
            Ok(sshd)
        } else {
            Err(format!("this account cannot log in: {}", probe.screen().row(0)))
        }
    }

    /// `$ ssh HOST LINE` on a terminal. The account's home is not this world's, so its variables are given along.
    fn terminal(&self, world: &World, line: &str) -> Terminal {
        let environment: String =
            world.environment().iter().map(|(name, value)| format!("{name}='{value}' ")).collect();
        let remote = format!("cd {} && exec env -i {environment} {line}", world.place("home"));
        let args: Vec<String> = [
            &["-tt", "-F", "none", "-p", &self.port.to_string(), "-i", &world.place("ssh/user")][..],
            &["-o", "StrictHostKeyChecking=no", "-o", &format!("UserKnownHostsFile={}", world.place("ssh/known"))],
            &["-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR", "127.0.0.1", &remote],
        ]
        .concat()
        .iter()
        .map(|&arg| arg.to_owned())
        .collect();
        world.on_terminal(80, 24, "ssh", &args, &format!("ssh HOST {line}"))
    }

    /// Those of its processes that serve connections.
    fn sessions(&self) -> Vec<Process> {
        let Some(sshd) = Process::of(self.child.id()) else { return Vec::new() };
        sshd.family().into_iter().filter(|process| *process != sshd).collect()
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        for process in self.sessions() {
            process.kill(Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    listener.local_addr().expect("it is bound").port()
}

#[test]
fn a_session_outlives_the_connection() {
    let world = World::new();
    let sshd = match Sshd::start(&world) {
        Ok(sshd) => sshd,
        Err(why) => skip!("{why}"),
    };
    let mut terminal = sshd.terminal(&world, "mux new -s worker");
    terminal.wait_for("a shell in a session", |s| s.prompt() && s.status().contains("worker"));
    terminal.enter("seen=before; echo one-$((1+1))");
    terminal.prints("one-2");
    terminal.enter("mux run --nohup -s job -- sh -c 'echo started; exec sleep 1000'");
    terminal.shows("job job: pid ");
    let shell = world.pane("worker");
    let job = world.pane("job");

    // The network is gone: nobody says goodbye.
    let connection = sshd.sessions();
    assert!(!connection.is_empty());
    terminal.program().kill(Signal::KILL);
    for process in connection {
        let command = process.command_line();
        if command.starts_with("sshd") {
            process.kill(Signal::KILL);
        }
    }
    terminal.exits();
    until("nobody is attached", || world.ok("list-clients").is_empty().then_some(()));
    assert!(shell.alive() && job.alive());

    let mut terminal = sshd.terminal(&world, "mux attach -t worker");
    terminal.prints("one-2");
    terminal.enter("echo $seen-still");
    terminal.prints("before-still");
    terminal.press("C-b d");
    terminal.shows("[detached (from session worker)]");
    terminal.exits();
    assert_eq!(world.pane("worker"), shell);
    assert_eq!(world.pane("job"), job);
}
