# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Frames of any library into files, lists and arrays."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Optional

from ._arrow import Incoming
from ._errors import MisuseError
from ._library import library


def write(data: Any, path: Path, *, columns: Optional[Sequence[str]] = None) -> int:
    """Writes a frame as Parquet and returns the number of its rows.

    A frame is whatever gives an Arrow stream (pandas, polars, pyarrow, DuckDB), or a mapping from names to lists. The index of
    a pandas frame is a column if it has a name, and left out else. `columns` are those that are written.
    """
    framed = _framed(data)
    if columns is not None:
        _want(framed, columns)
        framed = _only(framed, list(columns))
    with contextlib.ExitStack() as stack:
        own = library()
        store = own.open(str(path.parent), {"help": "python", "repository": "none"})
        stack.callback(own.free, store)
        return int(own.put(store, str(path), Incoming(framed, "the table"))["rows"])


def _only(framed: Any, columns: list[str]) -> Any:
    if isinstance(framed, Mapping):
        return {name: framed[name] for name in columns}
    select = getattr(framed, "select", None)
    if not callable(select):
        return framed[columns]
    # A relation of DuckDB takes expressions, of which a name in quotes is one.
    is_relation = type(framed).__module__.partition(".")[0] in ("duckdb", "_duckdb")
    return select(*('"' + name.replace('"', '""') + '"' for name in columns)) if is_relation else select(columns)


def names(data: Any) -> list[str]:
    """The names of a frame's columns."""
    framed = _framed(data)
    if isinstance(framed, Mapping):
        return list(framed)
    found = getattr(framed, "column_names", None)
    return list(framed.columns if found is None or callable(found) else found)


def lists(data: Any, columns: Sequence[str]) -> dict[str, list[Any]]:
    """Columns of a frame as lists, with None for null; NaN is null in pandas alone, as it is when a frame is written."""
    framed = _framed(data)
    _want(framed, columns)
    is_pandas = _is_pandas(framed)
    found: dict[str, list[Any]] = {}
    for name in columns:
        column = framed[name]
        for method in ("to_pylist", "tolist", "to_list"):
            if callable(getattr(column, method, None)):
                column = getattr(column, method)()
                break
        found[name] = [None if is_pandas and _is_missing(value) else value for value in column]
    return found


def as_floats(values: Sequence[Any]) -> Any:
    """Numbers and truth values as float64, with NaN for None."""
    numpy = importlib.import_module("numpy")
    return numpy.array([numpy.nan if value is None else float(value) for value in values], dtype=numpy.float64)


def as_objects(values: Sequence[Any]) -> Any:
    """Values as an array of objects of one dimension, lists among them too."""
    numpy = importlib.import_module("numpy")
    made = numpy.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        made[place] = value
    return made


def _framed(data: Any) -> Any:
    """The data as something with named columns; MisuseError for what has none."""
    if isinstance(data, Mapping):
        return dict(data)
    if _is_pandas(data) and hasattr(data, "reset_index"):
        is_named = any(name is not None for name in data.index.names)
        return data.reset_index(drop=not is_named)
    if not hasattr(data, "__arrow_c_stream__"):
        raise MisuseError(
            "E-misuse", f"a {type(data).__name__} is no table",
            help="give a frame that speaks Arrow, a dict of lists, or the path of a Parquet or CSV file")
    return data


def _is_pandas(data: Any) -> bool:
    return type(data).__module__.partition(".")[0] == "pandas"


def _is_missing(value: Any) -> bool:
    # NaN, NaT and NA are the values that do not equal themselves, or do not say so.
    try:
        return value is None or bool(value != value)
    except (TypeError, ValueError):
        return not isinstance(value, (list, tuple)) and not hasattr(value, "__len__")


def _want(framed: Any, columns: Sequence[str]) -> None:
    there = names(framed)
    for name in columns:
        if name not in there:
            raise MisuseError("E-misuse", f"there is no column {name!r}", help=f"the rows have {', '.join(there)}")
