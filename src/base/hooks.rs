//! What a test can ask for by an environment variable: faults, and limits that it need not wait for. A release build
//! has none of them.

use std::time::Duration;

/// The terminal engine is about to be given these bytes. `MUX_TEST_FEED=panic:TEXT` lets it panic where they hold
/// TEXT, `MUX_TEST_FEED=abort:TEXT` ends the process.
#[inline]
pub fn before_feed(bytes: &[u8]) {
    #[cfg(debug_assertions)]
    debug::before_feed(bytes);
    #[cfg(not(debug_assertions))]
    let _ = bytes;
}

/// How long a client may owe a sign of life: the usual limit, or `MUX_TEST_STALL` milliseconds.
pub fn client_stall(usual: Duration) -> Duration {
    #[cfg(debug_assertions)]
    if let Some(asked) = debug::number("MUX_TEST_STALL") {
        return Duration::from_millis(asked);
    }
    usual
}

/// Bytes of a flood after which is looked at what parsing takes: as usual, or `MUX_TEST_PORTION`, as many as come
/// without a pause on a busy machine.
pub fn flood_portion(usual: usize) -> usize {
    #[cfg(debug_assertions)]
    if let Some(asked) = debug::number("MUX_TEST_PORTION") {
        return asked.try_into().unwrap_or(usual);
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
    use std::os::unix::ffi::OsStringExt;
    use std::sync::OnceLock;

    static FEED: OnceLock<Option<(bool, Vec<u8>)>> = OnceLock::new();

    pub fn before_feed(bytes: &[u8]) {
        let Some((abort, text)) = FEED.get_or_init(wanted) else { return };
        if memchr::memmem::find(bytes, text).is_some() {
            if *abort {
                std::process::abort();
            }
            panic!("asked for by MUX_TEST_FEED");
        }
    }

    fn wanted() -> Option<(bool, Vec<u8>)> {
        let value = std::env::var_os("MUX_TEST_FEED")?.into_vec();
        let (how, text) = value.split_at_checked("abort:".len())?;
        (!text.is_empty()).then(|| (how == b"abort:", text.to_vec()))
    }

    pub fn number(variable: &str) -> Option<u64> {
        std::env::var(variable).ok()?.parse().ok()
    }
}
