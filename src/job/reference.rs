//! The keys of job files as a page for people.

use std::fmt::Write;

use super::KEYS;

const HEAD: &str = "# Job files

<!-- Generated from src/job/keys.rs: UPDATE_DOCS=1 cargo test reference_is_fresh -->

A file of jobs is TOML: a table `[job.NAME]` for each, and `[group.NAME]` for what is said of a group (`parallel`, how many of
it run at a time; 0 for all); `[defaults]` holds keys for all jobs of the file. `mux up` makes the jobs as the file says, `mux check` finds what is wrong in it, `mux down`
stops them. Without a name `up` and `check` take `mux.toml` here and all files of `~/.config/mux/jobs`, `down` takes
`mux.toml` alone.

A duration is a number with `ms`, `s`, `m`, `h` or `d`; a size has `K`, `M`, `G` (powers of 1024).

| Key | Takes | What for | Elsewhere |
| --- | --- | --- | --- |
";

const TAIL: &str = r#"
## Time: `schedule`

Five fields as in crontab(5) with ranges, steps and names (`*/10 9-17 * * mon-fri`), a nickname (`@hourly`, `@daily`,
`@weekly`, `@monthly`, `@yearly`), or an interval (`every 15m`). Times are local. Where the clock is put forward, a fixed
time within the gap comes right behind it, and one by steps is left out; where it is put back, a fixed time comes once,
and one by steps in both of the hours. An interval counts real time and keeps its beat.

`mux up` lets the job wait for its time (`waiting`, then `exited` or `failed` with a next start); `mux start` runs it now;
`mux stop` takes it off its schedule until it is started. A time that comes while it still runs is left out: counted
(`left_out`) and told once. Times that passed while mux or the machine was down are made up for by one run. A failed run
is tried again as `restart` says, until the next time comes; `restart = "always"` makes no sense here.
`mux run --every 5m COMMAND` and `mux run --cron '30 4 * * *' COMMAND` do it without a file.

## Files: `watch`

```toml
watch = ["src/**/*.py", "conf"]                                      # a directory is all that is in it
watch = { paths = ["src"], ignore = ["*.tmp", "gen"], debounce = "500ms" }
```

The job is restarted when nothing has changed for `debounce`; one that has failed or ended is started. Patterns begin at
the file that says them. `.git` and its like, editors' own files and mux's logs never count; leave out by `ignore` what the
job itself writes, or it restarts itself. Up to 4096 directories are watched; where the kernel has no room for that,
files are looked at every two seconds, which is said once. A job that a person has stopped is not watched.

## Hooks: `on_fail`, `on_recover`, `on_exit`

| Hook | is run for | MUX_EVENT |
| --- | --- | --- |
| `on_fail` | what a notice is given for | `failed`, `gave-up`, `flapping`, `alert`, `stuck`, `overlaps` |
| `on_recover` | a job that is well again after that | `recovered` |
| `on_exit` | the end of each run | `exit` |

It gets `MUX_EVENT`, `MUX_JOB`, `MUX_HOST`, `MUX_AT`, `MUX_TEXT` (a sentence), `MUX_STATE`, `MUX_RUN`, `MUX_REASON`,
`MUX_EXIT_CODE`, `MUX_SIGNAL`, `MUX_UPTIME` (seconds), `MUX_RESTARTS`, `MUX_NEXT_START`, `MUX_LOG`, the job's own `env`, and
on standard input the same as JSON with the last 20 lines of the log (`lines`). It runs as mux does, in the job's
directory, for 30 seconds at most; four at a time, and a hundred may wait. What it prints goes to `server.log` in the
state directory. Each is run at most once for what has happened, also when the server dies meanwhile. In `assets/hooks`
are hooks for a web service, mail and the desktop.

## Notices

There is one when a job fails for the first time, is given up, fails again and again (six times within an hour), is well
again, cannot be ended, takes longer than its schedule leaves it, prints what an `alert` waits for, and when a job of
`mux run` that took a minute or more has ended; never one for each restart. Whoever is attached reads it in the status
line, and the terminal is told by OSC 9 (OSC 777 on rxvt, foot and VTE). The badge in the status line
(`#{jobs_told}`) counts those that nobody has seen: a notice is seen when `mux motd` has printed it, or when somebody
attaches or switches to the session of its job. `mux motd --quiet` in `~/.profile` prints what was not seen, or nothing,
and never waits for a server.

## Memory: `memory_max`

A cgroup of version 2, below the one of mux, with memory.max: the kernel ends all of the job when it needs more, which
is then called `oom`. Where mux has no cgroup of its own, `mux check` and `mux up` say so and what to do. Without a limit,
a program that was killed while the kernel counted one more victim is called `oom-probable`.

## Boot, and files that are gone

At boot (`mux boot enable`) the jobs of `~/.config/mux/jobs/*.toml` with `boot = true`, which is the default, are started,
and so are those of other files that ran when the machine went down; what a person has stopped stays stopped. A job
whose file is gone from that directory (or whose `mux.toml` is gone from here) is shown by `mux up` and
`mux up --dry-run`, and ended and forgotten by `mux up --prune`; jobs of other projects' files are never touched by that.
"#;

/// A page in Markdown.
pub fn reference() -> String {
    let mut page = String::from(HEAD);
    for key in KEYS {
        let takes = key.takes.replace('|', "\\|");
        let foreign = key.foreign.join(", ");
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| `{}` | {takes} | {} | {foreign} |", key.name, key.sentence);
    }
    page + TAIL
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn the_jobs_reference_is_fresh() {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/reference/jobs.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&file, reference()).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(kept, reference(), "stale: run UPDATE_DOCS=1 cargo test reference_is_fresh");
    }
}
