//! Waiting for what jobs write, from run to run.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinSet;

use crate::model::JobLogs;
use crate::server::mailbox::ToCore;

/// Somebody waits for a run of a job, to follow its log.
pub struct Awaited {
    pub job: String,
    /// The run that was followed before.
    pub after: Option<u32>,
    /// The run and, when its pane's task has answered, what changes with its log. Dropped where there will be none.
    pub answer: oneshot::Sender<Next>,
}

pub type Next = (u32, oneshot::Receiver<Option<watch::Receiver<u64>>>);

/// Logs that are followed. What has to be read is not told apart: a look costs little.
#[derive(Default)]
pub struct Followed {
    watches: JoinSet<()>,
    news: Arc<Notify>,
}

impl Followed {
    pub fn add(&mut self, log: &JobLogs, core: mpsc::UnboundedSender<ToCore>) {
        self.watches.spawn(watch_job(log.clone(), core, Arc::clone(&self.news)));
    }

    /// More may come.
    pub fn goes_on(&mut self) -> bool {
        while self.watches.try_join_next().is_some() {}
        !self.watches.is_empty()
    }

    /// Ends when there is something to read, or when less is followed.
    pub async fn news(&mut self) {
        tokio::select! {
            () = self.news.notified() => {}
            _ = self.watches.join_next() => {}
        }
    }
}

/// Ends when the job is over.
async fn watch_job(log: JobLogs, core: mpsc::UnboundedSender<ToCore>, news: Arc<Notify>) {
    let mut after = None;
    loop {
        let (answer, next) = oneshot::channel();
        if core.send(ToCore::FollowLog(Awaited { job: log.job.clone(), after, answer })).is_err() {
            return;
        }
        let Ok((run, follow)) = next.await else { return };
        after = Some(run);
        if let Ok(Some(follow)) = follow.await {
            watch_run(&log, follow, &news).await;
        }
        news.notify_one();
    }
}

/// Ends with the run.
async fn watch_run(log: &JobLogs, mut follow: watch::Receiver<u64>, news: &Notify) {
    let files = if log.outside { Files::new(&log.files) } else { None };
    loop {
        news.notify_one();
        let goes_on = match &files {
            None => follow.changed().await.is_ok(),
            Some(files) => tokio::select! {
                changed = follow.changed() => changed.is_ok(),
                () = files.written() => true,
            },
        };
        if !goes_on {
            return;
        }
    }
}

#[cfg(target_os = "linux")]
use linux::Files;

/// Files that programs write by themselves (inotify(7)).
#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::path::PathBuf;

    use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

    use crate::base::Watched;

    pub struct Files {
        events: Watched,
    }

    impl Files {
        pub fn new(files: &[PathBuf]) -> Option<Self> {
            let events = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
            for file in files {
                // One that is not there is not written.
                let _ = inotify::add_watch(&events, file, WatchFlags::MODIFY);
            }
            Watched::new(events).ok().map(|events| Self { events })
        }

        pub async fn written(&self) {
            if self.events.readable().await.is_err() {
                return std::future::pending().await;
            }
            let mut events = [0; 4096];
            // What they say is not looked at: the files are read anyway.
            while self.events.read_with(|fd| rustix::io::read(fd, &mut events).map_err(io::Error::from)).is_ok() {}
        }
    }
}

/// Elsewhere they are read when the run ends.
#[cfg(not(target_os = "linux"))]
struct Files;

#[cfg(not(target_os = "linux"))]
impl Files {
    fn new(_files: &[std::path::PathBuf]) -> Option<Self> {
        None
    }

    async fn written(&self) {
        std::future::pending().await
    }
}
