//! Coming up and going down.

use std::fs::{self, File};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::thread::JoinHandle;

use mux::cli::start::{connect, ensure_with};
use mux::proto::packet::{FromKeeper, ToKeeper, Welcome};
use rustix::process::Signal;

use crate::rig::{Daemon, Keeper, MUX, Process, Server, Site, shell};

#[test]
fn the_starter_hears_of_it_when_the_server_serves() {
    let mut keeper = Keeper::start();
    let server = keeper.server();
    server.send(ToKeeper::Ready);
    assert_eq!(keeper.starter_line(), "ready\n");
    assert_eq!(keeper.starter_line(), "", "the keeper has let go of the pipe");
}

#[test]
fn a_server_that_never_comes_up_is_given_up_with_a_reason() {
    let mut site = Site::new();
    site.launch.server_binary = Some("/bin/false".into());
    let mut keeper = Keeper::start_through(&mut Command::new(MUX), site);
    let line = keeper.starter_line();
    assert!(line.starts_with("failed\tthe server ends as soon as it is started\t"), "{line}");
    assert_eq!(keeper.wait().code(), Some(70));
    assert!(!keeper.socket().exists());
}

#[test]
fn stop_hangs_up_everything_and_removes_the_socket() {
    let mut keeper = Keeper::start();
    let mut server = keeper.server();
    let pane = server.spawn(shell(1, "exec sleep 600"));
    let program = Process::new(pane.pid);
    assert!(connect(&keeper.site.launch.paths).unwrap().is_some());
    server.send(ToKeeper::Stop);
    assert_eq!(keeper.wait().code(), Some(0));
    program.wait_end();
    assert!(!keeper.socket().exists());
    assert!(connect(&keeper.site.launch.paths).unwrap().is_none());
}

#[test]
fn sigterm_stops_it_with_its_server() {
    let mut keeper = Keeper::start();
    let mut server = keeper.server();
    let pane = server.spawn(shell(1, "exec sleep 600"));
    let program = Process::new(pane.pid);
    Process::new(keeper.pid()).kill(Signal::TERM);
    assert_eq!(keeper.wait().code(), Some(0));
    program.wait_end();
    server.process.wait_end();
}

fn status_line(pid: u32, name: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').trim().to_owned()
}

/// Session, controlling terminal.
fn session(pid: u32) -> (u32, i32) {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[3].parse().unwrap(), fields[4].parse().unwrap())
}

fn open_files(pid: u32) -> Vec<String> {
    let links = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    links.filter_map(|link| fs::read_link(link.unwrap().path()).ok()).map(|path| path.display().to_string()).collect()
}

fn is_in_the_background(pid: u32, marker: &Path) {
    let (session, terminal) = session(pid);
    assert_ne!(session, pid, "it leads no session");
    assert_eq!(terminal, 0, "it has no controlling terminal");
    assert_eq!(fs::read_link(format!("/proc/{pid}/cwd")).unwrap(), Path::new("/"));
    assert_eq!(status_line(pid, "Umask"), "0077");
    let ignored = u64::from_str_radix(&status_line(pid, "SigIgn"), 16).unwrap();
    assert_eq!(ignored & 1, 1, "SIGHUP is ignored");
    let files = open_files(pid);
    assert!(!files.contains(&marker.display().to_string()), "{files:?}");
}

type Client = JoinHandle<mux::base::Result<UnixStream>>;

/// A client that connects, and starts what it needs for that.
fn client(site: &Site) -> Client {
    let launch = site.launch.clone();
    std::thread::spawn(move || ensure_with(&launch, Path::new(MUX)))
}

/// What the clients have started, once it serves them all.
fn served(site: &Site, clients: Vec<Client>) -> (Daemon, Server) {
    let mut server = site.server();
    let FromKeeper::Welcome(Welcome { pid, .. }) = server.recv() else { panic!() };
    let keeper = Daemon(Process::new(pid));
    server.send(ToKeeper::Ready);
    for client in clients {
        client.join().unwrap().unwrap();
    }
    (keeper, server)
}

#[test]
fn clients_that_start_it_together_get_one_server_in_the_background() {
    let site = Site::new();
    // A descriptor that every child of this process inherits.
    let marker = site.path().join("marker");
    let _leak = rustix::io::dup(File::create(&marker).unwrap().as_fd()).unwrap();
    let (keeper, server) = served(&site, (0..4).map(|_| client(&site)).collect());
    for process in [&keeper.0, &server.process] {
        is_in_the_background(process.pid.as_raw_nonzero().get().cast_unsigned(), &marker);
    }
    site.no_further_server();
    server.send(ToKeeper::Stop);
    keeper.0.wait_end();
    assert!(!site.launch.paths.socket.exists());
}

#[test]
fn what_a_killed_keeper_leaves_behind_stops_nobody() {
    let site = Site::new();
    let (keeper, server) = served(&site, vec![client(&site)]);
    keeper.0.kill(Signal::KILL);
    keeper.0.wait_end();
    let server_process = Process::new(server.process.pid.as_raw_nonzero().get().cast_unsigned());
    drop(server);
    server_process.wait_end();
    assert!(site.launch.paths.socket.exists());
    served(&site, vec![client(&site)]);
}

#[test]
fn a_start_that_fails_says_why() {
    let mut site = Site::new();
    site.launch.server_binary = Some("/bin/false".into());
    let error = ensure_with(&site.launch, Path::new(MUX)).unwrap_err();
    assert_eq!(error.message, "the server ends as soon as it is started");
    assert!(error.hint.unwrap().ends_with("server.log"));
    let error = ensure_with(&site.launch, Path::new("/no/such/mux")).unwrap_err();
    assert_eq!(error.message, "cannot run /no/such/mux: no such file or directory");
}
