# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What the stores for Feast are made of, without Feast: the join by row number, and the rows of one view."""

import concurrent.futures
import datetime
import importlib.util
import random
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any, Optional
from unittest import mock

import tallystick as ts

HAS = all(importlib.util.find_spec(name) for name in ("pyarrow", "numpy"))
NOON = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)
SECOND = datetime.timedelta(seconds=1)


@unittest.skipUnless(HAS, "pyarrow or numpy is not installed")
class Joins(unittest.TestCase):
    def times(self, values: list, unit: str = "us") -> Any:
        import pyarrow

        made = [NOON + value * SECOND if isinstance(value, int) else value for value in values]
        return pyarrow.array(made, pyarrow.timestamp(unit, "UTC"))

    def side(self, asked: list, keys: list, events: Any, created: Optional[Any] = None, **options: Any) -> Any:
        import pyarrow

        from tallystick.feast._joining import Side

        columns = [[one if hasattr(one, "type") else pyarrow.array(one) for one in part] for part in (asked, keys)]
        return Side("the view", *columns, events, created, **options)

    def rows(self, asked: Any, *sides: Any) -> list:
        from tallystick.feast._joining import rows

        return [numbers.to_pylist() for numbers in rows(asked, sides, threads=1)]

    def test_the_last_row_by_then_answers_and_both_edges_of_the_ttl_count(self) -> None:
        events = self.times([30, 10, 20])
        asked = self.times([9, 10, 29, 30, 40, 41])
        side = self.side([[1] * 6], [[1, 1, 1]], events, ttl=10 * SECOND)
        self.assertEqual(self.rows(asked, side), [[None, 1, 2, 0, 0, None]])

    def test_ties_go_to_the_row_that_was_created_last_and_then_to_the_last_one(self) -> None:
        events, asked = self.times([5, 5, 5, 5]), self.times([6])
        created = self.times([9, None, 1, 9])
        self.assertEqual(self.rows(asked, self.side([[1]], [[1] * 4], events, created)), [[3]])
        created = self.times([None, 9, 1, None])
        self.assertEqual(self.rows(asked, self.side([[1]], [[1] * 4], events, created)), [[1]])
        self.assertEqual(self.rows(asked, self.side([[1]], [[1] * 4], events)), [[3]])

    def test_a_row_that_was_created_later_is_not_seen_where_created_times_hide(self) -> None:
        events, created, asked = self.times([1, 5]), self.times([1, 60]), self.times([10, 60])
        side = self.side([[1, 1]], [[1, 1]], events, created)
        self.assertEqual(self.rows(asked, side), [[1, 1]])
        side = self.side([[1, 1]], [[1, 1]], events, created, hides=True)
        self.assertEqual(self.rows(asked, side), [[0, 1]])

    def test_nanoseconds_are_compared_whole(self) -> None:
        import pyarrow

        kind, base = pyarrow.timestamp("ns", "UTC"), 1_714_564_800_000_000_000
        events = pyarrow.array([base + 1, base + 500], kind)
        asked = pyarrow.array([base, base + 1, base + 499, base + 500, base + 1501], kind)
        self.assertEqual(self.rows(asked, self.side([[1] * 5], [[1, 1]], events)), [[None, 0, 0, 1, 1]])
        side = self.side([[1] * 5], [[1, 1]], events, ttl=datetime.timedelta(microseconds=1))
        self.assertEqual(self.rows(asked, side), [[None, 0, 0, 1, None]])

    def test_keys_of_alike_types_meet_and_others_are_refused(self) -> None:
        import pyarrow

        events, asked = self.times([1]), self.times([2])
        whole = pyarrow.array([7], pyarrow.int64())
        for there, here in [
            (pyarrow.array([7], pyarrow.int32()), whole), (whole, pyarrow.array([7.0])), (pyarrow.array([7.0]), whole),
            (pyarrow.array(["a"]).dictionary_encode(), pyarrow.array(["a"], pyarrow.large_string())),
            (pyarrow.array([7], pyarrow.uint64()), whole), (self.times([3], "s"), self.times([3], "ns")),
            (pyarrow.array([True]), pyarrow.array([True])),
            (pyarrow.array([b"x"], pyarrow.binary(1)), pyarrow.array([b"x"])),
        ]:
            with self.subTest(f"{there.type} {here.type}"):
                self.assertEqual(self.rows(asked, self.side([here], [there], events)), [[0]])
        for there, here in [
            (whole, pyarrow.array(["7"])), (whole, pyarrow.array([7.5])), (pyarrow.array([7.5]), pyarrow.array([7.5])),
            (pyarrow.array([[1]]), pyarrow.array([[1]])), (pyarrow.array([True]), pyarrow.array([1])),
        ]:
            with self.subTest(f"{there.type} {here.type}"), self.assertRaisesRegex(
                    ts.DataError, "a key of the view is"):
                self.rows(asked, self.side([here], [there], events))

    def test_no_key_is_any_other_and_a_null_is_none(self) -> None:
        events, asked = self.times([1, 1, 1]), self.times([2, 2, 2])
        side = self.side(
            [["1", "11", None], ["12", "2", "2"]], [["11", "1", None], ["2", "12", "2"]], events)
        self.assertEqual(self.rows(asked, side), [[1, 0, None]])

    def test_a_view_about_nothing_is_seen_by_every_row(self) -> None:
        self.assertEqual(self.rows(self.times([2, 0, 9]), self.side([], [], self.times([1, 5]))), [[0, None, 1]])
        self.assertEqual(self.rows(self.times([2]), self.side([], [], self.times([]))), [[None]])

    def test_random_views_against_a_search_of_every_row(self) -> None:
        chance = random.Random(7)
        for _ in range(2):
            count, asked = 200, self.times([chance.randrange(60) for _ in range(100)])
            wanted, sides = [], []
            for ttl in (None, 7):
                keys = [chance.choice("abcd") for _ in range(count)]
                events = [chance.randrange(60) for _ in range(count)]
                created = [chance.choice([None, *range(5)]) for _ in range(count)]
                spine = [chance.choice("abcde") for _ in range(100)]
                found: list = []
                for key, moment in zip(spine, asked.to_pylist()):
                    then = (moment - NOON) // SECOND
                    can = [
                        (events[n], -1 if created[n] is None else created[n], n) for n in range(count)
                        if keys[n] == key and events[n] <= then and (ttl is None or then - events[n] <= ttl)]
                    found.append(max(can)[2] if can else None)
                wanted.append(found)
                sides.append(self.side(
                    [spine], [keys], self.times(events), self.times(created), ttl=ttl * SECOND if ttl else None))
            self.assertEqual(self.rows(asked, *sides), wanted)


@unittest.skipUnless(HAS, "pyarrow or numpy is not installed")
class Shelves(unittest.TestCase):
    def setUp(self) -> None:
        from tallystick.feast._shelf import Row, Shelf

        self._folder = tempfile.TemporaryDirectory(prefix="tallystick-shelf-")
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name) / "view"
        self.Row, self.Shelf = Row, Shelf
        self.shelf = Shelf(self.folder)
        self.addCleanup(self.shelf.close)

    def write(self, *rows: tuple, shelf: Any = None) -> None:
        """Rows of key, seconds, value, and seconds of creation."""
        (shelf or self.shelf).write([
            self.Row(key, NOON + at * SECOND, None if not more else NOON + more[0] * SECOND, value)
            for key, at, value, *more in rows])

    def values(self, *keys: bytes, shelf: Any = None) -> list:
        return [None if row is None else row[1] for row in (shelf or self.shelf).read(list(keys))]

    def test_an_older_row_never_replaces_a_newer_one(self) -> None:
        self.write((b"a", 5, b"new"), (b"b", 1, b"first"))
        self.write((b"a", 1, b"old"), (b"b", 1, b"again"))
        self.assertEqual(
            self.shelf.read([b"a", b"none", b"b"]), [(NOON + 5 * SECOND, b"new"), None, (NOON + SECOND, b"again")])
        self.write((b"a", 5, b"made later", 9), (b"b", 1, b"last"), (b"b", 1, b"of one write"))
        self.assertEqual(self.values(b"a", b"b"), [b"made later", b"of one write"])
        self.write((b"a", 5, b"made before", 8), (b"a", 5, b"made never"))
        self.assertEqual(self.values(b"a"), [b"made later"])

    def test_values_and_keys_come_back_as_they_were_from_another_opening(self) -> None:
        self.write((b"k" * 5000, 1, b""), (b"\x00\xff", 1, bytes(range(256))))
        other = self.Shelf(self.folder)
        self.addCleanup(other.close)
        self.assertEqual(
            self.values(b"k" * 5000, b"\x00\xff", b"k" * 4999, shelf=other), [b"", bytes(range(256)), None])

    def test_files_stay_few_and_a_view_can_be_filled_anew_from_them(self) -> None:
        ahead = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        self.shelf.write([
            self.Row(b"ahead", ahead, None, b"later"), self.Row(b"ahead", NOON, None, b"now"),
            self.Row(b"ahead", ahead + SECOND, None, b"last")])
        for turn in range(24):
            self.write((b"%d" % (turn % 5), turn, b"%d" % turn), (b"a", 24 - turn, b"%d" % turn))
        files = [path.name for path in (self.folder / "rows").iterdir()]
        self.assertLess(len(files), 14)
        keys = [b"0", b"1", b"2", b"3", b"4", b"a", b"ahead"]
        held = [b"20", b"21", b"22", b"23", b"19", b"0", b"now"]
        self.assertEqual(self.values(*keys), held)
        # A clock that was ahead: what it filled is filled anew once somebody has said that it is right now.
        clock = self.folder / ".tally" / "clock.json"
        clock.write_text(clock.read_text().replace('"wall":"2', '"wall":"3'))
        with self.assertRaisesRegex(ts.EngineError, "--accept-clock") as raised:
            self.write((b"a", 99, b"never"))
        self.assertEqual(raised.exception.subject, str(self.folder))
        with ts.open(self.folder) as store:
            store.materialize(full=True, accept_clock=True)
        self.assertEqual(self.values(*keys), held)
        self.write((b"a", 99, b"again"))
        self.assertEqual(self.values(b"a", b"ahead"), [b"again", b"now"])
        kept = {row for path in (self.folder / "rows").iterdir() for row in self.column(path, "feast_values")}
        self.assertLessEqual({b"now", b"later", b"last"}, kept)

    def column(self, path: Path, name: str) -> list:
        import pyarrow.parquet

        return pyarrow.parquet.read_table(str(path))[name].to_pylist()

    def test_what_lies_ahead_waits_and_hides_nothing(self) -> None:
        now = datetime.datetime.now(datetime.timezone.utc)
        self.write((b"a", 1, b"now"))
        self.shelf.write([self.Row(b"a", now + datetime.timedelta(hours=1), None, b"ahead")])
        self.write((b"b", 1, b"after"))
        self.assertEqual(self.values(b"a", b"b"), [b"now", b"after"])
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=0.4)
        self.shelf.write([self.Row(b"a", soon, None, b"soon")])
        while datetime.datetime.now(datetime.timezone.utc) <= soon:
            time.sleep(0.05)
        self.assertEqual(self.values(b"a"), [b"soon"])

    def test_a_write_that_fails_wrote_nothing_and_a_crash_loses_nothing(self) -> None:
        self.write((b"a", 1, b"kept"))
        with mock.patch("tallystick._store.FeatureStore.materialize", side_effect=ts.StorageError("E-storage", "full")):
            with self.assertRaises(ts.StorageError):
                self.write((b"a", 2, b"lost"))
        self.assertEqual(len([*(self.folder / "rows").iterdir()]), 2)
        # As if the process had ended between the file and the fill.
        with mock.patch("tallystick._store.FeatureStore.materialize", side_effect=KeyboardInterrupt), \
                mock.patch("pathlib.Path.unlink"), self.assertRaises(KeyboardInterrupt):
            self.write((b"b", 1, b"left"))
        self.write((b"c", 1, b"next"))
        self.assertEqual(self.values(b"a", b"b", b"c"), [b"kept", b"left", b"next"])

    def test_what_is_removed_is_gone_for_every_opening(self) -> None:
        other = self.Shelf(self.folder)
        self.addCleanup(other.close)
        self.assertEqual(self.values(b"a"), [None])
        self.write((b"a", 1, b"old"))
        self.assertEqual(self.values(b"a", shelf=other), [b"old"])
        self.shelf.remove()
        self.shelf.remove()
        self.assertEqual(list(self.folder.parent.iterdir()), [])
        self.assertEqual(self.values(b"a", shelf=other), [None])
        self.write((b"b", 1, b"new"))
        self.assertEqual(self.values(b"a", b"b", shelf=other), [None, b"new"])

    def test_writers_wait_for_each_other(self) -> None:
        shelves = [self.Shelf(self.folder) for _ in range(4)]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(
                pool.map(
                    lambda n: self.write((b"%d" % n, n, b"%d" % n), (b"all", n, b"%d" % n), shelf=shelves[n]),
                    range(4)))
        self.assertEqual(self.values(b"0", b"1", b"2", b"3", b"all"), [b"0", b"1", b"2", b"3", b"3"])
        for shelf in shelves:
            shelf.close()

    def test_writers_and_readers_go_on_while_another_removes(self) -> None:
        shelves = [self.Shelf(self.folder) for _ in range(3)]

        def work(number: int) -> None:
            for turn in range(3):
                if number == 0:
                    shelves[0].remove()
                elif number == 1:
                    self.write((b"a", turn, b"%d" % turn), shelf=shelves[1])
                else:
                    self.values(b"a", b"b", shelf=shelves[2])

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            list(pool.map(work, range(3)))
        self.write((b"a", 9, b"end"))
        self.assertEqual(self.values(b"a", shelf=shelves[2]), [b"end"])
        for shelf in shelves:
            shelf.close()


if __name__ == "__main__":
    unittest.main()
