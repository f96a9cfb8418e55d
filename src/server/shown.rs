//! What clients show beside the panes, asked for by commands: menus, texts, another part of a large window. A client of
//! an older build does not know all of it, and its user is told.

use super::core::Core;
use crate::base::ClientId;
use crate::model;
use crate::proto::message::{Menu, MenuItem, Pan, Stream, ToClient};

/// The protocol since which a client knows menus and what else is here.
const SHOWS: u16 = 4;

/// Stands for the command of a text that the client has not asked for: its own numbers are larger.
const UNASKED: u32 = 0;

impl Core {
    pub(super) fn redraw(&self, client: ClientId, pan: Option<model::Pan>) {
        let pan = pan.map(|pan| match pan {
            model::Pan::By { rows, cols } => Pan::By { rows, cols },
            model::Pan::Cursor => Pan::Cursor,
        });
        self.to_new_client(client, ToClient::Redraw { pan });
    }

    pub(super) fn menu(&self, client: ClientId, menu: model::Menu) {
        let item = |item| match item {
            model::MenuItem::Separator => MenuItem::Separator,
            model::MenuItem::Disabled { name } => MenuItem::Disabled { name },
            model::MenuItem::Command { name, key, command } => MenuItem::Command { name, key, command },
        };
        let model::Menu { title, x, y, pane, items } = menu;
        let items = items.into_iter().map(item).collect();
        self.to_new_client(client, ToClient::Menu(Box::new(Menu { title, x, y, pane, items })));
    }

    pub(super) fn suspend(&self, client: ClientId) {
        self.to_new_client(client, ToClient::Suspend);
    }

    /// As the output of a command that its user has typed.
    pub(super) fn show(&self, client: ClientId, text: String) {
        let bytes = text.into_bytes();
        self.to_client(client, ToClient::Output { number: UNASKED, stream: Stream::Out, bytes });
        self.to_client(client, ToClient::Done { number: UNASKED, status: 0, error: None });
    }

    fn to_new_client(&self, client: ClientId, message: ToClient) {
        let Some(task) = self.clients.get(&client) else { return };
        task.send(match task.link().protocol >= SHOWS {
            true => message,
            false => ToClient::Message { text: "this terminal's mux is too old for that".into(), error: true },
        });
    }
}
