# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Point-in-time joins of frames that have no definitions."""

from __future__ import annotations

import datetime
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Optional, Union

from ._answers import TrainingSet
from ._errors import DataError, DefinitionError, MisuseError
from ._frames import PrivateFolder, file_of, is_path, told
from ._library import Library, library

Keys = Union[str, Sequence[str], Mapping[str, str]]
Length = Union[str, datetime.timedelta]
Name = Union[str, "os.PathLike[str]"]
SPINE = "spine"


def point_in_time(
    spine: Any, sources: Mapping[str, Any], *, on: Union[Keys, Mapping[str, Keys]],
    time: Union[str, Mapping[str, Optional[str]]] = "event_timestamp",
    known: Union[None, Length, Mapping[str, Optional[Length]]] = None,
    ttl: Union[None, Length, Mapping[str, Optional[Length]]] = None,
    columns: Optional[Mapping[str, Sequence[str]]] = None, time_zone: Union[None, str, Mapping[str, str]] = None,
    known_times: Literal["respect", "ignore"] = "respect", memory: Optional[int] = None, threads: Optional[int] = None,
) -> PointInTime:
    """Gives each row of a spine the values of other tables as they were known at the row's time; needs no repository.

    ```python
    made = ts.point_in_time(flights, {"weather": weather}, on="origin", time={"spine": "departs", "weather": "observed_at"},
                            known="20m", ttl="3h")
    made.to_pandas()          # the columns of flights, then weather__temp, weather__wind, …
    made.counts["weather"]    # {'found': 9801, 'not_found': 12, 'too_old': 187, 'tied': 0, …}
    ```

    A value is that of the row of its key that happened last, among those known at the row's time: the same law, by the same
    code, as `FeatureStore.train`. Every row of the spine comes back once and in order.

    Args:
        spine: one row for each prediction, with its keys and its time. A table here is anything that speaks the Arrow
            PyCapsule interface (pandas, polars, pyarrow, a DuckDB relation), a dictionary of lists, a list of
            dictionaries, or the path of a Parquet or CSV file.
        sources: tables by name; the name is a lower-case word and stands before the columns, as in `weather__temp`.
        on: the columns to join on: one name or several, or a dictionary from the spine's name to the source's; or a
            dictionary from source to one of these. Nothing is cast.
        time: the column with the time, of the spine and of sources; or a dictionary with the spine's under `"spine"` and those
            of sources under their names. None for a source whose rows have no time: they are always visible. Times
            without a zone are UTC.
        known: when a row could first be used: a column with that time (often called created or loaded), or how long after
            the event (`"20m"`, a timedelta); for all sources, or by source. At the event when left out.
        ttl: how long a row stays valid after its event, the edge included; for all sources, or by source. For ever when left
            out.
        columns: by source the columns that are wanted; all that can be features when left out.
        time_zone: the zone of times without one in sources, such as `"Europe/Berlin"`; for all, or by source.
        known_times: `"ignore"` shows what a join by event time alone would have leaked, and counts it.
        memory: bytes that the call may take, at least 256,000,000; 4 GiB when left out.
        threads: threads of the engine; one a core when left out.

    Raises:
        MisuseError: a column or a name that is not there, a table that is none.
        DataError: keys of different types, a time that is none, a producer that fails.
    """
    call = Call(memory, threads)
    names = names_of(sources)
    request = call.request(spine, SPINE, sources, names, on, time, known, ttl, columns, time_zone)
    output = call.folder.path / "training.parquet"
    answer = call.run("join", **request, known=known_times, output=str(output))
    return PointInTime(answer, output, call)


class Call:
    """A call without a repository: a private folder, and the store in it."""

    def __init__(self, memory: Optional[int], threads: Optional[int]) -> None:
        self._handle = 0
        self._framed: dict[str, str] = {}
        self.library: Library = library()
        self.folder = PrivateFolder()
        (self.folder.path / "data").mkdir()
        options = {"memory": memory, "threads": threads, "help": "python", "repository": "none"}
        self._handle = self.library.open(str(self.folder.path), options)

    def __del__(self) -> None:
        if self._handle:
            self.library.free(self._handle)

    def run(self, verb: str, **request: Any) -> Any:
        """Runs a verb; Ctrl-C stops it."""
        try:
            return self.library.call_interruptibly(self._handle, verb, request)
        except (DataError, DefinitionError, MisuseError) as error:
            times = [(request["spine"], request["time"])]
            times += [(table["path"], table["eventTime"]) for table in request["sources"] if table.get("eventTime")]
            raise told(error, self._framed, times, self.rows) from None

    def rows(self, path: Name) -> Any:
        """The rows of a file as a PyCapsule."""
        return self.library.rows(self._handle, str(path))

    def file(self, table: Any, what: str, name: str) -> Path:
        """The file of a table."""
        path = file_of(table, what, self.library, self._handle, self.folder.path / "data", name)
        if not is_path(table):
            self._framed[str(path)] = what
        return path

    def request(
        self, spine: Any, spine_name: str, sources: Mapping[str, Any], names: Sequence[str], on: Any, time: Any, known: Any,
        ttl: Any, columns: Optional[Mapping[str, Sequence[str]]], time_zone: Any,
    ) -> dict[str, Any]:
        """The members that describe a join; frames are written to files."""
        times = _times(time, names)
        for what, given in (("known", known), ("ttl", ttl), ("columns", columns), ("time_zone", time_zone)):
            if isinstance(given, Mapping):
                _expect_sources(what, given, names)
        tables = []
        for name in names:
            table: dict[str, Any] = {
                "name": name, "keys": _keys(on, name, names), "path": str(self.file(sources[name], f"source '{name}'", name)),
            }
            if name in times:
                event = times[name]
                table["timeless" if event is None else "eventTime"] = True if event is None else event
            wait = _of(known, name)
            if wait is not None:
                length = _length(wait)
                table["knownTime" if length is None else "knownAfter"] = wait if length is None else length
            life = _of(ttl, name)
            if life is not None:
                table["timeToLive"] = _length(life) or life
            if columns is not None and name in columns:
                table["columns"] = list(columns[name])
            zone = _of(time_zone, name)
            if zone is not None:
                table["timeZone"] = zone
            tables.append(table)
        what = "the spine" if spine_name == SPINE else "the training set"
        return {"spine": str(self.file(spine, what, spine_name)), "time": times[SPINE], "sources": tables}


class PointInTime(TrainingSet):
    """Rows of a spine with what was known at their times; `json` is the manifest.

    The rows lie in a private folder, which goes with this object: `save` keeps them.
    """

    def __init__(self, answer: dict[str, Any], path: Path, call: Call) -> None:
        super().__init__(answer["manifest"], path, lambda: call.rows(path))
        self._call = call
        self._definitions = str(answer["definitions"])
        self.features: list[dict[str, str]] = answer["features"]
        """The columns that were joined: `source`, `column`, `feature` and `type` of each, in order."""
        self.left_out: list[dict[str, str]] = answer["leftOut"]
        """The columns of sources that were not joined: `source`, `column` and `reason`."""

    def __repr__(self) -> str:
        found = ", ".join(f"{name}: {counts['found']} found" for name, counts in self.counts.items())
        return f"PointInTime({self.count} rows, {found})"

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """What became of the rows of the spine, by source.

        `found`, `not_found` (no row of the key was known), `too_old` (only the time to live hid one), `tied` (rows of one
        instant, of which the larger bytes were taken), `null_keys`, and `leaked` (with `known_times="ignore"`).
        """
        return {
            view["name"]: {
                "found": view["matched"], "not_found": view["notFound"], "too_old": view["outsideMaxAge"],
                "tied": view["tied"], "null_keys": view["nullKeys"], "leaked": view["leaked"],
            }
            for view in self.json["counts"]["views"]
        }

    @property
    def warnings(self) -> list[str]:
        """Things worth saying that stopped nothing, such as times without a zone that were read as UTC."""
        return list(self.json["warnings"])

    @property
    def renamed(self) -> dict[str, str]:
        """The columns whose feature has another name, with it, such as `weather.Temp C` with `weather__temp_c`."""
        return {
            f"{one['source']}.{one['column']}": f"{one['source']}__{one['feature']}"
            for one in self.features if one["column"] != one["feature"]
        }

    def definitions(self) -> str:
        """The definitions that were made of the tables, as YAML: entities, sources, views and a service."""
        return self._definitions

    def save(self, folder: Union[str, "os.PathLike[str]"]) -> Path:
        """Writes a feature repository: these definitions, and the tables that came as frames as `data/NAME.parquet`.

        The folder must not be there, or be empty. `tallystick.open(folder)` opens it; its service is called `frames`.
        """
        home = Path(folder)
        if home.exists() and any(home.iterdir()):
            raise MisuseError("E-misuse", "the folder is not empty", subject=str(home), help="name a new folder")
        (home / "definitions").mkdir(parents=True)
        (home / "data").mkdir()
        root = self._call.folder.path
        for name in ["tally.yaml", *(str(path.relative_to(root)) for path in (root / "data").glob("*.parquet"))]:
            if name == "tally.yaml" or name in self._definitions or Path(name).stem == SPINE:
                shutil.copyfile(root / name, home / name)
        (home / "definitions" / "frames.yaml").write_text(self._definitions)
        return home

    def close(self) -> None:
        """Removes the rows now."""
        self._call.folder.close()


def names_of(sources: object) -> list[str]:
    """The names of sources; MisuseError for what is none."""
    if not isinstance(sources, Mapping) or not sources:
        raise MisuseError(
            "E-misuse", "sources are no dictionary of tables by name", help='write {"weather": weather}')
    for name in sources:
        if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name == SPINE:
            raise MisuseError(
                "E-misuse", f"{name!r} is no name of a source",
                help="a lower-case letter, then lower-case letters, digits and '_'; 'spine' is the spine's")
    return list(sources)


def _expect_sources(what: str, given: Mapping[str, Any], names: Sequence[str], *more: str) -> None:
    for name in given:
        if name not in names and name not in more:
            raise MisuseError(
                "E-misuse", f"'{name}' in '{what}' is no source", help=f"the sources are {', '.join(names)}")


def _times(time: Any, names: Sequence[str]) -> dict[str, Optional[str]]:
    if isinstance(time, str):
        return {SPINE: time}
    if not isinstance(time, Mapping):
        raise MisuseError("E-misuse", "'time' is no name of a column", help='write "at", or {"spine": "at", "weather": "seen"}')
    _expect_sources("time", time, names, SPINE)
    return {SPINE: "event_timestamp", **time}


def _of(given: Any, name: str) -> Any:
    return given.get(name) if isinstance(given, Mapping) else given


def _length(given: Any) -> Optional[str]:
    """A length of time as definitions write it; None for what is the name of a column."""
    if isinstance(given, datetime.timedelta):
        microseconds = given // datetime.timedelta(microseconds=1)
        for unit, size in (("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1000)):
            if microseconds % size == 0 and microseconds:
                return f"{microseconds // size}{unit}"
        return f"{microseconds}us"
    if not isinstance(given, str):
        raise MisuseError("E-misuse", f"{given!r} is no length of time", help='write "20m", or a datetime.timedelta')
    if re.fullmatch(r"[0-9]+(d|h|m|s|ms|us)", given):
        return given
    if re.fullmatch(r"[0-9.]+ *[A-Za-z]+", given):
        raise MisuseError(
            "E-misuse", f"'{given}' is no length of time", help="write whole numbers of d, h, m, s, ms or us, such as 20m")
    return None


def _keys(on: Any, name: str, names: Sequence[str]) -> list[dict[str, str]]:
    # A dictionary whose names are all sources says it by source; else it leads from the spine's names to the source's.
    if isinstance(on, Mapping) and on and all(key in names for key in on):
        if name not in on:
            raise MisuseError("E-misuse", f"'on' says nothing of source '{name}'", help="name its keys too")
        on = on[name]
    if isinstance(on, str):
        return [{"spine": on}]
    if isinstance(on, Mapping):
        pairs = [{"spine": left, "source": right} for left, right in on.items()]
    elif isinstance(on, Sequence):
        pairs = [{"spine": one} for one in on]
    else:
        pairs = []
    if not pairs or not all(isinstance(text, str) for pair in pairs for text in pair.values()):
        raise MisuseError(
            "E-misuse", f"the keys of source '{name}' are no names of columns",
            help='write on="origin", on=["origin", "carrier"], or on={"origin": "airport"}')
    return pairs

