# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Frames of pandas without pyarrow, which pandas itself needs to give its rows as Arrow."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from typing import Any, Optional

from ._errors import MisuseError

# What numpy calls its numbers, as Arrow does.
FORMATS = {
    "int8": b"c", "uint8": b"C", "int16": b"s", "uint16": b"S", "int32": b"i", "uint32": b"I", "int64": b"l", "uint64": b"L",
    "float32": b"f", "float64": b"g",
}
UNITS = {"s": b"tss:", "ms": b"tsm:", "us": b"tsu:", "ns": b"tsn:"}


class Values:
    """One column: its Arrow format with its buffers, or plain values, of which the type is still to be found."""

    def __init__(
        self, format: bytes = b"", buffers: Sequence[Any] = (), nulls: int = 0, plain: Optional[list[Any]] = None,
        is_text: bool = False,
    ) -> None:
        self.format = format
        self.buffers = list(buffers)
        self.nulls = nulls
        self.plain = plain
        self.is_text = is_text


def is_frame(table: object) -> bool:
    """Whether a table is a data frame of pandas."""
    return type(table).__module__.partition(".")[0] == "pandas" and hasattr(table, "columns")


def is_series(values: object) -> bool:
    """Whether values are a column of pandas."""
    return type(values).__module__.partition(".")[0] == "pandas" and hasattr(values, "isna") and hasattr(values, "name")


def columns(frame: Any, what: str) -> dict[str, Any]:
    """The columns by name, and after them the index, as pyarrow has it: a range is none, and levels without a name get one."""
    pandas = importlib.import_module("pandas")
    found = {str(name): frame.iloc[:, place] for place, name in enumerate(frame.columns)}
    levels = []
    if not isinstance(frame.index, pandas.RangeIndex):
        levels = [frame.index.get_level_values(level) for level in range(frame.index.nlevels)]
    for place, level in enumerate(levels):
        name = f"__index_level_{place}__" if level.name is None else str(level.name)
        found[name] = pandas.Series(level)
    if len(found) < len(frame.columns) + len(levels):
        raise MisuseError("E-misuse", f"{what}: a name of a column is there twice", help="rename one of them")
    return found


def values(series: Any, where: str) -> Values:
    """A column: NaN, NaT and NA are nulls, as they are for pyarrow."""
    numpy = importlib.import_module("numpy")
    dtype = series.dtype
    kind, name = getattr(dtype, "kind", "O"), type(dtype).__name__
    if kind == "M":
        return _times(series)
    if kind in "iufb" and (isinstance(dtype, numpy.dtype) or hasattr(dtype, "numpy_dtype")) and name != "ArrowDtype":
        number = getattr(dtype, "numpy_dtype", dtype)
        missing = series.isna().to_numpy()
        if str(number) in FORMATS or kind == "b":
            # What stands in the place of a null does not matter.
            filled = series.to_numpy() if number is dtype else series.to_numpy(dtype=number, na_value=number.type(0))
            packed = _packed(filled) if kind == "b" else numpy.ascontiguousarray(filled, dtype=number.newbyteorder("="))
            return Values(b"b" if kind == "b" else FORMATS[str(number)], [_validity(missing), packed], int(missing.sum()))
    held = series.cat.categories.dtype if name == "CategoricalDtype" else dtype
    if name == "CategoricalDtype" and str(held) in FORMATS:
        # The types that have nulls are called as numpy's, with capitals.
        return values(series.astype(re.sub("^(u?)([if])", lambda found: found[0].upper(), str(held))), where)
    if dtype == object or name in ("StringDtype", "CategoricalDtype"):
        missing = series.isna().to_numpy().tolist()
        plain = [None if gone else value for gone, value in zip(missing, series.astype(object).tolist())]
        return Values(plain=plain, is_text=type(held).__name__ == "StringDtype")
    raise MisuseError(
        "E-misuse", f"{where} has the type '{dtype}'",
        help="durations have no type here: make it a number, such as of seconds" if kind == "m" else
        "cast it, such as with astype(str), or install pyarrow, which knows more types")


def _times(series: Any) -> Values:
    zone = getattr(series.dtype, "tz", None)
    plain = series if zone is None else series.dt.tz_convert("UTC").dt.tz_localize(None)
    return times(plain.to_numpy(), b"" if zone is None else b"UTC")


def times(array: Any, zone: bytes = b"") -> Values:
    """Times of numpy, in the zone of that name."""
    numpy = importlib.import_module("numpy")
    array = numpy.ascontiguousarray(array)
    missing = numpy.isnat(array)
    unit = numpy.datetime_data(array.dtype)[0]
    return Values(UNITS[unit] + zone, [_validity(missing), array.view("int64")], int(missing.sum()))


def _packed(flags: Any) -> Any:
    numpy = importlib.import_module("numpy")
    return numpy.packbits(flags.astype(bool), bitorder="little")


def _validity(missing: Any) -> Any:
    return _packed(~missing) if missing.any() else None
