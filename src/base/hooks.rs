//! Faults that a test can ask for by an environment variable. A release build has none of them.

/// The terminal engine is about to be given these bytes. `MUX_TEST_FEED=panic:TEXT` lets it panic where they hold
/// TEXT, `MUX_TEST_FEED=abort:TEXT` ends the process.
#[inline]
pub fn before_feed(bytes: &[u8]) {
    #[cfg(debug_assertions)]
    debug::before_feed(bytes);
    #[cfg(not(debug_assertions))]
    let _ = bytes;
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
}
