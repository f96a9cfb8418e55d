//! The picture in the README: `UPDATE_ASSETS=1 cargo test picture` takes it anew.

use crate::harness::{World, program, svg};
use crate::skip;

const TRAIN: &str = "#!/bin/sh
# Trains, and says how far it is.
for epoch in 1 2 3; do
    echo \"epoch $epoch  loss 0.${epoch}3\"
done
read stop < /dev/tty
";

#[test]
fn a_picture_of_a_working_day() {
    if std::env::var_os("UPDATE_ASSETS").is_none() {
        skip!("UPDATE_ASSETS is not set");
    }
    let Some(vim) = program("vim") else { skip!("vim is not installed") };
    let mut world = World::new();
    world.unset("XDG_STATE_HOME");
    world.write("config/mux/config.toml", "[options]\nstatus-right = \"%H:%M %d-%b-%y\"\n");
    world.script("home/train.sh", TRAIN.trim_start_matches("#!/bin/sh\n"));
    let mut terminal = world.sized(120, 26, "new -s worker -n build");
    terminal.prompt();
    terminal.press("C-b c");
    terminal.wait_for("a second window", |s| s.status().contains(" 2:") && s.prompt());
    terminal.enter(&format!("{} -u NONE -N '+syntax on' '+set background=dark number' train.sh", vim.display()));
    terminal.shows("loss");
    terminal.press("C-b %");
    terminal.wait_for("a second pane", |s| s.border(0).is_some() && s.prompt());
    terminal.enter("mux run --nohup ./train.sh");
    terminal.wait_for("the job and a prompt", |s| s.shows("train.log") && s.prompt());
    terminal.enter("mux ps -F '#{job_name}: #{job_state}, #{job_command}'");
    terminal.prints("train: running, ./train.sh");
    terminal.press("C-b \"");
    terminal.wait_for("a third pane", |s| s.cursor().0 > 10 && s.prompt());
    terminal.enter("mux logs -f train");
    let screen = terminal.shows("epoch 3");
    std::fs::write("assets/session.svg", svg(&screen)).expect("the repository can be written");
}
