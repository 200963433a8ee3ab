# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Which row of a source answers for each row of a spine: decided by the engine, over keys, times and row numbers alone.

The features themselves never pass through: they are taken from the source's own columns by row number, so that a value
of any type comes back as the file has it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

import numpy
import pyarrow
import pyarrow.compute

from .. import _point_in_time
from .._errors import DataError


@dataclass
class Side:
    """One source of a join.

    Attributes:
        what: how a message calls it.
        asked: for each key the column of the spine.
        keys: for each key the column of the source.
        event_time: when each row happened.
        created: when each row was created, or None.
        ttl: how long a row is valid, or None.
        hides: whether a row is not seen before it was created; else created times break ties only.
    """

    what: str
    asked: Sequence[Any]
    keys: Sequence[Any]
    event_time: Any
    created: Any = None
    ttl: Optional[datetime.timedelta] = None
    hides: bool = False


def rows(
    times: Any, sides: Sequence[Side], memory: Optional[int] = None, threads: Optional[int] = None
) -> list[Any]:
    """For each source the number of its row that answers at each time, as an Arrow array; null where none does.

    That is the row of the key that happened last, of those the one that was created last, and of those the one that
    stands last in the source.
    """
    count = len(times)
    moments = [times, *(column for side in sides for column in (side.event_time, side.created) if column is not None)]
    is_fine = any(_is_fine(column) for column in moments)
    spine: dict[str, Any] = {"t": _time(times, is_fine)}
    sources: dict[str, Any] = {}
    on: dict[str, Any] = {}
    orders: list[Any] = []
    for place, side in enumerate(sides):
        name = f"v{place}"
        order, rank = _ranks(side)
        orders.append(order)
        columns: dict[str, Any] = {"e": _time(side.event_time, is_fine), f"n{place}": rank}
        if side.hides and side.created is not None:
            columns["k"] = _time(side.created, is_fine)
        pairs = [_alike(a, b, side.what) for a, b in zip(side.asked, side.keys)]
        # What is about nothing has one key, which all rows have.
        pairs = pairs or [(_constant(count), _constant(len(side.event_time)))]
        on[name] = [f"{name}k{number}" for number in range(len(pairs))]
        for key, (asked, had) in zip(on[name], pairs):
            spine[key], columns[key] = asked, had
        sources[name] = pyarrow.table(columns)
    if not sources:
        return []
    made = _point_in_time.point_in_time(
        pyarrow.table(spine), sources, on=on, time={"spine": "t", **{name: "e" for name in sources}},
        known={name: "k" for name, side in zip(sources, sides) if "k" in sources[name].column_names},
        ttl={name: side.ttl * (1000 if is_fine else 1) for name, side in zip(sources, sides) if side.ttl},
        columns={name: [f"n{place}"] for place, name in enumerate(sources)}, memory=memory, threads=threads)
    try:
        answer = made.to_arrow()
    finally:
        made.close()
    if len(answer) != count:
        raise DataError("E-invalid-data", f"{len(answer)} rows came back for {count}")
    return [_numbers(answer[f"v{place}__n{place}"], order) for place, order in enumerate(orders)]


def _is_fine(column: Any) -> bool:
    """Whether a time of the column lies between two microseconds."""
    if column.type.unit != "ns":
        return False
    numbers = pyarrow.compute.fill_null(column.cast(pyarrow.int64()), 0).to_numpy()
    return bool((numbers % 1000 != 0).any())


def _time(column: Any, is_fine: bool) -> Any:
    """The times as the engine gets them.

    It counts microseconds, and rounds what lies between two of them so that nothing is seen early: then a row and a
    question of one such instant would not meet. As only the order of times and their distances matter here, nanoseconds
    are given as if they were microseconds.
    """
    if not is_fine:
        return column.cast(pyarrow.timestamp("us", "UTC"))
    try:
        return column.cast(pyarrow.timestamp("ns", "UTC")).cast(pyarrow.int64()).cast(pyarrow.timestamp("us", "UTC"))
    except pyarrow.ArrowException as error:
        raise DataError(
            "E-invalid-data", "some times are finer than microseconds, and others too far away to be nanoseconds",
            help="round the finer ones to microseconds") from error


def _ranks(side: Side) -> tuple[Any, Any]:
    """The rows in the order in which ties are broken, and for each row its place in it."""
    count = len(side.event_time)
    if side.created is None:
        order = numpy.arange(count)
    else:
        # What has no created time comes before all that has.
        least = numpy.iinfo(numpy.int64).min
        created = pyarrow.compute.fill_null(side.created.cast(pyarrow.int64()), least).to_numpy()
        order = numpy.argsort(created, kind="stable")
    rank: Any = numpy.empty(count, dtype=numpy.int64)
    rank[order] = numpy.arange(count)
    return order, pyarrow.array(rank)


def _numbers(ranks: Any, order: Any) -> Any:
    found = pyarrow.compute.is_valid(ranks).to_numpy()
    filled = pyarrow.compute.fill_null(ranks, 0).to_numpy()
    numbers = order[filled] if len(order) else numpy.zeros(len(filled), dtype=numpy.int64)
    return pyarrow.array(numbers, pyarrow.int64(), mask=~found)


def _constant(count: int) -> Any:
    return pyarrow.array(numpy.zeros(count, dtype=numpy.int64))


def _alike(asked: Any, key: Any, what: str) -> tuple[Any, Any]:
    """Two columns of keys with one type, where both have it without a loss."""
    asked, key = _plain(asked), _plain(key)
    for wide in (key.type, asked.type):
        if _is_key(wide):
            try:
                return _cast(asked, wide), _cast(key, wide)
            except (pyarrow.ArrowException, ValueError):
                continue
    raise DataError(
        "E-invalid-data", f"a key of {what} is {key.type} in its files, and {asked.type} among the entities",
        help="make them one type: an integer, a text, bytes, a boolean, a day or a time")


def _plain(column: Any) -> Any:
    """A column without a dictionary, and of the widest type of its kind."""
    types = pyarrow.types
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if types.is_large_string(kind) or str(kind) == "string_view":
        return column.cast(pyarrow.string())
    if types.is_large_binary(kind) or types.is_fixed_size_binary(kind) or str(kind) == "binary_view":
        return column.cast(pyarrow.binary())
    if types.is_timestamp(kind):
        zoned = column if kind.tz else pyarrow.compute.assume_timezone(column, "UTC")
        # Two moments are the same when their numbers are; finer ones than microseconds are not cut.
        return zoned.cast(pyarrow.timestamp("ns", "UTC")).cast(pyarrow.int64())
    if types.is_uint64(kind) or not types.is_integer(kind):
        return column
    return column.cast(pyarrow.int64())


def _is_key(kind: Any) -> bool:
    types = pyarrow.types
    return bool(
        types.is_int64(kind) or types.is_string(kind) or types.is_binary(kind) or types.is_boolean(kind)
        or types.is_date32(kind))


def _cast(column: Any, kind: Any) -> Any:
    if column.type == kind or pyarrow.types.is_null(column.type):
        return column.cast(kind)
    # Numbers are whole or refused; a text is never taken for a number, nor a number for a text.
    if pyarrow.types.is_int64(kind) and (
        pyarrow.types.is_floating(column.type) or pyarrow.types.is_uint64(column.type)
        or pyarrow.types.is_decimal(column.type)
    ):
        return column.cast(kind, safe=True)
    raise ValueError(f"{column.type} is no {kind}")
