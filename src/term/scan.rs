//! Finding the end of a run of bytes that need no decision each. Whole blocks are judged at once, which the compiler
//! does with vector instructions; what is left, and every short run, in words of eight bytes.

const BLOCK: usize = 32;

/// The lowest bit of each byte of a word, and the highest.
const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);

/// How many bytes at the start are printable ASCII (0x20 to 0x7e).
#[inline]
pub(super) fn printable_ascii(bytes: &[u8]) -> usize {
    let others = |word: u64| {
        // No byte carries into the next: each is judged by its seven low bits.
        let control = !((word | HIGH) - 0x20 * LOW);
        let delete = (word & !HIGH) + LOW;
        word | control | delete
    };
    prefix(bytes, |byte| byte.wrapping_sub(0x20) < 0x5f, others)
}

/// How many bytes come before what can end a string: any C0 control.
#[inline]
pub(super) fn string_end(bytes: &[u8]) -> usize {
    prefix(bytes, |byte| byte >= 0x20, |word| !((word | HIGH) - 0x20 * LOW) & !word)
}

/// How many bytes come before a C0 control, DEL, or what may begin a C1 control in UTF-8 (0xc2).
#[inline]
pub(super) fn text_end(bytes: &[u8]) -> usize {
    let others = |word: u64| {
        let control = !((word | HIGH) - 0x20 * LOW) & !word;
        // Zero where the byte is DEL, or 0xc2: then adding seven bits of ones carries nothing into the highest.
        let is_not = |byte: u64| {
            let rest = word ^ (byte * LOW);
            ((rest & !HIGH) + !HIGH) | rest
        };
        control | !(is_not(0x7f) & is_not(0xc2))
    };
    prefix(bytes, |byte| byte >= 0x20 && byte != 0x7f && byte != 0xc2, others)
}

/// How many bytes at the start belong to a run. `others` sets the highest bit of each byte that does not.
#[inline(always)]
fn prefix(bytes: &[u8], belongs: impl Fn(u8) -> bool, others: impl Fn(u64) -> u64) -> usize {
    let word = |at: usize| {
        let chunk = bytes.get(at..)?.first_chunk()?;
        let others = others(u64::from_le_bytes(*chunk)) & HIGH;
        Some(others.trailing_zeros() as usize / 8)
    };
    // Most runs are words of some letters.
    let mut length = match word(0) {
        Some(8) => 8,
        Some(end) => return end,
        None => 0,
    };
    if length > 0 {
        for block in bytes[length..].chunks_exact(BLOCK) {
            if !block.iter().fold(true, |all, &byte| all & belongs(byte)) {
                break;
            }
            length += BLOCK;
        }
        while let Some(count) = word(length) {
            length += count;
            if count < 8 {
                return length;
            }
        }
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
            assert_eq!(string_end(&bytes), length);
            bytes[length] = 0xff;
            assert_eq!((printable_ascii(&bytes), string_end(&bytes)), (length, length + 2));
        }
    }

    #[test]
    fn every_byte_is_judged_alike_alone_and_in_company() {
        for byte in 0..=u8::MAX {
            for place in 0..48 {
                let mut bytes = [b'x'; 48];
                bytes[place] = byte;
                let printable = (0x20..0x7f).contains(&byte);
                assert_eq!(printable_ascii(&bytes), if printable { 48 } else { place }, "{byte:#x} at {place}");
                assert_eq!(string_end(&bytes), if byte < 0x20 { place } else { 48 }, "{byte:#x} at {place}");
                let ends = byte < 0x20 || byte == 0x7f || byte == 0xc2;
                assert_eq!(text_end(&bytes), if ends { place } else { 48 }, "{byte:#x} at {place}");
            }
        }
    }
}
