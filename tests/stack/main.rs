//! Stories of the whole stack: the real binary on a real terminal in a home directory of its own, used as a person
//! would use it. A story says `$ mux …`, presses keys and waits for what must be on the screen.
//!
//! The outer terminal is `vt100`, which is not the engine that mux ships, so that it can disagree with it. Nothing here
//! waits for time to pass, but the story of idleness, which cannot be told otherwise: every wait is a condition with a
//! deadline. What a machine lacks (sshd, htop) makes a story print why it was left out and pass. What processes do is
//! read from /proc, so the stories are told on Linux only.

#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, reason = "an expectation that fails is how a story fails")]

mod harness;
mod stories;
