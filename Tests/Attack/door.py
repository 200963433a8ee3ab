# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Attacks on the door: who has no token must get nothing, and nobody may read what is encrypted or stop it."""

import hashlib
import json
import os
import re
import sqlite3
import ssl
import subprocess
import threading
import time

from network import MIB, Probe, expect, together
from program import Server, answer, receive, request, vectors

# A server that nobody leaves gently has no reason to wait at its end.
QUICK = ("--drain", "0s")
FILL = json.dumps({"feature_views": ["gauge"]}).encode()


def token(program, name, *arguments):
    """Makes a token."""
    done = program.run("token", "create", name, *arguments)
    expect(done.returncode == 0 and done.stdout.startswith("tly_"), f"tally token create: {done.stderr}")
    return done.stdout.strip()


def bearer(text, scheme="Bearer"):
    """The field that carries a token."""
    return {"Authorization": f"{scheme} {text}"}


def no_token_no_answer(program):
    """Every path, without a token, with wrong ones and with one for something else."""
    read, write = token(program, "reader", "--scope", "read"), token(program, "writer", "--scope", "write")
    paths = [("POST", "/v1/vectors", vectors([1])), ("POST", "/get-online-features", vectors([1], ["gauge:f1"])), ("GET", "/metrics", None),
             ("GET", "/", None), ("GET", "/v1/services", None), ("GET", "/nope", None), ("GET", "/v1/services/weather", None),
             ("POST", "/materialize", FILL), ("POST", "/materialize-incremental", FILL), ("POST", "/push", b"{}")]
    torn = read[:-1] + ("a" if read[-1] != "a" else "b")
    wrong = [{}, bearer(""), bearer("x" * 60), bearer("tly_" + "a" * 58), bearer(torn), bearer(read.upper()), bearer(read + "a"),
             bearer(read, "Basic"), {"Authorization": read}, bearer(f"{read}, {read}"), {"X-Authorization": f"Bearer {read}"},
             {"Cookie": f"token={read}"}, bearer("\u00e9" * 60)]
    with Server(program, *QUICK) as server:
        for method, path, body in paths:
            for fields in wrong:
                status, found, _, _ = server.ask(method, path, body, fields)
                expect(status == 401, f"{path} with {fields}: {status}")
                expect(found.get("www-authenticate", "").startswith("Bearer"), f"{path}: no WWW-Authenticate")
            status, _, text, _ = server.ask(method, path + f"?access_token={read}", body)
            expect(status == 401, f"{path}: a token in the address counts: {status}")
            expect(read.encode() not in text, f"{path} repeats a token")
            expect(server.ask(method, path, body, bearer(read))[0] == (403 if body in (FILL, b"{}") else 404 if path == "/nope" else 200),
                   f"{path} with a token for reading")
        for path in ("/livez", "/readyz", "/health"):
            expect(server.ask("GET", path)[0] == 200, f"{path} wants a token")
        expect(server.ask("POST", "/materialize", FILL, bearer(write, "bEARER"))[0] == 200, "a token for writing does not fill")
        for fields, first in (({}, 401), (bearer(read), 100)):
            with server.connect() as connection:
                connection.sendall(request("POST", "/v1/vectors", None, {"Expect": "100-continue", "Content-Length": "9"} | fields))
                expect(answer(connection)[0] == first, f"not {first} to who asks before sending a body")
        # Two fields are none: which of them counts would be a guess.
        with server.connect() as connection:
            connection.sendall(b"GET /v1/services HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + read.encode()
                               + b"\r\nAuthorization: Bearer x\r\n\r\n")
            expect(answer(connection)[0] == 401, "two fields let somebody in")
        texts = server.ask("GET", "/metrics", None, bearer(read))[2] + (program.folder / "server.log").read_bytes()
        expect(read[4:].encode() not in texts and write[4:].encode() not in texts, "a token is in the log or the metrics")
    kept = (program.folder / ".tally" / "tokens.json").read_text(encoding="utf-8")
    expect(read[4:] not in kept and read[-8:] not in kept, "the file holds a token")
    return f"{len(paths) * (len(wrong) + 1)} kept out"


def tokens_end(program):
    """A token that is revoked, one that expires, and the last one gone."""
    first, short = token(program, "first", "--scope", "read"), token(program, "short", "--scope", "read", "--expires", "3s")
    with Server(program, *QUICK) as server:
        def until(text, status, seconds=6):
            end = time.monotonic() + seconds
            while server.ask("GET", "/v1/services", None, bearer(text))[0] != status:
                expect(time.monotonic() < end, f"still not {status}")
                time.sleep(0.1)
        until(first, 200)
        until(short, 401)
        late = token(program, "late", "--scope", "read")
        until(late, 200, 3)
        program.run("token", "revoke", "first")
        until(first, 401, 3)
        (program.folder / ".tally" / "tokens.json").write_text("{", encoding="utf-8")
        time.sleep(2.5)
        expect(server.ask("GET", "/v1/services", None, bearer(late))[0] == 200, "a damaged file forgets tokens")
        expect(server.ask("GET", "/v1/services")[0] == 401, "a damaged file opens the door")
        (program.folder / ".tally" / "tokens.json").unlink()
        until(late, 401, 3)
        expect(server.ask("GET", "/v1/services")[0] == 401, "a lost file opens the door")
    return "the door stays shut"


def a_token_revoked_on_the_way(program):
    """A token that is revoked while the body of its request is on its way."""
    text = token(program, "writer", "--scope", "write")
    with Server(program, *QUICK) as server, server.connect() as connection:
        head = request("POST", "/materialize", None, {"Content-Length": str(len(FILL)), **bearer(text)})
        connection.sendall(head + FILL[:5])
        time.sleep(0.5)
        program.run("token", "revoke", "writer")
        time.sleep(2)
        connection.sendall(FILL[5:])
        status = answer(connection)[0]
        expect(status == 401, f"a revoked token filled the store: {status}")
    return "401 behind the body"


def a_registry_that_is_kept(program):
    """Another process keeps the registry: a fill fails soon, reads and the door go on, and nobody learns who it is."""
    writer, reader = token(program, "writer", "--scope", "write"), token(program, "reader", "--scope", "read")
    past = json.dumps({"service": "weather", "entities": {"id": [1]}, "at": "2024-02-01T00:00:00Z"}).encode()
    with Server(program, *QUICK) as server:
        expect(server.ask("POST", "/v1/vectors", past, bearer(writer))[0] == 200, "no value of the past")
        kept = sqlite3.connect(program.folder / ".tally" / "registry.db", isolation_level=None, timeout=3)
        kept.execute("BEGIN IMMEDIATE")
        # A new file, so that there is something to record.
        data = (program.folder / "data" / "a.csv").read_text(encoding="utf-8").splitlines()
        (program.folder / "data" / "b.csv").write_text("\n".join(data[:2]) + "\n", encoding="utf-8")
        fills = []
        thread = threading.Thread(target=lambda: fills.append(server.ask("POST", "/materialize", FILL, bearer(writer), 60)))
        thread.start()
        time.sleep(1)
        status, _, _, seconds = server.ask("POST", "/v1/vectors", past, bearer(writer))
        expect(status == 200 and seconds < 3, f"a read of the past beside a fill that waits: {status} after {seconds:.1f} s")
        program.run("token", "revoke", "reader")
        start = time.monotonic()
        while server.ask("GET", "/v1/services", None, bearer(reader))[0] != 401:
            expect(time.monotonic() - start < 3, "a revoked token is good for more than 3 s")
            time.sleep(0.05)
        thread.join()
        kept.execute("ROLLBACK")
        status, fields, text, seconds = fills[0]
        expect(status == 503 and fields.get("retry-after") and seconds < 9, f"the fill: {status} after {seconds:.0f} s, {text[:300]}")
        for word in (b"python", str(os.getpid()).encode(), b"registry.db", str(program.folder).encode()):
            expect(word not in text, f"a client is told: {text[:300]}")
        log = (program.folder / "server.log").read_text(encoding="utf-8")
        expect("registry.db" in log and "E-busy" in log, f"the log does not say why: {log[-300:]}")
        expect(server.ask("POST", "/materialize", FILL, bearer(writer), 60)[0] == 200, "no fill afterwards")
    return f"503 after {seconds:.0f} s"


def listens_for_nobody(program):
    """Addresses that others reach, without a token."""
    for host in ("0.0.0.0", "::", "127.1", "0"):
        done = subprocess.run([program.program, "serve", "--port", "0", "--host", host], cwd=program.folder, capture_output=True,
                              text=True, timeout=20, check=False)
        expect(done.returncode == 2 and "E-misuse" in done.stderr, f"{host}: {done.returncode} {done.stdout}{done.stderr}")
    return "refused"


def bodies_at_the_door(program):
    """Two hundred large bodies from strangers, who are not read."""
    token(program, "reader", "--scope", "read")
    with Server(program, *QUICK, "--memory", "512MB") as server:
        before = server.memory()

        def send(_):
            with server.connect(2) as connection:
                try:
                    connection.sendall(request("POST", "/v1/vectors", None, {"Content-Length": str(8 * MIB)}) + b" " * (7 * MIB))
                except OSError:
                    pass
                return answer(connection)[0]
        probe = Probe(server)
        probe.start()
        found = together(200, send)
        worst, grown = probe.finish(), server.peak() - before
        expect(all(one in (401, 0) or isinstance(one, OSError) for one in found), f"statuses {set(found)}")
        expect(grown < 300 * MIB, f"{grown / MIB:.0f} MiB more")
        expect(worst < 2, f"/livez took {worst:.1f} s")
        return f"{grown / MIB:.0f} MiB more, /livez {worst * 1000:.0f} ms"


def trusted(program):
    """What a client needs to trust the server's own certificate."""
    context = ssl.create_default_context(cafile=str(program.folder / ".tally" / "tls" / "certificate.pem"))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def encrypted(server, context, timeout=20):
    """A connection that is encrypted."""
    return context.wrap_socket(server.connect(timeout), server_hostname="127.0.0.1")


def only_encrypted(program):
    """Plain requests, old protocols and torn handshakes on an encrypted port."""
    with Server(program, *QUICK, "--tls-self-signed") as server:
        context = trusted(program)
        shown = re.search(r"([0-9A-F]{2}(:[0-9A-F]{2}){31})", (program.folder / "server.log").read_text(encoding="utf-8"))
        with encrypted(server, context) as connection:
            expect(connection.version() == "TLSv1.3", f"{connection.version()}")
            connection.sendall(request("POST", "/v1/vectors", vectors([1])))
            expect(answer(connection)[0] == 200, "no answer")
            digest = hashlib.sha256(connection.getpeercert(binary_form=True)).hexdigest().upper()
            expect(shown and shown.group(1).replace(":", "") == digest, "another fingerprint was printed")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        try:
            with encrypted(server, old) as connection:
                raise AssertionError(f"{connection.version()} was taken")
        except (ssl.SSLError, OSError):
            pass
        for noise in (request("GET", "/livez"), b"\x16\x03\x01\xff\xff" + b"\x00" * 5000, b"\x00" * 100_000, b"\x15\x03\x03\x00\x02\x02\x28"):
            with server.connect(5) as connection:
                try:
                    connection.sendall(noise)
                except OSError:
                    pass
                expect(b"HTTP/" not in receive(connection), "a plain request was answered")
        waiting = [server.connect() for _ in range(200)]
        start = time.monotonic()
        with encrypted(server, context) as connection:
            connection.sendall(request("GET", "/livez"))
            expect(answer(connection)[0] == 200 and time.monotonic() - start < 2, "handshakes that never begin stand in the way")
        for connection in waiting:
            connection.close()
        log = (program.folder / "server.log").read_text(encoding="utf-8")
        expect(len(log) < 10_000, f"{len(log)} bytes of log")
        mode = (program.folder / ".tally" / "tls" / "key.pem").stat().st_mode & 0o777
        expect(mode == 0o600, f"the key is readable: {mode:o}")
        return "TLS 1.3 or nothing"


def an_encrypted_body_that_never_comes(program):
    """A body that stops on its way, over TLS, and a stop meanwhile."""
    with Server(program, "--tls-self-signed") as server:
        context = trusted(program)
        start = time.monotonic()
        with encrypted(server, context, 40) as connection:
            connection.sendall(request("POST", "/v1/vectors", None, {"Content-Length": "1000"}) + b"{")
            status, _, _ = answer(connection)
            seconds = time.monotonic() - start
            expect(status == 408 and seconds < 15, f"{status} after {seconds:.0f} s")
        with encrypted(server, context, 40) as connection:
            connection.sendall(request("POST", "/v1/vectors", vectors(range(10_000))))
            time.sleep(1)
            threading.Timer(0.1, server.process.terminate).start()
            time.sleep(1)
            status, fields, text = answer(connection)
            expect(status == 200 and len(text) == int(fields["content-length"]), f"{status}, {len(text)} bytes")
        start = time.monotonic()
        server.process.wait(30)
        expect(server.process.returncode == 0, f"the server ended with {server.process.returncode}")
        return f"408 after {seconds:.0f} s, stopped {time.monotonic() - start:.1f} s after the last answer"


an_encrypted_body_that_never_comes.waits = True


def certificates_change(program):
    """The certificate of a running server is exchanged, for a bad one and for a good one."""
    folder = program.folder / ".tally" / "tls"
    with Server(program, *QUICK, "--tls-self-signed"):
        pass
    names = ["certificate.pem", "key.pem"]
    used = [program.folder / name for name in names]
    first = [(folder / name).read_bytes() for name in names]
    for path, data in zip(used, first):
        path.write_bytes(data)
    for name in names:
        (folder / name).unlink()
    with Server(program, *QUICK, "--tls-self-signed"):
        pass
    second = [(folder / name).read_bytes() for name in names]
    expect(first[0] != second[0], "no new certificate")

    def swap(index, data):
        fresh = used[index].with_suffix(".new")
        fresh.write_bytes(data)
        fresh.replace(used[index])
    with Server(program, *QUICK, "--tls-certificate", str(used[0]), "--tls-key", str(used[1])) as server:
        def served(data):
            context = ssl.create_default_context(cadata=data.decode())
            try:
                with encrypted(server, context):
                    return True
            except ssl.SSLError:
                return False
        expect(served(first[0]), "the first certificate is not served")
        for index, data in ((1, b"nonsense"), (0, b""), (1, second[1])):
            swap(index, data)
            time.sleep(1.3)
            expect(served(first[0]), "a bad pair replaced a good one")
        swap(0, second[0])
        end = time.monotonic() + 4
        while not served(second[0]):
            expect(time.monotonic() < end, "the new certificate is not served")
            time.sleep(0.1)
    log = (program.folder / "server.log").read_text(encoding="utf-8")
    expect("could not be read anew" in log and "PRIVATE" not in log, "the log does not tell of the bad pair")
    return "bad ones refused, a good one taken"


ATTACKS = [no_token_no_answer, tokens_end, a_token_revoked_on_the_way, a_registry_that_is_kept, listens_for_nobody, bodies_at_the_door, only_encrypted,
           an_encrypted_body_that_never_comes, certificates_change]
