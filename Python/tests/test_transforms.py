# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Functions in Python: a training set and a vector hold the same bits, and what is not as promised is an error."""

import csv
import ctypes
import importlib.util
import math
import os
import random
import struct
import unittest
import urllib.request
import tallystick as ts
from server import Server
from shop import Shop
from tallystick import _library
from tallystick._library import library
from tallystick._review_changes import Layout, axis

VIEW = """
---
kind: FeatureView
name: reading
entities: [user]
source: readings
features:
  - {name: f, type: float64}
  - {name: h, type: float32}
  - {name: i, type: int64}
  - {name: s, type: string}
  - {name: b, type: bool}
---
kind: Source
name: readings
path: readings/*.csv
eventTime: at
---
kind: PythonTransform
name: rows
source: transforms/rows.py
inputs: {f: float64, h: float32, i: int64, s: string, b: bool, half: float64, factor: float64, observed_at: timestamp}
outputs: {of: float64, oh: float32, oi: int64, os: string, ob: bool, ot: timestamp, oa: array<int64>}
---
kind: FeatureService
name: rows
features: [reading]
request: {factor: float64}
onDemand: [{name: half, type: float64, expression: "f / 2.0"}]
transforms: [rows]
"""

ROWS = '''
import datetime
import math


def rows(row):
    f, i = row["f"], row["i"]
    return {
        "of": None if f is None else math.sin(f) * (row["factor"] or 1.0) if math.isfinite(f) else f,
        "oh": row["h"],
        "oi": None if i is None else -i,
        "os": None if row["s"] is None else row["s"].upper() + "\\u20ac",
        "ob": None if row["b"] is None else not row["b"],
        "ot": row["observed_at"] + datetime.timedelta(microseconds=1),
        "oa": [] if i is None else [i, None],
        "more": "is left out",
    }
'''

FRAMES = '''
import numpy as np
import pandas as pd


def frames(df):
    made = pd.DataFrame()
    made["of"] = np.exp(df["f"].clip(-300, 300)) + df["factor"]
    made["oi"] = df["i"] * 2
    made["os"] = df["s"]
    return made
'''


def bits(value: object) -> object:
    return struct.pack("<d", value) if isinstance(value, float) and not math.isnan(value) else str(value)


class Transforms(unittest.TestCase):
    def setUp(self) -> None:
        self.shop = Shop()
        self.addCleanup(self.shop.close)

    def store(self, definitions: str, **files: str) -> ts.FeatureStore:
        path = self.shop.root / "definitions/all.yaml"
        self.shop.write("definitions/all.yaml", path.read_text() + definitions)
        for name, text in files.items():
            self.shop.write(f"transforms/{name}.py", text)
        store = ts.open(self.shop.root, threads=1)
        self.addCleanup(store.close)
        return store

    def readings(self, count: int) -> None:
        draw = random.Random(47)
        floats = [0.1, -2.5, 1e300, math.nan, math.inf, 5e-324, None]
        lines = [["user_id", "at", "f", "h", "i", "s", "b"]]
        for user in range(count):
            f = draw.choice(floats) if draw.random() < 0.5 else draw.uniform(-1e3, 1e3)
            lines.append([
                user, "2024-01-01T10:00:00Z", "" if f is None else repr(f), repr(draw.random()),
                draw.choice(["", str(draw.randrange(-2**62, 2**62))]), draw.choice(["", "a b", "é\u0301,\"x\"", "null"]),
                draw.choice(["", "true", "false"])])
        (self.shop.root / "readings").mkdir()
        for name, table in [("readings/1.csv", lines), ("spine.csv", [
                ["user_id", "event_timestamp", "factor"],
                *([user, "2024-01-01T12:00:00Z", draw.choice(["", "2", "0.3"])] for user in range(count + 1))])]:
            with (self.shop.root / name).open("w", newline="") as file:
                csv.writer(file).writerows(table)

    def both(self, store: ts.FeatureStore, service: str, count: int) -> tuple[list, list]:
        """What a training set holds, and what vectors hold, all at once and one by one."""
        store.apply()
        store.materialize()
        with (self.shop.root / "spine.csv").open() as file:
            spine = list(csv.DictReader(file))
        factors = [float(row["factor"]) if row["factor"] else None for row in spine]
        made = store.train(service, self.shop.root / "spine.csv", self.shop.root / "train.parquet")
        self.assertEqual(made.json["identity"]["language"].split()[0], "python")
        trained = store_rows(made)
        at = "2024-01-01T12:00:00Z"
        together = store.get(service, {"user_id": list(range(count + 1))}, {"factor": factors}, at=at).rows()
        for user in range(0, count + 1, 17):
            alone = store.get(service, {"user_id": user}, {"factor": factors[user]}, at=at).rows()[0]
            self.assertEqual({k: bits(v) for k, v in alone.items()}, {k: bits(v) for k, v in together[user].items()})
        return trained, together

    @unittest.skipIf(importlib.util.find_spec("pyarrow") is None, "not installed: pyarrow")
    def test_training_and_serving_hold_the_same_bits_of_random_rows(self) -> None:
        store = self.store(VIEW, rows=ROWS)
        self.readings(300)
        trained, served = self.both(store, "rows", 300)
        self.assertEqual(len(trained), 301)
        for left, right in zip(trained, served):
            self.assertEqual({name: bits(left[name]) for name in right}, {name: bits(value) for name, value in right.items()})
        self.assertGreater(sum(row["of"] is not None for row in served), 100)
        self.assertGreater(sum(row["oi"] is None for row in served), 50)
        self.assertEqual(store.compare("rows", sample=50)["differing"], 0)

    @unittest.skipIf(
        any(importlib.util.find_spec(name) is None for name in ("pandas", "numpy", "pyarrow")), "not installed: pandas, pyarrow")
    def test_a_frame_of_one_row_gives_the_same_bits_in_both(self) -> None:
        import pandas

        definitions = VIEW[: VIEW.index("---\nkind: PythonTransform")] + f"""---
kind: PythonTransform
name: frames
source: transforms/frames.py
mode: pandas
inputs: {{f: float64, i: int64, s: string, factor: float64}}
outputs: {{of: float64, oi: int64, os: string}}
requirements: [pandas=={pandas.__version__}]
---
kind: FeatureService
name: frames
features: [reading]
request: {{factor: float64}}
transforms: [frames]
"""
        store = self.store(definitions, frames=FRAMES)
        self.readings(40)
        trained, served = self.both(store, "frames", 40)
        for left, right in zip(trained, served):
            self.assertEqual({name: bits(left[name]) for name in right}, {name: bits(value) for name, value in right.items()})

    def simple(self, body: str, more: str = "", outputs: str = "{o: int64}") -> ts.FeatureStore:
        return self.store(f"""---
kind: PythonTransform
name: one
source: transforms/one.py
inputs: {{total: int64}}
outputs: {outputs}
{more}
---
kind: FeatureService
name: ones
features: [last_order]
transforms: [one]
""", one=f"def one(row):\n{body}")

    def fails(self, store: ts.FeatureStore, message: str) -> ts.TransformError:
        output = self.shop.root / "train.csv"
        with self.assertRaises(ts.TransformError) as caught:
            store.train("ones", self.shop.root / "spine.csv", output)
        self.assertEqual(caught.exception.code, "E-transform")
        self.assertEqual(caught.exception.subject, "transform one")
        self.assertIn(message, caught.exception.message)
        self.assertFalse(output.exists())
        return caught.exception

    def test_an_exception_is_the_cause_of_an_error_with_its_row_and_no_value(self) -> None:
        store = self.simple("    return {'o': 1 // (row['total'] - 5)}\n")
        store.apply()
        error = self.fails(store, "row 1: ZeroDivisionError in line 2 of transforms/one.py")
        self.assertIsInstance(error.__cause__, ZeroDivisionError)
        store.materialize()
        with self.assertRaises(ts.TransformError) as caught:
            store.get("ones", {"user_id": [1, 2]})
        self.assertIn("row 1: ZeroDivisionError", str(caught.exception))
        self.assertEqual(store.get("ones", {"user_id": 1}).values["o"], [0])

    def test_a_value_of_another_type_is_an_error(self) -> None:
        for given, told in {
            "{'o': 'x'}": "output 'o' is a str, and int64 was promised", "{'o': 1.5}": "is a float", "{'o': True}": "is a bool",
            "{'o': 2**63}": "is a int", "{}": "has no key 'o'", "[1]": "it returned a list, and no dictionary",
            "exit(3)": "SystemExit", "None": "it returned a NoneType",
        }.items():
            with self.subTest(given):
                shop = Shop()
                self.addCleanup(shop.close)
                self.shop = shop
                store = self.simple(f"    return {given}\n")
                store.apply()
                self.fails(store, told)

    def test_a_lone_surrogate_is_no_text(self) -> None:
        store = self.simple("    return {'o': '\\ud800'}\n", outputs="{o: string}")
        store.apply()
        self.fails(store, "output 'o' is a str, and string was promised")

    def test_a_python_that_gives_no_answer_is_an_error_and_null_is_no_function(self) -> None:
        self.addCleanup(library().c.tally_python, _library._run_python_in_c, b"python", 6)
        self.assertEqual(library().c.tally_python(ctypes.cast(None, _library._python), b"python", 6), 3)
        self.assertEqual(library().c.tally_python(_library._run_python_in_c, None, 0), 3)
        silent = _library._python(lambda *_: None)
        broken = _library._python(lambda request, length, place, reply: reply(place, b"\xff", 1))
        for function in (silent, broken):
            shop = Shop()
            self.addCleanup(shop.close)
            self.shop = shop
            self.assertEqual(library().c.tally_python(function, b"python", 6), 0)
            store = self.simple("    return {'o': 1}\n")
            store.apply()
            self.fails(store, "python gave no answer")
            self.kept = (silent, broken)

    def test_a_file_that_was_changed_is_refused_until_it_is_applied(self) -> None:
        store = self.simple("    return {'o': row['total']}\n")
        store.apply()
        store.materialize()
        self.assertEqual(store.get("ones", {"user_id": 2}).values["o"], [5])
        self.shop.write("transforms/one.py", "def one(row):\n    return {'o': row['total'] + 1}\n")
        with self.assertRaises(ts.TransformError) as caught:
            store.get("ones", {"user_id": 2})
        self.assertIn("is not the text that was applied", caught.exception.message)
        with self.assertRaises(ts.ConflictError):
            store.train("ones", self.shop.root / "spine.csv", self.shop.root / "train.csv")
        change = store.plan().changes[0]
        self.assertIn((("transform", "one"), ("service", "ones")), ts.lineage(store.plan()).edges)
        self.assertEqual((change["name"], change["effect"], change["needsBackfill"]), ("one", "value", False))
        self.assertEqual(axis(change["kind"], change["fields"][0]["path"]), "meaning")
        self.assertEqual(axis("PythonTransform", ["outputs", "o", "type"]), "schema")
        store.apply()
        self.assertEqual(store.get("ones", {"user_id": 2}).values["o"], [6])
        self.shop.write("transforms/one.py", "def one(row):\n    return {'o': row['total']}\n")
        store.apply()
        self.assertEqual(store.get("ones", {"user_id": 2}).values["o"], [5])

    def test_requirements_are_compared_with_what_is_installed(self) -> None:
        store = self.simple("    return {'o': 1}\n", "requirements: [no-such-thing==1.0]")
        store.apply()
        self.assertIn("pip install", self.fails(store, "needs no-such-thing==1.0, which is not installed").help or "")

    def test_a_check_runs_nothing(self) -> None:
        mark = self.shop.root / "ran"
        store = self.simple(f"    return {{'o': 1}}\nopen({str(mark)!r}, 'w').close()\n")
        self.assertEqual(store.check().errors, [])
        store.apply()
        store.materialize()
        self.assertFalse(mark.exists())
        store.get("ones", {"user_id": 1})
        self.assertTrue(mark.exists())

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_a_forked_child_runs_it_too(self) -> None:
        store = self.simple("    return {'o': row['total'] + 1}\n")
        store.apply()
        store.materialize()
        self.assertEqual(store.get("ones", {"user_id": 2}).values["o"], [6])
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if store.get("ones", {"user_id": 2}).values["o"] == [6] else 1)
            except BaseException:
                os._exit(2)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)

    def test_a_server_refuses_its_services_and_answers_the_others(self) -> None:
        store = self.simple("    return {'o': row['total']}\n")
        store.apply()
        store.materialize()
        server = Server(self.shop.root)
        self.addCleanup(server.close)
        connection = ts.connect(server.url)
        with self.assertRaises(ts.TallyError) as caught:
            connection.get("ones", {"user_id": 2})
        self.assertEqual(caught.exception.code, "E-needs-python")
        self.assertIn("Python package", caught.exception.help or "")
        self.assertEqual(connection.get("model", {"user_id": 2}, {"factor": 2.0}).values["scaled"], [10.0])
        self.assertEqual(connection.service("ones")["transforms"], ["one"])
        with urllib.request.urlopen(f"{server.url}/services/ones") as page:
            text = page.read().decode()
        self.assertIn("this server does not", text)
        self.assertIn("Python: one", text)
        self.assertNotIn("curl", text)
        self.assertIn("not served", server.greeting)
        self.assertEqual(Layout("ones", str(self.shop.root)).outputs, {"total": "int64", "o": "int64"})

    def test_a_definition_is_an_object_too(self) -> None:
        transform = ts.PythonTransform(
            "score", source="transforms/score.py", inputs={"total": "int64"}, outputs={"score": "float64"},
            requirements=["numpy==2.1.3"])
        service = ts.FeatureService("scored", features=["last_order"], transforms=[transform])
        self.shop.write("transforms/score.py", "def score(row):\n    return {'score': 1.0}\n")
        self.assertIn((("transform", "score"), ("service", "scored")), ts.lineage(service).edges)
        self.assertEqual([path.name for path in service.save(self.shop.root)], ["transform_score.yaml", "service_scored.yaml"])
        with ts.open(self.shop.root, threads=1) as store:
            self.assertEqual(store.check().errors, [])
            self.assertIn("transform", {row["kind"] for row in store.list()})
        for wrong in [{"mode": "columns"}, {"inputs": {}}, {"outputs": {"Score": "float64"}}, {"outputs": {"o": "float"}}]:
            with self.assertRaises(ts.MisuseError):
                ts.PythonTransform(**{
                    "name": "score", "source": "s.py", "inputs": {"total": "int64"}, "outputs": {"score": "float64"}, **wrong})


def store_rows(made: ts.TrainingSet) -> list:
    """The rows of a training set, floats of 32 bits as they are."""
    return made.to_arrow().to_pylist()


if __name__ == "__main__":
    unittest.main()
