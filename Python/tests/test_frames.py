# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Tables that come in as Arrow C streams: types stay as they are, and what is broken is an error and never a crash."""

import ctypes
import datetime
import gc
import random
import struct
import unittest
from typing import Any, Callable, Optional

import tallystick as ts
from shop import Shop
from tallystick import _arrow
from tallystick._arrow import Incoming, PlainStream, Schema, _Column
from tallystick._frames import PrivateFolder
from tallystick._library import library

OK, FAILED, BAD_HANDLE, BAD_ARGUMENT = range(4)
UTC = datetime.timezone.utc


def optional(name: str) -> Any:
    """A library that is not needed; the test is skipped where it is not installed."""
    try:
        return __import__(name, fromlist=["_"])
    except ImportError:
        raise unittest.SkipTest(f"{name} is not installed") from None


class FramesTests(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = PrivateFolder()
        self.handle = library().open(str(self.folder.path), {"repository": "none", "help": "python"})
        self.count = 0

    def tearDown(self) -> None:
        library().free(self.handle)
        self.folder.close()

    def put(self, table: Any) -> str:
        """The path of the file that a table became."""
        self.count += 1
        path = str(self.folder.path / f"{self.count}.parquet")
        library().put(self.handle, path, Incoming(table, "source 'x'"))
        return path

    def refusal(self, table: Any) -> str:
        with self.assertRaises((ts.MisuseError, ts.DataError)) as caught:
            self.put(table)
        self.assertEqual(list(self.folder.path.glob("*.partial-*")), [], "nothing is left behind")
        return str(caught.exception)

    def test_plain_lists_become_typed_columns(self) -> None:
        path = self.put({
            "whole": [1, None, 9007199254740993], "part": [1.5, 2, None], "text": ["x", "é", None],
            "at": [datetime.datetime(2024, 1, 1, tzinfo=UTC)] * 3, "day": [datetime.date(1960, 1, 1)] * 3,
            "flag": [True, None, False], "none": [None] * 3, "raw": [b"a", b"", None],
        })
        pyarrow = optional("pyarrow.parquet")
        table = pyarrow.read_table(path)
        self.assertEqual(
            [str(field.type) for field in table.schema],
            ["int64", "double", "string", "timestamp[us, tz=UTC]", "date32[day]", "bool", "int32", "binary"])
        self.assertEqual(table["whole"].to_pylist(), [1, None, 9007199254740993])
        self.assertEqual(table["text"].to_pylist(), ["x", "é", None])
        self.assertEqual(table["flag"].to_pylist(), [True, None, False])
        self.assertEqual(table["raw"].to_pylist(), [b"a", b"", None])

    def test_plain_lists_that_are_no_table_are_refused(self) -> None:
        for table, words in [
            (5, "no table"), ({}, "no columns"), ({"a": [1], "b": [1, 2]}, "different lengths"), ({"a": "text"}, "no list"),
            ({"a": [1, "x"]}, "several types"), ({"a": [1 << 70]}, "64 bits"), ({1: [1]}, "no name"),
            ({"a": [object()]}, "no value"), ({"a": [datetime.timedelta(1)]}, "timedelta"), ([1, 2], "no table"),
        ]:
            with self.subTest(words):
                self.assertIn(words, self.refusal(table))

    def test_types_of_libraries_stay_what_they_are(self) -> None:
        pa, parquet = optional("pyarrow"), optional("pyarrow.parquet")
        table = pa.table({
            "dictionary": pa.array(["a", None, "a"]).dictionary_encode(), "large": pa.array(["x", "y", "z"], pa.large_string()),
            "view": pa.array(["s", "a text that is longer than a view", None], pa.string_view()),
            "ns": pa.array([1, None, 1_700_000_000_000_000_001], pa.timestamp("ns", "Europe/Berlin")),
            "wall": pa.array([1, 2, 3], pa.timestamp("ns")), "decimal": pa.array([1, 2, 3], pa.decimal128(10, 2)),
            "small": pa.array([1, 2, 3], pa.int8()), "list": pa.array([[1], None, []]),
        })
        table = pa.concat_tables([table.slice(0, 1), table.slice(1, 0), table.slice(1)])
        back = parquet.read_table(self.put(table))
        self.assertEqual(
            [str(field.type) for field in back.schema][:7],
            ["string", "string", "string", "timestamp[ns, tz=UTC]", "timestamp[ns]", "decimal128(10, 2)", "int8"])
        for name in table.column_names:
            self.assertEqual(
                back[name].cast(pa.int64() if name in ("ns", "wall") else back[name].type).to_pylist(),
                table[name].cast(pa.int64() if name in ("ns", "wall") else back[name].type).to_pylist(), name)
        self.assertEqual(parquet.read_table(self.put(table.slice(0, 0))).num_rows, 0)

    def test_the_outermost_nanoseconds_are_instants(self) -> None:
        pa, parquet = optional("pyarrow"), optional("pyarrow.parquet")
        numbers = [2**63 - 1, 2**63 - 2, -(2**63 - 1), 1 - 2**63 + 500, None, 0]
        for zone in None, "UTC":
            table = pa.table({"k": list(range(len(numbers))), "t": pa.array(numbers, pa.timestamp("ns", zone))})
            path = self.put(table)
            self.assertEqual(parquet.read_table(path)["t"].cast(pa.int64()).to_pylist(), numbers)
            # As a spine and as a source: each row finds what happened at its microsecond, or at the one before.
            source = pa.table({"k": table["k"], "at": table["t"], "v": table["k"]})
            found = ts.point_in_time(table, {"s": source}, on="k", time={"spine": "t", "s": "at"})
            rows = found.to_arrow()
            self.assertEqual(rows["s__v"].to_pylist(), [None, None, None, None, None, 5])
            self.assertEqual(rows["t"].cast(pa.int64()).to_pylist(), numbers)
            # Instants leave a stream as microseconds.
            streamed = pa.table(found)["t"]
            exact = numbers if zone is None else [None if count is None else count // 1000 for count in numbers]
            self.assertEqual(streamed.type, pa.timestamp("us" if zone else "ns", zone))
            found_counts = streamed.cast(pa.int64()).to_pylist()
            self.assertEqual([found_counts[row] for row in (0, 2, 4, 5)], [exact[row] for row in (0, 2, 4, 5)])

    def test_times_beyond_microseconds_are_refused(self) -> None:
        pa = optional("pyarrow")
        for unit, number in ("us", 2**63 - 1), ("us", 1 - 2**63), ("ms", 2**63 - 1), ("s", 9_223_372_036_855):
            times = pa.array([0, number, None], pa.int64()).cast(pa.timestamp(unit, "UTC"))
            lists = pa.ListArray.from_arrays([0, 1, 3], times)
            for column in times, times.dictionary_encode(), lists, pa.StructArray.from_arrays([times], ["x"]):
                with self.subTest(unit=unit, type=str(column.type)):
                    self.assertIn("'t' has 1 time beyond what microseconds reach", self.refusal(pa.table({"t": column})))
        fine = pa.array([0, 2**63 - 1], pa.int64()).cast(pa.timestamp("us"))
        self.put(pa.table({"t": fine.slice(0, 1)}))

    def test_types_that_make_no_sense_are_refused(self) -> None:
        pa = optional("pyarrow")
        for values, words in [
            (pa.array([1], pa.duration("s")), "durations"), (pa.array([1], pa.decimal256(10, 2)), "128 bits"),
            (pa.array([1.5], pa.float16()), "half floats"),
            (pa.array([[1]], pa.list_(pa.timestamp("ns", "UTC"))), "within lists"),
            (
                pa.DictionaryArray.from_arrays(pa.array([0, 7], pa.int8()), pa.array(["a"]), safe=False),
                "out of bounds",
            ),
        ]:
            with self.subTest(words):
                self.assertIn(words, self.refusal(pa.table({"a": values})))
        self.assertIn("is there twice", self.refusal(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])))
        self.assertIn("no name", self.refusal(pa.table([pa.array([1])], names=[""])))

    def test_letter_case_keeps_columns_apart(self) -> None:
        parquet = optional("pyarrow.parquet")
        self.assertEqual(parquet.read_table(self.put({"a": [1], "A": [2]})).to_pylist(), [{"a": 1, "A": 2}])

    def test_an_index_of_pandas_becomes_columns(self) -> None:
        pandas, parquet = optional("pandas"), optional("pyarrow.parquet")
        frame = pandas.DataFrame({"k": pandas.array([1, None], dtype="Int64"), "c": pandas.Categorical(["a", "b"])})
        self.assertEqual(parquet.read_table(self.put(frame)).column_names, ["k", "c"])
        back = parquet.read_table(self.put(frame.set_index("k")))
        self.assertEqual(back.to_pylist(), [{"c": "a", "k": 1}, {"c": "b", "k": None}])
        self.assertIn("Arrow", self.refusal(pandas.DataFrame({"a": [1, "x"]})))

    def test_polars_and_duckdb_are_taken(self) -> None:
        parquet, rows = optional("pyarrow.parquet"), [{"a": 1, "s": "x"}]
        polars, duckdb = optional("polars"), optional("duckdb")
        self.assertEqual(parquet.read_table(self.put(polars.DataFrame(rows))).to_pylist(), rows)
        self.assertEqual(parquet.read_table(self.put(duckdb.sql("SELECT 1 AS a, 'x' AS s"))).to_pylist(), rows)

    def test_an_exception_of_the_producer_is_an_error_with_its_words(self) -> None:
        pa = optional("pyarrow")

        def batches() -> Any:
            yield pa.record_batch({"a": pa.array([1])})
            raise RuntimeError("the disk is on fire")

        reader = pa.RecordBatchReader.from_batches(pa.schema([("a", pa.int64())]), batches())
        self.assertIn("the disk is on fire", self.refusal(reader))

    def test_a_cancellation_stops_before_the_next_batch(self) -> None:
        pa, c = optional("pyarrow"), library().c
        stop, answer, error = ctypes.c_uint64(), ctypes.c_uint64(), ctypes.c_uint64()
        c.tally_cancellation(ctypes.byref(stop))
        pulled = []

        def batches() -> Any:
            for number in range(1_000):
                pulled.append(number)
                if number == 3:
                    c.tally_cancel(stop)
                yield pa.record_batch({"a": pa.array([number])})

        incoming = Incoming(pa.RecordBatchReader.from_batches(pa.schema([("a", pa.int64())]), batches()), "source 'x'")
        path = str(self.folder.path / "stopped.parquet").encode()
        status = c.tally_put(
            self.handle, path, len(path), incoming.address, stop, ctypes.byref(answer), ctypes.byref(error))
        self.assertEqual((status, pulled), (FAILED, [0, 1, 2, 3]))
        self.assertEqual(library()._take(error.value)["code"], "E-interrupted")
        self.assertEqual(list(self.folder.path.iterdir()), [])
        c.tally_free(stop)

    def test_a_stream_is_read_once_and_an_existing_file_is_kept(self) -> None:
        incoming = Incoming({"a": [1]}, "source 'x'")
        path = str(self.folder.path / "once.parquet")
        library().put(self.handle, path, incoming)
        for place, words in [(path + "2", "was released"), (path, "a file already"), ("relative", "not absolute")]:
            with self.assertRaises(ts.MisuseError) as caught:
                library().put(self.handle, place, incoming)
            self.assertIn(words, str(caught.exception))

    def test_bad_handles_and_null_pointers_leave_the_stream_alone(self) -> None:
        c, incoming = library().c, Incoming({"a": [1]}, "source 'x'")
        answer, address = ctypes.c_uint64(), incoming.address
        path = str(self.folder.path / "x.parquet").encode()
        out = ctypes.byref(answer)
        self.assertEqual(c.tally_put(0, path, len(path), address, 0, out, None), BAD_HANDLE)
        self.assertEqual(c.tally_put(self.handle, path, len(path), address, 77, out, None), BAD_HANDLE)
        self.assertEqual(c.tally_put(self.handle, path, len(path), None, 0, out, None), BAD_ARGUMENT)
        self.assertEqual(c.tally_put(self.handle, path, len(path), address, 0, None, None), BAD_ARGUMENT)
        self.assertEqual(c.tally_put(self.handle, None, 5, address, 0, out, None), BAD_ARGUMENT)
        library().put(self.handle, path.decode(), incoming)

    def test_broken_parts_are_errors(self) -> None:
        dice = random.Random(3)
        names = ["length", "null_count", "offset", "n_buffers", "n_children", "buffers", "children", "dictionary"]
        fields = ["format", "n_children", "children", "dictionary", "release"]
        seen = set()
        for turn in range(300):
            plain = _BrokenStream(dice, names, fields)
            incoming = Incoming({"a": [1]}, "source 'x'")
            incoming.address = ctypes.addressof(plain.stream)
            try:
                library().put(self.handle, str(self.folder.path / f"b{turn}.parquet"), incoming)
                seen.add("taken")
            except ts.TallyError as error:
                seen.add(error.code)
            self.assertFalse(plain.stream.release, "the stream is released whatever came")
        self.assertEqual(seen - {"taken"}, {"E-misuse"})
        for text in [b"", b"zz", b"ts", b"w:", b"w:-1", b"d:", b"d:40,1", b"+w:x", b"+us:0", b"tDs", b"\xff"]:
            plain = _BrokenStream(random.Random(1), [], [], text)
            incoming.address = ctypes.addressof(plain.stream)
            with self.assertRaises(ts.MisuseError):
                library().put(self.handle, str(self.folder.path / "c.parquet"), incoming)

    def test_offsets_that_lead_out_of_their_values_are_errors(self) -> None:
        pyarrow = optional("pyarrow")

        def forged(values: Any, written: list[int], instead: list[int]) -> Any:
            """A table as a file has it in which somebody changed some numbers."""
            table = pyarrow.table({"x": values})
            sink = pyarrow.BufferOutputStream()
            with pyarrow.ipc.new_stream(sink, table.schema) as writer:
                writer.write_table(table)
            old, new = (struct.pack(f"<{len(each)}i", *each) for each in (written, instead))
            whole = sink.getvalue().to_pybytes()
            self.assertEqual(whole.count(old), 1)
            return pyarrow.ipc.open_stream(whole.replace(old, new)).read_all()

        lists = pyarrow.array([[1, 2], [3], []], pyarrow.list_(pyarrow.int64()))
        texts = pyarrow.array(["ab", "cd", "ef"])
        views = pyarrow.array(["a" * 20, "b" * 3], pyarrow.string_view())
        prefix = int.from_bytes(b"aaaa", "little")
        broken = [
            (lists, [0, 2, 3, 3], [0, 2, 3, 50]), (lists, [0, 2, 3, 3], [0, 3, 1, 3]), (lists, [0, 2, 3, 3], [-2, 2, 3, 3]),
            (texts, [0, 2, 4, 6], [-5_000_000, 0, 2, 4]), (texts, [0, 2, 4, 6], [0, 4, 2, 6]),
            (views, [20, prefix, 0, 0], [20, prefix, 7, 0]), (views, [20, prefix, 0, 0], [20, prefix, 0, 500]),
            (views, [20, prefix, 0, 0], [20, prefix, 0, -20]),
        ]
        for values, written, instead in broken:
            table = forged(values, written, instead)
            # As a reader, too, which pyarrow does not look through.
            self.refusal(pyarrow.RecordBatchReader.from_batches(table.schema, table.to_batches()))
            self.refusal(table)
        # What nobody behind can see, pyarrow sees.
        self.refusal(forged(texts, [0, 2, 4, 6], [0, 2, 4, 900_000_000]))

    def test_slices_of_batches_are_their_rows(self) -> None:
        pyarrow = optional("pyarrow")
        whole = pyarrow.StructArray.from_arrays(
            [pyarrow.array([1, 2, 3, 4]), pyarrow.array(["a", None, "c", "d"]), pyarrow.array([[1], [2, 3], None, [4]])],
            ["n", "t", "l"])
        for start, count in [(0, 4), (1, 2), (0, 2), (2, 2), (3, 1), (1, 0)]:
            part = whole.slice(start, count)
            path = self.put(_OneBatch(part))
            found = optional("pyarrow.parquet").read_table(path).to_pylist()
            self.assertEqual(found, part.to_pylist(), (start, count))
        for place, wrong in [("offset", -1), ("offset", 2**63 - 1), ("offset", 2**62), ("length", -1), ("length", 2**63 - 1)]:
            self.refusal(_OneBatch(whole, lambda array: setattr(array, place, wrong)))

    def test_a_training_set_has_a_frame_as_its_spine(self) -> None:
        shop = Shop()
        store = ts.open(shop.root, threads=1)
        store.apply()
        made = store.train(
            "model", {
                "user_id": [1, 2, 3], "event_timestamp": [datetime.datetime(2024, 1, 1, 12, tzinfo=UTC)] * 3,
                "factor": [1.0, 2.0, 3.0],
            }, shop.root / "framed.csv")
        self.assertEqual(made.count, 3)
        self.assertIn("1,2024-01-01T12:00:00Z,1.0,9007199254740993", made.path.read_text())
        store.close()
        shop.close()

    def test_nothing_is_left_behind(self) -> None:
        path = self.folder.path
        self.put({"a": [1]})
        before = library().open_handles()
        del self.folder
        gc.collect()
        self.assertFalse(path.exists())
        self.assertEqual(library().open_handles(), before)
        self.folder = PrivateFolder()


class _OneBatch:
    """A stream of one array of pyarrow as the batch that it is; what is exported can be changed."""

    def __init__(self, array: Any, change: Callable[[Any], None] = lambda array: None) -> None:
        self.array, self.change, self.given = array, change, False

    def __arrow_c_stream__(self, requested: object = None) -> object:
        def schema(_: object, out: Any) -> int:
            self.array.type._export_to_c(ctypes.addressof(out.contents))
            return 0

        def batch(_: object, out: Any) -> int:
            if self.given:
                ctypes.memset(ctypes.addressof(out.contents), 0, ctypes.sizeof(out.contents))
            else:
                self.array._export_to_c(ctypes.addressof(out.contents))
                self.change(out.contents)
            self.given = True
            return 0

        def release(stream: Any) -> None:
            stream.contents.release = _arrow._StreamRelease(0)

        self.calls = (_arrow._GetSchema(schema), _arrow._GetNext(batch), _arrow._StreamRelease(release))
        self.stream = _arrow.Stream()
        self.stream.get_schema, self.stream.get_next, self.stream.release = self.calls
        capsule = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)(
            ("PyCapsule_New", ctypes.pythonapi))
        return capsule(ctypes.addressof(self.stream), b"arrow_array_stream", None)


class _BrokenStream(PlainStream):
    """Two columns of which one part says something else than it should."""

    def __init__(self, dice: random.Random, names: list[str], fields: list[str], format: Optional[bytes] = None) -> None:
        columns = [_Column("a", [1, None, 3], "x"), _Column("s", ["x", "yy", None], "x")]
        super().__init__(columns, 3)
        self._dice, self._names, self._fields, self._format = dice, names, fields, format

    def _pointers(self, kind: Any, children: list[Any]) -> Any:
        child = children[self._dice.randrange(len(children))]
        if kind is Schema and self._format is not None:
            child.format = self._format
        for name in self._fields if kind is Schema else self._names:
            if self._dice.random() > 0.15:
                continue
            if name == "release":
                child.release = type(child.release)()
            elif name == "format":
                child.format = None
            elif name in ("buffers", "children", "dictionary"):
                setattr(child, name, None)
            else:
                # A length that buffers do not have is what nobody can see.
                more = [] if name in ("length", "offset") else [1, 7, 1 << 40]
                setattr(child, name, self._dice.choice([-1, -2, -(1 << 63), (1 << 63) - 1, *more]))
        return super()._pointers(kind, children)


if __name__ == "__main__":
    unittest.main()
