# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Planted leaks are found, in the rows and by the hours in which they were planted, and nothing else is."""

import datetime
import random
import unittest
from typing import Any, Callable, Optional

import tallystick as ts
from pulling import integers
from test_frames import optional
from test_point_in_time import at

Row = dict[str, Any]


def law(rows: list[Row], key: int, time: datetime.datetime) -> Optional[Row]:
    seen = [row for row in rows if row["k"] == key and row["at"] <= time]
    return max(seen, key=lambda row: (row["at"], row["x"]), default=None)


def forward(rows: list[Row], key: int, time: datetime.datetime) -> Optional[Row]:
    return min((row for row in rows if row["k"] == key and row["at"] >= time), key=lambda row: row["at"], default=None)


def nearest(rows: list[Row], key: int, time: datetime.datetime) -> Optional[Row]:
    return min((row for row in rows if row["k"] == key), key=lambda row: abs(row["at"] - time), default=None)


def last_of_all(rows: list[Row], key: int, time: datetime.datetime) -> Optional[Row]:
    return max((row for row in rows if row["k"] == key), key=lambda row: row["at"], default=None)


def back_filled(rows: list[Row], key: int, time: datetime.datetime) -> Optional[Row]:
    return law(rows, key, time) or forward(rows, key, time)


class LeaksTests(unittest.TestCase):
    def find(self, training: Any, rows: Any, **options: Any) -> ts.Leaks:
        return ts.find_leaks(training, {"w": rows}, **{"on": "k", "time": "at", "threads": 1, **options})

    def planted(self, seed: int, how: Callable[..., Optional[Row]], values: int) -> tuple[list[Row], list[Row]]:
        """Source rows, of which some values repeat, and a training set that was joined in one way or another."""
        dice = random.Random(seed)
        hours = random.Random(seed + 1).sample(range(400), 90)
        rows = [{"k": dice.randrange(5), "at": at(hour / 4), "x": dice.randrange(values)} for hour in hours]
        training: list[Row] = []
        for number in range(120):
            key, time = dice.randrange(6), at(dice.randrange(400) / 4 + 0.1)
            found = how(rows, key, time)
            training.append({"k": key, "at": time, "w__x": None if found is None else found["x"], "id": number})
        return rows, training

    def test_planted_leaks_are_found_where_a_twin_finds_them(self) -> None:
        leaking = 0
        for seed, how in enumerate([law, forward, nearest, last_of_all, back_filled] * 2):
            rows, training = self.planted(seed, how, values=1_000 if seed < 5 else 12)
            found = self.find(training, rows, ignore=["id"], samples=1_000)
            column = found.columns["w__x"]
            future, gaps = [], []
            kinds = {"lawful": 0, "past": 0, "futureOrPast": 0, "missing": 0, "unexplained": 0}
            for number, row in enumerate(training):
                lawful = law(rows, row["k"], row["at"])
                value, right = row["w__x"], None if lawful is None else lawful["x"]
                same = [one for one in rows if one["k"] == row["k"] and one["x"] == value]
                later = sorted(one["at"] for one in same if one["at"] > row["at"])
                if value == right:
                    kinds["lawful"] += 1
                elif value is None:
                    kinds["missing"] += 1
                elif not later:
                    kinds["past" if same else "unexplained"] += 1
                elif len(later) < len(same):
                    kinds["futureOrPast"] += 1
                else:
                    future.append(number)
                    gaps.append((later[0] - row["at"]).total_seconds() / 3600)
            with self.subTest(how=how.__name__, seed=seed):
                counts = column["counts"]
                self.assertEqual([one["row"] for one in column["examples"]], future)
                self.assertEqual({name: counts[name] for name in kinds}, kinds)
                self.assertEqual(counts["future"], len(future))
                self.assertEqual(found.verdict == "leak", bool(future))
                if future:
                    leaking += 1
                    self.assertAlmostEqual(column["hoursAhead"]["least"], min(gaps))
                    self.assertAlmostEqual(column["hoursAhead"]["most"], max(gaps))
                    with self.assertRaises(AssertionError):
                        found.expect_none()
                rights = [law(rows, row["k"], row["at"]) for row in training]
                self.assertEqual(integers(found.corrected, "w__x"), [one and one["x"] for one in rights])
                self.assertEqual(integers(found.corrected, "id"), list(range(120)))
        self.assertEqual(leaking, 8)

    def test_a_value_that_does_not_change_is_no_leak_and_no_proof(self) -> None:
        rows = {"k": [1, 1], "at": [at(1), at(3)], "x": [5, 5]}
        found = self.find({"k": [1], "at": [at(2)], "x": [5]}, rows)
        self.assertEqual(found.verdict, "unproven")
        self.assertIn("no value changes after", found.unproven["x"])

    def test_what_was_known_late_is_a_leak_before_it_was_known(self) -> None:
        rows = {"k": [1, 1], "at": [at(1), at(2)], "x": [5, 6], "loaded": [at(1), at(9)]}
        found = self.find({"k": [1], "at": [at(3)], "x": [6]}, rows, known="loaded")
        counts = found.columns["x"]["counts"]
        self.assertEqual((found.verdict, counts["future"], counts["notYetHappened"]), ("leak", 1, 0))
        self.assertEqual(found.columns["x"]["hoursAhead"], {"least": 6.0, "median": 6.0, "most": 6.0})
        self.assertIn("row 0, k 1, 2024-01-01T03:00:00Z: 6 instead of 5; known 2024-01-01T09:00:00Z, 6.0 h later", str(found))
        self.assertIn("LEAK", str(found))
        self.assertIn("<table>", found._repr_html_())

    def test_an_older_value_is_told_and_no_leak(self) -> None:
        rows = {"k": [1, 1, 1], "at": [at(1), at(2), at(4)], "x": [5, 6, 7]}
        found = self.find({"k": [1], "at": [at(3)], "x": [5]}, rows)
        self.assertEqual((found.verdict, found.columns["x"]["counts"]["past"]), ("clean", 1))

    def test_what_nothing_explains_is_never_clean(self) -> None:
        rows = {"k": [1] * 6, "at": [at(hour) for hour in range(6)], "x": [float(x) for x in range(6)]}
        training = {"k": [1] * 5, "at": [at(hour + 0.5) for hour in range(5)], "x": [0.0, 1.0, 2.5, 3.0, 4.0]}
        self.assertEqual(self.find(training, rows).verdict, "unproven", "one value was filled in")
        found = self.find({**training, "x": [9.0, 8.0, 7.0, 6.5, 1.0]}, rows)
        self.assertIn("another one, or computed of it", found.unproven["x"])
        found = self.find({**training, "y": [0] * 5}, rows)
        self.assertEqual(found.unproven["y"], "it stands in no source")
        self.assertIn("no key of the training set", self.find({**training, "k": [3] * 5}, rows).unproven["x"])

    def test_types_that_lost_digits_are_still_compared(self) -> None:
        rows = {"k": [1, 1], "at": [at(1), at(3)], "x": [5, 6], "y": [0.1, 0.2], "b": [False, True], "s": ["u", "v"]}
        pa = optional("pyarrow")
        training = pa.table({
            "k": [1, 1], "at": [at(2), at(4)], "x": pa.array([5.0, 6.0]), "y": pa.array([0.1, 0.2], pa.float32()),
            "b": pa.array([0, 1]), "s": pa.array(["u", "v"]).dictionary_encode(),
        })
        found = self.find(training, rows)
        self.assertEqual({one["verdict"] for one in found.columns.values()}, {"clean"})
        self.assertEqual(found.verdict, "clean")
        wrong = self.find({"k": [1], "at": [at(2)], "x": ["5"]}, rows)
        self.assertIn("it is VARCHAR, and w.x is int64", wrong.unproven["x"])

    def test_nanoseconds_and_walls_are_times_of_rows_too(self) -> None:
        pa = optional("pyarrow")
        hours = [3_600_000_000_000 * hour + 7 for hour in range(1, 6)]
        rows = pa.table({"k": [1] * 5, "at": pa.array(hours, pa.timestamp("ns", "UTC")), "x": list(range(5))})
        for kind in (pa.timestamp("ns", "UTC"), pa.timestamp("ns"), pa.timestamp("us", "Asia/Tokyo"), pa.timestamp("s")):
            times = pa.array([hour + 60_000_000_000 - 7 for hour in hours[:4]], pa.timestamp("ns", "UTC")).cast(
                pa.timestamp("ns"), safe=False).cast(kind)
            counts = self.find(pa.table({"k": [1] * 4, "at": times, "x": [0, 2, 2, 4]}), rows).columns["x"]["counts"]
            with self.subTest(str(kind)):
                self.assertEqual((counts["lawful"], counts["future"]), (2, 2))

    def test_the_label_may_lie_ahead_and_nothing_else_may_be_it(self) -> None:
        rows = {"k": [1] * 40, "at": [at(hour) for hour in range(40)], "y": [hour % 3 for hour in range(40)]}
        labels = [(hour + 1) % 3 for hour in range(30)]
        training = {
            "k": [1] * 30, "at": [at(hour + 0.5) for hour in range(30)], "y": labels, "copy": labels,
            "code": ["abc"[label] for label in labels], "other": [hour % 7 for hour in range(30)],
            "day": [datetime.date(2024, 1, 1 + hour % 9) for hour in range(30)], "when": [at(hour) for hour in range(30)],
        }
        found = self.find(training, rows, label="y", ignore=[])
        self.assertEqual(found.leaking, ["copy", "code"])
        self.assertNotIn("y", found.columns)
        self.assertIsNotNone(found["label"])
        self.assertIn("copy: is the label in all 30 rows", str(found))
        self.assertIn("one to one", str(found))

    def test_origins_are_said_or_told_by_exactly_the_same_name(self) -> None:
        rows = {"k": [1, 1], "at": [at(1), at(3)], "x": [5, 6]}
        training = {"k": [1], "at": [at(2)], "then": [6]}
        self.assertEqual(self.find(training, rows).unproven["then"], "it stands in no source")
        self.assertEqual(self.find(training, rows, columns={"then": "w.x"}).leaking, ["then"])
        twice = ts.find_leaks(
            {"k": [1], "at": [at(2)], "x": [6]}, {"w": rows, "v": rows}, on="k", time="at")
        self.assertEqual(twice.unproven["x"], "it stands in several sources: w, v")
        for options, words in [
            ({"columns": {"then": "x"}}, "no column of a source"), ({"columns": {"then": "v.x"}}, "there is no source 'v'"),
            ({"columns": {"then": "w.q"}}, "no column 'q'"), ({"columns": {"q": "w.x"}}, "there is no column 'q'"),
            ({"training": {"k": [1], "at": [at(2)], "A": [1], "a": [1]}}, "letter case only"),
            ({"label": "q"}, "there is no column 'q'"), ({"ignore": ["q"]}, "there is no column 'q'"),
        ]:
            with self.subTest(words), self.assertRaises(ts.MisuseError) as caught:
                self.find(options.pop("training", training), rows, **options)
            self.assertIn(words, str(caught.exception))


class FirstTryTests(unittest.TestCase):
    AT = datetime.datetime(2024, 1, 1, 11, tzinfo=datetime.timezone.utc)

    def test_nothing_in_common_is_said(self) -> None:
        found = ts.find_leaks({"k": ["a"], "at": [self.AT]}, {"s": {"k": ["a"], "at": [self.AT], "v": [1]}}, on="k", time="at")
        self.assertEqual(found.verdict, "unproven")
        for text in (str(found), found._repr_html_()):
            self.assertIn("no column was compared", text)

    def test_one_gap_is_no_range(self) -> None:
        late = {"k": ["a"], "at": [self.AT + datetime.timedelta(minutes=10)], "v": [1]}
        text = str(ts.find_leaks({"k": ["a"], "at": [self.AT], "v": [1]}, {"s": late}, on="k", time="at"))
        self.assertIn("know the future, by 10 min\n", text)


if __name__ == "__main__":
    unittest.main()
