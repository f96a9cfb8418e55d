//! Generations: whole copies of the state, one behind the other, each of which has come to the disk before it counts.
//!
//! A commit writes and syncs the parts that have changed under names that were never used, then a manifest that names
//! them and those that have not, under another name, and renames it last. So a power loss at any moment leaves the
//! former generation or the new one, whole.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::manifest::{self, Unreadable};
use super::{Brief, Disk, Entry, Manifest, Run, Why, checksum, retention};
use crate::base::Timestamp;
use crate::base::limits::MAX_STATE_PART;

/// What has become of a part.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Put { bytes: Arc<[u8]>, session: Option<Brief> },
    Gone,
}

/// Parts that have changed, by name.
pub type Batch = BTreeMap<String, Change>;

/// What a commit has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    Generation(u64),
    /// All is as the newest generation has it.
    Nothing,
    /// The generation that this one is to follow has vanished from the disk: everything has to be given anew.
    Lost,
}

/// The parts of a generation as far as they can be read.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub manifest: Manifest,
    pub parts: BTreeMap<String, Vec<u8>>,
    /// What is missing or had to be taken from an older generation.
    pub notes: Vec<String>,
}

#[derive(Debug)]
pub struct Generations<D> {
    disk: D,
    folder: PathBuf,
    known: BTreeMap<u64, Manifest>,
    /// The one that the next commit builds upon.
    base: Option<u64>,
    /// Never given twice, not even after a commit that has failed.
    pub(super) next: u64,
    pinned: Option<u64>,
    /// A manifest was there that cannot be understood: what no other one names may be its, and stays.
    hands_off: bool,
}

impl<D: Disk> Generations<D> {
    /// Looks at what there is in the state directory `folder`. What cannot be read is set aside, with a note.
    pub fn open(disk: D, folder: PathBuf) -> (Self, Vec<String>) {
        let mut all =
            Self { disk, folder, known: BTreeMap::new(), base: None, next: 1, pinned: None, hands_off: false };
        let mut notes = Vec::new();
        let names = all.disk.list(&all.manifests()).unwrap_or_default();
        for name in names.iter().filter(|name| name.ends_with(".json")) {
            all.take_in(name, &mut notes);
        }
        all.base = all.known.keys().next_back().copied();
        all.clear_orphans(names);
        (all, notes)
    }

    /// The manifests in a state directory that is another process's.
    pub fn look(disk: D, folder: &Path) -> BTreeMap<u64, Manifest> {
        let folder = folder.join("generations");
        let names = disk.list(&folder).unwrap_or_default();
        let read = |name: String| {
            let bytes = disk.read(&folder.join(name), MAX_STATE_PART).ok()?;
            let manifest = Manifest::parse(&bytes).ok()?;
            Some((manifest.generation, manifest))
        };
        names.into_iter().filter(|name| name.ends_with(".json")).filter_map(read).collect()
    }

    fn take_in(&mut self, name: &str, notes: &mut Vec<String>) {
        let path = self.manifests().join(name);
        if let Some(number) = name.strip_suffix(".json").and_then(|stem| stem.parse::<u64>().ok()) {
            self.next = self.next.max(number.saturating_add(1));
        }
        let bytes = match self.disk.read(&path, MAX_STATE_PART) {
            Ok(bytes) => bytes,
            Err(error) => return notes.push(format!("{}: {error}", path.display())),
        };
        match Manifest::parse(&bytes) {
            Ok(manifest) => drop(self.known.insert(manifest.generation, manifest)),
            Err(Unreadable::Later(version)) => {
                self.hands_off = true;
                notes.push(format!("{} is of a later mux (version {version}) and is left alone", path.display()));
            }
            Err(Unreadable::Damaged) => {
                self.hands_off = true;
                notes.push(format!("{} is damaged; {}", path.display(), self.set_aside(&path)));
            }
        }
    }

    /// Where manifests are.
    fn manifests(&self) -> PathBuf {
        self.folder.join("generations")
    }

    fn parts(&self) -> PathBuf {
        self.folder.join("generations").join("parts")
    }

    /// What a commit has left that did not come to its end.
    fn clear_orphans(&self, names: Vec<String>) {
        for name in names.iter().filter(|name| name.ends_with(".new")) {
            let _ = self.disk.remove(&self.manifests().join(name));
        }
        if self.hands_off {
            return;
        }
        let named = self.named();
        for file in self.disk.list(&self.parts()).unwrap_or_default() {
            if !named.contains(&file) {
                let _ = self.disk.remove(&self.parts().join(file));
            }
        }
    }

    fn named(&self) -> BTreeSet<String> {
        self.known.values().flat_map(|manifest| manifest.parts.values()).map(|entry| entry.file.clone()).collect()
    }

    /// Moves a file out of the way; says where to.
    fn set_aside(&self, path: &Path) -> String {
        super::live::set_aside(&self.disk, &self.folder, path)
    }

    /// By their numbers.
    pub fn all(&self) -> &BTreeMap<u64, Manifest> {
        &self.known
    }

    pub fn newest(&self) -> Option<&Manifest> {
        self.known.values().next_back()
    }

    /// This one is kept whatever comes, until another one is named or none.
    pub fn pin(&mut self, generation: Option<u64>) {
        self.pinned = generation;
    }

    /// Writes what has changed since the newest generation as the next one, and waits until the disk has it. With
    /// `whole`, the batch is all there is. A part that is given as it was is not written again.
    pub fn commit(&mut self, batch: &Batch, whole: bool, why: Why, run: &Run) -> io::Result<Committed> {
        let there = |base| self.disk.exists(&self.manifest_path(base)) && self.disk.exists(&self.parts());
        if self.base.is_some_and(|base| !there(base)) {
            self.known.clear();
            self.base = None;
            if !whole {
                return Ok(Committed::Lost);
            }
        }
        let before = self.base.and_then(|base| self.known.get(&base)).map(|manifest| &manifest.parts);
        let mut parts = before.filter(|_| !whole).cloned().unwrap_or_default();
        let number = self.next;
        let mut fresh = Vec::new();
        for (name, change) in batch {
            let Change::Put { bytes, session } = change else {
                parts.remove(name);
                continue;
            };
            let known = before.and_then(|before| before.get(name)).filter(|entry| entry.fits(bytes));
            let entry = match known {
                Some(entry) if entry.session == *session => Arc::clone(entry),
                Some(entry) => Arc::new(Entry { session: session.clone(), ..Entry::clone(entry) }),
                None => {
                    let file = numbered(name, number);
                    fresh.push((file.clone(), Arc::clone(bytes)));
                    let (bytes, checksum) = (bytes.len() as u64, checksum(bytes));
                    Arc::new(Entry { file, bytes, checksum, session: session.clone() })
                }
            };
            parts.insert(name.clone(), entry);
        }
        let holds_any = parts.values().any(|entry| entry.session.is_some());
        if before == Some(&parts) && (why == Why::Change || !holds_any) {
            return Ok(Committed::Nothing);
        }
        self.next += 1;
        let at = Timestamp::now();
        let manifest = Manifest { version: manifest::VERSION, generation: number, at, why, run: run.clone(), parts };
        if let Err(error) = self.put_down(&manifest, &fresh) {
            let path = self.manifest_path(number);
            let _ = self.disk.remove(&path).and_then(|()| self.disk.sync_dir(&self.manifests()));
            let _ = self.disk.remove(&path.with_extension("new"));
            for (file, _) in fresh {
                let _ = self.disk.remove(&self.parts().join(file));
            }
            return Err(error);
        }
        self.known.insert(number, manifest);
        self.base = Some(number);
        self.thin();
        Ok(Committed::Generation(number))
    }

    fn manifest_path(&self, number: u64) -> PathBuf {
        self.manifests().join(format!("{number:08}.json"))
    }

    fn put_down(&self, manifest: &Manifest, fresh: &[(String, Arc<[u8]>)]) -> io::Result<()> {
        let (manifests, parts) = (self.manifests(), self.parts());
        if !self.disk.exists(&parts) {
            self.disk.make_dir(&parts)?;
            self.disk.sync_dir(&self.folder)?;
            self.disk.sync_dir(&manifests)?;
        }
        for (file, bytes) in fresh {
            let path = parts.join(file);
            self.disk.write(&path, bytes)?;
            self.disk.sync_file(&path)?;
        }
        self.disk.sync_dir(&parts)?;
        let path = self.manifest_path(manifest.generation);
        let new = path.with_extension("new");
        self.disk.write(&new, &manifest.to_bytes()?)?;
        self.disk.sync_file(&new)?;
        self.disk.rename(&new, &path)?;
        self.disk.sync_dir(&manifests)
    }

    /// Removes the generations that are not kept: first their manifests, and when the disk knows that, their files.
    fn thin(&mut self) {
        let kept = retention::kept(&self.known, self.pinned);
        let (stay, go): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut self.known).into_iter().partition(|(generation, _)| kept.contains(generation));
        self.known = stay;
        if go.is_empty() {
            return;
        }
        for &generation in go.keys() {
            let _ = self.disk.remove(&self.manifest_path(generation));
        }
        if self.disk.sync_dir(&self.manifests()).is_err() {
            return;
        }
        let named = self.named();
        let files: BTreeSet<&String> = go.values().flat_map(|m| m.parts.values()).map(|entry| &entry.file).collect();
        for file in files.into_iter().filter(|file| !named.contains(*file)) {
            let _ = self.disk.remove(&self.parts().join(file));
        }
    }

    /// A part as the newest generation has it that has it whole.
    pub fn part(&self, name: &str) -> Option<Vec<u8>> {
        self.known.values().rev().find_map(|manifest| self.read(manifest.parts.get(name)?).ok())
    }

    fn read(&self, entry: &Entry) -> io::Result<Vec<u8>> {
        let bytes = self.disk.read(&self.parts().join(&entry.file), MAX_STATE_PART)?;
        if entry.fits(&bytes) { Ok(bytes) } else { Err(io::Error::new(io::ErrorKind::InvalidData, "damaged")) }
    }

    /// The parts of a generation whose names are wanted. For one that is damaged, an older generation is asked.
    pub fn load(&self, generation: u64, wanted: impl Fn(&str) -> bool) -> Option<Loaded> {
        let manifest = self.known.get(&generation)?.clone();
        let (mut parts, mut notes) = (BTreeMap::new(), Vec::new());
        for (name, entry) in manifest.parts.iter().filter(|(name, _)| wanted(name)) {
            match self.read(entry) {
                Ok(bytes) => drop(parts.insert(name.clone(), bytes)),
                Err(error) => {
                    let path = self.parts().join(&entry.file);
                    let aside = if self.disk.exists(&path) { self.set_aside(&path) } else { "it is gone".into() };
                    let older = self.known.range(..generation).rev().find_map(|(number, older)| {
                        let older = older.parts.get(name).filter(|older| older.file != entry.file)?;
                        Some((*number, self.read(older).ok()?))
                    });
                    let instead = match older {
                        Some((number, bytes)) => {
                            parts.insert(name.clone(), bytes);
                            format!("taken from generation {number}")
                        }
                        None => "no older generation has it".into(),
                    };
                    notes.push(format!("{}: {error}; {aside}; {instead}", path.display()));
                }
            }
        }
        Some(Loaded { manifest, parts, notes })
    }
}

/// `session-3.json` becomes `session-3.17.json`.
fn numbered(name: &str, generation: u64) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{generation}.{extension}"),
        None => format!("{name}.{generation}"),
    }
}
