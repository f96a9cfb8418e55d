//! Channels of `wait-for`: some wait until another one signals, or for a lock.

use std::collections::{BTreeMap, VecDeque};

use super::{Effect, Reply, State};
use crate::base::{ClientId, Error, RequestId, Result, limits};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Channels {
    list: BTreeMap<String, Channel>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Channel {
    /// It was signalled while nobody waited: who waits next does not.
    woken: bool,
    waiting: Vec<RequestId>,
    locked: bool,
    /// Who waits for the lock, in order.
    lockers: VecDeque<RequestId>,
}

impl Channel {
    fn is_idle(&self) -> bool {
        *self == Self::default()
    }
}

impl State {
    /// Answers the request when the channel is signalled, at once where it has been.
    pub fn wait_on(&mut self, name: &str, request: RequestId) -> Result<()> {
        let channel = self.channel(name)?;
        if std::mem::take(&mut channel.woken) {
            self.answer_channel(request);
        } else {
            channel.waiting.push(request);
        }
        self.tidy_channels();
        Ok(())
    }

    pub fn signal_channel(&mut self, name: &str) -> Result<()> {
        let channel = self.channel(name)?;
        let waiting = std::mem::take(&mut channel.waiting);
        channel.woken = waiting.is_empty();
        waiting.into_iter().for_each(|request| self.answer_channel(request));
        self.tidy_channels();
        Ok(())
    }

    /// Answers the request when the lock is its.
    pub fn lock_channel(&mut self, name: &str, request: RequestId) -> Result<()> {
        let channel = self.channel(name)?;
        if channel.locked {
            channel.lockers.push_back(request);
        } else {
            channel.locked = true;
            self.answer_channel(request);
        }
        Ok(())
    }

    /// The lock is the next one's who waits for it.
    pub fn unlock_channel(&mut self, name: &str) -> Result<()> {
        let not_locked = || Error::refused(format!("channel {name} not locked"));
        let channel = self.channels.list.get_mut(name).filter(|channel| channel.locked).ok_or_else(not_locked)?;
        let next = channel.lockers.pop_front();
        channel.locked = next.is_some();
        next.into_iter().for_each(|request| self.answer_channel(request));
        self.tidy_channels();
        Ok(())
    }

    fn channel(&mut self, name: &str) -> Result<&mut Channel> {
        if !self.channels.list.contains_key(name) && self.channels.list.len() >= limits::CHANNELS {
            return Err(Error::refused(format!("too many channels: {}", limits::CHANNELS)).hint("signal some first"));
        }
        Ok(self.channels.list.entry(name.to_owned()).or_default())
    }

    fn answer_channel(&mut self, request: RequestId) {
        self.push(Effect::Reply { request, reply: Reply::default() });
    }

    fn tidy_channels(&mut self) {
        self.channels.list.retain(|_, channel| !channel.is_idle());
    }

    /// A connection has gone: it waits no more. A lock that it has stays, as in tmux.
    pub(super) fn leave_channels(&mut self, client: ClientId) {
        for channel in self.channels.list.values_mut() {
            channel.waiting.retain(|request| request.client != client);
            channel.lockers.retain(|request| request.client != client);
        }
        self.tidy_channels();
    }
}
