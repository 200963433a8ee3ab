# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Reads the IPC streams of Arrow that a server answers vectors with; no library is needed.

Only what `Sources/TallyServer/Arrow` writes is read: a schema, one dictionary, one batch, little-endian, nothing packed. Column
by column that takes a fraction of what JSON takes. The streams themselves are for every reader of Arrow.
"""

from __future__ import annotations

import datetime
import json
import math
import struct
from collections.abc import Iterator, Sequence
from typing import Any, Optional

from ._answers import Vectors

CONTENT_TYPE = "application/vnd.apache.arrow.stream"

# Fields and cases of Arrow's Schema.fbs and Message.fbs.
_SCHEMA, _DICTIONARY, _BATCH = 1, 2, 3
_INT, _FLOAT, _BINARY, _TEXT, _BOOL, _DATE, _TIMESTAMP, _LIST = 2, 3, 4, 5, 6, 8, 10, 12
_NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


_int32 = struct.Struct("<i").unpack_from
_uint32 = struct.Struct("<I").unpack_from
_uint16 = struct.Struct("<H").unpack_from


class _Table:
    """A table of FlatBuffers: an offset back to its vtable, which says where each field is."""

    def __init__(self, data: bytes, place: int) -> None:
        self._data, self._place = data, place
        self._vtable = place - _int32(data, place)[0]
        self._size = _uint16(data, self._vtable)[0]

    @staticmethod
    def root(data: bytes) -> _Table:
        """The table that a buffer begins with."""
        return _Table(data, _uint32(data, 0)[0])

    def number(self, field: int, form: str) -> int:
        """A number; 0 where it is left out."""
        place = self._find(field)
        return int(struct.unpack_from(form, self._data, place)[0]) if place else 0

    def table(self, field: int) -> _Table:
        """A table that has to be there."""
        return _Table(self._data, self._target(field))

    def has(self, field: int) -> bool:
        """Whether a field is there."""
        return self._find(field) > 0

    def text(self, field: int) -> str:
        """A text that has to be there."""
        place = self._target(field)
        (length,) = _uint32(self._data, place)
        return self._data[place + 4 : place + 4 + length].decode()

    def tables(self, field: int) -> list[_Table]:
        """A list of tables; none where it is left out."""
        if not self.has(field):
            return []
        place = self._target(field)
        (count,) = _uint32(self._data, place)
        offsets = struct.unpack_from(f"<{count}I", self._data, place + 4)
        return [_Table(self._data, place + 4 + 4 * index + offset) for index, offset in enumerate(offsets)]

    def pairs(self, field: int) -> Iterator[tuple[int, int]]:
        """A list of structs of two numbers."""
        place = self._target(field)
        (count,) = _uint32(self._data, place)
        return struct.iter_unpack("<qq", self._data[place + 4 : place + 4 + 16 * count])

    def _find(self, field: int) -> int:
        if 4 + 2 * field >= self._size:
            return 0
        (offset,) = _uint16(self._data, self._vtable + 4 + 2 * field)
        return self._place + int(offset) if offset else 0

    def _target(self, field: int) -> int:
        place = self._find(field)
        if not place:
            raise ValueError("a field is missing")
        return place + int(_uint32(self._data, place)[0])


def read(data: bytes) -> Vectors:
    """The vectors of a stream; ValueError for what is none."""
    try:
        return _vectors(data)
    except (struct.error, OverflowError) as error:
        raise ValueError("the stream is broken") from error


def _vectors(data: bytes) -> Vectors:
    fields: list[_Table] = []
    about: dict[str, str] = {}
    words: list[str] = []
    told: list[dict[str, str]] = []
    columns: Optional[list[tuple[dict[str, str], str, Any]]] = None
    for kind, header, body in _messages(data):
        if kind == _SCHEMA:
            fields, about = header.tables(1), _metadata(header, 2)
            told = [_metadata(field, 6) for field in fields]
        elif kind == _DICTIONARY:
            batch = _Batch(header.table(1), body)
            words = batch.words()
        elif kind == _BATCH and columns is None:
            batch = _Batch(header, body)
            columns = [(one, field.text(0), batch.column(field, one["tally.role"])) for field, one in zip(fields, told)]
        else:
            raise ValueError("a message is not expected")
    if columns is None:
        raise ValueError("there is no batch")
    statuses = [values for one, _, values in columns if one["tally.role"] == "status"]
    times = [values for one, _, values in columns if one["tally.role"] == "eventTime"]
    shown = [column for column in columns if column[0]["tally.role"] == "value"]
    listed = [
        {
            "name": name, "view": one.get("tally.view"), "feature": one["tally.feature"], "type": one["tally.type"],
            "times": int(one["tally.times"]), "statuses": [words[place] for place in places], "values": values,
        }
        for (one, name, values), places in zip(shown, statuses, strict=True)
    ]
    answer = {
        "release": json.loads(about["tally.release"]), "time": about["tally.time"], "columns": listed,
        "eventTimes": None, "receipt": json.loads(about["tally.receipt"]),
    }
    return Vectors(answer, lambda: [[_moment(time) for time in row] for row in times])


def _messages(data: bytes) -> Iterator[tuple[int, _Table, memoryview]]:
    place, whole = 0, memoryview(data)
    while True:
        mark, length = struct.unpack_from("<II", data, place)
        if mark != 0xFFFFFFFF:
            raise ValueError("a message does not begin where it should")
        if length == 0:
            return
        header = _Table.root(data[place + 8 : place + 8 + length])
        place += 8 + length
        size = header.number(3, "<q")
        if not 0 <= size <= len(data) - place:
            raise ValueError("a body is cut off")
        yield header.number(1, "<B"), header.table(2), whole[place : place + size]
        place += size


def _metadata(table: _Table, field: int) -> dict[str, str]:
    return {pair.text(0): pair.text(1) for pair in table.tables(field)}


class _Batch:
    """A record batch, whose columns are read one after the other."""

    def __init__(self, header: _Table, body: memoryview) -> None:
        self._nodes, self._places = header.pairs(1), header.pairs(2)
        self._body = body

    def column(self, field: _Table, role: str) -> Any:
        """The values of the next column as JSON has them in process; instants that are no values, and words, as numbers."""
        if role == "status":
            count, _ = self._node()
            self._buffer()
            return bytes(self._buffer(count))
        if role == "eventTime":
            return self._numbers("q", 8)
        return self._values(field)

    def words(self) -> list[str]:
        """The texts of a dictionary."""
        return [bytes(text).decode() for text in self._pieces() if text is not None]

    def _values(self, field: _Table) -> list[Any]:
        kind = field.number(2, "<B")
        if kind == _INT:
            return self._numbers("q", 8) if field.table(3).number(0, "<i") == 64 else self._numbers("i", 4)
        if kind == _FLOAT:
            values = self._numbers("d", 8) if field.table(3).number(0, "<h") == 2 else self._numbers("f", 4)
            # One test for all: what is not finite makes a sum that is not.
            if not math.isfinite(sum(value for value in values if value is not None)):
                values = [_NOT_FINITE.get(str(value), value) for value in values]
            return values
        if kind == _BOOL:
            count, absent = self._node()
            validity, bits = self._buffer(), self._buffer((count + 7) // 8)
            return _masked([bits[at >> 3] >> (at & 7) & 1 == 1 for at in range(count)], absent, validity)
        if kind == _TEXT:
            return [None if text is None else str(text, "utf-8") for text in self._pieces()]
        if kind == _BINARY:
            return [None if raw is None else "0x" + raw.hex() for raw in self._pieces()]
        if kind == _DATE:
            return [None if days is None else _day(days) for days in self._numbers("i", 4)]
        if kind == _TIMESTAMP:
            return [_moment(time) for time in self._numbers("q", 8)]
        if kind == _LIST:
            validity, absent, ends = self._ends()
            (child,) = field.tables(5)
            elements = self._values(child)
            return _masked([elements[start:end] for start, end in zip(ends, ends[1:])], absent, validity)
        raise ValueError("a type is not known")

    def _numbers(self, form: str, width: int) -> list[Any]:
        count, absent = self._node()
        validity = self._buffer()
        return _masked([*struct.unpack(f"<{count}{form}", self._buffer(width * count))], absent, validity)

    def _pieces(self) -> list[Optional[memoryview]]:
        validity, absent, ends = self._ends()
        raw = self._buffer()
        return _masked([raw[start:end] for start, end in zip(ends, ends[1:])], absent, validity)

    def _ends(self) -> tuple[memoryview, int, list[int]]:
        count, absent = self._node()
        validity = self._buffer()
        return validity, absent, [*struct.unpack(f"<{count + 1}i", self._buffer(4 * (count + 1)))]

    def _node(self) -> tuple[int, int]:
        count, absent = next(self._nodes)
        if count < 0:
            raise ValueError("a length is negative")
        return count, absent

    def _buffer(self, wanted: Optional[int] = None) -> memoryview:
        start, length = next(self._places)
        if start < 0 or length < 0 or start + length > len(self._body) or (wanted is not None and length != wanted):
            raise ValueError("a buffer is not as long as it should be")
        return self._body[start : start + length]


def _masked(values: list[Any], absent: int, validity: Sequence[int]) -> list[Any]:
    if absent:
        for place in range(len(values)):
            if not validity[place >> 3] >> (place & 7) & 1:
                values[place] = None
    return values


_EPOCH = datetime.date(1970, 1, 1).toordinal()


def _day(days: int) -> str:
    try:
        return datetime.date.fromordinal(days + _EPOCH).isoformat()
    except (ValueError, OverflowError):
        return _far_day(days)


def _far_day(days: int) -> str:
    """A day outside of the years 1 to 9999 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms")."""
    era, of_era = divmod(days + 719_468, 146_097)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    number = month + 3 if month < 10 else month - 9
    year += era * 400 + (1 if number <= 2 else 0)
    return f"{'-' if year < 0 else ''}{abs(year):04}-{number:02}-{day:02}"


def _moment(time: Optional[int]) -> Optional[str]:
    """An instant, given in microseconds, as the server writes it in JSON."""
    if time is None:
        return None
    days, within = divmod(time, 86_400_000_000)
    seconds, fraction = divmod(within, 1_000_000)
    minutes, second = divmod(seconds, 60)
    text = f"{_day(days)}T{minutes // 60:02}:{minutes % 60:02}:{second:02}"
    if fraction:
        text += f".{fraction // 1_000:03}" if fraction % 1_000 == 0 else f".{fraction:06}"
    return text + "Z"
