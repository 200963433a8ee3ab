# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The C boundary under random calls: whatever is passed ends in a status, and leaves no handle behind.

TALLY_FUZZ multiplies the number of examples, with new ones in each run.
"""

import contextlib
import ctypes
import datetime
import json
import os
import unittest
from typing import Any

import tallystick as ts
from shop import FilledShop, Shop
from tallystick import _remote
from tallystick._http import Answer, BrokenAnswer
from tallystick._library import library

try:
    from hypothesis import HealthCheck, assume, given, settings
    from hypothesis import strategies as st
    from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule
except ImportError:
    raise unittest.SkipTest("hypothesis is not installed") from None

OK, FAILED, BAD_HANDLE, BAD_ARGUMENT = range(4)
FACTOR = int(os.environ.get("TALLY_FUZZ", "1"))


def examples(count: int) -> Any:
    return settings(
        max_examples=count * FACTOR, deadline=None, database=None, derandomize=FACTOR == 1,
        suppress_health_check=list(HealthCheck))


VERBS = ["check", "plan", "apply", "materialize", "get", "verify", "compare", "train", "status", "list"]
MEMBERS = [
    "shadow", "locked", "views", "until", "full", "acceptFuture", "acceptClock", "service", "entities", "request", "at", "names",
    "now", "samples", "showValues", "sample", "seed", "asOf", "known", "timeColumn", "fullFeatureNames", "force",
    "acceptRewritten", "kind", "user_id", "factor",
]
PLAUSIBLE = [
    "model", "last_order", "orders", "user", "all", "service", "respect", "ignore", "2024-01-01T10:30:00Z", "2024-01-01",
    "+9999999-01-01T00:00:00Z", "-290308-12-21T19:59:05.224192Z", "0x00", "nan", "inf", "9223372036854775808",
    "\0", "a\0b", "é", "e\u0301", "\u202e", "x" * 5000, "event_timestamp",
]
texts = st.sampled_from(PLAUSIBLE) | st.text(max_size=20) | st.characters(categories=["Cs"])
numbers = st.integers(-(1 << 70), 1 << 70) | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [0, -1, 1, 1 << 31, 1 << 53, (1 << 63) - 1, 1 << 63, -(1 << 63), 1 << 64, 1e308, 5e-324, -0.0])
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(MEMBERS) | texts, inner, max_size=4),
    max_leaves=12)
requests = st.dictionaries(st.sampled_from(MEMBERS) | st.text(max_size=5), values, max_size=6)
columns = st.dictionaries(
    st.sampled_from(["user_id", "factor", "x"]), st.lists(st.none() | numbers | texts | values, max_size=4) | values,
    max_size=3)
gets = st.fixed_dictionaries(
    {"service": st.just("model") | texts},
    optional={"entities": columns | values, "request": columns | values, "at": texts | values})


class FuzzTests(FilledShop):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.before = library().open_handles()

    def tearDown(self) -> None:
        self.assertEqual(library().open_handles(), self.before)

    def call(self, verb: bytes, request: bytes) -> None:
        """Calls, and looks at what comes: JSON in both cases, and an error that says something."""
        answer, error = ctypes.c_uint64(), ctypes.c_uint64()
        status = self.c.tally_call(
            self.store._handle, verb, len(verb), request, len(request), 0, ctypes.byref(answer), ctypes.byref(error))
        self.assertIn(status, (OK, FAILED))
        self.assertEqual((bool(answer.value), bool(error.value)), (status == OK, status == FAILED))
        made = library()._take(answer.value or error.value)
        if status == FAILED:
            self.assertRegex(made["code"], r"\AE-[a-z-]+\Z")
            self.assertNotEqual(made["code"], "E-internal", (verb, request, made))
            self.assertTrue(made["message"])

    @examples(250)
    @given(st.just(b"get"), gets)
    def test_reads(self, verb: bytes, request: dict[str, Any]) -> None:
        self.call(verb, json.dumps(request).encode())

    @examples(120)
    @given(st.sampled_from(VERBS), requests)
    def test_verbs(self, verb: str, request: dict[str, Any]) -> None:
        # A fill up to a far future is another test's.
        assume(verb != "materialize" or not request.get("acceptFuture"))
        self.call(verb.encode(), json.dumps(request).encode())

    @examples(200)
    @given(st.binary(max_size=40) | st.sampled_from([verb.encode() for verb in VERBS]), st.binary(max_size=200))
    def test_bytes(self, verb: bytes, request: bytes) -> None:
        self.call(verb, request)

    @examples(60)
    @given(st.sampled_from("[{"), st.integers(1, 200_000), st.sampled_from(VERBS))
    def test_depths(self, bracket: str, depth: int, verb: str) -> None:
        inner = bracket if bracket == "[" else '{"entities":'
        self.call(verb.encode(), (inner * depth).encode())
        closed = inner * depth + "1" + ("]" if bracket == "[" else "}") * depth
        self.call(verb.encode(), ('{"service": "model", "entities": ' + closed + "}").encode())

    @examples(100)
    @given(
        st.sampled_from(["spine", "output"]),
        st.text(max_size=300) | st.sampled_from(["\0", "a\0b", "x" * 300, "x/" * 2000, "orders/1.csv"]))
    def test_paths(self, member: str, name: str) -> None:
        assume(".." not in name)
        paths = {"spine": str(self.shop.root / "spine.csv"), "output": str(self.shop.root / "out.csv")}
        paths[member] = f"{self.shop.root}/{name}"
        orders = (self.shop.root / "orders/1.csv").read_bytes()
        self.call(b"train", json.dumps({"service": "model", **paths}).encode())
        self.assertEqual((self.shop.root / "orders/1.csv").read_bytes(), orders)
        raw, error = name.encode("utf-8", "surrogatepass"), ctypes.c_uint64()
        stream = (ctypes.c_uint8 * 40)()
        status = self.c.tally_rows(self.store._handle, raw, len(raw), ctypes.addressof(stream), ctypes.byref(error))
        self.assertEqual(status, FAILED)
        library()._take(error.value)

    @examples(150)
    @given(
        st.text(max_size=50) | st.sampled_from([".", "", "\0", "a\0", "/", "x/" * 3000]) | st.binary(max_size=50),
        st.dictionaries(st.sampled_from(["memory", "threads", "help", "x"]), values, max_size=3) | values
        | st.binary(max_size=30))
    def test_openings(self, folder: Any, options: Any) -> None:
        place = folder if isinstance(folder, bytes) else folder.encode("utf-8", "surrogatepass")
        text = options if isinstance(options, bytes) else json.dumps(options).encode()
        store, error = ctypes.c_uint64(), ctypes.c_uint64()
        status = self.c.tally_open(place, len(place), text, len(text), ctypes.byref(store), ctypes.byref(error))
        self.assertIn(status, (OK, FAILED))
        for handle in (store.value, error.value):
            if handle:
                self.assertEqual(self.c.tally_free(handle), OK)

    @examples(200)
    @given(
        st.dictionaries(st.sampled_from(["user_id", "factor", "x", "\ud800"]), st.recursive(
            values | st.binary(max_size=5) | st.datetimes() | st.dates() | st.complex_numbers() | st.decimals()
            | st.just(object()) | st.datetimes(timezones=st.just(datetime.timezone.utc)) | st.floats(), st.lists, max_leaves=5), max_size=3),
        st.none() | texts | st.datetimes() | values)
    def test_objects_of_python(self, keys: dict[str, Any], at: Any) -> None:
        with contextlib.suppress(ts.TallyError):
            self.store.get("model", keys, {"factor": 1.0}, at=at)

    def test_values_without_end(self) -> None:
        endless: list[Any] = []
        endless.append(endless)

        class Itself:
            def item(self) -> Any:
                return self

        for value in (endless, Itself(), [[[[[[[[[[[1]]]]]]]]]]]):
            with self.assertRaises(ts.MisuseError):
                self.store.get("model", {"user_id": [value]}, {"factor": 1.0})
            with ts.connect("http://127.0.0.1:1") as remote, self.assertRaises(ts.MisuseError):
                remote.get("model", {"user_id": [value]})


ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"services": []}'
CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\n{"ser\r\nb\r\nvices": []}\r\n0\r\n\r\n'


class AnswerTests(unittest.TestCase):
    """What a server sends, as the client reads it."""

    def read(self, pieces: list[bytes]) -> Answer:
        answer = Answer()
        for piece in pieces:
            if answer.is_done:
                break
            answer.feed(piece)
        return answer

    @examples(150)
    @given(st.sampled_from([ANSWER, CHUNKED]), st.lists(st.integers(1, 90), max_size=8))
    def test_pieces_change_nothing(self, whole: bytes, cuts: list[int]) -> None:
        ends = [0, *sorted(cut for cut in set(cuts) if cut < len(whole)), len(whole)]
        answer = self.read([whole[start:end] for start, end in zip(ends, ends[1:])])
        self.assertEqual((answer.is_done, answer.keeps, answer.status, bytes(answer.body)), (True, True, 200, b'{"services": []}'))

    @examples(300)
    @given(st.data(), st.sampled_from([ANSWER, CHUNKED]))
    def test_broken_answers_end(self, data: st.DataObject, whole: bytes) -> None:
        text = bytearray(whole)
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(text)))
            piece = st.sampled_from([b"", b"\r\n", b"0", b"-1", b"f" * 9, b": "]) | st.binary(max_size=3)
            text[at : at + data.draw(st.integers(0, 3))] = data.draw(piece)
        with contextlib.suppress(BrokenAnswer):
            answer = self.read([bytes(text[:7]), bytes(text[7:]), b"", b""])
            self.assertTrue(answer.is_done)
            self.assertLessEqual(len(answer.body), len(text))
            with contextlib.suppress(ts.TallyError):
                _remote.result(answer, "here", _remote.member("services"))


class Handles(RuleBasedStateMachine):
    """Handles of all kinds, made, used and freed in any order; `live` is what they should be."""

    handles = Bundle("handles")

    def __init__(self) -> None:
        super().__init__()
        self.c = library().c
        self.live: dict[int, str] = {}
        self.cancelled: set[int] = set()
        self.before = library().open_handles()

    def made(self, handle: int, kind: str) -> int:
        assert handle and handle not in self.live, handle
        self.live[handle] = kind
        return handle

    @rule(target=handles)
    def open_store(self) -> int:
        store, place = ctypes.c_uint64(), os.fsencode(Handles.root)
        assert self.c.tally_open(place, len(place), b"", 0, ctypes.byref(store), None) == OK
        return self.made(store.value, "store")

    @rule(target=handles)
    def make_cancellation(self) -> int:
        handle = ctypes.c_uint64()
        assert self.c.tally_cancellation(ctypes.byref(handle)) == OK
        return self.made(handle.value, "cancellation")

    @rule(
        target=handles, store=handles, cancellation=st.just(0) | handles,
        verb=st.sampled_from([b"list", b"nothing", b"get", b"status"]))
    def ask(self, store: int, cancellation: int, verb: bytes) -> int:
        answer, error = ctypes.c_uint64(), ctypes.c_uint64()
        status = self.c.tally_call(
            store, verb, len(verb), b"{}", 2, cancellation, ctypes.byref(answer), ctypes.byref(error))
        if self.live.get(store) != "store" or cancellation and self.live.get(cancellation) != "cancellation":
            assert status == BAD_HANDLE and not answer.value and not error.value, status
            return 0
        # What was stopped stops each later call before it begins.
        ends = (FAILED,) if cancellation in self.cancelled else (OK,)
        assert status in (ends if verb in (b"list", b"status") else (FAILED,)), (status, verb)
        return self.made(answer.value or error.value, "text")

    @rule(handle=handles)
    def read(self, handle: int) -> None:
        text, length = ctypes.c_void_p(), ctypes.c_size_t()
        status = self.c.tally_text(handle, ctypes.byref(text), ctypes.byref(length))
        assert status == (OK if self.live.get(handle) == "text" else BAD_HANDLE), (status, self.live.get(handle))
        if status == OK:
            json.loads(ctypes.string_at(text.value or 0, length.value))

    @rule(handle=handles)
    def cancel(self, handle: int) -> None:
        is_one = self.live.get(handle) == "cancellation"
        assert self.c.tally_cancel(handle) == (OK if is_one else BAD_HANDLE)
        if is_one:
            self.cancelled.add(handle)

    @rule(handle=handles)
    def free(self, handle: int) -> None:
        assert self.c.tally_free(handle) == (OK if self.live.pop(handle, None) else BAD_HANDLE)

    @rule()
    def count(self) -> None:
        assert library().open_handles() == self.before + len(self.live)

    def teardown(self) -> None:
        for handle in self.live:
            assert self.c.tally_free(handle) == OK


class HandleTests(unittest.TestCase):
    def test_handles_in_any_order(self) -> None:
        shop = Shop()
        self.addCleanup(shop.close)
        Handles.root = str(shop.root)
        from hypothesis.stateful import run_state_machine_as_test

        run_state_machine_as_test(Handles, settings=settings(examples(40), stateful_step_count=30))


if __name__ == "__main__":
    unittest.main()
