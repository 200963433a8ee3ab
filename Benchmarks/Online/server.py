# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A server under load from a second process: requests a second, latencies, and its CPU by the system's account."""

import contextlib
import json
import os
import random
import re
import socket
import subprocess
import time
import urllib.request
from dataclasses import asdict, dataclass

from shapes import DATA, ENTITIES, FEATURES, HERE

BODIES = 200


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
    fields = open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def running(command, folder, pattern=None, port=None):
    """Starts a server; waits for the line that tells its address (group `url` of the pattern), or until a port answers."""
    log = open(DATA / "server.log", "w+")
    process = subprocess.Popen([str(word) for word in command], cwd=folder, stdout=log, stderr=log)
    try:
        found = None
        for _ in range(600):
            found = address(pattern, port)
            if found or process.poll() is not None:
                break
            time.sleep(0.1)
        if not found:
            raise SystemExit(f"error: {command[0]} did not start: {(DATA / 'server.log').read_text()[-2000:]}")
        yield process.pid, found
    finally:
        process.terminate()
        process.wait()
        log.close()


def address(pattern, port):
    """Where a server listens; nothing while it does not yet."""
    if pattern:
        found = re.search(pattern, (DATA / "server.log").read_text())
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
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(HERE / "load.lua"), url],
        env={**os.environ, "TALLY_BODIES": str(bodies)}, capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(process) - before
    count, duration, p50, p99, status, broken = map(
        int, re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", text).groups())
    return Result(
        rate=count / (duration / 1e6), p50=p50 / 1000, p99=p99 / 1000, cpu=used / max(1, count) * 1e6,
        errors=status + broken)
