//! Pasted text. It may come from anywhere, so it must not be able to leave the bracket or act as keys that the
//! user did not see: control characters but tab and line ends are dropped (xterm's disallowedPasteControls goes
//! as far), which takes the closing `ESC [ 201 ~` apart as well.

/// Bracketed (mode 2004) or bare; line ends become CR, as the Enter key would send.
pub(super) fn encode(bracketed: bool, text: &str, out: &mut Vec<u8>) {
    if bracketed {
        out.extend_from_slice(b"\x1b[200~");
    }
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                out.push(b'\r');
                chars.next_if_eq(&'\n');
            }
            '\n' => out.push(b'\r'),
            '\t' => out.push(b'\t'),
            c if c.is_control() => {}
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    if bracketed {
        out.extend_from_slice(b"\x1b[201~");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pasted(bracketed: bool, text: &str) -> String {
        let mut out = Vec::new();
        encode(bracketed, text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn line_ends_are_what_enter_sends() {
        assert_eq!(pasted(false, "a\nb\r\nc\rd\t"), "a\rb\rc\rd\t");
    }

    #[test]
    fn a_paste_cannot_close_its_bracket() {
        assert_eq!(pasted(true, "x\x1b[201~rm\x07\u{9b}201~"), "\x1b[200~x[201~rm201~\x1b[201~");
    }
}
