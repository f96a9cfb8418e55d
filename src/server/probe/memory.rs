//! What processes use, by `/proc`.

/// Bytes of memory that these processes hold for themselves and their share of what they hold together, where the
/// kernel tells (proc(5), smaps_rollup); else what is resident.
pub fn resident(pids: &[u32]) -> u64 {
    pids.iter().map(|pid| proportional(*pid).or_else(|| whole(*pid)).unwrap_or(0)).sum()
}

fn proportional(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    kilobytes(text.lines().find_map(|line| line.strip_prefix("Pss:"))?)
}

fn whole(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    kilobytes(text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?)
}

fn kilobytes(text: &str) -> Option<u64> {
    let number: u64 = text.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(number << 10)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_some() {
        let used = resident(&[std::process::id()]);
        assert!(used > 1 << 20, "{used}");
        assert_eq!(resident(&[u32::MAX]), 0);
    }
}
