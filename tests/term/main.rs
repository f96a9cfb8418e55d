//! The terminal engine from outside: real programs' bytes in, screens and answers out.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its files or start its programs has failed")]

mod drive;
mod fuzz;
mod recorded;
mod replies;
mod screen;
mod vttest;
mod xterm;
