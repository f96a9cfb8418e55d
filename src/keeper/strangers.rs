//! Processes that are not our children: one descriptor that is readable when any of them has ended.

use std::os::fd::OwnedFd;

use rustix::event::epoll;

use super::process::Process;
use crate::base::PaneId;

/// Who of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stranger {
    Pane(PaneId),
    Server,
}

/// Where the server's place is, beyond every pane's.
const SERVER: u64 = u64::MAX;

/// All that are watched. Costs nothing until the first one.
#[derive(Default)]
pub(super) struct Strangers {
    epoll: Option<OwnedFd>,
}

impl Strangers {
    /// Watches for its end. False: that cannot be done.
    pub(super) fn watch(&mut self, who: Stranger, process: &Process) -> bool {
        let Some(pidfd) = &process.pidfd else { return false };
        if self.epoll.is_none() {
            self.epoll = epoll::create(epoll::CreateFlags::CLOEXEC).ok();
        }
        let data = match who {
            Stranger::Pane(pane) => u64::from(pane.0),
            Stranger::Server => SERVER,
        };
        let data = epoll::EventData::new_u64(data);
        self.epoll.as_ref().is_some_and(|all| epoll::add(all, pidfd, data, epoll::EventFlags::IN).is_ok())
    }

    /// Not any more. To be called before the last descriptor here is closed: the server has others of the same process,
    /// so that closing does not end it (epoll(7)).
    pub(super) fn forget(&self, process: &Process) {
        if let (Some(all), Some(pidfd)) = (&self.epoll, &process.pidfd) {
            // Most are children and were never watched.
            let _ = epoll::delete(all, pidfd);
        }
    }

    /// Readable when one has ended.
    pub(super) fn readable(&self) -> Option<&OwnedFd> {
        self.epoll.as_ref()
    }

    /// Those that have ended, some at a time.
    pub(super) fn ended(&self) -> Vec<Stranger> {
        let Some(all) = &self.epoll else { return Vec::new() };
        let mut events = Vec::with_capacity(64);
        let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
        if epoll::wait(all, rustix::buffer::spare_capacity(&mut events), Some(&now)).is_err() {
            return Vec::new();
        }
        let who = |event: epoll::Event| match event.data.u64() {
            SERVER => Stranger::Server,
            pane => Stranger::Pane(PaneId(pane as u32)),
        };
        events.into_iter().map(who).collect()
    }
}
