//! The codec: frozen bytes, any cut, what is unknown, what is too long.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use proptest::prelude::*;

use super::*;
use crate::base::limits;

fn bytes_of<Fd>(packet: Result<Encoded<Fd>, PacketError>) -> String {
    packet.unwrap().bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Takes spaces out, so that the frozen bytes can be read.
fn frozen(text: &str) -> String {
    text.split_whitespace().collect()
}

fn spawn() -> SpawnRequest {
    SpawnRequest {
        pane: PaneId(7),
        size: Size::new(80, 24),
        argv: vec!["ls".into(), "-l".into()],
        env: vec![("A".into(), "b=c".into())],
        cwd: "/t".into(),
        umask: 0o22,
        flags: SpawnFlags::IGNORE_HUP | SpawnFlags::STDIN_NULL,
        step: Vec::new(),
    }
}

/// Keepers and servers of other versions live with these bytes: a change here is a mistake.
#[test]
fn requests_are_frozen() {
    let spawn = "52000000 0100 0000  0200 04000000 07000000  0800 04000000 50001800  0b00 02000000 2f74
        0c00 04000000 12000000  0d00 04000000 03000000  0900 02000000 6c73  0900 02000000 2d6c
        0a00 08000000 01000000 41 623d63";
    assert_eq!(bytes_of(ToKeeper::<()>::Spawn(self::spawn()).encode()), frozen(spawn));
    let stepped = ToKeeper::<()>::Spawn(SpawnRequest { step: vec!["--nice".into(), "5".into()], ..self::spawn() });
    let step = "2800 06000000 2d2d6e696365  2800 01000000 35";
    assert!(bytes_of(stepped.encode()).contains(&frozen(step)));
    let signal = ToKeeper::<()>::Signal { pane: PaneId(7), signal: 15, group: true };
    let frozen_signal = "22000000 0200 0000  0200 04000000 07000000  0e00 04000000 0f000000  0f00 04000000 01000000";
    assert_eq!(bytes_of(signal.encode()), frozen(frozen_signal));
    let release = ToKeeper::<()>::Release { pane: PaneId(258) };
    assert_eq!(bytes_of(release.encode()), frozen("0e000000 0300 0000  0200 04000000 02010000"));
    assert_eq!(bytes_of(ToKeeper::<()>::Ready.encode()), frozen("04000000 0400 0000"));
    assert_eq!(bytes_of(ToKeeper::<()>::Stop.encode()), frozen("04000000 0500 0000"));
}

#[test]
fn descriptors_with_a_role_are_frozen() {
    let keep = ToKeeper::Keep { pane: PaneId(7), memory: () };
    assert_eq!(bytes_of(keep.encode()), frozen("15000000 0600 0100  0200 04000000 07000000  1000 01000000 02"));
    let (pane, started) = (PaneId(7), Timestamp(1));
    let held = FromKeeper::Held { pane, pid: 42, started, ended: None, master: (), memory: Some(()), pidfd: None };
    let pane_pid_started = "0200 04000000 07000000  0300 04000000 2a000000  0400 08000000 0100000000000000";
    let roles = "1000 02000000 01 02";
    assert_eq!(bytes_of(held.encode()), frozen(&format!("2e000000 8200 0200 {pane_pid_started} {roles}")));
    let held = FromKeeper::Held { pane, pid: 42, started, ended: None, master: (), memory: None, pidfd: Some(()) };
    let roles = "1000 02000000 01 03";
    assert_eq!(bytes_of(held.encode()), frozen(&format!("2e000000 8200 0200 {pane_pid_started} {roles}")));
    let full = Welcome {
        version: 1,
        pid: 42,
        listener: (),
        pidfd: Some(()),
        open_files: Some(1024),
        socket_file: Some((258, 7)),
    };
    assert_eq!(
        bytes_of(FromKeeper::Welcome(full).encode()),
        frozen(&format!(
            "44000000 8100 0200  0100 04000000 01000000  0300 04000000 2a000000  1100 08000000 0004000000000000
             1200 10000000 0201000000000000 0700000000000000  {roles}"
        ))
    );
    assert_eq!(bytes_of(FromKeeper::<()>::Stopping.encode()), frozen("04000000 8700 0000"));
    let replace = ToKeeper::<()>::Replace { binary: "/m".into(), upgrade: "u1".into() };
    assert_eq!(bytes_of(replace.encode()), frozen("14000000 0700 0000  1300 02000000 2f6d  1400 02000000 7531"));
    let failed = FromKeeper::<()>::Upgrade { upgrade: "u1".into(), stage: Stage::Failed("no".into()) };
    let frozen_failed = "1e000000 8800 0000  1400 02000000 7531  1500 04000000 02000000  0700 02000000 6e6f";
    assert_eq!(bytes_of(failed.encode()), frozen(frozen_failed));
    let server = FromKeeper::Server { pid: 42, link: (), pidfd: Some(()) };
    assert_eq!(bytes_of(server.encode()), frozen(&format!("16000000 8900 0200  0300 04000000 2a000000  {roles}")));
    let spawned = FromKeeper::Spawned { pane, pid: 42, started, master: (), pidfd: Some(()) };
    assert_eq!(bytes_of(spawned.encode()), frozen(&format!("2e000000 8400 0200 {pane_pid_started} {roles}")));
}

#[test]
fn reports_are_frozen() {
    let (pane, started) = (PaneId(7), Timestamp(0x0102_0304_0506));
    let ended = Ended { status: ExitStatus::Signal { signal: 9, core: true }, at: Timestamp(-1) };
    let plain = Welcome { version: 1, pid: 42, listener: (), pidfd: None, open_files: None, socket_file: None };
    let welcome = FromKeeper::Welcome(plain);
    assert_eq!(
        bytes_of(welcome.encode()),
        frozen("18000000 8100 0100  0100 04000000 01000000  0300 04000000 2a000000")
    );
    let pane_pid_started = "0200 04000000 07000000  0300 04000000 2a000000  0400 08000000 0605040302010000";
    let held = FromKeeper::Held { pane, pid: 42, started, ended: None, master: (), memory: None, pidfd: None };
    assert_eq!(bytes_of(held.encode()), frozen(&format!("26000000 8200 0100 {pane_pid_started}")));
    let status = "0500 03000000 01 09 01  0600 08000000 ffffffffffffffff";
    let held = FromKeeper::Held { pane, pid: 42, started, ended: Some(ended), master: (), memory: None, pidfd: None };
    assert_eq!(bytes_of(held.encode()), frozen(&format!("3d000000 8200 0100 {pane_pid_started} {status}")));
    assert_eq!(bytes_of(FromKeeper::<()>::HeldEnd.encode()), frozen("04000000 8300 0000"));
    let spawned = FromKeeper::Spawned { pane, pid: 42, started, master: (), pidfd: None };
    assert_eq!(bytes_of(spawned.encode()), frozen(&format!("26000000 8400 0100 {pane_pid_started}")));
    let failed = FromKeeper::<()>::SpawnFailed { pane, message: "no".into() };
    assert_eq!(bytes_of(failed.encode()), frozen("16000000 8500 0000  0200 04000000 07000000  0700 02000000 6e6f"));
    let exited = FromKeeper::<()>::Exited { pane, ended };
    assert_eq!(bytes_of(exited.encode()), frozen(&format!("25000000 8600 0000  0200 04000000 07000000  {status}")));
    let code = FromKeeper::<()>::Exited { pane, ended: Ended { status: ExitStatus::Code(3), at: Timestamp(0) } };
    let frozen_code = "25000000 8600 0000 0200 04000000 07000000 0500 03000000 00 03 00 0600 08000000 0000000000000000";
    assert_eq!(bytes_of(code.encode()), frozen(frozen_code));
}

/// Writes the bytes in pieces of at most `step` and gives every packet that comes out.
fn received<T: Decode>(bytes: &[u8], step: usize) -> Result<Vec<T>, PacketError> {
    let (mut near, far) = UnixStream::pair().unwrap();
    let mut inbox = Inbox::default();
    let mut packets = Vec::new();
    for piece in bytes.chunks(step) {
        near.write_all(piece).unwrap();
        inbox.receive(&far).unwrap();
        while let Some(packet) = inbox.take()? {
            packets.push(packet);
        }
    }
    Ok(packets)
}

fn raw(kind: u16, fields: &[u8]) -> Vec<u8> {
    let mut bytes = (fields.len() as u32 + 4).to_le_bytes().to_vec();
    bytes.extend(kind.to_le_bytes());
    bytes.extend([0, 0]);
    bytes.extend(fields);
    bytes
}

#[test]
fn unknown_types_and_tags_are_skipped_and_longer_values_read() {
    let mut bytes = raw(777, b"\x01\x00\x01\x00\x00\x00x");
    bytes.extend(raw(3, b"\xff\xff\x02\x00\x00\x00hi\x02\x00\x06\x00\x00\x00\x05\x00\x00\x00\x09\x09"));
    bytes.extend(raw(4, b""));
    let packets: Vec<ToKeeper> = received(&bytes, 5).unwrap();
    assert_eq!(packets, [ToKeeper::<()>::Release { pane: PaneId(5) }, ToKeeper::Ready]);
}

#[test]
fn what_cannot_be_a_packet_is_refused() {
    let refused = |bytes: &[u8]| received::<ToKeeper>(bytes, 4096).unwrap_err();
    assert_eq!(refused(b"\xff\xff\xff\xff\x04\x00\x00\x00"), PacketError::TooLong(u32::MAX as usize));
    assert_eq!(refused(b"\x03\x00\x00\x00\x04\x00\x00\x00"), PacketError::TooShort);
    assert_eq!(refused(&raw(3, b"\x02\x00\x09\x00\x00\x00abcd")), PacketError::Overrun);
    assert_eq!(refused(&raw(3, b"\x02\x00")), PacketError::Overrun);
    assert_eq!(refused(&raw(3, b"")), PacketError::Missing(2));
    assert_eq!(refused(&raw(3, b"\x02\x00\x01\x00\x00\x00a")), PacketError::Bad(2));
    assert_eq!(refused(b"\x04\x00\x00\x00\x04\x00\x01\x00"), PacketError::NoDescriptor);
}

#[test]
fn a_request_that_is_too_long_is_refused_before_it_is_sent() {
    let long = SpawnRequest { argv: vec!["x".repeat(limits::MAX_PACKET).into()], ..spawn() };
    assert!(matches!(ToKeeper::<()>::Spawn(long).encode(), Err(PacketError::TooLong(_))));
}

/// Two descriptors that can be told apart travel with the packets they belong to, one of an unknown type between.
#[test]
fn each_packet_brings_its_own_descriptor() {
    let (near, far) = UnixStream::pair().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| File::create(directory.path().join(name)).unwrap();
    let (first, second) = (file("first"), file("second"));
    let inode = |fd: &dyn Fn() -> rustix::io::Result<rustix::fs::Stat>| fd().unwrap().st_ino;
    let started = Timestamp(1);
    let spawned = |pane, master| {
        FromKeeper::Spawned { pane: PaneId(pane), pid: 1, started, master, pidfd: None }.encode().unwrap()
    };

    let mut outbox = Outbox::default();
    outbox.push(spawned(1, first.as_fd()));
    let mut unknown = spawned(2, second.as_fd());
    unknown.bytes[4..6].copy_from_slice(&999u16.to_le_bytes());
    outbox.push(unknown);
    outbox.push(spawned(3, second.as_fd()));
    outbox.flush(&near).unwrap();

    let mut inbox = Inbox::default();
    let mut found = Vec::new();
    while found.len() < 2 {
        inbox.receive(&far).unwrap();
        while let Some(packet) = inbox.take().unwrap() {
            let FromKeeper::Spawned { pane, master, .. } = packet else { panic!("{packet:?}") };
            assert!(rustix::io::fcntl_getfd(&master).unwrap().contains(rustix::io::FdFlags::CLOEXEC));
            found.push((pane, inode(&|| rustix::fs::fstat(&master))));
        }
    }
    let expected =
        [(PaneId(1), inode(&|| rustix::fs::fstat(&first))), (PaneId(3), inode(&|| rustix::fs::fstat(&second)))];
    assert_eq!(found, expected);
}

/// Descriptors have no clones; what has none stands for them.
fn any_request() -> impl Strategy<Value = ToKeeper<()>> {
    let word = || "[ -~é]{0,20}".prop_map(OsString::from);
    let spawn = (any::<u32>(), any::<(u16, u16)>(), proptest::collection::vec(word(), 0..5), word(), any::<u32>());
    let env = proptest::collection::vec((word(), word()), 0..5);
    prop_oneof![
        (spawn, env).prop_map(|((pane, (cols, rows), argv, cwd, bits), env)| ToKeeper::Spawn(SpawnRequest {
            pane: PaneId(pane),
            size: Size::new(cols, rows),
            argv,
            env,
            cwd,
            umask: bits,
            flags: SpawnFlags::from_bits_retain(bits),
            step: Vec::new(),
        })),
        (any::<u32>(), any::<u32>(), any::<bool>()).prop_map(|(pane, signal, group)| ToKeeper::Signal {
            pane: PaneId(pane),
            signal,
            group
        }),
        any::<u32>().prop_map(|pane| ToKeeper::Release { pane: PaneId(pane) }),
        Just(ToKeeper::Ready),
        Just(ToKeeper::Stop),
        (word(), "[a-z]{0,9}").prop_map(|(binary, upgrade)| ToKeeper::Replace { binary, upgrade }),
    ]
}

proptest! {
    #[test]
    fn any_cut_gives_the_same_packets(packets in proptest::collection::vec(any_request(), 0..6), step in 1usize..300) {
        let bytes: Vec<u8> = packets.iter().flat_map(|packet| packet.clone().encode().unwrap().bytes).collect();
        prop_assert_eq!(received::<ToKeeper>(&bytes, step).unwrap(), packets);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 1..200), kind in 1u16..8) {
        let _ = received::<ToKeeper>(&bytes, 50);
        let _ = received::<FromKeeper>(&raw(kind + 128, &bytes), 50);
        let _ = received::<ToKeeper>(&raw(kind, &bytes), 50);
    }
}
