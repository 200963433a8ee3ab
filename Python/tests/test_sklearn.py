# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The transformer for scikit-learn: the same features to train and to predict."""

import datetime
import importlib.util
import pickle
import sys
import types
import unittest
import warnings
from pathlib import Path
from typing import Any, Optional
from unittest import mock

import tallystick as ts
from server import Server
from shop import Shop
from tallystick import _program

HAS = all(importlib.util.find_spec(name) for name in ("sklearn", "pyarrow", "pandas", "polars"))
UTC = datetime.timezone.utc


def hour(number: int) -> datetime.datetime:
    return datetime.datetime(2024, 1, 1, number, tzinfo=UTC)


@unittest.skipUnless(HAS, "scikit-learn, pyarrow, pandas or polars is not installed")
class SklearnTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.shop = Shop()
        with ts.open(cls.shop.root, threads=1) as store:
            store.apply()
            store.materialize()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.shop.close()

    def features(self, **options: Any) -> Any:
        from tallystick.sklearn import Features

        return Features("model", **{"store": self.shop.root, "keys": ["user_id"], "request": ["factor"], **options})

    def rows(self) -> Any:
        import pandas

        return pandas.DataFrame(
            {
                "user_id": [2, 1, 3, 1], "event_timestamp": [hour(12), hour(10), hour(12), hour(9)],
                "factor": [1.0, 2.0, 1.0, 1.0], "other": ["a", "b", "c", "d"],
            }, index=[7, 3, 5, 9])

    def test_rows_with_a_time_are_of_that_time_and_others_of_now(self) -> None:
        import numpy
        import pandas

        features = self.features()
        made = features.fit_transform(self.rows(), [0, 1, 0, 1])
        self.assertEqual(made.dtype, numpy.float64)
        numpy.testing.assert_array_equal(made, [[5, 5], [10, 20], [numpy.nan] * 2, [numpy.nan] * 2])
        self.assertEqual(features.get_feature_names_out().tolist(), ["total", "scaled"])
        self.assertEqual(features.manifest_["identity"]["service"], "model")
        # Integers beyond 2^53 are rounded, as floats are.
        now = features.transform(self.rows().drop(columns="event_timestamp"))
        numpy.testing.assert_array_equal(now, [[5, 5], [2.0**53, 2.0**54], [numpy.nan] * 2, [2.0**53, 2.0**53]])
        one = {"user_id": [2], "factor": [1.0]}
        for same in (one, pandas.DataFrame(one).set_index("user_id")):
            numpy.testing.assert_array_equal(features.transform(same), [[5, 5]])
        self.assertEqual(features.transform({"user_id": [], "factor": []}).shape, (0, 2))
        missing = pandas.DataFrame({"user_id": pandas.array([2, None], dtype="Int64"), "factor": [float("nan"), 1.0]})
        numpy.testing.assert_array_equal(features.transform(missing), [[5, numpy.nan], [numpy.nan] * 2])

    def test_frames_of_all_libraries_and_a_training_set_give_the_same(self) -> None:
        import numpy
        import polars
        import pyarrow

        rows = self.rows()
        arrow = pyarrow.Table.from_pandas(rows, preserve_index=False)
        wanted = self.features().fit_transform(rows)
        for data in (arrow, polars.DataFrame(arrow), arrow.to_pydict()):
            numpy.testing.assert_array_equal(self.features().fit_transform(data), wanted)
        with ts.open(self.shop.root, threads=1) as store:
            made = store.train("model", self.shop.root / "spine.csv", self.shop.root / "made.parquet")
            numpy.testing.assert_array_equal(
                self.features().fit(made).transform(made), [[10, 20], [5, 2.5], [numpy.nan] * 2])
        with mock.patch.dict(sys.modules, {"pyarrow": None}):
            numpy.testing.assert_array_equal(self.features().fit_transform(polars.DataFrame(arrow)), wanted)

    def test_a_pipeline_trains_is_searched_pickled_and_predicts(self) -> None:
        import numpy
        import pandas
        from sklearn.base import clone
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.model_selection import cross_val_score
        from sklearn.pipeline import make_pipeline

        rows = pandas.concat([self.rows()] * 6, ignore_index=True)
        wanted = [0, 1, 0, 1] * 6
        model = make_pipeline(self.features(), HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=1))
        self.assertEqual(len(cross_val_score(model, rows, wanted, cv=2)), 2)
        model.fit(rows, wanted)
        asked = pandas.DataFrame({"user_id": [2], "factor": [1.0]})
        self.assertEqual(model.predict(asked).tolist(), [0])
        again = pickle.loads(pickle.dumps(model))
        self.assertNotIn("_opened", vars(again[0]))
        self.assertEqual(again.predict(asked).tolist(), [0])
        fresh = clone(model)
        self.assertEqual(fresh[0].get_params(), model[0].get_params())
        self.assertFalse(hasattr(fresh[0], "features_"))
        shown = self.features().set_output(transform="pandas").fit_transform(self.rows())
        self.assertEqual((list(shown.columns), list(shown.index)), (["total", "scaled"], [7, 3, 5, 9]))
        shown = self.features().set_output(transform="polars").fit(self.rows()).transform(self.rows())
        self.assertEqual(shown.columns, ["total", "scaled"])
        numpy.testing.assert_array_equal(shown.to_numpy(), self.features().fit_transform(self.rows()))

    def test_what_makes_no_sense_is_said(self) -> None:
        import numpy
        from sklearn.exceptions import NotFittedError

        with self.assertRaises(NotFittedError):
            self.features().transform(self.rows())
        for words, options, rows in [
            ("no column 'user'", {"keys": ["user"]}, self.rows()), ("is no table", {}, numpy.zeros((2, 2))),
            ("say keys", {"keys": [], "request": []}, {"user_id": [1]}),
            ("no training sets", {"store": "http://localhost:1"}, self.rows()),
        ]:
            with self.assertRaises(ts.MisuseError) as caught:
                self.features(**options).fit(rows)
            self.assertIn(words, str(caught.exception))

    def test_text_stays_text_and_unripe_rows_are_not_lost_in_silence(self) -> None:
        shop = Shop()
        self.addCleanup(shop.close)
        shop.write("definitions/more.yaml", """
kind: Source
name: names
path: names.csv
columns: [{name: user_id, type: int64}, {name: called, type: string}, {name: since, type: date}]
---
kind: Source
name: outcomes
path: outcomes.csv
eventTime: ended_at
columns: [{name: visit, type: int64}, {name: ended_at, type: timestamp}, {name: bought, type: bool}]
---
kind: FeatureView
name: names
owner: o
entities: [user]
source: names
features: [{name: called, type: string}, {name: since, type: date}]
---
kind: FeatureService
name: named
features: [names]
label: {source: outcomes, keys: [visit], column: bought, maturity: 1h}
""")
        shop.write("names.csv", "user_id,called,since\n1,Ann,2024-01-01\n2,,\n")
        shop.write("outcomes.csv", "visit,ended_at,bought\n1,2024-01-01T10:30:00Z,true\n2,2999-01-01T10:30:00Z,false\n")
        with ts.open(shop.root, threads=1) as store:
            store.apply()
            store.materialize()
        from tallystick.sklearn import Features

        features = Features("named", store=shop.root, keys=["user_id"], label_keys=["visit"])
        made = features.fit_transform({"user_id": [1, 2], "visit": [1, 1], "event_timestamp": [hour(10), hour(10)]})
        wanted = [["Ann", datetime.date(2024, 1, 1)], [None, None]]
        self.assertEqual((made.dtype, made.tolist()), (object, wanted))
        self.assertEqual(features.transform({"user_id": [1, 2]}).tolist(), wanted)
        with self.assertRaises(ts.MisuseError) as caught:
            features.fit({"user_id": [1, 2], "visit": [1, 2], "event_timestamp": [hour(10), hour(10)]})
        self.assertIn("1 of 2 rows were left out", str(caught.exception))

    def test_another_release_and_other_features_are_told(self) -> None:
        shop = Shop()
        self.addCleanup(shop.close)
        with ts.open(shop.root, threads=1) as store:
            store.apply()
            store.materialize()
            fitted = {
                how: self.features(store=shop.root, other_release=how).fit(self.rows()) for how in ("warn", "error", "ignore")
            }
            asked = {"user_id": [2], "factor": [1.0]}
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                self.assertEqual(fitted["error"].transform(asked).tolist(), [[5, 5]])
            text = (shop.root / "definitions/all.yaml").read_text()
            shop.write("definitions/all.yaml", text.replace("total * factor", "total + factor"))
            store.apply()
            store.materialize()
        again = {how: pickle.loads(pickle.dumps(features)) for how, features in fitted.items()}
        with self.assertWarns(UserWarning):
            self.assertEqual(again["warn"].transform(asked).tolist(), [[5, 6]])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            again["ignore"].transform(asked)
        with self.assertRaises(ts.DefinitionError):
            again["error"].transform(asked)
        shop.write("definitions/all.yaml", text.replace("name: scaled", "name: scaled_total"))
        with ts.open(shop.root, threads=1) as store:
            store.apply()
            store.materialize()
        with self.assertRaises(ts.DefinitionError):
            pickle.loads(pickle.dumps(again["ignore"])).transform(asked)

    def test_a_run_of_mlflow_gets_what_was_fitted(self) -> None:
        run = Run(is_active=True)
        with mock.patch.dict(sys.modules, run.modules):
            features = self.features().fit(self.rows())
            features.transform(self.rows())
        self.assertEqual([entry[0] for entry in run.logged][0][1:], ("model", features.manifest_["identitySha256"][:32]))
        self.assertEqual(len(run.logged), 2)

    def test_a_server_predicts(self) -> None:
        try:
            _program.find()
        except ts.NotFoundError:
            self.skipTest("the program tally is not installed")
        server = Server(self.shop.root)
        self.addCleanup(server.close)
        features = self.features().fit(self.rows())
        features.set_params(store=server.url)
        del features._opened
        many = features.transform({"user_id": [2] * 10_001, "factor": [1.0] * 10_001})
        self.assertEqual(many.tolist(), [[5, 5]] * 10_001)
        features._opened.close()


class Run:
    """A small MLflow, of which the package uses five functions."""

    def __init__(self, is_active: bool, fails: bool = False) -> None:
        self.logged: list[tuple[Any, ...]] = []
        self.mlflow: Any = types.ModuleType("mlflow")
        datasets: Any = types.ModuleType("mlflow.data.meta_dataset")
        sources: Any = types.ModuleType("mlflow.data.dataset_source_registry")
        self.mlflow.active_run = lambda: object() if is_active else None
        self.mlflow.log_input = self.log_input
        self.mlflow.log_dict = lambda json, name: self.logged.append((name, json))
        datasets.MetaDataset = lambda source, name, digest: (source, name, digest)
        sources.resolve_dataset_source = lambda path: Path(path).name
        self.fails = fails
        self.modules = {
            "mlflow": self.mlflow, "mlflow.data": types.ModuleType("mlflow.data"), "mlflow.data.meta_dataset": datasets,
            "mlflow.data.dataset_source_registry": sources,
        }

    def log_input(self, dataset: Any, context: Optional[str] = None, tags: Optional[dict[str, str]] = None) -> None:
        if self.fails:
            raise RuntimeError("the tracking server is away")
        self.logged.append((dataset, context, tags))


class MLflowTests(unittest.TestCase):
    def setUp(self) -> None:
        self.shop = Shop()
        self.addCleanup(self.shop.close)
        self.store = ts.open(self.shop.root, threads=1)
        self.addCleanup(self.store.close)
        self.store.apply()

    def train(self, run: Run) -> ts.TrainingSet:
        with mock.patch.dict(sys.modules, run.modules):
            return self.store.train("model", self.shop.root / "spine.csv", self.shop.root / "train.csv")

    def test_an_active_run_gets_identity_and_manifest(self) -> None:
        run = Run(is_active=True)
        made = self.train(run)
        (dataset, context, tags), (name, manifest) = run.logged
        self.assertEqual(dataset, ("train.csv", "model", made.identity[:32]))
        self.assertEqual((context, tags["tallystick.identity"]), ("training", made.identity))
        self.assertEqual((name, manifest), (f"tallystick/model.{made.identity[:12]}.manifest.json", made.json))

    def test_without_a_run_nothing_is_logged_and_a_failure_is_a_warning(self) -> None:
        run = Run(is_active=False)
        self.train(run)
        self.assertEqual(run.logged, [])
        with self.assertWarns(UserWarning) as caught:
            self.assertEqual(self.train(Run(is_active=True, fails=True)).count, 3)
        self.assertIn("the tracking server is away", str(caught.warning))


if __name__ == "__main__":
    unittest.main()
