//! The keeper as a process of its own, with this test as its server.
//!
//! The keeper starts a stand-in server (`rig::fake_server`, this very binary), which hands its end of the link
//! to the test. Killing the stand-in is killing the server.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod figures;
mod panes;
mod rig;
mod start;
mod succession;
