//! What an xterm sends for a key, by the names that tmux's manual uses.

/// The bytes of keys, parted by blanks: `C-b d`, `C-b Up`, `x`.
pub fn bytes(keys: &str) -> Vec<u8> {
    keys.split(' ').flat_map(key).collect()
}

fn key(name: &str) -> Vec<u8> {
    let fixed: &[u8] = match name {
        "Enter" => b"\r",
        "Tab" => b"\t",
        "Space" => b" ",
        "BSpace" => b"\x7f",
        "Escape" => b"\x1b",
        "Up" => b"\x1b[A",
        "Down" => b"\x1b[B",
        "Right" => b"\x1b[C",
        "Left" => b"\x1b[D",
        "Home" => b"\x1b[H",
        "End" => b"\x1b[F",
        "DC" => b"\x1b[3~",
        "PPage" => b"\x1b[5~",
        "NPage" => b"\x1b[6~",
        "S-PPage" => b"\x1b[5;2~",
        "S-NPage" => b"\x1b[6;2~",
        "F1" => b"\x1bOP",
        "F10" => b"\x1b[21~",
        _ => return plain(name),
    };
    fixed.to_vec()
}

fn plain(name: &str) -> Vec<u8> {
    if let Some((mods, arrow)) = name.rsplit_once('-').filter(|(_, key)| key.len() > 1) {
        return modified(mods, arrow);
    }
    if let Some(rest) = name.strip_prefix("M-").filter(|rest| !rest.is_empty()) {
        return [b"\x1b".to_vec(), plain(rest)].concat();
    }
    let mut chars = name.strip_prefix("C-").unwrap_or(name).chars();
    let (Some(c), None) = (chars.next(), chars.next()) else { panic!("no key is called '{name}'") };
    if name.len() > 1 && name.starts_with("C-") {
        return vec![c as u8 & 0x1f];
    }
    c.to_string().into_bytes()
}

/// An arrow with a modifier held (xterm's modifyCursorKeys).
fn modified(mods: &str, arrow: &str) -> Vec<u8> {
    let number = match mods {
        "S" => 2,
        "M" => 3,
        "C" => 5,
        _ => panic!("nothing is held for '{mods}'"),
    };
    let letter = match arrow {
        "Up" => 'A',
        "Down" => 'B',
        "Right" => 'C',
        "Left" => 'D',
        _ => panic!("'{arrow}' is no arrow"),
    };
    format!("\x1b[1;{number}{letter}").into_bytes()
}

/// A turn of the wheel at a cell (from 0), in the SGR encoding of xterm (mode 1006).
pub fn wheel(up: bool, row: u16, col: u16) -> Vec<u8> {
    let button = if up { 64 } else { 65 };
    mouse(button, row, col, 'M')
}

/// What the mouse does at a cell (from 0): the button's code, and `M` for down or `m` for up.
pub fn mouse(code: u16, row: u16, col: u16, last: char) -> Vec<u8> {
    format!("\x1b[<{code};{};{}{last}", col + 1, row + 1).into_bytes()
}

/// A click with the left button at a cell (from 0).
pub fn click(row: u16, col: u16) -> Vec<u8> {
    [mouse(0, row, col, 'M'), mouse(0, row, col, 'm')].concat()
}

/// Text as a terminal pastes it when bracketed paste (mode 2004) is on.
pub fn pasted(text: &str) -> Vec<u8> {
    format!("\x1b[200~{text}\x1b[201~").into_bytes()
}

#[test]
fn keys_have_an_xterms_bytes() {
    assert_eq!(bytes("C-b d"), b"\x02d");
    assert_eq!(bytes("C-b Up %"), b"\x02\x1b[A%");
    assert_eq!(bytes("M-n M-Up S-Left C-o"), b"\x1bn\x1b[1;3A\x1b[1;2D\x0f");
    assert_eq!(wheel(true, 0, 4), b"\x1b[<64;5;1M");
}
