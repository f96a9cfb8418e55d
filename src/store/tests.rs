//! The power is cut between any two steps of a commit, and a whole generation is found.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use proptest::prelude::*;

use super::*;

/// What a file holds, and what of it the disk has.
#[derive(Clone, Debug, Default)]
struct Inode {
    bytes: Vec<u8>,
    synced: Option<Vec<u8>>,
}

/// A change of a directory that its disk may or may not have yet.
#[derive(Clone, Debug)]
enum Step {
    Add(PathBuf, usize),
    Remove(PathBuf),
    Rename(PathBuf, PathBuf),
}

/// A file system that forgets, at a power loss, any part of what it was not told to sync.
#[derive(Clone, Debug, Default)]
struct Machine {
    inodes: Vec<Inode>,
    /// As programs see it.
    names: BTreeMap<PathBuf, usize>,
    /// As the disk has it.
    durable: BTreeMap<PathBuf, usize>,
    unsynced: Vec<Step>,
    dirs: BTreeSet<PathBuf>,
    /// Steps until the power is cut.
    fuel: usize,
}

#[derive(Clone, Debug, Default)]
struct Sim(Rc<RefCell<Machine>>);

fn dead() -> io::Error {
    io::Error::other("no power")
}

fn apply(names: &mut BTreeMap<PathBuf, usize>, step: &Step) {
    match step {
        Step::Add(path, inode) => drop(names.insert(path.clone(), *inode)),
        Step::Remove(path) => drop(names.remove(path)),
        Step::Rename(from, to) => {
            if let Some(inode) = names.remove(from) {
                names.insert(to.clone(), inode);
            }
        }
    }
}

impl Step {
    fn dir(&self) -> Option<&Path> {
        match self {
            Step::Add(path, _) | Step::Remove(path) | Step::Rename(_, path) => path.parent(),
        }
    }
}

impl Sim {
    fn step(&self) -> io::Result<std::cell::RefMut<'_, Machine>> {
        let mut machine = self.0.borrow_mut();
        machine.fuel = machine.fuel.checked_sub(1).ok_or_else(dead)?;
        Ok(machine)
    }

    fn change(machine: &mut Machine, step: Step) {
        apply(&mut machine.names, &step);
        machine.unsynced.push(step);
    }

    /// The disk after a power loss: `luck` decides what of the rest has come there.
    fn after_power_loss(&self, mut luck: impl FnMut() -> u8) -> Self {
        let machine = self.0.borrow().clone();
        let mut names = machine.durable.clone();
        for step in &machine.unsynced {
            if luck().is_multiple_of(2) {
                apply(&mut names, step);
            }
        }
        let damage = |inode: &Inode, luck: u8| match (&inode.synced, luck % 4) {
            (Some(synced), _) if *synced == inode.bytes => synced.clone(),
            (_, 0) => Vec::new(),
            (_, 1) => vec![0; inode.bytes.len()],
            (_, 2) => inode.bytes[..inode.bytes.len() / 2].to_vec(),
            _ => inode.bytes.clone(),
        };
        let inodes: Vec<Inode> = machine
            .inodes
            .iter()
            .map(|inode| damage(inode, luck()))
            .map(|bytes| Inode { synced: Some(bytes.clone()), bytes })
            .collect();
        let durable = names.clone();
        Self(Rc::new(RefCell::new(Machine {
            inodes,
            names,
            durable,
            unsynced: Vec::new(),
            dirs: machine.dirs,
            fuel: usize::MAX,
        })))
    }

    fn powered_for(self, steps: usize) -> Self {
        self.0.borrow_mut().fuel = steps;
        self
    }
}

impl Disk for Sim {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut machine = self.step()?;
        if !path.parent().is_some_and(|dir| machine.dirs.contains(dir)) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let inode = match machine.names.get(path) {
            Some(&inode) => inode,
            None => {
                machine.inodes.push(Inode::default());
                let inode = machine.inodes.len() - 1;
                Self::change(&mut machine, Step::Add(path.to_owned(), inode));
                inode
            }
        };
        machine.inodes[inode].bytes = bytes.to_vec();
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut machine = self.step()?;
        machine.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        Self::change(&mut machine, Step::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut machine = self.step()?;
        machine.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Self::change(&mut machine, Step::Remove(path.to_owned()));
        Ok(())
    }

    fn make_dir(&self, path: &Path) -> io::Result<()> {
        let mut machine = self.step()?;
        machine.dirs.extend(path.ancestors().map(Path::to_path_buf));
        Ok(())
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        let mut machine = self.step()?;
        let inode = *machine.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        machine.inodes[inode].synced = Some(machine.inodes[inode].bytes.clone());
        Ok(())
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let mut machine = self.step()?;
        let (mine, others) = std::mem::take(&mut machine.unsynced).into_iter().partition(|s| s.dir() == Some(path));
        machine.unsynced = others;
        let mine: Vec<Step> = mine;
        mine.iter().for_each(|step| apply(&mut machine.durable, step));
        Ok(())
    }

    fn read(&self, path: &Path, _most: u64) -> io::Result<Vec<u8>> {
        let machine = self.step()?;
        let inode = machine.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(machine.inodes[*inode].bytes.clone())
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let machine = self.step()?;
        let inside = machine.names.keys().filter(|name| name.parent() == Some(path));
        Ok(inside.filter_map(|name| name.file_name()?.to_str().map(str::to_owned)).collect())
    }

    fn exists(&self, path: &Path) -> bool {
        let machine = self.0.borrow();
        machine.names.contains_key(path) || machine.dirs.contains(path)
    }
}

type Contents = BTreeMap<String, Vec<u8>>;

fn put(bytes: &[u8]) -> Change {
    Change::Put { bytes: bytes.into(), session: None }
}

fn machine() -> Sim {
    let sim = Sim::default();
    sim.0.borrow_mut().dirs.extend(Path::new("/state").ancestors().map(Path::to_path_buf));
    sim.powered_for(usize::MAX)
}

fn open(sim: &Sim) -> Generations<Sim> {
    Generations::open(sim.clone(), "/state".into()).0
}

/// One part changes to these bytes, or goes.
type Edit = (u8, Option<u8>);

fn edits() -> impl Strategy<Value = Vec<Vec<Edit>>> {
    let edit = (0..4u8, prop::option::weighted(0.8, any::<u8>()));
    prop::collection::vec(prop::collection::vec(edit, 1..4), 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_whole_generation_is_found_after_a_power_loss_at_any_step(
        rounds in edits(),
        fuel in 0usize..400,
        dice in prop::collection::vec(any::<u8>(), 64),
    ) {
        let sim = machine().powered_for(fuel);
        let mut generations = open(&sim);
        let (mut now, mut safe) = (Contents::new(), None);
        let mut written: BTreeMap<u64, Contents> = BTreeMap::new();
        for (turn, edits) in rounds.iter().enumerate() {
            let mut batch = Batch::new();
            for (name, value) in edits {
                let name = format!("part-{name}.json");
                let long = |value: &u8| vec![*value; 1 + usize::from(*value)];
                batch.insert(name.clone(), value.as_ref().map_or(Change::Gone, |value| put(&long(value))));
                match value {
                    Some(value) => drop(now.insert(name, long(value))),
                    None => drop(now.remove(&name)),
                }
            }
            let run = Run { keeper: u32::try_from(turn / 5).unwrap(), ..Run::default() };
            written.insert(generations.next, now.clone());
            match generations.commit(&batch, false, Why::Change, &run) {
                Ok(Committed::Generation(number)) => safe = Some(number),
                Ok(Committed::Nothing) => drop(written.remove(&generations.next)),
                Ok(Committed::Lost) => panic!("nothing was lost"),
                Err(_) => break,
            }
        }
        let mut dice = dice.into_iter().cycle();
        let later = sim.after_power_loss(|| dice.next().unwrap());
        let mut generations = open(&later);
        let newest = generations.newest().map(|manifest| manifest.generation);
        prop_assert!(newest >= safe, "{newest:?} is older than {safe:?}");
        if let Some(newest) = newest {
            let loaded = generations.load(newest, |_| true).unwrap();
            prop_assert_eq!(&loaded.notes, &Vec::<String>::new());
            prop_assert_eq!(&loaded.parts, &written[&newest]);
        }
        // And it goes on from there.
        let batch = Batch::from([("after.json".to_owned(), put(b"x"))]);
        let next = generations.commit(&batch, false, Why::Change, &Run::default()).unwrap();
        prop_assert!(matches!(next, Committed::Generation(number) if Some(number) > newest));
    }
}

fn filled() -> (Sim, Generations<Sim>) {
    let sim = machine();
    let mut generations = open(&sim);
    for value in 1..=3u8 {
        let batch = Batch::from([("a.json".to_owned(), put(&[value])), ("b.json".to_owned(), put(b"same"))]);
        generations.commit(&batch, false, Why::Change, &Run::default()).unwrap();
    }
    (sim, generations)
}

fn overwrite(sim: &Sim, path: &str, bytes: &[u8]) {
    sim.write(Path::new(path), bytes).unwrap();
}

#[test]
fn unchanged_parts_are_named_again_and_not_written() {
    let (_, mut generations) = filled();
    let newest = generations.newest().unwrap().clone();
    assert_eq!(newest.parts["a.json"].file, "a.3.json");
    assert_eq!(newest.parts["b.json"].file, "b.1.json");
    let same = Batch::from([("b.json".to_owned(), put(b"same"))]);
    assert_eq!(generations.commit(&same, false, Why::Change, &Run::default()).unwrap(), Committed::Nothing);
}

#[test]
fn a_damaged_part_is_set_aside_and_taken_from_the_generation_before() {
    let (sim, _) = filled();
    overwrite(&sim, "/state/generations/parts/a.3.json", b"?");
    let loaded = open(&sim).load(3, |_| true).unwrap();
    assert_eq!(loaded.parts["a.json"], [2]);
    assert!(loaded.notes[0].contains("taken from generation 2"), "{:?}", loaded.notes);
    assert!(loaded.notes[0].contains("set aside as /state/aside/a.3.json"), "{:?}", loaded.notes);
}

#[test]
fn a_damaged_manifest_is_set_aside_and_the_one_before_counts() {
    let (sim, _) = filled();
    overwrite(&sim, "/state/generations/00000003.json", b"{\"version\":1,");
    let (mut generations, notes) = Generations::open(sim.clone(), "/state".into());
    assert!(notes[0].contains("damaged; set aside"), "{notes:?}");
    assert_eq!(generations.newest().unwrap().generation, 2);
    assert!(sim.exists(Path::new("/state/generations/parts/a.3.json")), "what it named is not deleted");
    let batch = Batch::from([("a.json".to_owned(), put(b"4"))]);
    let next = generations.commit(&batch, false, Why::End, &Run::default()).unwrap();
    assert_eq!(next, Committed::Generation(4), "its number is not given again");
}

#[test]
fn a_manifest_of_a_later_version_is_left_alone_with_what_it_names() {
    let (sim, generations) = filled();
    let manifest = Manifest { version: manifest::VERSION + 1, generation: 9, ..generations.newest().unwrap().clone() };
    overwrite(&sim, "/state/generations/00000009.json", &manifest.to_bytes().unwrap());
    overwrite(&sim, "/state/generations/parts/a.9.json", b"later");
    let (mut generations, notes) = Generations::open(sim.clone(), "/state".into());
    assert!(notes[0].contains("later mux (version 2)"), "{notes:?}");
    assert_eq!(generations.newest().unwrap().generation, 3);
    let batch = Batch::from([("a.json".to_owned(), put(b"4"))]);
    generations.commit(&batch, false, Why::Change, &Run::default()).unwrap();
    assert!(sim.exists(Path::new("/state/generations/00000009.json")));
    assert!(sim.exists(Path::new("/state/generations/parts/a.9.json")));
}

#[test]
fn fields_of_a_later_version_are_passed_over() {
    let (_, generations) = filled();
    let mut json = serde_json::to_value(generations.newest().unwrap()).unwrap();
    json["colour"] = "green".into();
    json["why"] = "eclipse".into();
    let json = serde_json::to_vec(&json).unwrap();
    let mut bytes = json.clone();
    bytes.extend_from_slice(format!("\n{:016x}\n", checksum(&json)).as_bytes());
    assert_eq!(Manifest::parse(&bytes).unwrap().why, Why::Other);
}

#[test]
fn a_directory_that_vanishes_is_noticed_and_everything_is_asked_for() {
    let (sim, mut generations) = filled();
    sim.0.borrow_mut().names.clear();
    let batch = Batch::from([("a.json".to_owned(), put(b"4"))]);
    assert_eq!(generations.commit(&batch, false, Why::Change, &Run::default()).unwrap(), Committed::Lost);
    let whole = Batch::from([("a.json".to_owned(), put(b"4")), ("b.json".to_owned(), put(b"same"))]);
    assert_eq!(generations.commit(&whole, true, Why::Change, &Run::default()).unwrap(), Committed::Generation(4));
    assert_eq!(open(&sim).load(4, |_| true).unwrap().parts.len(), 2);
}

#[test]
fn live_parts_are_replaced_and_say_when_their_folder_was_gone() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("mux");
    let live = Live::new(Files, folder.clone());
    assert!(live.write("session-3.json", b"{}").unwrap(), "the folder is made");
    assert!(!live.write("session-3.json", b"{1}").unwrap());
    live.write("jobs.json", b"[]").unwrap();
    assert_eq!(live.session_parts(), ["session-3.json"]);
    assert_eq!(live.read("session-3.json").unwrap(), b"{1}");
    assert!(live.set_aside("session-3.json").contains("aside/3.json."));
    assert_eq!(live.session_parts(), Vec::<String>::new());
    live.remove("jobs.json").unwrap();
    live.remove("jobs.json").unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(live.write("server.json", b"{}").unwrap());
}

#[test]
fn real_files_are_their_owner_s_alone() {
    use std::os::unix::fs::MetadataExt;
    let dir = tempfile::tempdir().unwrap();
    let mut generations = Generations::open(Files, dir.path().to_path_buf()).0;
    let batch = Batch::from([("a.json".to_owned(), put(b"secret"))]);
    generations.commit(&batch, false, Why::Change, &Run::default()).unwrap();
    let file = dir.path().join("generations/parts/a.1.json");
    assert_eq!(std::fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(file.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
    assert_eq!(Generations::look(Files, dir.path()).len(), 1);
}
