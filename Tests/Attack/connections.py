# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Attacks with connections: too many, too old, and such that never end. Probes must find their way in through all of them."""

import os
import re
import resource
import socket
import ssl
import time
from pathlib import Path

from network import MIB, Probe, expect, together
from program import Server, answer, limit, receive, request, vectors


def more_files(count=8_192):
    """Lets this process hold many connections."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most if most != resource.RLIM_INFINITY and most < count else count, most))


def crowd(server, count, first=b""):
    """Connections that send something or nothing, and then wait; some of them may be closed by the server at once."""
    found = []
    for _ in range(count):
        try:
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            if first:
                connection.sendall(first)
        except ConnectionError:
            continue
        found.append(connection)
    return found


def seconds_of(server):
    """The seconds of a processor that the server has used."""
    fields = open(f"/proc/{server.process.pid}/stat", encoding="utf-8").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def log_of(program):
    """What the server wrote."""
    return (program.folder / "server.log").read_text(encoding="utf-8")


def idle_connections_keep_nobody_out(program):
    """More connections than places: idle ones, half-sent heads and bodies, and kept-alive ones."""
    more_files()
    half = request("POST", "/v1/vectors", None, {"Content-Length": "1000"}) + b"{"
    with Server(program) as server:
        probe = Probe(server)
        probe.start()
        waiting = []
        for first in (b"", b"GET /livez HTT", half, request("GET", "/livez")):
            waiting += crowd(server, 700, first)
            status, _, _, seconds = server.ask("POST", "/v1/vectors", vectors([1]))
            expect(status == 200 and seconds < 5, f"{status} after {seconds:.1f} s beside {len(waiting)} connections")
        worst = probe.finish()
        for connection in waiting:
            connection.close()
        expect(worst < 5, f"/livez took {worst:.1f} s")
    # Encrypted connections of which nobody says a word: a goodbye as TLS wants it would be waited for.
    context = ssl._create_unverified_context()  # pylint: disable=protected-access
    with Server(program, "--tls-self-signed", before=limit("n", 256)) as server:
        silent = crowd(server, 600)
        start = time.monotonic()
        with context.wrap_socket(socket.create_connection(("127.0.0.1", server.port), timeout=10)) as connection:
            connection.sendall(request("GET", "/livez"))
            expect(answer(connection)[0] == 200, "no answer beside silent connections with TLS")
        expect(time.monotonic() - start < 5, f"/livez took {time.monotonic() - start:.1f} s with TLS")
        for connection in silent:
            connection.close()
    return f"{len(waiting)} connections, /livez {worst * 1000:.0f} ms at worst"


def few_files(program):
    """A small limit of open files: fewer connections, told at the start, and no work without end."""
    more_files()
    told = []
    # A limit that may be raised is raised, and nothing is told.
    with Server(program, before=limit("Sn", 64)) as server:
        waiting = crowd(server, 120)
        expect(server.live() < 2 and "open files" not in log_of(program), f"the limit is not raised: {log_of(program)}")
        held = len(os.listdir(f"/proc/{server.process.pid}/fd"))
        expect(held > 120, f"only {held} files are open")
        for connection in waiting:
            connection.close()
    for files, count in ((1_024, 1_100), (64, 120)):
        (program.folder / "server.log").write_bytes(b"")
        with Server(program, "--threads", "2", before=limit("n", files)) as server:
            found = re.search(rf"limit of {files} open files leaves room for (\d+) connections", log_of(program))
            expect(found, f"nothing is told of {files} files: {log_of(program)}")
            told.append(found.group(1))
            waiting = crowd(server, count)
            before = seconds_of(server)
            worst = max(server.live() for _ in range(20))
            time.sleep(1)
            used = seconds_of(server) - before
            expect(worst < 2, f"/livez took {worst:.1f} s with {files} files")
            expect(used < 0.7, f"{used:.1f} s of a processor in one second of rest with {files} files")
            status, _, text, _ = server.ask("POST", "/v1/vectors", vectors([1]))
            expect(status == 200, f"{status} {text[:200]} with {files} files")
            for connection in waiting:
                connection.close()
    return f"room for {' and '.join(told)} connections"


def no_file_left(program):
    """The last open file is taken while the server runs: it rests, says so, and goes on."""
    with Server(program, "--threads", "2") as server:
        server.live()
        highest = max(int(name) for name in os.listdir(f"/proc/{server.process.pid}/fd"))
        before = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (highest + 3, before[1]))
        waiting = crowd(server, 60)
        start = seconds_of(server)
        time.sleep(2)
        used = seconds_of(server) - start
        worst = server.live()
        expect(used < 0.7, f"{used:.1f} s of a processor in two seconds of rest")
        expect(worst < 5, f"/livez took {worst:.1f} s")
        lines = log_of(program).count("cannot be accepted")
        expect(1 <= lines <= 2, f"{lines} lines of the log tell so")
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, before)
        for connection in waiting:
            connection.close()
        time.sleep(1.2)
        expect(server.live() < 1, "/livez is slow afterwards")
        return f"{used:.1f} s of a processor in 2 s, /livez {worst * 1000:.0f} ms"


def until_closed(connection, seconds=5):
    """All bytes up to the end of the connection; the second is whether it ended in time."""
    connection.settimeout(seconds)
    data = b""
    while True:
        try:
            part = connection.recv(1 << 16)
        except ConnectionError:
            return data, True
        except socket.timeout:
            return data, False
        if not part:
            return data, True
        data += part


def old_and_strange(program):
    """HTTP/1.0, HTTP/0.9, versions to come, and no HTTP at all."""
    rows = [(b"GET /livez HTTP/1.0\r\n\r\n", 200), (b"GET /livez HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n", 200),
            (b"HEAD /livez HTTP/1.0\r\n\r\n", 200), (b"GET /metrics HTTP/1.0\r\n\r\n", 200),
            (b"POST /materialize HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", 421),
            (b"POST /v1/vectors HTTP/1.0\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", 422),
            (b"GET /livez HTTP/0.9\r\n\r\n", 400), (b"GET /livez\r\n\r\n", 400), (b"GET /livez HTTP/1.2\r\nHost: a\r\n\r\n", 400),
            (b"GET /livez HTTP/2.0\r\nHost: a\r\n\r\n", 400), (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
            (b"GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400), (b"GET /livez HTTP/1.1\r\n\r\n", 400),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400), (b"\x00" * 64, 400), (b"garbage\r\n\r\n", 400)]
    with Server(program) as server:
        for sent, status in rows:
            with server.connect(5) as connection:
                connection.sendall(sent)
                data, ended = until_closed(connection, 3)
            expect(data.startswith(b"HTTP/1.1 %d " % status), f"{sent[:60]}: {data[:60]}, not {status}")
            expect(ended, f"{sent[:60]}: the connection stays open")
            head, _, body = data.partition(b"\r\n\r\n")
            fields = head.lower()
            expect(b"connection: close" in fields and b"transfer-encoding" not in fields, f"{sent[:60]}: {head}")
            length = int(re.search(rb"content-length: (\d+)", fields).group(1))
            expect(len(body) == (0 if sent.startswith(b"HEAD") else length), f"{sent[:60]}: {len(body)} bytes, not {length}")
        return f"{len(rows)} requests"


def most_buffered():
    """How many bytes the system holds of one connection at most, at its sender and at its receiver."""
    texts = [Path(f"/proc/sys/net/ipv4/{name}").read_text() for name in ("tcp_rmem", "tcp_wmem")]
    return sum(int(text.split()[2]) for text in texts)


def bodies_without_end(program):
    """Bodies that never end, fast and slow, where nobody reads them."""
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    program.run("token", "create", "reader", "--scope", "read")
    targets = [("POST", "/nope"), ("GET", "/livez"), ("PUT", "/v1/vectors"), ("POST", "/v1/vectors"), ("DELETE", "/readyz")]
    with Server(program) as server:
        def send(number):
            method, path = targets[number % len(targets)]
            part, pause = (chunk, 0) if number < len(targets) else (b"1\r\nx\r\n", 0.2)
            sent, start = 0, time.monotonic()
            with server.connect(20) as connection:
                connection.sendall(request(method, path, None, {"Transfer-Encoding": "chunked"}))
                status, fields, _ = answer(connection)
                connection.setblocking(True)
                connection.settimeout(5)
                try:
                    while sent < 200 * MIB and time.monotonic() - start < 20:
                        connection.sendall(part)
                        sent += len(part)
                        time.sleep(pause)
                except OSError:
                    pass
            return status, fields, sent, time.monotonic() - start
        found = together(2 * len(targets), send)
        expect(all(isinstance(one, tuple) and one[0] in (200, 401, 405) for one in found), f"answers {found}")
        most, longest = max(one[2] for one in found), max(one[3] for one in found)
        # The server drops 32 MiB and a little; what the system holds at both ends is sent, and taken by nobody.
        bound = 33 * MIB + most_buffered()
        expect(most < bound, f"{most / MIB:.0f} MiB were taken of one body, more than {bound / MIB:.0f}")
        expect(longest < 16, f"a connection was held for {longest:.0f} s")
        expect(server.live() < 1, "/livez is slow")
        # A body that ends costs no connection.
    program.run("token", "revoke", "reader")
    (program.folder / ".tally" / "tokens.json").unlink()
    with Server(program) as server:
        with server.connect(5) as connection:
            for _ in range(3):
                connection.sendall(request("POST", "/nope", b"x" * 100_000))
                expect(answer(connection)[0] == 404, "a body that nobody reads costs the connection")
    return f"{most / MIB:.0f} MiB and {longest:.0f} s at most"


def a_stop_behind_unread_answers(program):
    """A stop while a client has sent three hundred requests, one behind the other, and reads nothing."""
    with Server(program) as server:
        waiting = []
        for _ in range(3):
            connection = server.connect(5)
            connection.setblocking(False)
            waiting.append(connection)
            try:
                connection.send(request("POST", "/v1/vectors", vectors(range(300))) * 300)
            except BlockingIOError:
                pass
        time.sleep(3)
        start = time.monotonic()
        server.process.terminate()
        server.process.wait(75)
        seconds = time.monotonic() - start
        for connection in waiting:
            connection.close()
    expect(seconds < 13, f"the stop took {seconds:.0f} s")
    expect(server.process.returncode == 0, f"ended with {server.process.returncode}")
    return f"stopped in {seconds:.1f} s"


def a_quiet_end(program):
    """The server ends while bodies are half sent, answers unread and connections idle: no word of the libraries."""
    (program.folder / "server.log").write_bytes(b"")
    for first in (b"", request("POST", "/v1/vectors", None, {"Content-Length": "9"}) + b"{", request("GET", "/livez"),
                  request("POST", "/v1/vectors", vectors(range(10_000)))):
        with Server(program, "--threads", "4") as server:
            waiting = crowd(server, 12, first)
            time.sleep(0.3)
            start = time.monotonic()
        expect(time.monotonic() - start < 15, f"the stop took {time.monotonic() - start:.0f} s")
        expect(server.process.returncode == 0, f"ended with {server.process.returncode}")
        for connection in waiting:
            receive(connection)
            connection.close()
    # What is left of a server may come too late by chance.
    for _ in range(15):
        with Server(program) as server:
            server.live()
    expect("EventLoop" not in log_of(program), f"{log_of(program)[:300]}")
    return "nothing is said"


bodies_without_end.waits = a_quiet_end.waits = a_stop_behind_unread_answers.waits = True


ATTACKS = [idle_connections_keep_nobody_out, few_files, no_file_left, old_and_strange, bodies_without_end,
           a_stop_behind_unread_answers, a_quiet_end]
