//! The calls for which no library here has a safe form. The only `unsafe` of the crate.

#![expect(unsafe_code, reason = "each block below says why it is sound")]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering, compiler_fence};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Ignores SIGHUP from now on; `execve(2)` keeps that for the program that follows, which is what nohup(1) does.
pub fn ignore_hangup() {
    // SAFETY: SIG_IGN installs no handler, so no code of ours can run in a signal context.
    unsafe {
        libc::signal(libc::SIGHUP, libc::SIG_IGN);
    }
}

/// Lets all threads take memory from one place, before there are any. For a process whose threads work in turn: each
/// has its own place otherwise, in which is kept what the others could use.
pub fn one_heap() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it sets a number in the allocator; where it cannot, nothing changes.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

/// A descriptor whose readiness tokio watches. It must be in non-blocking mode.
pub fn async_fd(fd: OwnedFd, interest: Interest) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an OwnedFd gives the same open descriptor for as long as it lives, and the AsyncFd owns it.
    unsafe { AsyncFd::register_with_interest(fd, interest) }.map_err(io::Error::from)
}

/// A duplicate, closed on exec, of a descriptor that a library shows only as a number.
pub fn duplicate(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: fcntl(2) touches no memory here; a number that is not open gives EBADF.
    let new = unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, 3) };
    if new < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made `new`, so nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(new) })
}

/// Back to the default for every signal that a shell, nohup(1) or a supervisor may have set to be ignored
/// for us: what is ignored stays so across `execve(2)` and would reach every program that mux starts.
pub fn default_signals() {
    let signals = [libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGHUP, libc::SIGALRM, libc::SIGCHLD];
    let others = [libc::SIGUSR1, libc::SIGUSR2, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU, libc::SIGWINCH];
    for signal in signals.into_iter().chain(others) {
        // SAFETY: SIG_DFL installs no handler, so no code of ours can run in a signal context.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
        }
    }
}

/// Gives an open file this number, for the program that the process becomes.
pub fn place_descriptor(file: std::fs::File, number: RawFd) -> io::Result<()> {
    use std::os::fd::{AsRawFd, IntoRawFd};
    if file.as_raw_fd() == number {
        rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::empty())?;
        // It is the program's from now on.
        let _ = file.into_raw_fd();
        return Ok(());
    }
    // SAFETY: dup2(2) touches no memory. What had that number is closed: the caller becomes another program next, and
    // owns nothing under it.
    match unsafe { libc::dup2(file.as_raw_fd(), number) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// The calling process's place in line for the disk: ioprio_set(2), which no library here has.
pub fn set_io_priority(priority: i32) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        const WHO_PROCESS: libc::c_int = 1;
        // SAFETY: takes three numbers and touches no memory; 0 is the calling process.
        match unsafe { libc::syscall(libc::SYS_ioprio_set, WHO_PROCESS, 0, priority) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = priority;
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Makes the calling process another user's for good: groups, group, user, in this order, as login(1) does it.
/// `USER` or `USER:GROUP`, by name or number.
pub fn become_user(text: &str) -> io::Result<()> {
    let (user, group) = text.split_once(':').map_or((text, None), |(user, group)| (user, Some(group)));
    let no_such = |what: &str, name: &str| io::Error::new(io::ErrorKind::NotFound, format!("no {what} {name}"));
    let entry = passwd_entry(user).ok_or_else(|| no_such("user", user))?;
    let gid = match group {
        Some(group) => group_id(group).ok_or_else(|| no_such("group", group))?,
        None => entry.gid,
    };
    let name = std::ffi::CString::new(entry.name).map_err(io::Error::other)?;
    // SAFETY: `name` ends in NUL and lives through the calls; the others take numbers. There is one thread.
    let done = unsafe {
        libc::initgroups(name.as_ptr(), gid as _) == 0 && libc::setgid(gid) == 0 && libc::setuid(entry.uid) == 0
    };
    if done { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// A user of the machine.
pub struct User {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
    pub home: std::path::PathBuf,
    pub shell: std::path::PathBuf,
}

/// By name or number, from the user database's file: mux starts no resolver.
pub fn passwd_entry(wanted: &str) -> Option<User> {
    let text = std::fs::read_to_string("/etc/passwd").ok()?;
    let mut users = text.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _, uid, gid, _, home, shell] = fields[..] else { return None };
        let (uid, gid) = (uid.parse().ok()?, gid.parse().ok()?);
        Some(User { name: name.to_owned(), uid, gid, home: home.into(), shell: shell.into() })
    });
    let number: Option<u32> = wanted.parse().ok();
    users.find(|user| user.name == wanted || Some(user.uid) == number)
}

/// By name or number, in the same way.
pub fn group_id(wanted: &str) -> Option<u32> {
    if let Ok(number) = wanted.parse() {
        return Some(number);
    }
    let text = std::fs::read_to_string("/etc/group").ok()?;
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(wanted)).then(|| fields.nth(1)?.parse().ok())?
    })
}

/// The user at the other end of a Unix socket.
#[cfg(not(target_os = "linux"))]
pub fn peer_uid(socket: BorrowedFd<'_>) -> io::Result<u32> {
    let (mut uid, mut gid) = (0, 0);
    // SAFETY: both pointers lead to live values of the right type; the descriptor is borrowed, so it is open.
    match unsafe { libc::getpeereid(socket.as_raw_fd(), &mut uid, &mut gid) } {
        0 => Ok(uid),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Signals the process group that the process leads, if it leads one (pidfd_send_signal(2), Linux 6.9).
#[cfg(target_os = "linux")]
pub fn signal_group_of(pidfd: std::os::fd::BorrowedFd<'_>, signal: i32) -> io::Result<()> {
    use std::os::fd::AsRawFd;
    const PIDFD_SIGNAL_PROCESS_GROUP: libc::c_uint = 1 << 2;
    let none = std::ptr::null::<libc::siginfo_t>();
    let fd = pidfd.as_raw_fd();
    // SAFETY: the descriptor is borrowed, so it is open; the kernel reads nothing through a null siginfo.
    match unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, signal, none, PIDFD_SIGNAL_PROCESS_GROUP) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The status that a process ended with, as wait(2) gives it, once somebody has reaped it (PIDFD_GET_INFO with
/// PIDFD_INFO_EXIT, Linux 6.15). None: the kernel does not tell, or not yet.
#[cfg(target_os = "linux")]
pub fn exit_of(pidfd: std::os::fd::BorrowedFd<'_>) -> Option<i32> {
    use std::os::fd::AsRawFd;
    /// `struct pidfd_info` of linux/pidfd.h, its first version, of 64 bytes.
    #[repr(C)]
    #[derive(Default)]
    struct PidfdInfo {
        mask: u64,
        cgroup: u64,
        ids: [u32; 11],
        exit_code: i32,
    }
    const PIDFD_INFO_EXIT: u64 = 1 << 3;
    /// _IOWR(0xFF, 11, struct pidfd_info).
    const PIDFD_GET_INFO: u32 = 0xC000_0000 | (64 << 16) | (0xFF << 8) | 11;
    let mut info = PidfdInfo { mask: PIDFD_INFO_EXIT, ..PidfdInfo::default() };
    // SAFETY: the kernel writes as many bytes as the request's number says, 64, which is the size of `info`.
    let done = unsafe { libc::ioctl(pidfd.as_raw_fd(), PIDFD_GET_INFO as _, &mut info) };
    (done == 0 && info.mask & PIDFD_INFO_EXIT != 0).then_some(info.exit_code)
}

/// Takes a descriptor over that was left open across execve(2), and has it closed on the next. Wants to be asked once
/// for each.
pub fn inherited(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: fcntl(2) touches no memory here; a number that is not open gives EBADF.
    if number <= 2 || unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) } < 0 {
        return Err(io::Error::other(format!("descriptor {number} was not left open")));
    }
    // SAFETY: it is open, and in a program that has just begun nobody else owns a number above 2 that was left to it.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Becomes another program (execv(3)); returns only when that fails, and then nothing has changed. The standard
/// library's call would have changed signals by then.
pub fn become_program(program: &std::ffi::CStr, args: &[std::ffi::CString]) -> io::Error {
    let mut words: Vec<*const libc::c_char> = args.iter().map(|word| word.as_ptr()).collect();
    words.push(std::ptr::null());
    // SAFETY: every pointer leads to a string with its NUL that lives until the call returns; the list ends with null.
    unsafe { libc::execv(program.as_ptr(), words.as_ptr()) };
    io::Error::last_os_error()
}

/// A part of a file in memory, shared with whoever maps the same part later (mmap(2), MAP_SHARED).
///
/// As Rust sees it, this value owns the memory. Where the same bytes are mapped twice, in one process or in two that run
/// at the same time, it is for the caller to see to that nobody looks at what another one writes, but for words. The file must not become shorter meanwhile (its pages would be
/// gone, SIGBUS), and whoever writes must have made sure that the pages are there (fallocate(2)).
#[derive(Debug)]
pub struct Mapping {
    at: NonNull<u8>,
    length: usize,
}

// SAFETY: memory that is reached through this value alone may be used from any thread.
unsafe impl Send for Mapping {}
// SAFETY: a shared reference only reads.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps `length` bytes of the file from `offset`, which is a multiple of the page size.
    pub fn new(file: BorrowedFd<'_>, offset: u64, length: usize) -> io::Result<Self> {
        Ok(Self { at: map(file, offset, length, libc::PROT_READ | libc::PROT_WRITE)?, length })
    }

    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `at` leads to `length` mapped bytes until the drop, and only `&mut self` lets anybody write them.
        unsafe { std::slice::from_raw_parts(self.at.as_ptr(), self.length) }
    }

    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above; the mapping may be written, and `&mut self` is the only way to it.
        unsafe { std::slice::from_raw_parts_mut(self.at.as_ptr(), self.length) }
    }

    /// Who finds a word that another thread has stored finds what was written before it, too.
    pub fn load(&self, offset: usize) -> u64 {
        self.word(offset).load(Ordering::Acquire)
    }

    /// Stores eight bytes at once: who looks at the memory after this process was killed finds the old value or the
    /// new one, with all that was written before it, and nothing that is written after it.
    pub fn store(&mut self, offset: usize, value: u64) {
        compiler_fence(Ordering::SeqCst);
        self.word(offset).store(value, Ordering::Release);
        compiler_fence(Ordering::SeqCst);
    }

    /// sendfile(2): copies bytes of a file, from the place that the word at `offset` says, to a descriptor. The kernel
    /// adds to the word what it has copied, before anything can end this process.
    #[cfg(target_os = "linux")]
    pub fn send_file(&self, offset: usize, from: BorrowedFd<'_>, to: BorrowedFd<'_>, most: usize) -> io::Result<usize> {
        let place: *mut libc::off64_t = self.word(offset).as_ptr().cast();
        // SAFETY: `place` leads to an aligned word of eight bytes inside the mapping, which lives as long as `self`; as an
        // atomic it may be changed through a shared reference, and only this thread looks at it.
        let count = unsafe { libc::sendfile64(to.as_raw_fd(), from.as_raw_fd(), place, most) };
        usize::try_from(count).map_err(|_| io::Error::last_os_error())
    }

    #[cfg(not(target_os = "linux"))]
    pub fn send_file(&self, _: usize, _: BorrowedFd<'_>, _: BorrowedFd<'_>, _: usize) -> io::Result<usize> {
        Err(io::ErrorKind::InvalidInput.into())
    }

    fn word(&self, offset: usize) -> &AtomicU64 {
        assert!(offset.is_multiple_of(8) && offset + 8 <= self.length, "a word outside of the memory");
        // SAFETY: within the mapping and, as a mapping starts at a page, aligned; it lives as long as `self`.
        unsafe { AtomicU64::from_ptr(self.at.as_ptr().add(offset).cast()) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        unmap(self.at, self.length);
    }
}

/// A part of a file that is only read through memory; it grows with the file. Others may write to the file, but not
/// what is being looked at: that is for the caller to see to, as it is that nothing beyond the file's end is read.
#[derive(Debug)]
pub struct View {
    at: NonNull<u8>,
    length: usize,
    offset: u64,
}

// SAFETY: it only reads, whoever has it.
unsafe impl Send for View {}
// SAFETY: as above.
unsafe impl Sync for View {}

impl View {
    /// Nothing yet, of the file from `offset`, which is a multiple of the page size.
    pub fn new(offset: u64) -> Self {
        Self { at: NonNull::dangling(), length: 0, offset }
    }

    /// Shows at least so many bytes.
    pub fn grow(&mut self, file: BorrowedFd<'_>, length: usize) -> io::Result<()> {
        if length > self.length {
            let at = map(file, self.offset, length, libc::PROT_READ)?;
            let old = std::mem::replace(self, Self { at, length, offset: self.offset });
            drop(old);
        }
        Ok(())
    }

    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `at` leads to `length` mapped bytes until the drop; who has the value keeps writers away.
        unsafe { std::slice::from_raw_parts(self.at.as_ptr(), self.length) }
    }
}

impl Drop for View {
    fn drop(&mut self) {
        unmap(self.at, self.length);
    }
}

fn map(file: BorrowedFd<'_>, offset: u64, length: usize, access: i32) -> io::Result<NonNull<u8>> {
    let offset = libc::off_t::try_from(offset).map_err(io::Error::other)?;
    // SAFETY: at a place that the kernel chooses, so nothing that exists is touched.
    let at = unsafe { libc::mmap(std::ptr::null_mut(), length, access, libc::MAP_SHARED, file.as_raw_fd(), offset) };
    if at == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    NonNull::new(at.cast()).ok_or_else(|| io::Error::other("mapped at the address 0"))
}

fn unmap(at: NonNull<u8>, length: usize) {
    if length > 0 {
        // SAFETY: made by `map` with this length, and whoever had it is being dropped.
        unsafe {
            libc::munmap(at.as_ptr().cast(), length);
        }
    }
}
