//! `logs`: prints a job's log.

use super::prelude::*;

#[derive(Args)]
pub struct Logs {
    /// Go on as it grows, until the job ends
    #[arg(short = 'f', long)]
    follow: bool,
    /// Only the last lines
    #[arg(short = 'n', long, value_name = "LINES")]
    lines: Option<usize>,
    /// The job
    #[arg(value_name = "JOB")]
    job: String,
}

impl Command for Logs {
    const NAME: &'static str = "logs";
    const ALIAS: &'static [&'static str] = &["log"];
    const SUMMARY: &'static str = "Print a job's log";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let job = super::jobs::one_job(call.state.jobs(), &self.job)?;
        let Some(path) = job.log.clone() else {
            let error = Error::not_found(format!("job {} has no log: it ran in the foreground", job.name));
            return Err(error.hint(format!("`mux attach -t {}` shows its screen", job.name)));
        };
        let pane = job.pane.filter(|_| !job.is_over());
        let effect =
            Effect::StreamLog { request: call.origin.request, pane, path, follow: self.follow, lines: self.lines };
        call.ask(effect);
        Ok(Answer::Later)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::PaneId;
    use crate::model::Effect;

    #[test]
    fn the_server_streams_the_file() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        world.later("logs train -f -n 5");
        let asked = world.seen.iter().find_map(|effect| match effect {
            Effect::StreamLog { pane, path, follow, lines, .. } => Some((*pane, path.clone(), *follow, *lines)),
            _ => None,
        });
        let path = "/home/me/.local/state/mux/logs/train.log".into();
        assert_eq!(asked, Some((Some(PaneId(0)), path, true, Some(5))));
        assert_eq!(world.fails("logs trian"), "can't find job: trian");
        assert_eq!(world.hint("logs trian"), "did you mean 'train'?");
    }
}
