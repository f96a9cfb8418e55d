//! The keys of job files as a page for people.

use std::fmt::Write;

use super::KEYS;

const HEAD: &str = "# Job files

<!-- Generated from src/job/keys.rs: UPDATE_DOCS=1 cargo test reference_is_fresh -->

A file of jobs is TOML: a table `[job.NAME]` for each, and `[group.NAME]` for what is said of a group (`parallel`, how many of
it run at a time; 0 for all); `[defaults]` holds keys for all jobs of the file. `mux up` makes the jobs as the file says, `mux check` finds what is wrong in it, `mux down`
stops them. Without a name both take `mux.toml` here.

A duration is a number with `ms`, `s`, `m`, `h` or `d`; a size has `K`, `M`, `G` (powers of 1024).

| Key | Takes | What for | Elsewhere |
| --- | --- | --- | --- |
";

/// A page in Markdown.
pub fn reference() -> String {
    let mut page = String::from(HEAD);
    for key in KEYS {
        let takes = key.takes.replace('|', "\\|");
        let foreign = key.foreign.join(", ");
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| `{}` | {takes} | {} | {foreign} |", key.name, key.sentence);
    }
    page
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
