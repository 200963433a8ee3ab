# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Which columns of a training set know the future."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Optional, Union

from . import _pulled
from ._answers import Answer
from ._errors import MisuseError
from ._point_in_time import Call, Keys, Length, names_of

_NOTHING = "no column was compared: none is called as in a source; say where they come from, columns={'here': 'weather.temp'}"
_WORDS = {"leak": "LEAK", "unproven": "UNPROVEN", "clean": "clean"}


def find_leaks(
    training: Any, sources: Mapping[str, Any], *, on: Union[Keys, Mapping[str, Keys]],
    time: Union[str, Mapping[str, Optional[str]]] = "event_timestamp", label: Optional[str] = None,
    known: Union[None, Length, Mapping[str, Optional[Length]]] = None,
    ttl: Union[None, Length, Mapping[str, Optional[Length]]] = None, columns: Optional[Mapping[str, str]] = None,
    ignore: Sequence[str] = (), time_zone: Union[None, str, Mapping[str, str]] = None, samples: int = 3,
    memory: Optional[int] = None, threads: Optional[int] = None,
) -> Leaks:
    """Says which columns of any training set know the future, in which rows, and by how many hours.

    Each cell is held against the value that its source had at the row's time. One that is another value, and stands only in a
    row of its key that became known later, knows the future. A value that did not change is no leak.

    ```python
    found = ts.find_leaks(train, {"weather": weather}, on="origin", time={"spine": "departs", "weather": "observed_at"},
                          label="delayed")
    found.verdict             # "leak", "unproven" or "clean"
    found                     # a table of columns, reasons and example rows
    found.corrected.to_pandas()   # the training set as it should have been
    ```

    Args:
        training: the training set, however it was made, with its keys and the time of each row; a frame or a path.
        sources, on, time, known, ttl, time_zone, memory, threads: as in `point_in_time`, the training set being the spine.
        label: the column with the label: it may lie ahead, and no other column may be the label in other words.
        columns: where columns came from, as `{"temp_at_departure": "weather.temp"}`; found by name where it is exactly the
            source's (`temp`), or the source's with its table before it (`weather__temp`).
        ignore: columns that come from none of the sources, such as request inputs; all others that were not compared leave
            the verdict unproven.
        samples: rows that are shown of each column, at most 1,000.

    Raises:
        MisuseError: a column or a name that is not there, a table that is none.
        DataError: keys of different types, a time that is none, a producer that fails.
    """
    call = Call(memory, threads)
    names = names_of(sources)
    request = call.request(training, "training", sources, names, on, time, known, ttl, None, time_zone)
    output = call.folder.path / "corrected.parquet"
    answer = call.run(
        "leaks", **request, label=label, columns=[_origin(column, given) for column, given in (columns or {}).items()],
        samples=samples, output=str(output), **{"except": [ignore] if isinstance(ignore, str) else list(ignore)})
    return Leaks(answer, output, call)


def _origin(column: str, given: object) -> dict[str, str]:
    source, point, origin = given.partition(".") if isinstance(given, str) else ("", "", "")
    if not source or not origin:
        raise MisuseError("E-misuse", f"{given!r} is no column of a source", help='write {"temp_then": "weather.temp"}')
    return {"column": column, "source": source, "origin": origin}


class Leaks(Answer):
    """What was found; as a mapping it is what `tally leaks --format json` prints."""

    def __init__(self, json: dict[str, Any], path: Path, call: Call) -> None:
        super().__init__(json)
        self._path = path
        self._call = call

    @property
    def verdict(self) -> str:
        """`leak` if a column knows the future, `unproven` if one could not be judged, else `clean`."""
        return str(self.json["verdict"])

    @property
    def columns(self) -> dict[str, dict[str, Any]]:
        """The columns that were compared: `verdict`, `reason`, `counts`, `hoursAhead` and `examples` of each."""
        return {column["column"]: column for column in self.json["columns"]}

    @property
    def leaking(self) -> list[str]:
        """The columns that know the future, those that are the label in other words among them."""
        found = [column["column"] for column in self.json["columns"] if column["verdict"] == "leak"]
        return found + [one["column"] for one in self.json["likeLabel"] if one["column"] not in found]

    @property
    def unproven(self) -> dict[str, str]:
        """The columns that could not be judged, and why."""
        found = {one["column"]: one["reason"] for one in self.json["columns"] if one["verdict"] == "unproven"}
        return {**found, **{one["column"]: one["reason"] for one in self.json["notCompared"]}}

    @property
    def corrected(self) -> Corrected:
        """The training set as it should have been: every compared column with the values that were known."""
        if not self._path.exists():
            raise MisuseError("E-misuse", "no column was compared, so there is nothing to correct")
        return Corrected(self._path, self._call)

    def expect_none(self) -> None:
        """Raises AssertionError with the table when a column knows the future; for tests and pipelines."""
        if self.verdict == "leak":
            raise AssertionError(str(self))

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        lines = []
        for column in self.json["columns"]:
            lines.append(f"{_WORDS[column['verdict']]:<8}  {column['column']}: {column['reason']}{_ahead(column)}")
            lines += [f"          {_example(one)}" for one in column["examples"]]
        lines += [f"LEAK      {one['column']}: {one['reason']}" for one in self.json["likeLabel"]]
        lines += [f"UNPROVEN  {one['column']}: not compared, {one['reason']}" for one in self.json["notCompared"]]
        return "\n".join([f"{self.verdict} ({self.json['rows']:,} rows)", *(lines or [_NOTHING])])

    def _repr_html_(self) -> str:
        from html import escape

        rows = []
        for column in self.json["columns"]:
            examples = "".join(f"<div><small>{escape(_example(one))}</small></div>" for one in column["examples"])
            rows.append((column["verdict"], column["column"], column["reason"] + _ahead(column), examples))
        rows += [("leak", one["column"], one["reason"], "") for one in self.json["likeLabel"]]
        rows += [("unproven", one["column"], "not compared: " + one["reason"], "") for one in self.json["notCompared"]]
        rows = rows or [("unproven", "", _NOTHING, "")]
        colors = {"leak": "#b00020", "unproven": "#8a6d00", "clean": "#1b6e2c"}
        body = "".join(
            f'<tr><td style="color:{colors[verdict]}"><b>{verdict}</b></td><td style="text-align:left">{escape(name)}</td>'
            f'<td style="text-align:left">{escape(reason)}{examples}</td></tr>'
            for verdict, name, reason, examples in rows)
        head = f"<tr><th></th><th>column</th><th>{escape(self.verdict)}</th></tr>"
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


class Corrected:
    """A training set with lawful values: `path` is its file, which goes with this object."""

    def __init__(self, path: Path, call: Call) -> None:
        self.path = path
        self._call = call

    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> Any:
        """The rows as an Arrow C stream."""
        return self._call.rows(self.path)

    def to_pandas(self) -> Any:
        """The rows as a pandas data frame; needs nothing but pandas."""
        return _pulled.to_pandas(self.__arrow_c_stream__())

    def to_polars(self) -> Any:
        """The rows as a Polars data frame; needs polars."""
        import polars

        return polars.read_parquet(self.path)

    def to_arrow(self) -> Any:
        """The rows as an Arrow table; needs pyarrow."""
        import pyarrow.parquet

        return pyarrow.parquet.read_table(self.path)


def _hours(hours: float) -> str:
    if hours * 60 < 1:
        return f"{hours * 3600:.3g} s"
    return f"{hours * 60:.0f} min" if hours < 1 else f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} d"


def _ahead(column: Mapping[str, Any]) -> str:
    ahead = column["hoursAhead"]
    if ahead is None:
        return ""
    if ahead["least"] == ahead["most"]:
        return f", by {_hours(ahead['least'])}"
    return f", by {_hours(ahead['least'])} to {_hours(ahead['most'])} (median {_hours(ahead['median'])})"


def _example(one: Mapping[str, Any]) -> str:
    keys = ", ".join(f"{name} {value}" for name, value in one["keys"].items())
    gap = _instant(one["known"]) - _instant(one["time"])
    return (
        f"row {one['row']}, {keys}, {one['time']}: {one['found']} instead of "
        f"{'nothing' if one['lawful'] is None else one['lawful']}; known {one['known']}, "
        f"{_hours(gap.total_seconds() / 3600)} later")


def _instant(text: str) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return datetime.datetime.max.replace(tzinfo=datetime.timezone.utc)
