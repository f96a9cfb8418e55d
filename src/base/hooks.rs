//! What a test can ask for by an environment variable: faults, and limits that it need not wait for. A release build
//! has none of them.

use std::time::Duration;

/// How long a client may owe a sign of life: the usual limit, or `MUX_TEST_STALL` milliseconds.
pub fn client_stall(usual: Duration) -> Duration {
    #[cfg(debug_assertions)]
    if let Some(asked) = debug::number("MUX_TEST_STALL") {
        return Duration::from_millis(asked);
    }
    usual
}

/// The protocol that this process speaks: its own, or `MUX_TEST_PROTOCOL`, as an older build would.
pub fn protocol(usual: u16) -> u16 {
    #[cfg(debug_assertions)]
    if let Some(asked) = debug::number("MUX_TEST_PROTOCOL").and_then(|number| number.try_into().ok()) {
        return asked;
    }
    usual
}

#[cfg(debug_assertions)]
mod debug {
    pub fn number(variable: &str) -> Option<u64> {
        std::env::var(variable).ok()?.parse().ok()
    }
}
