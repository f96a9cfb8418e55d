//! Links that come back from files.

use std::collections::HashMap;

use super::*;
use crate::base::{PaneId, SessionId, Timestamp};
use crate::config::Options;

const NOW: Timestamp = Timestamp(1_000);

/// Sessions `x` and `y`, which have their windows in common.
fn grouped() -> (State, SessionId) {
    let mut state = State::new(Options::default(), Setup::default());
    let new = NewSession { name: Some("x".into()), ..NewSession::default() };
    let pane = state.new_session(new, &Context::default(), NOW).unwrap();
    let x = state.home_of(pane).unwrap().0;
    let new = NewSession { name: Some("y".into()), ..NewSession::default() };
    state.new_session_beside(x, "x", new, &Context::default(), NOW).unwrap();
    (state, x)
}

fn saved(state: &State) -> Vec<Saved> {
    state.parts().into_iter().filter_map(|part| state.save(&part)).collect()
}

fn restored(saved: Vec<Saved>, panes: &[u32]) -> State {
    let held = |pane: &u32| (PaneId(*pane), Held { pid: 1, started: NOW, exit: None });
    let held: HashMap<PaneId, Held> = panes.iter().map(held).collect();
    let back = State::restore(Options::default(), Setup::default(), saved, &held, NOW);
    assert_eq!(back.problems, Vec::<String>::new());
    assert_eq!(back.state.check(), Vec::<String>::new());
    back.state
}

#[test]
fn a_window_that_only_one_of_a_group_was_written_with_is_not_lost() {
    let (mut state, x) = grouped();
    let before = saved(&state);
    state.new_window(NewWindow::of(x, Program::default()), NOW).unwrap();
    let after = saved(&state);
    // The file of the one is as it was before, that of the other as it is now.
    for newer in 0..2 {
        let mixed = before.iter().zip(&after).enumerate();
        let mixed = mixed.map(|(at, (old, new))| if at == newer || at > 1 { new.clone() } else { old.clone() });
        let state = restored(mixed.collect(), &[0, 1]);
        let windows: Vec<usize> = state.sessions().map(|session| session.windows.len()).collect();
        assert_eq!(windows, [2, 2]);
        assert!(state.pane(PaneId(1)).is_some_and(Pane::is_running));
    }
}

#[test]
fn a_session_without_links_reads_as_it_was_written_before_there_were_any() {
    let (state, x) = grouped();
    let Some(Saved::Session(session)) = state.save(&Part::Session(x)) else { panic!("it is there") };
    let mut json = serde_json::to_value(Saved::Session(session)).unwrap();
    json.as_object_mut().unwrap().remove("group");
    let back = restored(vec![serde_json::from_value(json).unwrap()], &[0]);
    assert_eq!(back.group_of(x), [x]);
}
