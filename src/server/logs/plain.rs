//! Lines of a log that need no terminal to be read: what they hold, and their text.

/// What a line does beyond being one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nature {
    /// Text, and colours at most.
    Calm,
    /// It moves the cursor, or removes what is there.
    Moving,
    /// It changes how all that follows is shown: scroll regions, other screens, character sets.
    Lasting,
}

/// Looks at a line without its end.
pub fn nature(line: &[u8]) -> Nature {
    let mut nature = Nature::Calm;
    let mut rest = line;
    while let Some(at) = rest.iter().position(|byte| (*byte < 0x20 && *byte != b'\t') || *byte == 0x7f) {
        let (byte, after) = (rest[at], &rest[at + 1..]);
        (rest, nature) = match byte {
            // NUL, BEL and DEL show nothing.
            0 | 7 | 0x7f => (after, nature),
            0x1b => {
                let (length, found) = escape(after);
                (&after[length.min(after.len())..], nature.max(found))
            }
            0x0e | 0x0f => return Nature::Lasting,
            _ => (after, nature.max(Nature::Moving)),
        };
    }
    nature
}

/// Bytes of a sequence behind its ESC, and what it does.
fn escape(rest: &[u8]) -> (usize, Nature) {
    match rest.first() {
        Some(b'[') => {
            let Some(end) = rest[1..].iter().position(|byte| (0x40..=0x7e).contains(byte)) else {
                // It goes on in what follows.
                return (rest.len(), Nature::Lasting);
            };
            (end + 2, control(&rest[1..end + 1], rest[end + 1]))
        }
        Some(b']' | b'P' | b'X' | b'^' | b'_') => {
            let end = rest.iter().position(|byte| matches!(byte, 7 | 0x1b));
            match end {
                Some(end) if rest[end] == 7 => (end + 1, Nature::Calm),
                Some(end) => (end + 2, Nature::Calm),
                None => (rest.len(), Nature::Lasting),
            }
        }
        // DECSC, DECRC, IND, NEL, RI.
        Some(b'7' | b'8' | b'D' | b'E' | b'M') => (1, Nature::Moving),
        Some(b'=' | b'>') => (1, Nature::Calm),
        // Into ASCII, which programs say without having left it.
        Some(b'(') if rest.get(1) == Some(&b'B') => (2, Nature::Calm),
        _ => (rest.len().min(1), Nature::Lasting),
    }
}

/// What a control sequence of these parameters does.
fn control(parameters: &[u8], last: u8) -> Nature {
    match (parameters.first(), last) {
        (Some(b'>' | b'<' | b'='), _) | (_, b'm' | b'n' | b'c' | b't' | b'q' | b'u') => Nature::Calm,
        (Some(b'?'), b'h' | b'l') => match &parameters[1..] {
            b"25" | b"1" | b"12" | b"2004" | b"2026" | b"1000" | b"1002" | b"1003" | b"1006" | b"1004" => Nature::Calm,
            _ => Nature::Lasting,
        },
        (_, b'r' | b'h' | b'l') => Nature::Lasting,
        _ => Nature::Moving,
    }
}

/// The text of a calm line.
pub fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(&filtered(line, false)).into_owned()
}

/// The same with its colours, which end with it.
pub fn colored(line: &[u8]) -> String {
    let mut bytes = filtered(line, true);
    if memchr::memchr(0x1b, &bytes).is_some() {
        bytes.extend_from_slice(b"\x1b[m");
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn filtered(line: &[u8], colors: bool) -> Vec<u8> {
    let mut text = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.iter().position(|byte| (*byte < 0x20 && *byte != b'\t') || *byte == 0x7f) {
        text.extend_from_slice(&rest[..at]);
        let after = &rest[at + 1..];
        rest = after;
        if line[line.len() - after.len() - 1] == 0x1b {
            let (length, _) = escape(after);
            let (sequence, behind) = after.split_at(length.min(after.len()));
            if colors && sequence.first() == Some(&b'[') && sequence.last() == Some(&b'm') {
                text.push(0x1b);
                text.extend_from_slice(sequence);
            }
            rest = behind;
        }
    }
    text.extend_from_slice(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_what_they_do() {
        for (line, expected) in [
            (&b"plain \xc3\xa4\t."[..], Nature::Calm),
            (b"\x1b[1;31mred\x1b[m\x1b]0;title\x07\x1b[?25l", Nature::Calm),
            (b"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", Nature::Calm),
            (b"10%\r20%", Nature::Moving),
            (b"\x1b[2Aup", Nature::Moving),
            (b"\x1b[K", Nature::Moving),
            (b"\x1b[?1049h", Nature::Lasting),
            (b"\x1b[1;5r", Nature::Lasting),
            (b"\x1b(0", Nature::Lasting),
            (b"torn \x1b[3", Nature::Lasting),
        ] {
            assert_eq!(nature(line), expected, "{:?}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn text_is_without_colours_or_with_them() {
        assert_eq!(text(b"\x1b[1;31mERROR\x1b[m: \x1b(Bfull\x07"), "ERROR: full");
        assert_eq!(colored(b"\x1b[31mx\x1b]0;t\x07y"), "\x1b[31mxy\x1b[m");
        assert_eq!(text(b"\x1b[31"), "");
        assert_eq!(text(b"a\xffb"), "a\u{fffd}b");
    }
}
