//! mux: terminal sessions that outlive the terminal. See ARCHITECTURE.md for the map.

pub mod base;
pub mod blueprint;
pub mod cli;
pub mod client;
pub mod command;
pub mod config;
pub mod foreign;
pub mod format;
pub mod job;
pub mod keeper;
pub mod keymap;
pub mod layout;
pub mod model;
pub mod proto;
pub mod server;
pub mod store;
pub mod term;

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::time::Instant;

use base::limits::{HELLO_TIMEOUT, MOTD_PATIENCE, UPGRADE_TRIAL};
use base::role::{Launch, name};
use base::{Error, Identity, Result, limits};
use cli::{Action, Errand, Invocation, KeysOrder, Plan, Verdict};
use proto::message::Context;

/// What `main` does: the first word says which of mux's processes this one is; anything else was typed by a user.
pub fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1).peekable();
    match args.peek().and_then(|word| word.to_str()) {
        Some(name::DAEMON) => keeper::daemon_main(args.skip(1)),
        Some(name::KEEPER) => keeper::run(args.skip(1)),
        Some(name::RESUME) => keeper::resume(args.skip(1)),
        Some(name::PROBE) => print(&proto::probe::Probe::ours().to_line()),
        Some(name::SUCCESSOR) => keeper::succeed(args.skip(1)),
        Some(name::EXEC) => keeper::exec_main(args.skip(1)),
        Some(name::SERVER) => serve(args.skip(1)).unwrap_or_else(|error| complain(&error)),
        _ => typed(args).unwrap_or_else(|error| complain(&error)),
    }
}

fn serve(args: impl Iterator<Item = OsString>) -> Result<ExitCode> {
    Ok(server::run(Launch::parse(args)?))
}

fn complain(error: &Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{error}");
    ExitCode::from(error.exit_code())
}

/// A user's command line.
fn typed(args: impl Iterator<Item = OsString>) -> Result<ExitCode> {
    let invocation = cli::parse(args)?;
    match invocation.action {
        Action::Version => Ok(print(&format!("mux {}", env!("CARGO_PKG_VERSION")))),
        Action::Help => Ok(print(&command::help(None)?)),
        Action::Run => match cli::judge(&invocation.words)? {
            Verdict::Answer(reply) => Ok(answer(&reply)),
            Verdict::ListKeys(order) => list_keys(&invocation, order),
            Verdict::Boot(order) => Ok(answer(&cli::boot::run(&invocation, &order)?)),
            Verdict::Config(order) => Ok(answer(&cli::config::run(&invocation, &order)?)),
            Verdict::Top { interval, jobs } => top(&invocation, client::TopOrder { interval, jobs }),
            Verdict::Foreground(order) => cli::foreground::run(&invocation, order),
            Verdict::Import(order) => Ok(answer(&cli::exchange::import(&order)?)),
            Verdict::Export(order) => Ok(answer(&cli::exchange::export(&invocation, &order)?)),
            Verdict::Doctor { json } => Ok(answer(&cli::doctor::run(&invocation, json))),
            Verdict::Send(plan) if plan.quiet => Ok(send(&invocation, &plan).unwrap_or(ExitCode::SUCCESS)),
            Verdict::Send(plan) => send(&invocation, &plan),
        },
    }
}

/// Whoever has stopped reading (`| head`) does not want to hear about it.
fn print(text: &str) -> ExitCode {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
    ExitCode::SUCCESS
}

fn answer(reply: &command::Reply) -> ExitCode {
    let _ = std::io::stdout().write_all(reply.out.as_bytes());
    reply.error.as_ref().map_or(ExitCode::from(reply.status), complain)
}

/// Asks until a server answers: one that ends may still accept, one that is killed is followed by another. All of them
/// know this process by its identity, so that nothing is done twice.
fn send(invocation: &Invocation, plan: &Plan) -> Result<ExitCode> {
    let context = cli::context()?;
    let mut words = match plan.waits {
        Some(most) => cli::waiting_words(&invocation.words, most),
        None if plan.upgrades => cli::upgrade_words(&invocation.words),
        None => invocation.words.clone(),
    };
    let mut _input = None;
    if plan.reads && !context.interactive {
        let (name, kept) = cli::piped::input()?;
        words.splice(1..1, ["--stdin".to_owned(), name]);
        _input = kept;
    }
    if plan.loads {
        let (name, kept) = cli::piped::input()?;
        words.iter_mut().filter(|word| *word == "-").for_each(|word| word.clone_from(&name));
        _input = kept;
    }
    let patience = match plan {
        Plan { upgrades: true, .. } => UPGRADE_TRIAL + HELLO_TIMEOUT,
        Plan { quiet: true, .. } => MOTD_PATIENCE,
        _ => HELLO_TIMEOUT,
    };
    let identity = Identity::draw();
    let mut errand = Errand::new(words, context.clone(), identity, plan, patience);
    let mut lost = None;
    loop {
        let server = connect(invocation, plan, lost.is_some())?;
        let status = if plan.attaches && (context.interactive || plan.plain) {
            attach(server, invocation, context.clone(), identity)?.map(|end| end.status)
        } else {
            errand.run(server)?
        };
        if let Some(status) = status {
            return Ok(ExitCode::from(status));
        }
        if lost.get_or_insert_with(Instant::now).elapsed() > limits::RECONNECT_TIMEOUT {
            return Err(errand.untold());
        }
        std::thread::sleep(limits::RECONNECT_SOON);
    }
}

/// The keys are in the user's files; what commands have changed of them, and the options, the server knows if one runs.
fn list_keys(invocation: &Invocation, order: KeysOrder) -> Result<ExitCode> {
    let words = ["show-options", "-gv", "keymap", ";", "show-options", "-gv", "prefix", ";", "bind-key"];
    let context = cli::context()?;
    let server = cli::start::connect(&invocation.paths).ok().flatten();
    let known = server.and_then(|server| cli::ask(server, words.map(str::to_owned).to_vec(), context, HELLO_TIMEOUT));
    let mut lines = known.as_deref().unwrap_or_default().splitn(3, '\n');
    let (running, option) =
        (lines.next().filter(|name| !name.is_empty()), lines.next().and_then(|key| key.parse().ok()));
    let prefix = option.unwrap_or(base::Key::ctrl('b'));
    let named = |name: &str| client::named_keymap(&invocation.paths.keymaps_dir(), name, prefix, None);
    let (mut keymap, problems) = match (&order.keymap, running) {
        (Some(name), _) => named(name).map_err(|problem| Error::not_found(problem).hint("`mux keys` shows yours"))?,
        (None, Some(name)) => {
            named(name).unwrap_or_else(|_| client::load_keymap(&invocation.paths, invocation.config.as_deref()))
        }
        (None, None) => client::load_keymap(&invocation.paths, invocation.config.as_deref()),
    };
    for problem in problems {
        let _ = writeln!(std::io::stderr(), "{problem}");
    }
    if order.keymap.is_none() {
        keymap.apply(&command::key_changes(lines.next().unwrap_or_default())?);
    }
    if let Some(unknown) = order.table.as_ref().filter(|table| !keymap.has_table(table)) {
        return Err(Error::not_found(format!("table {unknown} doesn't exist")).hint(keymap::tables(&keymap)));
    }
    let prefix = client::effective_prefix(prefix, &keymap);
    if order.overview {
        return Ok(print(&keymap::overview(&keymap, prefix)));
    }
    let KeysOrder { table, notes, all, first, before, key, .. } = order;
    let text = keymap::listing(&keymap, prefix, &keymap::Wanted { table, notes, all, first, before, key: key.clone() });
    match key.filter(|_| text.is_empty()) {
        Some(key) => Err(Error::not_found(format!("no key is bound that is called '{key}'")).hint("one like c or C-b")),
        None => Ok(print(&text)),
    }
}

fn top(invocation: &Invocation, order: client::TopOrder) -> Result<ExitCode> {
    let context = cli::context()?;
    if !context.interactive {
        return Err(Error::refused("top needs a terminal").hint("`mux ps -v` prints the same once"));
    }
    let server = connect(invocation, &Plan::default(), false)?;
    let inner = context.clone();
    let end = client::top(server, order, context, || setup(invocation, inner.clone(), Identity::draw()))?;
    Ok(ExitCode::from(end.status))
}

fn attach(
    server: UnixStream,
    invocation: &Invocation,
    context: Context,
    identity: Identity,
) -> Result<Option<client::End>> {
    client::attach(server, invocation.words.clone(), setup(invocation, context, identity))
}

fn setup(invocation: &Invocation, context: Context, identity: Identity) -> client::Setup {
    let (keymap, mut problems) = client::load_keymap(&invocation.paths, invocation.config.as_deref());
    let paths = &invocation.paths;
    let themes_dir = paths.config_dir.join("themes");
    let (themes, wrong) = client::load_themes(&themes_dir);
    problems.extend(wrong);
    let (keymaps, history, greeted) = (paths.keymaps_dir(), paths.prompt_history(), paths.greeted());
    client::Setup {
        socket: paths.socket.clone(),
        context,
        identity,
        keymap,
        themes,
        problems,
        keymaps,
        themes_dir,
        history,
        greeted,
        utf8: invocation.utf8,
    }
}

/// `again`: there has been a server already.
fn connect(invocation: &Invocation, plan: &Plan, again: bool) -> Result<UnixStream> {
    let waiting = || store::waiting(&invocation.paths.state_dir, &base::machine::boot_id());
    // One that attaches may be what brings sessions of before back.
    if plan.starts_server || (plan.attaches && waiting().is_some()) {
        return cli::start::ensure(&invocation.paths, invocation.config.as_deref());
    }
    cli::start::connect(&invocation.paths)?.ok_or_else(|| {
        // What changes nothing has lost nothing.
        if again && !plan.repeatable {
            let name = invocation.words.first().map_or("", String::as_str);
            let error = Error::refused(format!("the server and its keeper have ended during '{name}'"));
            return error.hint("whether it was done before cannot be told");
        }
        let error = Error::refused(format!("no server running on {}", invocation.paths.socket.display()));
        match waiting() {
            Some(offer) => error.hint(offer.sentence()),
            None => error.hint("start a session with mux new"),
        }
    })
}
