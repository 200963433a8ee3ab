# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What a trained model predicts for the rows of both sides.

A model of scikit-learn is a pickle, and **loading a pickle runs whatever code is in it**: only a model whose author is trusted
as much as the code beside it may be given. A model in ONNX runs no code of its own.
"""

from __future__ import annotations

import importlib
import pickle
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Optional

from . import _tables
from ._errors import MisuseError
from ._review_rows import plain

_NUMBERS = ("int32", "int64", "float32", "float64", "bool")
_EXAMPLES = 5
_BATCH = 50_000


class Unproven(Exception):
    """The model cannot be asked, for a reason that is told."""


class Model:
    """A model with the features that it takes, in its order; None where it does not say."""

    def __init__(self, path: str, features: Sequence[str] = ()) -> None:
        self.name = Path(path).name
        self.features: Optional[list[str]] = list(features) or None
        self.takes: Optional[int] = None
        if not Path(path).is_file():
            raise MisuseError("E-misuse", "there is no such model", subject=path)
        self._predict = self._onnx(path) if path.endswith(".onnx") else self._pickled(path)

    def predict(self, columns: Mapping[str, Any], names: Sequence[str]) -> list[Any]:
        """A prediction for each row: a label, or a float."""
        made = self._predict(columns, names)
        values: list[Any] = getattr(made, "tolist", lambda: list(made))()
        # One output in a column of its own.
        return [value[0] if isinstance(value, list) and len(value) == 1 else value for value in values]

    def _pickled(self, path: str) -> Any:
        with open(path, "rb") as file:
            head = file.read(1)
        # What joblib compresses is no pickle on the outside; joblib reads plain pickles as well.
        joblib = _library("joblib")
        if joblib is None and head != b"\x80":
            raise MisuseError("E-misuse", "the model needs joblib to be loaded", subject=path, help="pip install scikit-learn")
        if joblib is not None:
            model = joblib.load(path)
        else:
            with open(path, "rb") as file:
                model = pickle.load(file)
        steps = getattr(model, "steps", None)
        if steps and type(steps[0][1]).__module__ == "tallystick.sklearn":
            # The rows are there already: what would fetch them is left out.
            fetching = steps[0][1]
            self.features = self.features or [str(name) for name in fetching.get_feature_names_out()]
            model = model[1:]
        self.is_classifier = hasattr(model, "classes_")
        named = getattr(model, "feature_names_in_", None)
        if self.features is None and named is not None:
            self.features = [str(name) for name in named]
        self.takes = getattr(model, "n_features_in_", None)
        frames = _library("pandas") if named is not None else None

        def predict(columns: Mapping[str, Any], names: Sequence[str]) -> Any:
            rows = frames.DataFrame({name: columns[name] for name in names}) if frames else _matrix(columns, names)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return model.predict(rows)

        return predict

    def _onnx(self, path: str) -> Any:
        runtime = _library("onnxruntime")
        if runtime is None:
            raise MisuseError("E-misuse", "the model needs onnxruntime", subject=path, help="pip install onnxruntime")
        numpy = importlib.import_module("numpy")
        options = runtime.SessionOptions()
        options.log_severity_level = 3
        session = runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        inputs, output = session.get_inputs(), session.get_outputs()[0]
        self.is_classifier = output.type in ("tensor(int64)", "tensor(int32)", "tensor(string)", "tensor(bool)")
        types = {
            "tensor(float)": numpy.float32, "tensor(double)": numpy.float64, "tensor(int64)": numpy.int64,
            "tensor(string)": object}
        is_whole = len(inputs) == 1 and (self.features is None or self.features != [inputs[0].name])
        if is_whole:
            width = inputs[0].shape[1] if len(inputs[0].shape) == 2 else None
            self.takes = width if isinstance(width, int) else None
        elif self.features is None:
            self.features = [one.name for one in inputs]

        def predict(columns: Mapping[str, Any], names: Sequence[str]) -> Any:
            if is_whole:
                given = {inputs[0].name: _matrix(columns, names).astype(types.get(inputs[0].type, numpy.float32))}
            else:
                given = {
                    one.name: numpy.asarray(columns[one.name]).astype(types.get(one.type, numpy.float32)).reshape(-1, 1)
                    for one in inputs}
            return session.run([output.name], given)[0]

        return predict


class Predictions:
    """Compares the predictions of both sides, for the rows on which the model's features differ.

    A model that is given the same predicts the same, so that other rows are counted and not asked for.
    """

    def __init__(self, model: Model, before: Mapping[str, str], after: Mapping[str, str], keys: Sequence[str]) -> None:
        self._model, self._keys = model, keys
        self.names = _names(model, before)
        for side, types in (("base", before), ("head", after)):
            missing = [name for name in self.names if name not in types]
            if missing:
                raise Unproven(f"the {side} does not offer {', '.join(missing)}")
            odd = [f"{name} is {types[name]}" for name in self.names if types[name] not in (*_NUMBERS, "string")]
            if odd:
                raise Unproven(f"a model is given numbers, truth values and texts, and {', '.join(odd)}")
        self._types = (before, after)
        self._count = self._asked = 0
        self._flips: dict[tuple[str, str], int] = {}
        self._changed = 0
        self._differences: list[float] = []
        self._examples: list[dict[str, Any]] = []
        self._named: list[str] = []
        self._rows: list[tuple[str, ...]] = []
        self._held = self._nothing()
        self.problem: Optional[str] = None

    def __call__(
        self, before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]], spine: Mapping[str, Sequence[str]]
    ) -> None:
        """Takes rows that both sides have."""
        height = len(next(iter(before.values())))
        self._count += height
        found: set[int] = set()
        for name in self.names:
            if before[name] != after[name]:
                found.update(place for place, (old, new) in enumerate(zip(before[name], after[name])) if old != new)
        places = sorted(found)
        self._asked += len(places)
        for held, side in zip(self._held, (before, after)):
            for name in self.names:
                held[name] += [side[name][place] for place in places]
        self._named = [name for name in self._keys if name in spine]
        rows = [*zip(*(spine[name] for name in self._named))] or [()] * height
        self._rows += [rows[place] for place in places]
        if len(self._rows) >= _BATCH:
            self.finish()

    def finish(self) -> None:
        """Asks for the rows that are held; many at once, since a model takes its time to begin."""
        numpy = importlib.import_module("numpy")
        rows, held = self._rows, self._held
        self._rows, self._held = [], self._nothing()
        if self.problem is not None or not rows:
            return
        predicted = []
        for side, types in zip(held, self._types):
            columns = {name: _column(side[name], types[name]) for name in self.names}
            try:
                predicted.append(self._model.predict(columns, self.names))
            except Exception as error:  # A model is foreign code: it raises what it likes.
                self.problem = f"the model refuses the rows: {type(error).__name__}: {str(error).strip()}".split("\n")[0]
                return
        for row, old, new in zip(rows, *predicted):
            if old == new or old != old and new != new:
                continue
            self._changed += 1
            if self._model.is_classifier:
                self._flips[str(old), str(new)] = self._flips.get((str(old), str(new)), 0) + 1
            elif isinstance(old, (int, float)) and isinstance(new, (int, float)):
                self._differences.append(float(numpy.abs(new - old)))
            if len(self._examples) < _EXAMPLES:
                self._examples.append({
                    "keys": {name: plain(cell) for name, cell in zip(self._named, row)}, "before": str(old), "after": str(new)})

    def _nothing(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        return {name: [] for name in self.names}, {name: [] for name in self.names}

    def json(self) -> dict[str, Any]:
        """What was counted."""
        numpy = importlib.import_module("numpy")
        known = [value for value in self._differences if value == value]
        quantiles = [float(one) for one in numpy.quantile(known, [0.5, 0.9, 0.99, 1])] if known else []
        return {
            "features": self.names, "rows": self._count, "asked": self._asked, "changed": self._changed,
            "kind": "classifier" if self._model.is_classifier else "regressor",
            "flips": [
                {"from": old, "to": new, "rows": count}
                for (old, new), count in sorted(self._flips.items(), key=lambda flip: (-flip[1], flip[0]))],
            "quantiles": dict(zip(["0.5", "0.9", "0.99", "1"], quantiles)),
            "toOrFromNaN": len(self._differences) - len(known), "examples": self._examples}


def _names(model: Model, offered: Mapping[str, str]) -> list[str]:
    if model.features is not None:
        return model.features
    if model.takes is not None and model.takes == len(offered):
        # A service promises its features in order, and the transformer gives them in it.
        return [*offered]
    takes = "an unknown number of" if model.takes is None else str(model.takes)
    raise Unproven(
        f"the model does not name its features: it takes {takes}, the service offers {len(offered)}; "
        "--model-feature names them")


def _column(cells: Sequence[str], kind: str) -> Any:
    """Cells as the transformer for scikit-learn gives them: floats with NaN for null, else objects with None."""
    values = [plain(cell) for cell in cells]
    if kind == "bool":
        return _tables.as_floats([None if value is None else value == "true" for value in values])
    return _tables.as_objects(values) if kind == "string" else _tables.as_floats(values)


def _matrix(columns: Mapping[str, Any], names: Sequence[str]) -> Any:
    numpy = importlib.import_module("numpy")
    if all(columns[name].dtype != object for name in names):
        return numpy.column_stack([columns[name] for name in names])
    return numpy.column_stack([columns[name].astype(object) for name in names])


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
