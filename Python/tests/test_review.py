# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A review says what a naive twin counts, touches nothing, and is no way in for what others wrote."""

import contextlib
import importlib.util
import io
import json
import os
import pickle
import re
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

import tallystick as ts
from review_shop import AS_OF, ReviewShop, files
from tallystick import _program, _review_markdown
from tallystick._errors import TallyError
from tallystick._review_changes import axis
from tallystick._review_command import main
from tallystick._review_rows import Reader, compare
from tallystick._review_sides import _project

HAS_MODELS = all(importlib.util.find_spec(name) for name in ("sklearn", "pandas", "numpy"))
HAS_ONNX = HAS_MODELS and all(importlib.util.find_spec(name) for name in ("skl2onnx", "onnxruntime"))
OUTPUTS = ["total", "price", "is_large", "called", "scaled", "bought"]

try:
    _program.find()
    HAS_PROGRAM = True
except TallyError:
    HAS_PROGRAM = False


def without_cost(text: str) -> str:
    return re.sub(r"<sub>.*</sub>", "", text)


@unittest.skipUnless(HAS_PROGRAM, "the program is not built")
class ReviewTests(unittest.TestCase):
    def setUp(self) -> None:
        self.shop = ReviewShop()
        self.addCleanup(self.shop.close)

    def command(self, *arguments: str) -> tuple[int, str, str]:
        out, error = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            status = main([
                "-C", str(self.shop.root), "--spine", str(self.shop.spine), "--as-of", AS_OF, "--threads", "1",
                *(arguments if "--base" in arguments else ["--base", "main", *arguments])])
        return status, out.getvalue(), error.getvalue()

    def test_each_statement_about_rows_is_what_a_naive_twin_counts(self) -> None:
        self.shop.change(("timeToLive: 3d", "timeToLive: 1d"), ("total > 50", "total > 40"), ("maturity: 1d", "maturity: 4d"))
        made = self.shop.review()
        before, after = self.shop.twins()
        self.assertEqual(made.verdict, "differs")
        service = made.json["services"][0]
        rows = service["rows"]
        both = [visit for visit in before if visit in after]
        gone = [visit for visit in before if visit not in after]
        self.assertTrue(gone and both)
        differing = [visit for visit in both if before[visit] != after[visit]]
        self.assertEqual((rows["both"], rows["onlyBefore"]["rows"], rows["onlyAfter"]["rows"]), (len(both), len(gone), 0))
        self.assertEqual((rows["rows"], rows["differing"]), (len(before), len(differing) + len(gone)))
        self.assertEqual([one["visit"] for one in rows["onlyBefore"]["examples"]], gone[:2])
        self.assertEqual(service["unripe"], [200 - len(before), 200 - len(after)])
        text = made.markdown()
        self.assertIn(f"### Feature review: {len(differing) + len(gone):,} rows of {len(before):,} differ\n", text)
        self.assertEqual([one["name"] for one in rows["columns"]], OUTPUTS)
        seen = {"value": 0, "lost": 0}
        for column in rows["columns"]:
            name = column["name"]
            changed = [visit for visit in both if before[visit][name] != after[visit][name]]
            lost = [visit for visit in changed if after[visit][name] == ""]
            self.assertEqual((column["differing"], column["becameNull"], column["becamePresent"]), (len(changed), len(lost), 0), name)
            self.assertEqual(column["rows"], [len(before), len(after)])
            # The library for text knows no difference between no text and an empty one.
            if name != "called":
                self.assertEqual(column["nulls"], [sum(row[name] == "" for row in side.values()) for side in (before, after)])
            for cell in column["examples"]:
                visit = cell["keys"]["visit"]
                self.assertEqual((before[visit][name], after[visit][name]), (cell["before"] or "", cell["after"] or ""))
                self.assertEqual(cell["keys"]["event_timestamp"], before[visit]["event_timestamp"])
                seen["lost" if cell["after"] is None else "value"] += 1
            if changed:
                share = _review_markdown.share(len(changed), len(both))
                self.assertIn(f"| `{name}` | `{column['typeBefore']}` | {len(changed):,} ({share}) | {len(lost):,} | 0 |", text)
        self.assertTrue(seen["value"] and seen["lost"])
        self.assertEqual(
            [(one["axis"], one["path"], one["old"], one["new"]) for change in made.json["changes"] for one in change["fields"]],
            [("time law", "timeToLive", "3d", "1d"), ("meaning", "features.is_large.expression", "total > 50", "total > 40"),
             ("time law", "label.maturity", "1d", "4d")])
        # The service that is not reached is not trained.
        self.assertEqual([one["service"] for one in made.json["services"]], ["model"])

    def test_empty_texts_are_no_nulls_and_texts_of_every_kind_are_compared(self) -> None:
        self.shop.change(("SELECT user_id, called", "SELECT user_id, nullif(called, '') AS called"))
        rows = self.shop.review().json["services"][0]["rows"]
        before, _ = self.shop.twins()
        # User 5 and 14 have an empty name, 6 and 15 have none.
        empty = sum(row["user_id"] in ("5", "14") for row in before.values())
        none = sum(row["user_id"] in ("6", "15", "18", "19", "") for row in before.values())
        column = next(one for one in rows["columns"] if one["name"] == "called")
        self.assertEqual((column["differing"], column["becameNull"], column["nulls"]), (empty, empty, [none, none + empty]))
        self.assertEqual(column["examples"][0]["before"], "")

    def test_the_repository_is_only_read(self) -> None:
        self.shop.change(("timeToLive: 3d", "timeToLive: 1d"))
        self.shop.write("definitions/all.yaml", (self.shop.root / "definitions/all.yaml").read_text())
        self.shop.write("registry.db", "no registry")
        self.shop.write("tally.lock", "no lock")
        os.utime(self.shop.root / "tally.yaml")
        was = files(self.shop.top)
        made = self.shop.review()
        self.assertEqual(made.verdict, "differs")
        self.assertEqual(files(self.shop.top), was)
        self.assertEqual(made.json["head"]["uncommitted"], ["definitions/all.yaml"])
        self.assertIn("**with changes that are not committed** (`definitions/all.yaml`)", made.markdown())
        self.shop.commit()
        again = self.shop.review(base="HEAD~1")
        self.assertEqual(again.json["head"]["uncommitted"], [])
        self.assertEqual(again.json["services"][0]["rows"], made.json["services"][0]["rows"])

    def test_consumers_are_broken_by_what_they_miss(self) -> None:
        self.shop.change(
            ("  - {name: price, type: float64}\n", ""), ("price * factor", "total * factor"),
            ("[last_order, names]", "[names, last_order]"),
            ("{factor: float64}", "{factor: float64, country: string}"), ("column: bought", "column: bought, as: sold"))
        made = self.shop.review()
        self.assertEqual((made.verdict, made.broken), ("broken", [f"service model: {words}" for words in (
            "feature price is gone", "its features stand in another order", "request input country has to be given too",
            "label bought is gone")]))
        self.assertIn("- `service model: feature price is gone`\n", made.markdown())
        self.shop.git("checkout", "-q", ".")
        self.shop.change(
            ("{name: total, type: int64}\n", "{name: total, type: float64}\n"),
            ("total, type: int64}, {", "total, type: float64}, {"))
        made = self.shop.review()
        self.assertEqual((made.verdict, made.broken), ("broken", ["service model: feature total changes from int64 to float64"]))
        total = made.json["services"][0]["rows"]["columns"][0]
        # 7 is 7.0: the type differs, the numbers do not.
        self.assertEqual((total["differing"], total["typeAfter"], total["nulls"][0] > 0), (0, "float64", True))
        self.shop.git("checkout", "-q", ".")
        self.shop.change(("name: others", "name: renamed"))
        made = self.shop.review()
        self.assertEqual(made.broken, ["service others: the service is gone"])
        self.assertEqual([(one["service"], one["isNew"], one["isGone"]) for one in made.json["services"]], [
            ("others", False, True), ("renamed", True, False)])

    def test_statuses_tell_a_pipeline_what_was_found(self) -> None:
        status, text, _ = self.command()
        self.assertEqual((status, "### Feature review: no change\n" in text), (0, True))
        self.shop.change(("timeToLive: 3d", "timeToLive: 1d"))
        self.assertEqual([self.command("--fail-on", one)[0] for one in ("broken", "differences", "never")], [0, 1, 0])
        self.shop.change(("column: bought", "column: bought, as: sold"))
        self.assertEqual([self.command("--fail-on", one)[0] for one in ("broken", "differences", "never")], [1, 1, 0])
        self.shop.git("checkout", "-q", ".")
        self.shop.change(("{factor: float64}", "{factor: float64, more: float64}"))
        status, text, _ = self.command("--format", "json")
        self.assertEqual(status, 1)
        self.assertIn("the head does not train: E-", json.loads(text)["unproven"][0])
        self.shop.git("checkout", "-q", ".")
        self.shop.change(("owner: o\nentities: [user]\nsource: orders", "owner: o\nentities: [nobody]\nsource: orders"))
        status, text, _ = self.command()
        self.assertEqual((status, "the definitions have errors" in text, "definitions/all.yaml:" in text), (1, True, True))
        self.shop.git("checkout", "-q", ".")
        self.shop.git("rm", "-q", "--cached", "shop/tally.yaml")
        self.shop.git("commit", "-qm", "no repository")
        status, text, _ = self.command("--base", "HEAD")
        self.assertEqual((status, "there is no tally.yaml at HEAD" in text), (3, True))

    def test_what_makes_no_sense_is_misuse(self) -> None:
        for arguments, words in [
            (["--base", "nowhere"], "git knows no such commit"), (["--base", "HEAD~99"], "git knows no such commit"),
            (["--service", "nobody"], "no such service"), (["--model", "none.onnx"], "there is no such model"),
            (["--spine", "other=none.csv"], "there is no such spine"), (["-C", "/"], "no tally.yaml"),
        ]:
            status, text, error = self.command(*arguments)
            self.assertEqual((status, text), (2, ""), arguments)
            self.assertIn(words, error)
        with tempfile.TemporaryDirectory(prefix="tallystick-") as folder:
            Path(folder, "tally.yaml").write_text("project: x\n")
            with self.assertRaises(ts.MisuseError) as caught:
                ts.review(folder, base="main", spine=self.shop.spine)
            self.assertIn("a review needs a repository of git", str(caught.exception))

    def test_equal_reviews_are_equal_and_a_file_is_replaced_in_one_step(self) -> None:
        self.shop.change(("timeToLive: 3d", "timeToLive: 1d"))
        place = self.shop.top.parent / "review.md"
        place.write_text("what was before")
        self.assertEqual(self.command("-o", str(place))[0], 0)
        text = place.read_text()
        self.assertEqual(without_cost(text), without_cost(self.command()[1]))
        self.assertEqual(sorted(path.name for path in place.parent.iterdir()), ["review.md", "work"])
        self.assertTrue(text.startswith("<!-- tallystick-review -->\n"))
        self.assertRegex(text, r"<sub>base trained in [\d.]+ s, [\d.,]+ MB read; work tree trained in [\d.]+ s, .* peak [\d,]+ MB</sub>")

    def test_a_promise_that_the_head_breaks_is_broken(self) -> None:
        self.shop.change(
            ("{name: total, type: int64}\n", "{name: total, type: int64, promise: {minimum: 50, otherwise: block}}\n"))
        made = self.shop.review()
        self.assertEqual(made.verdict, "broken")
        self.assertIn("service model: the head does not train: E-broken-promise", made.broken[0])
        self.assertNotIn("tally-review-", made.markdown())
        self.assertIn("**Service `model`** was not compared.", made.markdown())

    def test_services_with_spines_of_their_own(self) -> None:
        self.shop.change(("SELECT user_id, called", "SELECT user_id, upper(called) AS called"))
        made = self.shop.review(spine={"others": self.shop.spine})
        self.assertEqual(made.unproven, ["service model: no spine was given for it"])
        self.assertIn("rows", made.json["services"][1])
        # Who is broken is told of all, rows of those that are named.
        self.shop.change(("column: bought", "column: bought, as: sold"))
        made = self.shop.review(services="others")
        self.assertEqual([one["service"] for one in made.json["services"] if "rows" in one], ["others"])
        self.assertEqual((made.broken, made.unproven), (["service model: label bought is gone"], []))


@unittest.skipUnless(HAS_PROGRAM and HAS_MODELS, "scikit-learn, pandas or the program is not there")
class PredictionTests(unittest.TestCase):
    """Predictions are those of the model for every row of both sides, one by one."""

    @classmethod
    def setUpClass(cls) -> None:
        import numpy
        import pandas

        cls.shop = ReviewShop()
        cls.addClassCleanup(cls.shop.close)
        cls.names = ["total", "is_large"]
        cls.shop.change(("timeToLive: 3d", "timeToLive: 1d"), ("total > 50", "total > 40"))
        cls.sides, twins = [], cls.shop.twins()
        for twin in twins:
            texts = pandas.DataFrame(twin.values()).set_index("visit")[cls.names]
            cls.sides.append(texts.replace({"": numpy.nan, "true": "1", "false": "0"}).astype(float))
        cls.labels = [row["bought"] == "true" for row in twins[0].values()]

    def setUp(self) -> None:
        self.path = self.shop.top.parent / "model.pkl"

    def save(self, model: Any) -> None:
        self.path.write_bytes(pickle.dumps(model))

    def predicted(self, model: Any, **options: Any) -> Any:
        self.save(model)
        return self.shop.review(model=self.path, **options)

    def test_flips_of_a_classifier(self) -> None:
        from sklearn.tree import DecisionTreeClassifier

        model = DecisionTreeClassifier(random_state=0).fit(self.sides[0], ["yes" if one else "no|`" for one in self.labels])
        made = self.predicted(model)
        found = made.json["services"][0]["predictions"]
        pairs = list(zip(*(model.predict(side) for side in self.sides)))
        flips = [pair for pair in pairs if pair[0] != pair[1]]
        self.assertTrue(flips)
        self.assertEqual((found["rows"], found["changed"], found["features"]), (len(pairs), len(flips), self.names))
        self.assertEqual(
            {(one["from"], one["to"]): one["rows"] for one in found["flips"]}, {pair: flips.count(pair) for pair in flips})
        for one in found["examples"]:
            twins = [model.predict(side.loc[[one["keys"]["visit"]]])[0] for side in self.sides]
            self.assertEqual([one["before"], one["after"]], twins)
        share = _review_markdown.share(len(flips), len(pairs))
        self.assertIn(f"**Predictions**: {len(flips):,} of {len(pairs):,} change ({share})", made.markdown())
        self.assertIn("`model.pkl` is a pickle: **loading it ran the code in it**", made.markdown())

    def test_differences_of_a_regressor_without_names(self) -> None:
        import numpy
        from sklearn.tree import DecisionTreeRegressor

        model = DecisionTreeRegressor(max_depth=3).fit(self.sides[0].to_numpy(), numpy.arange(len(self.sides[0])))
        found = self.predicted(model, model_features=self.names).json["services"][0]["predictions"]
        gaps = numpy.abs(model.predict(self.sides[0].to_numpy()) - model.predict(self.sides[1].to_numpy()))
        gaps = gaps[gaps > 0]
        self.assertEqual((found["changed"], found["kind"]), (len(gaps), "regressor"))
        numpy.testing.assert_array_equal(list(found["quantiles"].values()), numpy.quantile(gaps, [0.5, 0.9, 0.99, 1]))

    @unittest.skipUnless(HAS_ONNX, "onnxruntime or skl2onnx is not installed")
    def test_a_model_in_onnx_says_the_same(self) -> None:
        import onnxruntime
        from skl2onnx import to_onnx
        from sklearn.tree import DecisionTreeClassifier

        numbers = [side.fillna(-1).to_numpy("float32") for side in self.sides]
        model = DecisionTreeClassifier(random_state=0, max_depth=4).fit(numbers[0], [int(one) for one in self.labels])
        self.path = self.path.with_suffix(".onnx")
        self.path.write_bytes(to_onnx(model, numbers[0][:1], options={"zipmap": False}).SerializeToString())
        made = self.shop.review(model=self.path, model_features=self.names)
        self.assertNotIn("pickle", made.markdown())
        found = made.json["services"][0]["predictions"]
        self.assertEqual((found["kind"], found["features"]), ("classifier", self.names))
        # The runtime itself, asked for every row of both sides.
        session = onnxruntime.InferenceSession(str(self.path), providers=["CPUExecutionProvider"])
        asked = {session.get_inputs()[0].name: None}
        twins = [
            session.run(None, dict.fromkeys(asked, side.to_numpy("float32")))[0].tolist() for side in self.sides]
        flips = [(str(old), str(new)) for old, new in zip(*twins) if old != new]
        self.assertTrue(flips)
        self.assertEqual(
            {(one["from"], one["to"]): one["rows"] for one in found["flips"]}, {pair: flips.count(pair) for pair in flips})
        self.assertEqual(self.shop.review(model=self.path).unproven, [
            "predictions of model: the model does not name its features: it takes 2, the service offers 5; --model-feature names "
            "them"])

    def test_a_pipeline_with_the_transformer_is_asked_without_it(self) -> None:
        from sklearn.dummy import DummyClassifier
        from sklearn.pipeline import make_pipeline
        from tallystick.sklearn import Features

        features = Features("model", store=self.shop.root, keys=["user_id"])
        features.features_, features.n_features_in_ = ["total", "called"], 1
        model = make_pipeline(features, DummyClassifier(strategy="constant", constant=1).fit([[1, 2], [1, 2]], [0, 1]))
        found = self.predicted(model).json["services"][0]["predictions"]
        self.assertEqual((found["features"], found["changed"]), (["total", "called"], 0))
        self.assertTrue(found["asked"])

    def test_what_a_model_cannot_be_asked_is_unproven(self) -> None:
        from sklearn.linear_model import LogisticRegression
        from sklearn.tree import DecisionTreeClassifier

        strict = LogisticRegression().fit(self.sides[0].fillna(0), self.labels)
        self.assertIn("the model refuses the rows: ValueError: Input X contains NaN", self.predicted(strict).unproven[0])
        other = DecisionTreeClassifier().fit(self.sides[0].rename(columns={"total": "totals"}), self.labels)
        made = self.predicted(other)
        self.assertEqual((made.verdict, made.unproven), ("unproven", ["predictions of model: the base does not offer totals"]))

    def test_a_pickle_is_not_loaded_without_a_loud_word(self) -> None:
        from sklearn.dummy import DummyClassifier

        self.save(DummyClassifier().fit([[1]], [1]))
        error = io.StringIO()
        with contextlib.redirect_stderr(error), contextlib.redirect_stdout(io.StringIO()):
            with mock.patch("joblib.load", side_effect=lambda path: self.assertIn("runs whatever code", error.getvalue())):
                main(["-C", str(self.shop.root), "--base", "main", "--spine", str(self.shop.spine), "--as-of", AS_OF,
                      "--model", str(self.path)])
        self.assertIn("is a pickle: loading it runs whatever code is in it", error.getvalue())


class CommentTests(unittest.TestCase):
    """What others wrote stays text, and the comment stays within its bounds."""

    HOSTILE = "a|b`c``<img src=x onerror=alert(1)> @everyone #1 www.x.example https://x.example me@x.example\n\n# h\n$x$ \u202e*_[l](u)_*~"

    def json(self, text: str, count: int = 1) -> dict[str, Any]:
        keys = {text: text}
        column = {
            "name": text, "typeBefore": text, "typeAfter": "int64", "rows": [4, 4], "nulls": [0, 1], "differing": 2,
            "becameNull": 1, "becamePresent": 0, "examples": [{"keys": keys, "before": text, "after": None}]}
        only = {"rows": 1, "examples": [keys]}
        change = {
            "action": "changed", "kind": "FeatureView", "name": text, "effect": "value", "needsBackfill": True, "axes": ["meaning"],
            "fields": [{"path": text, "old": text, "new": None, "axis": "meaning"}], "because": [text], "services": [text]}
        service = {
            "service": text, "isNew": False, "isGone": False, "broken": [text], "added": [], "leaked": [0, 1], "unripe": [0, 1],
            "rows": {"rows": 4, "both": 2, "differing": 3, "onlyBefore": only, "onlyAfter": only, "columns": [column] * count},
            "predictions": {
                "rows": 2, "asked": 1, "changed": 1, "features": [text], "kind": "classifier", "toOrFromNaN": 0, "quantiles": {},
                "flips": [{"from": text, "to": text, "rows": 1}], "examples": [{"keys": keys, "before": text, "after": text}]}}
        contract = {
            "contract": text, "oldVersion": text, "newVersion": text, "backward": "no", "forward": "yes", "meaning": "shift",
            "bump": "major", "versionProblem": text, "consumers": [{"name": text, "impact": "breaks", "by": [text]}],
            "changes": [{"rule": "r", "subject": text, "title": text, "old": text, "new": text, "help": text, "backward": "no",
                         "forward": "yes"}] * count}
        return {
            "base": {"name": text, "commit": "0" * 40}, "head": {"commit": "1" * 40, "uncommitted": [text]}, "asOf": text,
            "asOfGiven": False, "model": {"name": text, "isPickle": True}, "verdict": "broken", "broken": [text] * count,
            "unproven": [text] * count, "rows": 4, "differing": 3, "changes": [change] * count, "services": [service] * count,
            "contracts": [contract] * count, "warnings": [{"service": text, "side": "base", "text": text}],
            "diagnostics": [{"file": text, "line": 1, "column": 2, "code": text, "message": text, "help": text}] * count,
            "cost": {}}

    def test_hostile_texts_are_code(self) -> None:
        text = _review_markdown.comment(self.json(self.HOSTILE))
        rest = re.sub(r"<code>[^<>`]*(?:<!-- -->[^<>`]*)*</code>", "C", text)
        for sign in ("@", "img", "www", "https:", "alert", "`c", "](", "\u202e", "# h", "$"):
            self.assertNotIn(sign, re.sub(r"`[^`|\n]*`", "C", rest), sign)
        tables = [part for part in rest.split("\n\n") if part.startswith("| ")]
        self.assertTrue(tables)
        for table in tables:
            self.assertEqual(len({line.count("|") for line in table.split("\n")}), 1, table)
        # An element holds no character that means something, other than its references.
        for element in re.findall(r"<code>(.*?)</code>", text):
            self.assertNotRegex(element.replace("<!-- -->", ""), r"[`|<>*_\[\]~$@\\:]")

    def test_plain_names_stay_readable(self) -> None:
        self.assertEqual(_review_markdown.code("origin_weather"), "`origin_weather`")
        self.assertEqual(_review_markdown.code("a < b @you"), "`a < b @you`")
        self.assertEqual(_review_markdown.code(""), "<code></code>")
        self.assertEqual(_review_markdown.code("a|b"), "<code>a&#124;b</code>")
        self.assertEqual(_review_markdown.code(" x"), "<code> x</code>")
        self.assertEqual(_review_markdown.code("x" * 200), f"`{'x' * 159}…`")

    def test_a_comment_has_an_end(self) -> None:
        for text, count in [("x", 3), ("x" * 500, 12), ("|" * 1000, 25)]:
            made = _review_markdown.comment(self.json(text, count))
            self.assertLessEqual(len(made), 65_536)
            self.assertTrue(made.startswith("<!-- tallystick-review -->\n\n### Feature review: broken consumers"))
        cut = _review_markdown.comment({**self.json("x"), "diagnostics": [
            {"file": "f", "line": 1, "column": 1, "code": "c", "message": "m", "help": None}], "contracts": []})
        self.assertNotIn("tally review --format json", cut)
        with mock.patch.object(_review_markdown, "LIMIT", 500):
            self.assertIn("tally review --format json", _review_markdown.comment(self.json("x")))

    def test_shares_do_not_round_to_none_or_all(self) -> None:
        self.assertEqual(
            [_review_markdown.share(*one) for one in [(0, 0), (0, 9), (1, 10**6), (1, 8), (10**6 - 1, 10**6), (9, 9)]],
            ["0 %", "0 %", "< 0.01 %", "12.50 %", "> 99.99 %", "100 %"])


class SideTests(unittest.TestCase):
    def test_stores_stay_in_the_folder_and_sql_reads_what_is_linked(self) -> None:
        for text, wanted in [
            ("project: x\n", 'project: x\nreadable: ["/d/a"]\n'),
            ("stores: {registry: \"sqlite:/x\",\n  online: 'lmdb:y'}\nproject: x", 'project: x\nreadable: ["/d/a"]\n'),
            ("stores:\n  registry: sqlite:r.db\n\n# c\nproject: x", 'project: x\nreadable: ["/d/a"]\n'),
            ("readable: [../s, /t]  # more\nproject: x", 'project: x\nreadable: [../s, /t, "/d/a"]\n'),
            ("readable:\n- ../s # more\n- /t\nproject: x", 'project: x\nreadable: [../s, /t, "/d/a"]\n'),
            ("readable:\n  # more\n  - ../s\nproject: x", 'project: x\nreadable: [../s, "/d/a"]\n'),
        ]:
            self.assertEqual(_project(text.encode(), ["/d/a"]).decode(), wanted)
        for text in ("{project: x, stores: {registry: 'sqlite:r.db'}}", "project: x\nreadable: *there\n"):
            with self.assertRaises(ts.MisuseError):
                _project(text.encode(), [])

    def test_axes(self) -> None:
        for wanted, kind, path in [
            ("schema", "FeatureView", ["features", "type", "type"]), ("meaning", "FeatureView", ["features", "type", "expression"]),
            ("contract", "FeatureView", ["features", "keys", "promise"]), ("schema", "FeatureView", ["features", "keys"]),
            ("entity", "FeatureView", ["entities"]), ("entity", "Entity", ["joinKeys"]), ("time law", "FeatureView", ["timeToLive"]),
            ("time law", "Source", ["eventTime", "column"]), ("meaning", "Source", ["path"]), ("contract", "Source", ["contract"]),
            ("time law", "FeatureService", ["label", "maturity"]), ("schema", "FeatureService", ["request"]),
            ("schema", "FeatureService", ["label"]), ("words", "FeatureView", ["owner"]), ("schema", "FeatureView", ["reads", "x"]),
        ]:
            self.assertEqual(axis(kind, path), wanted, path)


class WorkflowTests(unittest.TestCase):
    """The template gives no more rights than it needs: what runs a pull request's files cannot write."""

    def test_rights(self) -> None:
        text = (Path(__file__).parents[2] / "Examples/review/feature-review.yml").read_text(encoding="utf-8")
        said = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
        self.assertNotIn("pull_request_target", said)
        self.assertNotIn("secrets.", said)
        self.assertIn("\npermissions: {}\n", said)
        review, comment = said.split("\n  comment:\n")
        self.assertIn("permissions:\n      contents: read\n", review)
        self.assertNotIn(": write", review)
        self.assertNotIn("github.token", review)
        self.assertIn("permissions:\n      pull-requests: write\n", comment)
        self.assertNotIn("checkout", comment)
        self.assertIn("head.repo.full_name == github.repository", comment)
        self.assertIn(_review_markdown.MARKER, comment)
        # No text of the pull request is put into a script.
        for script in re.findall(r"run: \|\n((?: {10}.*\n)+)", said):
            self.assertNotIn("${{", script)


class RowTests(unittest.TestCase):
    def compared(self, before: str, after: str) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="tallystick-") as folder:
            readers = []
            for name, text in (("before", before), ("after", after)):
                place = Path(folder, name)
                place.write_text("k,t,x\n" + text)
                readers.append(Reader(place))
            return compare(*readers, outputs=[{"x": "string"}, {"x": "string"}], keys=["k"])

    def test_rows_of_one_side_are_found_among_equal_ones(self) -> None:
        found = self.compared("1,a,p\n1,a,p\n2,a,p\n3,a,p\n5,a,\n", "1,a,q\n1,a,p\n3,a,p\n4,a,p\n5,a,\"\"\n6,a,p\n")
        self.assertEqual((found["rows"], found["both"], found["differing"]), (7, 4, 5))
        self.assertEqual(found["onlyBefore"], {"rows": 1, "examples": [{"k": "2"}]})
        self.assertEqual(found["onlyAfter"], {"rows": 2, "examples": [{"k": "4"}, {"k": "6"}]})
        self.assertEqual((found["columns"][0]["becamePresent"], found["columns"][0]["nulls"]), (1, [1, 0]))

    def test_breaks_and_quotes_within_texts_end_no_row(self) -> None:
        found = self.compared('"a\r\nb,""c""",a,"x\ny"\n', '"a\r\nb,""c""",a,"x\nz"\n')
        self.assertEqual((found["rows"], found["differing"]), (1, 1))
        self.assertEqual(found["columns"][0]["examples"], [{"keys": {"k": 'a\r\nb,"c"'}, "before": "x\ny", "after": "x\nz"}])

    def test_rows_of_another_spine_are_refused(self) -> None:
        with self.assertRaises(ts.EngineError):
            self.compared("1,a,p\n2,a,p\n", "2,a,p\n1,a,p\n")


if __name__ == "__main__":
    unittest.main()
