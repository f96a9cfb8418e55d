//! What the machine's own files say: which boot this is, and the like.

use std::path::{Path, PathBuf};

/// A file of the machine by its absolute path. Builds with debug assertions look below `$MUX_TEST_MACHINE` first,
/// so that a story can be told on a machine of another kind, or after another boot.
pub fn file(path: &str) -> PathBuf {
    #[cfg(debug_assertions)]
    if let Some(root) = std::env::var_os("MUX_TEST_MACHINE") {
        let other = Path::new(&root).join(path.trim_start_matches('/'));
        if other.exists() {
            return other;
        }
    }
    Path::new(path).to_path_buf()
}

/// Another one after each boot (random(4)); empty where the kernel has none.
pub fn boot_id() -> String {
    let text = std::fs::read_to_string(file("/proc/sys/kernel/random/boot_id")).unwrap_or_default();
    text.trim().to_owned()
}
