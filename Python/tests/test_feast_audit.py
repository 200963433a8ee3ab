# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Reading Feast repositories, and naming what their training sets get wrong: by planted answers, and by Feast itself."""

import contextlib
import importlib.util
import io
import json
import os
import unittest
from html.parser import HTMLParser
from pathlib import Path
from unittest import mock

import tallystick as ts
import tallystick.feast
from feasts import DAY, DEFINITIONS, NOON, Planted, described
from tallystick.feast import _beside, _types


def needs(*modules: str):
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    return unittest.skipIf(missing, f"not installed: {', '.join(missing)}")


class Answering:
    """Stands for the process of Feast: describes the planted repository, and answers a spine as it is told."""

    def __init__(self, root: Path, answer=None, types=None, change=None) -> None:
        self.root, self.answer, self.types, self.change = root, answer, types or {}, change

    def __call__(self, verb: str, repository: Path, **request):
        if verb == "describe":
            found = described(self.root)
            if self.change:
                self.change(found)
            return found
        import pyarrow
        import pyarrow.parquet

        spine = pyarrow.parquet.read_table(request["spine"]).to_pylist()
        table = pyarrow.Table.from_pylist(self.answer(spine))
        pyarrow.parquet.write_table(table, request["output"])
        types = {name: {"int64": "int64", "double": "float64"}.get(str(table[name].type), "object") for name in table.column_names}
        return {"feast": "0.0", "offline": "dask", "seconds": 0.1, "types": types | self.types}


@needs("pyarrow")
class Planting(unittest.TestCase):
    def setUp(self) -> None:
        self.planted = Planted()
        self.addCleanup(self.planted.close)
        self.root = self.planted.root

    def audit(self, spine: list, answer, features=("sales:price", "sales:sold"), types=None, **options):
        path = self.planted.spine(spine)
        with mock.patch.object(_beside, "ask", Answering(self.root, answer, types)):
            return tallystick.feast.audit(self.root, path, features=list(features), **options)


class Causes(unittest.TestCase):
    """Each cause, planted: one audit of a row for each, in which Feast answers what the case says."""

    CASES = {
        "right": (("a", "1"), NOON + DAY, 1.5, 10),
        "created later": (("a", "1"), NOON + 2 * DAY, 2.5, 20),
        "happened later": (("d", "1"), NOON, 6.5, 60),
        "too old": (("c", "1"), NOON, 5.5, 50),
        "first of a tie": (("b", "1"), NOON, 3.5, 30),
        "second of a tie": (("b", "1"), NOON, 4.5, 40),
        "another entity": (("1", "12"), NOON, 8.5, 80),
        "older": (("e", "1"), NOON, 9.5, 90),
        "null": (("e", "1"), NOON, None, None),
        "no row": (("e", "1"), NOON, 999.0, 1),
        "half of two rows": (("e", "1"), NOON, 9.5, 80),
        "a value of two rows": (("g", "1"), NOON + 2 * DAY, 13.5, 130),
        "rounded": (("f", "1"), NOON, 11.5, 2 ** 53),
    }

    @classmethod
    def setUpClass(cls) -> None:
        if importlib.util.find_spec("pyarrow") is None:
            raise unittest.SkipTest("not installed: pyarrow")
        planted = Planted()
        cls.addClassCleanup(planted.close)
        spine = planted.spine([(*key, time) for key, time, _, _ in cls.CASES.values()])

        def answer(rows: list) -> list:
            return [
                {**row, "sales__price": price, "sales__sold": None if sold is None else float(sold)}
                for row, (_, _, price, sold) in zip(rows, cls.CASES.values())]

        cls.found = {}
        for created in ("known", "ignore"):
            with mock.patch.object(_beside, "ask", Answering(planted.root, answer)):
                cls.found[created] = tallystick.feast.audit(
                    planted.root, spine, features=["sales:price", "sales:sold"], created=created)

    def of(self, case: str, created: str = "known") -> list:
        row = [*self.CASES].index(case)
        return [d for d in self.found[created].differences if d.row == row]

    def check(self, case: str, cause: str, row, words: str, cells: int = 2) -> None:
        found = self.of(case)
        self.assertEqual([d.cause for d in found], [cause] * cells)
        self.assertEqual((found[0].source.row, found[0].source.file), (row, "sales.parquet"))
        self.assertIn(words, found[0].explanation)
        self.assertEqual(found[0].keys, dict(zip(("shop", "item"), self.CASES[case][0])))

    def test_right_answers_are_no_differences(self) -> None:
        self.assertEqual(self.of("right"), [])
        self.assertEqual(self.found["known"].values, 2 * len(self.CASES))

    def test_a_row_created_later_is_a_future_leak_unless_created_times_are_ignored(self) -> None:
        self.check("created later", "future leak", 1, "created 3 d after")
        self.assertEqual([(d.feast, d.ours) for d in self.of("created later")], [(2.5, 1.5), (20.0, 10)])
        self.assertEqual(self.of("created later", "ignore"), [])

    def test_of_rows_with_one_value_the_one_that_feast_s_rule_takes_is_told(self) -> None:
        self.check("a value of two rows", "future leak", 12, "created 3 d after")

    def test_a_row_that_happened_later_is_a_future_event(self) -> None:
        self.check("happened later", "future event", 5, "happened 9 d after")

    def test_a_row_older_than_the_ttl_is_expired(self) -> None:
        self.check("too old", "expired but served", 4, "9 d old, and the ttl is 2 d")

    def test_of_a_tie_the_one_that_is_not_the_last_is_told(self) -> None:
        first, second = self.of("first of a tie"), self.of("second of a tie")
        self.assertEqual(sorted([len(first), len(second)]), [0, 2])
        self.check(*(("first of a tie", "tie", 2) if first else ("second of a tie", "tie", 3)), "2 rows have the same times")

    def test_keys_that_are_one_text_collide(self) -> None:
        self.check("another entity", "key collision", 7, "the value of 11, 2")

    def test_an_older_row(self) -> None:
        self.check("older", "older row", 8, "the last row is from 2024-05-01T12:00:00Z")

    def test_a_value_that_is_null_though_there_is_a_row(self) -> None:
        self.check("null", "value lost", 9, "the source has this row")

    def test_a_value_that_no_row_has_stays_unexplained(self) -> None:
        self.check("no row", "unexplained", 9, "no row of the source")
        self.check("half of two rows", "unexplained", 9, "no row of the source")

    def test_an_integer_that_does_not_fit_a_float(self) -> None:
        self.check("rounded", "type changed", 10, "does not fit the float", cells=1)
        self.assertEqual(self.of("rounded")[0].ours, 2 ** 53 + 1)


class Rows(Planting):
    def test_lost_doubled_and_moved_rows(self) -> None:
        spine = [
            ("a", "1", NOON), ("c", "1", NOON), ("d", "1", NOON), ("b", "1", NOON), ("a", "1", NOON), ("e", "1", NOON),
            ("zz", "1", NOON),
        ]

        def answer(rows: list) -> list:
            # 0 goes, since 4 is the same; 1 is too old, 2 in the future, 6 goes without a reason; 3 comes twice; 5 comes first.
            values = {3: (4.5, 40), 4: (1.5, 10), 5: (10.5, 100)}
            return [{**rows[n], "sales__price": values[n][0], "sales__sold": values[n][1]} for n in (5, 3, 3, 4)]

        found = self.audit(spine, answer)
        lost = {d.row: d for d in found.differences if d.cause == "row lost"}
        self.assertEqual([*lost], [0, 1, 2, 6])
        for row, words in {0: "row 4 of the spine", 1: "older than the ttl", 2: "is later", 6: "no reason"}.items():
            self.assertIn(words, lost[row].explanation)
        self.assertEqual((lost[1].source.row, lost[2].source.row, lost[6].source), (4, 5, None))
        (doubled,) = [d for d in found.differences if d.cause == "row doubled"]
        self.assertEqual((doubled.row, doubled.feast), (3, "2 rows"))
        self.assertIn("2 rows of sales", doubled.explanation)
        (moved,) = [d for d in found.differences if d.cause == "order changed"]
        self.assertEqual(moved.count, 3)
        self.assertTrue({0, 1, 2, 3, 6} <= found.wrong_rows)
        self.assertEqual(found.sums[0], found.sums[0] | {"cause": "row lost", "findings": 4, "rows": 4})

    def test_integers_that_became_floats_are_told_once(self) -> None:
        found = self.audit(
            [("a", "1", NOON), ("zz", "1", NOON)],
            lambda rows: [{**rows[0], "sales__price": 1.5, "sales__sold": 10.0}, {**rows[1], "sales__price": None, "sales__sold": None}])
        self.assertEqual([(d.cause, d.feature, d.feast) for d in found.differences], [("type changed", "sales:sold", "float64")])
        self.assertIn("have the right values", found.headline)
        self.assertEqual(found.exit_code, 1)

    def test_what_is_not_compared_is_unproven(self) -> None:
        found = self.audit(
            [("a", "1", NOON)], lambda rows: [{**rows[0], "sales__price": 1.5}],
            features=["sales:price", "sales:sold", "sales:gone", "all_shops:sold", "basket:share"])
        self.assertEqual((found.differences, found.exit_code), ([], 3))
        self.assertEqual([name for name, _ in found.unproven], ["sales:gone", "all_shops:sold", "basket:share", "sales:sold"])

    def test_on_demand_features_follow_from_their_inputs(self) -> None:
        found = self.audit(
            [("a", "1", NOON + 2 * DAY), ("e", "1", NOON)],
            lambda rows: [
                {**rows[0], "sales__price": 2.5, "sales__sold": 20, "basket__total": 5.0, "basket__share": 1.0},
                {**rows[1], "sales__price": 10.5, "sales__sold": 100, "basket__total": 22.0, "basket__share": 1.0}],
            features=(), service="model")
        told = {d.row: (d.cause, d.ours) for d in found.differences if d.feature == "basket:total"}
        self.assertEqual(told, {0: ("follows from its inputs", 3.0), 1: ("unexplained", 21.0)})
        self.assertEqual([name for name, _ in found.unproven], ["basket:share"])

    def test_what_cannot_be_asked_is_said(self) -> None:
        for options, words in [
            ({"features": ["sales:nothing"]}, "there is no feature"), ({"features": (), "service": "none"}, "there are: model"),
            ({"features": ["sales:price"], "service": "model"}, "exclude each other"),
            ({"time_column": "when"}, "no column 'when'"),
        ]:
            with self.subTest(words), self.assertRaises(ts.MisuseError) as raised:
                self.audit([("a", "1", NOON)], None, **options)
            self.assertIn(words, str(raised.exception))
        with self.assertRaises(ts.NotFoundError):
            tallystick.feast.audit(self.root, self.root / "nowhere.parquet")


class Showing(Planting):
    def test_texts_of_data_are_never_markup_nor_control_a_terminal(self) -> None:
        evil = "<script src='http://x/y'>\x1b[31m"
        planted = Planted([(evil, "1", NOON, NOON, 1.5, 10)])
        self.addCleanup(planted.close)
        self.planted, self.root = planted, planted.root
        found = self.audit([(evil, "1", NOON)], lambda rows: [{**rows[0], "sales__price": 2.0, "sales__sold": 10}])
        page = found.html()
        tags: list = []

        class Reader(HTMLParser):
            def handle_starttag(self, tag, attributes) -> None:
                tags.append((tag, dict(attributes)))

        Reader().feed(page)
        self.assertEqual({tag for tag, _ in tags} & {"script", "link", "img", "iframe", "object"}, set())
        self.assertTrue(all(not value.get("src") and value.get("href", "#").startswith("#") for _, value in tags))
        self.assertIn("&lt;script src=", page)
        self.assertNotIn(str(self.root), page)
        self.assertNotIn("\x1b", page + found.text())
        self.assertEqual(json.loads(json.dumps(found.json()))["differences"][0]["keys"]["shop"], evil)

    def test_long_lists_end_and_say_so(self) -> None:
        found = self.audit(
            [("e", "1", NOON)] * 9, lambda rows: [{**row, "sales__price": 9.5, "sales__sold": 90} for row in rows])
        self.assertEqual(found.text(limit=2).count("source: sales.parquet row 8"), 2)
        self.assertIn("and 16 more", found.text(limit=2))
        self.assertIn("8 more", found.html(limit=10))
        self.assertEqual(len(found.json()["differences"]), 18)
        self.assertIn("9 of 9 training rows are wrong", found._repr_html_())

    def test_the_command_ends_with_what_was_found(self) -> None:
        spine = self.planted.spine([("e", "1", NOON)])
        right, wrong = (10.5, 100), (9.5, 90)
        for values, code in ((right, 3), (wrong, 1)):
            answer = Answering(self.root, lambda rows: [
                {**row, "sales__price": values[0], "sales__sold": values[1], "sales__Odd-Name": "x"} for row in rows])
            for form in ("table", "json", "html"):
                with mock.patch.object(_beside, "ask", answer), contextlib.redirect_stdout(io.StringIO()) as out:
                    self.assertEqual(tallystick.feast.main(
                        ["audit-feast", str(self.root), "--spine", str(spine), "--format", form]), code)
                self.assertIn({"table": "project 'planted'", "json": '"exitCode"', "html": "<!doctype html>"}[form], out.getvalue())
        with contextlib.redirect_stderr(io.StringIO()) as out:
            self.assertEqual(tallystick.feast.main(["audit-feast", "/nowhere", "--spine", str(spine)]), 2)
        self.assertIn("feature_store.yaml", out.getvalue())

    def test_the_folder_above_a_repository_says_where_it_is(self) -> None:
        with self.assertRaises(ts.NotFoundError) as caught:
            tallystick.feast.read(self.root.parent)
        self.assertIn(self.root.name, caught.exception.help or "")


class Reading(Planting):
    def read(self, folder=None, change=None, **options):
        with mock.patch.object(_beside, "ask", Answering(self.root, change=change)):
            return tallystick.feast.read(self.root, folder, **options)

    def statuses(self, found, kind: str) -> dict:
        return {item.name: item.status for item in found.items if item.kind == kind}

    def test_what_comes_over_passes_its_check(self) -> None:
        found = self.read(self.root / "ours")
        self.assertEqual(found.check.errors, [])
        self.assertEqual(self.statuses(found, "view"), {"sales": "changed", "all_shops": "dropped"})
        self.assertEqual(self.statuses(found, "feature"), {
            "sales:price": "carried", "sales:sold": "carried", "sales:Odd-Name": "changed", "sales:gone": "dropped",
            "sales:nested": "dropped", "all_shops:sold": "dropped"})
        self.assertEqual(self.statuses(found, "onDemand"), {"basket:total": "carried", "basket:share": "dropped"})
        self.assertEqual(self.statuses(found, "entity"), {"Shop": "changed", "item": "carried"})
        text = found.text()
        for words in ["it has no entity", "price / amount", "they pass 'tally check'", "definitions.py:23", "ttl counts online"]:
            self.assertIn(words, text)
        view = (self.root / "ours/definitions/view_sales.yaml").read_text()
        self.assertIn("price_eur", view)
        self.assertIn("timeToLive: \"2d\"", view)
        self.assertEqual(found.names["sales"], ("sales", {"price": "price", "sold": "sold", "Odd-Name": "odd_name"}))
        self.assertEqual(json.loads(json.dumps(found.json()))["counts"]["view"], {"carried": 0, "changed": 1, "dropped": 1})

    def test_differences_are_written_only_when_they_are_accepted(self) -> None:
        found = self.read(self.root / "ours", accept_differences=True)
        self.assertEqual(found.check.errors, [])
        self.assertIn("price / amount", (self.root / "ours/definitions/service_model.yaml").read_text())
        self.assertEqual(self.statuses(found, "onDemand")["basket:share"], "changed")

    def test_created_times_may_be_left_out(self) -> None:
        source = lambda: (self.root / "ours/definitions/source_sales.yaml").read_text()  # noqa: E731
        self.read(self.root / "ours")
        self.assertIn("knownTime: made", source())
        self.read(self.root / "ours", created="ignore")
        self.assertNotIn("knownTime", source())

    def test_files_of_others_stay_and_nothing_is_written_without_a_folder(self) -> None:
        before = sorted(self.root.rglob("*"))
        self.assertIn("Nothing was written", self.read().text())
        self.assertEqual(sorted(self.root.rglob("*")), before)
        (self.root / "ours/definitions").mkdir(parents=True)
        (self.root / "ours/definitions/view_sales.yaml").write_text("mine: true\n")
        with self.assertRaises(ts.ConflictError):
            self.read(self.root / "ours")
        self.assertEqual([p.name for p in (self.root / "ours").rglob("*") if p.is_file()], ["view_sales.yaml"])

    def test_what_has_no_counterpart_says_what_to_do(self) -> None:
        def source(**members):
            return lambda found: [view["source"].update(members) for view in found["views"]]

        for change, words in [
            (source(kind="BigQuerySource"), "a BigQuerySource"), (source(path="s3://bucket/x.parquet"), "s3://"),
            (source(format="DeltaFormat"), "DeltaFormat"), (source(unreadable="no file"), "no file"),
            (source(mapping={"shop_id": "shop"}), 'SELECT "shop_id" AS "shop"'),
            (lambda found: found["views"][0].update(kind="LabelView"), "labels are no features"),
            (lambda found: found["views"][0].update(hasTransformation=True, kind="BatchFeatureView"), "transforms its source"),
            (source(eventTime="sold"), "timestamp field 'sold'"),
        ]:
            with self.subTest(words):
                found = self.read(change=change)
                self.assertEqual(self.statuses(found, "view")["sales"], "dropped")
                self.assertEqual(self.statuses(found, "service"), {"model": "dropped"})
                self.assertIn(words, found.text())

    def test_views_under_another_name_or_key_are_left_out(self) -> None:
        def change(found: dict) -> None:
            found["services"][0]["views"].append({"view": "sales", "alias": "other", "features": ["sold"], "keyMap": {"shop": "seller"}})

        found = self.read(self.root / "ours", change=change)
        self.assertEqual((self.statuses(found, "service")["model"], found.check.errors), ("changed", []))
        self.assertIn("other is left out", found.text())

    def test_folders_and_names_with_signs_of_patterns(self) -> None:
        import shutil

        strange = self.root / "day[1]*"
        strange.mkdir()
        shutil.copy(self.root / "sales.parquet", strange)
        change = lambda found: [view["source"].update(path=str(strange)) for view in found["views"]]  # noqa: E731
        found = self.read(self.root / "ours", change=change)
        self.assertEqual([d["message"] for d in found.check.diagnostics if "no file" in d["message"]], [])
        self.assertIn("day[[]1][*]/**/*.parquet", (self.root / "ours/definitions/source_sales.yaml").read_text())


class Names(unittest.TestCase):
    def test_names_are_made_fit_and_stay_apart(self) -> None:
        for given, made in {"Driver-Stats": "driver_stats", "7D_AVG": "f_7d_avg", "a__b_": "a_b", "é": "f", "x" * 80: "x" * 63}.items():
            self.assertEqual(_types.name(given), made)
        self.assertEqual(_types.name("A", {"a", "a_2"}), "a_3")

    def test_types(self) -> None:
        for given, made in {
            "Int64": "int64", "Array(Float32)": "array<float32>", "UnixTimestamp": "timestamp", "Map": None, "Array(Array(Int64))": None,
        }.items():
            self.assertEqual(_types.of_feast(given), made)
        for given, made in {
            "timestamp[ns, tz=UTC]": "timestamp", "list<element: double>": "array<float64>", "uint64": None, "decimal128(9, 2)": None,
            "dictionary<values=string, indices=int32, ordered=0>": "string", "large_string": "string", "int8": "int32",
        }.items():
            self.assertEqual(_types.of_arrow(given), made)


@needs("feast", "pyarrow", "pandas")
class WithFeast(unittest.TestCase):
    """Feast itself, once: the slow part is importing it."""

    def test_a_repository_is_described_and_its_own_training_set_is_judged(self) -> None:
        planted = Planted()
        self.addCleanup(planted.close)
        with mock.patch.dict(os.environ, {"FEAST_USAGE": "False"}):
            spine = planted.spine([
                ("a", "1", NOON + 2 * DAY), ("c", "1", NOON), ("d", "1", NOON), ("e", "1", NOON), ("e", "1", NOON),
                ("1", "12", NOON),
            ])
            before = sorted(planted.root.iterdir())
            found = tallystick.feast.audit(planted.root, spine, service="model")
        self.assertEqual(sorted(planted.root.iterdir()), before)
        causes = {(d.cause, d.row) for d in found.differences}
        self.assertLessEqual({("row lost", 1), ("row lost", 2), ("future leak", 0)}, causes)
        self.assertEqual(len([row for cause, row in causes if cause == "row lost"]), 3)
        self.assertNotIn("unexplained", {cause for cause, _ in causes})
        self.assertEqual(found.offline, "dask")

    def test_what_the_repository_s_code_raises_is_told(self) -> None:
        planted = Planted()
        self.addCleanup(planted.close)
        (planted.root / "definitions.py").write_text("raise SystemExit('\\x1b[1mnot today')")
        with self.assertRaises(ts.EngineError) as raised:
            tallystick.feast.read(planted.root)
        self.assertIn("SystemExit: not today", str(raised.exception))


if __name__ == "__main__":
    unittest.main()
