//! An init script with the header of the LSB, by start-stop-daemon(8).

use super::{Job, comments, only_here, ready_note};
use crate::base::exit::signal_name;
use crate::foreign::words;
use crate::job::{JobSpec, Reload, Restart};

pub(super) fn write(job: &Job<'_>) -> (String, Vec<String>) {
    let spec = job.spec;
    let notes = notes(job);
    let others: String = spec.needs.iter().map(|need| format!(" {}", need.job)).collect();
    let should: String = spec.after.iter().map(|other| format!(" {other}")).collect();
    let levels = if spec.boot && spec.schedule.is_none() { "2 3 4 5" } else { "" };
    let name = job.name;
    let header = format!(
        "#!/bin/sh
### BEGIN INIT INFO
# Provides:          {name}
# Required-Start:    $remote_fs $syslog{others}
# Required-Stop:     $remote_fs $syslog{others}
# Should-Start:      {}
# Default-Start:     {levels}
# Default-Stop:      0 1 6
# Short-Description: {name}, by mux
### END INIT INFO

# Made by `mux export` of job {name}. What cannot be said here:
{}",
        should.trim(),
        comments(&notes)
    );
    let text = format!("{header}\n{}\n{ACTIONS}", settings(job));
    (text, notes)
}

/// What differs between jobs.
fn settings(job: &Job<'_>) -> String {
    let spec = job.spec;
    let log =
        spec.log.path.as_ref().map_or("/var/log/$NAME.log".into(), |path| words::quoted(&path.display().to_string()));
    let mut text = format!("NAME={}\nPIDFILE=/var/run/$NAME.pid\nLOG={log}\n", job.name);
    text += "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n";
    text += &variables(spec);
    for (limit, value) in &spec.limits {
        if let Some((letter, unit)) = letter(limit) {
            let (soft, hard) = value.split_once(':').unwrap_or((value, value));
            let amount =
                |text: &str| text.parse::<u64>().map_or("unlimited".into(), |number| (number / unit).to_string());
            // The soft one first: it may not be above the hard one.
            text += &format!("ulimit -S -{letter} {}\nulimit -H -{letter} {}\n", amount(soft), amount(hard));
        }
    }
    let mut flags = vec!["--chdir".to_owned(), words::quoted(&job.directory().display().to_string())];
    let mut flag = |flag: &str, value: String| flags.extend([flag.to_owned(), value]);
    if let Some(user) = &spec.user {
        flag("--chuid", words::quoted(user));
    }
    if let Some(nice) = spec.nice {
        flag("--nicelevel", nice.to_string());
    }
    if let Some(class) = &spec.ionice {
        flag("--iosched", words::quoted(class).replace("realtime", "real-time"));
    }
    if let Some(umask) = spec.umask {
        flag("--umask", format!("{umask:04o}"));
    }
    let steps = (0..).map_while(|index| spec.stop.step(index));
    let retry: Vec<String> = steps
        .map(|step| {
            format!("{}/{}", signal_name(step.signal).trim_start_matches("SIG"), step.wait.as_millis().div_ceil(1000))
        })
        .collect();
    let stdin = spec.stdin.as_ref().map_or("/dev/null".into(), |file| words::quoted(&file.display().to_string()));
    let run = format!("exec {} < {stdin} >> \"$0\" 2>&1", words::line(&job.words_behind_files()));
    text += &format!("RETRY={}\n", retry.join("/"));
    text += &format!("RUN={}\n", words::quoted(&run));
    let reload = match &spec.reload {
        Reload::Signal(signal) => {
            let signal = signal_name(*signal);
            format!(
                "start-stop-daemon --stop --quiet --pidfile \"$PIDFILE\" --signal {}",
                signal.trim_start_matches("SIG")
            )
        }
        Reload::Command(crate::job::Command::Shell(line)) => {
            words::line(&["/bin/sh".into(), "-c".into(), line.clone()])
        }
        Reload::Command(crate::job::Command::Words(words)) => words::line(words),
    };
    text + &format!(
        "\ndo_start() {{\n    start-stop-daemon --start --quiet --oknodo --background --make-pidfile --pidfile \"$PIDFILE\" \\\n        \
         {} \\\n        --startas /bin/sh -- -c \"$RUN\" \"$LOG\"\n}}\n\ndo_reload() {{\n    {reload}\n}}\n",
        flags.join(" ")
    )
}

/// What the shell can export; other names it has no way to write.
fn variables(spec: &JobSpec) -> String {
    let fine = |name: &str| {
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit())
    };
    let known = spec.env.iter().filter(|(name, _)| fine(name));
    known.map(|(name, value)| format!("export {name}={}\n", words::quoted(value))).collect()
}

const ACTIONS: &str = r#"do_stop() {
    start-stop-daemon --stop --quiet --oknodo --pidfile "$PIDFILE" --retry "$RETRY" && rm -f "$PIDFILE"
}

case "$1" in
    start) do_start ;;
    stop) do_stop ;;
    restart | force-reload) do_stop && do_start ;;
    reload) do_reload ;;
    status) start-stop-daemon --status --pidfile "$PIDFILE" ;;
    *)
        echo "usage: $0 {start|stop|restart|force-reload|reload|status}" >&2
        exit 2
        ;;
esac
"#;

/// The option of ulimit of shells, and what it counts in. dash knows these, whatever POSIX says.
fn letter(limit: &str) -> Option<(char, u64)> {
    Some(match limit {
        "nofile" => ('n', 1),
        "core" => ('c', 512),
        "cpu" => ('t', 1),
        "data" => ('d', 1024),
        "fsize" => ('f', 512),
        "stack" => ('s', 1024),
        "as" => ('v', 1024),
        "memlock" => ('l', 1024),
        _ => return None,
    })
}

fn notes(job: &Job<'_>) -> Vec<String> {
    let spec = job.spec;
    let mut notes = Vec::new();
    for (there, note) in [
        (spec.policy.restart != Restart::No, "restart: nothing restarts it; inittab's respawn or a supervisor does"),
        (spec.oom_score.is_some(), "oom_score: choom(1) in cmd can"),
        (spec.runtime_max.is_some(), "runtime_max: timeout(1) in cmd can"),
        (spec.memory_max.is_some(), "memory_max: nothing limits all of it together"),
        (!spec.success.is_empty(), "success_exit: nobody looks at how it ends"),
        (!spec.no_restart.is_empty(), "no_restart_exit: nothing restarts it"),
        (!spec.env_files.is_empty(), "env_file: read by a shell there, so a value with blanks wants quotes"),
    ] {
        if there {
            notes.push(note.into());
        }
    }
    if let Some(schedule) = &spec.schedule {
        notes.push(format!("schedule = \"{schedule}\": nothing starts it by itself; a line of crontab(5) can"));
    }
    let unknown = spec.limits.keys().filter(|limit| letter(limit).is_none());
    notes.extend(unknown.map(|limit| format!("limits: {limit} cannot be set by a shell; prlimit(1) in cmd can")));
    notes.extend(ready_note(spec.ready.as_ref()));
    notes.extend(only_here(spec));
    notes.push("only the first process is stopped, not what has left it".into());
    notes
}
