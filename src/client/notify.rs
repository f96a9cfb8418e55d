//! What the outer terminal is told for a user who looks elsewhere: most show it as a notification of the desktop.

use crate::base::limits::NOTIFICATION;

/// OSC 777 (`notify;TITLE;BODY`, of rxvt) for terminals that have no other, else OSC 9 (of iTerm2), which most know.
/// Never both: several terminals know both and would tell everything twice. Windows' terminals take OSC 9 with a digit
/// behind it for something else, so that the text always begins with a word of ours.
pub(super) fn notification(text: &str, var: impl Fn(&str) -> Option<String>) -> Vec<u8> {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(NOTIFICATION).collect();
    let term = var("TERM").unwrap_or_default();
    match term.starts_with("rxvt") || term.starts_with("foot") || var("VTE_VERSION").is_some() {
        true => format!("\x1b]777;notify;mux;{clean}\x1b\\"),
        false => format!("\x1b]9;mux: {clean}\x07"),
    }
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, term: &str) -> String {
        let bytes = notification(text, |name| (name == "TERM").then(|| term.to_owned()));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_terminal_is_told_once_in_its_own_way() {
        assert_eq!(told("job web failed", "xterm-256color"), "\x1b]9;mux: job web failed\x07");
        assert_eq!(told("job web failed", "rxvt-unicode"), "\x1b]777;notify;mux;job web failed\x1b\\");
    }

    #[test]
    fn nothing_of_a_text_reaches_beyond_it() {
        let text = told("a\x07\x1b]0;title\u{9c}b\n", "xterm");
        assert_eq!(text, "\x1b]9;mux: a  ]0;title b \x07");
        assert!(told(&"x".repeat(10_000), "foot").len() < 300);
    }
}
