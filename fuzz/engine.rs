//! The engine alone, by the name of the crate that it is a part of: built in a fraction of the time, and what is
//! counted as covered is of the engine.

#[path = "../src/base/mod.rs"]
pub mod base;
#[path = "../src/term/mod.rs"]
pub mod term;
