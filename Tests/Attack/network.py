# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Attacks over the network: who can reach the port must not be able to stop the server or to fill the memory."""

import json
import signal
import threading
import time

from program import Server, answer, request, vectors

MIB = 1 << 20


def expect(condition, message):
    """Ends an attack that got through."""
    if not condition:
        raise AssertionError(message)


class Probe(threading.Thread):
    """Asks for `/livez` again and again; `worst` is the longest that it took."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.worst, self.ends = server, 0.0, threading.Event()

    def run(self):
        while not self.ends.wait(0.02):
            try:
                self.worst = max(self.worst, self.server.live())
            except OSError:
                self.worst = float("inf")

    def finish(self):
        """The longest answer of all."""
        self.ends.set()
        self.join()
        return self.worst


def together(count, work):
    """Does some work many times at once; what it gave."""
    results = [None] * count

    def one(number):
        try:
            results[number] = work(number)
        except OSError as problem:
            results[number] = problem
    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def names_without_end(program):
    """Lists of 300,000 names, from several clients at once."""
    lists = json.dumps({"features": ["gauge:f1"] * 300_000, "entities": {"id": [1]}}).encode()
    different = json.dumps({"features": [f"g{number}:f" for number in range(300_000)], "entities": {"id": [1]}}).encode()
    with Server(program) as server:
        probe = Probe(server)
        probe.start()
        found = together(8, lambda number: server.ask("POST", "/v1/vectors", lists if number % 2 else different))
        worst = probe.finish()
        expect(all(one[0] in (422, 429) for one in found), f"statuses {[one[0] for one in found]}")
        expect(max(one[3] for one in found) < 10, "an answer took over 10 s")
        expect(worst < 2, f"/livez took {worst:.1f} s")
        return f"/livez {worst * 1000:.0f} ms at worst"


def names_of_any_length(program):
    """Names of eight megabytes, for a service, a feature and a column."""
    name = "a" * (7 * MIB)
    with Server(program) as server:
        slowest = 0.0
        for body in ({"service": name, "entities": {"id": [1]}}, {"features": [name + ":f"], "entities": {"id": [1]}},
                     {"features": ["gauge:f1"], "entities": {name: [1]}}, {"service": "weather", name: 1, "entities": {"id": [1]}}):
            for path in ("/v1/vectors", "/get-online-features"):
                status, _, text, seconds = server.ask("POST", path, json.dumps(body).encode())
                slowest = max(slowest, seconds)
                expect(status in (200, 404, 422), f"{path}: {status} {text[:200]}")
                expect(len(text) < 16 * MIB, f"{path}: {len(text)} bytes back")
        expect(slowest < 3, f"an answer took {slowest:.1f} s")
        return f"slowest {slowest * 1000:.0f} ms"


def time_grows_with_the_body(program):
    """An answer to twice the names, or twice the entities, takes at most about twice the time."""
    with Server(program) as server:
        def seconds(status, body):
            # Each body is another one, so that no answer can come from what was kept of an earlier one.
            found = [server.ask("POST", "/v1/vectors", body(turn)) for turn in range(5)]
            expect(all(one[0] == status for one in found), f"status {found[0][0]}: {found[0][2][:200]}")
            return min(one[3] for one in found)

        def names(count):
            return lambda turn: vectors([1], [f"g{turn}:f{number}" for number in range(count)])

        def entities(count):
            return lambda turn: vectors(range(turn, count + turn))
        told = []
        for status, what in ((404, names), (200, entities)):
            small, large = seconds(status, what(5_000)), seconds(status, what(10_000))
            expect(large < 4 * small + 0.05, f"{small:.3f} s for 5,000 {what.__name__}, {large:.3f} s for 10,000")
            told.append(f"{large / small:.1f} times for twice the {what.__name__}")
        return ", ".join(told)


def layouts_without_end(program):
    """Hundreds of requests that each want another layout."""
    with Server(program) as server:
        server.ask("POST", "/v1/vectors", vectors([1]))
        before = server.memory()
        for start in range(400):
            names = ",".join(f'"gauge:f{number}"' for number in range(20))
            body = f'{{"features":[{" " * (500_000 + start)}{names}],"entities":{{"id":[1]}}}}'.encode()
            status, _, text, _ = server.ask("POST", "/v1/vectors", body)
            expect(status == 200, f"{status} {text[:200]}")
        grown = server.memory() - before
        expect(grown < 100 * MIB, f"{grown / MIB:.0f} MiB more than before")
        return f"{grown / MIB:.0f} MiB more"


def one_name_without_end(program):
    """A feature that a short body names again and again."""
    with Server(program, "--memory", "512MB") as server:
        for path in ("/v1/vectors", "/get-online-features"):
            for features in (["gauge:f1"] * 45, ["gauge:f2", *["gauge:f1"] * 9_000]):
                keys = [1, 2, 3] * (3_000 if len(features) < 100 else 33)
                status, _, text, _ = server.ask("POST", path, vectors(keys, features))
                expect(status == 422 and b"gauge:f1" in text and b"twice" in text, f"{status} {text[:200]}")
        expect(server.peak() < 300 * MIB, f"{server.peak() / MIB:.0f} MiB at worst")
        return f"refused by its name, {server.peak() / MIB:.0f} MiB at worst"


def short_questions_with_long_answers(program):
    """Bodies of twenty kilobytes whose answers have megabytes, from many clients that do not read them."""
    body = vectors([1, 2, 3, 4, 5, 6, 7, 8, 9] * 1_100)
    with Server(program, "--memory", "512MB") as server:
        open_ones = []

        def send(_):
            connection = server.connect()
            open_ones.append(connection)
            connection.sendall(request("POST", "/get-online-features", body.replace(b'"service"', b'"feature_service"')))
        probe = Probe(server)
        probe.start()
        together(150, send)
        time.sleep(2)
        small = [server.ask("POST", "/v1/vectors", vectors([1]))[0] for _ in range(20)]
        worst, peak = probe.finish(), server.peak()
        refused = 0
        for connection in open_ones:
            connection.settimeout(1)
            status, fields, _ = answer(connection)
            if status in (429, 503):
                refused += 1
                expect(fields.get("retry-after"), f"{status} without Retry-After")
            connection.close()
        expect(server.is_alive, "the server is gone")
        expect(peak < 400 * MIB, f"{peak / MIB:.0f} MiB at worst")
        expect(refused > 0, "nobody was refused")
        expect(small == [200] * 20, f"small requests got {small}")
        expect(worst < 2, f"/livez took {worst:.1f} s")
        time.sleep(1)
        again = server.ask("POST", "/v1/vectors", body)
        expect(again[0] == 200, f"{again[0]} after all had left")
        return f"{peak / MIB:.0f} MiB at worst, {refused} refused, /livez {worst * 1000:.0f} ms"


def the_past_is_asked_by_many(program):
    """Short bodies that want instants which only the sources know, from many at once, who stay or leave."""
    past = json.dumps({"service": "weather", "entities": {"id": [1]}, "at": "2024-01-04T00:00:00Z"}).encode()
    with Server(program, "--memory", "512MB") as server:
        first = server.ask("POST", "/v1/vectors", past)
        expect(first[0] == 200, f"{first[0]} {first[2][:200]}")
        before, probe = server.threads(), Probe(server)
        probe.start()
        most = [0]

        def ask(_):
            found = server.ask("POST", "/v1/vectors", past, timeout=60)
            most[0] = max(most[0], server.threads())
            return found
        found = together(60, ask)
        statuses = [one[0] for one in found]
        expect(set(statuses) == {200, 429}, f"statuses {set(statuses)}")
        expect(all(one[1].get("retry-after") for one in found if one[0] == 429), "429 without Retry-After")
        for _ in range(100):
            with server.connect() as connection:
                connection.sendall(request("POST", "/v1/vectors", past))
        start = time.monotonic()
        honest = server.ask("POST", "/v1/vectors", past, timeout=60)
        while honest[0] == 429 and time.monotonic() < start + 5:
            time.sleep(0.1)
            honest = server.ask("POST", "/v1/vectors", past, timeout=60)
        seconds, worst, peak = time.monotonic() - start, probe.finish(), server.peak()
        expect(honest[0] == 200 and seconds < 3 + 3 * first[3], f"{honest[0]} after {seconds:.1f} s, where all had left")
        expect(most[0] < before + 20, f"{most[0]} threads, {before} before")
        expect(peak < 400 * MIB, f"{peak / MIB:.0f} MiB at worst")
        expect(worst < 1.5, f"/livez took {worst:.1f} s")
        return (f"{statuses.count(200)} answered, {statuses.count(429)} refused, {most[0]} threads, {peak / MIB:.0f} MiB at worst, "
                f"{seconds:.1f} s after a hundred left")


def columns_given_back(program):
    """A column that comes again and again is given back once."""
    column = '"id": [' + ",".join(["1"] * 10_000) + "]"
    body = ('{"features": ["gauge:f1"], "entities": {' + ", ".join([column] * 300) + "}}").encode()
    with Server(program) as server:
        status, _, text, _ = server.ask("POST", "/get-online-features", body)
        expect(status in (200, 422), f"{status} {text[:200]}")
        expect(len(text) < len(body), f"{len(body)} bytes in, {len(text)} bytes out")
        return f"{len(body) / MIB:.0f} MiB in, {len(text) / MIB:.1f} MiB out"


def bodies_half_sent(program):
    """Three hundred bodies of seven megabytes that never end."""
    with Server(program, "--memory", "512MB") as server:
        open_ones = []
        refused = [0]

        def send(_):
            connection = server.connect()
            open_ones.append(connection)
            head = request("POST", "/v1/vectors", None, {"Content-Length": str(8 * MIB)})
            try:
                connection.sendall(head + b" " * (7 * MIB))
            except OSError:
                pass
            connection.settimeout(0.2)
            status, fields, _ = answer(connection)
            if status == 503:
                refused[0] += 1
                expect(fields.get("retry-after"), "503 without Retry-After")
        probe = Probe(server)
        probe.start()
        together(300, send)
        worst, peak = probe.finish(), server.peak()
        for connection in open_ones:
            connection.close()
        expect(server.is_alive, "the server is gone")
        expect(peak < 900 * MIB, f"{peak / MIB:.0f} MiB at worst")
        expect(refused[0] > 0, "nobody was refused")
        expect(worst < 5, f"/livez took {worst:.1f} s")
        return f"{peak / MIB:.0f} MiB at worst, {refused[0]} refused, /livez {worst * 1000:.0f} ms"


def answers_nobody_reads(program):
    """A hundred large answers that nobody reads."""
    body = vectors(range(10_000))
    with Server(program, "--memory", "512MB") as server:
        open_ones = []

        def send(_):
            connection = server.connect()
            open_ones.append(connection)
            connection.sendall(request("POST", "/v1/vectors", body))
        together(100, send)
        time.sleep(4)
        peak = server.peak()
        expect(server.live() < 2, "/livez is slow")
        for connection in open_ones:
            connection.close()
        expect(peak < 900 * MIB, f"{peak / MIB:.0f} MiB at worst")
        return f"{peak / MIB:.0f} MiB at worst"


def a_body_that_never_comes(program):
    """A body that stops on its way is given up after the deadline."""
    with Server(program) as server:
        start = time.monotonic()
        with server.connect(40) as connection:
            connection.sendall(request("POST", "/v1/vectors", None, {"Content-Length": "1000"}) + b"{")
            status, _, _ = answer(connection)
        seconds = time.monotonic() - start
        expect(status == 408 and seconds < 15, f"{status} after {seconds:.0f} s")
        return f"408 after {seconds:.0f} s"


a_body_that_never_comes.waits = True


def hosts(program):
    """Requests for other hosts, and for none."""
    with Server(program, "--known-host", "tally.example") as server:
        body = json.dumps({"feature_views": ["gauge"]}).encode()
        for host, status in (("evil.example", 421), ("localhost.evil.example", 421), ("127.0.0.1.evil.example", 421),
                             (f"localhost:{server.port}", 200), (f"127.0.0.1:{server.port}", 200), ("[::1]:80", 200),
                             ("Tally.Example", 200), (None, 400), ("", 400)):
            found = server.ask("POST", "/materialize", body, {"Host": host})
            expect(found[0] == status, f"Host {host!r}: {found[0]}, not {status}")
        # What no host is written as is no host, for reads too.
        for host in ("localhost:80@evil", "[::1]evil.com", "127.0.0.01", "127.1", "localhost:99999", "u@localhost", "localhost/evil"):
            for method, path, data in (("POST", "/materialize", body), ("GET", "/v1/services", None)):
                found = server.ask(method, path, data, {"Host": host})
                expect(found[0] == 400, f"Host {host!r}: {found[0]} for {path}, not 400")
        # A target in absolute form says for which host it is, whatever the field says.
        for target, status in (("http://evil.example", 421), ("http://u:p@localhost", 400), ("http://localhost", 200), ("ftp://localhost", 400)):
            found = server.ask("POST", target + "/materialize", body)
            expect(found[0] == status, f"{target}: {found[0]}, not {status}")
        return "only known hosts fill the store"


def manners(program):
    """Fields that are written in rare ways."""
    with Server(program) as server:
        with server.connect() as connection:
            body = vectors([1])
            connection.sendall(request("POST", "/v1/vectors", None, {"Expect": "100-continue", "Content-Length": str(len(body))}))
            expect(answer(connection)[0] == 100, "no 100 for Expect: 100-continue")
            connection.sendall(body)
            expect(answer(connection)[0] == 200, "no answer behind 100")
        with server.connect() as connection:
            connection.sendall(request("GET", "/livez", None, {"Connection": "Close"}))
            expect(answer(connection)[0] == 200, "no answer")
            expect(connection.recv(1) == b"", "the connection stays open")
        for coding, data in (("chunked", b"zz\r\n"), ("chunked", b"5\nabcde\n"), ("gzip, chunked", b"2\r\n{}\r\n0\r\n\r\n")):
            start = time.monotonic()
            with server.connect() as connection:
                connection.sendall(request("POST", "/v1/vectors", None, {"Transfer-Encoding": coding}) + data)
                status = answer(connection)[0]
                expect(status in (400, 501) and time.monotonic() - start < 3,
                       f"{coding} {data}: {status} after {time.monotonic() - start:.1f} s")
        return "100-continue, Connection: Close, bodies that are none"


def a_stop_cuts_nothing(program):
    """A stop while large answers are on their way, connections are kept alive and a body is half sent."""
    body = vectors(range(10_000))
    with Server(program, "--drain", "3s") as server:
        whole = server.ask("POST", "/v1/vectors", body)
        results = []

        def slow(_):
            with server.connect(40) as connection:
                connection.sendall(request("POST", "/v1/vectors", body))
                time.sleep(1.5)
                status, fields, text = answer(connection)
                results.append((status, len(text) == int(fields.get("content-length", -1))))

        def kept(_):
            lost = answered = 0
            connection = server.connect()
            until = time.monotonic() + 8
            while time.monotonic() < until:
                try:
                    connection.sendall(request("GET", "/v1/services"))
                except OSError:
                    lost += 1
                    break
                status, fields, _ = answer(connection)
                if status == 0:
                    lost += 1
                    break
                answered += 1
                if fields.get("connection") == "close":
                    break
                time.sleep(0.01)
            connection.close()
            return lost, answered
        half = server.connect(40)
        half.sendall(request("POST", "/v1/vectors", None, {"Content-Length": "1000"}) + b"{")
        threads = [threading.Thread(target=slow, args=(None,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        clients = []
        keeper = threading.Thread(target=lambda: clients.extend(together(40, kept)))
        keeper.start()
        time.sleep(0.5)
        start = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(40)
        seconds = time.monotonic() - start
        for thread in threads + [keeper]:
            thread.join()
        half.close()
        expect(whole[0] == 200, f"status {whole[0]}")
        expect(results and all(one == (200, True) for one in results), f"large answers: {results}")
        lost = sum(one[0] for one in clients if isinstance(one, tuple))
        expect(lost == 0 and all(isinstance(one, tuple) for one in clients), f"{lost} kept-alive requests were lost: {clients}")
        expect(seconds < 15, f"the stop took {seconds:.0f} s")
        expect(server.process.returncode == 0, f"the server ended with {server.process.returncode}")
        return f"stopped in {seconds:.1f} s, {len(whole[2]) / MIB:.0f} MiB answers whole"


ATTACKS = [names_without_end, names_of_any_length, time_grows_with_the_body, layouts_without_end, one_name_without_end,
           short_questions_with_long_answers, the_past_is_asked_by_many, columns_given_back,
           bodies_half_sent, answers_nobody_reads, a_body_that_never_comes, hosts, manners, a_stop_cuts_nothing]
