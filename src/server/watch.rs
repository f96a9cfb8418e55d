//! Files that jobs are to be restarted for: each job that wants it has a task that tells when some have changed.
//!
//! The kernel tells of directories (`notify`, on Linux inotify(7)); which of the files in them are meant is the
//! matcher's matter. Where the kernel has no room left for that, the files are looked at now and then instead, which
//! is said once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use notify::event::{EventKind, RemoveKind};
use notify::{ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::core::Core;
use super::mailbox::ToCore;
use crate::base::limits::{WATCH_DIRS, WATCH_FILES, WATCH_LONGEST, WATCH_LOOK, WATCH_QUEUE};
use crate::job::{Matcher, Watch};

/// The tasks, by their jobs. One that is dropped ends.
#[derive(Default)]
pub struct Watching {
    tasks: BTreeMap<String, JoinSet<()>>,
    /// Told that something is not as it should be; not told again.
    told: bool,
}

impl Core {
    pub(super) fn watch(&mut self, job: String, watch: Option<Watch>) {
        self.watching.tasks.remove(&job);
        let Some(watch) = watch else { return };
        // It was asked when the file was read.
        let Ok(matcher) = watch.matcher() else { return };
        let changes = Changes { matcher: Arc::new(matcher), own: Some(self.state.setup().log_dir.clone()) };
        let mut task = JoinSet::new();
        let name = job.clone();
        let told = move |path| ToCore::JobChanged { job: name.clone(), path };
        task.spawn(follow(changes, watch.debounce.into(), self.pane_mail.clone(), told));
        self.watching.tasks.insert(job, task);
    }

    /// Files cannot be watched as they should.
    pub(super) fn watching_trouble(&mut self, text: String) {
        tracing::warn!(text, "watching files");
        if !std::mem::replace(&mut self.watching.told, true) {
            self.complain_or_keep(text);
        }
    }
}

/// Tells of each burst of changes when it is over.
pub(super) async fn follow(
    changes: Changes,
    debounce: Duration,
    core: mpsc::UnboundedSender<ToCore>,
    message: impl Fn(PathBuf) -> ToCore,
) {
    let (tell, mut changed) = mpsc::channel(WATCH_QUEUE);
    let mut source = JoinSet::new();
    source.spawn(watch(changes, tell, core.clone()));
    while let Some(path) = changed.recv().await {
        let latest = Instant::now() + WATCH_LONGEST;
        while Instant::now() < latest && timeout(debounce, changed.recv()).await.is_ok_and(|more| more.is_some()) {}
        if core.send(message(path)).is_err() {
            return;
        }
    }
}

async fn watch(changes: Changes, tell: mpsc::Sender<PathBuf>, core: mpsc::UnboundedSender<ToCore>) {
    let told = |text: String| drop(core.send(ToCore::WatchTrouble { text }));
    match by_events(&changes, &tell, &told).await {
        Ok(()) => {}
        Err(error) => {
            let seconds = WATCH_LOOK.as_secs();
            told(format!("files are looked at every {seconds} s, as they cannot be watched: {error}"));
            by_looking(changes, &tell).await;
        }
    }
}

/// What counts as a change.
#[derive(Clone)]
pub(super) struct Changes {
    matcher: Arc<Matcher>,
    /// The folder of the jobs' logs, which a job must not be restarted for.
    own: Option<PathBuf>,
}

impl Changes {
    /// Nothing of ours lies there.
    pub(super) fn of_all(matcher: Matcher) -> Self {
        Self { matcher: Arc::new(matcher), own: None }
    }

    fn is_own(&self, path: &Path) -> bool {
        self.own.as_ref().is_some_and(|own| path.starts_with(own))
    }

    fn count(&self, path: &Path) -> bool {
        self.matcher.fits(path) && !self.is_own(path)
    }

    /// The directories in which something that counts may be; and whether those were all.
    fn directories(&self) -> (BTreeSet<PathBuf>, bool) {
        let mut found = BTreeSet::new();
        let mut whole = true;
        for root in &self.matcher.roots {
            let Some(start) = root.path.ancestors().find(|path| path.is_dir()) else { continue };
            let there = start == root.path;
            if !there || self.matcher.ignores(start) {
                // Its beginning, or the directory in which the file lies.
                found.insert(start.to_path_buf());
                continue;
            }
            whole &= self.walk(start, root.deep, &mut |path, is_dir| {
                if is_dir {
                    found.insert(path.to_path_buf());
                }
                found.len() < WATCH_DIRS
            });
        }
        (found, whole)
    }

    /// The files that count, and when they were changed.
    fn files(&self) -> BTreeMap<PathBuf, (SystemTime, u64)> {
        let mut found = BTreeMap::new();
        for root in &self.matcher.roots {
            self.walk(&root.path, root.deep, &mut |path, is_dir| {
                let meta = path.metadata().ok().filter(|_| !is_dir && self.count(path));
                if let Some((modified, meta)) = meta.and_then(|meta| Some((meta.modified().ok()?, meta))) {
                    found.insert(path.to_path_buf(), (modified, meta.len()));
                }
                found.len() < WATCH_FILES
            });
        }
        found
    }

    /// Shows a path and, where it is a directory, all that is in it and is not ignored; no links are followed. False
    /// where it was too much.
    fn walk(&self, start: &Path, deep: bool, show: &mut impl FnMut(&Path, bool) -> bool) -> bool {
        let mut left = vec![(start.to_path_buf(), start.is_dir())];
        while let Some((path, is_dir)) = left.pop() {
            if !show(&path, is_dir) {
                return false;
            }
            if !is_dir || path != start && !deep {
                continue;
            }
            for entry in std::fs::read_dir(&path).into_iter().flatten().flatten() {
                let path = entry.path();
                if !self.matcher.ignores(&path) && !self.is_own(&path) {
                    let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
                    if !is_dir || deep {
                        left.push((path, is_dir));
                    }
                }
            }
        }
        true
    }
}

/// By what the kernel tells. The error says why it cannot.
async fn by_events(
    changes: &Changes,
    tell: &mpsc::Sender<PathBuf>,
    told: &impl Fn(String),
) -> Result<(), notify::Error> {
    let (send, mut events) = mpsc::channel(WATCH_QUEUE);
    let mut watcher = notify::recommended_watcher(move |event| {
        // Where it is full there is enough to see.
        let _ = send.try_send(event);
    })?;
    let mut watched = BTreeSet::new();
    add(&mut watcher, &mut watched, changes, told).await?;
    while let Some(event) = events.recv().await {
        let event: notify::Event = event?;
        if matches!(event.kind, EventKind::Access(_)) {
            continue;
        }
        let gone = matches!(event.kind, EventKind::Remove(RemoveKind::Folder));
        for path in &event.paths {
            if gone || !path.exists() {
                watched.remove(path);
            }
            if changes.count(path) {
                let _ = tell.try_send(path.clone());
            }
        }
        if event.paths.iter().any(|path| path.is_dir()) {
            // What was put into a new one before it was watched is told now.
            for path in add(&mut watcher, &mut watched, changes, told).await?.iter().flat_map(std::fs::read_dir) {
                let path = path.flatten().map(|entry| entry.path()).find(|path| changes.count(path));
                path.into_iter().for_each(|path| drop(tell.try_send(path)));
            }
        }
    }
    Ok(())
}

/// Watches the directories that are not watched yet, and gives them.
async fn add(
    watcher: &mut RecommendedWatcher,
    watched: &mut BTreeSet<PathBuf>,
    changes: &Changes,
    told: &impl Fn(String),
) -> Result<Vec<PathBuf>, notify::Error> {
    let walker = changes.clone();
    let (wanted, whole) = tokio::task::spawn_blocking(move || walker.directories()).await.unwrap_or_default();
    if !whole {
        told(format!("more than {WATCH_DIRS} directories are to be watched for a job: the rest is not"));
    }
    let mut new = Vec::new();
    for path in wanted {
        if watched.contains(&path) {
            continue;
        }
        match watcher.watch(&path, RecursiveMode::NonRecursive) {
            Ok(()) => {
                watched.insert(path.clone());
                new.push(path);
            }
            Err(error) if matches!(error.kind, ErrorKind::PathNotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(new)
}

/// By looking at every file now and then.
async fn by_looking(changes: Changes, tell: &mpsc::Sender<PathBuf>) {
    let look = || {
        let changes = changes.clone();
        async move { tokio::task::spawn_blocking(move || changes.files()).await.unwrap_or_default() }
    };
    let mut before = look().await;
    loop {
        sleep(WATCH_LOOK).await;
        let now = look().await;
        let mut changed = now.iter().filter(|(path, seen)| before.get(*path) != Some(seen)).map(|(path, _)| path);
        let mut gone = before.keys().filter(|path| !now.contains_key(*path));
        if let Some(path) = changed.next().or_else(|| gone.next()) {
            let _ = tell.try_send(path.clone());
        }
        before = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::ACCEPT_PAUSE;

    fn changes(folder: &Path, paths: &[&str]) -> Changes {
        let paths = paths.iter().map(|&path| path.to_owned()).collect();
        let watch = Watch { base: folder.to_owned(), ..Watch::new(paths) };
        Changes { matcher: Arc::new(watch.matcher().unwrap()), own: Some(folder.join("logs")) }
    }

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for dir in ["src/a/b", "src/.git/objects", "logs", "other"] {
            std::fs::create_dir_all(folder.path().join(dir)).unwrap();
        }
        for file in ["src/x.rs", "src/a/b/y.rs", "src/.git/z.rs", "logs/web.log"] {
            std::fs::write(folder.path().join(file), "1").unwrap();
        }
        folder
    }

    #[test]
    fn only_what_may_hold_something_is_watched() {
        let folder = tree();
        let (found, whole) = changes(folder.path(), &["src/**/*.rs", "absent/file", "logs"]).directories();
        let wanted = ["", "src", "src/a", "src/a/b", "logs"].map(|dir| folder.path().join(dir));
        let plain: BTreeSet<PathBuf> = found.iter().map(|path| path.components().collect()).collect();
        assert_eq!(plain, wanted.iter().map(|path| path.components().collect()).collect());
        assert!(whole);
        let files = changes(folder.path(), &["."]).files();
        let wanted = ["src/a/b/y.rs", "src/x.rs"].map(|file| folder.path().join(file));
        assert_eq!(files.into_keys().collect::<Vec<_>>(), wanted);
    }

    #[tokio::test]
    async fn a_burst_is_told_once_and_new_directories_count() {
        let folder = tree();
        let (core, mut mail) = mpsc::unbounded_channel();
        let changes = changes(folder.path(), &["src"]);
        let told = |path| ToCore::JobChanged { job: "web".into(), path };
        tokio::spawn(follow(changes, Duration::from_millis(50), core, told));
        let file = folder.path().join("src/new/deep/f.txt");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        // The watch may not stand yet: something changes until it is noticed.
        let mut next = async || loop {
            std::fs::write(&file, "x").unwrap();
            if let Ok(Some(message)) = timeout(ACCEPT_PAUSE * 3, mail.recv()).await {
                return message;
            }
        };
        for _ in 0..2 {
            match timeout(Duration::from_secs(20), next()).await.unwrap() {
                ToCore::JobChanged { job, path } => {
                    assert!(job == "web" && path.starts_with(folder.path()), "{path:?}")
                }
                ToCore::WatchTrouble { text } => panic!("{text}"),
                _ => panic!("something else"),
            }
        }
    }
}
