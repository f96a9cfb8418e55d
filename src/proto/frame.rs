//! Frames: a little-endian `u32` length, then that many bytes of one bincode message. Lengths are checked before
//! anything is allocated, and a decoder never holds more than one frame and what one read brought behind it.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::limits::MAX_FRAME;

const PREFIX: usize = 4;

/// The peer sent what is no message; the connection cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error("a frame of {0} bytes is longer than {MAX_FRAME}")]
    TooLong(usize),
    #[error("a frame that is no message: {0}")]
    Malformed(String),
}

fn config() -> impl bincode::config::Config {
    bincode::config::standard().with_limit::<MAX_FRAME>()
}

/// Appends one framed message to `out`.
pub fn encode(message: &impl Serialize, out: &mut Vec<u8>) -> Result<(), FrameError> {
    let start = out.len();
    out.extend([0; PREFIX]);
    let written =
        bincode::serde::encode_into_std_write(message, out, config()).map_err(|e| FrameError::Malformed(e.to_string()));
    match written {
        Ok(length) if length <= MAX_FRAME => {
            out[start..start + PREFIX].copy_from_slice(&(length as u32).to_le_bytes());
            Ok(())
        }
        Ok(length) => {
            out.truncate(start);
            Err(FrameError::TooLong(length))
        }
        Err(error) => {
            out.truncate(start);
            Err(error)
        }
    }
}

/// Cuts a stream of bytes into messages.
#[derive(Debug)]
pub struct Decoder<M> {
    buffer: Vec<u8>,
    /// Bytes at the start of `buffer` that are already taken.
    taken: usize,
    message: PhantomData<fn() -> M>,
}

impl<M> Default for Decoder<M> {
    fn default() -> Self {
        Self { buffer: Vec::new(), taken: 0, message: PhantomData }
    }
}

impl<M: DeserializeOwned> Decoder<M> {
    /// Adds what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.taken);
        self.taken = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message, if one is there. After an error the stream is useless.
    pub fn next_message(&mut self) -> Result<Option<M>, FrameError> {
        let waiting = &self.buffer[self.taken..];
        let Some((prefix, rest)) = waiting.split_first_chunk::<PREFIX>() else { return Ok(None) };
        let length = u32::from_le_bytes(*prefix) as usize;
        if length > MAX_FRAME {
            return Err(FrameError::TooLong(length));
        }
        let Some(payload) = rest.get(..length) else { return Ok(None) };
        let (message, used) =
            bincode::serde::decode_from_slice(payload, config()).map_err(|e| FrameError::Malformed(e.to_string()))?;
        if used != length {
            return Err(FrameError::Malformed(format!("{} bytes too many", length - used)));
        }
        self.taken += PREFIX + length;
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_cut_of_the_stream_gives_the_same_messages(
            messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 1..8),
            cuts in prop::collection::vec(1usize..40, 1..20),
        ) {
            let mut stream = Vec::new();
            for message in &messages {
                encode(message, &mut stream).unwrap();
            }
            let mut decoder = Decoder::<Vec<u8>>::default();
            let mut got = Vec::new();
            let mut cuts = cuts.into_iter().cycle();
            let mut rest = &stream[..];
            while !rest.is_empty() {
                let (part, behind) = rest.split_at(cuts.next().unwrap().min(rest.len()));
                decoder.push(part);
                while let Some(message) = decoder.next_message().unwrap() {
                    got.push(message);
                }
                rest = behind;
            }
            prop_assert_eq!(got, messages);
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut decoder = Decoder::<Vec<String>>::default();
            decoder.push(&bytes);
            while let Ok(Some(_)) = decoder.next_message() {}
        }
    }

    #[test]
    fn a_length_beyond_the_bound_is_refused_before_the_bytes_come() {
        let mut decoder = Decoder::<Vec<u8>>::default();
        decoder.push(&(MAX_FRAME as u32 + 1).to_le_bytes());
        assert!(matches!(decoder.next_message(), Err(FrameError::TooLong(_))));
    }

    #[test]
    fn a_count_inside_a_message_cannot_make_it_allocate() {
        let mut decoder = Decoder::<Vec<u64>>::default();
        decoder.push(&[9, 0, 0, 0, 253, 255, 255, 255, 255, 255, 255, 255, 127]);
        assert!(matches!(decoder.next_message(), Err(FrameError::Malformed(_))));
    }
}
