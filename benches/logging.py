#!/usr/bin/env python3
"""What a log costs a job: the same lines are printed by turns in a job, whose output is logged, and in a plain pane.

    MUX_BIN=target/release/mux benches/logging.py [MEGABYTES [ROUNDS]]

The program itself takes the time until its last byte is taken from it. Its lines are those of a web server's log, in
writes of 64 KiB; the log is cut each 10 MiB, packed, and kept, as by default. Prints each pair, and the median of
their ratios.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = """
import sys, termios, time
size, told = int(sys.argv[1]), sys.argv[2]
line = b'2026-11-21T10:00:00.%03dZ INFO request %016x took %d ms\\n'
block = b''.join(line % (at % 1000, at * 0x9e3779b97f4a7c15 % 2**64, at % 977) for at in range(1000))
begun, done = time.monotonic(), 0
while done < size:
    done += sys.stdout.buffer.raw.write(block)
termios.tcdrain(sys.stdout)
with open(told + '.part', 'w') as file:
    file.write(str(time.monotonic() - begun))
import os
os.rename(told + '.part', told)
"""


def measured(mux, home, words, told, size):
    program = [sys.executable, f"{home}/program.py", str(size), str(told)]
    subprocess.run([*mux, *words, *program], env=ENV, cwd=home, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL)
    limit = time.monotonic() + 120
    while not told.exists():
        if time.monotonic() > limit:
            sys.exit("the program did not end within 120 seconds")
        time.sleep(0.02)
    return float(told.read_text())


megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 64
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
with tempfile.TemporaryDirectory(prefix="mux-bench-") as home:
    keep = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    ENV = keep | {"HOME": home, "XDG_RUNTIME_DIR": f"{home}/run", "SHELL": "/bin/sh", "TERM": "xterm-256color"}
    os.mkdir(f"{home}/run", 0o700)
    Path(home, "program.py").write_text(PROGRAM)
    mux = [str(Path(os.environ.get("MUX_BIN", "target/release/mux")).resolve())]
    subprocess.run([*mux, "new", "-d", "-s", "bench", "sh"], env=ENV, cwd=home, check=True)
    ratios = []
    try:
        for number in range(rounds):
            ways = {"logged": ["run", "-d", "-s", f"job{number}", "--"], "plain": ["new-window", "-d", "-t", "bench", "--"]}
            order = list(ways) if number % 2 else list(ways)[::-1]
            took = {way: measured(mux, home, ways[way], Path(home, f"{way}{number}"), megabytes << 20) for way in order}
            rate = {way: megabytes / seconds for way, seconds in took.items()}
            ratios.append(rate["logged"] / rate["plain"])
            print(f"logged {rate['logged']:6.1f} MB/s   plain {rate['plain']:6.1f} MB/s   {ratios[-1]:.2f}", flush=True)
    finally:
        subprocess.run([*mux, "kill-server"], env=ENV, cwd=home, check=False)
        time.sleep(0.5)
print(f"median of {rounds}: a job with its log has {statistics.median(ratios):.2f} of a plain pane's throughput")
