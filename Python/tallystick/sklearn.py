# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A scikit-learn transformer of a service's features: as of their time to train, from the online store to predict.

    from tallystick.sklearn import Features

    model = make_pipeline(Features("purchase", store="shop", keys=["customer_id"]), HistGradientBoostingClassifier())
    model.fit(rows[["customer_id", "event_timestamp"]], rows["bought"])    # a point-in-time training set
    model.predict(pandas.DataFrame({"customer_id": [1, 2]}))               # what is stored now
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Optional, Union

import numpy
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from . import _mlflow, _pulled, _tables
from ._answers import TrainingSet, Vectors
from ._connect import Connection, connect
from ._errors import DefinitionError, MisuseError
from ._store import FeatureStore, open

_NUMBERS = ("bool", "int32", "int64", "float32", "float64")
# A server takes no more entities at once.
_MOST = 10_000


class Features(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Puts the features of a service in the place of the keys that find them, in promised order.

    Rows that have a time are answered **as of that time**, by the offline kernel, as `FeatureStore.train` does: so they are in
    `fit`, in cross-validation and in a test on the past. Rows without one are answered **from the online store**, as of now: so
    they are in production. A `TrainingSet` stands for its own rows. All three give the same columns.

    Rows are frames with named columns: pandas, polars, pyarrow, or a dict of lists. What comes out is an array of shape (rows,
    features): float64 where every feature is a number or a truth value, **with NaN for null**, and integers beyond 2^53
    rounded; else of objects, with None for null. In pandas frames NaN means null, in keys and inputs too.

    Args:
        service: the feature service, applied as it is declared.
        store: the folder of the repository; or the address of a server, which predicts and does not train, with the token that
            TALLY_TOKEN holds.
        keys: the columns with join keys.
        request: the columns with inputs of the service.
        label_keys: the columns by which the service's label is found, if it has one; needed with a time only.
        time_column: the column with the time of each row.
        known: `ignore` shows what a store without known times would have leaked.
        other_release: what to do when another release serves than was trained with: `warn`, `error` or `ignore`.

    Attributes:
        features_: the names of the features, in order.
        manifest_: the manifest of the training set that was fitted; None where rows had no time.
        release_: the fingerprint of the service's release that was fitted.

    Raises:
        MisuseError: a column is missing, or rows were left out because their label is not ripe.
        DefinitionError: another release serves, with `other_release="error"`.
        TallyError: whatever `train` and `get` fail with.
    """

    def __init__(
        self, service: str, *, store: Union[str, "os.PathLike[str]"] = ".", keys: Sequence[str] = (),
        request: Sequence[str] = (), label_keys: Sequence[str] = (), time_column: str = "event_timestamp",
        known: Literal["respect", "ignore"] = "respect", other_release: Literal["warn", "error", "ignore"] = "warn",
    ) -> None:
        self.service = service
        self.store = store
        self.keys = keys
        self.request = request
        self.label_keys = label_keys
        self.time_column = time_column
        self.known: Literal["respect", "ignore"] = known
        self.other_release: Literal["warn", "error", "ignore"] = other_release

    def fit(self, X: Any, y: Any = None) -> Features:
        """Learns the features' names, and which release they are of."""
        self._learn(X)
        return self

    def fit_transform(self, X: Any, y: Any = None, **parameters: Any) -> Any:
        """Learns, and answers the same rows, with one training set."""
        return self._array(self._learn(X))

    def transform(self, X: Any) -> Any:
        """The features of rows, as of their time, or as stored where they have none."""
        check_is_fitted(self, "features_")
        return self._array(self._columns(X, learns=False))

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """The names of the features."""
        check_is_fitted(self, "features_")
        return numpy.array(self.features_, dtype=object)

    def __getstate__(self) -> Any:
        # The store is opened again where it is needed.
        state: Any = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_opened"}

    def _learn(self, X: Any) -> Mapping[str, Any]:
        self.n_features_in_ = len(self.keys) + len(self.request)
        return self._columns(X, learns=True)

    def _columns(self, X: Any, *, learns: bool) -> Mapping[str, Any]:
        if isinstance(X, TrainingSet):
            return self._of(X, learns)
        if self.time_column in _tables.names(X):
            return self._as_of(X, learns)
        return self._stored(X, learns)

    def _as_of(self, X: Any, learns: bool) -> Mapping[str, Any]:
        store = self._open()
        if isinstance(store, Connection):
            raise MisuseError(
                "E-misuse", "a server has no training sets", subject=self.service, help="train with store= and a folder")
        wanted = [*self.keys, *self.request, *self.label_keys, self.time_column]
        with tempfile.TemporaryDirectory(prefix="tallystick-") as folder:
            spine = Path(folder) / "spine.parquet"
            count = _tables.write(X, spine, columns=list(dict.fromkeys(wanted)))
            # A run of MLflow gets what a model was fitted with, and not what it was tried on.
            with contextlib.nullcontext() if learns else _mlflow.quiet():
                made = store.train(
                    self.service, spine, Path(folder) / "train.parquet", known=self.known, time_column=self.time_column)
            if made.count != count:
                raise MisuseError(
                    "E-misuse", f"{count - made.count:,} of {count:,} rows were left out, since their label is not ripe",
                    subject=self.service, help="leave them out of X and y, or let the label's `unripe` be `flag`")
            return self._of(made, learns)

    def _of(self, made: TrainingSet, learns: bool) -> Mapping[str, Any]:
        names = [feature["name"] for feature in made.json["counts"]["features"]]
        if made.json["identity"]["service"] != self.service:
            raise MisuseError("E-misuse", "the training set is one of another service", subject=self.service)
        self._settle(names, str(made.json["identity"]["release"]), learns)
        if learns:
            self.manifest_: Optional[dict[str, Any]] = made.json
        return _pulled.columns(made.__arrow_c_stream__(), names)

    def _stored(self, X: Any, learns: bool) -> Mapping[str, Any]:
        values = _tables.lists(X, [*self.keys, *self.request])
        if not self.keys:
            raise MisuseError("E-misuse", "no column is a join key", subject=self.service, help="say keys=[...]")
        count = len(values[self.keys[0]])
        store = self._open()
        size = _MOST if isinstance(store, Connection) else max(count, 1)
        columns: dict[str, Any] = {}
        for start in range(0, max(count, 1), size):
            vectors: Vectors = store.get(
                self.service, {key: values[key][start : start + size] for key in self.keys},
                {name: values[name][start : start + size] for name in self.request})
            release = vectors.json["release"]
            self._settle(vectors.names, str(release["fingerprint"]) if release else "", learns and start == 0)
            types = {column["name"]: column["type"] for column in vectors.json["columns"]}
            for name, piece in vectors.values.items():
                made = _tables.as_floats(piece) if types[name] in _NUMBERS else _tables.as_objects(piece)
                columns[name] = made if start == 0 else numpy.concatenate([columns[name], made])
        if learns:
            self.manifest_ = None
        return columns

    def _settle(self, names: Sequence[str], release: str, learns: bool) -> None:
        """Takes the features for those of the model, or holds them against those that it knows."""
        if learns:
            self.features_, self.release_ = list(names), release
            return
        if list(names) != self.features_:
            raise DefinitionError(
                "E-invalid-definitions", "the service has other features than were trained with", subject=self.service,
                help="train again")
        if release == self.release_ or self.other_release == "ignore":
            return
        message = "another release of the service answers than was trained with"
        if self.other_release == "error":
            raise DefinitionError("E-invalid-definitions", message, subject=self.service, help="train again")
        warnings.warn(f"{self.service}: {message}", stacklevel=4)

    def _array(self, columns: Mapping[str, Any]) -> Any:
        made = [columns[name] for name in self.features_]
        kind = numpy.float64 if all(column.dtype == numpy.float64 for column in made) else object
        table: Any = numpy.empty((len(made[0]), len(made)), dtype=kind)
        for place, column in enumerate(made):
            table[:, place] = column
        return table

    def _open(self) -> Union[FeatureStore, Connection]:
        opened: Union[FeatureStore, Connection, None] = getattr(self, "_opened", None)
        if opened is None:
            place = os.fspath(self.store)
            is_server = place.startswith(("http://", "https://"))
            opened = connect(place, token=os.environ.get("TALLY_TOKEN")) if is_server else open(place)
            self._opened = opened
        return opened
