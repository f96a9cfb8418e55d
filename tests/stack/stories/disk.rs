//! The disk is full, or the state directory is gone: programs and commands go on, it is told once, and it is made good.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::Signal;

use crate::harness::{World, until};
use crate::skip;

/// A small file system; gone with this.
pub struct Mount(PathBuf);

impl Mount {
    pub fn tmpfs(at: PathBuf) -> Option<Self> {
        fs::create_dir_all(&at).ok()?;
        let options = ["-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs"];
        let status = Command::new("mount").args(options).arg(&at).output().ok()?.status;
        status.success().then_some(Self(at))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily: whoever of the story still has a file open there keeps it until it ends.
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

/// The server is killed; what the next one knows.
fn sessions_after_a_crash(world: &World) -> String {
    let server = world.server();
    server.kill(Signal::KILL);
    until("another server", || {
        let pid: u32 = world.mux("display-message -p '#{pid}'").out.trim().parse().ok()?;
        (pid != server.pid).then_some(())
    });
    world.ok("ls -F '#{session_name}'")
}

fn generations(world: &World) -> usize {
    let folder = fs::read_dir(world.path("state/mux/generations"));
    folder.into_iter().flatten().flatten().filter(|entry| entry.path().extension().is_some_and(|e| e == "json")).count()
}

#[test]
fn a_full_disk_is_told_once_and_everything_is_written_when_there_is_room() {
    let world = World::new();
    let Some(_mount) = Mount::tmpfs(world.path("state/mux")) else { skip!("nothing can be mounted here") };
    world.ok("new -d -s before");
    until("it is synced", || (generations(&world) > 0).then_some(()));
    let ballast = world.path("state/mux/ballast");
    let _ = fs::write(&ballast, vec![0; 2 << 20]);
    let _ = fs::write(world.path("state/mux/rest"), vec![0; 1 << 20]);

    let mut told = 0;
    for number in 0..5 {
        let output = world.mux(&format!("new -d -s full{number}"));
        assert_eq!(output.status, 0, "commands go on: {output:?}");
        told += output.err.matches("mux cannot write its state").count();
        assert!(output.err.is_empty() || output.err.contains("no space left on device"), "{output:?}");
    }
    assert_eq!(told, 1, "it is told once");
    let terminal = world.terminal("attach -t full0");
    terminal.prompt();
    fs::remove_file(&ballast).expect("ours");
    fs::remove_file(world.path("state/mux/rest")).expect("ours");
    terminal.shows("mux can write its state again");
    assert_eq!(sessions_after_a_crash(&world).lines().count(), 6, "nothing was lost");
}

#[test]
fn a_file_in_the_place_of_the_state_directory_is_told_and_made_good() {
    let world = World::new();
    world.ok("new -d -s before");
    until("it is synced", || (generations(&world) > 0).then_some(()));
    let terminal = world.sized(120, 24, "attach -t before");
    terminal.prompt();
    fs::rename(world.path("state/mux"), world.path("state/away")).expect("ours");
    fs::write(world.path("state/mux"), "in the way").expect("ours");
    world.ok("new -d -s meanwhile");
    terminal.shows("mux cannot write its state");
    world.ok("rename-session -t meanwhile renamed");
    fs::remove_file(world.path("state/mux")).expect("ours");
    terminal.shows("mux can write its state again");
    assert_eq!(sessions_after_a_crash(&world), "before\nrenamed\n");
    until("generations are there again", || (generations(&world) > 0).then_some(()));
}

#[test]
fn a_state_directory_that_is_removed_is_written_anew() {
    let world = World::new();
    world.ok("new -d -s before");
    until("it is synced", || (generations(&world) > 0).then_some(()));
    fs::remove_dir_all(world.path("state/mux")).expect("ours");
    world.ok("new -d -s after");
    assert_eq!(sessions_after_a_crash(&world), "after\nbefore\n");
    until("both are in a generation", || {
        let list: serde_json::Value = serde_json::from_str(&world.mux("restore --list --json").out).ok()?;
        (list[0]["sessions"].as_array()?.len() == 2).then_some(())
    });
}
