# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The rows of an Arrow stream as arrays of numpy and frames of pandas, without a library for Arrow."""

from __future__ import annotations

import ctypes
import datetime
import decimal
import importlib
from collections.abc import Sequence
from typing import Any, Callable

from ._arrow import Array, CAPSULE, Schema, Stream, capsule_pointer
from ._errors import DataError, MisuseError, StorageError

_NUMBERS = {
    b"c": "int8", b"C": "uint8", b"s": "int16", b"S": "uint16", b"i": "int32", b"I": "uint32", b"l": "int64", b"L": "uint64",
    b"f": "float32", b"g": "float64",
}
_TIMES = {b"s": "datetime64[s]", b"m": "datetime64[ms]", b"u": "datetime64[us]", b"n": "datetime64[ns]"}
_OFFSETS = {b"u": "int32", b"z": "int32", b"+l": "int32", b"U": "int64", b"Z": "int64", b"+L": "int64"}


class Pulled:
    """One column: its Arrow format, its values as numpy has them, and where they are null."""

    def __init__(self, name: str, format: bytes, values: Any, missing: Any) -> None:
        self.name = name
        self.format = format
        self.values = values
        self.missing = missing

    @property
    def has_nulls(self) -> bool:
        return bool(self.missing.any())

    @property
    def is_number(self) -> bool:
        return self.format in _NUMBERS or self.format == b"b"

    @property
    def is_list(self) -> bool:
        return self.format in (b"+l", b"+L")

    def floats(self) -> Any:
        """Numbers and truth values as float64, with NaN for null."""
        numpy = importlib.import_module("numpy")
        return numpy.where(self.missing, numpy.nan, self.values.astype("float64"))

    def array(self) -> Any:
        """An array: integers with nulls become floats, truth values with nulls and all else objects with None, times NaT."""
        numpy = importlib.import_module("numpy")
        if self.format.startswith(b"ts"):
            return numpy.where(self.missing, numpy.datetime64("NaT"), self.values)
        if self.is_list:
            lists = numpy.empty(len(self.values), dtype=object)
            for place, each in enumerate(self.values):
                lists[place] = None if each is None else each.array()
            return lists
        if self.format in _NUMBERS and self.has_nulls:
            # A float32 stays one.
            kind = self.values.dtype if self.format == b"f" else "float64"
            return numpy.where(self.missing, numpy.nan, self.values.astype(kind)).astype(kind)
        if self.has_nulls:
            objects = self.values.astype(object)
            objects[self.missing] = None
            return objects
        return self.values

    def objects(self) -> Any:
        """An array of Python's own values, with None for null; times in UTC where they have a zone."""
        numpy = importlib.import_module("numpy")
        values: list[Any] = self.values.tolist()
        if self.format.startswith(b"ts"):
            zone = None if self.format.endswith(b":") else datetime.timezone.utc
            numbers = self.values.astype("datetime64[us]").view("int64").tolist()
            values = [
                None if gone else datetime.datetime(1970, 1, 1, tzinfo=zone) + datetime.timedelta(microseconds=number)
                for number, gone in zip(numbers, self.missing.tolist())
            ]
        elif self.is_list:
            values = [None if each is None else each.objects().tolist() for each in values]
        made = numpy.empty(len(values), dtype=object)
        for place, (value, gone) in enumerate(zip(values, self.missing.tolist())):
            made[place] = None if gone else value
        return made

    def series(self) -> Any:
        """A column of pandas, as `pandas.read_parquet` makes one."""
        pandas = importlib.import_module("pandas")
        array = self.array()
        if self.format.startswith(b"ts"):
            times = pandas.Series(array)
            return times.dt.tz_localize(self.format.partition(b":")[2].decode()) if not self.format.endswith(b":") else times
        if self.format in (b"u", b"U") and int(pandas.__version__.partition(".")[0]) >= 3:
            return pandas.Series(array, dtype="str")
        return pandas.Series(array)


def to_pandas(capsule: Any) -> Any:
    """A data frame."""
    pandas = importlib.import_module("pandas")
    return pandas.DataFrame({column.name: column.series() for column in pull(capsule)})


def to_numpy(capsule: Any) -> dict[str, Any]:
    """Arrays by name."""
    return {
        column.name: column.array().astype("datetime64[D]") if column.format == b"tdD" else column.array()
        for column in pull(capsule)
    }


def columns(capsule: Any, names: Sequence[str]) -> dict[str, Any]:
    """Columns by name: numbers and truth values as float64, NaN for null, others as objects, with None for null."""
    pulled = {column.name: column for column in pull(capsule)}
    return {name: pulled[name].floats() if pulled[name].is_number else pulled[name].objects() for name in names}


def formats(capsule: Any) -> dict[str, bytes]:
    """The Arrow format of each column of a stream, whose rows are left alone."""
    stream, schema = Stream.from_address(capsule_pointer(capsule, CAPSULE)), Schema()
    _expect(stream, stream.get_schema(ctypes.byref(stream), ctypes.byref(schema)))
    columns = [schema.children[place].contents for place in range(schema.n_children)]
    found = {bytes(column.name).decode(): bytes(column.format) for column in columns}
    schema.release(ctypes.byref(schema))
    return found


def pull(capsule: Any) -> list[Pulled]:
    """Every row of a stream; the stream is at its end then.

    Raises MisuseError for a type that numpy has no counterpart of, StorageError where the file cannot be read.
    """
    numpy = importlib.import_module("numpy")
    stream = Stream.from_address(capsule_pointer(capsule, CAPSULE))
    schema = Schema()
    _expect(stream, stream.get_schema(ctypes.byref(stream), ctypes.byref(schema)))
    try:
        columns = [schema.children[place].contents for place in range(schema.n_children)]
        names = [bytes(column.name).decode() for column in columns]
        formats = [_format(column, name) for column, name in zip(columns, names)]
        items = [
            _format(column.children[0].contents, name) if format in (b"+l", b"+L") else b""
            for column, name, format in zip(columns, names, formats)
        ]
    finally:
        schema.release(ctypes.byref(schema))
    pieces: list[list[tuple[Any, Any]]] = [[] for _ in formats]
    while True:
        batch = Array()
        _expect(stream, stream.get_next(ctypes.byref(stream), ctypes.byref(batch)))
        if not batch.release:
            break
        try:
            for place, format in enumerate(formats):
                pieces[place].append(_piece(batch.children[place].contents, format, items[place]))
        finally:
            batch.release(ctypes.byref(batch))
    made = []
    for name, format, item, parts in zip(names, formats, items, pieces):
        parts = parts or [_piece(Array(), format, item)]
        values, missing = (numpy.concatenate([part[side] for part in parts]) for side in range(2))
        made.append(Pulled(name, format, values, missing))
    return made


def _expect(stream: Any, status: int) -> None:
    if status:
        words = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p)(stream.get_last_error)(ctypes.addressof(stream))
        raise StorageError("E-unreadable", (words or b"the rows cannot be read").decode(errors="replace"))


def _format(column: Any, name: str) -> bytes:
    format = bytes(column.format)
    is_known = format in _NUMBERS or format in _OFFSETS or format in (b"b", b"tdD") or (
        format[:2] == b"ts" and format[2:3] in _TIMES or format[:2] == b"d:" and _width(format) in (4, 8, 16))
    if column.dictionary or not is_known:
        raise MisuseError(
            "E-misuse", f"column '{name}' has a type that numpy has no counterpart of", help="install pyarrow, or polars")
    return format


def _piece(array: Any, format: bytes, item: bytes) -> tuple[Any, Any]:
    """The values of one batch, copied, and where they are null."""
    numpy = importlib.import_module("numpy")
    start, count = array.offset, array.length
    missing = numpy.zeros(count, dtype=bool)
    if count == 0:
        return numpy.empty(0, dtype=_dtype(format)), missing
    if array.buffers[0]:
        missing = ~_bits(array.buffers[0], start, count)
    if format == b"b":
        return _bits(array.buffers[1], start, count), missing
    if format in _OFFSETS:
        offsets = _raw(array.buffers[1], _OFFSETS[format], start, count + 1)
        read = _lists(array, item) if item else _texts(array, format, int(offsets[-1]))
        values = numpy.empty(count, dtype=object)
        bounds = offsets.tolist()
        for place, gone in enumerate(missing.tolist()):
            values[place] = None if gone else read(bounds[place], bounds[place + 1])
        return values, missing
    if format.startswith(b"d:"):
        return _decimals(array.buffers[1], start, count, int(format.split(b",")[1]), _width(format)), missing
    if format == b"tdD":
        days = _raw(array.buffers[1], "int32", start, count).tolist()
        values = numpy.empty(count, dtype=object)
        for place, (day, gone) in enumerate(zip(days, missing.tolist())):
            values[place] = None if gone else _day(day)
        return values, missing
    if format.startswith(b"ts"):
        return _raw(array.buffers[1], "int64", start, count).view(_dtype(format)), missing
    return _raw(array.buffers[1], _NUMBERS[format], start, count), missing


def _dtype(format: bytes) -> str:
    if format.startswith(b"ts"):
        return _TIMES[format[2:3]]
    return "bool" if format == b"b" else _NUMBERS.get(format, "object")


def _texts(array: Any, format: bytes, end: int) -> Callable[[int, int], Any]:
    whole = ctypes.string_at(array.buffers[2], end) if end else b""
    if format in (b"u", b"U"):
        return lambda first, last: whole[first:last].decode()
    return lambda first, last: whole[first:last]


def _lists(array: Any, item: bytes) -> Callable[[int, int], Any]:
    values, missing = _piece(array.children[0].contents, item, b"")
    return lambda first, last: Pulled("", item, values[first:last], missing[first:last])


def _day(number: int) -> datetime.date:
    try:
        return datetime.date(1970, 1, 1) + datetime.timedelta(number)
    except OverflowError:
        raise DataError("E-invalid-data", "a day is outside of the years 1 to 9999", help="take to_arrow()") from None


def _width(format: bytes) -> int:
    """How many bytes a decimal has: `d:9,2,32` says how many bits, and `d:9,2` means 128."""
    parts = format.split(b",")
    return int(parts[2]) // 8 if len(parts) == 3 else 16


def _decimals(address: int, start: int, count: int, scale: int, width: int) -> Any:
    numpy = importlib.import_module("numpy")
    whole = ctypes.string_at(address + width * start, width * count)
    values = numpy.empty(count, dtype=object)
    with decimal.localcontext() as context:
        context.prec = 40
        for place in range(count):
            number = int.from_bytes(whole[width * place : width * (place + 1)], "little", signed=True)
            values[place] = decimal.Decimal(number).scaleb(-scale)
    return values


def _raw(address: int, dtype: str, start: int, count: int) -> Any:
    numpy = importlib.import_module("numpy")
    size = numpy.dtype(dtype).itemsize
    return numpy.frombuffer(ctypes.string_at(address + start * size, count * size), dtype=dtype)


def _bits(address: int, start: int, count: int) -> Any:
    numpy = importlib.import_module("numpy")
    packed = numpy.frombuffer(ctypes.string_at(address + start // 8, (start % 8 + count + 7) // 8), dtype="uint8")
    return numpy.unpackbits(packed, bitorder="little")[start % 8 : start % 8 + count].astype(bool)
