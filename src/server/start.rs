//! A server's first steps: meet the keeper, read the configuration and the model, take up what lives.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit};
use tokio::net::UnixListener;

use super::before::{Before, Now};
use super::configured::Configured;
use super::core::{Core, End, Folders};
use super::handover::Keeper;
use super::keeper_link::{KeeperLink, KeeperReceiver};
use super::panes::Left;
use super::restore;
use crate::base::{Launch, PaneId, Paths, Timestamp, machine};
use crate::model::{Held, Restored, Setup, State};
use crate::proto::packet::{FromKeeper, ToKeeper, Welcome};

/// The role `@server`: standard input is the keeper's link.
pub fn run(launch: Launch) -> ExitCode {
    start_log();
    crate::base::sys::one_heap();
    crate::base::sys::ignore_hangup();
    let open_files = raise_open_files();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    // As a task: between a root future and tasks the runtime looks for events each time it changes over.
    match runtime.block_on(async { tokio::spawn(serve(launch, open_files)).await }) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => fail(&error),
        Err(panicked) => fail(&panicked.into()),
    }
}

fn fail(error: &io::Error) -> ExitCode {
    tracing::error!(%error, "the server ends");
    ExitCode::FAILURE
}

/// To standard error, which the keeper has made the server's log. `MUX_LOG` sets the level.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MUX_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(false);
    // Told by eprintln!, which panics where nothing can be written: on a full disk that would be the server's end.
    let _ = log.log_internal_errors(false).try_init();
}

/// A pane takes descriptors here, and nothing that is started inherits this process's limit. Gives the one of before.
fn raise_open_files() -> Option<u64> {
    let limit = rustix::process::getrlimit(Resource::Nofile);
    if let Err(error) = rustix::process::setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
    limit.current
}

/// What the keeper holds when a server starts.
struct Holdings {
    listener: OwnedFd,
    panes: Vec<HeldPane>,
}

/// A pane from before.
struct HeldPane {
    pane: PaneId,
    held: Held,
    master: OwnedFd,
    memory: Option<OwnedFd>,
}

async fn serve(launch: Launch, open_files: Option<u64>) -> io::Result<()> {
    let (mut receiver, sender) = KeeperLink::from_stdin()?.split();
    let welcome = welcome(&mut receiver).await?;
    let listener = welcome.listener.try_clone()?;
    let pid = welcome.pid;
    let mut keeper = Keeper::new(launch.clone(), sender, welcome, listener.try_clone()?, open_files);
    let holdings = Holdings { listener, panes: meet(&mut receiver, &mut keeper).await? };
    let (configured, mut problems) = Configured::read(launch.config.as_deref(), &launch.paths);
    let config = configured.config.clone();
    let held = holdings.panes.iter().map(|held| (held.pane, held.held.clone())).collect::<HashMap<_, _>>();
    let now = Now { boot: machine::boot_id(), keeper: pid, holds: !held.is_empty() };
    let mut before = Before::judge(&launch.paths.state_dir, &now);
    let saved = std::mem::take(&mut before.saved);
    let unread = std::mem::take(&mut before.problems);
    let agent_dir = agent_dir(&launch.paths);
    let setup = setup(&launch.paths, agent_dir.clone());
    let restored = State::restore(config.options, setup, saved, &held, Timestamp::now());
    for problem in unread.into_iter().chain(restored.problems) {
        tracing::warn!(problem, "while reading the model");
        problems.push(problem);
    }
    let Restored { state, effects, .. } = restored;
    let known = before.generations.newest().map(|newest| newest.parts.keys().cloned().collect());
    let found = restore::at_start(&before, config.restore.sessions);
    let begins = before.begins;
    let folders =
        Folders { agents: agent_dir, aside: launch.paths.state_dir.join("failures"), jobs: launch.paths.jobs_dir() };
    let (mut core, mail) = Core::new(state, keeper, before, folders)?;
    // After a crash nobody is being answered to; the next one to attach is told.
    core.unsaid = if held.is_empty() { problems.clone() } else { Vec::new() };
    core.problems = problems;
    take_up(&mut core, holdings.panes);
    core.carry_out(effects);
    core.restore = config.restore;
    core.configured = configured;
    core.configured.watch(core.pane_mail.clone());
    core.start_saving(known.unwrap_or_default());
    core.greet(found, begins);
    let listener = std::os::unix::net::UnixListener::from(holdings.listener);
    listener.set_nonblocking(true)?;
    let listener = UnixListener::from_std(listener)?;
    if let Some((name, stage)) = core.keeper.upgrade.take() {
        core.upgrade_told(name, stage);
    }
    core.ask_keeper(ToKeeper::Ready);
    match core.run(listener, receiver, mail).await? {
        End::Over => core.finish().await,
        End::Terminated => core.be_terminated().await,
        End::Replaced => {
            core.be_terminated().await;
            core.leave().await;
        }
    }
    Ok(())
}

/// The keeper's first word.
async fn welcome(keeper: &mut KeeperReceiver) -> io::Result<Welcome> {
    match keeper.recv().await?.ok_or(io::ErrorKind::UnexpectedEof)? {
        FromKeeper::Welcome(welcome) => Ok(welcome),
        _ => Err(io::Error::other("the keeper gave no socket")),
    }
}

/// Every pane from before.
async fn meet(receiver: &mut KeeperReceiver, keeper: &mut Keeper) -> io::Result<Vec<HeldPane>> {
    let mut panes = Vec::new();
    loop {
        let mut packet = receiver.recv().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        keeper.holds(&mut packet)?;
        match packet {
            FromKeeper::Held { pane, pid, started, ended, master, memory, .. } => {
                let exit = ended.map(|ended| (ended.status, ended.at));
                panes.push(HeldPane { pane, held: Held { pid, started, exit }, master, memory });
            }
            FromKeeper::HeldEnd => return Ok(panes),
            _ => {}
        }
    }
}

/// Live panes of the model get a task again; others are hung up.
fn take_up(core: &mut Core, panes: Vec<HeldPane>) {
    for HeldPane { pane, held, master, memory } in panes {
        let Some(spec) = core.state.spec(pane) else {
            core.let_go(pane, &held);
            continue;
        };
        let left = memory.map_or(Left::Program, Left::Memory);
        if let Err(error) = core.adopt(pane, held.pid, &spec, master, left) {
            tracing::error!(%pane, %error, "a pane cannot be taken up");
            continue;
        }
        if let Some((status, at)) = held.exit {
            core.exited(pane, crate::proto::packet::Ended { status, at });
        }
    }
}

/// Beside the socket, as it dies with the machine like the sockets it points to.
fn agent_dir(paths: &Paths) -> PathBuf {
    let mut folder = OsString::from(&paths.socket);
    folder.push(".d");
    PathBuf::from(folder)
}

fn setup(paths: &Paths, agent_dir: PathBuf) -> Setup {
    let home = std::env::home_dir().unwrap_or_else(|| PathBuf::from("/"));
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    Setup {
        socket: paths.socket.clone(),
        server_pid: std::process::id(),
        agent_dir,
        host,
        shell: user_shell(),
        home,
        log_dir: paths.state_dir.join("logs"),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        env: std::env::vars_os().collect(),
    }
}

/// `$SHELL` where it names an absolute path, else the one that every Unix has.
fn user_shell() -> PathBuf {
    std::env::var_os("SHELL").map(PathBuf::from).filter(|shell| shell.is_absolute()).unwrap_or_else(|| "/bin/sh".into())
}
