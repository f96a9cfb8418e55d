//! Numbers in bytes: LEB128, seven bits in a byte, the lowest first.

pub(super) fn put_number(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Two at once: most are small.
#[inline]
pub(super) fn put_numbers(bytes: &mut Vec<u8>, one: u32, two: u32) {
    if one | two < 0x80 {
        bytes.extend_from_slice(&[one as u8, two as u8]);
    } else {
        put_number(bytes, one);
        put_number(bytes, two);
    }
}

/// Reads what was written; short input reads as zeros.
pub(super) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    pub fn number(&mut self) -> u32 {
        let mut value = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte();
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }

    pub fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (now, later) = self.0.split_at_checked(count).unwrap_or((self.0, &[]));
        self.0 = later;
        now
    }
}
