# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Point-in-time joins without a repository, held against a twin of a few obvious lines."""

import datetime
import gc
import random
import tempfile
import unittest
from pathlib import Path
from typing import Any, Optional

import tallystick as ts
from pulling import integers
from test_frames import optional

UTC = datetime.timezone.utc


def at(hour: float) -> datetime.datetime:
    return datetime.datetime(2024, 1, 1, tzinfo=UTC) + datetime.timedelta(hours=hour)


def lawful(rows: list[dict[str, Any]], key: Any, time: datetime.datetime, ttl: Optional[datetime.timedelta]) -> Any:
    """The row that the law gives: last in event time, then in known time, among those of the key that are known."""
    seen = [row for row in rows if row["k"] == key and max(row["known"], row["at"]) <= time]
    if not seen:
        return None
    last = max(seen, key=lambda row: (row["at"], max(row["known"], row["at"]), row["x"]))
    return None if ttl is not None and time - last["at"] > ttl else last["x"]


class PointInTimeTests(unittest.TestCase):
    spine = {"k": [1, 2, 1, None], "at": [at(11), at(11), at(9), at(11)], "carried": ["a", "b", "c", "d"]}
    rows = {"k": [1, 1, 2], "at": [at(10), at(12), at(10)], "x": [10, 20, 5], "Wind Speed": [1.5, 2.5, None]}

    def join(self, spine: Any = None, sources: Any = None, **options: Any) -> ts.PointInTime:
        options = {"on": "k", "time": "at", "threads": 1, **options}
        return ts.point_in_time(
            self.spine if spine is None else spine, {"weather": self.rows} if sources is None else sources, **options)

    def refusal(self, *arguments: Any, **options: Any) -> str:
        with self.assertRaises((ts.MisuseError, ts.DataError)) as caught:
            self.join(*arguments, **options)
        return str(caught.exception)

    def test_every_row_comes_back_once_and_in_order_with_what_was_known(self) -> None:
        made = self.join()
        self.assertEqual(made.count, 4)
        self.assertEqual(
            made.counts["weather"],
            {"found": 2, "not_found": 2, "too_old": 0, "tied": 0, "null_keys": 1, "leaked": 0})
        self.assertEqual(made.renamed, {"weather.Wind Speed": "weather__wind_speed"})
        self.assertEqual(integers(made, "weather__x"), [10, 5, None, None])
        optional("pyarrow")
        self.assertEqual(made.to_arrow().column_names, ["k", "at", "carried", "weather__x", "weather__wind_speed"])
        self.assertEqual(made.to_arrow()["carried"].to_pylist(), ["a", "b", "c", "d"])

    def test_it_is_what_a_twin_of_a_few_lines_gives(self) -> None:
        dice = random.Random(7)
        for turn in range(3):
            rows = [
                {"k": dice.randrange(6), "at": at(dice.randrange(40) / 2), "x": number,
                 "known": at(dice.randrange(60) / 2)} for number in range(120)
            ]
            spine = [{"k": dice.randrange(7), "at": at(dice.randrange(50) / 2)} for _ in range(200)]
            ttl = dice.choice([None, datetime.timedelta(hours=4)])
            made = self.join(spine, {"weather": rows}, known="known", ttl=ttl)
            path = made.path
            wanted = [lawful(rows, row["k"], row["at"], ttl) for row in spine]
            self.assertEqual(integers(made, "weather__x"), wanted, turn)
            self.assertEqual(made.counts["weather"]["found"], sum(value is not None for value in wanted))
            del made
            gc.collect()
            self.assertFalse(path.exists(), "the private folder went with the result")

    def test_frames_of_all_libraries_give_the_same_identity(self) -> None:
        pandas, polars, pa = optional("pandas"), optional("polars"), optional("pyarrow")
        spine = pa.table({**self.spine, "k": pa.array(self.spine["k"], pa.int64())})
        wanted = self.join(spine, {"weather": pa.table(self.rows)}).json["identity"]["rows"]
        self.assertEqual(self.join().json["identity"]["rows"], wanted)
        self.assertEqual(
            self.join(polars.from_arrow(spine), {"weather": polars.DataFrame(self.rows)}).json["identity"]["rows"], wanted)
        frame = pandas.DataFrame({**self.spine, "k": pandas.array(self.spine["k"], dtype="Int64")})
        self.assertEqual(self.join(frame).json["identity"]["rows"], wanted)

    def test_an_unnamed_index_of_pandas_comes_back(self) -> None:
        pandas = optional("pandas")
        optional("pyarrow")
        frame = pandas.DataFrame({"k": [1, 2, 1], "at": [at(11)] * 3}, index=[7, 3, 5])
        back = self.join(frame).to_pandas()
        self.assertEqual(list(back.index), [7, 3, 5])
        self.assertEqual(list(back.columns), ["k", "at", "weather__x", "weather__wind_speed"])
        indexed = pandas.DataFrame({"k": [1, 1, 2], "at": [at(10)] * 3, "x": [1, 2, 3]}, index=[2, 4, 9])
        self.assertEqual(self.join(sources={"weather": indexed}).left_out[0]["reason"], "it is an index without a name")

    def test_types_that_no_feature_has_are_carried_in_a_spine_and_left_out_of_a_source(self) -> None:
        pa = optional("pyarrow")
        money = pa.array([1, 2], pa.decimal128(10, 2))
        spine = pa.table({"k": [1, 2], "at": [at(11)] * 2, "price": money, "wall": pa.array([1, 2], pa.timestamp("ns"))})
        rows = pa.table({"k": [1, 2], "at": [at(10)] * 2, "x": [1, 2], "price": money, "who": [{"a": 1}, {"a": 2}]})
        made = self.join(spine, {"w": rows})
        self.assertEqual([one["column"] for one in made.left_out], ["price", "who"])
        self.assertIn("no type", made.left_out[0]["reason"])
        table = made.to_arrow()
        self.assertEqual(str(table.schema.field("price").type), "decimal128(10, 2)")
        self.assertEqual(str(table.schema.field("wall").type), "timestamp[ns]")
        self.assertEqual(table["price"].to_pylist(), money.to_pylist())
        self.assertIn("no type", self.refusal(spine, {"w": rows}, columns={"w": ["price"]}))
        lazy = optional("polars").DataFrame({"k": [1]}).lazy()
        self.assertIn("collect()", self.refusal(lazy))
        self.assertEqual(self.join(spine.slice(0, 0), {"w": rows.slice(0, 0)}).count, 0)

    def test_keys_and_times_have_names_of_their_own_by_source(self) -> None:
        renamed = {"airport": [1], "seen": [at(10)], "x": [3]}
        static = {"k": [1, 2], "name": ["one", "two"]}
        made = self.join(
            sources={"weather": renamed, "names": static}, on={"weather": {"k": "airport"}, "names": "k"},
            time={"spine": "at", "weather": "seen", "names": None}, known={"weather": datetime.timedelta(minutes=20)})
        self.assertEqual(integers(made, "weather__x"), [3, None, None, None])
        self.assertIn("knownAfter: 20m", made.definitions())
        self.assertEqual(made.counts["names"]["found"], 3)

    def test_known_times_that_are_ignored_are_counted(self) -> None:
        rows = {"k": [1], "at": [at(10)], "loaded": [at(30)], "x": [1]}
        self.assertEqual(self.join(sources={"w": rows}, known="loaded").counts["w"]["found"], 0)
        leaked = self.join(sources={"w": rows}, known="loaded", known_times="ignore").counts["w"]
        self.assertEqual((leaked["found"], leaked["leaked"]), (1, 1))

    def test_a_notebook_grows_into_a_repository(self) -> None:
        made = self.join(sources={"weather": {"place": [1, 1], "at": [at(10), at(12)], "x": [10, 20]}}, on={"k": "place"})
        with tempfile.TemporaryDirectory() as home:
            made.save(Path(home) / "kept")
            with self.assertRaises(ts.MisuseError):
                made.save(Path(home) / "kept")
            store = ts.open(Path(home) / "kept")
            self.assertEqual(store.check().errors, [])
            store.apply()
            again = store.train("frames", self.spine, Path(home) / "t.parquet", time_column="at", full_feature_names=True)
            self.assertEqual(again.json["identity"]["rows"], made.json["identity"]["rows"])

    def test_what_makes_no_sense_is_refused_with_what_to_do(self) -> None:
        for options, words in [
            ({"on": "q"}, "the spine: there is no column 'q'"), ({"on": 5}, "no names of columns"),
            ({"time": "when"}, "its columns with times are at"), ({"time": {"wether": "at"}}, "is no source"),
            ({"time": {"spine": "at", "weather": "x"}}, "is no time"), ({"ttl": 5}, "no length of time"),
            ({"columns": {"weather": ["y"]}}, "there is no column 'y'"), ({"known": "nowhere"}, "no column 'nowhere'"),
            ({"sources": {"Weather": self.rows}}, "no name of a source"), ({"sources": {"spine": self.rows}}, "no name"),
            ({"sources": [self.rows]}, "no dictionary"), ({"spine": {"k": ["1"], "at": [at(1)]}}, "nothing is cast"),
            (
                {"spine": {"k": [1.0], "at": [at(1)]}, "sources": {"w": {"k": [1.0], "at": [at(1)], "x": [1]}}},
                "astype('Int64')",
            ),
            ({"sources": {"w": {"k": [1], "at": [at(1)]}}}, "keys and times only"),
            ({"sources": {"w": "/nowhere/w.parquet"}}, "no such file"), ({"sources": {"w": "/a.xlsx"}}, "no format"),
        ]:
            with self.subTest(words):
                try:
                    self.assertIn(words, self.refusal(**options))
                except ts.StorageError as error:
                    self.assertIn(words, str(error))

    def test_times_without_a_zone_are_read_as_the_law_says(self) -> None:
        wall = {"k": [1], "at": [datetime.datetime(2024, 1, 1, 10)], "x": [1]}
        spine = {"k": [1], "at": [at(9.5)]}
        self.assertEqual(self.join(spine, {"w": wall}).counts["w"]["found"], 0)
        self.assertEqual(self.join(spine, {"w": wall}, time_zone="Europe/Berlin").counts["w"]["found"], 1)
        made = self.join({"k": [1], "at": [datetime.datetime(2024, 1, 1, 10)]}, {"w": wall})
        self.assertIn("has no time zone and was read as UTC", made.warnings[0])


class MistakeTests(unittest.TestCase):
    """What is typed wrongly on the first day is told in the words of the call, and never of a private file."""

    def told(self, **change: object) -> str:
        at = datetime.datetime(2024, 1, 1, 11, tzinfo=datetime.timezone.utc)
        asked = {"k": ["a"], "departs": change.pop("departs", [at])}
        arguments: dict[str, object] = {"on": "k", "time": {"spine": "departs", "s": "seen"}, **change}
        with self.assertRaises(ts.TallyError) as caught:
            ts.point_in_time(asked, {"s": {"k": ["a"], "seen": [at], "v": [1]}}, **arguments)  # type: ignore[arg-type]
        self.assertNotIn("/", str(caught.exception).replace("n/a", ""))
        return str(caught.exception)

    def test_names_that_are_nearly_right(self) -> None:
        self.assertIn("the spine: there is no column 'depart'", self.told(time={"spine": "depart", "s": "seen"}))
        self.assertIn("did you mean 'departs'?", self.told(time={"spine": "depart", "s": "seen"}))
        self.assertIn("its columns with times are departs", self.told(time={"spine": "x", "s": "seen"}))
        self.assertIn("source 's': there is no column 'sen'", self.told(time={"spine": "departs", "s": "sen"}))

    def test_times_that_are_none(self) -> None:
        self.assertIn("its time 'departs' is text", self.told(departs=["2024-01-01T10:00:00Z"]))
        self.assertIn("pandas.to_datetime", self.told(departs=["2024-01-01T10:00:00Z"]))
        self.assertIn('unit="s"', self.told(departs=[1704103200]))
        self.assertIn("its time 'k' is text", self.told(time={"spine": "departs", "s": "k"}))

    def test_lengths_of_time_in_other_words(self) -> None:
        for words in ("20 minutes", "20min", "1.5h"):
            self.assertIn("is no length of time", self.told(known=words))
            self.assertIn("such as 20m", self.told(ttl=words))


if __name__ == "__main__":
    unittest.main()
