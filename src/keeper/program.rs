//! What can be said about a program before it is started, so that the user reads a plain reason: the child
//! itself has no way to tell (portable-pty closes the channel on which std would report a failed exec, and takes
//! the home directory where the working directory is missing).

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Access, access};

use crate::base::limits;
use crate::proto::packet::SpawnRequest;

/// Where programs are looked for when the environment does not say (confstr(3), _CS_PATH).
const DEFAULT_PATH: &str = "/usr/bin:/bin";

/// The shell of last resort; POSIX wants it there.
const LAST_SHELL: &str = "/bin/sh";

/// A program that should start.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Program {
    /// The first word is what portable-pty finds the same file by.
    pub argv: Vec<OsString>,
    /// Its shell is to be a login shell.
    pub login: bool,
}

/// The reason why it would not start is one line that names the thing.
pub(super) fn check(request: &SpawnRequest) -> Result<Program, String> {
    check_length(request)?;
    check_directory(Path::new(&request.cwd))?;
    let Some((name, rest)) = request.argv.split_first() else {
        return Ok(Program { argv: vec![shell(request)], login: true });
    };
    let found = find(name, request)?;
    check_interpreter(&found)?;
    let first = first_word(name, &found, request);
    Ok(Program { argv: std::iter::once(first).chain(rest.iter().cloned()).collect(), login: false })
}

fn check_length(request: &SpawnRequest) -> Result<(), String> {
    const NUL_AND_POINTER: usize = 1 + size_of::<usize>();
    let words = request.argv.iter().map(|word| word.len());
    let variables = request.env.iter().map(|(name, value)| name.len() + 1 + value.len());
    let mut total = 0usize;
    for length in words.chain(variables) {
        total = total.saturating_add(length + NUL_AND_POINTER);
        if length >= limits::MAX_EXEC_WORD || total >= limits::MAX_EXEC {
            return Err("argument list too long".into());
        }
    }
    Ok(())
}

fn check_directory(path: &Path) -> Result<(), String> {
    let name = shown(path.as_os_str());
    if !path.is_absolute() {
        return Err(format!("not an absolute path: {name}"));
    }
    match fs::metadata(path) {
        Err(error) => Err(reason(&error, "no such directory", &name)),
        Ok(found) if !found.is_dir() => Err(format!("not a directory: {name}")),
        Ok(_) if access(path, Access::EXEC_OK).is_err() => Err(format!("permission denied: {name}")),
        Ok(_) => Ok(()),
    }
}

/// The file that execvp(3) would run, in the request's directory and environment.
fn find(name: &OsStr, request: &SpawnRequest) -> Result<PathBuf, String> {
    let directory = Path::new(&request.cwd);
    if name.as_bytes().contains(&b'/') {
        let path = directory.join(name);
        return check_file(&path, name).map(|()| path);
    }
    let mut refusal = format!("command not found: {}", shown(name));
    if name.is_empty() {
        return Err("the command is empty".into());
    }
    for place in std::env::split_paths(variable(request, "PATH").unwrap_or(OsStr::new(DEFAULT_PATH))) {
        let path = directory.join(place).join(name);
        match check_file(&path, path.as_os_str()) {
            Ok(()) => return Ok(path),
            Err(reason) if path.is_file() => refusal = reason,
            Err(_) => {}
        }
    }
    Err(refusal)
}

fn check_file(path: &Path, name: &OsStr) -> Result<(), String> {
    let name = shown(name);
    match fs::metadata(path) {
        Err(error) => Err(reason(&error, "command not found", &name)),
        Ok(found) if found.is_dir() => Err(format!("is a directory: {name}")),
        Ok(_) if access(path, Access::EXEC_OK).is_err() => Err(format!("permission denied: {name}")),
        Ok(_) => Ok(()),
    }
}

/// A script whose `#!` names a program that is not there: the most common of the failures that only exec sees.
fn check_interpreter(path: &Path) -> Result<(), String> {
    // Linux reads no more of the line (BINPRM_BUF_SIZE).
    let mut start = [0; 256];
    let Ok(length) = fs::File::open(path).and_then(|mut file| file.read(&mut start)) else { return Ok(()) };
    let Some(line) = start[..length].strip_prefix(b"#!") else { return Ok(()) };
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or(line);
    let Some(word) = line.split(|byte| b" \t".contains(byte)).find(|word| !word.is_empty()) else { return Ok(()) };
    let interpreter = OsStr::from_bytes(word);
    if Path::new(interpreter).is_absolute() && !Path::new(interpreter).exists() {
        return Err(format!("no such interpreter: {} (named by {})", shown(interpreter), shown(path.as_os_str())));
    }
    Ok(())
}

/// portable-pty looks a name up as we do when there is a PATH, but takes `a/b` for a name to look up.
fn first_word(name: &OsStr, found: &Path, request: &SpawnRequest) -> OsString {
    let has_slash = name.as_bytes().contains(&b'/');
    match Path::new(name).components().next() {
        Some(Component::Normal(_)) if has_slash => Path::new(".").join(name).into(),
        Some(Component::Normal(_)) if variable(request, "PATH").is_none() => found.into(),
        _ => name.to_owned(),
    }
}

/// What `SHELL` says, where it can be run.
fn shell(request: &SpawnRequest) -> OsString {
    let named = variable(request, "SHELL").filter(|shell| Path::new(shell).is_absolute());
    let usable = named.filter(|shell| shell.to_str().is_some() && check_file(Path::new(shell), shell).is_ok());
    usable.unwrap_or(OsStr::new(LAST_SHELL)).to_owned()
}

/// The last one of that name, as a map that is filled in order gives it.
fn variable<'a>(request: &'a SpawnRequest, wanted: &str) -> Option<&'a OsStr> {
    request.env.iter().rev().find(|(name, _)| name == wanted).map(|(_, value)| value.as_os_str())
}

fn reason(error: &io::Error, missing: &str, name: &str) -> String {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => format!("{missing}: {name}"),
        io::ErrorKind::PermissionDenied => format!("permission denied: {name}"),
        _ => format!("{error}: {name}"),
    }
}

/// A name as a message shows it: on one line, and not endless.
pub(super) fn shown(name: &OsStr) -> String {
    let plain = name.to_string_lossy().replace(char::is_control, "?");
    match plain.char_indices().nth(limits::SHOWN_NAME) {
        Some((end, _)) => format!("{}…", &plain[..end]),
        None => plain,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::base::PaneId;
    use crate::proto::packet::SpawnFlags;

    fn request(argv: &[&str], env: &[(&str, &str)], cwd: &Path) -> SpawnRequest {
        SpawnRequest {
            pane: PaneId(0),
            size: limits::DEFAULT_SIZE,
            argv: argv.iter().map(OsString::from).collect(),
            env: env.iter().map(|(name, value)| (name.into(), value.into())).collect(),
            cwd: cwd.into(),
            umask: 0o22,
            flags: SpawnFlags::empty(),
            step: Vec::new(),
        }
    }

    fn file(path: &Path, text: &str, mode: u32) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn each_refusal_names_its_thing() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path();
        file(&root.join("text"), "x", 0o644);
        file(&root.join("script"), "#! /no/such/interp -x\n", 0o755);
        fs::create_dir(root.join("bin")).unwrap();
        let path = root.join("bin").into_os_string().into_string().unwrap();
        file(&root.join("bin/locked"), "x", 0o644);
        let refused = |argv: &[&str]| check(&request(argv, &[("PATH", &path)], root)).unwrap_err();
        assert_eq!(refused(&["nosuch"]), "command not found: nosuch");
        assert_eq!(refused(&["./nosuch"]), "command not found: ./nosuch");
        assert_eq!(refused(&["./text/x"]), "command not found: ./text/x");
        assert_eq!(refused(&["./text"]), "permission denied: ./text");
        assert_eq!(refused(&["locked"]), format!("permission denied: {path}/locked"));
        assert_eq!(refused(&["bin/"]), "is a directory: bin/");
        assert_eq!(refused(&[""]), "the command is empty");
        assert!(refused(&["./script"]).starts_with("no such interpreter: /no/such/interp (named by "));
        assert_eq!(refused(&["sh", &"x".repeat(limits::MAX_EXEC_WORD)]), "argument list too long");

        let there = |cwd: &Path| check(&request(&["/bin/sh"], &[], cwd)).unwrap_err();
        assert_eq!(there(Path::new("/no/such/place")), "no such directory: /no/such/place");
        assert_eq!(there(&root.join("text")), format!("not a directory: {}", root.join("text").display()));
        assert_eq!(there(Path::new("tmp")), "not an absolute path: tmp");
    }

    #[test]
    fn the_first_word_stays_as_typed_where_it_can() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path();
        fs::create_dir(root.join("bin")).unwrap();
        file(&root.join("bin/tool"), "#!/bin/sh\n", 0o755);
        let first = |name: &str, env: &[(&str, &str)]| {
            check(&request(&[name, "a"], env, root)).map(|program| program.argv[0].clone().into_string().unwrap())
        };
        assert_eq!(first("tool", &[("PATH", "/nowhere:bin")]), Ok("tool".into()));
        assert_eq!(first("bin/tool", &[("PATH", "/bin")]), Ok("./bin/tool".into()));
        assert_eq!(first("./bin/tool", &[]), Ok("./bin/tool".into()));
        assert_eq!(first("/bin/sh", &[]), Ok("/bin/sh".into()));
        assert!(first("sh", &[]).unwrap().ends_with("/bin/sh"));
    }

    #[test]
    fn no_command_is_a_login_shell() {
        let with = |shell: &str| check(&request(&[], &[("SHELL", shell)], Path::new("/"))).unwrap();
        assert_eq!(with("/bin/sh"), Program { argv: vec!["/bin/sh".into()], login: true });
        assert_eq!(with("/no/such/shell").argv, ["/bin/sh"]);
        assert_eq!(with("/tmp").argv, ["/bin/sh"]);
    }

    #[test]
    fn a_message_is_one_short_line() {
        let long = shown(OsStr::new(&"é\n".repeat(1000)));
        assert_eq!(long.chars().count(), limits::SHOWN_NAME + 1);
        assert!(!long.contains('\n'));
    }
}
