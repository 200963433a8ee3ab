# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A server under load from a second process: requests a second, latencies, and its CPU by the system's account.

The server has one core to itself, the load another, so that requests a second are those of one core.
"""

import contextlib
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import asdict, dataclass

import sampling
from shapes import DATA, ENTITIES, FEATURES, HERE

BODIES = 200
GROUPS = [
    ("finding cells in LMDB", r"liblmdb|memcmp"),
    ("verifying checksums", r"CRC32C"),
    ("digits of numbers and times", r"ShortestDecimal|OutputRawSpan"),
    ("the digest of the receipt", r"7Receipt|[Ss][Hh][Aa]256"),
    ("writing JSON: other", r"JSONWriter|VectorsAnswer"),
    ("taking rows apart", r"VectorValues|OnlineCell|12VectorAnswer"),
    ("reading the request", r"JSONScanner|VectorsBody|ColumnSet"),
]
SERVER_CORE, LOAD_CORE = ["taskset", "-c", "0"], ["taskset", "-c", "1"]


@dataclass
class Result:
    """What one run of the load saw."""

    rate: float
    # Milliseconds.
    p50: float
    p99: float
    # Microseconds of the server's CPU for each request.
    cpu: float
    errors: int

    def json(self):
        return asdict(self)


def cpu_seconds(process):
    """Of this one process: a server that leaves the work to others has to be judged by its answers."""
    fields = open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def running(command, folder, pattern=None, port=None, log=None):
    """Starts a server; waits for the line that tells its address (group `url` of the pattern), or until a port answers."""
    path = DATA / (log or f"server-{port or 0}.log")
    words = open(path, "w+")
    process = subprocess.Popen([*SERVER_CORE, *map(str, command)], cwd=folder, stdout=words, stderr=words)
    try:
        found = None
        for _ in range(600):
            found = address(pattern, path, port)
            if found or process.poll() is not None:
                break
            time.sleep(0.1)
        if not found:
            raise SystemExit(f"error: {command[0]} did not start: {path.read_text()[-2000:]}")
        yield process.pid, found
    finally:
        process.terminate()
        process.wait()
        words.close()


def address(pattern, path, port):
    """Where a server listens; nothing while it does not yet."""
    if pattern:
        found = re.search(pattern, path.read_text())
        return found and found["url"]
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return f"http://127.0.0.1:{port}"
    return None


def native(load, keys):
    return {"service": load.name, "entities": {"user_id": keys}}


def feast(load, keys):
    names = [f"view{view}:view{view}_f{index}" for view in range(1, load.views + 1) for index in range(FEATURES)]
    return {"features": names, "entities": {"user_id": keys}}


def write_bodies(load, shape):
    path = DATA / f"bodies-{load.name}-{shape.__name__}.jsonl"
    draw = random.Random(7)
    with open(path, "w") as file:
        for _ in range(BODIES):
            file.write(json.dumps(shape(load, [draw.randrange(ENTITIES) for _ in range(load.entities)])) + "\n")
    return path


def answer_bytes(url, bodies):
    """The size of a real answer, which has to be a good one."""
    body = open(bodies).readline().encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return len(response.read())


def press(process, url, bodies, connections, seconds):
    """Keeps so many connections busy."""
    before = cpu_seconds(process)
    text = subprocess.run(
        [*LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(HERE / "load.lua"), url],
        env={**os.environ, "TALLY_BODIES": str(bodies)}, capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(process) - before
    count, duration, p50, p99, status, broken = map(
        int, re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", text).groups())
    return Result(
        rate=count / (duration / 1e6), p50=p50 / 1000, p99=p99 / 1000, cpu=used / max(1, count) * 1e6,
        errors=status + broken)


def profile(process, url, bodies, connections, seconds):
    """The shares of the server's CPU by what it does; None where `perf` is not there."""
    if not shutil.which("perf"):
        print("==> perf is not here: no profile (Debian: linux-perf)", file=sys.stderr)
        return None
    record = DATA / "perf.data"
    recorder = subprocess.Popen(
        ["perf", "record", *sampling.OPTIONS, "-o", record, "-p", str(process), "--", "sleep", str(seconds)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    press(process, url, bodies, connections, seconds)
    recorder.wait()
    counts = Counter(sampling.group(frames, GROUPS, "HTTP, tasks and the system") for frames in sampling.samples(record))
    record.unlink(missing_ok=True)
    total = sum(counts.values())
    return [(name, count / total) for name, count in counts.most_common()]
