//! What a server finds of the one before it, and what follows from that.
//!
//! Either it continues a run (the keeper is the same, so the programs live), or an earlier run is gone: with the
//! machine, or with its keeper. Then nothing of it is taken over but jobs' records and numbers; its sessions are put
//! into a generation, if they are not in one, and offered. Nothing is overwritten or removed before that.

use std::path::Path;

use serde::Deserialize;

use super::answers::Answers;
use super::store::{SAVED_PARTS, brief_of, forget_passing, is_passing};
use crate::base::Timestamp;
use crate::model::{SAVE_VERSION, Saved};
use crate::store::{Batch, Change, Committed, Files, Generations, Gone, Live, Offer, Run, RunFile, Turn, Why};

/// What there was, judged.
pub struct Before {
    pub live: Live<Files>,
    pub generations: Generations<Files>,
    /// Of the run that begins or goes on.
    pub file: RunFile,
    /// What the model is made of.
    pub saved: Vec<Saved>,
    /// For the user.
    pub problems: Vec<String>,
    /// A new run begins: the user is told what waits.
    pub begins: bool,
    /// What clients were answered last.
    pub answers: Answers,
}

/// The keeper and the boot that a server is started under.
pub struct Now {
    pub boot: String,
    pub keeper: u32,
    /// The keeper has programs of before.
    pub holds: bool,
}

impl Before {
    pub fn judge(folder: &Path, now: &Now) -> Self {
        let live = Live::new(Files, folder.to_path_buf());
        let (generations, problems) = Generations::open(Files, folder.to_path_buf());
        let file = RunFile::read(&live, generations.newest());
        let mut before = Self {
            live,
            generations,
            file: RunFile::default(),
            saved: Vec::new(),
            problems,
            begins: false,
            answers: Answers::default(),
        };
        if let Some(file) = file.as_ref().filter(|file| goes_on(&file.run, now)) {
            before.end_turn(&file.run);
        }
        let parts = before.read_live();
        match file {
            Some(file) if goes_on(&file.run, now) => before.go_on(file, parts),
            None if now.holds => before.go_on(RunFile { run: new_run(now), ..RunFile::default() }, parts),
            file => before.begin(file, parts, now),
        }
        let offered = before.file.offer.as_ref().map(|offer| offer.generation);
        before.generations.pin(offered);
        before
    }

    /// What the server before was about to write is written.
    fn end_turn(&mut self, run: &Run) {
        match Turn::recover(&self.live, run) {
            Ok(note) => self.answers = Answers::from_note(&note),
            Err(error) => {
                self.problems.push(format!("the last change before the server's end may be missing: {error}"))
            }
        }
    }

    /// The live parts that can be read; for one that cannot, what the newest generation has.
    fn read_live(&mut self) -> Vec<(String, Saved)> {
        let mut names = self.live.session_parts();
        names.extend(SAVED_PARTS.map(str::to_owned));
        names.extend(self.live.buffer_parts());
        let mut parts = Vec::new();
        for name in names {
            let bytes = match self.live.read(&name) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => {
                    self.problems.push(format!("{name}: {error}"));
                    continue;
                }
            };
            match parse(&bytes) {
                Ok(saved) => parts.push((name, saved)),
                Err(error) => {
                    let aside = self.live.set_aside(&name);
                    let older = self.generations.part(&name).and_then(|bytes| parse(&bytes).ok());
                    let instead = if older.is_some() { "; the last synced state of it is used" } else { "" };
                    self.problems.push(format!("{name}: {error}; {aside}{instead}"));
                    parts.extend(older.map(|saved| (name, saved)));
                }
            }
        }
        parts
    }

    /// The server before has died, nothing else.
    fn go_on(&mut self, file: RunFile, parts: Vec<(String, Saved)>) {
        self.file = file;
        self.saved = parts.into_iter().map(|(_, saved)| saved).collect();
    }

    /// A new run begins.
    fn begin(&mut self, last: Option<RunFile>, parts: Vec<(String, Saved)>, now: &Now) {
        if let Err(error) = forget_passing(&self.live) {
            self.problems.push(format!("options and buffers of before cannot be removed: {error}"));
        }
        let (sessions, others): (Vec<_>, Vec<_>) = parts
            .into_iter()
            .filter(|(name, _)| !is_passing(name))
            .partition(|(_, saved)| matches!(saved, Saved::Session(_)));
        let last = last.unwrap_or_default();
        let rebooted = last.run.boot != now.boot;
        let offer = self.offer(&last, &sessions, &others, rebooted);
        if !sessions.is_empty() {
            self.clear(&sessions);
        }
        self.begins = true;
        self.file = RunFile { run: new_run(now), ended: false, offer };
        self.saved = others.into_iter().map(|(_, saved)| saved).collect();
        for saved in &mut self.saved {
            if let Saved::Jobs(jobs) = saved
                && rebooted
            {
                jobs.lose();
            }
        }
    }

    /// What of the last run waits to be brought back. Live files are torn by a reboot, unless they are all there is.
    fn offer(
        &mut self,
        last: &RunFile,
        sessions: &[(String, Saved)],
        others: &[(String, Saved)],
        rebooted: bool,
    ) -> Option<Offer> {
        let synced = self.generations.newest().is_some_and(|newest| newest.run == last.run);
        let told = rebooted && synced;
        if !sessions.is_empty() && !told {
            let why = if last.ended { Why::End } else { Why::Found };
            if let Err(error) = self.put_down(sessions, others, why, &last.run) {
                self.problems.push(format!("the sessions of before cannot be kept: {error}"));
            }
        }
        if last.ended {
            return last.offer.clone();
        }
        let gone = if rebooted { Gone::Reboot } else { Gone::Keeper };
        let newest = self.generations.newest().filter(|newest| newest.run == last.run);
        newest.and_then(|newest| Offer::of(newest, gone)).or_else(|| last.offer.clone())
    }

    fn put_down(
        &mut self,
        sessions: &[(String, Saved)],
        others: &[(String, Saved)],
        why: Why,
        run: &Run,
    ) -> std::io::Result<Committed> {
        let known = self.generations.newest().map(|newest| newest.parts.keys().cloned().collect::<Vec<_>>());
        let all = || sessions.iter().chain(others);
        let gone = known.into_iter().flatten().filter(|name| crate::store::session_of(name).is_some());
        let mut batch: Batch = gone.map(|name| (name, Change::Gone)).collect();
        for (name, saved) in all() {
            let bytes = serde_json::to_vec(saved)?.into();
            batch.insert(name.clone(), Change::Put { bytes, session: brief_of(saved) });
        }
        self.generations.commit(&batch, false, why, run)
    }

    /// The live files of sessions that are in a generation go; where that is not so they are only moved away.
    fn clear(&mut self, sessions: &[(String, Saved)]) {
        for (name, _) in sessions {
            let kept = self.generations.newest().is_some_and(|newest| newest.parts.contains_key(name));
            if kept {
                let _ = self.live.remove(name);
            } else {
                let aside = self.live.set_aside(name);
                self.problems.push(format!("{name} is in no synced state; {aside}"));
            }
        }
    }
}

fn goes_on(last: &Run, now: &Now) -> bool {
    last.boot == now.boot && (last.keeper == now.keeper || now.holds)
}

fn new_run(now: &Now) -> Run {
    Run { boot: now.boot.clone(), keeper: now.keeper, since: Timestamp::now() }
}

/// A part, unless it is damaged or of a later version.
pub fn parse(bytes: &[u8]) -> Result<Saved, String> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let version = serde_json::from_slice::<Versioned>(bytes).map_or(0, |versioned| versioned.version);
    if version > SAVE_VERSION {
        return Err(format!("it is of a later mux (version {version})"));
    }
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{SessionId, Size};
    use crate::config::Options;
    use crate::model::{Context, NewSession, Part, Setup, State};
    use crate::store::session_part;

    /// A session and the jobs' records, as a server writes them.
    fn parts() -> Vec<(String, Saved)> {
        let mut state = State::new(Options::default(), Setup::default());
        let new = NewSession { name: Some("web".into()), size: Some(Size::new(80, 24)), ..NewSession::default() };
        state.new_session(new, &Context::default(), Timestamp(1)).unwrap();
        let all = [Part::Session(SessionId(0)), Part::Jobs, Part::Server];
        let names = [session_part(0), "jobs.json".into(), "server.json".into()];
        names.into_iter().zip(all).map(|(name, part)| (name, state.save(&part).unwrap())).collect()
    }

    fn fill(folder: &Path, file: Option<&RunFile>) -> Live<Files> {
        let live = Live::new(Files, folder.to_path_buf());
        for (name, saved) in parts() {
            live.write(&name, &serde_json::to_vec(&saved).unwrap()).unwrap();
        }
        if let Some(file) = file {
            live.write(RunFile::NAME, &serde_json::to_vec(file).unwrap()).unwrap();
        }
        live
    }

    fn now(boot: &str, keeper: u32) -> Now {
        Now { boot: boot.into(), keeper, holds: false }
    }

    fn run(boot: &str, keeper: u32) -> RunFile {
        RunFile { run: Run { boot: boot.into(), keeper, since: Timestamp(7) }, ..RunFile::default() }
    }

    #[test]
    fn a_server_that_follows_a_crash_takes_everything_over() {
        let dir = tempfile::tempdir().unwrap();
        fill(dir.path(), Some(&run("a", 5)));
        let before = Before::judge(dir.path(), &now("a", 5));
        assert_eq!(before.saved.len(), 3);
        assert_eq!(before.file, run("a", 5));
        assert_eq!(before.problems, Vec::<String>::new());
    }

    #[test]
    fn after_a_reboot_sessions_are_offered_and_not_taken_over() {
        let dir = tempfile::tempdir().unwrap();
        let live = fill(dir.path(), Some(&run("a", 5)));
        let before = Before::judge(dir.path(), &now("b", 5));
        assert_eq!(before.saved.len(), 2, "jobs and numbers");
        let offer = before.file.offer.unwrap();
        assert_eq!((offer.gone, offer.left.as_slice()), (Gone::Reboot, [session_part(0)].as_slice()));
        assert_eq!(before.generations.all()[&offer.generation].why, Why::Found);
        assert!(live.session_parts().is_empty());
        // Nobody restores, and the machine is started anew once more.
        let file = RunFile { run: run("b", 6).run, ended: false, offer: Some(offer.clone()) };
        live.write(RunFile::NAME, &serde_json::to_vec(&file).unwrap()).unwrap();
        assert_eq!(Before::judge(dir.path(), &now("c", 6)).file.offer, Some(offer));
    }

    #[test]
    fn torn_live_files_do_not_count_against_a_synced_generation_of_the_same_run() {
        let dir = tempfile::tempdir().unwrap();
        let live = fill(dir.path(), Some(&run("a", 5)));
        let mut generations = Generations::open(Files, dir.path().to_path_buf()).0;
        let (name, saved) = parts().remove(0);
        let bytes = serde_json::to_vec(&saved).unwrap().into();
        let batch = Batch::from([(name.clone(), Change::Put { bytes, session: brief_of(&saved) })]);
        generations.commit(&batch, false, Why::Change, &run("a", 5).run).unwrap();
        live.write(&name, b"{\"part\":\"session\",").unwrap();
        live.write("jobs.json", b"").unwrap();
        let before = Before::judge(dir.path(), &now("b", 9));
        assert_eq!(before.file.offer.unwrap().generation, 1);
        assert_eq!(before.problems.len(), 2, "{:?}", before.problems);
        assert!(before.problems.iter().all(|problem| problem.contains("set aside as")));
        assert_eq!(before.saved.len(), 1);
    }

    #[test]
    fn a_torn_run_file_is_made_good_from_the_newest_generation() {
        for (why, offered) in [(Why::Change, true), (Why::End, false)] {
            let dir = tempfile::tempdir().unwrap();
            let live = fill(dir.path(), Some(&run("a", 5)));
            let mut generations = Generations::open(Files, dir.path().to_path_buf()).0;
            let (name, saved) = parts().remove(0);
            let bytes = serde_json::to_vec(&saved).unwrap().into();
            let batch = Batch::from([(name, Change::Put { bytes, session: brief_of(&saved) })]);
            generations.commit(&batch, false, why, &run("a", 5).run).unwrap();
            live.write(RunFile::NAME, b"").unwrap();
            assert_eq!(Before::judge(dir.path(), &now("b", 9)).file.offer.is_some(), offered, "{why:?}");
        }
    }

    #[test]
    fn what_was_ended_on_purpose_is_kept_and_not_offered() {
        let dir = tempfile::tempdir().unwrap();
        fill(dir.path(), Some(&RunFile { ended: true, ..run("a", 5) }));
        let before = Before::judge(dir.path(), &now("a", 6));
        assert_eq!(before.file.offer, None);
        assert_eq!(before.generations.newest().unwrap().why, Why::End);
        assert_eq!(before.generations.newest().unwrap().sessions().count(), 1);
    }

    #[test]
    fn a_keeper_that_is_gone_takes_sessions_too_and_an_old_state_is_understood() {
        let dir = tempfile::tempdir().unwrap();
        fill(dir.path(), Some(&run("a", 5)));
        assert_eq!(Before::judge(dir.path(), &now("a", 6)).file.offer.unwrap().gone, Gone::Keeper);
        // Written by a mux that knew no runs, whose keeper still holds its programs.
        let dir = tempfile::tempdir().unwrap();
        fill(dir.path(), None);
        let holding = Now { holds: true, ..now("a", 5) };
        assert_eq!(Before::judge(dir.path(), &holding).saved.len(), 3);
    }

    #[test]
    fn a_part_of_a_later_version_is_set_aside() {
        let dir = tempfile::tempdir().unwrap();
        let live = fill(dir.path(), Some(&run("a", 5)));
        live.write("jobs.json", b"{\"part\":\"jobs\",\"version\":99,\"jobs\":{\"jobs\":[],\"records\":[]}}").unwrap();
        let before = Before::judge(dir.path(), &now("a", 5));
        assert!(before.problems[0].contains("later mux (version 99); set aside as"), "{:?}", before.problems);
        assert_eq!(before.saved.len(), 2);
        let aside = std::fs::read_dir(dir.path().join("aside")).unwrap().count();
        assert_eq!(aside, 1);
    }

    #[test]
    fn fields_of_a_later_version_are_passed_over() {
        let mut json = serde_json::to_value(&parts()[0].1).unwrap();
        json["colour"] = "green".into();
        json["windows"][0]["panes"][0]["smell"] = 1.into();
        assert_eq!(parse(&serde_json::to_vec(&json).unwrap()).as_ref(), Ok(&parts()[0].1));
    }
}
