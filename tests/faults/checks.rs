//! What is judged. Each check belongs to one promise, so that a list can be judged alone:
//! `MUX_FAULT_CHECKS=screen,history cargo test --test faults`.

/// One promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Every program lives and has kept its pid.
    Alive,
    /// Cells, cursor and modes are those of the twin.
    Screen,
    /// So are all lines of the history.
    History,
    /// What programs were typed, answers to their questions among it, came once and in order.
    Input,
    /// No program noticed anything: none was told of a size that it had already.
    Quiet,
    /// Logs of jobs hold each byte once; exit statuses are the programs' own.
    Jobs,
    /// Sessions, windows, layouts, sizes, names.
    Names,
    Options,
    Buffers,
    /// What a user types in an attached client while the server is away arrives once and in order.
    Keys,
    /// Attached clients come back by themselves and show what the twin has.
    Clients,
    /// A disk that takes nothing is no harm, said once, and made good.
    Disk,
}

/// Their names, and whether they are judged where nobody says which.
const ALL: &[(&str, Check, bool)] = &[
    ("alive", Check::Alive, true),
    ("screen", Check::Screen, true),
    ("history", Check::History, true),
    ("input", Check::Input, true),
    ("quiet", Check::Quiet, true),
    ("jobs", Check::Jobs, true),
    ("names", Check::Names, true),
    ("options", Check::Options, true),
    ("buffers", Check::Buffers, true),
    ("keys", Check::Keys, true),
    ("clients", Check::Clients, true),
    ("disk", Check::Disk, true),
];

impl Check {
    pub fn judged(self) -> bool {
        match std::env::var("MUX_FAULT_CHECKS") {
            Ok(list) if list == "all" => true,
            Ok(list) => ALL.iter().any(|(name, check, _)| *check == self && list.split(',').any(|word| word == *name)),
            Err(_) => ALL.iter().any(|(_, check, on)| *check == self && *on),
        }
    }
}
