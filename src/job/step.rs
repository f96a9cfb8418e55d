//! The words by which the last step before a program is told what its owner wants: attributes that only a process
//! can give itself.

use super::{JobSpec, LogSpec, Output};

impl JobSpec {
    /// For `SpawnRequest::step`; in the order in which they have to be done: rights are given up last.
    pub fn step_words(&self, files: Option<&std::path::Path>) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let mut put = |flag: &str, value: String| words.extend([flag.to_owned(), value]);
        if let Some(score) = self.oom_score {
            put("--oom-score", score.to_string());
        }
        if let Some(nice) = self.nice {
            put("--nice", nice.to_string());
        }
        if let Some(class) = &self.ionice {
            put("--ionice", class.clone());
        }
        for (name, value) in &self.limits {
            put("--limit", format!("{name}={value}"));
        }
        if let Some(stdin) = &self.stdin {
            put("--stdin", stdin.display().to_string());
        }
        if let (Output::Files, Some(log)) = (self.output, files) {
            put("--stdout", log.display().to_string());
            put("--stderr", LogSpec::errors_beside(log).display().to_string());
        }
        if let Some(user) = &self.user {
            put("--user", user.clone());
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_given_up_last() {
        let spec = JobSpec {
            nice: Some(5),
            user: Some("www".into()),
            output: Output::Files,
            limits: [("nofile".to_owned(), "64:128".to_owned())].into(),
            ..JobSpec::default()
        };
        assert_eq!(
            spec.step_words(Some("/l/web.log".as_ref())).join(" "),
            "--nice 5 --limit nofile=64:128 --stdout /l/web.log --stderr /l/web.err.log --user www"
        );
        assert!(JobSpec::default().step_words(None).is_empty());
    }
}
