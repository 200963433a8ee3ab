# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Columns with types as frames of the libraries that have them; each is imported where it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._errors import DataError

Columns = Mapping[str, Sequence[Any]]
Types = Mapping[str, str]


def to_arrow(columns: Columns, types: Types) -> Any:
    """An Arrow table; nulls stay nulls, and integers integers."""
    import pyarrow

    return pyarrow.table({
        name: pyarrow.array(_known(name, values, types[name]), _arrow_type(pyarrow, types[name]))
        for name, values in columns.items()
    })


def _arrow_type(pyarrow: Any, name: str) -> Any:
    inner = _element(name)
    if inner is not None:
        return pyarrow.list_(_arrow_type(pyarrow, inner))
    if name == "timestamp":
        return pyarrow.timestamp("us", "UTC")
    return getattr(pyarrow, {"bool": "bool_", "bytes": "binary", "date": "date32"}.get(name, name))()


def to_polars(columns: Columns, types: Types) -> Any:
    """A Polars data frame; nulls stay nulls, and integers integers."""
    import polars

    return polars.DataFrame([
        polars.Series(name, _known(name, values, types[name]), dtype=_polars_type(polars, types[name]), strict=True)
        for name, values in columns.items()
    ])


def _polars_type(polars: Any, name: str) -> Any:
    inner = _element(name)
    if inner is not None:
        return polars.List(_polars_type(polars, inner))
    if name == "timestamp":
        return polars.Datetime("us", "UTC")
    return getattr(polars, {"bool": "Boolean", "bytes": "Binary"}.get(name, name.capitalize()))


_PANDAS = {"bool": "boolean", "int32": "Int32", "int64": "Int64", "timestamp": "datetime64[us, UTC]"}


def to_pandas(columns: Columns, types: Types) -> Any:
    """A pandas data frame: integers and truth values in the types that have nulls, floats with NaN for null, times in UTC."""
    import pandas

    series = {}
    for name, values in columns.items():
        kind = types[name]
        dtype = kind if kind.startswith("float") else _PANDAS.get(kind, "object")
        series[name] = pandas.Series(_known(name, values, kind), dtype=dtype)
    return pandas.DataFrame(series)


def to_numpy(columns: Columns, types: Types) -> dict[str, Any]:
    """Arrays of numpy by name: integers and truth values become floats where some are null, with NaN; others are objects."""
    import numpy

    arrays: dict[str, Any] = {}
    for name, values in columns.items():
        kind = types[name]
        if kind.startswith(("int", "float", "bool")):
            has_nulls = any(value is None for value in values)
            dtype = "float64" if has_nulls and not kind.startswith("float") else kind
            arrays[name] = numpy.array([numpy.nan if value is None else value for value in values], dtype=dtype)
        else:
            arrays[name] = numpy.empty(len(values), dtype=object)
            for place, value in enumerate(values):
                arrays[name][place] = value
    return arrays


def _element(name: str) -> Any:
    return name[len("array<") : -1] if name.startswith("array<") else None


def _known(name: str, values: Sequence[Any], kind: str) -> list[Any]:
    """The values; DataError for times that Python does not know, which are texts."""
    if kind in ("timestamp", "date") and any(isinstance(value, str) for value in values):
        raise DataError(
            "E-invalid-data", "a time is outside of the years 1 to 9999, which Python does not know", subject=name,
            help="read it as text: .values")
    return list(values)
