//! Where `link-window` and `move-window` put a window.

use super::prelude::*;

#[derive(Args)]
pub struct Placing {
    /// Right behind the window that -t names
    #[arg(short = 'a')]
    after: bool,
    /// Right before it
    #[arg(short = 'b', conflicts_with = "after")]
    before: bool,
    /// Do not make it the current one there
    #[arg(short = 'd')]
    background: bool,
    /// Take out the window that has the index; it is closed where no other session has it
    #[arg(short = 'k')]
    kill: bool,
    /// The window
    #[arg(short = 's', value_name = "WINDOW")]
    pub source: Option<String>,
    /// The session, or `session:index`
    #[arg(short = 't', value_name = "WINDOW")]
    pub target: Option<String>,
}

impl Placing {
    pub fn destination(&self, call: &Call<'_>) -> Result<model::Destination> {
        let target = self.target.as_deref();
        let shift = self.after || self.before;
        let (session, index) =
            if shift { call.beside(target, self.after)? } else { call.state.find_place(target, call.origin)? };
        Ok(model::Destination { session, index, shift, replace: self.kill, background: self.background })
    }
}
