//! How keys are to be sent: xterm's modifyOtherKeys and the flag stack of the kitty keyboard protocol.

use super::Interpreter;
use crate::base::limits;
use crate::term::modes::KittyFlags;
use crate::term::parser::Csi;

/// The resource number of modifyOtherKeys in XTMODKEYS.
const OTHER_KEYS: u16 = 4;

/// The flags of one screen: those in force, and those below them.
#[derive(Debug, Default)]
pub(super) struct KeyboardStack {
    pub(super) current: KittyFlags,
    pub(super) below: Vec<KittyFlags>,
}

impl KeyboardStack {
    pub fn flags(&self) -> KittyFlags {
        self.current
    }

    fn push(&mut self, flags: KittyFlags) {
        if self.below.len() == limits::TERM_KEYBOARDS {
            self.below.remove(0);
        }
        self.below.push(self.current);
        self.current = flags;
    }

    /// Popping more than there is leaves no flags.
    fn pop(&mut self, count: usize) {
        for _ in 0..count.min(limits::TERM_KEYBOARDS + 1) {
            self.current = self.below.pop().unwrap_or_default();
        }
    }
}

fn flags(value: u16) -> KittyFlags {
    KittyFlags::from_bits_truncate(value.to_le_bytes()[0])
}

impl Interpreter {
    fn keyboard(&mut self) -> &mut KeyboardStack {
        &mut self.keyboards[usize::from(self.screen.is_alternate())]
    }

    fn change_keyboard(&mut self, change: impl FnOnce(&mut KeyboardStack)) {
        change(self.keyboard());
        self.modes.kitty = self.keyboard().flags();
    }

    pub(super) fn push_keyboard(&mut self, value: u16) {
        self.change_keyboard(|stack| stack.push(flags(value)));
    }

    pub(super) fn pop_keyboard(&mut self, count: usize) {
        self.change_keyboard(|stack| stack.pop(count));
    }

    /// 1 sets exactly these flags, 2 adds them, 3 takes them away.
    pub(super) fn set_keyboard(&mut self, value: u16, how: u16) {
        let flags = flags(value);
        self.change_keyboard(|stack| match how {
            1 => stack.current = flags,
            2 => stack.current |= flags,
            3 => stack.current -= flags,
            _ => {}
        });
    }

    pub(super) fn report_keyboard(&mut self) {
        let flags = self.modes.kitty.bits();
        self.outbox.reply(format_args!("\x1b[?{flags}u"));
    }

    pub(super) fn set_key_modifiers(&mut self, csi: &Csi) {
        match csi.raw(0) {
            OTHER_KEYS => self.modes.modify_other_keys = csi.raw(1).min(2) as u8,
            // Without parameters all go back to their first values.
            0 => self.modes.modify_other_keys = 0,
            _ => {}
        }
    }

    pub(super) fn reset_key_modifiers(&mut self, csi: &Csi) {
        if csi.raw(0) == OTHER_KEYS {
            self.modes.modify_other_keys = 0;
        }
    }

    pub(super) fn report_key_modifiers(&mut self, which: u16) {
        if which == OTHER_KEYS {
            let level = self.modes.modify_other_keys;
            self.outbox.reply(format_args!("\x1b[>4;{level}m"));
        }
    }
}
