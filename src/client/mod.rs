//! The attached client: what is on the user's terminal, and how keys and the mouse are understood. Never facts.
//!
//! ```text
//!  tty ─► input ─► app: layers ─ copy mode ─ keys ─┐
//!                    ▲                             ▼
//!                  mirror ◄──────────────────── link ◄─► server
//!                    │
//!                    ▼
//!                  draw ─► compose ─► emit ─► tty
//! ```
//!
//! [`app`] and everything below it is pure and told the time; [`attach`](mod@attach) waits, on one thread. The
//! only user of ratatui and crossterm. A frame is drawn once after all that has come together, and written at
//! once; only then is it acknowledged, so that the server never has more under way than the terminal takes.

mod app;
#[cfg(test)]
mod app_tests;
mod area;
mod ascii;
mod asking;
mod attach;
mod borders;
mod capabilities;
mod color;
mod compose;
#[cfg(test)]
mod compose_tests;
mod copy;
mod copying;
mod draw;
mod emit;
mod floats;
mod frame;
mod inline;
mod input;
mod keying;
mod keys;
mod layer;
mod layers;
mod link;
mod looking;
mod menu;
mod mirror;
mod modes;
mod mouse;
mod newcomer;
mod notify;
mod offer;
mod pan;
mod pasting;
mod pen;
mod perform;
mod picking;
mod pipe;
mod placing;
mod plain;
mod plate;
mod prompting;
mod recall;
mod reconnect;
mod running;
mod sent;
mod settings;
mod status;
mod theme;
mod top;
mod tty;
mod typed;

use std::collections::BTreeMap;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

pub use keys::effective_prefix;
pub use settings::{load_keymap, load_themes, named_keymap};
pub use top::{TopOrder, top};

use crate::base::{Error, Identity, Result};
use crate::config::Theme;
use crate::keymap::Keymap;
use crate::proto::message::Context;

/// What the client has to know beside the command.
pub struct Setup {
    /// Where the server can be reached again, should it go.
    pub socket: PathBuf,
    /// Where the command was typed.
    pub context: Context,
    /// Of this process.
    pub identity: Identity,
    pub keymap: Keymap,
    /// By name.
    pub themes: BTreeMap<String, Theme>,
    /// What was wrong in the user's files; shown first.
    pub problems: Vec<String>,
    /// Where the user's keymaps are.
    pub keymaps: PathBuf,
    /// And the themes.
    pub themes_dir: PathBuf,
    /// Holds what was typed at the command prompt.
    pub history: PathBuf,
    /// Is there once its user is no newcomer any more.
    pub greeted: PathBuf,
    /// Its terminal reads UTF-8, whatever the locale says.
    pub utf8: bool,
}

/// How it ended; everything has been said to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The exit status.
    pub status: u8,
}

/// Runs a command line at the server on a new connection, on which nothing has been said yet. Prints what it
/// prints; if it attaches, takes the terminal until the user leaves. Blocks. `None`: the server went away before it
/// had answered, and the next one may be asked under the same identity.
pub fn attach(stream: UnixStream, argv: Vec<String>, setup: Setup) -> Result<Option<End>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::internal(format!("the client cannot start: {e}")))?;
    runtime.block_on(attach::run(stream, argv, setup))
}
