//! An older mux serves here: shall this one?

use crate::base::role;
use crate::proto::hello::Hello;

use super::layer::Confirm;

/// The question, which only `y` answers with yes. Programs go on and clients stay attached either way.
pub(super) fn upgrade(older: &Hello) -> Confirm {
    let own = role::own_executable_for_others().to_string_lossy().into_owned();
    let argv = ["server", "upgrade", "--to", own.as_str()].map(str::to_owned).to_vec();
    let (version, protocol) = (&older.version, older.protocol);
    let question =
        format!("The server is older: mux {version} (protocol {protocol}). Upgrade it? Nothing ends. (y/n) ");
    Confirm::new(question, argv, false)
}
