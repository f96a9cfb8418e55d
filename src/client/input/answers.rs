//! What a terminal answers to what it was asked.

use super::{parameter, part};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::client) enum Answer {
    /// DA1: its class and what it can, by DEC's numbers. Every terminal answers that.
    Attributes(Vec<u32>),
    /// XTVERSION: its name, mostly with a version.
    Name(String),
    /// DECRPM: how a private mode is set, by DEC's numbers; 0 is for one that it does not know.
    Mode { mode: u32, state: u32 },
    /// The flags of kitty's keyboard protocol: it knows that.
    Keyboard,
    /// A colour that was asked for (OSC 10, 11), as it says it.
    Color { number: u32, value: String },
    /// XTGETTCAP: it has these capabilities, by terminfo's names.
    Capabilities(Vec<String>),
    /// Some other; it is no key.
    Other,
}

/// `CSI ? …`, `CSI > …` and `CSI = …`.
pub(super) fn report(parameters: &[u8], last: u8) -> Option<Answer> {
    let (mark, rest) = (parameters[0], &parameters[1..]);
    let number = |place| part(parameter(rest, place), 0);
    Some(match (mark, last) {
        (b'?', b'c') => Answer::Attributes(rest.split(|byte| *byte == b';').filter_map(|n| part(n, 0)).collect()),
        (b'?', b'u') => Answer::Keyboard,
        (b'?', b'y') if rest.ends_with(b"$") => {
            let state = part(rest[..rest.len() - 1].rsplit(|byte| *byte == b';').next().unwrap_or_default(), 0);
            Answer::Mode { mode: number(0)?, state: state? }
        }
        _ => Answer::Other,
    })
}

/// The inside of an OSC or a DCS.
pub(super) fn string(introducer: u8, body: &[u8]) -> Option<Answer> {
    let text = String::from_utf8_lossy(body);
    Some(match introducer {
        b']' => match text.split_once(';') {
            Some((number, value)) => {
                number.parse().map_or(Answer::Other, |number| Answer::Color { number, value: value.to_owned() })
            }
            None => Answer::Other,
        },
        _ => match (text.strip_prefix(">|"), text.strip_prefix("1+r")) {
            (Some(name), _) => Answer::Name(name.chars().filter(|c| !c.is_control()).collect()),
            (None, Some(pairs)) => {
                let names = pairs.split(';').filter_map(|pair| unhex(pair.split('=').next()?));
                Answer::Capabilities(names.collect())
            }
            _ => Answer::Other,
        },
    })
}

fn unhex(text: &str) -> Option<String> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    let bytes = digits?.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    String::from_utf8(bytes).ok()
}
