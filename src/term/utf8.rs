//! Decoding UTF-8 character by character, a word of four bytes at a time.
//!
//! What is well-formed stands in table 3-7 of the Unicode standard; here it is said by what the decoded value may be:
//! not less than its length is for, no surrogate, not beyond U+10FFFF.

const LOW: u32 = 0x3f;

/// The character at the start and its length in bytes; `None` where there is none that is whole and well-formed.
#[inline(always)]
pub(super) fn first(bytes: &[u8]) -> Option<(char, usize)> {
    let word = word(bytes);
    if word >> 31 == 0 {
        return if bytes.is_empty() { None } else { Some((char::from((word >> 24) as u8), 1)) };
    }
    let (code, length) = if let Some(code) = three(word) {
        (code, 3)
    } else if let Some(code) = two(word) {
        (code, 2)
    } else {
        (four(word)?, 4)
    };
    Some((char::from_u32(code)?, length))
}

/// The first four bytes, the first the highest; zeros, which continue no character, for what is not there.
#[inline(always)]
pub(super) fn word(bytes: &[u8]) -> u32 {
    match bytes.first_chunk() {
        Some(&whole) => u32::from_be_bytes(whole),
        None => bytes.iter().fold((0, 24), |(word, shift), &byte| (word | u32::from(byte) << shift, shift - 8)).0,
    }
}

/// The value of a character of two bytes.
#[inline(always)]
pub(super) fn two(word: u32) -> Option<u32> {
    let code = word >> 18 & 0x7c0 | word >> 16 & LOW;
    (word & 0xe0c0_0000 == 0xc080_0000 && code >= 0x80).then_some(code)
}

/// The value of a character of three bytes; may be a surrogate.
#[inline(always)]
pub(super) fn three(word: u32) -> Option<u32> {
    let code = word >> 12 & 0xf000 | word >> 10 & LOW << 6 | word >> 8 & LOW;
    (word & 0xf0c0_c000 == 0xe080_8000 && code >= 0x800).then_some(code)
}

/// The value of a character of four bytes; may be beyond the last.
#[inline(always)]
fn four(word: u32) -> Option<u32> {
    let code = word >> 6 & 0x1c_0000 | word >> 4 & LOW << 12 | word >> 2 & LOW << 6 | word & LOW;
    (word & 0xf8c0_c0c0 == 0xf080_8080 && code >= 0x1_0000).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_decoded() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let mut bytes = [0; 8];
            let length = c.encode_utf8(&mut bytes).len();
            assert_eq!(first(&bytes), Some((c, length)));
            assert_eq!(first(&bytes[..length]), Some((c, length)));
            assert!((0..length).all(|cut| first(&bytes[..cut]).is_none()), "{c:?}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        const ENDS: [u8; 14] = [0, b'x', 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xf0, 0xff];
        for one in 0..=u8::MAX {
            for [two, three, four] in ENDS
                .iter()
                .flat_map(|&two| ENDS.iter().flat_map(move |&three| ENDS.iter().map(move |&four| [two, three, four])))
            {
                let bytes = [one, two, three, four];
                let valid = match std::str::from_utf8(&bytes) {
                    Ok(text) => text.chars().next(),
                    Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap().chars().next(),
                };
                assert_eq!(first(&bytes).map(|(c, _)| c), valid, "{bytes:x?}");
            }
        }
    }
}
