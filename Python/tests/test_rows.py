# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Training sets as Arrow C streams, pulled as the specification says, without a library for Arrow."""

import ctypes
import gc
import unittest

import tallystick as ts
from shop import Shop
from tallystick import _library
from tallystick._library import library

OK, FAILED, BAD_HANDLE, BAD_ARGUMENT = range(4)


class Schema(ctypes.Structure):
    """Arrow's `ArrowSchema`."""


class Array(ctypes.Structure):
    """Arrow's `ArrowArray`."""


Schema._fields_ = [
    ("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_void_p), ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64), ("children", ctypes.POINTER(ctypes.POINTER(Schema))),
    ("dictionary", ctypes.c_void_p), ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    ("private_data", ctypes.c_void_p),
]
Array._fields_ = [
    ("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64), ("n_children", ctypes.c_int64), ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(Array))), ("dictionary", ctypes.c_void_p),
    ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)), ("private_data", ctypes.c_void_p),
]
Pull = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
Words = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p)


class RowsTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.shop = Shop()
        cls.store = ts.open(cls.shop.root, threads=1)
        cls.store.apply()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.store.close()
        cls.shop.close()

    def train(self, name: str) -> ts.TrainingSet:
        return self.store.train("model", self.shop.root / "spine.csv", self.shop.root / name)

    def test_a_training_set_is_pulled_with_names_types_and_nulls(self) -> None:
        capsule = self.train("pulled.parquet").__arrow_c_stream__()
        (address, stream), = _library._streams.items()
        schema = Schema()
        self.assertEqual(Pull(stream.get_schema)(address, ctypes.addressof(schema)), 0)
        children = [schema.children[column].contents for column in range(schema.n_children)]
        self.assertEqual(schema.format, b"+s")
        self.assertEqual(
            [(child.name, child.format) for child in children],
            [(b"user_id", b"l"), (b"event_timestamp", b"tsu:UTC"), (b"factor", b"g"), (b"total", b"l"), (b"scaled", b"g")])
        schema.release(ctypes.addressof(schema))
        array = Array()
        self.assertEqual(Pull(stream.get_next)(address, ctypes.addressof(array)), 0)
        self.assertEqual(array.length, 3)
        total = array.children[3].contents
        values = ctypes.cast(total.buffers[1], ctypes.POINTER(ctypes.c_int64))
        validity = ctypes.cast(total.buffers[0], ctypes.POINTER(ctypes.c_uint8))[0]
        self.assertEqual((values[0], values[1], validity & 7), (10, 5, 0b011))
        end = Array()
        self.assertEqual(Pull(stream.get_next)(address, ctypes.addressof(end)), 0)
        self.assertFalse(end.release, "a released array is the end")
        # Arrays live longer than the stream and the capsule.
        del capsule
        gc.collect()
        self.assertEqual(_library._streams, {})
        self.assertEqual(values[0], 10)
        array.release(ctypes.addressof(array))

    def test_a_stream_that_nobody_pulls_is_let_go(self) -> None:
        made = self.train("unpulled.parquet")
        for _ in range(20):
            made.__arrow_c_stream__()
        gc.collect()
        self.assertEqual(_library._streams, {})

    def test_a_folder_may_be_called_like_a_pattern(self) -> None:
        (self.shop.root / "a[b]*").mkdir()
        made = self.train("a[b]*/made.parquet")
        made.__arrow_c_stream__()
        gc.collect()
        self.assertEqual(_library._streams, {})

    def test_what_is_no_parquet_is_an_error(self) -> None:
        with self.assertRaises(ts.MisuseError):
            self.train("text.csv").__arrow_c_stream__()
        for path, kind in [("/nowhere.parquet", ts.StorageError), ("relative.parquet", ts.MisuseError), ("", ts.MisuseError)]:
            with self.assertRaises(kind):
                library().rows(self.store._handle, path)
        self.shop.write("broken.parquet", "PAR1 is not enough")
        for name in ("broken.parquet", "orders"):
            with self.assertRaises(ts.StorageError):
                library().rows(self.store._handle, str(self.shop.root / name))
        self.assertEqual(_library._streams, {})

    def test_bad_handles_and_null_pointers_leave_the_stream_alone(self) -> None:
        stream = (ctypes.c_uint8 * 40)(*range(40))
        place = ctypes.addressof(stream)
        c = library().c
        self.assertEqual(c.tally_rows(0, b"/a", 2, place, None), BAD_HANDLE)
        self.assertEqual(c.tally_rows(self.store._handle, b"/a", 2, None, None), BAD_ARGUMENT)
        self.assertEqual(c.tally_rows(self.store._handle, None, 2, place, None), BAD_ARGUMENT)
        self.assertEqual(c.tally_rows(self.store._handle, b"/a", 2, place, None), FAILED)
        self.assertEqual(bytes(stream), bytes(range(40)))

    def test_libraries_that_speak_arrow_take_it_as_it_is(self) -> None:
        try:
            import pyarrow
        except ImportError:
            self.skipTest("pyarrow is not installed")
        table = pyarrow.table(self.train("taken.parquet"))
        self.assertEqual(table.column("total").to_pylist(), [10, 5, None])
        self.assertEqual(table.num_rows, 3)


if __name__ == "__main__":
    unittest.main()
