//! What processes use, by `/proc`.

/// Bytes of memory of one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    pub bytes: u64,
    /// Its own, and its share of what it holds together with others; else all that is resident.
    pub proportional: bool,
}

/// Bytes of memory that these processes hold for themselves and their share of what they hold together, where the
/// kernel tells (proc(5), smaps_rollup); else what is resident.
pub fn resident(pids: &[u32]) -> u64 {
    pids.iter().filter_map(|pid| of(*pid)).map(|memory| memory.bytes).sum()
}

/// One process; none where it has gone, or is a kernel thread, which has none.
pub fn of(pid: u32) -> Option<Memory> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok();
    let proportional = rollup.and_then(|text| kilobytes(&text, "Pss:"));
    if let Some(bytes) = proportional {
        return Some(Memory { bytes, proportional: true });
    }
    // The name in /proc/PID/status may hold any bytes.
    let status = std::fs::read(format!("/proc/{pid}/status")).ok()?;
    let bytes = kilobytes(&String::from_utf8_lossy(&status), "VmRSS:")?;
    Some(Memory { bytes, proportional: false })
}

/// Bytes on the line of this label.
fn kilobytes(text: &str, label: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(label))?;
    let number: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    number.checked_mul(1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_some() {
        let used = resident(&[std::process::id()]);
        assert!(used > 1 << 20, "{used}");
        assert_eq!(resident(&[u32::MAX]), 0);
        assert_eq!(of(u32::MAX), None);
    }

    #[test]
    fn a_label_s_line_is_read_or_nothing_is() {
        let text = "Rss:  9000 kB\nPss:    4711 kB\nPss_Dirty:  1 kB\nVmRSS:\t 12 kB\n";
        assert_eq!(kilobytes(text, "Pss:"), Some(4711 << 10));
        assert_eq!(kilobytes(text, "VmRSS:"), Some(12 << 10));
        for bad in ["", "Pss:", "Pss: x kB", "Pss: 12", "Pss: 99999999999999999999 kB", "Pss: 18446744073709551615 kB"]
        {
            assert_eq!(kilobytes(bad, "Pss:"), None, "{bad:?}");
        }
    }
}
