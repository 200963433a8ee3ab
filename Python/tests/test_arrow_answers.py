# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Vectors as IPC streams of Arrow: what the server writes, read by pyarrow, by polars and by the package itself."""

import asyncio
import datetime
import io
import json
import pickle
import random
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import tallystick as ts
from server import Actor, Server
from shop import Shop
from tallystick import _ipc, _program, _remote

try:
    import polars
    import pyarrow
    import pyarrow.ipc
except ImportError:
    pyarrow = None  # type: ignore[assignment]

DEFINITIONS = """
kind: Source
name: wide
path: wide/*.csv
eventTime: at
columns:
  - {name: user_id, type: int64}
  - {name: at, type: timestamp}
  - {name: number, type: float64}
  - {name: big, type: int64}
  - {name: small, type: int32}
  - {name: yes, type: bool}
  - {name: word, type: string}
  - {name: seen, type: timestamp}
  - {name: day, type: date}
---
kind: FeatureView
name: wide
entities: [user]
source: wide
features: [{name: number, type: float64}, {name: big, type: int64}, {name: small, type: int32}, {name: yes, type: bool},
  {name: word, type: string}, {name: seen, type: timestamp}, {name: day, type: date}]
---
kind: FeatureService
name: wide
features: [wide, last_order]
request: {blob: bytes, half: float32}
onDemand:
  - {name: same_blob, type: bytes, expression: blob}
  - {name: same_half, type: float32, expression: half}
"""

_TYPES = {
    "user_id": "int64", "number": "double", "big": "int64", "small": "int32", "yes": "bool", "word": "string",
    "seen": "timestamp[us, tz=UTC]", "day": "date32[day]", "total": "int64", "same_blob": "binary", "same_half": "float",
}


def _line(user: int, chance: random.Random) -> str:
    def maybe(text: str) -> str:
        return "" if chance.random() < 0.2 else text

    second = f"{chance.randrange(60):02}{chance.choice(['', '.5', '.000001'])}"
    return ",".join([
        str(user), f"2024-01-01T{chance.randrange(24):02}:00:{second}Z",
        maybe(chance.choice(["nan", "inf", "-inf", "-0.0", repr(chance.uniform(-1e9, 1e9))])),
        maybe(str(chance.randrange(-(1 << 63), 1 << 63))), maybe(str(chance.randrange(-(1 << 31), 1 << 31))),
        maybe(chance.choice(["true", "false"])), maybe(chance.choice(["größe", "a b", "x" * 40])),
        maybe(f"2024-02-{chance.randrange(1, 30):02}T00:00:{second}Z"), maybe(f"2024-02-{chance.randrange(1, 30):02}"),
    ])


class ArrowAnswerTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        try:
            _program.find()
        except ts.NotFoundError:
            raise unittest.SkipTest("the program tally is not installed") from None
        chance = random.Random(3)
        cls.shop = Shop()
        cls.shop.write("definitions/wide.yaml", DEFINITIONS)
        head = "user_id,at,number,big,small,yes,word,seen,day\n"
        cls.shop.write("wide/1.csv", head + "\n".join(_line(user, chance) for user in range(1, 281)) + "\n")
        cls.store = ts.open(cls.shop.root, threads=1)
        cls.store.apply()
        cls.store.materialize()
        cls.server = Server(cls.shop.root)
        cls.remote = ts.connect(cls.server.url)
        cls.keys: dict[str, Any] = {"user_id": [*range(1, 300), None, 7]}
        count = len(cls.keys["user_id"])
        cls.inputs = {
            "blob": [chance.choice([None, b"", b"\x00\xff"]) for _ in range(count)],
            "half": [chance.choice([None, 0.1, float("inf"), float("nan")]) for _ in range(count)],
        }

    @classmethod
    def tearDownClass(cls) -> None:
        cls.remote.close()
        cls.server.close()
        cls.store.close()
        cls.shop.close()

    def post(self, accept: str, body: dict[str, Any]) -> tuple[int, str, bytes]:
        request = urllib.request.Request(
            self.server.url + "/v1/vectors", json.dumps(body).encode(),
            {"Content-Type": "application/json", "Accept": accept})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers["Content-Type"], error.read()

    def stream(self, keys: dict[str, Any], at: str = "2024-03-01T00:00:00Z") -> bytes:
        asked = _remote.vectors_request({"service": "wide"}, keys, self.inputs_for(keys), at)
        status, kind, body = self.post(_ipc.CONTENT_TYPE, json.loads(asked.body or b""))
        self.assertEqual((status, kind), (200, _ipc.CONTENT_TYPE), body[:300])
        return body

    def inputs_for(self, keys: dict[str, Any]) -> dict[str, Any]:
        count = len(keys["user_id"])
        return {name: values[:count] for name, values in self.inputs.items()}

    @unittest.skipIf(pyarrow is None, "pyarrow and polars are not installed")
    def test_pyarrow_reads_the_golden_stream(self) -> None:
        # Tests/TallyServerTests/ArrowStreamTests.swift holds the writer against the same bytes.
        path = Path(__file__).parents[2] / "Tests/Vectors/stream.arrow"
        table = pyarrow.ipc.open_stream(path.read_bytes()).read_all()
        table.validate(full=True)
        noon = datetime.datetime(2013, 1, 1, 12, tzinfo=datetime.timezone.utc)
        self.assertEqual(repr(table.drop_columns("timestamp").to_pydict()), repr({
            "bool": [True, None, False], "int32": [-(1 << 31), 7, None], "int64": [(1 << 63) - 1, -1, 0],
            "float32": [0.10000000149011612, None, float("-inf")], "float64": [float("nan"), -0.0, 1e300],
            "string": ["größe", "", None], "bytes": [None, b"\x00\xff", b""],
            "date": [datetime.date(1969, 12, 31), None, None], "array<int32>": [[1, None], [], None],
            "array<array<string>>": [[["a"], None], None, None], "word": ["yes", "no", "yes"],
        }))
        self.assertEqual(table["timestamp"].to_pylist(), [noon, None, None])
        self.assertEqual(table.schema.metadata, {b"about": b'{"a":1}'})
        self.assertEqual(table.schema.field("int32").metadata, {b"type": b"int32"})

    @unittest.skipIf(pyarrow is None, "pyarrow and polars are not installed")
    def test_others_read_the_stream_as_the_json_answer_says(self) -> None:
        for count in (0, 1, 8, 301):
            keys = {"user_id": self.keys["user_id"][:count]}
            here = self.store.get("wide", keys, self.inputs_for(keys), at="2024-03-01T00:00:00Z")
            body = self.stream(keys)
            table = pyarrow.ipc.open_stream(body).read_all()
            table.validate(full=True)
            self.assertEqual(table.num_rows, count)
            schema = table.schema
            about = {name.decode(): text.decode() for name, text in schema.metadata.items()}
            self.assertEqual(about["tally.time"], "2024-03-01T00:00:00Z")
            self.assertEqual(json.loads(about["tally.release"]), here.json["release"])
            self.assertEqual(json.loads(about["tally.receipt"]), here.receipt)
            roles = [field.metadata[b"tally.role"].decode() for field in schema]
            self.assertEqual(roles, ["key"] + ["value"] * 10 + ["status"] * 10 + ["eventTime"] * 4)
            self.assertEqual({field.name: str(field.type) for field in schema if field.name in _TYPES}, _TYPES)
            self.assertEqual(table["user_id"].to_pylist(), keys["user_id"])
            shown = {name: table[name].to_pylist() for name in here.names}
            # Zones of one name and offset are told apart by their texts only.
            self.assertEqual(shown.pop("seen"), here.values["seen"])
            self.assertEqual(repr(shown), repr({name: here.values[name] for name in shown}))
            statuses = {name: table[f"{name}__status"].to_pylist() for name in here.names}
            self.assertEqual(statuses, here.statuses)
            for index, column in enumerate(here.json["columns"]):
                told = schema.field(1 + index).metadata
                self.assertEqual(told[b"tally.feature"].decode(), column["feature"])
                self.assertEqual(told[b"tally.type"].decode(), column["type"])
                self.assertEqual(told.get(b"tally.view", b"").decode(), column["view"] or "")
                times = table.column(21 + int(told[b"tally.times"])).to_pylist()
                self.assertEqual(times, here.event_times[column["name"]])
            frame = polars.read_ipc_stream(io.BytesIO(body))
            self.assertEqual(repr(frame["big"].to_list()), repr(here.values["big"]))
            self.assertEqual(frame["total__status"].cast(polars.String).to_list(), here.statuses["total"])

    def test_a_batch_is_the_same_as_json_and_as_in_process(self) -> None:
        at = "2024-03-01T00:00:00Z"
        here = self.store.get("wide", self.keys, self.inputs, at=at)
        there = self.remote.get("wide", self.keys, self.inputs, at=at)
        asked = _remote.vectors_request({"service": "wide"}, self.keys, self.inputs, at)
        self.assertTrue(asked.accept.startswith(_ipc.CONTENT_TYPE))
        self.assertEqual(pickle.loads(pickle.dumps(there)).event_times, here.event_times)
        told = _remote.vectors(json.loads(self.post("application/json", json.loads(asked.body or b""))[2]))
        self.assertEqual(list(there.json), list(told.json))
        self.assertEqual(there.json, told.json)
        for other in (there, told):
            self.assertEqual(repr(other.values), repr(here.values))
            self.assertEqual((other.statuses, other.event_times), (here.statuses, here.event_times))
            self.assertEqual((other.receipt, other.time), (here.receipt, here.time))

        async def ask() -> ts.Vectors:
            async with ts.connect_async(self.server.url) as store:
                return await store.get("wide", self.keys, self.inputs, at=at)

        self.assertEqual(asyncio.run(ask()).json, told.json)

    def test_times_far_away_are_written_as_json_has_them(self) -> None:
        for time, text in [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999Z"), (1_000, "1970-01-01T00:00:00.001Z"),
            (253_402_300_800_000_000, "10000-01-01T00:00:00Z"), (-62_167_219_200_000_001, "-0001-12-31T23:59:59.999999Z"),
        ]:
            self.assertEqual(_ipc._moment(time), text)

    def test_errors_are_json_whatever_was_asked_for(self) -> None:
        body = {"service": "nobody", "entities": {"user_id": [1]}}
        status, kind, text = self.post(_ipc.CONTENT_TYPE, body)
        self.assertEqual((status, kind), (404, "application/json"))
        self.assertEqual(json.loads(text)["error"]["code"], "E-not-found")
        with self.assertRaises(ts.NotFoundError):
            self.remote.get("nobody", {"user_id": list(range(300))})
        with self.assertRaises(ts.MisuseError):
            self.remote.get("wide", {"user_id": ["a"] * 300}, {"blob": [None] * 300, "half": [None] * 300})

    def test_a_server_without_arrow_answers_in_json(self) -> None:
        body = {"release": None, "time": "2024-01-01T00:00:00Z", "columns": [], "eventTimes": [], "receipt": {}}

        def act(connection: Any) -> None:
            text = json.dumps(body).encode()
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text) + text)

        actor = Actor(act)
        self.addCleanup(actor.close)
        with ts.connect(actor.url) as remote:
            self.assertEqual(remote.get("a", {"b": list(range(300))}).names, [])
        self.assertIn(f"Accept: {_ipc.CONTENT_TYPE}, application/json;q=0.9\r\n".encode(), actor.seen[0])

    def test_a_broken_stream_is_an_error(self) -> None:
        whole = self.stream({"user_id": list(range(1, 20))})
        self.assertEqual(len(_ipc.read(whole).names), 10)
        chance = random.Random(4)
        broken = [whole[:at] for at in range(0, len(whole) - 8, 61)]
        for _ in range(400):
            at = chance.randrange(len(whole))
            broken.append(whole[:at] + bytes([chance.randrange(256)]) + whole[at + 1 :])
        refused = 0
        for data in broken:
            try:
                # What was changed may be a value, or nothing that is read.
                vectors = _ipc.read(data)
                vectors.values, vectors.statuses, vectors.json
            except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError):
                refused += 1
        self.assertGreater(refused, 300)

    def test_what_a_server_tells_of_itself(self) -> None:
        status = self.remote.status()
        here = self.store.status()
        self.assertTrue(status["isReady"])
        self.assertEqual(status["releases"], [one for one in here["releases"] if one["state"] == "serving"])
        for one, other in zip(status["online"], here["online"], strict=True):
            self.assertEqual([one[name] for name in ("view", "generation", "keys", "until", "filledAt")],
                             [other[name] for name in ("view", "generation", "keys", "until", "filledAt")])
        self.assertEqual(status["missing"], {})

        async def ask() -> Any:
            async with ts.connect_async(self.server.url) as store:
                return await store.status()

        self.assertEqual(asyncio.run(ask())["releases"], status["releases"])
        self.assertIsInstance(self.remote.get("wide", {"user_id": 1}, {"blob": b"", "half": 0.5}, at=datetime.datetime(
            2024, 3, 1, tzinfo=datetime.timezone.utc)).time, datetime.datetime)


if __name__ == "__main__":
    unittest.main()
