//! The command language: one file per command with its words, help and meaning; one table.
//!
//! A command is written the same in the shell, a key binding and the `:` prompt. Pure like the model: a command
//! changes the [`State`](crate::model::State) and asks for effects; it reads no file, clock or environment.

mod attach_session;
mod boot;
mod break_pane;
mod call;
mod capture_pane;
mod clear_history;
mod command_prompt;
mod confirm_before;
mod copy_mode;
mod delete_buffer;
mod detach_client;
mod display_message;
mod display_panes;
mod doctor;
mod env;
mod has_session;
mod help;
mod kill_pane;
mod kill_server;
mod kill_session;
mod kill_window;
mod language;
mod last_pane;
mod last_window;
mod list_buffers;
mod list_clients;
mod list_commands;
mod list_keys;
mod list_panes;
mod list_sessions;
mod list_windows;
mod logs;
mod new_session;
mod new_window;
mod next_layout;
mod next_window;
mod paste_buffer;
mod prelude;
mod previous_layout;
mod previous_window;
mod ps;
#[cfg(test)]
mod random;
mod refresh_client;
mod rename_session;
mod rename_window;
mod resize_pane;
mod resize_window;
mod respawn_pane;
mod restore;
mod rotate_window;
mod run;
mod select_layout;
mod select_pane;
mod select_window;
mod send_keys;
mod send_prefix;
mod server;
mod set_buffer;
mod set_option;
mod show_buffer;
mod show_options;
mod spec;
mod split_window;
mod start_server;
mod swap_pane;
mod switch_client;
mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod wait;

pub use crate::model::{Context, Origin, PaneFacts, Reply};
pub use language::{split, words};
pub use spec::{Outcome, Place, Spec, check, find, help, reference, run, run_here};
pub use table::TABLE;
