# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""From a table to a repository, by way of a proposal."""

import dataclasses
import datetime
import decimal
import gc
import importlib.util
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import tallystick as ts
from tallystick import _program


def has(*names: str) -> bool:
    return all(importlib.util.find_spec(name) for name in names)


def frame(rows: int) -> dict[str, list[object]]:
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    return {
        "origin": ["JFK", "LGA", "EWR"] * (rows // 3),
        "seen_at": [start + datetime.timedelta(hours=row // 3) for row in range(rows)],
        "Wind Speed": [float(row % 40) for row in range(rows)],
        "day": [(start + datetime.timedelta(days=row)).date() for row in range(rows)],
        "gusts": [None if row % 10 == 0 else row % 7 for row in range(rows)],
    }


class ExploreTests(unittest.TestCase):
    def setUp(self) -> None:
        try:
            _program.find()
        except ts.NotFoundError:
            self.skipTest("the program tally is not installed")
        folder = tempfile.TemporaryDirectory(prefix="tallystick-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def test_a_file_becomes_a_repository_that_serves(self) -> None:
        file = self.root / "baskets.csv"
        file.write_text(
            "customer_id,at,items,Total Price,observed_at\n"
            "1,2024-01-01T10:00:00Z,2,9.5,x\n2,2024-01-01T11:00:00Z,1,3.25,y\n")
        found = ts.explore(file, owner="shop")
        self.assertEqual(found.entity.name, "customer")
        self.assertEqual(found.source.event_time, "at")
        self.assertEqual(
            {item.column: item.text for item in found.evidence if item.outcome == "chosen"}["customer_id"],
            "by its name alone; others could be items, observed_at")
        found.save(self.root, project="shop")
        self.assertIn("path: baskets.csv\n", (self.root / "definitions/source_baskets.yaml").read_text())
        with ts.open(self.root) as store:
            self.assertEqual(store.check().diagnostics, [])
            ts.FeatureService("s", features=[found.view.name], owner="o").save(self.root)
            store.apply()
            store.materialize()
            self.assertEqual(
                store.get("s", {"customer_id": 1}).rows(), [{"items": 2, "total_price": 9.5, "observed_at_2": "x"}])

    def test_what_is_missing_is_told_with_what_could_be(self) -> None:
        file = self.root / "a.csv"
        file.write_text("a,b\n1,2.5\n")
        with self.assertRaises(ts.MisuseError) as caught:
            ts.explore(file)
        self.assertIn("it could be a", caught.exception.help or "")
        for error, arguments in [
            (ts.NotFoundError, {"keys": "c"}), (ts.MisuseError, {"keys": ["a", "b"]}),
            (ts.MisuseError, {"keys": "a", "event_time": "b"}),
        ]:
            with self.assertRaises(error):
                ts.explore(file, **arguments)  # type: ignore[arg-type]
        for data, error in [(self.root / "none.csv", ts.NotFoundError), (7, ts.MisuseError)]:
            with self.assertRaises(error):
                ts.explore(data, keys="a")
        with mock.patch.dict(os.environ, {"TALLY_PROGRAM": "/nowhere"}), self.assertRaises(ts.NotFoundError) as told:
            ts.explore(file, keys="a")
        self.assertIn("TALLY_PROGRAM", told.exception.help or "")

    def test_a_frame_is_written_beside_its_definitions(self) -> None:
        found = ts.explore(frame(1200), keys="origin", event_time="seen_at", name="Weather", owner="o")
        text = repr(found)
        self.assertIn("Wind Speed", text)
        self.assertIn("name: wind_speed", text)
        found.entity = dataclasses.replace(found.entity, description="An airport.")
        found.save(self.root, project="p")
        # The same again changes nothing; another table under the name is somebody's data.
        found.save(self.root)
        with ts.open(self.root) as store:
            self.assertEqual(store.check().diagnostics, [])
            self.assertEqual(store.verify().broken, [])
            self.assertIn("weather.origin.enum", {item["id"] for item in store.verify().findings})
            self.assertEqual([item["description"] for item in store.list("entity")], ["An airport."])
        (self.root / "data/weather.parquet").write_bytes(b"mine")
        with self.assertRaises(ts.ConflictError):
            found.save(self.root)
        folder = found._file.parent  # type: ignore[union-attr]
        self.assertTrue(folder.exists())
        del found
        gc.collect()
        self.assertFalse(folder.exists(), "the copy goes with the proposal")

    def test_frames_of_all_libraries_propose_the_same(self) -> None:
        if not has("pandas", "polars", "pyarrow", "duckdb"):
            self.skipTest("pandas, polars, pyarrow or duckdb is not installed")
        import duckdb
        import pandas
        import polars
        import pyarrow

        columns = frame(300)
        arrow = pyarrow.table(columns)
        seen = {
            found.view.yaml() + found.entity.yaml()
            for data in [
                columns, arrow, polars.DataFrame(columns), pandas.DataFrame(columns).astype({"gusts": "Int64"}),
                arrow.to_pandas(types_mapper=pandas.ArrowDtype).set_index("origin"), duckdb.sql("FROM arrow"),
            ]
            for found in [ts.explore(data, keys=["origin"])]
        }
        self.assertEqual(len(seen), 1, seen)

    def test_types_are_those_of_the_store_or_told(self) -> None:
        if not has("pyarrow", "pandas"):
            self.skipTest("pyarrow or pandas is not installed")
        import pandas
        import pyarrow

        kinds = {
            "flag": (pyarrow.bool_(), "bool"), "small": (pyarrow.int16(), "int32"), "plain": (pyarrow.int32(), "int32"),
            "large": (pyarrow.int64(), "int64"), "wide": (pyarrow.uint32(), "int64"), "half": (pyarrow.float32(), "float32"),
            "number": (pyarrow.float64(), "float64"), "text": (pyarrow.large_string(), "string"),
            "word": (pyarrow.dictionary(pyarrow.int8(), pyarrow.string()), "string"), "raw": (pyarrow.binary(), "bytes"),
            "day": (pyarrow.date32(), "date"), "seen": (pyarrow.timestamp("ns", "Europe/Berlin"), "timestamp"),
            "list": (pyarrow.list_(pyarrow.float32()), "array<float32>"), "money": (pyarrow.decimal128(9, 2), None),
            "clock": (pyarrow.time64("us"), None), "nested": (pyarrow.struct([("a", pyarrow.int64())]), None),
            "huge": (pyarrow.uint64(), None),
        }
        values = {
            "flag": True, "text": "a", "word": "a", "raw": b"a", "day": datetime.date(2024, 1, 1), "list": [0.5],
            "seen": datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), "money": decimal.Decimal("1.50"),
            "nested": {"a": 1}, "clock": datetime.time(1, 2),
        }
        table = pyarrow.table({
            "id": [1, 2], **{name: pyarrow.array([values.get(name, 1), None], kind) for name, (kind, _) in kinds.items()}})
        found = ts.explore(table, event_time="seen", owner="o")
        self.assertEqual(
            {feature.name: feature.type for feature in found.view.features},
            {name: kind for name, (_, kind) in kinds.items() if kind and name != "seen"})
        told = {item.column for item in found.evidence if item.check == "type"}
        self.assertEqual(told, {name for name, (_, kind) in kinds.items() if kind is None})
        found.save(self.root, project="p")
        with ts.open(self.root) as store:
            self.assertEqual(store.check().diagnostics, [])
        for data, words in [
            ({}, "has no columns"), (pandas.DataFrame([[1, 2]], columns=["a", "a"]), "cannot be given as Arrow"),
            (pandas.DataFrame({"id": [1, "a"]}), "cannot be given as Arrow"), ({"id": [1], "x": [1, 2]}, "different lengths"),
        ]:
            with self.subTest(words), self.assertRaises(ts.MisuseError) as caught:
                ts.explore(data, keys="id")
            self.assertIn(words, str(caught.exception))

    def test_a_proposal_is_shown_with_every_text_escaped(self) -> None:
        file = self.root / "a.csv"
        file.write_text("id,<script>alert(1)</script>\n1,2\n")
        shown = ts.explore(file)._repr_html_()
        self.assertNotIn("<script", shown)
        self.assertIn("&lt;script&gt;", shown)


if __name__ == "__main__":
    unittest.main()
