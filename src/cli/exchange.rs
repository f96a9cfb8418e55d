//! `mux import` and `mux export`: files in, files out; what could not be said goes to standard error.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Invocation, tool};
use crate::base::limits::MAX_JOB_FILE;
use crate::base::{Error, Result, machine, role};
use crate::command::Reply;
use crate::foreign::export::{self, Exported, Target};
use crate::foreign::import::{self, Input, Kind};
use crate::job::{self, JobSpec};

/// `mux import`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportOrder {
    pub from: Option<String>,
    pub output: String,
    pub force: bool,
    pub files: Vec<String>,
}

/// `mux export`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExportOrder {
    pub to: String,
    pub file: Option<String>,
    pub output: Option<String>,
    pub force: bool,
    pub names: Vec<String>,
}

pub fn import(order: &ImportOrder) -> Result<Reply> {
    let texts: Vec<String> = order.files.iter().map(|file| read(file)).collect::<Result<_>>()?;
    let prints = order.output == "-";
    let directory = if prints { PathBuf::from(".") } else { folder(Path::new(&order.output)) };
    let directory = fs::canonicalize(&directory)
        .map_err(|error| Error::refused(format!("cannot write in {}: {error}", directory.display())))?;
    let named = order.from.as_deref().map(str::parse::<Kind>).transpose()?;
    let pairs = order.files.iter().zip(&texts);
    let inputs: Vec<Input<'_>> =
        pairs.map(|(name, text)| input(name, text, named, &directory)).collect::<Result<_>>()?;
    let (text, notes) = import::import(&inputs)?;
    let told: String = notes.iter().map(|note| format!("{note}\n")).collect();
    let said = if prints { text } else { write(Path::new(&order.output), &text, order.force, 0o666)? };
    let _ = std::io::stderr().write_all(told.as_bytes());
    Ok(Reply::text(said))
}

fn input<'t>(name: &str, text: &'t str, named: Option<Kind>, directory: &Path) -> Result<Input<'t>> {
    let path = fs::canonicalize(name).map_err(|error| Error::refused(format!("cannot read {name}: {error}")))?;
    let unknown = || {
        let hint = format!("--from takes one of {}", Kind::NAMES.join(", "));
        Error::refused(format!("mux cannot tell what {name} is of")).hint(hint)
    };
    let kind = named.or_else(|| Kind::guess(Path::new(name), text)).ok_or_else(unknown)?;
    let here = folder(&path);
    Ok(Input {
        name: name.to_owned(),
        text,
        kind,
        elsewhere: here != directory,
        env_file: here.join(".env").is_file(),
        home: std::env::home_dir().unwrap_or_else(|| "/".into()),
        path,
    })
}

fn folder(path: &Path) -> PathBuf {
    path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new(".")).to_owned()
}

pub fn export(invocation: &Invocation, order: &ExportOrder) -> Result<Reply> {
    let target: Target = order.to.parse()?;
    let jobs = match &order.file {
        Some(file) => of_file(file, &order.names)?,
        None => of_server(invocation, &order.names)?,
    };
    let find = |name: &str| machine::program(name);
    let system = rustix::process::geteuid().is_root();
    let files: Vec<Exported> = jobs
        .iter()
        .flat_map(|(name, spec)| export::export(&export::Job { name, spec, system, find: &find }, target))
        .collect();
    let mut told = String::new();
    for file in &files {
        told.extend(file.notes.iter().map(|note| format!("{}: {note}\n", file.file)));
    }
    let said = match (&order.output, files.as_slice()) {
        (Some(directory), files) => write_all(Path::new(directory), files, order.force)?,
        (None, [only]) => only.text.clone(),
        (None, several) => {
            let error = Error::usage(format!("{} files cannot be printed as one", several.len()));
            return Err(error.hint("-o DIR writes them, or name one job"));
        }
    };
    let _ = std::io::stderr().write_all(told.as_bytes());
    Ok(Reply::text(said))
}

/// The jobs of a file, or those of them that are named.
fn of_file(file: &str, names: &[String]) -> Result<BTreeMap<String, JobSpec>> {
    let text = read(file)?;
    let path = fs::canonicalize(file).unwrap_or_else(|_| file.into());
    let (loaded, problems) = job::load(&text, &path);
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    if let Some(first) = Error::first_of(&lines) {
        return Err(Error::refused(first).hint(format!("`mux check {file}` shows all")));
    }
    if let Some(unknown) = names.iter().find(|name| !loaded.jobs.contains_key(*name)) {
        let near = crate::base::problem::suggestion(unknown, loaded.jobs.keys().map(String::as_str));
        return Err(Error::not_found(format!("no job is called {unknown} in {file}{near}")));
    }
    let chosen = |name: &String| names.is_empty() || names.contains(name);
    Ok(loaded.jobs.into_iter().filter(|(name, _)| chosen(name)).collect())
}

/// By a process of its own, whose words are the answer.
fn of_server(invocation: &Invocation, names: &[String]) -> Result<BTreeMap<String, JobSpec>> {
    if names.is_empty() {
        return Err(Error::usage("export: a job or --file FILE is wanted").hint("`mux ps` lists jobs"));
    }
    let mut mux = Command::new(role::own_executable());
    mux.arg("-S").arg(&invocation.paths.socket).args(["export", "--describe", "--"]).args(names);
    let said = tool::text(&mut mux).map_err(|error| Error::refused(error.to_string()))?;
    serde_json::from_str(&said)
        .map_err(|error| Error::internal(format!("the server's answer is not understood: {error}")))
}

fn read(file: &str) -> Result<String> {
    let refused = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::not_found(format!("no file {file}")),
        std::io::ErrorKind::InvalidData => Error::refused(format!("{file} is no text")),
        _ => Error::refused(format!("cannot read {file}: {error}")),
    };
    let mut text = String::new();
    File::open(file).map_err(refused)?.take(MAX_JOB_FILE + 1).read_to_string(&mut text).map_err(refused)?;
    match text.len() as u64 > MAX_JOB_FILE {
        true => Err(Error::refused(format!("{file} is longer than {MAX_JOB_FILE} bytes"))),
        false => Ok(text),
    }
}

/// Never over something, unless that is wanted.
fn write(path: &Path, text: &str, force: bool, mode: u32) -> Result<String> {
    let mut options = OpenOptions::new();
    options.write(true).mode(mode);
    if force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let written = options.open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        // Of a file that was there before.
        if mode & 0o111 != 0 { file.set_permissions(fs::Permissions::from_mode(0o755)) } else { Ok(()) }
    });
    match written {
        Ok(()) => Ok(format!("wrote {}\n", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(Error::conflict(format!("{} is there already", path.display()))
                .hint("-o names another, --force replaces it"))
        }
        Err(error) => Err(Error::refused(format!("cannot write {}: {error}", path.display()))),
    }
}

fn write_all(directory: &Path, files: &[Exported], force: bool) -> Result<String> {
    let there = files.iter().find(|file| !force && directory.join(&file.file).exists());
    if let Some(file) = there {
        let path = directory.join(&file.file);
        return Err(Error::conflict(format!("{} is there already", path.display())).hint("--force replaces it"));
    }
    fs::create_dir_all(directory)
        .map_err(|error| Error::refused(format!("cannot create {}: {error}", directory.display())))?;
    let one = |file: &Exported| {
        write(&directory.join(&file.file), &file.text, force, if file.executable { 0o777 } else { 0o666 })
    };
    files.iter().map(one).collect()
}
