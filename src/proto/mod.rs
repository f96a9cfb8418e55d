//! What travels between the processes of mux, and nothing of what it means.
//!
//! [`hello`] is fixed-layout for ever, so that any two versions can tell each other who they are. [`frame`]
//! bounds and cuts the byte stream. [`message`] is what client and server say to each other (bincode; this is
//! its only user). [`packet`] is what keeper and server say to each other (fixed-layout, additive). No I/O but
//! [`packet`]'s descriptor passing.

pub mod frame;
pub mod hello;
pub mod message;
pub mod packet;
pub mod probe;
pub mod readiness;
