//! `mux restore`: finds what is to come back (on the disk's thread), has the model make it, and reports what became
//! of it once every program runs or cannot.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::before;
use super::core::Core;
use super::mailbox::ToPane;
use super::restore_report::{Report, listing};
use crate::base::{Error, Input, PaneId, RequestId, Timestamp};
use crate::config::Sessions;
use crate::model::{
    Before, Came, Event, PaneBefore, Reply, RestoreOrder, Return, Saved, SavedPane, SavedSession, names,
};
use crate::store::{Brief, Disk, Generations, Loaded, Manifest, Offer, PaneRecord, Run, pane_part};

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub order: RestoreOrder,
    pub offer: Option<Offer>,
    /// The names of the sessions there are.
    pub existing: Vec<String>,
}

/// What there is of it.
#[derive(Debug)]
pub enum Found {
    List(Vec<Manifest>, Run),
    Sessions(FoundSessions),
}

#[derive(Debug)]
pub struct FoundSessions {
    pub generation: u64,
    sessions: Vec<FoundSession>,
    /// What could not be read.
    pub notes: Vec<String>,
}

#[derive(Debug)]
struct FoundSession {
    part: String,
    before: Before,
    /// What panes showed, as it was packed.
    records: BTreeMap<PaneId, Vec<u8>>,
    notes: Vec<String>,
}

/// Sessions whose programs are being started.
pub struct Restoring {
    request: Option<RequestId>,
    order: RestoreOrder,
    waiting: BTreeSet<PaneId>,
    report: Report,
}

// ---- on the disk's thread ---------------------------------------------------------------------------------------

pub fn find<D: Disk>(generations: &Generations<D>, wanted: &Wanted, run: &Run) -> Result<Found, Error> {
    let order = &wanted.order;
    if order.list {
        return Ok(Found::List(generations.all().values().cloned().collect(), run.clone()));
    }
    let (generation, parts) = choose(generations, wanted, run)?;
    let chosen = |name: &str| parts.iter().any(|part| part == name);
    let gone = || Error::not_found(format!("generation {generation} cannot be read"));
    let Loaded { parts, mut notes, .. } = generations.load(generation, chosen).ok_or_else(gone)?;
    let mut sessions = Vec::new();
    for (part, bytes) in parts {
        match before::parse(&bytes) {
            Ok(Saved::Session(session)) => sessions.push(complete(generations, generation, part, session)),
            Ok(_) => notes.push(format!("{part} is no session")),
            Err(error) => notes.push(format!("{part}: {error}")),
        }
    }
    Ok(Found::Sessions(FoundSessions { generation, sessions, notes }))
}

/// The generation, and the sessions' parts in it.
fn choose<D: Disk>(generations: &Generations<D>, wanted: &Wanted, run: &Run) -> Result<(u64, Vec<String>), Error> {
    let names = &wanted.order.names;
    let all = generations.all();
    if let Some(from) = wanted.order.from {
        let manifest = all.get(&from).ok_or_else(|| {
            Error::not_found(format!("no generation {from}")).hint("`mux restore --list` shows what there is")
        })?;
        return Ok((from, named(manifest, names, |_| true)?));
    }
    let offered = wanted.offer.as_ref().and_then(|offer| Some((offer, all.get(&offer.generation)?)));
    if let Some((offer, manifest)) = offered {
        let left = |part: &str| offer.left.iter().any(|left| left == part);
        match named(manifest, names, left) {
            Ok(parts) => return Ok((offer.generation, parts)),
            Err(error) if names.is_empty() => return Err(error),
            Err(_) => {}
        }
    }
    let nothing = || Error::refused("nothing waits to be brought back");
    if names.is_empty() {
        return Err(nothing().hint("`mux restore --list` shows what there is, --from takes one of them"));
    }
    // One that was closed in this run is looked for too; of one that is there, only what an earlier run had.
    let there = names.iter().any(|name| wanted.existing.contains(name));
    let mut newest = all.values().rev().filter(|manifest| !there || manifest.run != *run);
    let found = newest.find_map(|manifest| Some((manifest.generation, named(manifest, names, |_| true).ok()?)));
    found.ok_or_else(|| {
        let known: Vec<&str> = all.values().flat_map(|m| m.sessions()).map(|(_, brief)| brief.name.as_str()).collect();
        let missing = names.iter().find(|name| !known.contains(&name.as_str())).unwrap_or(&names[0]);
        let error = Error::not_found(format!("no session {missing} was saved"));
        match names::nearest(missing, known) {
            Some(near) => error.hint(format!("did you mean '{near}'?")),
            None => error.hint("`mux restore --list` shows what there is"),
        }
    })
}

/// The parts of the named sessions, or of all that are no job's.
fn named(manifest: &Manifest, names: &[String], may: impl Fn(&str) -> bool) -> Result<Vec<String>, Error> {
    let wanted = |brief: &Brief| match names {
        [] => !brief.job,
        names => names.contains(&brief.name),
    };
    let found: Vec<(&str, &Brief)> = manifest.sessions().filter(|(part, brief)| may(part) && wanted(brief)).collect();
    if let Some(missing) = names.iter().find(|name| !found.iter().any(|(_, brief)| brief.name == **name)) {
        let error = Error::not_found(format!("generation {} has no session {missing}", manifest.generation));
        return Err(error.hint("`mux restore --list` shows what there is"));
    }
    if found.is_empty() {
        return Err(Error::not_found(format!("generation {} has no sessions", manifest.generation))
            .hint("`mux restore --list` shows what there is"));
    }
    Ok(found.into_iter().map(|(part, _)| part.to_owned()).collect())
}

/// Reads what the session's panes showed, and looks whether their directories are still there.
fn complete<D: Disk>(
    generations: &Generations<D>,
    generation: u64,
    part: String,
    mut session: SavedSession,
) -> FoundSession {
    let saved: Vec<SavedPane> = session.windows.iter().flat_map(|window| window.all_panes().cloned()).collect();
    let wanted: BTreeSet<String> = saved.iter().map(|pane| pane_part(pane.id.0)).collect();
    let loaded = generations.load(generation, |name| wanted.contains(name));
    let (mut parts, mut notes) = loaded.map(|loaded| (loaded.parts, loaded.notes)).unwrap_or_default();
    session.cwd = there(session.cwd, &mut notes);
    let (mut panes, mut records) = (BTreeMap::new(), BTreeMap::new());
    for pane in saved {
        let packed = parts.remove(&pane_part(pane.id.0));
        let record = packed.as_deref().and_then(|packed| PaneRecord::unpack(packed).ok()).unwrap_or_default();
        let cwd = there(record.cwd.unwrap_or(pane.program.cwd), &mut notes);
        panes.insert(pane.id, PaneBefore { cwd, argv: record.argv, title: record.title });
        records.extend(packed.map(|packed| (pane.id, packed)));
    }
    notes.dedup();
    FoundSession { part, before: Before { session, panes }, records, notes }
}

/// The directory, or the home directory where it is gone.
fn there(dir: PathBuf, notes: &mut Vec<String>) -> PathBuf {
    if dir.is_dir() {
        return dir;
    }
    let home = std::env::home_dir().filter(|home| home.is_dir()).unwrap_or_else(|| Path::new("/").to_path_buf());
    notes.push(format!("directory {} is gone; {} is used", dir.display(), home.display()));
    home
}

/// What the user wants to have back without being asked.
pub fn at_start(before: &super::before::Before, sessions: Sessions) -> Option<Result<Found, Error>> {
    let offer = before.file.offer.clone().filter(|_| before.begins && sessions == Sessions::Yes)?;
    let wanted = Wanted { order: RestoreOrder::default(), offer: Some(offer), existing: Vec::new() };
    Some(find(&before.generations, &wanted, &before.file.run))
}

// ---- in the core ---------------------------------------------------------------------------------------------

impl Core {
    pub(super) fn restore(&mut self, request: RequestId, order: RestoreOrder) {
        if order.at_boot {
            self.start_boot_jobs();
        }
        let unwanted = self.restore.sessions == Sessions::No || self.store.offer().is_none();
        if order.at_boot && unwanted {
            return self.turn.replies.push((request, Reply::default()));
        }
        let wanted = self.wanted(order);
        self.store.find(request, wanted);
    }

    fn wanted(&self, order: RestoreOrder) -> Wanted {
        let existing = self.state.sessions().map(|session| session.name.clone()).collect();
        Wanted { order, offer: self.store.offer().cloned(), existing }
    }

    /// A server begins: what was found is brought back, and what waits is told. Before anybody is served.
    pub(super) fn greet(&mut self, found: Option<Result<Found, Error>>, begins: bool) {
        match found {
            Some(Ok(Found::Sessions(found))) => self.bring_back(None, RestoreOrder::default(), found),
            Some(Err(error)) => self.problems.push(error.to_string()),
            Some(Ok(Found::List(..))) | None => {}
        }
        self.announce_offer();
        if let Some(offer) = self.state.offer().filter(|_| begins) {
            self.problems.push(offer.to_owned());
            self.unsaid.push(offer.to_owned());
        }
    }

    pub(super) fn found(&mut self, request: RequestId, wanted: &Wanted, found: Result<Found, Error>) {
        let json = wanted.order.json;
        match found {
            Ok(Found::List(all, run)) => {
                let offered = self.store.offer().map(|offer| offer.generation);
                let reply = Reply::text(listing(&all, &run, offered, json));
                self.turn.replies.push((request, reply));
            }
            Ok(Found::Sessions(found)) => self.bring_back(Some(request), wanted.order.clone(), found),
            Err(error) => self.turn.replies.push((request, Reply::error(error))),
        }
    }

    fn bring_back(&mut self, request: Option<RequestId>, order: RestoreOrder, found: FoundSessions) {
        let now = Timestamp::now();
        let mut report = Report { generation: found.generation, notes: found.notes, ..Report::default() };
        let (mut taken, mut waiting, mut came) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        let mut windows = Came::new();
        for session in found.sessions {
            let mut plan = self.state.plan_return(session.before, &self.restore.programs, &mut taken);
            plan.problems.extend(session.notes);
            if !order.dry_run {
                match self.state.bring_back(&mut plan, &mut windows, now) {
                    Ok(_) => came.push(session.part),
                    Err(error) => plan.problems.push(error.to_string()),
                }
                let effects = self.state.take_effects();
                self.carry_out(effects);
                waiting.extend(plan.panes.iter().filter_map(|pane| pane.pane));
                self.show_what_was(&plan, session.records, now);
            }
            report.sessions.push(plan);
        }
        if let Err(error) = self.store.take_from_offer(found.generation, &came) {
            self.storage_fails(&super::store::plain(&error));
        }
        self.announce_offer();
        self.restoring.push(Restoring { request, order, waiting, report });
        self.report_restored();
    }

    /// What a pane showed comes above its new shell, and what is to be run again is typed once the shell is there.
    fn show_what_was(&mut self, plan: &Return, mut records: BTreeMap<PaneId, Vec<u8>>, now: Timestamp) {
        for pane in &plan.panes {
            let Some(id) = pane.pane else { continue };
            let note = match (pane.command.as_str(), pane.again) {
                ("", _) => format!("restored {}", now.ctime()),
                (command, true) => format!("restored {}; run again: {command}", now.ctime()),
                (command, false) => format!("restored {}; not run again: {command}", now.ctime()),
            };
            self.tell(id, ToPane::Preface { packed: records.remove(&pane.was), note });
            if let Some(line) = &pane.typed {
                self.to_type.insert(id, Input::Bytes(format!("{line}\r").into_bytes()));
            }
        }
    }

    /// A new shell has said something: it is there, and can be typed to.
    pub(super) fn type_what_waits(&mut self, pane: PaneId) {
        if let Some(input) = self.to_type.remove(&pane) {
            self.tell(pane, ToPane::Input(input.into()));
        }
    }

    /// A program that was awaited runs, or cannot be started.
    pub(super) fn restore_goes_on(&mut self, event: &Event) {
        let (pane, failure) = match event {
            Event::PaneStarted { pane, .. } => (pane, None),
            Event::PaneFailed { pane, message } => (pane, Some(message)),
            _ => return,
        };
        for restoring in &mut self.restoring {
            if restoring.waiting.remove(pane)
                && let Some(message) = failure
            {
                restoring.report.failed.insert(*pane, message.clone());
            }
        }
        self.report_restored();
    }

    fn report_restored(&mut self) {
        let (done, waiting) = std::mem::take(&mut self.restoring).into_iter().partition(|r| r.waiting.is_empty());
        self.restoring = waiting;
        let done: Vec<Restoring> = done;
        for Restoring { request, order, report, .. } in done {
            match request {
                Some(request) => self.turn.replies.push((request, report.reply(&order))),
                None => self.problems.extend(report.summary()),
            }
        }
    }

    /// Commands that find no session say what waits.
    pub(super) fn announce_offer(&mut self) {
        let asked = self.restore.sessions != Sessions::No;
        let offer = self.store.offer().filter(|_| asked).map(Offer::sentence);
        self.state.set_offer(offer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Batch, Change, Files, Gone, Why};

    fn brief(name: &str, job: bool) -> Change {
        let session = Some(Brief { name: name.into(), windows: 1, panes: 1, job });
        Change::Put { bytes: name.as_bytes().into(), session }
    }

    /// An earlier run with two sessions and a job, this one with a session that was closed again.
    fn filled(folder: &Path) -> (Generations<Files>, Run) {
        let mut all = Generations::open(Files, folder.to_path_buf()).0;
        let (earlier, now) = (Run { keeper: 1, ..Run::default() }, Run { keeper: 2, ..Run::default() });
        let first = Batch::from([
            ("session-0.json".into(), brief("web", false)),
            ("session-1.json".into(), brief("notes", false)),
            ("session-2.json".into(), brief("train", true)),
        ]);
        all.commit(&first, false, Why::Change, &earlier).unwrap();
        let second = Batch::from([("session-9.json".into(), brief("oops", false))]);
        all.commit(&second, true, Why::Change, &now).unwrap();
        all.commit(&Batch::from([("session-9.json".into(), Change::Gone)]), false, Why::Change, &now).unwrap();
        (all, now)
    }

    fn choice(wanted: Wanted) -> Result<(u64, Vec<String>), String> {
        let dir = tempfile::tempdir().unwrap();
        let (all, run) = filled(dir.path());
        choose(&all, &wanted, &run).map_err(|error| error.to_string())
    }

    fn wanted(names: &[&str], from: Option<u64>, left: Option<&[&str]>) -> Wanted {
        let strings = |all: &[&str]| all.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let offer = left.map(|left| Offer { generation: 1, gone: Gone::Reboot, at: Timestamp(0), left: strings(left) });
        let order = RestoreOrder { names: strings(names), from, ..RestoreOrder::default() };
        Wanted { order, offer, existing: Vec::new() }
    }

    #[test]
    fn what_waits_comes_first_then_what_is_named() {
        let left = ["session-0.json", "session-1.json"];
        assert_eq!(choice(wanted(&[], None, Some(&left))).unwrap(), (1, left.map(str::to_owned).to_vec()));
        assert_eq!(choice(wanted(&["notes"], None, Some(&left))).unwrap(), (1, vec![left[1].into()]));
        assert_eq!(choice(wanted(&["web"], None, None)).unwrap().0, 1, "without an offer too");
        assert_eq!(choice(wanted(&["train"], None, Some(&left))).unwrap().1, ["session-2.json"], "a job by its name");
        assert_eq!(choice(wanted(&["oops"], None, None)).unwrap().0, 2, "one that was closed in this run");
        assert_eq!(choice(wanted(&[], Some(1), None)).unwrap().1, left);
    }

    #[test]
    fn what_is_not_there_is_named() {
        assert!(choice(wanted(&[], None, None)).unwrap_err().starts_with("nothing waits to be brought back"));
        assert_eq!(
            choice(wanted(&["note"], None, None)).unwrap_err(),
            "no session note was saved (did you mean 'notes'?)"
        );
        assert!(choice(wanted(&[], Some(7), None)).unwrap_err().starts_with("no generation 7"));
        assert!(choice(wanted(&[], Some(3), None)).unwrap_err().starts_with("generation 3 has no sessions"));
    }
}
