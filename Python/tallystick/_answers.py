# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What calls return: the JSON that the command line prints, with names for what is asked of it most."""

from __future__ import annotations

import datetime
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Callable, Optional, Union

from . import _columns, _pulled, _rendering
from ._errors import MisuseError
from ._values import reader


_INDEX = re.compile(r"__index_level_[0-9]+__")


def _is_there(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


class Answer(Mapping[str, Any]):
    """An object of JSON as a read-only mapping; `json` is the whole."""

    def __init__(self, json: dict[str, Any]) -> None:
        self.json = json

    def __getitem__(self, name: str) -> Any:
        return self.json[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.json)

    def __len__(self) -> int:
        return len(self.json)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.json!r})"


class Check(Answer):
    """What `check` found."""

    @property
    def diagnostics(self) -> list[dict[str, Any]]:
        """Every problem with `file`, `line`, `column`, `code`, `severity`, `message` and `help`, by its place."""
        return list(self.json["diagnostics"])

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The problems that stop an apply."""
        return [found for found in self.diagnostics if found["severity"] == "error"]

    @property
    def is_clean(self) -> bool:
        """Whether there is no error, no unreadable value, and nothing that could not be checked."""
        return not self.errors and not self.json["unreadable"] and not self.json["unproven"]

    def __repr__(self) -> str:
        return _rendering.check_text(self.json)

    def _repr_html_(self) -> str:
        return _rendering.check_html(self.json)


class Plan(Answer):
    """What `apply` would change."""

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The changed definitions, in the order in which they would be applied."""
        return list(self.json["changes"])

    def __repr__(self) -> str:
        return _rendering.plan_text(self.json)

    def _repr_html_(self) -> str:
        return _rendering.plan_html(self.json)


class Applied(Answer):
    """What `apply` recorded."""

    def __repr__(self) -> str:
        return _rendering.applied_text(self.json)


class Filled(Answer):
    """What `materialize` wrote."""

    def __repr__(self) -> str:
        return _rendering.filled_text(self.json)

    def _repr_html_(self) -> str:
        return _rendering.filled_html(self.json)


class Verification(Answer):
    """What `verify` found: promises held against data."""

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Every promise with its `verdict` (kept, broken, unproven), of all tables."""
        return [finding for table in self.json["tables"] for finding in table["findings"]]

    @property
    def broken(self) -> list[dict[str, Any]]:
        """The broken promises, of any severity."""
        return [finding for finding in self.findings if finding["verdict"] == "broken"]

    @property
    def unproven(self) -> list[dict[str, Any]]:
        """The promises that could not be checked."""
        return [finding for finding in self.findings if finding["verdict"] == "unproven"]

    def __repr__(self) -> str:
        return _rendering.verification_text(self.findings)

    def _repr_html_(self) -> str:
        return _rendering.verification_html(self.findings)


class Vectors:
    """Feature vectors, column by column: lists with one element for each entity, in the order of the request.

    `json` is the whole answer.
    """

    def __init__(self, json: dict[str, Any], event_times: Optional[Callable[[], list[Any]]] = None) -> None:
        self._json, self._event_times = json, event_times
        self._columns = {column["name"]: column for column in json["columns"]}

    @property
    def json(self) -> dict[str, Any]:
        """The answer as the server and the library write it."""
        if self._event_times is not None:
            self._json["eventTimes"], self._event_times = self._event_times(), None
        return self._json

    def __reduce__(self) -> tuple[type[Vectors], tuple[dict[str, Any]]]:
        # Event times may still be to be written.
        return type(self), (self.json,)

    def __repr__(self) -> str:
        return f"Vectors({self.values!r})"

    def _repr_html_(self) -> str:
        title = _rendering.release_words(self._json["release"], self._json["time"])
        return _rendering.vectors_html(self.values, self.statuses, title)

    @property
    def names(self) -> list[str]:
        """The features in promised order."""
        return list(self._columns)

    @property
    def values(self) -> dict[str, list[Any]]:
        """The values of each feature; None where the status is not `present`, but for defaults (`broken`)."""
        return {
            name: [read(value) for value in column["values"]]
            for name, column in self._columns.items()
            for read in [reader(column["type"])]
        }

    @property
    def statuses(self) -> dict[str, list[str]]:
        """Why each value is there or missing: `present`, `notFound`, `outsideMaxAge` and others"""
        return {name: list(column["statuses"]) for name, column in self._columns.items()}

    @property
    def event_times(self) -> dict[str, list[Union[datetime.datetime, str, None]]]:
        """When each value happened, in UTC; None where no row was found or the source has no times.

        A time outside of the years 1 to 9999, which Python does not know, is its text.
        """
        read = reader("timestamp")
        rows = [[read(time) for time in row] for row in self.json["eventTimes"]]
        return {name: list(rows[column["times"]]) for name, column in self._columns.items()}

    @property
    def time(self) -> datetime.datetime:
        """The instant that all values are of, in UTC."""
        time: datetime.datetime = reader("timestamp")(self._json["time"])
        return time

    @property
    def receipt(self) -> dict[str, Any]:
        """What makes the answer repeatable: its instant, what was read, the release, a digest."""
        return dict(self._json["receipt"])

    def rows(self) -> list[dict[str, Any]]:
        """The vectors one by one, each a dictionary from feature to value."""
        values = self.values
        return [dict(zip(values, row)) for row in zip(*values.values())]

    def to_pandas(self) -> Any:
        """The values as a pandas data frame, a row for each entity; integers keep their type beside nulls, NaN is a null float.

        Raises DataError for a time outside of the years 1 to 9999, as the three below do.
        """
        return _columns.to_pandas(self.values, self._types)

    def to_polars(self) -> Any:
        """The values as a Polars data frame, a row for each entity; needs polars."""
        return _columns.to_polars(self.values, self._types)

    def to_arrow(self) -> Any:
        """The values as an Arrow table, a row for each entity; needs pyarrow."""
        return _columns.to_arrow(self.values, self._types)

    def to_numpy(self) -> dict[str, Any]:
        """The values as arrays of numpy by name; integers and truth values with nulls become floats, as numpy has none."""
        return _columns.to_numpy(self.values, self._types)

    @property
    def _types(self) -> dict[str, str]:
        return {name: column["type"] for name, column in self._columns.items()}


class TrainingSet:
    """A training set on disk: `path` is the file with the rows, `json` its manifest.

    It is no mapping: libraries for tables would take it for a dictionary of columns.
    """

    def __init__(self, json: dict[str, Any], path: Path, rows: Callable[[], Any]) -> None:
        self.json = json
        self.path = path
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> Any:
        """The rows as an Arrow C stream, for whatever speaks the Arrow PyCapsule interface.

        `pyarrow.table(made)`, `polars.DataFrame(made)`, `pandas.DataFrame.from_arrow(made)` and DuckDB's `FROM made` take it
        as it is; the file is read as they pull. Parquet only. `requested_schema` is not followed, as Arrow allows.
        """
        if self._is_text:
            raise MisuseError("E-misuse", "the training set is text", help="train to a .parquet file")
        return self._rows()

    def __repr__(self) -> str:
        return f"TrainingSet({str(self.path)!r}, {self.count} rows, {self.identity[:12]})"

    def _repr_html_(self) -> str:
        return _rendering.training_html(self.json, str(self.path))

    @property
    def count(self) -> int:
        """The number of rows."""
        return int(self.json["counts"]["rows"]["written"])

    @property
    def identity(self) -> str:
        """The SHA-256 of what the set was made of: equal sets have equal ones."""
        return str(self.json["identitySha256"])

    @property
    def unproven(self) -> list[str]:
        """Why the set may not be what it seems, a sentence each; empty when all is well."""
        return list(self.json["unproven"])

    def to_pandas(self) -> Any:
        """The rows as a pandas data frame; needs nothing but pandas."""
        import pandas

        if not self._is_text and not _is_there("pyarrow"):
            frame = _pulled.to_pandas(self._rows())
        else:
            # An open file has no folders whose names a library could take for columns.
            with self.path.open("rb") as file:
                frame = pandas.read_csv(file) if self._is_text else pandas.read_parquet(file)
        # An index without a name travels as such a column.
        unnamed = [name for name in frame.columns if _INDEX.fullmatch(str(name))]
        return frame.set_index(unnamed).rename_axis([None] * len(unnamed)) if unnamed else frame

    def to_polars(self) -> Any:
        """The rows as a Polars data frame; needs polars."""
        import polars

        with self.path.open("rb") as file:
            return polars.read_csv(file) if self._is_text else polars.read_parquet(file)

    def to_arrow(self) -> Any:
        """The rows as an Arrow table; needs pyarrow."""
        import pyarrow.csv
        import pyarrow.parquet

        with self.path.open("rb") as file:
            return pyarrow.csv.read_csv(file) if self._is_text else pyarrow.parquet.read_table(file)

    def to_numpy(self) -> dict[str, Any]:
        """The columns as numpy arrays by name; needs numpy, and pyarrow for text. Nulls make floats of integers."""
        if not self._is_text and not _is_there("pyarrow"):
            return _pulled.to_numpy(self._rows())
        table = self.to_arrow()
        return {name: table.column(name).to_numpy() for name in table.column_names}

    @property
    def _is_text(self) -> bool:
        return self.path.suffix == ".csv"
