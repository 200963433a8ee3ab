# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Frames of any library into a Parquet file, with whichever library is there."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ._errors import MisuseError


def write(data: Any, path: Path) -> None:
    """Writes a frame: whatever gives an Arrow stream (pandas, polars, pyarrow, DuckDB), or a mapping from names to lists.

    The index of a pandas frame is a column if it has a name, and left out else. Needs pyarrow or polars.
    """
    if not isinstance(data, Mapping) and not hasattr(data, "__arrow_c_stream__"):
        raise MisuseError(
            "E-misuse", f"a {type(data).__name__} is no table",
            help="give a frame that speaks Arrow, a dict of lists, or the path of a Parquet or CSV file")
    if type(data).__module__.partition(".")[0] == "pandas":
        framed: Any = data
        is_named = any(name is not None for name in framed.index.names)
        data = framed.reset_index(drop=not is_named)
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        pass
    else:
        table = arrow.table(dict(data) if isinstance(data, Mapping) else data)
        parquet.write_table(table, path)
        return
    try:
        polars = importlib.import_module("polars")
    except ImportError:
        raise MisuseError(
            "E-misuse", "a frame needs pyarrow or polars to be written down",
            help="install one of them, or write the frame to a file and give its path") from None
    polars.DataFrame(dict(data) if isinstance(data, Mapping) else data).write_parquet(path)
