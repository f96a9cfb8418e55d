//! Which generations are kept.

use std::collections::{BTreeMap, BTreeSet};

use super::Manifest;
use crate::base::limits::KEPT_GENERATIONS;
use crate::base::limits::{KEPT_GENERATION_BYTES, KEPT_GENERATION_DAYS, KEPT_GENERATION_HOURS, KEPT_GENERATION_RUNS};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// The generations to keep: the newest few, of those with sessions the last of each of the last hours, days and runs
/// in which there were any, and the pinned one. Beyond the bound of bytes the oldest of them go, but never the
/// newest nor the pinned one.
pub(super) fn kept(all: &BTreeMap<u64, Manifest>, pinned: Option<u64>) -> BTreeSet<u64> {
    let mut kept: BTreeSet<u64> = all.keys().rev().take(KEPT_GENERATIONS).copied().collect();
    kept.extend(last_of_each(all, KEPT_GENERATION_HOURS, |manifest| manifest.at.0.div_euclid(HOUR)));
    kept.extend(last_of_each(all, KEPT_GENERATION_DAYS, |manifest| manifest.at.0.div_euclid(DAY)));
    kept.extend(last_of_each(all, KEPT_GENERATION_RUNS, |manifest| manifest.run.clone()));
    kept.extend(pinned.filter(|pinned| all.contains_key(pinned)));
    let newest = all.keys().next_back().copied();
    let mut candidates: Vec<u64> =
        kept.iter().copied().filter(|generation| Some(*generation) != newest && Some(*generation) != pinned).collect();
    candidates.reverse();
    while bytes(all, &kept) > KEPT_GENERATION_BYTES
        && let Some(oldest) = candidates.pop()
    {
        kept.remove(&oldest);
    }
    kept
}

/// The newest generation of each of the `most` newest groups.
fn last_of_each<K: PartialEq>(all: &BTreeMap<u64, Manifest>, most: usize, group: impl Fn(&Manifest) -> K) -> Vec<u64> {
    let mut groups: Vec<K> = Vec::new();
    let mut last = Vec::new();
    for (&generation, manifest) in all.iter().rev().filter(|(_, manifest)| manifest.sessions().next().is_some()) {
        let key = group(manifest);
        if groups.contains(&key) {
            continue;
        }
        if groups.len() == most {
            break;
        }
        groups.push(key);
        last.push(generation);
    }
    last
}

/// Of the files of these generations, each counted once.
fn bytes(all: &BTreeMap<u64, Manifest>, of: &BTreeSet<u64>) -> u64 {
    let entries = all.iter().filter(|(generation, _)| of.contains(generation)).flat_map(|(_, m)| m.parts.values());
    let files: BTreeMap<&str, u64> = entries.map(|entry| (entry.file.as_str(), entry.bytes)).collect();
    files.values().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Timestamp;
    use crate::store::{Entry, Run, Why};

    fn at(generation: u64, hour: i64, bytes: u64) -> (u64, Manifest) {
        let session = Some(Default::default());
        let entry = std::sync::Arc::new(Entry { file: format!("x.{generation}"), bytes, checksum: 0, session });
        let manifest = Manifest {
            version: 1,
            generation,
            at: Timestamp(hour * HOUR),
            why: Why::Change,
            run: Run::default(),
            parts: [("x".to_owned(), entry)].into(),
        };
        (generation, manifest)
    }

    #[test]
    fn the_newest_and_the_last_of_each_hour_and_day_are_kept() {
        // Ten days of a generation every six minutes.
        let all: BTreeMap<u64, Manifest> =
            (0..2400).map(|number| at(number, i64::try_from(number / 10).unwrap(), 1)).collect();
        let kept = kept(&all, Some(3));
        assert!(kept.contains(&3), "it is pinned");
        assert!((2396..2400).all(|number| kept.contains(&number)), "the newest: {kept:?}");
        assert!(kept.contains(&2389) && kept.contains(&2379), "the last of an hour: {kept:?}");
        assert!(kept.contains(&(2399 - 240)) && kept.contains(&(2399 - 240 * 6)), "the last of a day: {kept:?}");
        assert!(kept.len() <= 1 + KEPT_GENERATIONS + KEPT_GENERATION_HOURS + KEPT_GENERATION_DAYS, "{kept:?}");
    }

    #[test]
    fn bytes_are_bounded_and_the_newest_stays() {
        let all: BTreeMap<u64, Manifest> = (0..4).map(|number| at(number, 0, KEPT_GENERATION_BYTES)).collect();
        assert_eq!(kept(&all, None), [3].into());
        assert_eq!(kept(&all, Some(1)), [1, 3].into());
    }
}
