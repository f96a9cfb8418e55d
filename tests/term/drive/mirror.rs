//! What a client knows of a terminal that is told to it by generations, as the server's feed does it.

use mux::base::{Line, Row, Size};
use mux::term::{Cursor, Modes, Terminal};

#[derive(Default)]
pub struct Mirror {
    told: Option<Told>,
}

struct Told {
    generation: u64,
    size: Size,
    rows: Vec<Line>,
    rest: (Cursor, Modes, bool, String),
}

impl Mirror {
    /// Takes over what is newer. Panics where something that is not is another than before.
    pub fn update(&mut self, terminal: &Terminal) {
        let rows = (0..terminal.size().rows).map(|row| terminal.row(Row(row))).collect();
        let rest = (terminal.cursor(), terminal.modes(), terminal.synchronized(), terminal.title().to_owned());
        let now = Told { generation: terminal.generation(), size: terminal.size(), rows, rest };
        if let Some(before) = &self.told {
            assert!(now.generation >= before.generation, "it went back");
            if now.generation == before.generation {
                assert!(
                    now.size == before.size && now.rest == before.rest,
                    "{:?}\nunseen: {:?}",
                    before.rest,
                    now.rest
                );
            }
            if now.size == before.size {
                for (row, (new, old)) in now.rows.iter().zip(&before.rows).enumerate() {
                    let generation = terminal.row_generation(Row(row as u16));
                    assert!(generation <= now.generation, "row {row} is of the future");
                    assert!(generation > before.generation || new == old, "row {row}: {old:?}\nunseen: {new:?}");
                }
            }
        }
        self.told = Some(now);
    }
}
