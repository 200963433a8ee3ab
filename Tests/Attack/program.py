# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The program under attack: a repository of its own, commands, and a server that listens on loopback."""

import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import time

KEYS = 10_000
FEATURES = 20

DEFINITIONS = """
kind: Entity
name: place
joinKeys: [{name: id, type: int64}]
---
kind: Source
name: readings
path: data/*.csv
eventTime: ts
---
kind: FeatureView
name: gauge
owner: attack
entities: [place]
source: readings
features:
%s
---
kind: FeatureService
name: weather
features: [gauge]
"""


class Program:
    """Runs commands in a repository."""

    def __init__(self, program, folder):
        self.program = str(pathlib.Path(program).absolute())
        self.folder = pathlib.Path(folder)

    def make(self):
        """Writes the repository, and fills its store."""
        (self.folder / "definitions").mkdir(parents=True)
        (self.folder / "data").mkdir()
        (self.folder / "tally.yaml").write_text("project: attack\n", encoding="utf-8")
        features = "".join(f"  - {{name: f{number}, type: float64}}\n" for number in range(FEATURES))
        (self.folder / "definitions" / "all.yaml").write_text(DEFINITIONS % features.rstrip(), encoding="utf-8")
        with open(self.folder / "data" / "a.csv", "w", encoding="utf-8") as file:
            file.write("id,ts," + ",".join(f"f{number}" for number in range(FEATURES)) + "\n")
            for key in range(KEYS):
                file.write(f"{key},2024-01-05T10:00:00Z," + ",".join(
                    f"{key * 7 + number}.25" for number in range(FEATURES)) + "\n")
        for command in ("apply", "materialize"):
            done = self.run(command)
            if done.returncode:
                raise RuntimeError(f"tally {command} ended with {done.returncode}: {done.stderr}")

    def run(self, *arguments, timeout=60, before=()):
        """Runs a command to its end."""
        return subprocess.run([*before, self.program, *arguments], cwd=self.folder, capture_output=True, text=True,
                              timeout=timeout, check=False)


class Server:
    """A server that runs while a `with` lasts."""

    def __init__(self, program, *arguments, before=()):
        self.program, self.arguments, self.before = program, arguments, before

    def __enter__(self):
        self.log = open(self.program.folder / "server.log", "ab")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [*self.before, self.program.program, "serve", "--port", "0", "--log", "warning", "--drain", "0s", *self.arguments],
            cwd=self.program.folder,
            stdout=subprocess.PIPE, stderr=self.log)
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        line = self.process.stdout.readline().decode() if ready else ""
        found = re.search(r":(\d+)\s*$", line)
        if not found:
            self.process.kill()
            raise RuntimeError(f"the server does not listen: {line!r}")
        self.port = int(found.group(1))
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        self.log.close()

    @property
    def is_alive(self):
        """Whether the process runs."""
        return self.process.poll() is None

    def memory(self):
        """The bytes that the process holds."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) * 1024

    def peak(self):
        """The most bytes that the process has held."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmHWM:\s+(\d+)", text).group(1)) * 1024

    def threads(self):
        """How many threads the process has."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"Threads:\s+(\d+)", text).group(1))

    def connect(self, timeout=20):
        """A connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def ask(self, method, path, body=None, fields=(), timeout=20):
        """Asks on a connection of its own: status, fields, body and seconds."""
        start = time.monotonic()
        with self.connect(timeout) as connection:
            connection.sendall(request(method, path, body, fields))
            return (*answer(connection), time.monotonic() - start)

    def live(self):
        """The seconds that `/livez` takes."""
        status, _, _, seconds = self.ask("GET", "/livez")
        return seconds if status == 200 else float("inf")


def request(method, path, body=None, fields=()):
    """The bytes of a request; a field with the value None is left out."""
    known = {"Host": "localhost", "Content-Type": "application/json"} | dict(fields)
    if body is not None:
        known.setdefault("Content-Length", str(len(body)))
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in known.items() if value is not None)
    return head.encode() + b"\r\n" + (body or b"")


def answer(connection):
    """Reads one answer: status, fields and body; status 0 where the connection ended before."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = receive(connection)
        if not part:
            return 0, {}, data
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    status = int(lines[0].split(" ")[1])
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    length = int(fields.get("content-length", 0))
    if status == 100:
        length = 0
    while len(body) < length:
        part = receive(connection)
        if not part:
            break
        body += part
    return status, fields, body


def receive(connection):
    """Some bytes; none at the end of the connection, however it ends."""
    try:
        return connection.recv(1 << 16)
    except (ConnectionError, socket.timeout):
        return b""


def vectors(keys, features=None):
    """The body of a request for vectors."""
    body = {"entities": {"id": list(keys)}}
    body |= {"features": features} if features else {"service": "weather"}
    return json.dumps(body).encode()


def limit(kind, count):
    """The words before a command that limit its process: "n" open files, or "v" KiB of addresses, and so its threads."""
    return ["bash", "-c", f'ulimit -{kind} {count} && exec "$@"', "_"]


def environment():
    """The program that is named, else the release one."""
    return os.environ.get("TALLY", ".build/release/tally")
