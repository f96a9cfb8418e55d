//! What commands have changed of the users' keys. The keymaps themselves are files that clients read.

use crate::base::limits::{MAX_BOUND_COMMAND, MAX_KEY_CHANGES};
use crate::base::{ClientId, Error, Key, KeyChange, Result};

use super::{Part, State};

/// What a client has to know to understand keys, beside its own files.
#[derive(Clone, Debug, PartialEq)]
pub struct KeySettings {
    pub keymap: String,
    pub prefix2: Option<Key>,
    /// The table in which keys are looked up while none was entered.
    pub table: String,
    /// The command prompt has vi's keys.
    pub vi_prompt: bool,
    pub changes: Vec<KeyChange>,
}

impl State {
    pub fn key_changes(&self) -> &[KeyChange] {
        &self.key_changes
    }

    /// Counts from now on, for every client.
    pub fn change_keys(&mut self, change: KeyChange) -> Result<()> {
        if let KeyChange::Bind { binding, .. } = &change
            && binding.command.len().max(binding.note.len()) > MAX_BOUND_COMMAND
        {
            return Err(Error::usage(format!("too long for a key: a command has at most {MAX_BOUND_COMMAND} bytes")));
        }
        self.key_changes.retain(|earlier| !change.undoes(earlier));
        if self.key_changes.len() >= MAX_KEY_CHANGES {
            return Err(Error::refused(format!("more than {MAX_KEY_CHANGES} keys are changed already"))
                .hint("write them into a file in keymaps/"));
        }
        self.key_changes.push(change);
        self.save_part(Part::Options);
        self.redraw_all();
        Ok(())
    }

    /// What this client's keys go by.
    pub fn key_settings(&self, client: ClientId) -> KeySettings {
        let options = self.client(client).map_or(self.options(), |client| self.session_options(client.session));
        KeySettings {
            keymap: options.keymap.clone(),
            prefix2: options.prefix2.0,
            table: options.key_table.clone(),
            vi_prompt: options.status_keys == crate::config::StatusKeys::Vi,
            changes: self.key_changes.clone(),
        }
    }
}
