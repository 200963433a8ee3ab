# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Attacks with queues: many requests one behind the other, clients that leave behind them, and handshakes without end."""

import gzip
import json
import os
import re
import selectors
import socket
import ssl
import time

from connections import more_files
from network import MIB, Probe, expect, together
from program import Server, answer, receive, request, vectors

PAST = json.dumps({"service": "weather", "entities": {"id": [1]}, "at": "2024-01-04T00:00:00Z"}).encode()


def flood(server, count, data, answers, seconds, ends=False):
    """Sends the same bytes on many connections at once, ends them if told so, and reads what comes; how many answers came."""
    waiting, left, found = selectors.DefaultSelector(), {}, 0
    for _ in range(count):
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex(("127.0.0.1", server.port))
        waiting.register(connection, selectors.EVENT_WRITE | selectors.EVENT_READ)
        left[connection] = data
    end = time.monotonic() + seconds
    while left and found < count * answers and time.monotonic() < end:
        for key, events in waiting.select(0.2):
            connection = key.fileobj
            try:
                if events & selectors.EVENT_WRITE:
                    left[connection] = left[connection][connection.send(left[connection]):]
                    if not left[connection]:
                        if ends:
                            connection.shutdown(socket.SHUT_WR)
                        waiting.modify(connection, selectors.EVENT_READ)
                if events & selectors.EVENT_READ:
                    part = connection.recv(1 << 18)
                    found += part.count(b"HTTP/1.1 ")
                    if part:
                        continue
                else:
                    continue
            except BlockingIOError:
                continue
            except OSError:
                pass
            waiting.unregister(connection)
            connection.close()
            del left[connection]
    for connection in left:
        connection.close()
    return found


def lists_from_many(program):
    """Thirty requests for lists on each of 1,900 connections, and bodies in chunks of a byte, with long words beside them."""
    more_files()
    chunked = request("POST", "/v1/vectors", None, {"Transfer-Encoding": "chunked"})
    # The line with a chunk's size is at most 128 bytes long: a longer one costs its sender the connection.
    chunks = [chunked + (b"1" + word + b"\r\n \r\n") * 1_000 for word in (b"", b";" + b"a" * 120, b";" + b"a" * 1_000)]
    told = []
    with Server(program, "--memory", "512MB") as server:
        for data, answers in ((request("GET", "/v1/services") * 30, 30), *((part, 1) for part in chunks)):
            told.append(f"{beside_flood(server, 1_900, data, answers, 1) * 1000:.0f} ms")
        return "/livez " + ", ".join(told)


def tiny_requests_in_queues(program):
    """Two thousand tiny requests in one piece on each of 1,900 connections: pages, probes, and what is not there."""
    more_files()
    told = []
    for path, ends in (("/", False), ("/nothing", False), ("/livez", True)):
        with Server(program, "--memory", "512MB") as server:
            data = f"GET {path} HTTP/1.1\r\nHost:a\r\n\r\n".encode() * 2_000
            worst = beside_flood(server, 1_900, data, 2_000, 1, ends)
            peak = server.peak() / MIB
            # The program, a third of the memory, and 64 KiB a connection.
            expect(peak < 384, f"{path}: {peak:.0f} MiB at worst")
            told.append(f"{worst * 1000:.0f} ms and {peak:.0f} MiB")
    return "/livez " + ", ".join(told)


def beside_flood(server, count, data, answers, most, ends=False):
    """The longest time of `/livez` while many connections send the same bytes; it may be `most` seconds."""
    usual = min(server.live() for _ in range(5))
    probe = Probe(server)
    probe.start()
    found = flood(server, count, data, answers, 2, ends)
    worst = probe.finish()
    expect(server.is_alive, "the server is gone")
    expect(worst < most + 5 * usual, f"/livez took {worst:.2f} s, usually {usual:.3f} s, {found} answers")
    return worst


def who_left_behind_a_queue(program):
    """Clients that ask for the past again and again without waiting, and then leave: in clear, or by the goodbye of TLS."""
    data, told = request("POST", "/v1/vectors", PAST), []
    # So many rows that an answer takes a while.
    with open(program.folder / "data" / "b.csv", "w", encoding="utf-8") as file:
        file.write("id,ts,f0\n" + "".join(f"{key},2024-01-02T10:00:00Z,1\n" for key in range(150_000)))
    for options in ((), ("--tls-self-signed",)):
        context = ssl._create_unverified_context()  # pylint: disable=protected-access
        with Server(program, "--memory", "512MB", *options) as server:
            def dial(server=server, context=context if options else None):
                connection = server.connect()
                return context.wrap_socket(connection) if context else connection

            def ask(dial=dial):
                with dial() as connection:
                    connection.sendall(data)
                    return answer(connection)[0]
            start = time.monotonic()
            expect(ask() == 200, "the past is not answered")
            usual, open_ones = time.monotonic() - start, []
            for _ in range(18):
                connection = dial()
                open_ones.append(connection)
                connection.settimeout(0.1)
                try:
                    connection.sendall(data * 3_000)
                except OSError:
                    pass
                if options:
                    try:
                        connection.unwrap()
                    except OSError:
                        pass
                else:
                    connection.shutdown(socket.SHUT_WR)
            start = time.monotonic()
            status = ask()
            while status != 200 and time.monotonic() < start + 8:
                time.sleep(0.1)
                status = ask()
            seconds = time.monotonic() - start
            expect(status == 200 and seconds < 4 + 2 * usual, f"{status} after {seconds:.1f} s, usually {usual:.2f} s")
            told.append(f"{seconds:.1f} s {'encrypted' if options else 'in clear'}")
            for connection in open_ones:
                connection.close()
    return ", ".join(told) + " until the next one is answered"


def handshakes_without_end(program):
    """Handshakes of TLS that begin and do not go on, four hundred at once."""
    more_files()
    context = ssl._create_unverified_context()  # pylint: disable=protected-access
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        context.wrap_bio(incoming, outgoing).do_handshake()
    except ssl.SSLWantReadError:
        pass
    hello = outgoing.read()
    with Server(program, "--tls-self-signed", "--memory", "512MB") as server:
        def ask(method, path, body=None):
            start = time.monotonic()
            with context.wrap_socket(server.connect()) as connection:
                connection.sendall(request(method, path, body))
                status = answer(connection)[0]
            expect(status == 200, f"{path}: {status}")
            return time.monotonic() - start
        worst = usual = ask("GET", "/livez")
        open_ones = []
        for number in range(400):
            connection = server.connect()
            connection.sendall((hello, hello[:50], b"", b"\x16\x03\x01\x40\x00" + b"a" * 4_000)[number % 4])
            open_ones.append(connection)
            if number % 40 == 0:
                worst = max(worst, ask("GET", "/livez"), ask("POST", "/v1/vectors", vectors([1])))
        for connection in open_ones:
            connection.close()
        expect(worst < 1 + 5 * usual, f"an answer took {worst:.2f} s, usually {usual:.2f} s")
        return f"slowest {worst * 1000:.0f} ms"


def slowly(connection):
    """The answers on a connection that is read a piece at a time: the status of each, and whether it is whole."""
    data, found = bytearray(), []
    while part := receive(connection):
        data += part
        time.sleep(0.002)
    while data:
        head, _, rest = bytes(data).partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
        found.append((int(head.split()[1]), len(rest) >= length))
        data = bytearray(rest[length:])
    return found


def dial_small(server, context=None):
    """A connection of whose answers the system takes little at once."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    connection.settimeout(10)
    connection.connect(("127.0.0.1", server.port))
    return context.wrap_socket(connection) if context else connection


def answers_before_more(program):
    """Last answers to clients that sent three hundred requests behind: in clear, by TLS, and at a stop; who stays leaves."""
    large, tail = vectors(range(3_000)), request("POST", "/v1/vectors", vectors([1])) * 300
    last = request("POST", "/v1/vectors", large, {"Connection": "close"})
    first = request("POST", "/v1/vectors", large)
    rows = [(last, [200]), (first + b"GET /v1/services HTTP/1.0\r\n\r\n", [200, 200]), (first + b"BAD\r\n\r\n", [200, 400]),
            (first + request("GET", "/v1/services", None, {"Host": "a b"}), [200, 400])]
    tls = ssl._create_unverified_context()  # pylint: disable=protected-access
    for options, context in ((("--drain", "500ms"), None), (("--tls-self-signed", "--drain", "0s"), tls)):
        with Server(program, *options) as server:
            files = len(os.listdir(f"/proc/{server.process.pid}/fd"))
            waiting = [dial_small(server, context) for _ in rows]
            def read(number, waiting=waiting):
                waiting[number].sendall(rows[number][0] + tail)
                return slowly(waiting[number])
            found = together(len(rows), read)
            expect(found == [[(status, True) for status in statuses] for _, statuses in rows], f"{options[0]}: {found}")
            if not context:
                # The clients have not closed their side.
                end = time.monotonic() + 4
                while len(os.listdir(f"/proc/{server.process.pid}/fd")) > files + 1 and time.monotonic() < end:
                    time.sleep(0.02)
                expect(time.monotonic() < end, "connections whose clients stay are kept")
            for connection in waiting:
                connection.close()
            if not context:
                stopping = dial_small(server)
                stopping.sendall(first + tail)
                server.process.terminate()
                found = slowly(stopping)
                expect(found and all(whole for _, whole in found), f"at a stop: {found}")
                stopping.close()
    return f"{2 * len(rows) + 1} whole"


def coded_bodies(program):
    """Bodies that are packed, or say that they are: none is unpacked, none is taken for what it is not."""
    bomb = gzip.compress(b"\n" * 50_000_000)
    with Server(program) as server:
        before = server.memory()
        for coding, body in (("gzip", bomb), ("deflate", bomb), ("br", vectors([1])), ("gzip, identity", bomb)):
            status, _, text, seconds = server.ask("POST", "/v1/vectors", body, {"Content-Encoding": coding})
            expect(status == 422 and b"coded" in text, f"{coding}: {status} {text[:200]}")
            expect(seconds < 2, f"{coding} took {seconds:.1f} s")
        plain = server.ask("POST", "/v1/vectors", vectors([1]), {"Content-Encoding": "identity"})
        expect(plain[0] == 200, f"identity: {plain[0]}")
        grown = (server.memory() - before) >> 20
        expect(grown < 64, f"{grown} MiB more than before")
        return f"refused, {grown} MiB more"


answers_before_more.waits = True


ATTACKS = [lists_from_many, tiny_requests_in_queues, who_left_behind_a_queue, handshakes_without_end, answers_before_more,
           coded_bodies]
