//! Sessions, windows, panes, clients, jobs: all facts, and the rules by which they change.
//!
//! Pure: [`State::apply`] takes an [`Event`] and the time and returns [`Effect`]s. No tokio, descriptor, clock,
//! file or environment; one owner, no lock.

mod effect;
mod event;
mod origin;
mod save;
mod state;
mod view;

pub use effect::{Capture, CaptureTarget, Edge, Effect, Part, Reply, SpawnSpec};
pub use event::Event;
pub use origin::{Context, Origin, PaneFacts};
pub use save::{Held, Restored, Saved, SavedJobs, SavedServer, SavedSession};
pub use state::{Setup, State};
pub use view::{ClientView, PaneView, Settings, Tab};
