//! Text in the scripts of the world: wide characters, clusters, lines that the margin breaks, links.

use std::sync::atomic::Ordering;

use super::Player;

const WORDS: &[&str] = &[
    "plain",
    "größe",
    "漢字かな",
    "한국어",
    "👩‍👩‍👧",
    "🇩🇪🇫🇷",
    "e\u{301}a\u{308}\u{323}",
    "ทดสอบ",
    "नमस्ते",
    "👍🏽",
    "☂\u{fe0f}",
    "──┼──",
    "\x1b[7mreverse\x1b[27m",
    "\x1b[3;38;2;200;100;50mcolour\x1b[m",
    "\x1b]8;;http://example.org/b\x1b\\link\x1b]8;;\x1b\\",
    "a\tb",
    "x\x08y",
];

pub fn words(player: &mut Player) {
    for number in 0_u64.. {
        let mut text = format!("{number} ");
        for _ in 0..player.chance.below(40) {
            text += *player.chance.one_of(WORDS);
            text += if player.chance.percent(70) { " " } else { "" };
        }
        text += "\r\n";
        player.print(text);
        player.at.store(number, Ordering::Release);
        player.breath();
    }
}
