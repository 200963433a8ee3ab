#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Times `get` in process and over HTTP beside Feast's SDK and server; writes docs/benchmarks-python-get.md.

Each way is a client process of its own, against one server for all. The values of each are held against what was
materialized, and a difference ends the run with an error. Standard library only.
"""

import contextlib
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import time

from problems import FEAST, HOME, PYTHON, QUICK, ROOT
from served import CALLS, FEATURES, KEYS, VIEWS, names, value

import quiet
import run as end_to_end
from markdown import table
from shapes import DOCUMENTS

HERE = ROOT / "Benchmarks" / "Python"
PLACE = HOME / "get"
DOCUMENT = DOCUMENTS / "benchmarks-python-get.md"
TITLES = {
    "process": "`ts.open().get`, in process", "json": "`ts.connect().get`, JSON", "arrow": "`ts.connect().get`, Arrow",
    "feast-sdk": "Feast's SDK, SQLite", "feast-http": "Feast's server, SQLite"}
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "Python"), "FEAST_USAGE": "False"}


class NotStarted(Exception):
    """A server that ended before it answered, or answered too late; what it said."""


def calls(way):
    """How many are timed: Feast's take tens of milliseconds each."""
    return 200 if QUICK or way.startswith("feast") else 2_000


def cpu_seconds(process):
    """Of a server and its workers."""
    workers = open(f"/proc/{process}/task/{process}/children").read().split()
    fields = open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(cpu_seconds, workers))


def spent():
    """Seconds that cores were at work for anybody, that they were for what was started here and has ended, and of the clock."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return quiet.ticks()[0], usage.ru_utime + usage.ru_stime, time.monotonic()


@contextlib.contextmanager
def serving(command, folder, found):
    """A server, until `found` tells its address out of what it said."""
    log = HOME / f"get-{folder.name}.log"
    with open(log, "w") as words:
        process = subprocess.Popen([*map(str, command)], cwd=folder, stdout=words, stderr=words, env=ENVIRONMENT)
        try:
            until = time.monotonic() + 90
            while not (url := found(log.read_text())):
                if process.poll() is not None or time.monotonic() > until:
                    raise NotStarted(f"{command[0]}: {log.read_text()[-2000:]}")
                time.sleep(0.05)
            yield process.pid, url
        finally:
            process.terminate()
            process.wait()


def spoken(text):
    match = re.search(r"listening on (\S+)", text)
    return match and match[1]


def answering(port):
    def found(_):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return f"http://127.0.0.1:{port}"

    return found


def client(way, place, keys, views, server):
    """One client; its times, its CPU and that of the server for each call."""
    python = FEAST / "bin" / "python" if way == "feast-sdk" else PYTHON
    before = cpu_seconds(server) if server else 0.0
    words = [python, HERE / "get.py", way, place, keys, views, calls(way)]
    told = json.loads(subprocess.check_output([*map(str, words)], env=ENVIRONMENT).splitlines()[-1])
    # The warm-up and the last call are the server's work too.
    count = calls(way) + min(50, calls(way)) + 1
    wanted = {name: [value(name, key) for key in told["keys"]] for name in names(views)}
    if told["values"] != wanted:
        sys.exit(f"error: {way} with {keys} keys gave other values than were materialized")
    walls = sorted(told["walls"])
    return {
        "calls": len(walls), "p50": walls[len(walls) // 2] * 1e6, "p99": walls[len(walls) * 99 // 100] * 1e6,
        "cpu": told["cpu"] * 1e6, "server": (cpu_seconds(server) - before) / count * 1e6 if server else 0.0}


def measured():
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    subprocess.run([PYTHON, HERE / "fill.py", "ours", PLACE / "ours"], check=True, env=ENVIRONMENT)
    with contextlib.ExitStack() as stack:
        tally = [ROOT / ".build" / "release" / "tally", "serve", "-C", PLACE / "ours", "--port", "0", "--log", "error"]
        server, url = stack.enter_context(serving(tally, PLACE / "ours", spoken))
        ways = {"process": (PLACE / "ours", None), "json": (url, server), "arrow": (url, server)}
        if (FEAST / "bin" / "feast").exists():
            subprocess.run(
                [FEAST / "bin" / "python", HERE / "fill.py", "feast", PLACE / "feast"], check=True, env=ENVIRONMENT,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            theirs = [FEAST / "bin" / "feast", "serve", "-p", "7567", "--no-access-log"]
            ways["feast-sdk"] = (PLACE / "feast", None)
            try:
                server, url = stack.enter_context(serving(theirs, PLACE / "feast", answering(7567)))
                ways["feast-http"] = (url, server)
            except NotStarted as failure:
                print(f"==> SKIPPED: Feast's server did not start: {str(failure)[-200:]}", file=sys.stderr)
        else:
            print("==> SKIPPED: Feast is not installed for the benchmark", file=sys.stderr)
        return {call: {way: client(way, place, *call, server) for way, (place, server) in ways.items()} for call in CALLS}


def lines(found, is_quiet):
    rows = []
    for way, run in found.items():
        plain = [f"{run[name]:,.0f}" for name in ("p50", "p99", "cpu", "server")] if is_quiet else []
        ratios = [f"{run[name] / found['process'][name]:.1f}" for name in ("p50", "p99")]
        both = (run["cpu"] + run["server"]) / found["process"]["cpu"]
        rows.append([TITLES[way], run["calls"], *plain, *ratios, f"{both:.1f}"])
    plain = ["median us", "p99 us", "client CPU us", "server CPU us"] if is_quiet else []
    return table(["way", "calls", *plain, "median over in process", "p99 over in process", "CPU of both over in process"], rows)


def main():
    signs = quiet.settle()
    before = spent()
    found = measured()
    busy, own, passed = (after - start for after, start in zip(spent(), before))
    others = [max(0.0, (busy - own) / passed)]
    is_quiet = quiet.was_quiet(signs, others)
    parts = [
        f"## {keys} x {views * FEATURES}\n\n{lines(runs, is_quiet)}\n" for (keys, views), runs in found.items()]
    for (keys, views), runs in found.items():
        told = ", ".join(f"{way} {run['p50']:,.0f} us" for way, run in runs.items())
        print(f"==> get {keys} x {views * FEATURES}, medians: {told}", file=sys.stderr)
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(f"""# Benchmarks of `get` from Python

Written by `scripts/bench --python`; do not edit. {end_to_end.today()}, commit `{end_to_end.git("rev-parse", "--short=12", "HEAD")}`.

{quiet.sentence(signs, others)}
{KEYS:,} keys, {VIEWS} views of {FEATURES} float64 features. Each call has keys drawn anew, and ends with values as Python lists; up to 50 calls warm up. Client and server share the machine. All values of a last call were the materialized ones. Redis below Feast was not measured.

{chr(10).join(parts)}""")
    print(f"==> wrote {DOCUMENT.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
