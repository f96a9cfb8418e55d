//! `pipe-pane`: a line of the shell that reads what a pane's program writes, or types what it prints.
//!
//! It ends with the server: what the next one is to write goes to nobody until somebody connects the pane again.

use std::process::Stdio;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::sync::{mpsc, watch};

use super::core::Core;
use super::mailbox::{ToCore, ToPane};
use super::pane::Chunk;
use super::shell::{Group, command};
use crate::base::limits::{PASTE_CHUNK, PIPE_QUEUE};
use crate::base::{Input, PaneId};
use crate::model::{Event, PipeOrder};

/// The core's hold on a connection: dropped, it is let go.
pub struct Pipe {
    number: u32,
    _open: watch::Sender<()>,
}

impl Core {
    pub(super) fn pipe(&mut self, pane: PaneId, order: Option<PipeOrder>) {
        self.tell(pane, ToPane::Pipe(None));
        self.pipes.remove(&pane);
        let Some(order) = order else { return };
        let child = command(&order.line, &order.cwd, &order.env)
            .stdin(if order.reads { Stdio::piped() } else { Stdio::null() })
            .stdout(if order.types { Stdio::piped() } else { Stdio::null() })
            .stderr(Stdio::null())
            .spawn();
        let child = match child {
            Ok(child) => child,
            Err(error) => {
                tracing::warn!(%pane, %error, line = order.line, "a pane cannot be connected");
                return self.apply(Event::PipeEnded { pane });
            }
        };
        self.unasked = self.unasked.wrapping_add(1);
        let number = self.unasked;
        let (open, closed) = watch::channel(());
        self.pipes.insert(pane, Pipe { number, _open: open });
        let (chunks, output) = mpsc::channel(PIPE_QUEUE);
        if order.reads {
            self.tell(pane, ToPane::Pipe(Some(chunks)));
        }
        let congestion = self.panes.get(&pane).map(|task| task.congestion.clone());
        let core = self.pane_mail.clone();
        tokio::spawn(async move {
            connect(pane, child, output, congestion, closed, &core).await;
            let _ = core.send(ToCore::PipeEnded { pane, number });
        });
    }

    pub(super) fn pipe_ended(&mut self, pane: PaneId, number: u32) {
        if self.pipes.get(&pane).is_some_and(|pipe| pipe.number == number) {
            self.pipes.remove(&pane);
            self.tell(pane, ToPane::Pipe(None));
            self.apply(Event::PipeEnded { pane });
        }
    }
}

async fn connect(
    pane: PaneId,
    mut child: Child,
    output: mpsc::Receiver<Chunk>,
    congestion: Option<watch::Receiver<bool>>,
    closed: watch::Receiver<()>,
    core: &mpsc::UnboundedSender<ToCore>,
) {
    let mut group = Group::of(&child);
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let writing = async {
        if let Some(stdin) = stdin {
            write(pane, stdin, output).await;
        }
    };
    let reading = async {
        if let Some(stdout) = stdout {
            read(pane, stdout, congestion, closed, core).await;
        }
    };
    // Who has ended reads nothing more; what it has printed is still to be typed.
    let ended = async {
        tokio::select! {
            _ = child.wait() => {}
            () = writing => drop(child.wait().await),
        }
    };
    tokio::join!(ended, reading);
    group.has_ended();
}

async fn write(pane: PaneId, mut stdin: ChildStdin, mut output: mpsc::Receiver<Chunk>) {
    while let Some(chunk) = output.recv().await {
        if chunk.missing > 0 {
            tracing::warn!(%pane, missing = chunk.missing, "what a pane is connected with reads too slowly: bytes are left out");
        }
        if stdin.write_all(&chunk.bytes).await.is_err() {
            return;
        }
    }
}

/// As somebody who types, who waits while the program does not read.
async fn read(
    pane: PaneId,
    mut stdout: ChildStdout,
    mut congestion: Option<watch::Receiver<bool>>,
    mut closed: watch::Receiver<()>,
    core: &mpsc::UnboundedSender<ToCore>,
) {
    let mut chunk = vec![0; PASTE_CHUNK];
    loop {
        if let Some(congestion) = &mut congestion
            && congestion.wait_for(|congested| !congested).await.is_err()
        {
            return;
        }
        let count = tokio::select! {
            _ = closed.changed() => return,
            count = stdout.read(&mut chunk) => count.unwrap_or(0),
        };
        if count == 0 || core.send(ToCore::Piped { pane, input: Input::Bytes(chunk[..count].to_vec()) }).is_err() {
            return;
        }
    }
}
