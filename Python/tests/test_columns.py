# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Vectors as frames: values, nulls and types stay what they are."""

import datetime
import importlib.util
import math
import unittest
from typing import Any

import tallystick as ts

NOON = datetime.datetime(2024, 2, 29, 12, 0, 0, 1, tzinfo=datetime.timezone.utc)
BIG = (1 << 53) + 1
COLUMNS: dict[str, tuple[str, list[Any], list[Any]]] = {
    # The type, the values in JSON, and the values in Python.
    "flag": ("bool", [True, None], [True, None]),
    "small": ("int32", [-1, None], [-1, None]),
    "large": ("int64", [str(BIG), None], [BIG, None]),
    "half": ("float32", [0.5, None], [0.5, None]),
    "number": ("float64", [0.1, None], [0.1, None]),
    "text": ("string", ["é", None], ["é", None]),
    "raw": ("bytes", ["0x00ff", None], [b"\x00\xff", None]),
    "time": ("timestamp", ["2024-02-29T12:00:00.000001Z", None], [NOON, None]),
    "day": ("date", ["2024-02-29", None], [NOON.date(), None]),
    "many": ("array<int64>", [[1, None], None], [[1, None], None]),
}


def vectors(columns: dict[str, tuple[str, list[Any], list[Any]]]) -> ts.Vectors:
    return ts.Vectors({
        "release": None, "time": "2024-01-01T00:00:00Z", "receipt": {}, "eventTimes": [[None, None]],
        "columns": [
            {"name": name, "type": kind, "times": 0, "statuses": ["present", "null"], "values": values}
            for name, (kind, values, _) in columns.items()
        ],
    })


def needs(name: str) -> Any:
    return unittest.skipUnless(importlib.util.find_spec(name), f"{name} is not installed")


class ColumnsTests(unittest.TestCase):
    @needs("pyarrow")
    def test_arrow(self) -> None:
        table = vectors(COLUMNS).to_arrow()
        self.assertEqual(table.to_pydict(), {name: values for name, (_, _, values) in COLUMNS.items()})
        self.assertEqual([str(kind) for kind in table.schema.types], [
            "bool", "int32", "int64", "float", "double", "string", "binary", "timestamp[us, tz=UTC]", "date32[day]",
            "list<item: int64>"])

    @needs("polars")
    def test_polars(self) -> None:
        frame = vectors(COLUMNS).to_polars()
        self.assertEqual(frame.to_dict(as_series=False), {name: values for name, (_, _, values) in COLUMNS.items()})
        self.assertEqual(str(frame.schema["time"]), "Datetime(time_unit='us', time_zone='UTC')")

    @needs("pandas")
    def test_pandas(self) -> None:
        frame = vectors(COLUMNS).to_pandas()
        self.assertEqual(frame["large"].iloc[0], BIG)
        self.assertEqual(frame["time"].iloc[0].to_pydatetime(), NOON)
        self.assertEqual({str(frame[name].dtype) for name in ("flag", "small", "large")}, {"boolean", "Int32", "Int64"})
        self.assertEqual(frame.isna().iloc[1].tolist(), [True] * len(COLUMNS))
        self.assertEqual(frame["raw"].iloc[0], b"\x00\xff")

    @needs("numpy")
    def test_numpy(self) -> None:
        arrays = vectors(COLUMNS).to_numpy()
        self.assertEqual(str(arrays["half"].dtype), "float32")
        self.assertTrue(math.isnan(arrays["flag"][1]))
        self.assertEqual((arrays["many"].tolist(), arrays["time"].tolist()), ([[1, None], None], [NOON, None]))
        whole = vectors({"large": ("int64", [str(BIG), 1], [])}).to_numpy()["large"]
        self.assertEqual((str(whole.dtype), whole.tolist()), ("int64", [BIG, 1]))

    @needs("pyarrow")
    def test_no_entities_keep_their_types(self) -> None:
        empty = vectors({name: (kind, [], []) for name, (kind, _, _) in COLUMNS.items()})
        self.assertEqual(empty.to_arrow().schema, vectors(COLUMNS).to_arrow().schema)

    def test_times_that_python_does_not_know_are_told(self) -> None:
        far = vectors({"time": ("timestamp", ["+10000-01-01T00:00:00Z", None], [])})
        for name in ("pyarrow", "polars", "pandas"):
            if importlib.util.find_spec(name):
                with self.subTest(name), self.assertRaises(ts.DataError):
                    getattr(far, "to_arrow" if name == "pyarrow" else f"to_{name}")()


if __name__ == "__main__":
    unittest.main()
