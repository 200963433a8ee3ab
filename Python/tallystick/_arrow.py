# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Tables that come in: whatever speaks the Arrow PyCapsule interface, and plain Python lists, without a library for Arrow."""

from __future__ import annotations

import array
import ctypes
import datetime
import decimal
from collections.abc import Mapping, Sequence
from typing import Any, Callable, Optional

from . import _pandas
from ._errors import MisuseError

CAPSULE = b"arrow_array_stream"


class Schema(ctypes.Structure):
    """Arrow's `ArrowSchema`."""


class Array(ctypes.Structure):
    """Arrow's `ArrowArray`."""


class Stream(ctypes.Structure):
    """Arrow's `ArrowArrayStream`."""


_SchemaRelease = ctypes.CFUNCTYPE(None, ctypes.POINTER(Schema))
_ArrayRelease = ctypes.CFUNCTYPE(None, ctypes.POINTER(Array))
_StreamRelease = ctypes.CFUNCTYPE(None, ctypes.POINTER(Stream))
_GetSchema = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.POINTER(Schema))
_GetNext = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.POINTER(Array))

Schema._fields_ = [
    ("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_void_p), ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64), ("children", ctypes.POINTER(ctypes.POINTER(Schema))),
    ("dictionary", ctypes.POINTER(Schema)), ("release", _SchemaRelease), ("private_data", ctypes.c_void_p),
]
Array._fields_ = [
    ("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64), ("n_children", ctypes.c_int64), ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(Array))), ("dictionary", ctypes.POINTER(Array)),
    ("release", _ArrayRelease), ("private_data", ctypes.c_void_p),
]
Stream._fields_ = [
    ("get_schema", _GetSchema), ("get_next", _GetNext), ("get_last_error", ctypes.c_void_p),
    ("release", _StreamRelease), ("private_data", ctypes.c_void_p),
]

capsule_pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi))


class Incoming:
    """A table on its way in: the address of its stream, and what must live until it was read."""

    def __init__(self, table: object, what: str) -> None:
        """Takes a stream of a table; MisuseError for what is none, and for what its library cannot give as Arrow.

        Args:
            table: anything with `__arrow_c_stream__`, a dictionary of lists, or a list of dictionaries. A frame of pandas
                gives one through pyarrow, and is read column by column where that is not installed.
            what: the name of the table in messages, such as `source 'weather'`.
        """
        give = getattr(table, "__arrow_c_stream__", None)
        if give is None:
            self._take(_plain(table, what))
            return
        try:
            _validate(table)
            self._kept: object = give()
            self.address = capsule_pointer(self._kept, CAPSULE)
        except ImportError as error:
            if not _pandas.is_frame(table):
                raise MisuseError(
                    "E-misuse", f"{what}: {error}", help="install what it asks for, or give a dict of lists, or a path"
                ) from error
            self._take(_plain(table, what))
        except Exception as error:
            raise MisuseError(
                "E-misuse", f"{what} cannot be given as Arrow: {error}",
                help="a column needs one type and a name of its own; cast or rename it first") from error

    def _take(self, plain: PlainStream) -> None:
        self._kept = plain
        self.address = ctypes.addressof(plain.stream)


def _validate(table: object) -> None:
    """Lets pyarrow look through a table of its own: it may have read it from a file that somebody forged.

    How long a text is that offsets point into is not said in a stream, so that nobody behind could look.
    """
    if type(table).__module__.partition(".")[0] == "pyarrow":
        validate = getattr(table, "validate", None)
        if validate is not None:
            validate(full=True)


def _plain(table: object, what: str) -> PlainStream:
    if _pandas.is_frame(table):
        columns = _pandas.columns(table, what)
    elif isinstance(table, Mapping):
        columns = {_name(name, what): _list(values, what, name) for name, values in table.items()}
    elif isinstance(table, Sequence) and not isinstance(table, (str, bytes)) and all(
        isinstance(row, Mapping) for row in table
    ):
        names: dict[str, None] = {}
        for row in table:
            names.update(dict.fromkeys(_name(name, what) for name in row))
        columns = {name: [row.get(name) for row in table] for name in names}
    else:
        raise MisuseError(
            "E-misuse", f"{what} is a {type(table).__name__}, which is no table",
            help="collect() it first" if hasattr(table, "collect") else
            "give a data frame, anything with __arrow_c_stream__, a dict of lists, a list of dicts, or a path")
    if not columns:
        raise MisuseError("E-misuse", f"{what} has no columns", help="name the columns, also of a table without rows")
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise MisuseError("E-misuse", f"{what}: its columns have different lengths, {sorted(lengths)}")
    return PlainStream([_Column(name, values, what) for name, values in columns.items()], lengths.pop())


def _name(name: object, what: str) -> str:
    if not isinstance(name, str) or not name or "\0" in name:
        raise MisuseError("E-misuse", f"{what}: {name!r} is no name of a column", help="names are texts")
    return name


def _list(values: Any, what: str, name: object) -> Any:
    if isinstance(values, (str, bytes, Mapping)) or not hasattr(values, "__len__"):
        raise MisuseError("E-misuse", f"{what}: column '{name}' is no list of values")
    return values


_EPOCH = datetime.datetime(1970, 1, 1)
_MICROSECOND = datetime.timedelta(microseconds=1)


def _instant(value: datetime.datetime) -> int:
    return (value.astimezone(datetime.timezone.utc).replace(tzinfo=None) - _EPOCH) // _MICROSECOND


def _wall(value: datetime.datetime) -> int:
    return (value - _EPOCH) // _MICROSECOND


def _day(value: datetime.date) -> int:
    return value.toordinal() - 719_163


# For each kind of value: its Arrow format, the type code of the buffer, and what makes a number of it.
_FIXED: Mapping[str, tuple[bytes, str, Callable[[Any], Any]]] = {
    "int": (b"l", "q", int),
    "float": (b"g", "d", float),
    "instant": (b"tsu:UTC", "q", _instant),
    "wall": (b"tsu:", "q", _wall),
    "day": (b"tdD", "i", _day),
}
# Numbers of numpy that are taken as they lie there: all integers as the widest, as those of Python are.
_NUMPY = {
    **dict.fromkeys(["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"], "int64"),
    "float32": "float64", "float64": "float64",
}


class _Column:
    """One column as Arrow's buffers."""

    def __init__(self, name: str, values: Any, what: str) -> None:
        self.name = name
        self.what = f"{what}: column '{name}'"
        # Bytes, and arrays of numpy.
        self.buffers: list[Any]
        dtype = getattr(values, "dtype", None)
        if _pandas.is_series(values):
            found = _pandas.values(values, self.what)
            if found.plain is None:
                self.format, self.buffers, self.nulls = found.format, found.buffers, found.nulls
                return
            if found.is_text:
                # Also where all are null.
                self._take("text", found.plain)
                return
            values, dtype = found.plain, None
        if getattr(dtype, "kind", None) == "M" and hasattr(values, "view"):
            self._take_numpy_times(values)
            return
        if str(dtype) in _NUMPY and type(values).__module__ == "numpy" and values.ndim == 1:
            self.format, self.nulls = _pandas.FORMATS[_NUMPY[str(dtype)]], 0
            self.buffers = [None, values.astype(_NUMPY[str(dtype)], order="C")]
            return
        if getattr(dtype, "kind", None) == "m":
            raise MisuseError(
                "E-misuse", f"{self.what} holds durations, for which there is no type",
                help="make it a number, such as of seconds")
        items = [self._scalar(value) for value in (values.tolist() if hasattr(values, "tolist") else values)]
        kinds = {self._kind(value) for value in items if value is not None}
        if kinds == {"int", "float"}:
            kinds = {"float"}
        if len(kinds) > 1:
            raise MisuseError(
                "E-misuse", f"{self.what} holds values of several types: {', '.join(sorted(kinds))}",
                help="a column has one type; None stands for a missing value")
        self._take(kinds.pop() if kinds else "null", items)

    @staticmethod
    def _scalar(value: Any) -> Any:
        # What numpy counts in is a value of Python's own.
        return value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value

    def _kind(self, value: Any) -> str:
        if isinstance(value, bool):
            return "bool"
        if isinstance(value, int):
            return "int"
        if isinstance(value, float):
            return "float"
        if isinstance(value, str):
            return "text"
        if isinstance(value, (bytes, bytearray)):
            return "bytes"
        if isinstance(value, datetime.datetime):
            return "wall" if value.tzinfo is None else "instant"
        if isinstance(value, datetime.date):
            return "day"
        help = "give a data frame of a library that has the type, or another type"
        if isinstance(value, decimal.Decimal):
            help = "give floats, or integers of the smallest unit"
        elif isinstance(value, datetime.timedelta):
            help = "make it a number, such as of seconds"
        raise MisuseError("E-misuse", f"{self.what} holds a {type(value).__name__}, which is no value here", help=help)

    def _take(self, kind: str, items: list[Any]) -> None:
        self.nulls = sum(value is None for value in items)
        validity = _bits([value is not None for value in items]) if self.nulls else None
        if kind == "null":
            self.format, self.buffers = b"n", []
            return
        if kind == "bool":
            self.format, self.buffers = b"b", [validity, _bits([bool(value) for value in items])]
            return
        if kind in ("text", "bytes"):
            try:
                parts = [b"" if value is None else value.encode() if kind == "text" else bytes(value) for value in items]
            except UnicodeEncodeError:
                raise MisuseError("E-misuse", f"{self.what} holds a text that is not Unicode") from None
            offsets = array.array("q", [0])
            for part in parts:
                offsets.append(offsets[-1] + len(part))
            self.format = b"U" if kind == "text" else b"Z"
            self.buffers = [validity, offsets.tobytes(), b"".join(parts) or b"\0"]
            return
        self.format, code, number = _FIXED[kind]
        try:
            numbers = array.array(code, [0 if value is None else number(value) for value in items])
        except OverflowError:
            raise MisuseError("E-misuse", f"{self.what} holds a value that 64 bits do not") from None
        self.buffers = [validity, numbers.tobytes() or b"\0"]

    def _take_numpy_times(self, values: Any) -> None:
        unit = str(values.dtype).partition("[")[2].rstrip("]")
        if unit not in _pandas.UNITS:
            raise MisuseError(
                "E-misuse", f"{self.what} holds times of the unit '{unit}'",
                help="cast it to datetime64[us], or to days of datetime.date")
        found = _pandas.times(values)
        self.format, self.buffers, self.nulls = found.format, found.buffers, found.nulls


def _bits(flags: list[bool]) -> bytes:
    packed = bytearray(max(1, (len(flags) + 7) // 8))
    for index, flag in enumerate(flags):
        if flag:
            packed[index >> 3] |= 1 << (index & 7)
    return bytes(packed)


def _released(struct: Any) -> None:
    # What it points to lives as long as the stream's own object.
    struct.contents.release = type(struct.contents.release)()


_release_schema = _SchemaRelease(_released)
_release_array = _ArrayRelease(_released)
_release_stream = _StreamRelease(_released)


def _address(buffer: Any) -> Optional[int]:
    if buffer is None:
        return None
    if isinstance(buffer, bytes):
        return ctypes.cast(ctypes.c_char_p(buffer), ctypes.c_void_p).value
    address: int = buffer.ctypes.data
    return address


class PlainStream:
    """Plain columns as a stream of one batch; the memory of all its parts lives as long as it does."""

    def __init__(self, columns: list[_Column], rows: int) -> None:
        self._columns = columns
        self._rows = rows
        self._kept: list[Any] = []
        self._isDone = False
        self._get_schema = _GetSchema(self._write_schema)
        self._get_next = _GetNext(self._write_next)
        self.stream = Stream(self._get_schema, self._get_next, None, _release_stream, None)

    def _write_schema(self, _: Any, out: Any) -> int:
        children = [
            Schema(column.format, column.name.encode(), None, 2, 0, None, None, _release_schema, None)
            for column in self._columns
        ]
        pointers = self._pointers(Schema, children)
        out[0] = Schema(b"+s", b"", None, 0, len(children), pointers, None, _release_schema, None)
        return 0

    def _write_next(self, _: Any, out: Any) -> int:
        if self._isDone or self._rows == 0:
            out[0] = Array()
            return 0
        self._isDone = True
        children = [
            Array(
                self._rows, column.nulls if column.buffers else self._rows, 0, len(column.buffers), 0,
                self._buffers(column.buffers), None, None, _release_array, None)
            for column in self._columns
        ]
        out[0] = Array(
            self._rows, 0, 0, 1, len(children), self._buffers([None]), self._pointers(Array, children), None,
            _release_array, None)
        return 0

    def _buffers(self, buffers: list[Any]) -> Any:
        if not buffers:
            return None
        made = (ctypes.c_void_p * len(buffers))(*map(_address, buffers))
        self._kept += [made, buffers]
        return made

    def _pointers(self, kind: Any, children: list[Any]) -> Any:
        made = (ctypes.POINTER(kind) * len(children))(*(ctypes.pointer(child) for child in children))
        self._kept += [made, children]
        return made
