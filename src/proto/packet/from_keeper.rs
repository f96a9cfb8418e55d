//! The keeper's packets.

use std::os::fd::OwnedFd;

use crate::base::ExitStatus;

use super::field::{Body, Descriptors, Encoded, Writer, role, tag};
use super::{Decode, Ended, FromKeeper, PacketError, Stage, Welcome};

mod kind {
    pub const WELCOME: u16 = 129;
    pub const HELD: u16 = 130;
    pub const HELD_END: u16 = 131;
    pub const SPAWNED: u16 = 132;
    pub const SPAWN_FAILED: u16 = 133;
    pub const EXITED: u16 = 134;
    pub const STOPPING: u16 = 135;
    pub const UPGRADE: u16 = 136;
    pub const SERVER: u16 = 137;
}

impl<Fd> FromKeeper<Fd> {
    /// Fails only where it is longer than a packet may be.
    pub fn encode(self) -> Result<Encoded<Fd>, PacketError> {
        match self {
            FromKeeper::Welcome(welcome) => encode_welcome(welcome),
            FromKeeper::Held { pane, pid, started, ended, master, memory, pidfd } => {
                let packet = Writer::new(kind::HELD).pane(pane).u32(tag::PID, pid).time(tag::STARTED, started);
                let fds = [(role::MAIN, Some(master)), (role::MEMORY, memory), (role::PIDFD, pidfd)];
                ended.into_iter().fold(packet, write_ended).finish_with(fds)
            }
            FromKeeper::HeldEnd => Writer::new(kind::HELD_END).finish(Vec::new()),
            FromKeeper::Spawned { pane, pid, started, master, pidfd } => {
                let packet = Writer::new(kind::SPAWNED).pane(pane).u32(tag::PID, pid).time(tag::STARTED, started);
                packet.finish_with([(role::MAIN, Some(master)), (role::PIDFD, pidfd)])
            }
            FromKeeper::SpawnFailed { pane, message } => {
                let packet = Writer::new(kind::SPAWN_FAILED).pane(pane).bytes(tag::MESSAGE, &[message.as_bytes()]);
                packet.finish(Vec::new())
            }
            FromKeeper::Exited { pane, ended } => {
                write_ended(Writer::new(kind::EXITED).pane(pane), ended).finish(Vec::new())
            }
            FromKeeper::Upgrade { upgrade, stage } => {
                let (number, message) = match &stage {
                    Stage::UnderWay => (0, ""),
                    Stage::Done => (1, ""),
                    Stage::Failed(message) => (2, message.as_str()),
                };
                let packet = Writer::new(kind::UPGRADE).bytes(tag::UPGRADE, &[upgrade.as_bytes()]);
                packet.u32(tag::STAGE, number).bytes(tag::MESSAGE, &[message.as_bytes()]).finish(Vec::new())
            }
            FromKeeper::Server { pid, link, pidfd } => {
                let fds = [(role::MAIN, Some(link)), (role::PIDFD, pidfd)];
                Writer::new(kind::SERVER).u32(tag::PID, pid).finish_with(fds)
            }
            FromKeeper::Stopping => Writer::new(kind::STOPPING).finish(Vec::new()),
        }
    }
}

fn encode_welcome<Fd>(welcome: Welcome<Fd>) -> Result<Encoded<Fd>, PacketError> {
    let packet = Writer::new(kind::WELCOME).u32(tag::VERSION, welcome.version).u32(tag::PID, welcome.pid);
    let packet = packet.u64s(tag::OPEN_FILES, welcome.open_files.map(|limit| [limit]));
    let packet = packet.u64s(tag::SOCKET_FILE, welcome.socket_file.map(|(device, inode)| [device, inode]));
    packet.finish_with([(role::MAIN, Some(welcome.listener)), (role::PIDFD, welcome.pidfd)])
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
            kind::WELCOME => FromKeeper::Welcome(Welcome {
                version: body.u32(tag::VERSION)?,
                pid: body.u32(tag::PID)?,
                listener: fds.main()?,
                pidfd: fds.take(role::PIDFD),
                open_files: body.u64s(tag::OPEN_FILES).map(|[limit]| limit),
                socket_file: body.u64s(tag::SOCKET_FILE).map(|[device, inode]| (device, inode)),
            }),
            kind::HELD => FromKeeper::Held {
                pane: body.pane()?,
                pid: body.u32(tag::PID)?,
                started: body.time(tag::STARTED)?,
                ended: body.get(tag::STATUS).map(|_| read_ended(body)).transpose()?,
                master: fds.main()?,
                memory: fds.take(role::MEMORY),
                pidfd: fds.take(role::PIDFD),
            },
            kind::HELD_END => FromKeeper::HeldEnd,
            kind::SPAWNED => FromKeeper::Spawned {
                pane: body.pane()?,
                pid: body.u32(tag::PID)?,
                started: body.time(tag::STARTED)?,
                master: fds.main()?,
                pidfd: fds.take(role::PIDFD),
            },
            kind::SPAWN_FAILED => FromKeeper::SpawnFailed { pane: body.pane()?, message: body.text(tag::MESSAGE)? },
            kind::EXITED => FromKeeper::Exited { pane: body.pane()?, ended: read_ended(body)? },
            kind::UPGRADE => FromKeeper::Upgrade {
                upgrade: body.text(tag::UPGRADE)?,
                stage: match body.u32(tag::STAGE)? {
                    0 => Stage::UnderWay,
                    1 => Stage::Done,
                    _ => Stage::Failed(body.text(tag::MESSAGE)?),
                },
            },
            kind::SERVER => {
                FromKeeper::Server { pid: body.u32(tag::PID)?, link: fds.main()?, pidfd: fds.take(role::PIDFD) }
            }
            kind::STOPPING => FromKeeper::Stopping,
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
