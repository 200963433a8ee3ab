# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Tables as the engine reads them: files stay where they are, frames are written batch by batch to a private folder."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Callable, Optional, Union

from . import _pulled
from ._arrow import Incoming
from ._errors import DataError, DefinitionError, MisuseError
from ._library import Library


class PrivateFolder:
    """A folder that only this user reads; removed with the last reference, and by nobody but the process that made it."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="tallystick-"))
        self._remove = weakref.finalize(self, _removed, str(self.path), os.getpid())

    def close(self) -> None:
        """Removes the folder now."""
        self._remove()


def _removed(path: str, owner: int) -> None:
    # A forked child has the reference too, and the folder is not its own.
    if os.getpid() == owner:
        shutil.rmtree(path, ignore_errors=True)


def is_path(table: object) -> bool:
    """Whether a table is named by a path."""
    return isinstance(table, (str, os.PathLike))


def file_of(
    table: Any, what: str, library: Library, store: int, folder: Path, name: str
) -> Path:
    """The file of a table: itself where it is a path, else a new Parquet file with the rows of a frame."""
    if is_path(table):
        return Path(os.path.abspath(table))
    path = folder / f"{name}.parquet"
    library.put(store, str(path), Incoming(table, what))
    return path



def told(
    error: Union[DataError, DefinitionError, MisuseError], framed: Mapping[str, str], times: Sequence[tuple[str, str]],
    rows: Callable[[str], Any],
) -> Exception:
    """An error about files in the words of the frames that they were made of.

    Args:
        framed: what a frame is called, by the path of its file.
        times: the paths of tables, each with the column that should hold its times.
        rows: what opens a file as a stream.
    """
    for path, column in times:
        if path in framed:
            wrong = _wrong_time(framed[path], column, _pulled.formats(rows(path)))
            if wrong is not None:
                return wrong

    def plain(text: Optional[str]) -> Optional[str]:
        for path, what in framed.items():
            text = text.replace(path, what) if text else text
        return text

    return type(error)(
        error.code, plain(error.message) or "", plain(error.subject), tuple(plain(line) or "" for line in error.details),
        plain(error.help))


def _wrong_time(what: str, column: str, formats: Mapping[str, bytes]) -> Optional[MisuseError]:
    times = [name for name, format in formats.items() if format.startswith(b"ts") or format == b"tdD"]
    if column in times:
        return None
    if column not in formats:
        near = difflib.get_close_matches(column, formats, 1)
        help = f"its columns with times are {', '.join(times)}" if times else f"its columns are {', '.join(formats)}"
        return MisuseError(
            "E-misuse", f"{what}: there is no column '{column}' with its time",
            help=f"did you mean '{near[0]}'?" if near else help)
    is_text = formats[column] in (b"u", b"U")
    unit = "" if is_text else 'unit="s", '
    return MisuseError(
        "E-misuse", f"{what}: its time '{column}' is {'text' if is_text else 'no time'}",
        help=f"make it one first, such as with pandas.to_datetime(..., {unit}utc=True); nothing is cast silently")
