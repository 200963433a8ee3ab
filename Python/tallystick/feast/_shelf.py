# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The rows of one feature view: a private repository, of which nobody but this module writes a file.

A write is a file of its source and a fill of its view; after a crash in between the next write takes the file in. The
files stay, so that the view can be filled anew at any time: eight of about one size become one, with the rows of them
that can still answer.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import struct
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import pyarrow
import pyarrow.compute
import pyarrow.parquet

from .._errors import EngineError, TallyError
from .._store import FeatureStore
from ._files import locked, write

_DEFINITIONS = """\
kind: Entity
name: entity
joinKeys: [{name: entity_key, type: bytes}]
---
kind: Source
name: rows
path: rows/*.parquet
eventTime: event_timestamp
# What Feast writes is known when it happened, whenever it is written.
firstSeen: declared
---
kind: FeatureView
name: rows
entities: [entity]
source: rows
features:
  # Of rows of one event time the larger bytes are last: the one that was created last, of these the one written last.
  - {name: written_order, type: bytes}
  - {name: feast_values, type: bytes}
---
kind: FeatureService
name: rows
features: [{rows: [feast_values]}]
"""
_SCHEMA = pyarrow.schema([
    ("entity_key", pyarrow.binary()), ("event_timestamp", pyarrow.timestamp("us", "UTC")),
    ("written_order", pyarrow.binary()), ("feast_values", pyarrow.binary()),
])
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_KEYS = 10_000
_FILES = 8
# The event time and the values of a row, or none.
Held = Optional[tuple[datetime.datetime, bytes]]


@dataclass
class Row:
    """A row of a view: its entity's key, its times in UTC, and its values."""

    key: bytes
    event_time: datetime.datetime
    created: Optional[datetime.datetime]
    values: bytes


class Shelf:
    """The rows of one feature view in a folder. Any number of threads and processes may use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._store: Optional[FeatureStore] = None
        self._made: Optional[tuple[int, int]] = None
        self._opening = threading.Lock()

    def make(self) -> None:
        """Makes the folder, where there is none."""
        if self._identity() is not None:
            return
        # It appears as a whole; where another process was faster, its folder is the one.
        made = self.folder.with_name(f".{self.folder.name}.{uuid.uuid4().hex}")
        (made / "definitions").mkdir(parents=True)
        try:
            (made / "tally.yaml").write_text("project: feast_online\n")
            (made / "definitions" / "rows.yaml").write_text(_DEFINITIONS)
            (made / "rows").mkdir()
            # A file without rows says what columns there are.
            write(_SCHEMA.empty_table(), made / "rows" / "none.parquet")
            with FeatureStore(made) as store:
                store.apply()
                store.materialize()
            try:
                os.rename(made, self.folder)
            except OSError:
                if self._identity() is None:
                    raise
        finally:
            if made.exists():
                shutil.rmtree(made)

    def write(self, rows: Sequence[Row]) -> None:
        """Writes rows, all of them or none."""
        with contextlib.ExitStack() as held:
            while True:
                self.make()
                # Where it was removed in between, it is made anew.
                with contextlib.suppress(FileNotFoundError):
                    held.enter_context(locked(self.folder))
                    break
            self._write(rows)

    def _write(self, rows: Sequence[Row]) -> None:
        store = self._open()
        if store is None:
            raise EngineError("E-internal", "a folder that is held is gone", subject=str(self.folder))
        first = self._number(len(rows))
        table = pyarrow.table([
            [row.key for row in rows], [row.event_time for row in rows],
            [_order(row, first + place) for place, row in enumerate(rows)], [row.values for row in rows],
        ], schema=_SCHEMA)
        self._merge()
        part = self._part(first, len(rows))
        write(table, part)
        try:
            self._fill(store, max(row.event_time for row in rows))
        except BaseException as error:
            # What was not taken in was not written; files that a crash left stay.
            part.unlink(missing_ok=True)
            if isinstance(error, TallyError) and error.code == "E-clock":
                raise EngineError(
                    error.code, error.message, subject=str(self.folder),
                    help=f"set the clock; if it is right: tally materialize -C {self.folder} --accept-clock") from error
            raise

    def _fill(self, store: FeatureStore, last: datetime.datetime) -> None:
        ahead = last > datetime.datetime.now(datetime.timezone.utc)
        # What lies ahead is taken in as well, and answers when its time comes.
        store.materialize(until=last if ahead else None, accept_future=ahead)

    def _part(self, number: int, count: int) -> Path:
        """The file of some rows: their count is in its name, so that no file is opened to know it."""
        return self.folder / "rows" / f"{number:020}-{count}.parquet"

    def _merge(self) -> None:
        """Makes one file of those of a size of which there are many, and again where that gives another one."""
        while True:
            sizes: dict[int, list[Path]] = {}
            for path in sorted((self.folder / "rows").glob("*-*.parquet")):
                count = int(path.stem.partition("-")[2])
                sizes.setdefault((count.bit_length() - 1) // 3, []).append(path)
            full = next((paths for _, paths in sorted(sizes.items()) if len(paths) >= _FILES), None)
            if full is None:
                return
            table = _answering(pyarrow.concat_tables([_read(path) for path in full]))
            # The one is there before the many go: what is there twice is the same row.
            write(table, self._part(self._number(1), len(table)))
            for path in full:
                path.unlink()

    def read(self, keys: Sequence[Optional[bytes]]) -> list[Held]:
        """For each key the event time and the values of its row, or None."""
        store, made = self._open(), self._made
        if store is None:
            return [None] * len(keys)
        try:
            return self._rows(store, keys)
        except TallyError:
            if self._identity() == made:
                raise
        # It was removed in between.
        return self.read(keys)

    def _rows(self, store: FeatureStore, keys: Sequence[Optional[bytes]]) -> list[Held]:
        found: list[Held] = []
        for start in range(0, len(keys), _KEYS):
            vectors = store.get("rows", {"entity_key": list(keys[start:start + _KEYS])})
            values, times = vectors.values["feast_values"], vectors.event_times["feast_values"]
            for value, moment in zip(values, times):
                found.append((moment, value) if value is not None and isinstance(moment, datetime.datetime) else None)
        return found

    def remove(self) -> None:
        """Removes the folder with all its rows."""
        self.close()
        gone = self.folder.with_name(f".{self.folder.name}.{uuid.uuid4().hex}")
        try:
            with locked(self.folder):
                os.rename(self.folder, gone)
        except FileNotFoundError:
            return
        shutil.rmtree(gone)

    def close(self) -> None:
        """Lets the files go; a later call opens them again."""
        with self._opening:
            store, self._store = self._store, None
            if store is not None:
                store.close()

    def _open(self) -> Optional[FeatureStore]:
        """The store, opened anew where another process has removed and made it; None where there is none."""
        made = self._identity()
        if made is None:
            return None
        with self._opening:
            if self._store is None or made != self._made:
                self._store, self._made = FeatureStore(self.folder), made
            return self._store

    def _identity(self) -> Optional[tuple[int, int]]:
        try:
            found = os.stat(self.folder / "tally.yaml")
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns

    def _number(self, count: int) -> int:
        """The number of the first of some rows: larger than all before it, in whichever process."""
        place = self.folder / "written"
        text = place.read_text() if place.exists() else ""
        # After a loss of power it may be empty; the clock is ahead of it then.
        last = int(text) if text.isdecimal() else 0
        first = max(time.time_ns(), last + 1)
        temporary = self.folder / ".written"
        temporary.write_text(str(first + count))
        os.replace(temporary, place)
        return first


def _order(row: Row, number: int) -> bytes:
    """Sixteen bytes that sort as created time, none first, and then number."""
    created = 0 if row.created is None else (row.created - _EPOCH) // datetime.timedelta(microseconds=1) + (1 << 63)
    return struct.pack(">QQ", created, number)


def _read(path: Path) -> Any:
    # An open file has no folders whose names could be taken for columns.
    with open(path, "rb") as file:
        return pyarrow.parquet.read_table(file)


def _answering(table: Any) -> Any:
    """The last row of each key, and rows that lie ahead."""
    table = table.sort_by([(name, "ascending") for name in ("entity_key", "event_timestamp", "written_order")])
    key, time = table["entity_key"].combine_chunks(), table["event_timestamp"].combine_chunks()
    now = pyarrow.scalar(datetime.datetime.now(datetime.timezone.utc), pyarrow.timestamp("us", "UTC"))
    ahead = pyarrow.compute.greater(time, now)
    # A row is the last one where the next is of another key, or lies ahead.
    last = pyarrow.compute.or_(pyarrow.compute.not_equal(key[1:], key[:-1]), ahead[1:])
    return table.filter(pyarrow.concat_arrays([last, pyarrow.array([True])]))
