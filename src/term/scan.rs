//! Finding the end of a run of bytes that need no decision each. Written so that the compiler uses vector
//! instructions: whole blocks are judged at once, only the last one byte by byte.

const BLOCK: usize = 32;

/// How many bytes at the start are printable ASCII (0x20 to 0x7e).
#[inline]
pub(super) fn printable_ascii(bytes: &[u8]) -> usize {
    prefix(bytes, |byte| byte.wrapping_sub(0x20) < 0x5f)
}

/// How many bytes come before a C0 control, DEL, or a C1 control in UTF-8.
#[inline]
pub(super) fn until_control(bytes: &[u8]) -> usize {
    let mut start = 0;
    loop {
        start += prefix(&bytes[start..], |byte| (byte >= 0x20) & (byte != 0x7f) & (byte != 0xc2));
        match bytes[start..] {
            [0xc2, 0x80..=0x9f, ..] => return start,
            [0xc2, ..] => start += 1,
            _ => return start,
        }
    }
}

/// How many bytes come before what can end a string: any C0 control.
#[inline]
pub(super) fn string_end(bytes: &[u8]) -> usize {
    prefix(bytes, |byte| byte >= 0x20)
}

#[inline(always)]
fn prefix(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    let mut length = 0;
    for block in bytes.chunks_exact(BLOCK) {
        if !block.iter().fold(true, |all, &byte| all & belongs(byte)) {
            break;
        }
        length += BLOCK;
    }
    length + bytes[length..].iter().take_while(|&&byte| belongs(byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_is_found_at_every_place() {
        for length in 0..100 {
            let mut bytes = vec![b'x'; length];
            assert_eq!(printable_ascii(&bytes), length);
            bytes.extend_from_slice(b"\x1bx");
            assert_eq!(printable_ascii(&bytes), length);
            assert_eq!(until_control(&bytes), length);
            assert_eq!(string_end(&bytes), length);
            bytes[length] = 0xc2;
            assert_eq!(until_control(&bytes), length + 2);
            bytes[length + 1] = 0x85;
            assert_eq!(until_control(&bytes), length);
        }
    }
}
