//! What stands for a character where there is no more than ASCII: on a terminal that does not read UTF-8, and in mux's
//! own frames where the user wants borders so (`pane-border-lines simple`). Nothing else decides that.

/// How much of what is drawn has to do with ASCII.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Charset {
    #[default]
    Unicode,
    /// Frames and marks of mux's own are plain; texts stay.
    PlainFrames,
    /// The terminal shows nothing else.
    Ascii,
}

/// Whether a terminal reads UTF-8, by the variables of locale(7). Where none is set nobody has said that it does not.
pub(super) fn reads_utf8(var: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(var).find(|value| !value.is_empty());
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// What stands for a frame's or mark's character; a text's own stays.
pub(super) fn mark(symbol: &str) -> &str {
    match symbol {
        "─" | "━" | "═" => "-",
        "│" | "┃" | "║" => "|",
        "←" => "<",
        "→" => ">",
        "↑" => "^",
        "↓" => "v",
        "·" | "•" | "…" | "▁" | "▂" => ".",
        "▃" | "▄" => ":",
        "▅" | "▆" => "|",
        "▇" | "█" => "#",
        "▸" | "▶" => ">",
        "▾" | "▼" => "v",
        "✓" => "+",
        "✗" => "x",
        "●" => "*",
        "○" => "o",
        _ if is_joint(symbol) => "+",
        _ => symbol,
    }
}

/// The rest of Box Drawing (U+2500 to U+257F): corners and where lines meet.
fn is_joint(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    matches!((chars.next(), chars.next()), (Some('\u{2500}'..='\u{257f}'), None))
}

/// What stands for any character: tmux's `_` where there is nothing like it.
pub(super) fn plain(c: char) -> char {
    let mut text = [0; 4];
    let like = mark(c.encode_utf8(&mut text)).chars().next().unwrap_or('_');
    if like.is_ascii() { like } else { '_' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_become_plain_and_texts_stay() {
        let shown: String = "┌─┬┐│├┼╮╬═…→█aé漢".chars().map(plain).collect();
        assert_eq!(shown, "+-++|++++-.>#a__");
        assert_eq!((mark("é"), mark("漢"), mark("e\u{301}")), ("é", "漢", "e\u{301}"));
    }

    #[test]
    fn a_terminal_reads_utf8_unless_its_locale_says_otherwise() {
        let reads = |vars: &'static [(&str, &str)]| {
            reads_utf8(|name| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        assert!(reads(&[]) && reads(&[("LANG", "C.UTF-8")]) && reads(&[("LC_ALL", ""), ("LANG", "de_DE.utf8")]));
        assert!(!reads(&[("LANG", "C")]) && !reads(&[("LC_ALL", "POSIX"), ("LANG", "C.UTF-8")]));
    }
}
