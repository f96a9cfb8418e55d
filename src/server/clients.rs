//! The clients as the core holds them: what they are sent, what they watch.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::core::Core;
use super::mailbox::{ConnLink, Sought, ToPane};
use super::pane::{Hand, Stamp, Typed};
use super::receipts::Receipt;
use crate::base::{ClientId, Identity, Input, PaneId, Timestamp};
use crate::config::Clipboard;
use crate::model::{self, ClientView, Event};
use crate::proto::message::{
    Context, FloatView, Keys, Looks, PaneView, Settings, Status, Tab, TabMarks, ToClient, View,
};

pub struct ClientTask {
    link: ConnLink,
    /// Where its commands are typed.
    pub context: Option<Box<Context>>,
    /// It is a user's terminal.
    pub attached: bool,
    /// The process behind the connection, where it has said so.
    pub identity: Option<Identity>,
    /// Of which command line it has had the answer up to where.
    pub resumes: Option<(u32, u64)>,
    /// The panes whose rows it is sent.
    watched: BTreeSet<PaneId>,
    /// One of them that is not in its view.
    preview: Option<PaneId>,
    /// What it was told last of why its window is smaller than its room.
    smaller: Option<String>,
    /// What it was told of keys last.
    keys: Option<Box<Keys>>,
}

/// The protocol since which a client is told of keys, how things look, and why its window is smaller than its room.
const TOLD_MORE: u16 = 4;

/// The protocol since which a client tells its terminal what programs want to be known.
const NOTIFIES: u16 = 5;

/// The protocol since which a client knows that panes float.
const FLOATS: u16 = 5;

impl ClientTask {
    pub fn new(link: ConnLink) -> Self {
        Self {
            link,
            context: None,
            attached: false,
            identity: None,
            resumes: None,
            watched: BTreeSet::new(),
            preview: None,
            smaller: None,
            keys: None,
        }
    }

    pub fn link(&self) -> &ConnLink {
        &self.link
    }

    /// Sends what must arrive. A client that has let its whole queue fill up does not read: what it is sent from
    /// then on is dropped, and its connection ends by its own time limit.
    pub fn send(&self, message: ToClient) {
        if self.link.control.try_send(message).is_err() {
            tracing::debug!("a client takes nothing; a message is dropped");
        }
    }

    /// Sends what can as well be missed, while the queue is no more than half full.
    pub fn send_lossy(&self, message: ToClient) {
        if self.link.control.capacity() > self.link.control.max_capacity() / 2 {
            self.send(message);
        }
    }
}

/// What is sent of a client's view.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    view: View,
    floats: Vec<FloatView>,
    status: Status,
}

/// Whose input is being handed on.
pub struct Typing {
    pub stamp: Stamp,
    pub receipt: Option<Arc<Receipt>>,
}

impl Core {
    pub(super) fn client_gone(&mut self, client: ClientId, content: bool) {
        self.connections -= 1;
        // A terminal may come back.
        let done = self.clients.get(&client).filter(|task| content && !task.attached).and_then(|task| task.identity);
        if let Some(identity) = done {
            self.answers.forget(identity);
        }
        self.forget_client(client);
    }

    /// Says who a client is. The same process had another connection: that one is dead, whether it has been noticed
    /// or not.
    pub(super) fn identified(&mut self, client: ClientId, identity: Identity) {
        let former = |(id, task): (&ClientId, &ClientTask)| (task.identity == Some(identity)).then_some(*id);
        if let Some(former) = self.clients.iter().find_map(former) {
            self.forget_client(former);
        }
        if let Some(task) = self.clients.get_mut(&client) {
            task.identity = Some(identity);
        }
    }

    pub(super) fn resumed(&mut self, client: ClientId, number: u32, position: u64) {
        if let Some(task) = self.clients.get_mut(&client) {
            task.resumes = Some((number, position));
        }
    }

    fn forget_client(&mut self, client: ClientId) {
        let Some(task) = self.clients.remove(&client) else { return };
        for pane in task.watched {
            self.tell(pane, ToPane::Unwatch { client });
        }
        self.requests.retain(|request, _| request.client != client);
        self.apply(Event::ClientGone { client });
    }

    /// Input goes through the model, which knows the active pane. Where that pane cannot take more for now, the
    /// client is not read until it can.
    pub(super) fn take_input(
        &mut self,
        client: ClientId,
        (seq, receipt): (u64, Receipt),
        pane: Option<PaneId>,
        input: Input,
    ) {
        let author = self.clients.get(&client).and_then(|task| task.identity);
        self.typing = author.map(|identity| {
            let stamp = Stamp { author: identity.0, hand: Hand::Keyboard, number: seq };
            Typing { stamp, receipt: Some(Arc::new(receipt)) }
        });
        let effects = self.state.apply(Event::ClientInput { client, pane, input }, Timestamp::now());
        let target = effects.iter().find_map(|effect| match effect {
            model::Effect::Input { pane, .. } => Some(*pane),
            _ => None,
        });
        self.carry_out(effects);
        self.typing = None;
        let congestion = target.and_then(|pane| self.panes.get(&pane)).map(|task| task.congestion.clone());
        if let (Some(congestion), Some(task)) = (congestion, self.clients.get(&client)) {
            let hold = congestion.borrow().then_some(congestion.clone());
            task.link.hold.send_if_modified(|held| {
                let changed = held.is_some() || hold.is_some();
                *held = hold;
                changed
            });
        }
    }

    /// Hands something typed to a pane, with what is known of who typed it.
    pub(super) fn type_into(&mut self, pane: PaneId, input: Input) {
        let mut typed = Typed::from(input);
        if let Some(typing) = &mut self.typing {
            typed.stamp = Some(typing.stamp);
            typed.receipt.clone_from(&typing.receipt);
            if typing.stamp.hand == Hand::Command {
                // Another one of the same command follows it.
                typing.stamp.number += 1;
            }
        }
        self.tell(pane, ToPane::Input(typed));
    }

    pub(super) fn fetch(&mut self, client: ClientId, pane: PaneId, from: u64, count: u16) {
        let Some(task) = self.clients.get(&client).filter(|task| task.attached) else { return };
        let answer = task.link.control.clone();
        self.tell(pane, ToPane::Fetch { from, count, answer });
    }

    pub(super) fn search(&mut self, client: ClientId, pane: PaneId, wanted: Sought) {
        let Some(task) = self.clients.get(&client).filter(|task| task.attached) else { return };
        let answer = task.link.control.clone();
        self.tell(pane, ToPane::Search { wanted, answer });
    }

    pub(super) fn prompts(&mut self, client: ClientId, pane: PaneId) {
        let Some(task) = self.clients.get(&client).filter(|task| task.attached) else { return };
        let answer = task.link.control.clone();
        self.tell(pane, ToPane::Prompts(answer));
    }

    /// Sends the client's view, and lets exactly the panes in it send their rows.
    pub(super) fn refresh(&mut self, client: ClientId) {
        let now = Timestamp::now();
        let Some(mut view) = self.state.client_view(client, now) else { return };
        let floats = self.clients.get(&client).is_some_and(|task| task.link.protocol >= FLOATS);
        if !floats {
            view = view.without_floats();
        }
        let seen: Vec<PaneId> = view.panes.iter().map(|pane| pane.id).collect();
        let status = wire_status(self.state.client_status(client, now));
        self.begin_status_shells(client);
        let why = self.state.why_smaller(client);
        let keys = Box::new(wire_keys(self.state.key_settings(client)));
        let Some(task) = self.clients.get_mut(&client) else { return };
        if task.link.protocol >= TOLD_MORE && task.keys.as_ref() != Some(&keys) {
            task.send(ToClient::Keys(keys.clone()));
            task.keys = Some(keys);
        }
        let shown = Box::new(Shown::of(view, status));
        task.link.view.send_if_modified(|sent| {
            let changed = sent.as_ref() != Some(&shown);
            *sent = Some(shown);
            changed
        });
        if task.link.protocol >= TOLD_MORE {
            let model::ClientLooks { options, titles } = self.state.client_looks(client, Timestamp::now());
            let looks = Box::new(Looks { options, titles });
            task.link.looks.send_if_modified(|sent| {
                let changed = sent.as_ref() != Some(&looks);
                *sent = Some(looks);
                changed
            });
        }
        if task.link.protocol >= TOLD_MORE && task.smaller != why {
            task.smaller.clone_from(&why);
            task.send(ToClient::Smaller { why });
        }
        let preview = task.preview.filter(|pane| self.state.pane(*pane).is_some());
        let visible: BTreeSet<PaneId> = seen.into_iter().chain(preview).collect();
        let rows = task.link.rows.clone();
        let before = std::mem::replace(&mut task.watched, visible.clone());
        for &pane in before.difference(&visible) {
            self.tell(pane, ToPane::Unwatch { client });
        }
        for &pane in visible.difference(&before) {
            self.tell(pane, ToPane::Watch { client, rows: rows.clone() });
        }
    }

    pub(super) fn preview(&mut self, client: ClientId, pane: Option<PaneId>) {
        if let Some(task) = self.clients.get_mut(&client).filter(|task| task.attached) {
            task.preview = pane;
            self.refresh(client);
        }
    }

    /// The pane's task is a new one: its watchers have to be told to it.
    pub(super) fn rewatch(&mut self, pane: PaneId) {
        for (&client, task) in &mut self.clients {
            if task.watched.remove(&pane) {
                self.turn.refresh.insert(client);
            }
        }
    }

    /// A program's clipboard goes to everybody who can see it, where the user allows that.
    pub(super) fn clipboard(&mut self, pane: PaneId, text: &[u8]) {
        if self.state.options().set_clipboard != Clipboard::On {
            return;
        }
        for task in self.clients.values().filter(|task| task.watched.contains(&pane)) {
            task.send_lossy(ToClient::Clipboard { text: text.to_vec() });
        }
    }

    pub(super) fn notified(&mut self, pane: PaneId, title: Option<String>, body: String) {
        let text = title.into_iter().chain(Some(body)).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
        self.apply(Event::PaneNotified { pane, text });
    }

    /// What a program wants to be known; an older client goes without.
    pub(super) fn notify(&self, client: ClientId, text: String) {
        if let Some(task) = self.clients.get(&client).filter(|task| task.link.protocol >= NOTIFIES) {
            task.send_lossy(ToClient::Notify { text });
        }
    }
}

impl Shown {
    fn of(mut view: ClientView, status: Status) -> Self {
        let floats = std::mem::take(&mut view.floats).into_iter().map(wire_float).collect();
        Self { view: wire_view(view), floats, status }
    }

    pub fn status_message(&self) -> ToClient {
        ToClient::Status(Box::new(self.status.clone()))
    }

    pub fn message(self) -> ToClient {
        let view = Box::new(self.view);
        if self.floats.is_empty() { ToClient::View(view) } else { ToClient::Floating { view, floats: self.floats } }
    }
}

fn wire_view(view: ClientView) -> View {
    View {
        session: view.session,
        session_name: view.session_name,
        windows: view.windows.into_iter().map(wire_tab).collect(),
        panes: view.panes.into_iter().map(wire_pane).collect(),
        window_size: view.window_size,
        status_left: view.status_left,
        status_right: view.status_right,
        settings: wire_settings(view.settings),
    }
}

fn wire_status(status: model::ClientStatus) -> Status {
    let marks = |tab: model::TabMarks| {
        let model::TabMarks { window, last, bell, activity } = tab;
        TabMarks { window, last, bell, activity }
    };
    Status { lines: status.lines, tabs: status.tabs.into_iter().map(marks).collect() }
}

fn wire_keys(keys: model::KeySettings) -> Keys {
    Keys {
        keymap: keys.keymap,
        prefix2: keys.prefix2,
        table: keys.table,
        vi_prompt: keys.vi_prompt,
        changes: keys.changes,
    }
}

fn wire_tab(tab: model::Tab) -> Tab {
    Tab { id: tab.id, index: tab.index, name: tab.name, current: tab.current, label: tab.label }
}

fn wire_pane(pane: model::PaneView) -> PaneView {
    PaneView {
        id: pane.id,
        index: pane.index,
        rect: pane.rect,
        active: pane.active,
        title: pane.title,
        dead: pane.dead,
    }
}

fn wire_float(float: model::FloatView) -> FloatView {
    let model::Dress { style, border_style, lines, .. } = float.dress;
    FloatView {
        pane: float.pane,
        framed: float.framed,
        pinned: float.pinned,
        modal: float.modal,
        title: float.title,
        style,
        border_style,
        lines,
    }
}

fn wire_settings(settings: model::Settings) -> Settings {
    Settings {
        prefix: settings.prefix,
        mouse: settings.mouse,
        status: settings.status,
        status_at_top: settings.status_at_top,
        status_style: settings.status_style,
        message_style: settings.message_style,
        pane_border_style: settings.pane_border_style,
        pane_active_border_style: settings.pane_active_border_style,
        repeat_time: settings.repeat_time,
        display_time: settings.display_time,
    }
}
