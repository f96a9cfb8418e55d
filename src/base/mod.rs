//! What every other room may use: identifiers, geometry, keys, styles, lines of cells, limits, paths, errors.
//!
//! Imports nothing of the crate. Holds no state and does no I/O, except [`paths`] (looks at the environment
//! once, when asked), [`role`], [`peer`] and [`machine`] (ask the kernel one question each) and [`sys`] (the few
//! system calls that no safe library offers).

pub mod binding;
pub mod error;
pub mod exit;
pub mod geometry;
pub mod hooks;
pub mod ids;
pub mod input;
pub mod key;
pub mod limits;
pub mod line;
pub mod machine;
pub mod paths;
pub mod peer;
pub mod period;
pub mod problem;
pub mod role;
pub mod style;
pub mod sys;
pub mod terminal;
pub mod time;
pub mod watched;

pub use binding::{Binding, KeyChange};
pub use error::{Error, ErrorKind, Result};
pub use exit::ExitStatus;
pub use geometry::{Col, Direction, Point, Rect, Row, Size};
pub use ids::{ClientId, Identity, PaneId, RequestId, SessionId, WindowId};
pub use input::{Input, MouseButton, MouseEvent, MouseKind};
pub use key::{Key, KeyCode, Mods};
pub use line::{Line, Span, SpanKind};
pub use paths::Paths;
pub use period::Period;
pub use problem::Problem;
pub use role::Launch;
pub use style::{Attrs, Color, Style, Underline};
pub use time::Timestamp;
pub use watched::Watched;
