//! `mux doctor` says how it is.
//!
//! The stand-in for a machine is in builds with debug assertions only.

#![cfg(debug_assertions)]

use crate::harness::World;

fn finding(world: &World, name: &str) -> serde_json::Value {
    let output = world.mux("doctor --json");
    let all: serde_json::Value = serde_json::from_str(&output.out).unwrap_or_else(|_| panic!("{output:?}"));
    let all = all.as_array().expect("an array").clone();
    all.into_iter().find(|finding| finding["name"] == name).unwrap_or_else(|| panic!("no {name}: {output:?}"))
}

fn level(world: &World, name: &str) -> String {
    finding(world, name)["level"].as_str().expect("a level").to_owned()
}

#[test]
fn all_is_well_and_a_running_server_is_described() {
    let mut world = World::new();
    world.set("MUX_TEST_MACHINE", &world.place("machine"));
    world.set("COLORTERM", "truecolor");
    let output = world.mux("doctor");
    assert!(output.status == 0 && output.out.ends_with("all is well\n"), "{output:?}");
    assert!(world.processes().is_empty(), "it starts nothing");
    assert!(!world.path("state/mux").exists(), "and makes nothing");

    world.ok("new -d -s worker");
    world.ok("split-window -t worker");
    let server = finding(&world, "server");
    let text = server["text"].as_str().expect("text");
    assert!(text.contains(&format!("process {}", world.server().pid)) && text.contains("panes: 2"), "{text}");
    let keeper = finding(&world, "keeper");
    assert!(keeper["text"].as_str().expect("text").contains(&world.keeper().pid.to_string()), "{keeper}");
    for name in ["socket", "state", "space", "logout", "terminal", "locale", "files"] {
        assert_eq!(level(&world, name), "ok", "{name}: {}", finding(&world, name));
    }
    assert_eq!(world.mux("doctor").status, 0);
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let mut world = World::new();
    world.set("MUX_TEST_MACHINE", &world.place("machine"));
    world.set("TERM", "dumb");
    world.set("LANG", "C");
    world.set("TMUX", "/tmp/tmux,1,0");
    world.write("state/mux/aside/jobs.json.1", "?");
    std::fs::set_permissions(world.path("run"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("ours");
    world.write("run/mux/x", "");
    std::fs::set_permissions(world.path("run/mux"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("ours");
    let output = world.mux("doctor");
    assert_eq!(output.status, 1, "{output:?}");
    assert!(output.out.contains("chmod 700") && output.out.contains("problems\n"), "{output:?}");
    for name in ["socket", "terminal", "locale", "aside"] {
        assert_eq!(level(&world, name), "problem", "{name}");
        assert!(finding(&world, name)["advice"].is_string(), "{name}");
    }
    assert_eq!(level(&world, "nested"), "note");
}

#[test]
fn a_server_that_a_logout_would_end_is_a_problem() {
    let mut world = World::new();
    world.set("MUX_TEST_MACHINE", &world.place("machine"));
    world.write("machine/run/systemd/system/.there", "");
    world.write("machine/proc/self/cgroup", "0::/user.slice/user-1.slice/user@1.service/app.slice/x.scope\n");
    let advice = finding(&world, "logout");
    assert!(advice["advice"].as_str().is_some_and(|text| text.contains("enable-linger")), "{advice}");
    assert!(advice["text"].as_str().is_some_and(|text| text.contains("last logout")), "{advice}");
}
