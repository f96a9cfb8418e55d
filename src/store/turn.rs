//! A turn of the server that has changed several parts at once, and what was answered with it: one file, so that a
//! server which is killed between two parts has changed all of them or none.
//!
//! It is written before the parts, for every turn; whoever follows a crash writes its parts once more. It says nothing
//! about any other run than its own.

use std::io;

use serde::{Deserialize, Serialize};

use super::{Disk, Live, Run};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    pub run: Run,
    /// By name: what each holds now, or none where it is gone.
    pub parts: Vec<(String, Option<String>)>,
    /// What the server wants to know again, in its own form.
    pub note: String,
}

impl Turn {
    const NAME: &'static str = "turn.json";

    /// True when the folder had to be made for it.
    pub fn write<D: Disk>(&self, live: &Live<D>) -> io::Result<bool> {
        live.write(Self::NAME, &serde_json::to_vec(self)?)
    }

    /// There is nothing to be done once more.
    pub fn forget<D: Disk>(live: &Live<D>) -> io::Result<()> {
        live.remove(Self::NAME)
    }

    /// Brings the parts of this run's last turn to where that had come; its note.
    pub fn recover<D: Disk>(live: &Live<D>, run: &Run) -> io::Result<String> {
        let bytes = match live.read(Self::NAME) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
            bytes => bytes?,
        };
        let turn: Self = serde_json::from_slice(&bytes)?;
        if turn.run != *run {
            return Ok(String::new());
        }
        for (name, part) in &turn.parts {
            match part {
                Some(text) => drop(live.write(name, text.as_bytes())?),
                None => live.remove(name)?,
            }
        }
        Ok(turn.note)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Files, session_part};
    use super::*;

    fn run(keeper: u32) -> Run {
        Run { boot: "b".into(), keeper, since: crate::base::Timestamp(1) }
    }

    #[test]
    fn a_turn_is_brought_to_its_end_by_the_next_server_of_its_run() {
        let dir = tempfile::tempdir().unwrap();
        let live = Live::new(Files, dir.path().to_path_buf());
        let (kept, gone) = (session_part(1), session_part(2));
        live.write(&kept, b"old").unwrap();
        live.write(&gone, b"old").unwrap();
        assert_eq!(Turn::recover(&live, &run(7)).unwrap(), "");
        let parts = vec![(kept.clone(), Some("new".into())), (gone.clone(), None)];
        Turn { run: run(7), parts, note: "told".into() }.write(&live).unwrap();

        assert_eq!(Turn::recover(&live, &run(8)).unwrap(), "", "another run's");
        assert_eq!(live.read(&kept).unwrap(), b"old");
        for _ in 0..2 {
            assert_eq!(Turn::recover(&live, &run(7)).unwrap(), "told");
            assert_eq!(live.read(&kept).unwrap(), b"new");
            assert!(live.read(&gone).is_err());
        }
        Turn::forget(&live).unwrap();
        assert_eq!(Turn::recover(&live, &run(7)).unwrap(), "");
    }

    #[test]
    fn what_is_no_turn_is_an_error_and_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let live = Live::new(Files, dir.path().to_path_buf());
        live.write(Turn::NAME, b"{\"run\":").unwrap();
        assert!(Turn::recover(&live, &run(7)).is_err());
    }
}
