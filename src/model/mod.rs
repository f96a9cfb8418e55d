//! Sessions, windows, panes, clients, jobs: all facts, and the rules by which they change.
//!
//! Pure: [`State::apply`] takes an [`Event`] and the time and returns [`Effect`]s; commands call the methods of
//! [`State`] and take its effects too. No tokio, descriptor, clock, file or environment; one owner, no lock.

mod answer;
mod apply;
mod arrange;
mod attach;
mod bring_back;
mod buffer;
mod channel;
mod check;
mod client;
mod close;
mod down;
mod effect;
mod environment;
mod event;
mod event_hooks;
mod floating;
mod hook;
mod job;
mod keys;
mod links;
mod log;
mod looks;
mod menu;
mod messages;
pub mod names;
mod notice;
mod origin;
mod pane;
mod place;
#[cfg(test)]
mod place_tests;
mod resume;
mod run;
mod save;
mod scopes;
mod session;
mod size;
mod start;
mod state;
pub mod supervise;
mod target;
mod tend;
#[cfg(test)]
mod tests;
mod transfer;
mod unasked;
mod up;
mod usage;
mod variables;
mod vars;
mod view;
mod window;

pub use crate::layout::{Axis, Extent, Preset, Split};
pub use answer::{Refusal, Told as JobTold};
pub use arrange::{PRESETS, Place};
pub use attach::Attachment;
pub use bring_back::{Before, Came, PaneBefore, PaneReturn, Return};
pub use buffer::{Buffer, Buffers};
pub use client::{Aim, Awaited, Client, ClientFlags, Waiter};
pub use down::ASIDE;
pub use effect::{
    Capture, CaptureTarget, Edge, Effect, FilePurpose, Look, Pan, Part, ReloadOrder, Reply, RestoreOrder, SpawnSpec,
};
pub use event::Event;
pub use event_hooks::{EVENTS, HookScope, Hooks, hook_name};
pub use floating::{Dress, Ending, Float, FloatKind, NewFloat, Spot, under_popup};
pub use hook::{HookCall, HookFacts};
pub use job::{ExitRecord, Job, Jobs, Looks};
pub use keys::KeySettings;
pub use log::{JobLogs, LogForm, LogQuery, LogTarget};
pub use looks::ClientLooks;
pub use menu::{Menu, MenuItem};
pub use messages::Messages;
pub use notice::{Notices, Told};
pub use origin::{Context, Origin, PaneFacts};
pub use pane::{Life, Pane, Program, Running};
pub use resume::SavedThen;
pub use run::NewJob;
pub use save::VERSION as SAVE_VERSION;
pub use save::{
    Held, Restored, Saved, SavedBuffer, SavedFloat, SavedJobs, SavedPane, SavedServer, SavedSession, SavedWindow,
};
pub use scopes::{OptionPlace, Overrides};
pub use session::{Alerts, Own, Session, SetVariables};
pub use start::{NewSession, NewWindow, Then};
pub use state::{Setup, State};
pub use target::{Here, Purpose, pane_beside};
pub use transfer::Destination;
pub use unasked::{PipeOrder, ShellOrder, ShellThen, SourceOrder, Unasked};
pub use up::{UpOptions, UpReport};
pub use usage::{Port, ProcessUsage, Usage, UsagePoint, tree};
pub use variables::Variables;
pub use vars::{FACTS, Lens, VARS};
pub use view::{ClientView, FloatView, PaneView, Settings, Tab};
pub use window::Window;
