# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The verbs from Python, on a small repository."""

import datetime
import os
import pickle
import subprocess
import sys
import threading
import time
import unittest

import tallystick as ts
from shop import FilledShop, Shop
from tallystick import _errors
from tallystick._library import library
from tallystick._values import reader

UTC = datetime.timezone.utc


class StoreTests(FilledShop):
    def test_a_repository_goes_from_a_check_to_a_training_set(self) -> None:
        shop = Shop()
        with ts.open(shop.root) as store:
            self.assertEqual(store.check().errors, [])
            self.assertEqual(len(store.plan().changes), 4)
            with self.assertRaises(ts.NotMaterializedError):
                store.get("model", {"user_id": 1}, {"factor": 1.0})
            self.assertTrue(store.apply()["didCommit"])
            # Help names the next call, not a command of the terminal.
            with self.assertRaises(ts.NotMaterializedError) as caught:
                store.get("model", {"user_id": 1}, {"factor": 1.0})
            self.assertEqual(caught.exception.help, "run `store.apply()`, then `store.materialize()`")
            self.assertEqual(store.plan(locked=True).changes, [])
            self.assertEqual(store.materialize("last_order")["promoted"][0]["service"], "model")
            made = store.train("model", shop.root / "spine.csv", shop.root / "train.csv")
            self.assertEqual((made.count, len(made.identity)), (3, 64))
            rows = made.path.read_text().splitlines()
            self.assertEqual(rows[0], "user_id,event_timestamp,factor,total,scaled")
            self.assertTrue(rows[1].startswith("1,2024-01-01T10:30:00"), rows[1])
            self.assertTrue(rows[1].endswith(",10,20.0"), rows[1])
            self.assertEqual(store.compare("model", sample=10)["differing"], 0)
            self.assertEqual([run["command"] for run in store.status()["runs"]].count("train"), 1)
            self.assertEqual([found["name"] for found in store.list("service")], ["model"])
        shop.close()

    def test_what_is_not_needed_is_not_imported(self) -> None:
        heavy = "asyncio", "ssl", "dataclasses", "pandas", "pyarrow", "polars", "numpy", "sklearn", "mlflow"
        code = f"import sys, tallystick as ts; print([name for name in {heavy} if name in sys.modules])"
        done = subprocess.run(
            [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
        self.assertEqual(done.stdout, "[]\n")
        self.assertEqual([name for name in ts.__all__ if not hasattr(ts, name)], [])
        self.assertLessEqual(set(ts.__all__), set(dir(ts)))
        self.assertFalse(hasattr(ts, "nothing"))

    def test_times_that_python_does_not_know_stay_texts(self) -> None:
        read = reader("timestamp")
        self.assertEqual(read("2024-01-01T10:30:00Z"), datetime.datetime(2024, 1, 1, 10, 30, tzinfo=UTC))
        self.assertEqual(read("+10000-01-01T00:00:00Z"), "+10000-01-01T00:00:00Z")
        self.assertEqual(reader("date")("-0004-01-01"), "-0004-01-01")
        far = datetime.datetime.max.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=-14)))
        with self.assertRaises(ts.MisuseError):
            self.store.get("model", {"user_id": 1}, {"factor": 1.0}, at=far)

    def test_a_folder_name_is_no_column_of_a_training_set(self) -> None:
        folder = self.shop.root / "user_id=77"
        folder.mkdir()
        made = self.store.train("model", self.shop.root / "spine.csv", folder / "train.parquet")
        try:
            import pyarrow
        except ImportError:
            self.skipTest("pyarrow is not installed")
        for table in (made.to_arrow(), pyarrow.table(made)):
            self.assertNotIn(77, table["user_id"].to_pylist())

    def test_vectors_have_values_statuses_times_and_a_receipt(self) -> None:
        vectors = self.store.get("model", {"user_id": [1, 2, None, 7]}, {"factor": [1.0, 0.5, 1.0, 1.0]})
        self.assertEqual(vectors.names, ["total", "scaled"])
        # An integer beyond 2^53 loses no digit on its way.
        self.assertEqual(vectors.values["total"], [9007199254740993, 5, None, None])
        self.assertEqual(vectors.statuses["total"], ["present", "present", "notFound", "notFound"])
        self.assertEqual(vectors.event_times["total"][1], datetime.datetime(2024, 1, 1, 10, 30, tzinfo=UTC))
        self.assertEqual(vectors.rows()[1], {"total": 5, "scaled": 2.5})
        self.assertEqual(len(vectors.receipt["digest"]), 64)
        earlier = self.store.get(
            "model", {"user_id": 1}, {"factor": 1.0}, at=datetime.datetime(2024, 1, 1, 10, 30, tzinfo=UTC))
        self.assertEqual(earlier.values["total"], [10])

    def test_what_a_call_lacks_is_said(self) -> None:
        for keys, request, words in [
            ({}, {"factor": 1.0}, "'user_id' is missing"), ({"user_id": 1}, {}, "'factor' is missing"),
            ({"user": 1}, {"factor": 1.0}, "'user' is none"), ({"user_id": "one"}, {"factor": 1.0}, "is no int64"),
            ({"user_id": 1.0}, {"factor": 1.0}, "is no int64"), ({"user_id": [1, 2]}, {"factor": [1.0]}, "1 rows for 2"),
            ({"user_id": object()}, {"factor": 1.0}, "a object is no value"),
            ({"user_id": datetime.datetime(2024, 1, 1)}, {"factor": 1.0}, "a time has no zone"),
        ]:
            with self.subTest(words), self.assertRaises(ts.MisuseError) as caught:
                self.store.get("model", keys, request)
            self.assertIn(words, str(caught.exception))
        with self.assertRaises(ts.NotFoundError) as caught:
            self.store.get("modle", {"user_id": 1})
        self.assertEqual(caught.exception.code, "E-not-found")
        self.assertIn("model", caught.exception.help or "")
        with self.assertRaises(LookupError):
            ts.open("/nowhere/at/all")

    def test_broken_data_and_broken_definitions_are_errors_of_their_own(self) -> None:
        shop = Shop()
        store = ts.open(shop.root)
        store.apply()
        shop.write("orders/2.csv", "user_id,at,total\n1,2024-01-01T13:00:00Z,-7\n")
        self.assertEqual([found["id"] for found in store.verify("orders").broken], ["orders.total.range"])
        with self.assertRaises(ts.DataError) as caught:
            store.materialize()
        self.assertEqual(caught.exception.code, "E-broken-promise")
        shop.write("definitions/more.yaml", "kind: Entity\nname: 7\n")
        self.assertTrue(store.check().errors)
        with self.assertRaises(ts.DefinitionError):
            store.apply()
        shop.close()

    def test_errors_survive_a_pickle(self) -> None:
        for error in [
            ts.NotFoundError("E-not-found", "no", "a", ("b",), "c"), ts.ForkedError(), ts.ClosedError(),
            ts.StorageError("E-corrupt", "damaged", help="restore it"),
        ]:
            back = pickle.loads(pickle.dumps(error))
            self.assertEqual((type(back), str(back), back.help), (type(error), str(error), error.help))
        self.assertEqual(type(_errors.from_json({"code": "E-new", "message": "m"})), ts.EngineError)

    def test_a_closed_store_is_an_error(self) -> None:
        store = ts.open(self.shop.root)
        store.close()
        store.close()
        with self.assertRaises(ts.ClosedError):
            store.check()
        with self.assertRaises(ts.ClosedError):
            store.get("model", {"user_id": 1})

    def test_threads_share_a_store_and_leave_nothing_behind(self) -> None:
        before = library().open_handles()
        seen: list[object] = []

        def read() -> None:
            for _ in range(50):
                seen.append(self.store.get("model", {"user_id": 2}, {"factor": 2.0}).values["scaled"])

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(seen, [[10.0]] * 400)
        self.assertEqual(library().open_handles(), before)

    def test_the_interpreter_runs_while_a_long_call_does(self) -> None:
        ticks = 0
        stop = threading.Event()

        def count() -> None:
            nonlocal ticks
            while not stop.is_set():
                ticks += 1
                time.sleep(0.001)

        thread = threading.Thread(target=count)
        thread.start()
        self.store.check()
        stop.set()
        thread.join()
        self.assertGreater(ticks, 1)


class ShownTests(unittest.TestCase):
    """What a notebook shows after the first calls are a few lines, and no JSON."""

    def test_the_first_calls_are_shown_in_a_few_lines(self) -> None:
        shop = Shop()
        self.addCleanup(shop.close)
        store = ts.open(shop.root, threads=1)
        self.assertEqual(repr(store), f"FeatureStore('{shop.root}')")
        self.assertEqual(repr(store.apply()), "Applied: 4 added, generation 1\n  to fill: last_order")
        self.assertEqual(repr(store.apply()), "Applied: nothing changed, generation 1")
        filled = store.materialize()
        self.assertEqual(repr(filled).splitlines()[:2], [
            "Filled:", "  view        run   read  written  removed  keys"])
        self.assertIn("service model: release 1 serves now", repr(filled))
        self.assertIn("<td", filled._repr_html_())
        spine = {"user_id": [1], "at": ["2024-01-01"], "factor": [1.0]}
        with self.assertRaises(ts.MisuseError) as caught:
            store.train("model", spine, shop.root / "x.parquet")
        self.assertIn("the spine: there is no column 'event_timestamp'", str(caught.exception))
        for time_column in ("at", "user_id"):
            with self.assertRaises(ts.MisuseError) as caught:
                store.train("model", spine, shop.root / "x.parquet", time_column=time_column)
            self.assertIn("pandas.to_datetime", str(caught.exception))
        with self.assertRaises(ts.MisuseError) as caught:
            store.get("model", [1])  # type: ignore[arg-type]
        self.assertIn("by name", str(caught.exception))
        store.close()
        self.assertIn("closed", repr(store))


if __name__ == "__main__":
    unittest.main()
