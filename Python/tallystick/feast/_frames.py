# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Spines, training sets and source rows as columns of Python's values; needs pyarrow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional

from .._errors import DataError, MisuseError, NotFoundError
from ._causes import Row

ROW = "tally_row"


def arrow() -> Any:
    """pyarrow, with what is used of it."""
    try:
        import pyarrow
        import pyarrow.compute
        import pyarrow.csv
        import pyarrow.dataset
        import pyarrow.parquet
    except ImportError:
        raise NotFoundError("E-not-found", "an audit needs pyarrow", help="pip install pyarrow") from None
    return pyarrow


def spine(path: Path, time_column: Optional[str]) -> tuple[Any, str]:
    """The spine as a table with the numbers of its rows, and its time column; times are UTC, to the nanosecond."""
    pa = arrow()
    if not path.is_file():
        raise NotFoundError("E-not-found", "there is no such spine", subject=str(path))
    try:
        table = pa.csv.read_csv(path) if path.suffix.lower() == ".csv" else pa.parquet.read_table(path)
    except pa.ArrowInvalid as error:
        raise DataError(
            "E-invalid-data", str(error).splitlines()[0], subject=str(path), help="a spine is Parquet or CSV") from None
    times = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
    name = time_column or (
        "event_timestamp" if "event_timestamp" in table.column_names else times[0] if len(times) == 1 else "")
    if name not in table.column_names:
        raise MisuseError(
            "E-misuse", "the spine has no time column" if not name else f"the spine has no column '{name}'",
            subject=str(path),
            help="a spine has a column event_timestamp, or one that --time-column names")
    if ROW in table.column_names:
        raise MisuseError("E-misuse", f"the spine has a column '{ROW}', which the audit needs", subject=str(path))
    table = table.set_column(table.column_names.index(name), name, _utc(table[name], name, path))
    return table.append_column(ROW, pa.array(range(len(table)), pa.int64())), name


def _utc(column: Any, name: str, path: Path) -> Any:
    pa = arrow()
    kind = column.type
    try:
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_date(kind):
            column = column.cast(pa.timestamp("us"))
            kind = column.type
        if pa.types.is_timestamp(kind) and kind.tz is None:
            column = pa.compute.assume_timezone(column, "UTC")
        return column.cast(pa.timestamp("ns", "UTC"))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(
            "E-invalid-data", f"the column '{name}' holds no times: {str(error).splitlines()[0]}",
            subject=str(path)) from None


def values(column: Any) -> list[Any]:
    """A column as Python's values; times are UTC, in microseconds, as values of features are here."""
    pa = arrow()
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_timestamp(kind):
        column = column if kind.tz else pa.compute.assume_timezone(column, "UTC")
        return list(column.cast(pa.timestamp("us", "UTC"), safe=False).to_pylist())
    return list(column.to_pylist())


def times(column: Any) -> list[Optional[int]]:
    """A column of times or days, as nanoseconds since 1970."""
    pa = arrow()
    if not pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("s"))
    # Seconds and milliseconds beyond the years of nanoseconds are told as none of ours can be.
    return list(column.cast(pa.timestamp("ns", column.type.tz), safe=False).cast(pa.int64()).to_pylist())


def rows(
    path: str, keys: Sequence[str], features: Sequence[str], event_time: str, created: Optional[str],
    wanted: Optional[Collection[tuple[Any, ...]]],
) -> Mapping[tuple[Any, ...], list[Row]]:
    """The rows of a source with some keys, or with all, by key; files by name, rows by number."""
    pa = arrow()
    found: dict[tuple[Any, ...], list[Row]] = {}
    columns = list(dict.fromkeys([*keys, *features, event_time, *([created] if created else [])]))
    chosen = None if wanted is None else set(wanted)
    dataset = pa.dataset.dataset(path, format="parquet")
    for fragment in sorted(dataset.get_fragments(), key=lambda part: str(part.path)):
        table = fragment.to_table(columns=columns, schema=dataset.schema)
        numbers: Any = range(len(table))
        if chosen is not None and keys:
            first = pa.array([key[0] for key in chosen]).cast(table[keys[0]].type, safe=False)
            hits = pa.compute.indices_nonzero(pa.compute.is_in(table[keys[0]].combine_chunks(), value_set=first))
            table, numbers = table.take(hits), hits.to_pylist()
        parts = zip(
            numbers, zip(*(values(table[key]) for key in keys)), times(table[event_time]),
            times(table[created]) if created else [None] * len(table),
            zip(*(values(table[feature]) for feature in features)))
        name = Path(str(fragment.path)).name
        for number, key, event, when, cells in parts:
            if chosen is None or key in chosen:
                found.setdefault(key, []).append(Row(name, number, key, event, when, cells))
    return found
