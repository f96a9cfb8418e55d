//! Byte streams of the shapes that programs print, for an area of 180x40: the same as the end-to-end benchmark's.

/// SplitMix64: the corpora are the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn within(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn text(&mut self, least: usize, most: usize, first: u32, behind: u32) -> String {
        (0..self.within(least, most)).map(|_| self.char_within(first, behind)).collect()
    }

    fn char_within(&mut self, first: u32, behind: u32) -> char {
        char::from_u32(first + self.below((behind - first) as usize) as u32).unwrap_or('?')
    }
}

pub const WIDTH: usize = 180;
pub const HEIGHT: usize = 40;

const WORDS: &str = "accept address agent async batch block buffer build cache call channel check chunk client \
    close cluster commit config connect copy count cursor data debug decode delete deploy done \
    encode engine entry error event exec fetch field file filter flush frame GET group handle \
    header host index init insert item job key kernel layer limit line link list load lock \
    loop main map memory merge message metric mode module mount name node object open packet \
    page panic parse path peer pending ping pool port POST process proxy query queue read ready \
    record region release request reset result retry route run scan schema segment send server \
    session shard signal size socket split stack start state stop store stream switch sync table \
    task thread tick timer token total trace update upload user value vector version wait worker \
    write zone";
const LEVELS: [&str; 8] = ["INFO", "INFO", "INFO", "DEBUG", "DEBUG", "WARN", "ERROR", "TRACE"];

struct Source {
    random: Random,
    words: Vec<&'static str>,
}

impl Source {
    fn new(seed: u64) -> Self {
        Self { random: Random(seed), words: WORDS.split(' ').filter(|word| !word.is_empty()).collect() }
    }

    fn word(&mut self) -> &'static str {
        self.words[self.random.below(self.words.len())]
    }

    fn words(&mut self, length: usize) -> String {
        let mut text = String::new();
        while text.len() < length {
            text.push_str(self.word());
            if self.random.below(5) > 0 {
                text.push(' ');
            } else {
                text.push_str(&format!("={} ", self.random.below(99_999)));
            }
        }
        text.truncate(length);
        text.trim_end().to_owned()
    }

    fn clock(&mut self, number: usize) -> String {
        let (day, hour, minute) = (1 + number / 86_400 % 28, number / 3600 % 24, number / 60 % 60);
        format!("2026-03-{day:02}T{hour:02}:{minute:02}:{:02}.{:03}Z", number % 60, self.random.below(1000))
    }

    fn log_line(&mut self, number: usize, length: usize) -> String {
        let clock = self.clock(number);
        let level = self.random.one_of(&LEVELS);
        let head = format!("{clock} {level:5} {}::{}: ", self.word(), self.word());
        let words = self.words(length.saturating_sub(head.len()).max(1));
        head + &words
    }
}

/// Calls `piece` until there are `size` bytes.
fn gather(size: usize, mut piece: impl FnMut(usize) -> String) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(size + 100_000);
    for number in 0.. {
        if bytes.len() >= size {
            break;
        }
        bytes.extend_from_slice(piece(number).as_bytes());
    }
    bytes
}

pub fn ascii(size: usize) -> Vec<u8> {
    let mut source = Source::new(1);
    gather(size, |number| {
        let length = source.random.within(50, 140);
        source.log_line(number, length) + "\r\n"
    })
}

pub fn sgr(size: usize) -> Vec<u8> {
    let mut source = Source::new(1);
    gather(size, |number| {
        let level = source.random.one_of(&LEVELS);
        let color = match level {
            "INFO" => "32",
            "DEBUG" => "36",
            "WARN" => "1;33",
            "ERROR" => "1;37;41",
            _ => "2",
        };
        let clock = source.clock(number);
        let indexed = source.random.within(16, 255);
        let (r, g, b) = (source.random.below(256), source.random.below(256), source.random.below(256));
        let (one, two, three) = (source.word(), source.word(), source.word());
        let (before, after) = (source.random.within(5, 30), source.random.within(5, 30));
        let (before, after) = (source.words(before), source.words(after));
        let value = source.random.below(99_999);
        format!(
            "\x1b[2m{clock}\x1b[0m \x1b[{color}m{level:5}\x1b[0m \x1b[38;5;{indexed}m{one}\x1b[0m::\x1b[4m{two}\
             \x1b[24m: {before} \x1b[38;2;{r};{g};{b}m{three}\x1b[39m=\x1b[1m{value}\x1b[22m {after}\x1b[K\r\n"
        )
    })
}

pub fn utf8(size: usize) -> Vec<u8> {
    let mut source = Source::new(1);
    gather(size, |_| {
        let pieces: Vec<String> = (0..source.random.within(3, 12)).map(|_| utf8_piece(&mut source)).collect();
        pieces.join(" ") + "\r\n"
    })
}

fn utf8_piece(source: &mut Source) -> String {
    const COMBINING: [&str; 5] = ["\u{301}", "\u{308}", "\u{303}", "\u{327}", "\u{330}"];
    const CLUSTERS: [&str; 5] =
        ["\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", "\u{1f44d}\u{1f3fd}", "🇪🇺", "\u{2764}\u{fe0f}", "🧑\u{200d}💻"];
    let random = &mut source.random;
    match random.below(8) {
        0 => random.text(3, 12, 0x4e00, 0x9fa0),
        1 => random.text(3, 10, 0x3042, 0x3093),
        2 => random.text(2, 8, 0xac00, 0xd7a4),
        3 => {
            let emoji: Vec<String> = (0..random.within(1, 4))
                .map(|_| match random.below(69) {
                    index @ 0..=4 => CLUSTERS[index].to_owned(),
                    index => char::from_u32(0x1f600 + index as u32 - 5).unwrap_or('?').to_string(),
                })
                .collect();
            emoji.join(" ")
        }
        4 => (0..random.within(3, 9))
            .map(|_| random.one_of(&["a", "e", "i", "o", "u", "n", "c"]).to_owned() + random.one_of(&COMBINING))
            .collect(),
        5 => random.text(3, 12, 0x430, 0x450),
        6 => random.text(3, 12, 0x2500, 0x2580),
        _ => source.word().to_owned(),
    }
}

/// Every cell placed and coloured on its own, frame after frame.
pub fn dense(size: usize) -> Vec<u8> {
    let mut bytes = b"\x1b[?1049h".to_vec();
    bytes.extend(gather(size, |frame| {
        let mut text = String::new();
        let c = char::from(b'A' + (frame % 26) as u8);
        for row in 1..=HEIGHT {
            for col in 1..=WIDTH {
                let index = row + col + frame;
                let (fg, bg) = (index % 156 + 100, 255 - index % 156);
                text.push_str(&format!("\x1b[{row};{col}H\x1b[38;5;{fg};48;5;{bg};1;3;4m{c}"));
            }
        }
        text
    }));
    bytes
}

/// Lines scrolled within a region, with lines inserted and deleted.
pub fn region(size: usize) -> Vec<u8> {
    let mut source = Source::new(1);
    let last = HEIGHT - 5;
    let mut bytes = format!("\x1b[2J\x1b[5;{last}r\x1b[{last};1H").into_bytes();
    bytes.extend(gather(size, |_| match source.random.below(100) {
        0 | 1 => format!("\x1b[5;1H\x1bM{}\x1b[{last};1H", source.words(60)),
        2 | 3 => {
            let (row, count) = (source.random.within(6, 29), source.random.within(1, 3));
            format!("\x1b[{row};1H\x1b[{count}{}\x1b[{last};1H", source.random.one_of(&["L", "M"]))
        }
        _ => {
            let length = source.random.within(20, 120);
            source.words(length) + "\r\n"
        }
    }));
    bytes
}

/// An editor: the alternate screen redrawn from home, line by line, in colours.
pub fn altscreen(size: usize) -> Vec<u8> {
    let mut source = Source::new(1);
    let mut bytes = b"\x1b[?1049h\x1b[2J".to_vec();
    bytes.extend(gather(size, |_| {
        let mut text = "\x1b[?25l\x1b[H".to_owned();
        for row in 0..HEIGHT {
            let length = source.random.within(60, WIDTH - 10);
            let line = source.words(length);
            let (before, after) = line.split_at(source.random.within(5, 50));
            let color = source.random.within(1, 7);
            text.push_str(&format!("\x1b[33m{:4} \x1b[3{color}m{before}\x1b[39m{after}\x1b[K", row + 1));
            text.push_str(if row < HEIGHT - 1 { "\r\n" } else { "" });
        }
        text + "\x1b[?25h"
    }));
    bytes
}

/// Lines of 5,000 to 60,000 characters.
pub fn longlines(size: usize) -> Vec<u8> {
    let mut source = Source::new(1);
    gather(size, |_| {
        let length = source.random.within(5000, 60_000);
        source.words(length) + "\r\n"
    })
}

pub type Corpus = (&'static str, fn(usize) -> Vec<u8>);

pub const ALL: [Corpus; 7] = [
    ("ascii", ascii),
    ("sgr", sgr),
    ("utf8", utf8),
    ("dense", dense),
    ("region", region),
    ("altscreen", altscreen),
    ("longlines", longlines),
];

/// Log lines of 80 columns, for measuring history: plain, coloured, with 20 CJK ideographs.
pub fn log_lines(kind: &str, count: usize) -> Vec<u8> {
    let mut source = Source::new(2);
    let mut bytes = Vec::new();
    for number in 0..count {
        let length = source.random.within(60, 99);
        let line = source.log_line(number, length);
        let line = match kind {
            "sgr" => {
                let color = source.random.within(1, 6);
                format!("\x1b[2m{}\x1b[0m \x1b[1;3{color}m{}\x1b[0m {}", &line[..24], &line[25..30], &line[31..])
            }
            "utf8" => {
                let wide: String = (0..20).map(|_| source.random.char_within(0x4e00, 0x9fa0)).collect();
                line[..40].to_owned() + &wide
            }
            _ => line,
        };
        bytes.extend_from_slice(line.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}
