# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The reading calls over HTTP, against a real server and against servers that misbehave."""

import asyncio
import datetime
import json
import logging
import os
import pickle
import socket
import subprocess
import threading
import time
import traceback
import unittest
import warnings
from unittest import mock

import tallystick as ts
from server import Actor, Server, environment
from shop import Shop
from tallystick import _program

SECRET = "tly_" + "s" * 58
GOOD = b'{"services": []}'


def answer(body: bytes = GOOD, status: str = "200 OK", *fields: str) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields, "", ""])
    return head.encode() + body


def says(*pieces: bytes, pause: float = 0, ends: bool = False):  # type: ignore[no-untyped-def]
    def act(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        if ends:
            connection.shutdown(socket.SHUT_RDWR)
            connection.close()
    return act


class ConnectTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        try:
            _program.find()
        except ts.NotFoundError:
            raise unittest.SkipTest("the program tally is not installed") from None
        cls.shop = Shop()
        cls.shop.write("definitions/more.yaml", """
kind: Source
name: odd
path: odd/*.csv
columns:
  - {name: user_id, type: int64}
  - {name: number, type: float64}
  - {name: seen, type: timestamp}
  - {name: day, type: date}
  - {name: big, type: int64}
  - {name: yes, type: bool}
---
kind: FeatureView
name: odd
owner: o
entities: [user]
source: odd
features: [{name: number, type: float64}, {name: seen, type: timestamp}, {name: day, type: date}, {name: big, type: int64},
  {name: yes, type: bool}]
---
kind: FeatureService
name: odd
features: [odd]
request: {blob: bytes, half: float32, instant: timestamp, at_day: date}
onDemand:
  - {name: same_blob, type: bytes, expression: blob}
  - {name: same_half, type: float32, expression: half}
  - {name: same_when, type: timestamp, expression: instant}
  - {name: same_day, type: date, expression: at_day}
""")
        cls.shop.write(
            "odd/1.csv", "user_id,number,seen,day,big,yes\n"
            "1,nan,2024-01-01T00:00:00.000001Z,2024-02-29,9223372036854775807,true\n"
            "2,-inf,,,-9223372036854775808,false\n")
        cls.store = ts.open(cls.shop.root, threads=1)
        cls.store.apply()
        cls.store.materialize()
        cls.server = Server(cls.shop.root)
        cls.remote = ts.connect(cls.server.url)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.remote.close()
        cls.server.close()
        cls.store.close()
        cls.shop.close()

    def test_vectors_are_those_of_the_store_in_process(self) -> None:
        at = datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc)
        asked = {
            "blob": [b"\x00\xff", None], "half": [float("-inf"), 0.5], "instant": [at, None],
            "at_day": [datetime.date(2024, 2, 29), datetime.date(1, 1, 1)],
        }
        here = self.store.get("odd", {"user_id": [1, 2]}, asked, at=at)
        there = self.remote.get("odd", {"user_id": [1, 2]}, asked, at=at)
        self.assertEqual(repr(there.values), repr(here.values))
        self.assertEqual(there.statuses, here.statuses)
        self.assertEqual(there.event_times, here.event_times)
        self.assertEqual(there.receipt, here.receipt)
        self.assertEqual(there.values["big"], [(1 << 63) - 1, -(1 << 63)])
        self.assertEqual(there.values["same_blob"], [b"\x00\xff", None])
        one = self.remote.get_features(["last_order:total"], {"user_id": (1, None)})
        self.assertEqual(one.values, {"last_order:total": [9007199254740993, None]})

    def test_the_catalogue_is_that_of_what_is_applied(self) -> None:
        self.assertEqual([service["name"] for service in self.remote.services()], ["model", "odd"])
        self.assertEqual(self.remote.service("model")["keys"], [{"name": "user_id", "type": "int64"}])
        self.assertEqual([view["name"] for view in self.remote.views()], ["last_order", "odd"])
        self.assertEqual(self.remote.view("odd")["owner"], "o")
        self.assertEqual(self.remote.list("service"), self.store.list("service"))
        self.assertEqual(self.remote.list(), self.store.list("view") + self.store.list("service"))
        self.assertTrue(self.remote.is_ready())
        with self.assertRaises(ts.MisuseError):
            self.remote.list("entity")  # type: ignore[arg-type]

    def test_failures_are_those_of_the_store_in_process(self) -> None:
        for kind, call in [
            (ts.NotFoundError, lambda: self.remote.get("modle", {"user_id": 1})),
            (ts.NotFoundError, lambda: self.remote.view("a/b?c#d é")),
            (ts.MisuseError, lambda: self.remote.get("model", {"user_id": "one"}, {"factor": 1.0})),
            (ts.MisuseError, lambda: self.remote.get("model", {"user_id": [1, 2]}, {"factor": [1.0]})),
            (ts.MisuseError, lambda: self.remote.get("model", {"user_id": object()}, {"factor": 1.0})),
            (ts.MisuseError, lambda: self.remote.get("model", {"user_id": 1 << 64}, {"factor": 1.0})),
        ]:
            with self.assertRaises(kind) as caught:
                call()
            self.assertTrue(caught.exception.message)
        with self.assertRaises(ts.NotFoundError) as told:
            self.remote.get("modle", {"user_id": 1})
        self.assertIn("model", told.exception.help or "")
        self.assertTrue(told.exception.details[0].startswith("request "))

    def test_connections_are_kept_and_shared_by_threads(self) -> None:
        self.remote.services()
        before = len(self.remote._idle)
        for _ in range(50):
            self.remote.services()
        self.assertEqual(len(self.remote._idle), before)
        seen: list[object] = []

        def read() -> None:
            for _ in range(20):
                seen.append(self.remote.get("model", {"user_id": 2}, {"factor": 2.0}).values["scaled"])

        threads = [threading.Thread(target=read) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(seen, [[10.0]] * 240)
        self.assertLessEqual(len(self.remote._idle), 8)

    def test_a_forked_child_asks_on_connections_of_its_own(self) -> None:
        self.remote.services()
        with warnings.catch_warnings():
            # Later versions of Python warn of threads: the child touches none.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            ok = all(len(self.remote.services()) == 2 for _ in range(20))
            os._exit(0 if ok else 1)
        for _ in range(20):
            self.assertEqual(len(self.remote.services()), 2)
        self.assertEqual(os.waitpid(child, 0)[1], 0)

    def test_many_tasks_await_at_once(self) -> None:
        async def ask() -> list[object]:
            async with ts.connect_async(self.server.url) as store:
                self.assertTrue(await store.is_ready())
                self.assertEqual(await store.list(), self.remote.list())
                self.assertEqual((await store.service("odd"))["name"], (await store.view("odd"))["name"])
                with self.assertRaises(ts.NotFoundError):
                    await store.get("modle", {"user_id": 1})
                one = await store.get_features(["odd:big"], {"user_id": [1]})
                self.assertEqual(one.values["odd:big"], [(1 << 63) - 1])
                calls = [store.get("model", {"user_id": 2}, {"factor": float(n)}) for n in range(40)]
                return [found.values["scaled"][0] for found in await asyncio.gather(*calls)]

        self.assertEqual(asyncio.run(ask()), [5.0 * n for n in range(40)])

    def test_tls_and_tokens_let_in_who_should_be(self) -> None:
        shop = Shop()
        self.addCleanup(shop.close)
        with ts.open(shop.root) as store:
            store.apply()
        made = subprocess.run(
            [_program.find(), "token", "create", "reader", "-C", str(shop.root), "--scope", "read"],
            capture_output=True, text=True, env=environment(), check=True)
        token = next(word for word in made.stdout.split() if word.startswith("tly_"))
        server = Server(shop.root, "--tls-self-signed")
        self.addCleanup(server.close)
        url = server.url.replace("127.0.0.1", "localhost")
        ca_file = shop.root / ".tally/tls/certificate.pem"
        with ts.connect(url, token=token, ca_file=ca_file) as remote:
            self.assertEqual([service["name"] for service in remote.services()], ["model"])
            with self.assertRaises(ts.NotMaterializedError):
                remote.get("model", {"user_id": 1}, {"factor": 1.0})
        for wrong in [None, SECRET]:
            with ts.connect(url, token=wrong, ca_file=ca_file) as remote, self.assertRaises(ts.DeniedError):
                remote.services()
        with ts.connect(url, token=token) as remote, self.assertRaises(ts.UnreachableError) as caught:
            remote.services()
        self.assertIn("certificate", str(caught.exception))

        async def ask() -> int:
            async with ts.connect_async(url, token=token, ca_file=ca_file) as store:
                return len(await store.services())

        self.assertEqual(asyncio.run(ask()), 1)


class MisbehavingServerTests(unittest.TestCase):
    def play(self, *parts) -> Actor:  # type: ignore[no-untyped-def]
        actor = Actor(*parts)
        self.addCleanup(actor.close)
        return actor

    def ask(self, actor: Actor, **options: object) -> object:
        with ts.connect(actor.url, **options) as remote:  # type: ignore[arg-type]
            return remote.services()

    def test_an_answer_may_come_in_any_pieces(self) -> None:
        chunked = (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\n" + GOOD[:3] + b"\r\nd\r\n" + GOOD[3:]
            + b"\r\n0\r\nA: b\r\n\r\n")
        for whole in [
            answer(), chunked, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\n" + answer(),
            b"HTTP/1.0 200\r\n\r\n" + GOOD,
        ]:
            pieces = [whole[at : at + 1] for at in range(len(whole))]
            actor = self.play(says(*pieces, ends=True), says(whole, ends=True))
            self.assertEqual(self.ask(actor), [])
            self.assertEqual(self.ask(actor), [])

    def test_a_connection_that_ended_meanwhile_is_opened_again(self) -> None:
        actor = self.play(says(answer(), ends=True), says(answer()))
        with ts.connect(actor.url, retries=0) as remote:
            remote.services()
            time.sleep(0.05)
            remote.services()
        self.assertEqual(actor.connections, 2)

    def test_who_is_told_to_come_back_does(self) -> None:
        busy = answer(b'{"error": {"code": "E-conflict", "message": "too many"}}', "429 Too Many Requests", "Retry-After: 0")
        full = answer(b"", "503 Service Unavailable", "Retry-After: 0", "Connection: close")
        actor = self.play(says(busy), says(full, ends=True), says(answer()))
        self.assertEqual(self.ask(actor), [])
        self.assertEqual(len(actor.seen), 3)
        # Not more often than said, not when it would be too late, and not without having been told so.
        for error, retries, reply in [
            (ts.ConflictError, 0, busy), (ts.UnreachableError, 2, answer(b"", "503 Service Unavailable")),
            (ts.UnreachableError, 2, answer(b"", "503 Service Unavailable", "Retry-After: 3600")),
            (ts.UnreachableError, 2, answer(b"", "502 Bad Gateway", "Retry-After: 0")),
            (ts.UnreachableError, 2, answer(b"", "503 Service Unavailable", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT")),
        ]:
            actor = self.play(says(reply), says(answer()))
            with self.assertRaises(error):
                self.ask(actor, retries=retries)
            self.assertEqual(len(actor.seen), 1)

    def test_a_deadline_holds_for_the_whole_call(self) -> None:
        for pieces, pause in [([b""], 5.0), ([b"H"] * 200, 0.05), ([answer()[:-1]], 5.0)]:
            for ask in (self.ask, self.ask_async):
                actor = self.play(says(*pieces, pause=pause))
                started = time.monotonic()
                with self.assertRaises(ts.InterruptedCallError) as caught:
                    ask(actor, timeout=0.15)
                self.assertEqual(caught.exception.code, "E-interrupted")
                self.assertLess(time.monotonic() - started, 2)

    def test_what_is_no_answer_is_said(self) -> None:
        for reply in [
            b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/2 200\r\n\r\n", answer()[:-1], b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", answer(b"<html>"), b"a" * 100_000,
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", b"HTTP/1.1 200 OK\r\nA b\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            answer(b"{}"), answer(b"[]"), answer(b"[" * 100_000), answer(b'{"services": [1]}'), answer(b'{"services": 1}'),
            answer(b"", "302 Found", "Location: http://evil.example"),
        ]:
            for ask in (self.ask, self.ask_async):
                actor = self.play(says(reply, ends=True))
                with self.assertRaises(ts.UnreachableError, msg=reply[:60]):
                    ask(actor, retries=0, token=SECRET)
        for call in (lambda remote: remote.get("a", {"b": 1}), lambda remote: remote.view("a")):
            for body in (b"{}", b"null", b'{"columns": [{"name": "a"}]}'):
                with ts.connect(self.play(says(answer(body))).url) as remote, self.assertRaises(ts.UnreachableError):
                    call(remote)
        listener = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.close()
        with ts.connect(url) as remote:
            self.assertFalse(remote.is_ready())
            with self.assertRaises(ts.UnreachableError):
                remote.services()

    def test_a_token_is_shown_nowhere(self) -> None:
        told: list[str] = []
        handler = logging.Handler(logging.DEBUG)
        handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
        logging.getLogger().addHandler(handler)
        self.addCleanup(logging.getLogger().removeHandler, handler)
        actor = self.play(says(b"no", ends=True), says(answer(b"{}", "500 Internal Server Error")), says(answer()))
        for retries in (0, 0):
            remote = ts.connect(actor.url, token=SECRET, retries=retries)
            told += [repr(remote), str(remote.__dict__), repr(vars(remote._settings))]
            try:
                remote.services()
            except ts.TallyError as error:
                told += ["".join(traceback.format_exception(error)), repr(error), json.dumps(error.args)]
                told += [
                    repr(frame.f_locals) for trace in [error.__traceback__] if trace
                    for frame, _ in traceback.walk_tb(trace) if frame.f_code.co_filename.endswith("/_connect.py")]
            with self.assertRaises(TypeError):
                pickle.dumps(remote)
            remote.close()
        self.assertTrue(all(SECRET.encode() in request for request in actor.seen))
        self.assertGreater(len(told), 6)
        self.assertFalse([text for text in told if SECRET in text])
        for url, options in [
            ("http://features.example", {"token": SECRET}), (f"http://me:{SECRET}@localhost", {}), ("ftp://localhost", {}),
            ("http://", {}), ("http://localhost:99999", {}), ("http://local host", {}), ("http://localhost", {"timeout": 0}),
            ("http://localhost", {"token": SECRET + "\r\nX: y"}), ("http://localhost", {"ca_file": "a.pem"}),
            ("http://localhost/é", {}), ("http://localhost", {"retries": -1}), ("http://localhost?a=b", {}),
        ]:
            with self.subTest(url), self.assertRaises(ts.MisuseError) as caught:
                ts.connect(url, **options)  # type: ignore[arg-type]
            self.assertNotIn(SECRET, str(caught.exception))
        with self.assertRaises(ts.StorageError):
            ts.connect("https://localhost", ca_file="/nowhere.pem")
        ts.connect("http://features.example", token=SECRET, allow_plain_token=True)

    def test_the_next_address_of_a_host_is_tried(self) -> None:
        actor = self.play(says(answer()))
        port = int(actor.url.rpartition(":")[2])
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        places = [(*kind, ("127.0.0.1", 1)), (*kind, ("127.0.0.1", port))]
        with mock.patch.object(socket, "getaddrinfo", return_value=places):
            self.assertEqual(self.ask(actor, retries=0), [])

    def test_a_task_that_is_given_up_leaves_the_others_alone(self) -> None:
        actor = self.play(says(b"", pause=0.5), says(answer()))

        async def ask() -> object:
            async with ts.connect_async(actor.url) as store:
                with self.assertRaises(TimeoutError):
                    await asyncio.wait_for(store.services(), 0.1)
                return await store.services()

        self.assertEqual(asyncio.run(ask()), [])
        self.assertEqual(actor.connections, 2)

    def test_a_closed_connection_is_an_error(self) -> None:
        remote = ts.connect("http://127.0.0.1:1")
        remote.close()
        with self.assertRaises(ts.ClosedError):
            remote.services()

        async def ask() -> None:
            store = ts.connect_async("http://127.0.0.1:1")
            await store.close()
            await store.services()

        with self.assertRaises(ts.ClosedError):
            asyncio.run(ask())

    def ask_async(self, actor: Actor, **options: object) -> object:
        async def ask() -> object:
            async with ts.connect_async(actor.url, **options) as store:  # type: ignore[arg-type]
                return await store.services()

        return asyncio.run(ask())


if __name__ == "__main__":
    unittest.main()
