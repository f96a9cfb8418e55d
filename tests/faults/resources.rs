//! What runs out: descriptors, processes, memory, room on the disk, the files themselves. Programs go on, mux goes on,
//! the user is told once and plainly, and all is well again when the cause has gone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, Signal, prlimit};

use crate::checks::Check;
use crate::eye::Eye;
use crate::harness::{Process, World, until};
use crate::schedule::Kinds;
use crate::skip;
use crate::stage::{LOOKS, RUN, Stage};
use crate::twin::Twin;

/// Lines that a server may write about one cause, however long it lasts.
const FEW_LINES: usize = 20;

/// Leaves a test out until what it asks for is there.
macro_rules! awaits {
    ($check:expr) => {
        if !$check.judged() {
            skip!("{:?} is not judged", $check);
        }
    };
}

fn stage(seed: u64) -> Stage {
    Stage::new(seed, Kinds::None)
}

/// Everything is as it would be without the fault.
#[track_caller]
fn all_is_well(stage: &mut Stage) {
    if let Err(lost) = stage.judge(true) {
        panic!("{lost}\n{}", stage.world.report());
    }
}

/// The program has printed so much more that something must have been done in between.
#[track_caller]
fn goes_on(twins: &mut [Twin]) {
    let flood = &mut twins[0].actor;
    let mut now = || flood.report().unwrap_or_else(|error| panic!("{error}")).at;
    let before = now();
    until("programs go on", || (now() > before + 3000).then_some(()));
}

fn new_window(stage: &mut Stage) {
    stage.hands.unknown_window = true;
    stage.world.ok("new-window -d -t play:");
}

fn logged(world: &World) -> usize {
    world.read("state/mux/server.log").lines().count()
}

/// The soft limit only: that binds, and can be raised again.
fn limit(process: Process, resource: Resource, value: Option<u64>) {
    let name = if matches!(resource, Resource::Nofile) { "Max open files" } else { "Max address space" };
    let limits = fs::read_to_string(format!("/proc/{}/limits", process.pid)).expect("it runs");
    let line = limits.lines().find_map(|line| line.strip_prefix(name)).expect("the kernel has this limit");
    let maximum = line.split_whitespace().nth(1).and_then(|most| most.parse().ok());
    let pid = Pid::from_raw(process.pid as i32).expect("a pid");
    prlimit(Some(pid), resource, Rlimit { current: value, maximum }).expect("one may limit one's own");
}

/// No descriptor above those that are open now, and these more.
fn limit_descriptors(process: Process, more: u64) {
    let highest = process.descriptors().last().map_or(0, |(number, _)| u64::from(*number));
    limit(process, Resource::Nofile, Some(highest + 1 + more));
}

#[test]
fn the_server_has_no_descriptor_left() {
    let mut stage = stage(1);
    let before = logged(&stage.world);
    limit_descriptors(stage.breaker.server, 4);
    let refused = fill_up(&mut stage, 4);
    assert!(refused.to_lowercase().contains("open files"), "it says what is short: {refused:?}");

    // Not even a client's connection: it waits, and is served when there is room.
    limit_descriptors(stage.breaker.server, 0);
    std::thread::scope(|scope| {
        let world = &stage.world;
        let waits = scope.spawn(|| world.mux("list-sessions"));
        goes_on(&mut stage.twins);
        limit(stage.breaker.server, Resource::Nofile, Some(4096));
        let output = waits.join().expect("it is answered in time");
        assert_eq!(output.status, 0, "{output:?}");
    });
    assert!(logged(&stage.world) < before + FEW_LINES, "said once:\n{}", stage.world.report());
    new_window(&mut stage);
    all_is_well(&mut stage);
}

#[test]
fn the_keeper_has_no_descriptor_left() {
    let mut stage = stage(2);
    // It raises its own soft limit, so the hard one has to bind; what gives room is a pane that goes.
    let highest = stage.breaker.keeper.descriptors().last().map_or(0, |(number, _)| u64::from(*number));
    let most = Some(highest + 20);
    let pid = Pid::from_raw(stage.breaker.keeper.pid as i32).expect("a pid");
    prlimit(Some(pid), Resource::Nofile, Rlimit { current: most, maximum: most }).expect("one may lower one's own");
    let refused = fill_up(&mut stage, 20);
    assert!(refused.to_lowercase().contains("open files"), "it says what is short: {refused:?}");
    goes_on(&mut stage.twins);
    stage.world.ok("kill-window -t play:$");
    new_window(&mut stage);
    all_is_well(&mut stage);
}

/// Opens windows until one is refused, with one clear line: that.
#[track_caller]
fn fill_up(stage: &mut Stage, most: usize) -> String {
    stage.hands.unknown_window = true;
    for _ in 0..most {
        let output = stage.world.mux("new-window -d -t play:");
        if output.status != 0 {
            assert_eq!(output.err.lines().count(), 1, "one clear line: {output:?}");
            return output.err;
        }
    }
    panic!("the limit does not bind");
}

#[test]
fn no_process_can_be_started() {
    awaits!(Check::Screen);
    let Some(group) = Group::new() else { skip!("no control group for processes can be made here") };
    let mut stage = stage(3);
    for process in [stage.breaker.keeper, stage.breaker.server] {
        group.take(process);
    }
    group.limit("2");
    let refused = stage.world.mux("new-window -d -t play:");
    assert_eq!((refused.status != 0, refused.err.lines().count()), (true, 1), "one clear line: {refused:?}");
    goes_on(&mut stage.twins);
    // Not even a server: the keeper tries on.
    stage.breaker.server.kill(Signal::KILL);
    until("the server is gone", || (!stage.breaker.server.alive()).then_some(()));
    group.limit("max");
    stage.breaker.served(&stage.world);
    new_window(&mut stage);
    all_is_well(&mut stage);
}

#[test]
fn the_server_has_no_memory_left() {
    awaits!(Check::Screen);
    let mut stage = stage(4);
    let pages = fs::read_to_string(format!("/proc/{}/statm", stage.breaker.server.pid)).expect("it runs");
    let pages: u64 = pages.split(' ').next().and_then(|pages| pages.parse().ok()).expect("a number");
    // What it maps already and next to nothing more. Whether it dies of it or not, nothing is lost.
    limit(stage.breaker.server, Resource::As, Some(pages * 4096 + (256 << 10)));
    goes_on(&mut stage.twins);
    stage.breaker.served(&stage.world);
    limit(stage.breaker.server, Resource::As, None);
    new_window(&mut stage);
    all_is_well(&mut stage);
}

#[test]
fn the_disk_is_full() {
    awaits!(Check::Disk);
    let world = World::lasting(RUN);
    let Some(disk) = Disk::over(&world.path("state")) else { skip!("no small file system can be mounted here") };
    let mut stage = Stage::on(world, 5, Kinds::None);
    told_once(&mut stage, "space", || disk.fill());
    disk.empty();
    comes_back(&mut stage);
}

#[test]
fn the_state_directory_is_read_only() {
    awaits!(Check::Disk);
    let mut stage = stage(6);
    // Only now: a file that is open for writing keeps the kernel from making its file system read-only.
    let Some(disk) = Disk::over(&stage.world.path("state")) else { skip!("no small file system can be mounted here") };
    // What is being written at the moment keeps it writable.
    told_once(&mut stage, "read-only", || until("it is read-only", || disk.remount("ro").then_some(())));
    assert!(disk.remount("rw"));
    comes_back(&mut stage);
}

#[test]
fn the_state_directory_is_gone_and_a_file_is_in_its_place() {
    awaits!(Check::Disk);
    let mut stage = stage(7);
    let state = stage.world.path("state/mux");
    let aside = stage.world.path("state/aside");
    told_once(&mut stage, "state", || {
        fs::rename(&state, &aside).expect("our own directory");
        fs::write(&state, "in the way").expect("our own directory");
    });
    fs::remove_file(&state).expect("our own file");
    comes_back(&mut stage);
}

#[test]
fn the_servers_log_is_removed() {
    let mut stage = stage(8);
    let log = stage.world.path("state/mux/server.log");
    fs::remove_file(&log).expect("the server's log");
    new_window(&mut stage);
    goes_on(&mut stage.twins);
    let former = stage.breaker.server;
    former.kill(Signal::KILL);
    stage.breaker.served(&stage.world);
    assert!(stage.world.read("state/mux/server.log").contains("SIGKILL"), "there is a log again");
}

/// After this nothing can be written. Commands work all the same, and who is attached is told once, in these words among
/// others.
#[track_caller]
fn told_once(stage: &mut Stage, word: &str, cause: impl FnOnce()) {
    stage.logs_may_lack = true;
    let (session, size) = LOOKS[1];
    let mut eye = Eye::attach(&stage.socket(), session, size).expect("it attaches");
    cause();
    for name in ["one", "two", "three"] {
        stage.world.ok(&format!("rename-window -t play:1 {name}"));
    }
    goes_on(&mut stage.twins);
    until("the user is told", || {
        eye.look(Duration::from_millis(10)).expect("it stays attached");
        (!eye.told.is_empty()).then_some(())
    });
    assert!(eye.told[0].to_lowercase().contains(word), "plainly: {:?}", eye.told);
    assert_eq!(eye.told.len(), 1, "once: {:?}", eye.told);
    assert_eq!(stage.world.display("play:1", "#{window_name}"), "three");
    let mut late = Eye::attach(&stage.socket(), session, size).expect("it attaches");
    until("who comes later is told too", || {
        late.look(Duration::from_millis(10)).expect("it stays attached");
        late.told.iter().any(|told| told.to_lowercase().contains(word)).then_some(())
    });
}

/// The cause has gone: without another command all is written, so that the next server knows it.
#[track_caller]
fn comes_back(stage: &mut Stage) {
    let saved = |path: PathBuf| fs::read_to_string(path).is_ok_and(|text| text.contains("\"three\""));
    until("the state is written again", || files(&stage.world.path("state")).into_iter().any(saved).then_some(()));
    all_is_well(stage);
    stage.breaker.server.kill(Signal::KILL);
    stage.breaker.served(&stage.world);
    assert_eq!(stage.world.display("play:1", "#{window_name}"), "three");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A control group of its own that bounds processes.
struct Group(PathBuf);

impl Group {
    /// Where the system has it (version 1 or 2), and lets us.
    fn new() -> Option<Self> {
        let name = format!("mux-faults-{}", std::process::id());
        ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"].into_iter().find_map(|root| {
            let group = Self(Path::new(root).join(&name));
            fs::create_dir(&group.0).ok()?;
            fs::write(group.0.join("pids.max"), "max").ok()?;
            Some(group)
        })
    }

    fn take(&self, process: Process) {
        fs::write(self.0.join("cgroup.procs"), process.pid.to_string()).expect("it may be moved");
    }

    fn limit(&self, most: &str) {
        fs::write(self.0.join("pids.max"), most).expect("our own group");
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // What is still in it goes back to the root; then it can be removed.
        let root = self.0.parent().expect("it is below the root").join("cgroup.procs");
        for pid in fs::read_to_string(self.0.join("cgroup.procs")).unwrap_or_default().lines() {
            let _ = fs::write(&root, pid);
        }
        let _ = fs::remove_dir(&self.0);
    }
}

/// A file system of half a mebibyte.
struct Disk(PathBuf);

impl Disk {
    /// Over a directory, whose files it has at first.
    fn over(folder: &Path) -> Option<Self> {
        let aside = folder.with_extension("aside");
        let copied = run("cp", &["-a", path(folder), path(&aside)]);
        if !copied || !run("mount", &["-t", "tmpfs", "-o", "size=512k", "tmpfs", path(folder)]) {
            return None;
        }
        let disk = Self(folder.to_path_buf());
        run("cp", &["-a", &format!("{}/.", path(&aside)), path(folder)]).then_some(disk)
    }

    fn fill(&self) {
        let block = vec![b'x'; 1024];
        let mut file = fs::File::create(self.0.join("filling")).expect("there is room so far");
        while std::io::Write::write_all(&mut file, &block).is_ok() {}
    }

    fn empty(&self) {
        fs::remove_file(self.0.join("filling")).expect("our own file");
    }

    fn remount(&self, how: &str) -> bool {
        run("mount", &["-o", &format!("remount,{how}"), path(&self.0)])
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        run("umount", &["-l", path(&self.0)]);
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("the path is ASCII")
}

fn run(program: &str, words: &[&str]) -> bool {
    Command::new(program).args(words).output().is_ok_and(|output| output.status.success())
}
