# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Tables as the engine reads them: files stay where they are, frames are written batch by batch to a private folder."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any

from ._arrow import Incoming
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

