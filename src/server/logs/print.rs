//! `mux logs`: which lines of which logs, in which order.
//!
//! Files are read and rendered on a thread of the blocking pool, one step at a time; between steps a task waits for
//! what comes. Nothing is held but the lines asked for by `-n`, and what fills a screen.

use std::collections::VecDeque;
use std::io;
use std::path::Path;

use regex::Regex;
use tokio::sync::mpsc;

use super::display::Display;
use super::follow::Followed;
use super::render::{LogLine, Renderer};
use super::source::{self, Place, Source};
use crate::base::{Size, Timestamp};
use crate::model::{JobLogs, LogForm, LogQuery};
use crate::proto::message::{Stream, ToClient};
use crate::server::mailbox::ToCore;

/// Carries out a query; an error is a line for the user.
pub async fn print(
    query: LogQuery,
    core: &mpsc::UnboundedSender<ToCore>,
    client: &mpsc::Sender<ToClient>,
) -> Result<(), String> {
    let mut followed = Followed::default();
    for log in query.logs.iter().filter(|_| query.follow) {
        followed.add(log, core.clone());
    }
    let to = client.clone();
    let mut printer = blocking(move || Printer::new(&query, to)).await??;
    loop {
        // Asked before it is read: what comes after that is found by the next step.
        let over = !followed.goes_on();
        printer = blocking(move || printer.advance(over).map(|()| printer)).await??;
        if over || client.is_closed() {
            return Ok(());
        }
        tokio::select! {
            () = followed.news() => {}
            () = client.closed() => return Ok(()),
        }
    }
}

/// Runs `work` where it may wait for a disk.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())
}

struct Printer {
    number: u32,
    client: mpsc::Sender<ToClient>,
    files: Vec<Lines>,
    display: Display,
}

impl Printer {
    fn new(query: &LogQuery, client: mpsc::Sender<ToClient>) -> Result<Self, String> {
        let pattern = query.grep.as_deref().map(Regex::new).transpose();
        let pattern = pattern.map_err(|error| format!("--grep: {}", error.to_string().replace('\n', " ")))?;
        let mut files = Vec::new();
        for (job, log) in query.logs.iter().enumerate() {
            let there = log.files.iter().any(|file| source::exists(file));
            if let (false, [only], false) = (there, query.logs.as_slice(), query.follow) {
                let path = only.files.first().map(|file| file.display().to_string()).unwrap_or_default();
                return Err(format!("job {} has written no log yet: {path}", only.job));
            }
            for file in &log.files {
                let filter = Filter { since: query.since, until: query.until, pattern: pattern.clone() };
                files.push(Lines::new(job, log, file, query, filter)?);
            }
        }
        Ok(Self { number: query.request.number, client, files, display: Display::new(query) })
    }

    /// Prints all that there is. `over`: nothing more will come.
    fn advance(&mut self, over: bool) -> Result<(), String> {
        let explain = |error: io::Error, path: &Path| format!("can't read log {}: {error}", path.display());
        for file in &mut self.files {
            file.collect_tail(over).map_err(|error| explain(error, file.source.path()))?;
        }
        loop {
            for file in &mut self.files {
                if file.head.is_none() {
                    file.head = file.next(over).map_err(|error| explain(error, file.source.path()))?;
                }
            }
            let heads = self.files.iter().enumerate().filter_map(|(at, file)| Some((file.head.as_ref()?.at(), at)));
            let Some((_, first)) = heads.min() else { break };
            if let Some(item) = self.files[first].head.take() {
                match item {
                    Item::Line(line) => self.display.line(self.files[first].job, &line),
                    Item::Raw(bytes) => self.display.out.extend_from_slice(&bytes),
                }
            }
            if self.display.is_full() && !self.send() {
                return Ok(());
            }
        }
        self.send();
        Ok(())
    }

    /// False where the client is gone.
    fn send(&mut self) -> bool {
        let bytes = std::mem::take(&mut self.display.out);
        if bytes.is_empty() {
            return true;
        }
        self.client.blocking_send(ToClient::Output { number: self.number, stream: Stream::Out, bytes }).is_ok()
    }
}

/// What is printed.
enum Item {
    Line(LogLine),
    Raw(Vec<u8>),
}

impl Item {
    fn at(&self) -> Option<Timestamp> {
        match self {
            Item::Line(line) => line.at,
            Item::Raw(_) => None,
        }
    }
}

struct Filter {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    pattern: Option<Regex>,
}

impl Filter {
    fn passes(&self, line: &LogLine) -> bool {
        self.since.is_none_or(|since| line.at.is_some_and(|at| at >= since))
            && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(&line.text))
    }

    fn is_past(&self, at: Option<Timestamp>) -> bool {
        self.until.zip(at).is_some_and(|(until, at)| at > until)
    }
}

/// The lines of one file of one job, as they are asked for.
struct Lines {
    job: usize,
    source: Source,
    renderer: Renderer,
    size: Option<Size>,
    filter: Filter,
    raw: bool,
    /// Only the run that it begins with.
    one_run: bool,
    began: bool,
    ended: bool,
    /// Only so many of the last ones, before those that come.
    tail: Option<usize>,
    ready: VecDeque<Item>,
    head: Option<Item>,
}

impl Lines {
    fn new(job: usize, log: &JobLogs, file: &Path, query: &LogQuery, filter: Filter) -> Result<Self, String> {
        let raw = query.form == LogForm::Raw;
        let mut place = filter.since.map_or_else(Place::default, |since| source::before(file, since));
        if let Some(run) = query.run {
            place = place.max(place_of_run(&log.job, file, run)?);
        }
        let filtered = query.run.is_some() || filter.until.is_some() || filter.pattern.is_some();
        if let Some(lines) = query.lines.filter(|_| !filtered) {
            let explain = |error: io::Error| format!("can't read log {}: {error}", file.display());
            place = place.max(source::tail(file, lines, raw).map_err(explain)?);
        }
        Ok(Self {
            job,
            source: Source::open(file.to_owned(), place),
            renderer: Renderer::new(query.form == LogForm::Color),
            size: None,
            filter,
            raw,
            one_run: query.run.is_some(),
            began: false,
            ended: false,
            tail: query.lines.filter(|_| !raw),
            ready: VecDeque::new(),
            head: None,
        })
    }

    /// Finds out which are the last lines of what there is.
    fn collect_tail(&mut self, over: bool) -> io::Result<()> {
        let Some(most) = self.tail.take() else { return Ok(()) };
        let mut last = VecDeque::new();
        while let Some(item) = self.next(over)? {
            last.push_back(item);
            if last.len() > most {
                last.pop_front();
            }
        }
        self.ready = last;
        Ok(())
    }

    fn next(&mut self, over: bool) -> io::Result<Option<Item>> {
        if let Some(item) = self.ready.pop_front() {
            return Ok(Some(item));
        }
        loop {
            if let Some(line) = self.renderer.next() {
                if self.filter.is_past(line.at) {
                    self.ended = true;
                    return Ok(None);
                }
                if self.filter.passes(&line) {
                    return Ok(Some(Item::Line(line)));
                }
                continue;
            }
            if self.ended {
                return Ok(None);
            }
            if let Some(item) = self.read_on(over)? {
                return Ok(Some(item));
            }
            if !self.ended && !self.renderer.has_some() {
                return Ok(None);
            }
        }
    }

    /// One piece more to the renderer, or out as it is. Where there is none, what is held is shown.
    fn read_on(&mut self, over: bool) -> io::Result<Option<Item>> {
        loop {
            let Some(piece) = self.source.piece()? else {
                match over {
                    true => {
                        self.ended = true;
                        self.renderer.end();
                    }
                    false => self.renderer.show(),
                }
                return Ok(None);
            };
            if piece.begins {
                self.renderer.end();
                self.ended = self.one_run && self.began;
            }
            self.ended |= self.raw && self.filter.is_past(piece.at);
            if self.ended {
                return Ok(None);
            }
            self.began = true;
            if self.raw {
                if self.filter.since.is_none_or(|since| piece.at.is_some_and(|at| at >= since)) {
                    return Ok(Some(Item::Raw(piece.bytes.to_vec())));
                }
                continue;
            }
            if piece.size.is_some() && piece.size != self.size {
                self.size = piece.size;
                piece.size.into_iter().for_each(|size| self.renderer.resize(size));
            }
            self.renderer.feed(piece.bytes, (piece.at, piece.run));
            if self.renderer.has_some() {
                return Ok(None);
            }
        }
    }
}

fn place_of_run(job: &str, file: &Path, wanted: i64) -> Result<Place, String> {
    let runs = source::runs(file);
    let found = match usize::try_from(wanted.unsigned_abs()) {
        Ok(back) if wanted < 0 => runs.len().checked_sub(back).and_then(|at| runs.get(at)),
        _ => runs.iter().rev().find(|begun| i64::from(begun.run) == wanted),
    };
    match (found, runs.first(), runs.last()) {
        (Some(begun), ..) => Ok(begun.place),
        (None, Some(first), Some(last)) => {
            Err(format!("the log of job {job} has no run {wanted}: it has {} to {}", first.run, last.run))
        }
        _ => Err(format!("the log of job {job} has no run {wanted}: it tells of none")),
    }
}
