# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Frames of any library into files and lists, and back, with whichever library is there."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Optional

from ._answers import TrainingSet
from ._errors import MisuseError


def write(data: Any, path: Path, *, columns: Optional[Sequence[str]] = None, row: Optional[str] = None) -> int:
    """Writes a frame as Parquet and returns the number of its rows.

    A frame is whatever gives an Arrow stream (pandas, polars, pyarrow, DuckDB), or a mapping from names to lists. The index of
    a pandas frame is a column if it has a name, and left out else. `columns` are those that are written; `row` is the name of
    one more, with the number of each row. Needs pyarrow or polars.
    """
    framed = _framed(data)
    if not names(framed):
        raise MisuseError("E-misuse", "a table without columns", help="name the columns, also of a table without rows")
    if columns is not None:
        _want(framed, columns)
    arrow = _library("pyarrow")
    if arrow is not None:
        try:
            table = arrow.table(framed)
        except (ValueError, TypeError) as error:
            raise _unlike(error) from error
        table = table if columns is None else table.select(list(columns))
        if row is not None:
            table = table.append_column(row, arrow.array(range(table.num_rows), arrow.int64()))
        importlib.import_module("pyarrow.parquet").write_table(table, path)
        return int(table.num_rows)
    polars = _library("polars")
    if polars is None:
        raise _nothing("a frame", "written down")
    try:
        frame = polars.DataFrame(framed)
    except (ValueError, TypeError, polars.exceptions.PolarsError) as error:
        raise _unlike(error) from error
    frame = frame if columns is None else frame.select(list(columns))
    if row is not None:
        frame = frame.with_columns(polars.int_range(frame.height, dtype=polars.Int64).alias(row))
    frame.write_parquet(path)
    return int(frame.height)


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


def read(made: TrainingSet, columns: Sequence[str], order: Optional[str]) -> dict[str, Any]:
    """Columns of a training set as arrays of numpy: numbers and truth values as float64, NaN for null, others as objects.

    `order` is a column with the numbers of the rows, by which they are put in order. Needs pyarrow or polars.
    """
    numpy = importlib.import_module("numpy")
    if _library("pyarrow") is not None:
        table = made.to_arrow()
    elif _library("polars") is not None:
        table = made.to_polars()
    else:
        raise _nothing("a training set", "read")
    ranks = numpy.argsort(numpy.asarray(table[order]), kind="stable") if order is not None else slice(None)
    return {name: _array(table[name])[ranks] for name in columns}


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


def _array(column: Any) -> Any:
    arrow = _library("pyarrow")
    if arrow is not None:
        kind = column.type
        if arrow.types.is_integer(kind) or arrow.types.is_floating(kind) or arrow.types.is_boolean(kind):
            # To a float by way of an integer: truth values have no other way.
            number = column.cast(arrow.int8()) if arrow.types.is_boolean(kind) else column
            return number.cast(arrow.float64(), safe=False).to_numpy(zero_copy_only=False)
        return as_objects(column.to_pylist())
    polars = importlib.import_module("polars")
    if column.dtype.is_numeric() or column.dtype == polars.Boolean:
        return column.cast(polars.Float64).to_numpy()
    return as_objects(column.to_list())


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


def _unlike(error: Exception) -> MisuseError:
    words = error.args[0] if error.args else error
    return MisuseError(
        "E-misuse", f"the table cannot be given as Arrow: {words}",
        help="a column needs one type and a name of its own; cast or rename it first")


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _nothing(what: str, done: str) -> MisuseError:
    return MisuseError(
        "E-misuse", f"{what} needs pyarrow or polars to be {done}",
        help="install one of them, or write the rows to a file and give its path")
