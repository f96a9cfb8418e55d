//! What happens, in order: a seed gives the same rounds again. When exactly a signal arrives is the machine's.

use std::time::Duration;

use crate::chance::Chance;
use crate::checks::Check;

/// One fault, and what goes on meanwhile.
#[derive(Clone, Debug)]
pub struct Round {
    pub fault: Fault,
    /// From the beginning of the actions to the fault.
    pub delay: Duration,
    /// Commands that are given one after the other while it happens.
    pub actions: Vec<Action>,
    /// Keys that the user types before, and after, without waiting for anything.
    pub keys: (u64, u64),
}

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Nothing,
    /// SIGKILL, as by the kernel when memory runs out.
    Server,
    /// SIGABRT.
    ServerAborts,
    /// Again as soon as the next one is there, this long after it was started.
    ServerTwice(Duration),
    Keeper,
    /// The server too, this long after the next keeper has everything. Before that, nobody else has it.
    KeeperAndServer(Duration),
    /// An attached client is killed; the user attaches another.
    Client,
    /// An attached client is stopped while the server is killed, and goes on after.
    ClientStops,
    /// The terminal hangs up.
    HangUp,
    /// The server is killed this long after a client has begun to attach.
    WhileAttaching(Duration),
    /// A healthy server side becomes that of another binary.
    Upgrade,
}

/// What is done beside it. Numbers choose among what there is by then.
#[derive(Clone, Debug)]
pub enum Action {
    NewWindow,
    Split(u64),
    Rename(u64),
    Resize(u64, u64),
    Layout(u64, u64),
    KillWindow(u64),
    KillPane(u64),
    SetBuffer(u64),
    SetOption(u64),
    SendKeys,
    /// A question, which changes nothing: it is answered, whatever happens.
    Ask,
    /// The user changes the size of the terminal of another session.
    ClientSize(u64),
    /// The job ends with this status, and the next one is started.
    JobEnds(u64),
}

/// Which faults there are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kinds {
    /// None: what the checks complain of then is their own fault.
    None,
    /// Of clients alone, which nothing else may notice.
    Clients,
    /// Of everything.
    All,
}

impl Kinds {
    /// Where mux has nothing to make good, everything is judged.
    pub fn judge(self, check: Check) -> bool {
        self != Kinds::All || check.judged()
    }
}

/// Which of the larger faults can be survived.
const KEEPERS_MAY_DIE: bool = true;
const UPGRADES: bool = true;

pub struct Schedule {
    chance: Chance,
    kinds: Kinds,
}

impl Schedule {
    pub fn new(seed: u64, kinds: Kinds) -> Self {
        Self { chance: Chance::new(seed), kinds }
    }

    pub fn round(&mut self) -> Round {
        let fault = self.fault();
        let chance = &mut self.chance;
        let delay = Duration::from_micros(if chance.percent(20) { 0 } else { chance.below(40_000) });
        let count = if chance.percent(50) { 0 } else { 1 + chance.below(4) };
        let actions = (0..count).map(|_| action(chance)).collect();
        Round { fault, delay, actions, keys: (chance.below(4), chance.below(4)) }
    }

    fn fault(&mut self) -> Fault {
        let chance = &mut self.chance;
        let soon = Duration::from_micros(chance.below(5000));
        let which = chance.below(100);
        match (self.kinds, which) {
            (Kinds::None, _) => return Fault::Nothing,
            (Kinds::Clients, 0..50) => return Fault::Client,
            (Kinds::Clients, _) => return Fault::HangUp,
            (Kinds::All, _) => {}
        }
        match which {
            0..45 => Fault::Server,
            45..53 => Fault::ServerAborts,
            53..68 => Fault::ServerTwice(soon),
            68..78 if KEEPERS_MAY_DIE => Fault::Keeper,
            78..82 if KEEPERS_MAY_DIE => Fault::KeeperAndServer(soon),
            82..90 if UPGRADES => Fault::Upgrade,
            90..94 => Fault::Client,
            94..97 => Fault::ClientStops,
            97..99 => Fault::HangUp,
            _ if Check::Clients.judged() => Fault::WhileAttaching(4 * soon),
            _ => Fault::Server,
        }
    }
}

fn action(chance: &mut Chance) -> Action {
    let (one, other) = (chance.below(1000), chance.below(1000));
    match chance.below(26) {
        0..4 => Action::NewWindow,
        4..6 => Action::Split(one),
        6..8 => Action::Rename(one),
        8..10 => Action::Resize(one, other),
        10..11 => Action::Layout(one, other),
        11..13 => Action::KillWindow(one),
        13..14 => Action::KillPane(one),
        14..16 => Action::SetBuffer(one),
        16..18 => Action::SetOption(one),
        18..20 => Action::SendKeys,
        20..22 => Action::ClientSize(one),
        22..24 => Action::Ask,
        _ => Action::JobEnds(one),
    }
}
