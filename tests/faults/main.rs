//! Faults: any part of mux is killed at random moments, under load, and nothing may be lost by it.
//!
//! A run is made of rounds. In each, programs print, commands are given and keys typed, while something is broken;
//! then everything must be as if nothing had happened (`judge.rs`). What a screen must show is told by twins that the
//! faults do not reach (`twin.rs`). A failure names its seed: `MUX_FAULT_SEED=n` gives the same rounds again.
//!
//! `any_part_is_killed_and_nothing_is_lost` takes a minute; `soak` goes on:
//!
//! ```text
//! cargo test --release --test faults -- --ignored soak --nocapture
//! MUX_FAULT_ROUNDS=n  MUX_FAULT_SECONDS=n  MUX_FAULT_CHECKS=screen,history  MUX_OTHER_BINARY=/another/mux
//! ```
//!
//! Nothing here waits for time to pass but for the moment of the fault, which is random on purpose.

#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, reason = "an expectation that fails is how a run fails")]

mod breaker;
mod chance;
mod checks;
mod eye;
mod hands;
#[path = "../stack/harness/mod.rs"]
#[allow(dead_code, unused_imports, unused_macros, reason = "the stories use the rest of it")]
mod harness;
mod judge;
mod kills;
mod ledger;
mod measure;
mod program;
mod resources;
mod schedule;
mod stage;
mod troupe;
mod twin;
