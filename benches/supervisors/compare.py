#!/usr/bin/env python3
"""Runs the programs that misbehave under mux and its peers and prints what became of them.

    MUX_BIN=target/release/mux [SUPERVISORD=…/supervisord] [PM2=…/pm2] benches/supervisors/compare.py [TOOL…]

nohup and tmux are taken from PATH. A tool that is not found is left out. Every tool runs in a HOME of its own with
the settings that it comes with, told only to restart what fails (and what mux calls memory_restart, ready and
start_timeout, where it has something like that). All programs run at once for 25 seconds; the flood for 5.
Only processes that the programs have noted, and the managers that were started here, are signalled.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = sorted(path.stem for path in (HERE / "programs").glob("*.sh"))
# What is to be started again also when it has ended well.
ALWAYS = ["crashes_on_every_third_start"]
WATCHED_SECONDS = 25
FLOOD_SECONDS = 5


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def resident_kib(pid):
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)
    except OSError:
        return 0


class Tool:
    """One manager, with a HOME of its own."""

    name = ""

    def __init__(self, home):
        self.home = Path(home)
        self.notes = self.home / "notes"
        self.notes.mkdir()
        keep = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
        self.env = keep | {"HOME": home, "NOTES": str(self.notes), "SHELL": "/bin/sh", "TERM": "xterm-256color",
                           "XDG_RUNTIME_DIR": f"{home}/run", "TMUX_TMPDIR": home}
        (self.home / "run").mkdir(mode=0o700)

    def call(self, *words, check=True):
        done = subprocess.run(words, env=self.env, cwd=self.home, stdin=subprocess.DEVNULL, text=True, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: {done.stdout}")
        return done.stdout

    def pids(self, program):
        try:
            return [int(line) for line in (self.notes / program).read_text().split()]
        except FileNotFoundError:
            return []

    def script(self, program):
        return str(HERE / "programs" / f"{program}.sh")

    def begin(self): ...
    def start(self, program): raise NotImplementedError
    def stop(self, program): raise NotImplementedError
    def says(self, program): return ""
    def log(self, program): return None
    def managers(self): return []
    def end(self): ...


class Nohup(Tool):
    name = "nohup"

    def __init__(self, home):
        super().__init__(home)
        self.started = {}

    def start(self, program):
        with open(self.home / f"{program}.out", "wb") as out:
            self.started[program] = subprocess.Popen(
                ["nohup", "sh", self.script(program)], env=self.env, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, start_new_session=True)

    def stop(self, program):
        self.started[program].terminate()

    def says(self, program):
        return "nothing"

    def log(self, program):
        return self.home / f"{program}.out"


class Tmux(Tool):
    name = "tmux"

    def tmux(self, *words, check=True):
        return self.call("tmux", "-L", "compare", *words, check=check)

    def begin(self):
        self.tmux("new-session", "-d", "-s", "keep", "sleep 10000")

    def start(self, program):
        self.tmux("new-session", "-d", "-s", program, f"exec sh {self.script(program)}")

    def stop(self, program):
        self.tmux("kill-session", "-t", program, check=False)

    def says(self, program):
        there = self.tmux("list-sessions", "-F", "#{session_name}").split()
        return "session is there" if program in there else "session is gone"

    def managers(self):
        return [int(self.tmux("display-message", "-p", "#{pid}"))]

    def end(self):
        self.tmux("kill-server", check=False)


class Supervisor(Tool):
    name = "Supervisor"

    def begin(self):
        sections = [f"""[program:{program}]
command=sh {self.script(program)}
autorestart={"true" if program in ALWAYS else "unexpected"}
exitcodes=0
""" for program in PROGRAMS]
        (self.home / "supervisord.conf").write_text(f"""[supervisord]
logfile={self.home}/supervisord.log
pidfile={self.home}/supervisord.pid
childlogdir={self.home}
[unix_http_server]
file={self.home}/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://{self.home}/supervisor.sock
""" + "".join(section.replace("autorestart", "autostart=false\nautorestart") for section in sections))
        self.call(os.environ["SUPERVISORD"], "-c", f"{self.home}/supervisord.conf")
        deadline = time.monotonic() + 10
        while not (self.home / "supervisor.sock").exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    def ctl(self, *words):
        control = str(Path(os.environ["SUPERVISORD"]).with_name("supervisorctl"))
        return self.call(control, "-c", f"{self.home}/supervisord.conf", *words, check=False)

    def start(self, program):
        # supervisorctl waits until it has started; the others do not.
        subprocess.Popen([str(Path(os.environ["SUPERVISORD"]).with_name("supervisorctl")), "-c",
                          f"{self.home}/supervisord.conf", "start", program], env=self.env,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self, program):
        self.ctl("stop", program)

    def says(self, program):
        return " ".join(self.ctl("status", program).split()[1:])

    def log(self, program):
        return next(self.home.glob(f"{program}-stdout*"), None)

    def managers(self):
        return [int((self.home / "supervisord.pid").read_text())]

    def end(self):
        self.ctl("shutdown")


class Pm2(Tool):
    name = "PM2"

    def __init__(self, home):
        super().__init__(home)
        self.env["PM2_HOME"] = f"{home}/.pm2"

    def pm2(self, *words):
        return self.call(os.environ["PM2"], *words, check=False)

    def begin(self):
        self.pm2("ping")

    def start(self, program):
        more = ["--max-memory-restart", "100M"] if program == "leaks_memory" else []
        more += [] if program in ALWAYS else ["--stop-exit-codes", "0"]
        self.pm2("start", self.script(program), "--interpreter", "sh", "--name", program, *more)

    def stop(self, program):
        self.pm2("stop", program)

    def says(self, program):
        line = next((line for line in self.pm2("ls").splitlines() if f" {program[:20]}" in line), "")
        cells = [cell.strip() for cell in line.split("│")]
        return f"{cells[9]}, {cells[8]} restarts" if len(cells) > 9 else line

    def log(self, program):
        return self.home / ".pm2/logs" / f"{program.replace('_', '-')}-out.log"

    def managers(self):
        return [int((self.home / ".pm2/pm2.pid").read_text())]

    def end(self):
        self.pm2("kill")


class Mux(Tool):
    name = "mux"

    def mux(self, *words, check=True):
        return self.call(os.environ["MUX_BIN"], *words, check=check)

    def begin(self):
        more = {"leaks_memory": 'memory_restart = "100M"\n',
                "never_ready": 'ready = "tcp:59999"\nstart_timeout = "10s"\n'}
        jobs = [f'[job.{program}]\ncmd = "exec sh {self.script(program)}"\n'
                + f'restart = "{"always" if program in ALWAYS else "on-failure"}"\n'
                + more.get(program, "") for program in PROGRAMS]
        (self.home / "mux.toml").write_text("\n".join(jobs))

    def start(self, program):
        subprocess.Popen([os.environ["MUX_BIN"], "up", "mux.toml", program], env=self.env, cwd=self.home,
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self, program):
        self.mux("stop", program, check=False)

    def says(self, program):
        return self.mux("why", program, check=False).strip()

    def log(self, program):
        return self.home / ".local/state/mux/logs" / f"{program}.log"

    def managers(self):
        return [int(self.mux("display-message", "-p", "#{pid}"))]

    def end(self):
        self.mux("kill-server", check=False)


def found(tool):
    place = {"mux": os.environ.get("MUX_BIN"), "Supervisor": os.environ.get("SUPERVISORD"),
             "PM2": os.environ.get("PM2")}.get(tool.name, shutil.which(tool.name))
    return place and Path(place).exists()


def size_of(path):
    folder, stem = (path.parent, path.name) if path else (None, None)
    return sum(file.stat().st_size for file in folder.glob(f"{stem}*")) if folder else 0


def watch(tool):
    rows = {}
    tool.begin()
    for program in PROGRAMS:
        if program != "floods_its_log":
            tool.start(program)
    time.sleep(WATCHED_SECONDS)
    for program in PROGRAMS:
        if program != "floods_its_log":
            rows[program] = {"starts": len(tool.pids(program)), "alive": sum(map(alive, tool.pids(program))),
                             "says": tool.says(program)}
    tool.start("floods_its_log")
    time.sleep(FLOOD_SECONDS)
    rows["floods_its_log"] = {"starts": len(tool.pids("floods_its_log")), "alive": 1,
                              "says": f"log {size_of(tool.log('floods_its_log')) / 1e6:.0f} MB, manager "
                                      f"{sum(map(resident_kib, tool.managers())) / 1024:.0f} MiB"}
    for program in PROGRAMS:
        began = time.monotonic()
        tool.stop(program)
        returned = time.monotonic() - began
        while any(map(alive, tool.pids(program))) and time.monotonic() - began < 15:
            time.sleep(0.02)
        left = sum(map(alive, tool.pids(program)))
        gone = time.monotonic() - began
        rows[program]["stop"] = f"{left} left after 15 s" if left else f"all gone after {max(gone, returned):.1f} s"
    rows["manager killed"] = lose_manager(tool)
    tool.end()
    for program in PROGRAMS:
        for pid in filter(alive, tool.pids(program)):
            os.kill(pid, signal.SIGKILL)
    return rows


def lose_manager(tool):
    """kill -9 of the manager beside a program that runs well: does it live, and does anybody look after it?"""
    if not tool.managers():
        return {"starts": "", "alive": "", "says": "there is none", "stop": ""}
    program = "never_ready" if tool.name != "mux" else "ignores_term"
    before = len(tool.pids(program))
    tool.start(program)
    time.sleep(2)
    for pid in tool.managers():
        os.kill(pid, signal.SIGKILL)
    time.sleep(3)
    pids = tool.pids(program)[before:]
    try:
        says = tool.says(program)
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        says = f"fails: {error}"
    return {"starts": len(pids), "alive": sum(map(alive, pids)), "says": says, "stop": ""}


def main():
    tools = [tool for tool in (Nohup, Tmux, Supervisor, Pm2, Mux)
             if found(tool) and (len(sys.argv) < 2 or tool.name in sys.argv[1:])]
    for tool in tools:
        with tempfile.TemporaryDirectory(prefix="compare-", ignore_cleanup_errors=True) as home:
            rows = watch(tool(home))
        print(f"## {tool.name}\n\n| program | starts | alive at the end | what it says | stop |\n|---|---|---|---|---|")
        for program in [*PROGRAMS, "manager killed"]:
            row = rows[program]
            print(f"| {program} | {row['starts']} | {row['alive']} | {row['says']} | {row['stop']} |")
        print(flush=True)


if __name__ == "__main__":
    main()
