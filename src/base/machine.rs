//! What the machine's own files say: which boot this is, and the like.

use std::path::{Path, PathBuf};

/// A file of the machine by its absolute path. Builds with debug assertions look below `$MUX_TEST_MACHINE` where that
/// is set, so that a story can be told on a machine of another kind, or after another boot.
pub fn file(path: &str) -> PathBuf {
    #[cfg(debug_assertions)]
    if let Some(root) = std::env::var_os("MUX_TEST_MACHINE") {
        return Path::new(&root).join(path.trim_start_matches('/'));
    }
    Path::new(path).to_path_buf()
}

/// What stands in such a file; empty where it cannot be read.
pub fn text(path: &str) -> String {
    std::fs::read_to_string(file(path)).unwrap_or_default()
}

/// Another one after each boot (random(4)); empty where the kernel has none.
pub fn boot_id() -> String {
    text("/proc/sys/kernel/random/boot_id").trim().to_owned()
}

/// This process's user as the machine calls it: the line of `/etc/passwd` (passwd(5)) with its number, else `$USER`.
pub fn user() -> String {
    let uid = rustix::process::getuid().as_raw().to_string();
    let passwd = text("/etc/passwd");
    let mut lines = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let own = lines.find(|fields| fields.get(2) == Some(&uid.as_str())).and_then(|fields| fields.first().copied());
    own.map(str::to_owned).or_else(|| std::env::var("USER").ok()).unwrap_or(uid)
}

/// A program that `$PATH` leads to.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}
