//! The server: owns all facts, reads the PTYs, keeps the screens, feeds clients.
//!
//! It may die at any moment; the keeper starts another, which reads the model from its files and takes up the
//! live PTYs again. One thread, and one that only waits for the disk: the core is a task that alone changes the [`State`](crate::model::State), each
//! pane and each connection is a task of its own, and they talk through [`mailbox`]. It draws nothing, knows no
//! keys, and starts nothing itself but what looks after jobs (checks, hooks, reload commands) and what commands have
//! the shell run.

mod answers;
mod before;
mod buffer_files;
mod clients;
mod configured;
mod conn;
mod core;
mod effects;
mod env_file;
mod handover;
mod hooks;
mod job_files;
mod keeper_link;
pub mod logs;
mod mailbox;
mod memory;
mod pane;
mod panes;
mod pipe;
mod probe;
mod procfs;
mod receipts;
mod records;
mod reload;
mod repeat;
mod requests;
mod restore;
mod restore_report;
mod sets;
mod shell;
mod shown;
mod source;
mod start;
mod storage;
mod store;
mod stream;
mod survival;
mod upgrade;
mod usage;
mod watch;

pub use start::run;
