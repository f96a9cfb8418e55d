"""Asks the xterm that it runs in what each case of answers.txt does, and writes the answers there.

    xvfb-run xterm -ti vt420 -u8 -geometry 20x6 -xrm 'XTerm*checksumExtension: 55' \\
        -xrm 'XTerm*boldColors: false' -e python3 tests/term/xterm/record.py tests/term/xterm/answers.txt

What the lines mean is told in ../xterm.rs. A new case is a line `case ...`; its answers are written below it.
checksumExtension 55 makes DECRQCRA of one cell tell its character.
"""

import os
import re
import select
import sys
import termios
import tty

COLS, ROWS = 20, 6
NAMED = {"\\e": "\x1b", "\\n": "\n", "\\r": "\r", "\\t": "\t", "\\b": "\b"}
# Out of every mode and off the alternate screen; RIS alone leaves its text and cursor, and DECNRCM.
FRESH = "\x18\x1b[?42l\x1b%G\x1b[m\x1b[?1049h\x1b[H\x1b7\x1b[?1049l\x1bc"
# CPR, DECCIR, DECRQSS of both margins, DECTABSR
STATE = "\x1b[6n\x1b[1$w\x1bP$qr\x1b\\\x1bP$qs\x1b\\\x1b[2$w"
PLACES = [f"{row};{col};{row};{col}" for row in range(1, ROWS + 1) for col in range(1, COLS + 1)]
# XTREPORTSGR and DECRQCRA of each cell, for which DECOM must be off; the last answer ends a round.
CELLS = "\x1b[?6l" + "".join(f"\x1b[{place}#|\x1b[1;1;{place}*y" for place in PLACES) + "\x1b[99;1;1;1;1;1*y"


def ask(terminal, text):
    answer, rest = b"", text.encode()
    while not re.search(rb"99!~....\x1b\\$", answer):
        readable, writable, _ = select.select([terminal], [terminal] if rest else [], [], 5)
        if not readable and not writable:
            raise TimeoutError(f"no answer to {text!r}")
        if readable:
            answer += os.read(terminal, 65536)
        if writable:
            rest = rest[os.write(terminal, rest[:1024]) :]
    return answer.decode("latin-1")


def look(sgr, char):
    """Attributes, then foreground and background, as far as they show; the spaces of erased cells have no more."""
    parts = [part for part in sgr.split(";")[1:] if not part.startswith("-") and "-" not in part]
    if char == " " and "7" not in parts:
        parts = [part for part in parts if re.match(r"4(;|$|\d|8:)|10\d", part)]
    return ";".join(sorted(parts, key=lambda part: (len(part) > 1, int(re.match(r"\d+", part)[0]))))


def runs(looks):
    found = []
    for col, one in enumerate(looks, 1):
        if found and found[-1][2] == one:
            found[-1][1] = col
        else:
            found.append([col, col, one])
    return " ".join(f"{first}-{last}={one}" for first, last, one in found if one)


def answers(terminal, case, fill):
    text = re.sub(r"\\(x..|.)", lambda code: NAMED.get(code[0]) or chr(int(code[1][1:], 16)), case)
    said = ask(terminal, FRESH + text.replace("<fill>", fill) + STATE + CELLS)
    place, cursor, rows, cols, tabs = re.match(
        r"\x1b\[(.*?)R\x1bP1\$u(.*?)\x1b\\\x1bP1\$r(.*?)r\x1b\\\x1bP1\$r(.*?)s\x1b\\\x1bP2\$u(.*?)\x1b\\", said
    ).groups()
    flags, gl, sets = [cursor.split(";", 9)[field] for field in (5, 6, 9)]
    yield f"at {place} {flags}{gl}{sets} {rows} {cols} {tabs}"
    looks = re.findall(r"\x1b\[([^R]*?)m\x1bP1!~", said)
    chars = [int(number, 16) for number in re.findall(r"P1!~(....)", said)]
    assert len(looks) == len(chars) == COLS * ROWS, said
    # The second half of a wide character is 0xffff.
    chars = ["" if number == 0xFFFF else chr(number) for number in chars]
    for row in range(ROWS):
        cells = slice(row * COLS, (row + 1) * COLS)
        shown = "".join(chars[cells]).rstrip()
        blank = fill.split("H")[row + 1].split("\x1b")[0] if "<fill>" in case else ""
        if shown != blank:
            yield f"{row + 1}|{shown}"
        if styled := runs([look(*pair) for pair in zip(looks[cells], chars[cells])]):
            yield f"{row + 1} {styled}"


def main(path):
    terminal = os.open("/dev/tty", os.O_RDWR)
    tty.setraw(terminal)
    lines = open(path, encoding="utf-8").read().splitlines()
    fill = "".join(
        f"\x1b[{row + 1}H" + "".join(chr(0x61 + (row * COLS + col) % 26) for col in range(COLS)) for row in range(ROWS)
    )
    out = [line for line in lines if line.startswith("#")]
    for line in lines:
        if line.startswith("case "):
            out += [line, *answers(terminal, line[5:], fill)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


if __name__ == "__main__":
    attributes = termios.tcgetattr(0)
    try:
        main(sys.argv[1])
    finally:
        termios.tcsetattr(0, termios.TCSANOW, attributes)
