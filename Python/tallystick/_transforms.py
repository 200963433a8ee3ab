# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Runs the repository's functions in Python: definitions of kind PythonTransform, for training sets and for vectors.

The library asks for a batch of rows, and the function is called once for each, so that a training set and a vector get the
same values. What runs is the text whose SHA-256 was applied, and nothing else.
"""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import json
import math
import os
import re
import sys
import threading
import traceback
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Callable, Optional

from ._errors import TallyError
from ._values import reader, to_json

_MARK = b"\xef\xbb\xbf"
_MOST_CAUSES = 64

Function = Callable[[Any], Any]


class Failure(Exception):
    """What is told of a transform that cannot run; holds no values."""

    def __init__(self, message: str, help: str, row: Optional[int] = None) -> None:
        super().__init__(message)
        self.help = help
        self.row = row


class _Code:
    """The code of one text of a file, compiled once."""

    def __init__(self, place: Path, text: bytes, sha256: str) -> None:
        self.place = place
        self.module = types.ModuleType(f"tallystick_transform_{sha256[:16]}")
        self.module.__file__ = str(place)
        # Data classes and pickles find a module by its name.
        sys.modules[self.module.__name__] = self.module
        exec(compile(text, str(place), "exec", dont_inherit=True), self.module.__dict__)


_lock = threading.RLock()
_codes: dict[tuple[str, str], _Code] = {}
_stamps: dict[str, tuple[tuple[int, ...], str]] = {}
_installed: dict[str, bool] = {}
_causes: dict[str, BaseException] = {}


def answer(request: str) -> str:
    """Answers the library's request with columns, or with an error; raises nothing."""
    try:
        return json.dumps({"columns": run(json.loads(request))}, allow_nan=False)
    except Failure as failure:
        message = str(failure)
        if failure.__cause__ is not None:
            _remember(message, failure.__cause__)
        return json.dumps({"error": {"message": message, "help": failure.help, "row": failure.row}})
    except BaseException as error:
        message = f"it cannot be run: {type(error).__name__}"
        _remember(message, error)
        return json.dumps({"error": {"message": message, "help": "the error's __cause__ says more", "row": None}})


def run(request: Mapping[str, Any]) -> list[list[Any]]:
    """The outputs of a transform, a list for each, for the rows of a request."""
    place = Path(request["root"]) / request["source"]
    for requirement in request["requirements"]:
        _expect_installed(requirement)
    code = _code(place, request["source"], request["sha256"])
    function = getattr(code.module, request["function"], None)
    if not callable(function):
        raise Failure(f"{request['source']} has no function '{request['function']}'", "run check()")
    inputs = [(column["name"], column["type"], column["values"]) for column in request["inputs"]]
    readers = [(name, kind, reader(kind), values) for name, kind, values in inputs]
    outputs = [(output["name"], output["type"]) for output in request["outputs"]]
    columns: list[list[Any]] = [[] for _ in outputs]
    call = _call_pandas if request["mode"] == "pandas" else _call_row
    for row in range(request["count"]):
        values = {name: (kind, read(given[row])) for name, kind, read, given in readers}
        try:
            made = call(function, values, [name for name, _ in outputs])
        except Failure as failure:
            failure.row = row
            raise
        except BaseException as error:
            raise Failure(
                f"{type(error).__name__}{_line(error, code.place, request['source'])}",
                "the error's __cause__ is the exception; a null comes as None, in pandas as NaN", row) from error
        for (name, kind), value, column in zip(outputs, made, columns):
            try:
                column.append(_output(value, kind, request["mode"] == "pandas"))
            except (TypeError, ValueError, TallyError) as error:
                raise Failure(
                    f"output '{name}' is a {type(value).__name__}, and {kind} was promised",
                    "give a value of the declared type, or declare the type that is given", row) from error
    return columns


def cause(message: str) -> Optional[BaseException]:
    """The exception behind an error of the library, by its message; None where there is none."""
    with _lock:
        return _causes.pop(re.sub(r"^row [0-9]+: ", "", message), None)


def _remember(message: str, error: BaseException) -> None:
    with _lock:
        if len(_causes) >= _MOST_CAUSES:
            _causes.clear()
        _causes[message] = error


def _expect_installed(requirement: str) -> None:
    if _installed.get(requirement):
        return
    name, version = requirement.split("==")
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        raise Failure(f"it needs {requirement}, which is not installed", f"pip install '{requirement}'") from None
    if found != version:
        raise Failure(
            f"it needs {requirement}, and {found} is installed",
            f"pip install '{requirement}', or pin {found} in the definition and apply: values may change with it")
    _installed[requirement] = True


def _code(place: Path, source: str, sha256: str) -> _Code:
    """The code that was applied; Failure where the file holds another text."""
    key = (str(place), sha256)
    with _lock:
        try:
            state = os.stat(place)
            stamp = (state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_ino)
            known = _stamps.get(str(place))
            if known is None or known[0] != stamp:
                text = place.read_bytes()
                text = text[len(_MARK) :] if text.startswith(_MARK) else text
                known = (stamp, hashlib.sha256(text).hexdigest())
                _stamps[str(place)] = known
                if known[1] == sha256 and key not in _codes:
                    _codes[key] = _Code(place, text, sha256)
        except OSError as error:
            _stamps.pop(str(place), None)
            raise Failure(f"{source} cannot be read: {type(error).__name__}", "bring the file back") from error
        except Exception as error:
            _stamps.pop(str(place), None)
            raise Failure(
                f"{source} does not run: {type(error).__name__}{_line(error, place, source)}",
                "the error's __cause__ is the exception") from error
        if known[1] != sha256:
            raise Failure(
                f"{source} is not the text that was applied (SHA-256 {known[1][:12]} for {sha256[:12]})",
                "apply() puts the new text in force, with materialize() where views changed too; until then bring the old "
                "one back")
        if key not in _codes:
            # Another version was in force when the file was last looked at.
            _stamps.pop(str(place), None)
            return _code(place, source, sha256)
        return _codes[key]


def _line(error: BaseException, place: Path, source: str) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(place)]
    return f" in line {frames[-1].lineno} of {source}" if frames else ""


def _call_row(function: Function, values: Mapping[str, tuple[str, Any]], outputs: Sequence[str]) -> list[Any]:
    made = function({name: value for name, (_, value) in values.items()})
    if not isinstance(made, Mapping):
        raise Failure(f"it returned a {type(made).__name__}, and no dictionary", "return {output: value}")
    return [_found(made, name, "key") for name in outputs]


def _call_pandas(function: Function, values: Mapping[str, tuple[str, Any]], outputs: Sequence[str]) -> list[Any]:
    import pandas

    frame = pandas.DataFrame({name: _series(pandas, kind, value) for name, (kind, value) in values.items()})
    made = function(frame)
    if not isinstance(made, pandas.DataFrame):
        raise Failure(f"it returned a {type(made).__name__}, and no data frame", "return a data frame with the outputs")
    if len(made) != 1:
        raise Failure(
            f"it returned {len(made)} rows for one",
            "a transform computes a row from a row: training and serving ask one by one")
    return [_found(made, name, "column").iloc[0] for name in outputs]


def _series(pandas: Any, kind: str, value: Any) -> Any:
    """A value as pandas has it by itself: a null number is NaN, a null time NaT, any other null None."""
    if value is None and kind.startswith(("int", "float")):
        return pandas.Series([math.nan], dtype="float32" if kind == "float32" else "float64")
    dtype = _DTYPES.get(kind, "object")
    return pandas.Series([value], dtype="object" if value is None and kind == "bool" else dtype)


_DTYPES = {
    "bool": "bool", "int32": "int32", "int64": "int64", "float32": "float32", "float64": "float64",
    "timestamp": "datetime64[us, UTC]",
}


def _found(made: Any, name: str, what: str) -> Any:
    if name not in made:
        raise Failure(f"what it returned has no {what} '{name}'", "return every declared output, None for null")
    return made[name]


def _output(value: Any, kind: str, is_pandas: bool) -> Any:
    """The JSON form of an output of a type; TypeError for a value that is none."""
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():
        # A numpy instant in nanoseconds would become an integer.
        if type(value).__name__ in ("datetime64", "timedelta64"):
            raise TypeError(kind)
        value = item()
    if value is None or type(value).__name__ in ("NAType", "NaTType") or is_pandas and _is_nan(value):
        return None
    if kind.startswith("array<"):
        tolist = getattr(value, "tolist", None)
        elements = tolist() if callable(tolist) else value
        if not isinstance(elements, (list, tuple)):
            raise TypeError(kind)
        return [_output(element, kind[len("array<") : -1], False) for element in elements]
    is_of_kind = isinstance(value, _KINDS[kind]) and (kind == "bool" or not isinstance(value, bool))
    if not is_of_kind:
        raise TypeError(kind)
    if kind.startswith("int"):
        # A column of pandas that met a null holds its integers as floats.
        if isinstance(value, float) and not value.is_integer():
            raise TypeError(kind)
        value = int(value)
        bits = int(kind[len("int") :])
        if not -(1 << bits - 1) <= value < 1 << bits - 1:
            raise TypeError(kind)
    elif kind == "string":
        # A lone surrogate is no text that anything else could read.
        str(value).encode()
    elif kind == "date" and isinstance(value, datetime.datetime):
        raise TypeError(kind)
    elif kind.startswith("float"):
        value = float(value)
    return to_json(value)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


_KINDS: Mapping[str, tuple[type, ...]] = {
    "bool": (bool,), "int32": (int, float), "int64": (int, float), "float32": (int, float), "float64": (int, float),
    "string": (str,), "bytes": (bytes, bytearray), "timestamp": (datetime.datetime,), "date": (datetime.date,),
}
