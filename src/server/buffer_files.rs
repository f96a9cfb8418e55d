//! `load-buffer` and `save-buffer`: files are read and written apart from the core.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::core::Core;
use super::mailbox::ToCore;
use crate::base::limits::MAX_BUFFER;
use crate::base::{Error, RequestId, Timestamp};
use crate::model::Reply;

/// What has become of a file.
pub enum BufferFile {
    /// Read, for the buffer of this name.
    Loaded(Option<String>, Vec<u8>),
    Saved,
    Failed(String),
}

impl Core {
    pub(super) fn load_buffer(&self, request: RequestId, name: Option<String>, path: PathBuf) {
        self.with_file(request, path, move |path| Ok(BufferFile::Loaded(name, read(path)?)));
    }

    pub(super) fn save_buffer(&self, request: RequestId, text: Vec<u8>, path: PathBuf, append: bool) {
        self.with_file(request, path, move |path| {
            let mut open = OpenOptions::new();
            open.create(true).write(true).append(append).truncate(!append);
            open.open(path)?.write_all(&text)?;
            Ok(BufferFile::Saved)
        });
    }

    fn with_file<F>(&self, request: RequestId, path: PathBuf, work: F)
    where
        F: FnOnce(&Path) -> std::io::Result<BufferFile> + Send + 'static,
    {
        let core = self.pane_mail.clone();
        tokio::task::spawn_blocking(move || {
            let done = work(&path).unwrap_or_else(|e| BufferFile::Failed(format!("{}: {e}", path.display())));
            let _ = core.send(ToCore::BufferFile { request, done });
        });
    }

    pub(super) fn buffer_file(&mut self, request: RequestId, done: BufferFile) {
        let reply = match done {
            BufferFile::Loaded(name, text) => {
                self.state.set_buffer(name.as_deref(), text, Timestamp::now());
                let effects = self.state.take_effects();
                self.carry_out(effects);
                Reply::default()
            }
            BufferFile::Saved => Reply::default(),
            BufferFile::Failed(why) => Reply::error(Error::refused(why)),
        };
        self.turn.replies.push((request, reply));
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path)?.take(MAX_BUFFER as u64 + 1).read_to_end(&mut text)?;
    if text.len() > MAX_BUFFER {
        return Err(std::io::Error::other(format!("more than {MAX_BUFFER} bytes")));
    }
    Ok(text)
}
