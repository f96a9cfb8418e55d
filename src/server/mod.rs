//! The server: owns all facts, reads the PTYs, keeps the screens, feeds clients.
//!
//! It may die at any moment; the keeper starts another, which reads the model from its files and takes up the
//! live PTYs again. One thread, and one that only waits for the disk: the core is a task that alone changes the [`State`](crate::model::State), each
//! pane and each connection is a task of its own, and they talk through [`mailbox`]. It draws nothing, knows no
//! keys, and starts no process itself.

mod before;
mod clients;
mod conn;
mod core;
mod effects;
mod handover;
mod keeper_link;
mod mailbox;
mod pane;
mod panes;
mod procfs;
mod records;
mod requests;
mod restore;
mod restore_report;
mod start;
mod storage;
mod store;
mod stream;
mod survival;
mod upgrade;

pub use start::run;
