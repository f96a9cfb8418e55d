//! The server's packets.

use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;

use crate::base::Size;

use super::field::{Body, Descriptors, Encoded, Writer, role, tag};
use super::{Decode, PacketError, SpawnFlags, SpawnRequest, ToKeeper};

mod kind {
    pub const SPAWN: u16 = 1;
    pub const SIGNAL: u16 = 2;
    pub const RELEASE: u16 = 3;
    pub const READY: u16 = 4;
    pub const STOP: u16 = 5;
    pub const KEEP: u16 = 6;
    pub const REPLACE: u16 = 7;
}

impl<Fd> ToKeeper<Fd> {
    /// Fails only where it is longer than a packet may be.
    pub fn encode(self) -> Result<Encoded<Fd>, PacketError> {
        let packet = match self {
            ToKeeper::Spawn(request) => encode_spawn(&request),
            ToKeeper::Signal { pane, signal, group } => {
                let packet = Writer::new(kind::SIGNAL).pane(pane).u32(tag::SIGNAL, signal);
                packet.u32(tag::GROUP, u32::from(group))
            }
            ToKeeper::Keep { pane, memory } => {
                return Writer::new(kind::KEEP).pane(pane).finish_with([(role::MEMORY, Some(memory))]);
            }
            ToKeeper::Release { pane } => Writer::new(kind::RELEASE).pane(pane),
            ToKeeper::Ready => Writer::new(kind::READY),
            ToKeeper::Replace { binary, upgrade } => Writer::new(kind::REPLACE)
                .bytes(tag::BINARY, &[binary.as_bytes()])
                .bytes(tag::UPGRADE, &[upgrade.as_bytes()]),
            ToKeeper::Stop => Writer::new(kind::STOP),
        };
        packet.finish(Vec::new())
    }
}

fn encode_spawn(request: &SpawnRequest) -> Writer {
    let size = request.size;
    let mut packet = Writer::new(kind::SPAWN)
        .pane(request.pane)
        .bytes(tag::SIZE, &[&size.cols.to_le_bytes(), &size.rows.to_le_bytes()])
        .bytes(tag::CWD, &[request.cwd.as_bytes()])
        .u32(tag::UMASK, request.umask)
        .u32(tag::FLAGS, request.flags.bits());
    for word in &request.argv {
        packet = packet.bytes(tag::ARG, &[word.as_bytes()]);
    }
    for word in &request.step {
        packet = packet.bytes(tag::STEP, &[word.as_bytes()]);
    }
    for (name, value) in &request.env {
        let length = u32::try_from(name.len()).unwrap_or(u32::MAX).to_le_bytes();
        packet = packet.bytes(tag::ENV, &[&length, name.as_bytes(), value.as_bytes()]);
    }
    packet
}

impl Decode for ToKeeper {
    fn decode(kind: u16, body: Body<'_>, fds: Vec<OwnedFd>) -> Result<Option<Self>, PacketError> {
        let packet = match kind {
            kind::SPAWN => ToKeeper::Spawn(decode_spawn(body)?),
            kind::SIGNAL => ToKeeper::Signal {
                pane: body.pane()?,
                signal: body.u32(tag::SIGNAL)?,
                group: body.u32(tag::GROUP)? == 1,
            },
            kind::KEEP => ToKeeper::Keep {
                pane: body.pane()?,
                memory: Descriptors::new(body, fds).take(role::MEMORY).ok_or(PacketError::NoDescriptor)?,
            },
            kind::RELEASE => ToKeeper::Release { pane: body.pane()? },
            kind::READY => ToKeeper::Ready,
            kind::REPLACE => {
                ToKeeper::Replace { binary: owned(body.bytes(tag::BINARY)?), upgrade: body.text(tag::UPGRADE)? }
            }
            kind::STOP => ToKeeper::Stop,
            _ => return Ok(None),
        };
        Ok(Some(packet))
    }
}

fn decode_spawn(body: Body<'_>) -> Result<SpawnRequest, PacketError> {
    let [cols_low, cols_high, rows_low, rows_high] = body.array(tag::SIZE)?;
    Ok(SpawnRequest {
        pane: body.pane()?,
        size: Size::new(u16::from_le_bytes([cols_low, cols_high]), u16::from_le_bytes([rows_low, rows_high])),
        argv: body.all(tag::ARG).map(owned).collect(),
        env: body.all(tag::ENV).map(decode_variable).collect::<Result<_, _>>()?,
        cwd: owned(body.bytes(tag::CWD)?),
        umask: body.u32(tag::UMASK)?,
        flags: SpawnFlags::from_bits_retain(body.u32(tag::FLAGS)?),
        step: body.all(tag::STEP).map(owned).collect(),
    })
}

fn decode_variable(value: &[u8]) -> Result<(OsString, OsString), PacketError> {
    let bad = PacketError::Bad(tag::ENV);
    let (length, text) = value.split_first_chunk().ok_or(bad)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| bad)?;
    let (name, value) = text.split_at_checked(length).ok_or(bad)?;
    Ok((owned(name), owned(value)))
}

fn owned(bytes: &[u8]) -> OsString {
    OsStr::from_bytes(bytes).to_owned()
}
