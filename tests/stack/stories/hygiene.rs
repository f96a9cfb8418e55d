//! The server side as a guest on the machine: what it holds, where it lives, who gets in.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use rustix::process::Signal;

use crate::harness::{MUX, PATIENCE, Process, World, program, until};
use crate::skip;

#[test]
fn keeper_and_server_are_daemons() {
    let world = World::new();
    world.ok("new -d -s worker");
    let terminal = world.terminal("attach -t worker");
    terminal.prompt();
    let (keeper, server) = (world.keeper(), world.server());
    let ours = Process::of(std::process::id()).expect("we run");
    for session in [ours.session(), terminal.program().session()] {
        assert_ne!(keeper.session(), session, "a session of its own");
    }
    for (role, process) in [("keeper", keeper), ("server", server)] {
        assert_eq!(process.terminal(), 0, "{role}: no controlling terminal");
        assert_eq!(process.session(), keeper.session(), "{role}");
        assert_eq!(process.cwd(), Path::new("/"), "{role}");
        assert!(process.ignores(Signal::HUP), "{role}");
        assert_eq!(process.status("Umask"), "0077", "{role}");
        let open = process.descriptors();
        // The server's last words go to its log.
        let log = world.place("state/mux/server.log");
        let allowed = |number| if role == "server" && number > 0 { log.as_str() } else { "/dev/null" };
        for number in 0..3 {
            let leads = open.iter().find(|(n, _)| *n == number).map(|(_, to)| to.as_str());
            assert_eq!(leads, Some(allowed(number)), "{role}, descriptor {number}: {open:?}");
        }
    }
    assert_ne!(keeper.parent(), std::process::id(), "it is nobody's child that it could be waited for by");
}

/// What the starter has open does not stay open in the server side: no pipe, no file, no terminal.
#[test]
fn no_descriptor_leaks() {
    let world = World::new();
    world.write("home/open", "");
    let started = world.sh("exec 7< open 8> held 9<&0; mux new -d -s worker");
    assert_eq!(started.status, 0, "{started:?}");
    let inside = |to: &str| to.starts_with(world.path("home").to_str().expect("ASCII"));
    let expected = ["socket:", "anon_inode:", "/dev/ptmx", "/dev/pts/ptmx", "/dev/null", "/memfd:", "pipe:"];
    for process in [world.keeper(), world.server()] {
        for (number, to) in process.descriptors() {
            assert!(!inside(&to), "{process}: descriptor {number} is {to}");
            let known = expected.iter().any(|start| to.starts_with(start)) || to.starts_with(&world.place(""));
            assert!(known || to.starts_with("/dev/urandom"), "{process}: descriptor {number} is {to}");
        }
    }
    // While it starts, a shell has its own files open.
    world.captured("worker", "$");
    let shell = world.pane("worker");
    // A shell that reads its profile has more, for a moment; what has leaked would stay.
    until("a shell with no descriptor of somebody else's", || {
        // A shell keeps its terminal under a high number.
        let its_own = |to: &str| to.starts_with("/dev/pts/") || to.starts_with("/dev/tty");
        shell.descriptors().into_iter().all(|(number, to)| number <= 2 || its_own(&to)).then_some(())
    });
}

#[test]
fn descriptors_do_not_pile_up() {
    let world = World::new();
    world.ok("new -d -s worker");
    let count = |process: Process| process.descriptors().len();
    let (keeper, server) = (world.keeper(), world.server());
    let round = || {
        world.ok("new -d -s brief");
        world.ok("kill-session -t brief");
        world.ok("run -- true");
        let terminal = world.terminal("attach -t worker");
        terminal.prompt();
        drop(terminal);
        until("nobody is attached", || world.ok("list-clients").is_empty().then_some(()));
    };
    round();
    let settled = || (count(keeper), count(server));
    let before = settled();
    for _ in 0..5 {
        round();
    }
    until("as few descriptors as before", || {
        let now = settled();
        (now.0 <= before.0 && now.1 <= before.1).then_some(())
    });
}

#[test]
fn a_program_has_its_user_s_umask_and_default_signals() {
    let world = World::new();
    let started = world.sh("umask 027; mux new -d -s worker");
    assert_eq!(started.status, 0, "{started:?}");
    let mut terminal = world.terminal("attach -t worker");
    terminal.prompt();
    terminal.enter("umask");
    terminal.prints("0027");
    let program = world.script("bin/plain", "grep -E '^Sig(Ign|Blk)' /proc/self/status; read x");
    world.ok(&format!("new -d -s plain {program}"));
    let text = world.captured("plain", "SigIgn");
    for line in text.lines().filter(|line| line.starts_with("Sig")) {
        let mask = line.split_whitespace().nth(1).and_then(|mask| u64::from_str_radix(mask, 16).ok());
        // The two behind 31 are the C library's own.
        assert_eq!(mask.map(|mask| mask & 0x7fff_ffff), Some(0), "{text}");
    }
}

#[test]
fn the_directory_and_the_socket_are_the_user_s_alone() {
    let world = World::new();
    world.ok("new -d -s worker");
    let mode = |name: &str| fs::metadata(world.path(name)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode("run/mux"), 0o700);
    let socket = fs::metadata(world.path("run/mux/default")).expect("it is there");
    assert!(socket.file_type().is_socket());
    assert_eq!(mode("run/mux/default") & 0o077, 0);
    assert_eq!(mode("state/mux") & 0o077, 0);
}

#[test]
fn a_runtime_directory_that_others_can_enter_is_refused() {
    let world = World::new();
    fs::create_dir(world.path("run/mux")).expect("our own directory");
    fs::set_permissions(world.path("run/mux"), fs::Permissions::from_mode(0o755)).expect("our own directory");
    for line in ["new -d -s worker", "ls"] {
        let said = world.fails(1, line);
        assert!(said.contains(&world.place("run/mux")), "$ mux {line}: {said}");
        assert!(said.contains("700"), "what to do: {said}");
    }
    assert!(world.processes().is_empty());
}

#[test]
fn a_runtime_directory_of_someone_else_is_refused() {
    let world = World::new();
    if !rustix::process::geteuid().is_root() {
        skip!("only root can give a directory to someone else");
    }
    let dir = world.path("run/mux");
    fs::create_dir(&dir).expect("our own directory");
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o700)).expect("our own directory");
    std::os::unix::fs::chown(&dir, Some(65534), Some(65534)).expect("root may do that");
    let said = world.fails(1, "new -d -s worker");
    assert!(said.contains(&world.place("run/mux")), "{said}");
    assert!(world.processes().is_empty());
}

#[test]
fn a_runtime_directory_that_is_a_link_or_a_file_is_refused() {
    let world = World::new();
    fs::create_dir(world.path("elsewhere")).expect("our own directory");
    std::os::unix::fs::symlink(world.path("elsewhere"), world.path("run/mux")).expect("our own directory");
    assert!(world.fails(1, "new -d -s worker").contains("run/mux"));
    fs::remove_file(world.path("run/mux")).expect("our own directory");
    world.write("run/mux", "");
    assert!(world.fails(1, "new -d -s worker").contains("run/mux"));
    assert!(world.processes().is_empty());
}

#[test]
fn another_user_does_not_get_in() {
    let mut world = World::new();
    if !rustix::process::geteuid().is_root() {
        skip!("only root can become someone else");
    }
    let Some(setpriv) = program("setpriv") else { skip!("setpriv is not installed") };
    let copy = world.place("bin/mux-for-all");
    fs::copy(MUX, &copy).expect("our own directory");
    // As if directories protected nothing: only the check of the peer is left.
    let open =
        |name: &str, mode| fs::set_permissions(world.path(name), fs::Permissions::from_mode(mode)).expect("ours");
    let socket = world.place("open/s");
    fs::create_dir(world.path("open")).expect("our own directory");
    open("open", 0o700);
    world.ok(&format!("-S {socket} new -d -s worker"));
    open("", 0o755);
    open("open", 0o777);
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o777)).expect("ours");
    let stranger = ["--reuid=65534", "--regid=65534", "--clear-groups", copy.as_str(), "-S", socket.as_str()];
    for command in [&["ls"][..], &["kill-server"]] {
        let output =
            world.run(world.command(setpriv.to_str().expect("ASCII")).args(stranger).args(command), "stranger");
        assert!(output.status != 0 && output.out.is_empty(), "{output:?}");
    }
    open("open", 0o700);
    world.ok(&format!("-S {socket} has-session -t worker"));
    world.ok(&format!("-S {socket} kill-server"));
    world.set("DONE", "1");
}

#[test]
fn a_socket_path_that_is_too_long_is_refused() {
    let world = World::new();
    let long = world.place(&format!("run/{}", "x".repeat(120)));
    let said = world.fails(2, &format!("-S {long} new -d"));
    assert!(said.contains("too long") && said.contains("-S"), "{said}");
}

#[test]
fn a_socket_that_nobody_answers_is_replaced() {
    let world = World::new();
    fs::create_dir(world.path("run/mux")).expect("our own directory");
    fs::set_permissions(world.path("run/mux"), fs::Permissions::from_mode(0o700)).expect("our own directory");
    drop(UnixListener::bind(world.path("run/mux/default")).expect("our own directory"));
    let said = world.fails(1, "ls");
    assert!(said.contains("no server running"), "{said}");
    world.ok("new -d -s worker");
    world.ok("has-session -t worker");
}

#[test]
fn what_is_left_of_a_killed_server_side_is_replaced() {
    let world = World::new();
    world.ok("new -d -s first");
    let (keeper, server) = (world.keeper(), world.server());
    for process in [keeper, server] {
        process.kill(Signal::STOP);
    }
    for process in [keeper, server] {
        process.kill(Signal::KILL);
    }
    until("both are gone", || (!keeper.alive() && !server.alive()).then_some(()));
    let output = world.mux("new -d -s second");
    assert!(output.status == 0 && output.err.contains("1 session from before"), "{output:?}");
    world.ok("has-session -t second");
}

#[test]
fn a_file_in_the_socket_s_place_is_not_overwritten() {
    let world = World::new();
    fs::create_dir(world.path("run/mux")).expect("our own directory");
    fs::set_permissions(world.path("run/mux"), fs::Permissions::from_mode(0o700)).expect("our own directory");
    world.write("run/mux/default", "precious");
    let output = world.mux("new -d -s worker");
    assert!(output.status != 0, "{output:?}");
    assert!(output.err.contains("run/mux/default"), "{output:?}");
    assert_eq!(world.read("run/mux/default"), "precious");
}

#[test]
fn clients_that_start_the_server_at_the_same_moment_get_one() {
    let world = World::new();
    std::thread::scope(|scope| {
        for number in 0..6 {
            let world = &world;
            scope.spawn(move || world.ok(&format!("new -d -s s{number}")));
        }
    });
    assert_eq!(world.ok("ls -F '#{session_name}'").lines().count(), 6);
    let keeper = world.keeper();
    let strangers = || -> Vec<String> {
        let of_ours = |p: &Process| p.session() == keeper.session() || p.parent() == keeper.pid;
        world.processes().iter().filter(|p| !of_ours(p)).map(Process::to_string).collect()
    };
    until("whoever came too late has gone", || strangers().is_empty().then_some(()));
}

/// A hello as every version writes it, with another protocol in it.
fn hello(protocol: u16, oldest: u16, version: &str) -> Vec<u8> {
    let mut bytes = b"mux\0".to_vec();
    bytes.extend((5 + version.len() as u16).to_le_bytes());
    bytes.extend(protocol.to_le_bytes());
    bytes.extend(oldest.to_le_bytes());
    bytes.push(version.len() as u8);
    bytes.extend(version.bytes());
    bytes
}

fn connect(world: &World) -> UnixStream {
    let stream = UnixStream::connect(world.path("run/mux/default")).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("it can be set");
    stream
}

#[test]
fn a_client_of_another_version_is_told_so() {
    let world = World::new();
    world.ok("new -d -s worker");
    let mut stream = connect(&world);
    stream.write_all(&hello(999, 998, "9.9")).expect("the server reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server answers and hangs up");
    assert_eq!(answer.get(..4), Some(&b"mux\0"[..]), "its own hello, which any version can read");
    let length = usize::from(u16::from_le_bytes([answer[4], answer[5]]));
    let version = &answer[11..11 + usize::from(answer[10])];
    assert_eq!(version, env!("CARGO_PKG_VERSION").as_bytes());
    assert_eq!(answer.len(), 6 + length, "and nothing that it could not read");
    world.ok("has-session -t worker");
}

/// Listens where the server would.
fn server_of_ours(world: &World) -> UnixListener {
    fs::create_dir(world.path("run/mux")).expect("our own directory");
    fs::set_permissions(world.path("run/mux"), fs::Permissions::from_mode(0o700)).expect("our own directory");
    let listener = UnixListener::bind(world.path("run/mux/default")).expect("our own directory");
    listener.set_nonblocking(true).expect("it can be set");
    listener
}

fn client(listener: &UnixListener) -> UnixStream {
    let (stream, _) = until("a client comes", || listener.accept().ok());
    stream.set_nonblocking(false).expect("it can be set");
    stream
}

#[test]
fn a_server_of_another_version_is_told_about() {
    let world = World::new();
    let listener = server_of_ours(&world);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut stream = client(&listener);
            stream.write_all(&hello(999, 998, "9.9")).expect("the client reads");
            // Until it has gone.
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let said = world.fails(1, "ls");
        assert!(said.contains("9.9") && said.contains(env!("CARGO_PKG_VERSION")), "{said}");
    });
}

#[test]
fn a_command_that_is_stopped_while_it_waits_goes_on_waiting() {
    let world = World::new();
    let listener = server_of_ours(&world);
    let terminal = world.terminal("ls");
    let command = terminal.program();
    let mut stream = client(&listener);
    stream.read_exact(&mut [0; 6]).expect("the client says hello");
    let state = |wanted| until(wanted, || command.status("State").contains(wanted).then_some(()));
    state("sleeping");
    command.kill(Signal::STOP);
    state("stopped");
    command.kill(Signal::CONT);
    stream.write_all(&hello(999, 998, "9.9")).expect("the client reads");
    terminal.shows("the server is mux 9.9");
}

#[test]
fn who_does_not_speak_the_protocol_is_dropped_and_nothing_else_happens() {
    let world = World::new();
    world.ok("new -d -s worker");
    let server = world.server();
    let garbage: [&[u8]; 4] = [b"GET / HTTP/1.1\r\n\r\n", b"mux\0\xff\xff", &[0; 64], b"mux\0\x05\0\x01\0\x01\0\x09"];
    for bytes in garbage {
        let mut stream = connect(&world);
        stream.write_all(bytes).expect("the server reads");
        let mut answer = Vec::new();
        // A reset is an end as well.
        let _ = stream.read_to_end(&mut answer);
    }
    // A right hello, and then a frame that promises more than any may be long.
    let mut stream = connect(&world);
    stream.write_all(&hello(1, 1, "0.1")).expect("the server reads");
    stream.write_all(&u32::MAX.to_le_bytes()).expect("the server reads");
    let _ = stream.read_to_end(&mut Vec::new());
    assert_eq!(world.server(), server);
    assert!(server.memory() < 64 << 10, "{} KiB", server.memory());
}

#[test]
fn who_says_nothing_holds_nobody_up() {
    let world = World::new();
    world.ok("new -d -s worker");
    let silent: Vec<_> = (0..20).map(|_| connect(&world)).collect();
    world.ok("ls");
    let terminal = world.terminal("attach -t worker");
    terminal.prompt();
    drop(silent);
}

#[test]
fn files_have_the_owner_of_the_server() {
    let world = World::new();
    world.ok("new -d -s worker");
    let owner = fs::metadata(world.path("run/mux/default")).expect("it is there").uid();
    assert_eq!(owner, rustix::process::geteuid().as_raw());
}
