//! The keeper's packets.

use std::os::fd::OwnedFd;

use crate::base::ExitStatus;

use super::field::{Body, Descriptors, Encoded, Writer, role, tag};
use super::{Decode, Ended, FromKeeper, PacketError};

mod kind {
    pub const WELCOME: u16 = 129;
    pub const HELD: u16 = 130;
    pub const HELD_END: u16 = 131;
    pub const SPAWNED: u16 = 132;
    pub const SPAWN_FAILED: u16 = 133;
    pub const EXITED: u16 = 134;
}

impl<Fd> FromKeeper<Fd> {
    /// Fails only where it is longer than a packet may be.
    pub fn encode(self) -> Result<Encoded<Fd>, PacketError> {
        match self {
            FromKeeper::Welcome { version, pid, listener } => {
                let packet = Writer::new(kind::WELCOME).u32(tag::VERSION, version).u32(tag::PID, pid);
                packet.finish(vec![listener])
            }
            FromKeeper::Held { pane, pid, started, ended, master, memory } => {
                let packet = Writer::new(kind::HELD).pane(pane).u32(tag::PID, pid).time(tag::STARTED, started);
                let memory = memory.map(|memory| (role::MEMORY, memory));
                let fds = std::iter::once((role::MAIN, master)).chain(memory).collect();
                ended.into_iter().fold(packet, write_ended).finish_with(fds)
            }
            FromKeeper::HeldEnd => Writer::new(kind::HELD_END).finish(Vec::new()),
            FromKeeper::Spawned { pane, pid, started, master } => {
                let packet = Writer::new(kind::SPAWNED).pane(pane).u32(tag::PID, pid).time(tag::STARTED, started);
                packet.finish(vec![master])
            }
            FromKeeper::SpawnFailed { pane, message } => {
                let packet = Writer::new(kind::SPAWN_FAILED).pane(pane).bytes(tag::MESSAGE, &[message.as_bytes()]);
                packet.finish(Vec::new())
            }
            FromKeeper::Exited { pane, ended } => {
                write_ended(Writer::new(kind::EXITED).pane(pane), ended).finish(Vec::new())
            }
        }
    }
}

fn write_ended(packet: Writer, ended: Ended) -> Writer {
    let status = match ended.status {
        ExitStatus::Code(code) => [0, code, 0],
        ExitStatus::Signal { signal, core } => [1, signal, u8::from(core)],
        ExitStatus::Unknown => [2, 0, 0],
    };
    packet.bytes(tag::STATUS, &[&status]).time(tag::ENDED, ended.at)
}

impl Decode for FromKeeper {
    fn decode(kind: u16, body: Body<'_>, fds: Vec<OwnedFd>) -> Result<Option<Self>, PacketError> {
        let mut fds = Descriptors::new(body, fds);
        let packet = match kind {
            kind::WELCOME => FromKeeper::Welcome {
                version: body.u32(tag::VERSION)?,
                pid: body.u32(tag::PID)?,
                listener: fds.main()?,
            },
            kind::HELD => FromKeeper::Held {
                pane: body.pane()?,
                pid: body.u32(tag::PID)?,
                started: body.time(tag::STARTED)?,
                ended: body.get(tag::STATUS).map(|_| read_ended(body)).transpose()?,
                master: fds.main()?,
                memory: fds.take(role::MEMORY),
            },
            kind::HELD_END => FromKeeper::HeldEnd,
            kind::SPAWNED => FromKeeper::Spawned {
                pane: body.pane()?,
                pid: body.u32(tag::PID)?,
                started: body.time(tag::STARTED)?,
                master: fds.main()?,
            },
            kind::SPAWN_FAILED => FromKeeper::SpawnFailed {
                pane: body.pane()?,
                message: String::from_utf8_lossy(body.bytes(tag::MESSAGE)?).into_owned(),
            },
            kind::EXITED => FromKeeper::Exited { pane: body.pane()?, ended: read_ended(body)? },
            _ => return Ok(None),
        };
        Ok(Some(packet))
    }
}

fn read_ended(body: Body<'_>) -> Result<Ended, PacketError> {
    let status = match body.array(tag::STATUS)? {
        [0, code, _] => ExitStatus::Code(code),
        [1, signal, core] => ExitStatus::Signal { signal, core: core == 1 },
        _ => ExitStatus::Unknown,
    };
    Ok(Ended { status, at: body.time(tag::ENDED)? })
}
