//! The picture in the README: `UPDATE_ASSETS=1 cargo test picture` takes it anew.

use crate::harness::{World, svg};
use crate::skip;

#[test]
fn a_picture_of_a_working_day() {
    if std::env::var_os("UPDATE_ASSETS").is_none() {
        skip!("UPDATE_ASSETS is not set");
    }
    let mut world = World::new();
    world.unset("XDG_STATE_HOME");
    world.script("home/train.sh", "for n in 1 2 3; do echo \"epoch $n  loss 0.${n}3\"; done; read stop < /dev/tty");
    world.script("home/build", "printf 'src/main.rs \\033[32mok\\033[0m\\nsrc/lib.rs \\033[33m2 warnings\\033[0m\\n'");
    let mut terminal = world.sized(100, 28, "new -s worker -n build");
    terminal.prompt();
    terminal.enter("./build");
    terminal.shows("2 warnings");
    terminal.press("C-b c");
    terminal.wait_for("a second window", |s| s.status().contains("1:") && s.prompt());
    terminal.press("C-b %");
    terminal.wait_for("a second pane", |s| s.border(0).is_some() && s.prompt());
    terminal.press("C-b \"");
    terminal.wait_for("a third pane", |s| s.cursor().0 > 10 && s.prompt());
    terminal.enter("top -n 1 | head -8");
    terminal.shows("PID");
    terminal.press("C-b Up");
    terminal.wait_for("the pane above", |s| s.cursor().0 < 10);
    terminal.enter("mux run --nohup ./train.sh --epochs 9 && mux ps -F '#{job_name} #{job_state}' && mux logs train");
    terminal.shows("epoch 3");
    terminal.press("C-b Left");
    terminal.wait_for("the left pane", |s| s.cursor().1 < 50 && s.prompt());
    terminal.enter("cal || date");
    let screen = terminal.wait_for("a prompt", |s| s.prompt() && s.cursor().0 > 1);
    std::fs::write("assets/session.svg", svg(&screen)).expect("the repository can be written");
}
