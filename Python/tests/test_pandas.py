# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Frames of pandas go in and come back without pyarrow as they do with it."""

import contextlib
import datetime
import decimal
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

import tallystick as ts
from tallystick import _pulled, _tables
from tallystick._arrow import Incoming
from tallystick._frames import PrivateFolder
from tallystick._library import library

try:
    import numpy
    import pandas
    import pyarrow.parquet
except ImportError:
    raise unittest.SkipTest("pandas or pyarrow is not installed") from None

UTC = datetime.timezone.utc


@contextlib.contextmanager
def without() -> Any:
    """As if pyarrow were not installed; that it is not loaded would be too much, as pandas goes on using what it has loaded."""
    missing = ImportError("`Import pyarrow` failed.")
    with mock.patch.object(pandas.DataFrame, "__arrow_c_stream__", side_effect=missing), mock.patch(
        "tallystick._answers._is_there", return_value=False
    ):
        yield


def frame() -> Any:
    times = pandas.to_datetime(["2024-01-01T00:30:00Z", None, "2024-07-01T12:00:00.000001Z"], format="ISO8601")
    return pandas.DataFrame({
        "whole": [1, -2, 9007199254740993], "small": numpy.array([1, 2, 3], "int16"),
        "wide": numpy.array([1, 2, 2**63], "uint64"),
        "part": [1.5, None, float("inf")], "half": numpy.array([0.5, 1, 2], "float32"), "flag": [True, False, True],
        "nullable": pandas.array([1, None, 3], "Int32"), "unsure": pandas.array([True, None, False], "boolean"),
        "masked": pandas.array([0.5, None, 1.5], "Float64"), "text": ["a", None, "é" * 40], "empty": ["", "", ""],
        "word": pandas.Categorical(["x", None, "x"]), "code": pandas.Categorical([7, 8, 7]),
        "at": times, "berlin": times.tz_convert("Europe/Berlin"), "wall": times.tz_localize(None),
        "seconds": times.tz_localize(None).astype("datetime64[s]"),
        "day": [datetime.date(1960, 2, 29), None, datetime.date.max],
        "raw": [b"a", None, b""], "mixed": [True, None, False], "none": [None, None, None],
        "objects": pandas.Series([1, None, 3], dtype=object), "Temp C": [1, 2, 3],
    })


class PandasTests(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = PrivateFolder()
        self.addCleanup(self.folder.close)
        self.handle = library().open(str(self.folder.path), {"repository": "none", "help": "python"})
        self.addCleanup(library().free, self.handle)
        self.count = 0

    def put(self, table: Any) -> Path:
        self.count += 1
        path = self.folder.path / f"{self.count}.parquet"
        library().put(self.handle, str(path), Incoming(table, "source 'x'"))
        return path

    def rows(self, path: Path) -> Any:
        return library().rows(self.handle, str(path))

    def test_a_frame_goes_in_as_it_does_with_pyarrow(self) -> None:
        whole = frame()
        for each in (
            whole, whole.iloc[::2], whole.iloc[:0], whole.iloc[1:2].reset_index(drop=True), whole.set_index(["whole", "text"]),
            whole.sort_values("part"), pandas.concat([whole] * 3),
        ):
            wanted = pyarrow.parquet.read_table(self.put(each))
            with without():
                path = self.put(each)
            found = pyarrow.parquet.read_table(path)
            self.assertEqual(found.schema.names, wanted.schema.names)
            # Nothing but nulls has a type of its own nowhere.
            self.assertEqual(found.schema.types, wanted.schema.types)
            self.assertTrue(found.equals(wanted))

    def test_a_file_comes_back_as_it_does_with_pyarrow(self) -> None:
        rows = 5_000
        table = pyarrow.table({
            "whole": pyarrow.array([None if row % 7 == 0 else row for row in range(rows)], pyarrow.int64()),
            "all": range(rows), "flag": [row % 3 == 0 for row in range(rows)], "maybe": [None, True, False, True] * (rows // 4),
            "half": pyarrow.array([0.5, None] * (rows // 2), pyarrow.float32()),
            "text": ["é", None, "", "b" * 30] * (rows // 4),
            "raw": pyarrow.array([b"\0", None] * (rows // 2)),
            "at": pyarrow.array(
                [datetime.datetime(2024, 1, 1, tzinfo=UTC), None] * (rows // 2), pyarrow.timestamp("us", "UTC")),
            "wall": pyarrow.array([datetime.datetime(2024, 1, 1), None] * (rows // 2), pyarrow.timestamp("ns")),
            "day": [datetime.date(1960, 1, 1), None] * (rows // 2),
            "money": pyarrow.array([decimal.Decimal("-1.50"), None] * (rows // 2), pyarrow.decimal128(9, 2)),
            "many": pyarrow.array([[1, None], None, [], [2, 3]] * (rows // 4), pyarrow.list_(pyarrow.int64())),
        })
        for each in (table, table.slice(0, 0)):  # Many batches, and none.
            path = self.folder.path / f"{each.num_rows}.parquet"
            pyarrow.parquet.write_table(each, path)
            wanted = pandas.read_parquet(path)
            found = _pulled.to_pandas(self.rows(path))
            self.assertEqual(found.dtypes.to_dict(), wanted.dtypes.to_dict())
            many, lists = (
                [None if row is None else [None if one != one else one for one in row] for row in each.pop("many")]
                for each in (found, wanted))
            self.assertTrue(many == lists)
            pandas.testing.assert_frame_equal(found, wanted)
            arrays = _pulled.to_numpy(self.rows(path))
            for name in ("whole", "all", "flag", "maybe", "half", "text", "at", "day"):
                numpy.testing.assert_array_equal(arrays[name], each.column(name).to_numpy(), name)
                self.assertEqual(arrays[name].dtype, each.column(name).to_numpy().dtype, name)
            objects = _pulled.columns(self.rows(path), each.column_names)
            for name in ("maybe", "text", "raw", "at", "day", "money", "many"):
                if objects[name].dtype == object:
                    # Not assertEqual, which would look for the difference for minutes.
                    self.assertTrue(objects[name].tolist() == each.column(name).to_pylist(), name)
            self.assertEqual(objects["maybe"].dtype, numpy.float64)

    def test_what_has_no_counterpart_is_told(self) -> None:
        with without():
            for values, words in [
                (pandas.to_timedelta([1, 2], "s"), "durations"),
                (pandas.period_range("2024", periods=2, freq="D"), "install pyarrow"),
                (numpy.array([1, 2], "float16"), "install pyarrow"), ([1, "x"], "several types"), ([{}, {}], "no value"),
            ]:
                with self.subTest(words), self.assertRaises(ts.MisuseError) as caught:
                    self.put(pandas.DataFrame({"a": values}))
                self.assertIn(words, f"{caught.exception} {caught.exception.help}")
            with self.assertRaises(ts.MisuseError) as caught:
                self.put(pandas.DataFrame([[1, 2]], columns=["a", "a"]))
            self.assertIn("there twice", str(caught.exception))
        path = self.folder.path / "nested.parquet"
        pyarrow.parquet.write_table(pyarrow.table({"a": [{"x": 1}]}), path)
        with self.assertRaises(ts.MisuseError) as caught:
            _pulled.to_pandas(self.rows(path))
        self.assertIn("column 'a'", str(caught.exception))

    def test_a_file_that_breaks_in_the_middle_is_an_error(self) -> None:
        path = self.put({"a": [str(row) * 50 for row in range(20_000)]})
        data = bytearray(path.read_bytes())
        data[1000:20000] = bytes(19000)
        path.write_bytes(data)
        with self.assertRaises((ts.StorageError, ts.DataError)):
            _pulled.to_pandas(self.rows(path))

    def test_columns_of_a_dictionary_may_be_those_of_pandas_and_numpy(self) -> None:
        given = {
            "a": pandas.Series([1, None], dtype="Int64"), "b": numpy.array([1, 2], "int16"), "c": numpy.array([0.5, numpy.nan]),
            "d": numpy.arange(4)[::2], "e": numpy.array(["2024-01-01", "NaT"], "datetime64[s]"),
        }
        found = pyarrow.parquet.read_table(self.put(given))
        self.assertEqual(
            [str(kind) for kind in found.schema.types], ["int64", "int64", "double", "int64", "timestamp[us]"])
        self.assertEqual(found["a"].to_pylist(), [1, None])
        self.assertEqual(found["d"].to_pylist(), [0, 2])
        self.assertEqual((found["c"].null_count, found["e"].null_count), (0, 1))

    def test_a_join_needs_neither_pyarrow_nor_polars(self) -> None:
        times = pandas.to_datetime(["2024-01-01T10:00Z", "2024-01-01T11:00Z"])
        seen = pandas.DataFrame({"k": ["a", "a"], "at": times, "v": [1, 2]})
        asked = pandas.DataFrame({"k": ["a", "b"], "at": pandas.to_datetime(["2024-01-01T10:30Z"] * 2)}, index=[7, 9])
        with without():
            made = ts.point_in_time(asked, {"s": seen}, on="k", time="at")
            back = made.to_pandas()
            self.assertEqual(made.to_numpy()["k"].tolist(), ["a", "b"])
            self.assertEqual(_tables.write(seen, self.folder.path / "w.parquet", columns=["k", "v"]), 2)
        self.assertEqual(list(back.index), [7, 9])
        self.assertEqual(back["s__v"].fillna(-1).tolist(), [1, -1])


if __name__ == "__main__":
    unittest.main()
