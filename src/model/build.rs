//! A session from a layout file, and a layout file from a session.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::base::{Error, PaneId, RequestId, Result, SessionId, Size, Timestamp, WindowId};
use crate::blueprint::{Arrangement, Blueprint, Pairs, PanePlan, WindowPlan};
use crate::layout::Layout;

use super::pane::{Pane, Program};
use super::scopes::{Local, Overrides};
use super::session::{Own, Session, SetVariables};
use super::start::{Then, Undo};
use super::window::Window;
use super::{Context, Effect, PaneFacts, State, environment, names};

/// A session to be made of a file, once that is read.
#[derive(Clone, Debug, PartialEq)]
pub struct LayoutOrder {
    pub file: PathBuf,
    /// Instead of the file's.
    pub name: Option<String>,
    pub size: Size,
    pub then: Then,
    pub context: Context,
}

/// A window with the numbers that it will have.
struct Built<'a> {
    plan: &'a WindowPlan,
    id: WindowId,
    index: u32,
    panes: Vec<PaneId>,
    layout: Layout,
}

impl State {
    /// Makes the session and has its programs started. Nothing is made where anything of it cannot be.
    pub fn build(
        &mut self,
        request: RequestId,
        order: LayoutOrder,
        blueprint: &Blueprint,
        now: Timestamp,
    ) -> Result<()> {
        let stem = || Some(order.file.file_stem()?.to_string_lossy().into_owned());
        let name = order.name.clone().or_else(|| blueprint.name.clone()).or_else(stem).unwrap_or_default();
        self.check_free(&name)?;
        let mut names = blueprint.windows.iter().filter_map(|window| window.name.as_ref());
        names.try_for_each(|name| names::check("window", name))?;
        let windows = self.numbered(blueprint, order.size)?;
        let Some(current) = windows.iter().find(|window| window.plan.focus).or(windows.first()) else {
            return Err(Error::usage("the file has no window"));
        };
        let (current, shown) = (current.id, active(current));
        let id = self.new_session_id();
        let environment: SetVariables =
            blueprint.env.iter().cloned().map(|(name, value)| (name, Some(value))).collect();
        let session = Session {
            id,
            name,
            created: now,
            cwd: blueprint.directory.clone(),
            windows: windows.iter().map(|window| (window.index, window.id)).collect(),
            current,
            recent: Vec::new(),
            alerts: Default::default(),
            group: None,
            env: environment::filtered(&order.context),
            agent: None,
            size: order.size,
            activity: now,
            last_attached: None,
            job: None,
            own: Own { environment, ..Own::default() },
            local: Local::of(overrides(&blueprint.options)),
        };
        self.add_session(session);
        self.point_agent(id, &order.context);
        let all: Vec<PaneId> = windows.iter().flat_map(|window| window.panes.clone()).collect();
        for window in &windows {
            self.build_window(window, id, order.context.umask, now);
        }
        self.resolve_options();
        for pane in all {
            self.spawn(pane, Undo::Pane { layout: None });
        }
        for window in &windows {
            self.type_lines(window);
            self.fire_at("window-linked", window.panes[0]);
        }
        self.relink(id);
        self.fire_at("session-created", shown);
        self.await_start(shown, Some(request), order.then);
        Ok(())
    }

    /// Gives windows and panes their numbers, and sees that there is room for all.
    fn numbered<'b>(&mut self, blueprint: &'b Blueprint, size: Size) -> Result<Vec<Built<'b>>> {
        let named: Vec<u32> = blueprint.windows.iter().filter_map(|window| window.index).collect();
        let mut next = self.options.base_index;
        let mut windows = Vec::new();
        for plan in &blueprint.windows {
            let index = plan.index.unwrap_or_else(|| {
                next = (next..).find(|index| !named.contains(index)).unwrap_or(next);
                next
            });
            next = next.max(index.saturating_add(1));
            let panes = plan.panes.iter().map(|_| self.new_pane_id()).collect::<Result<Vec<PaneId>>>()?;
            let layout = plan.arrange(&panes, size).map_err(|why| {
                let error = Error::refused(format!("window {index} cannot be laid out: {why}"));
                error.hint("a larger terminal has room, or -x and -y with -d")
            })?;
            windows.push(Built { plan, id: self.new_window_id(), index, panes, layout });
        }
        Ok(windows)
    }

    fn build_window(&mut self, built: &Built<'_>, session: SessionId, umask: u32, now: Timestamp) {
        let Built { plan, id, panes, layout, .. } = built;
        let active = active(built);
        let mut window = Window::new(*id, session, active, layout.size(), now);
        window.titles = self.options.pane_border_status;
        window.layout = layout.clone();
        window.zoomed = plan.zoom && panes.len() > 1;
        window.local = Local::of(overrides(&plan.options));
        let programs: Vec<Program> = plan.panes.iter().map(|pane| program(pane, umask)).collect();
        let at = panes.iter().position(|pane| *pane == active).unwrap_or(0);
        window.automatic = plan.name.is_none() && self.options.automatic_rename;
        window.name = plan.name.clone().unwrap_or_else(|| self.program_name(&programs[at]));
        for ((&pane, program), plan) in panes.iter().zip(programs).zip(&plan.panes) {
            let size = window.pane_size(pane).unwrap_or(layout.size());
            let mut pane = Pane::new(pane, *id, program, size);
            pane.local = Local::of(overrides(&plan.options));
            self.panes.insert(pane.id, Box::new(pane));
        }
        self.windows.insert(*id, Box::new(window));
    }

    fn type_lines(&mut self, window: &Built<'_>) {
        for (&pane, plan) in window.panes.iter().zip(&window.plan.panes) {
            if let Some(line) = plan.run.clone() {
                self.push(Effect::TypeOnce { pane, line });
            }
        }
    }

    /// What would bring this session back as it is.
    pub fn blueprint(&self, id: SessionId, facts: &HashMap<PaneId, PaneFacts>) -> Option<Blueprint> {
        let session = self.session(id)?;
        let set = |(name, value): (&String, &Option<String>)| Some((name.clone(), value.clone()?));
        let mut next = self.options.base_index;
        let window = |(index, window): (u32, &Window)| {
            let index_is_told = index != next;
            next = index.saturating_add(1);
            let panes = window.layout.panes();
            let mut layout = window.layout.clone();
            // Numbers of panes say nothing in another session.
            layout
                .rename(|pane| (0..).zip(&panes).find(|(_, known)| **known == pane).map_or(pane, |(at, _)| PaneId(at)));
            let many = panes.len() > 1;
            WindowPlan {
                index: index_is_told.then_some(index),
                name: (!window.automatic).then(|| window.name.clone()),
                arrangement: if many { Arrangement::Text(layout.dump()) } else { Arrangement::Splits },
                focus: window.id == session.current,
                zoom: window.zoomed,
                options: pairs(&window.local.set),
                panes: panes
                    .iter()
                    .filter_map(|pane| self.pane_plan(*pane, many && *pane == window.active, facts))
                    .collect(),
            }
        };
        Some(Blueprint {
            name: Some(session.name.clone()),
            directory: session.cwd.clone(),
            env: session.own.environment.iter().filter_map(set).collect(),
            options: pairs(&session.local.set),
            windows: self.windows_of(id).into_iter().map(window).collect(),
        })
    }

    fn pane_plan(&self, id: PaneId, focus: bool, facts: &HashMap<PaneId, PaneFacts>) -> Option<PanePlan> {
        let pane = self.pane(id)?;
        let facts = facts.get(&id);
        // Linux says so behind the name of a directory that has been removed (proc(5)).
        let gone = |path: &&PathBuf| path.as_os_str().is_empty() || path.to_string_lossy().ends_with(" (deleted)");
        let here = facts.map(|facts| &facts.current_path).filter(|path| !gone(path));
        let shell = pane.program.words.is_empty();
        let ran = facts.map(|facts| facts.current_command.clone());
        Some(PanePlan {
            directory: here.unwrap_or(&pane.program.cwd).clone(),
            env: pane.program.env.clone(),
            command: pane.program.words.clone(),
            focus,
            options: pairs(&pane.local.set),
            note: ran.filter(|name| shell && !name.is_empty() && !self.is_shell(name)),
            ..PanePlan::default()
        })
    }
}

/// The pane with the focus: the first where none has it.
fn active(window: &Built<'_>) -> PaneId {
    let at = window.plan.panes.iter().position(|pane| pane.focus).unwrap_or(0);
    window.panes[at]
}

fn program(plan: &PanePlan, umask: u32) -> Program {
    Program {
        words: plan.command.clone(),
        cwd: plan.directory.clone(),
        env: plan.env.clone(),
        umask,
        ..Program::default()
    }
}

fn overrides(pairs: &Pairs) -> Overrides {
    pairs.iter().cloned().collect()
}

fn pairs(set: &Overrides) -> Pairs {
    set.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}
