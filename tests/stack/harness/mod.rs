//! What the stories stand on: an isolated home ([`World`]), a terminal with a person at it ([`Terminal`]), and what
//! the kernel knows of processes ([`Process`]).

mod agent;
mod keys;
mod picture;
mod process;
mod screen;
mod terminal;
mod wait;
mod words;
mod world;

pub use agent::Agent;
pub use picture::svg;
pub use process::Process;
pub use screen::Screen;
pub use terminal::Terminal;
pub use wait::{PATIENCE, until};
pub use world::{MUX, World, spawning};

/// Leaves a story out where the machine lacks something, saying what.
#[macro_export]
macro_rules! skip {
    ($($why:tt)*) => {{
        eprintln!("skipped: {}", format!($($why)*));
        return;
    }};
}

/// The full path of a program, if this machine has it.
pub fn program(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    let more = ["/usr/sbin", "/sbin"].map(std::path::PathBuf::from);
    std::env::split_paths(&path).chain(more).map(|dir| dir.join(name)).find(|file| file.is_file())
}
