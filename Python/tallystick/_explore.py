# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""From a table to definitions that can be corrected and saved."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, Union

from . import _tables, _program
from ._contract import Contract
from ._definitions import Entity, Feature, FeatureView, Project, Source
from ._display import table, titled
from ._errors import ConflictError, MisuseError, NotFoundError
from ._frames import PrivateFolder
from ._saving import Definition, save

_KEY_TYPES = ("string", "int64", "int32", "date", "timestamp", "bool")
_LOGICAL = {
    "string": "string", "boolean": "bool", "integer": "int64", "number": "float64", "timestamp": "timestamp", "date": "date",
}
# What the engine calls columns of Parquet files, where that says more.
_PHYSICAL = {
    "BOOLEAN": "bool", "TINYINT": "int32", "SMALLINT": "int32", "INTEGER": "int32", "UTINYINT": "int32", "USMALLINT": "int32",
    "UINTEGER": "int64", "BIGINT": "int64", "FLOAT": "float32", "DOUBLE": "float64", "VARCHAR": "string", "BLOB": "bytes",
    "DATE": "date",
}
_LIST = re.compile(r"(.+)\[\d*\]\Z")
_KEYLIKE = re.compile(r"(id|key|code|uuid)\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Evidence:
    """What was seen, and what was made of it: `proposed`, `widened`, `dropped`, `notProposed` or `chosen`."""

    column: Optional[str]
    check: str
    outcome: str
    text: str


class Exploration:
    """What a table could be in a repository: definitions to correct and save, and what speaks for them.

    Attributes:
        entity, source, view, contract: the proposals, which refer to each other by name; set another one to change what is
            saved, such as one that `dataclasses.replace` made.
        evidence: why, column by column.
    """

    def __init__(
        self, entity: Entity, source: Source, view: FeatureView, contract: Contract, evidence: Sequence[Evidence],
        file: Optional[Path] = None,
    ) -> None:
        self.entity = entity
        self.source = source
        self.view = view
        self.contract = contract
        self.evidence = list(evidence)
        self._file = file

    @property
    def definitions(self) -> list[Definition]:
        """What would be saved."""
        return [self.entity, self.contract, self.source, self.view]

    def save(
        self, folder: Union[str, os.PathLike[str]], *, project: Optional[str] = None, force: bool = False
    ) -> list[Path]:
        """Writes the proposals into a repository, and the table itself where a frame was explored.

        Args:
            folder: the repository.
            project: the name of a new one, which gets a `tally.yaml`.
            force: replace files that a save did not write.

        Raises:
            ConflictError: a file is there that no save wrote, or a table under the name of the data.
        """
        root = Path(os.path.abspath(folder))
        source = self.source
        path = Path(source.path or "")
        if self._file is not None and source.path is not None:
            _copy(self._file, root / path, force)
        elif path.is_absolute() and path.is_relative_to(root):
            source = dataclasses.replace(source, path=path.relative_to(root).as_posix())
        projects: list[Definition] = [Project(project)] if project else []
        return save([*projects, self.entity, self.contract, source, self.view], root, force=force)

    def __repr__(self) -> str:
        # A line for each piece of evidence, its text last.
        rows = [(item.column or "-", item.check, item.outcome) for item in self.evidence]
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = [
            "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), item.text])
            for row, item in zip(rows, self.evidence)
        ]
        texts = [definition.yaml() for definition in (self.entity, self.source, self.view)]
        return "\n".join([*lines, "", "---\n".join(texts)])

    def _repr_html_(self) -> str:
        rows = [[item.column or "", item.check, item.outcome, item.text] for item in self.evidence]
        texts = "---\n".join(definition.yaml() for definition in (self.entity, self.source, self.view))
        return titled(f"Proposed for {self.view.name}", table(["column", "rule", "outcome", "evidence"], rows), code=texts)


def explore(
    data: Any, *, keys: Union[str, Sequence[str], None] = None, event_time: Optional[str] = None,
    name: Optional[str] = None, owner: Optional[str] = None,
) -> Exploration:
    """Proposes entity, source, view and contract for a table: types, keys, shares of nulls, ranges, lists of values, freshness.

    Rules are learned from the earlier rows and tried on the latest; each comes with what it rests on. Data show what was, and a
    contract says what shall be: read the proposal before you save it. The same is proposed as by `tally contract import`,
    which it runs.

    ```python
    found = ts.explore(weather, keys="origin", event_time="observed_at", owner="ops-data")
    found                                           # what was seen, and why
    found.save("shop", project="shop")
    ```

    Args:
        data: a frame that speaks Arrow (pandas, polars, pyarrow, DuckDB), a dict of lists, or the path or glob of Parquet, CSV
            or JSON files. A frame is written to a file.
        keys: the columns by which rows are found; what tells rows apart, but for the event time, when left out.
        event_time: the column that says when a row happened; the only timestamp when left out.
        name: of source, view and contract; the file's name when left out, `data` for frames.
        owner: of all of them.

    Raises:
        MisuseError: the data are no table, a named column is not there, or nothing could be a key.
        NotFoundError: there is no such file, or no program `tally`.
    """
    if isinstance(data, (str, os.PathLike)):
        return _explore(os.fsdecode(data), None, keys, event_time, name, owner)
    folder = PrivateFolder()
    file = folder.path / f"{_as_name(name or 'data')}.parquet"
    try:
        _tables.write(data, file)
        found = _explore(str(file), file, keys, event_time, name or "data", owner)
    except BaseException:
        folder.close()
        raise
    weakref.finalize(found, folder.close)
    return found


def _explore(
    path: str, file: Optional[Path], keys: Union[str, Sequence[str], None], event_time: Optional[str], name: Optional[str],
    owner: Optional[str],
) -> Exploration:
    document, evidence = _propose(os.path.abspath(path), name, event_time)
    name = _as_name(str(document["id"]))
    table = document["schema"][0]
    columns = {column["name"]: _type(column) for column in table["properties"]}
    notes = [Evidence(
        column, "type", "notProposed", "its type has no counterpart: cast it in a `query:`"
    ) for column, kind in columns.items() if kind is None]
    time = _event_time(table, columns, event_time, notes)
    chosen = _keys(table, columns, keys, time, notes)
    entity = Entity(
        _as_name(re.sub(r"_?(id|key|uuid)\Z", "", "_".join(chosen), flags=re.IGNORECASE), "row"),
        join_keys={key: columns[key] or "string" for key in chosen}, owner=owner)
    contract = Contract(
        name, version=document["version"], status=document["status"], owner=owner,
        purpose=document.get("description", {}).get("purpose"), tables=[{**table, "name": name}],
        service_levels=[_renamed(level, table["name"], name) for level in document.get("slaProperties", [])])
    source = Source(
        name, path=f"data/{name}.parquet" if file else os.path.abspath(path), event_time=time, contract=contract.file,
        owner=owner)
    view = FeatureView(
        name, entities=[entity.name], source=name, owner=owner,
        features=_features({c: kind for c, kind in columns.items() if kind and c not in chosen and c != time}, notes))
    return Exploration(entity, source, view, contract, [*evidence, *notes], file)


def _propose(path: str, name: Optional[str], event_time: Optional[str]) -> tuple[dict[str, Any], list[Evidence]]:
    """The contract that the program proposes for files, and its evidence."""
    with tempfile.TemporaryDirectory(prefix="tallystick-") as folder:
        # In an empty folder: what is proposed depends on the files alone.
        arguments = ["contract", "import", path, "-o", "proposed.odcs.yaml"]
        arguments += ["--name", _as_name(name)] if name else []
        made = _program.call([*arguments, *(["--event-time", event_time] if event_time else [])], folder=folder)
        document = _program.call(["contract", "export", "proposed.odcs.yaml"], folder=folder)
    return document, [
        Evidence(item["column"], item["check"], item["outcome"], item["text"]) for item in made["evidence"]]


def _type(column: dict[str, Any]) -> Optional[str]:
    """The type of a column; None where it has no counterpart."""
    physical = str(column.get("physicalType", "")).upper()
    if not physical:
        return _LOGICAL.get(str(column.get("logicalType")))
    inner = _LIST.match(physical)
    if inner is not None:
        element = _PHYSICAL.get(inner[1])
        return f"array<{element}>" if element else None
    return "timestamp" if physical.startswith("TIMESTAMP") else _PHYSICAL.get(physical)


def _event_time(
    table: dict[str, Any], columns: dict[str, Optional[str]], named: Optional[str], notes: list[Evidence]
) -> Optional[str]:
    if named is not None:
        return named
    properties = {item["property"]: item["value"] for item in table.get("customProperties", [])}
    times = [column for column, kind in columns.items() if kind == "timestamp"]
    found = properties.get("eventTime") or (times[0] if len(times) == 1 else None)
    if found is not None:
        notes.append(Evidence(found, "eventTime", "chosen", "it is the only timestamp"))
        return str(found)
    text = f"choose one of {', '.join(times)}: event_time=..." if times else "no column is a timestamp: rows are always visible"
    notes.append(Evidence(None, "eventTime", "notProposed", text))
    return None


def _keys(
    table: dict[str, Any], columns: dict[str, Optional[str]], named: Union[str, Sequence[str], None], time: Optional[str],
    notes: list[Evidence],
) -> list[str]:
    if named is not None:
        chosen = [named] if isinstance(named, str) else list(named)
        for key in chosen:
            if key not in columns:
                raise NotFoundError("E-not-found", f"there is no column {key!r}", help=f"it has {', '.join(columns)}")
        return chosen
    able = [column for column, kind in columns.items() if kind in _KEY_TYPES and column != time]
    primary = [column["name"] for column in table["properties"] if column.get("primaryKey") and column["name"] in able]
    if primary:
        notes.append(Evidence(", ".join(primary), "keys", "chosen", "with the time, if any, it tells all rows apart"))
        return primary
    named_so = [column for column in able if _KEYLIKE.search(column) and columns[column] in ("string", "int64", "int32")]
    if named_so:
        others = [column for column in able if column != named_so[0]]
        notes.append(Evidence(
            named_so[0], "keys", "chosen", "by its name alone" + (f"; others could be {', '.join(others)}" if others else "")))
        return named_so[:1]
    raise MisuseError(
        "E-misuse", "nothing tells by which columns rows are found", subject="explore",
        help=f"say keys=...; it could be {', '.join(able)}" if able else "no column has a type that a key can have")


def _features(columns: dict[str, Optional[str]], notes: list[Evidence]) -> list[Feature]:
    features: dict[str, Feature] = {}
    for column, kind in columns.items():
        base = name = _as_name(column, "feature")
        number = 2
        while name in features or name in ("event_timestamp", "observed_at"):
            name, number = f"{base[:58]}_{number}", number + 1
        quoted = '"' + column.replace('"', '""') + '"'
        features[name] = Feature(name, kind or "string", expression=None if name == column else quoted)
        if name != column:
            notes.append(Evidence(column, "name", "chosen", f"the feature is {name}: names are small letters, digits and _"))
    if not features:
        raise MisuseError("E-misuse", "every column is a key or a time: nothing is left for features", subject="explore")
    return list(features.values())


def _as_name(text: Optional[str], otherwise: str = "data") -> str:
    """The nearest name: `Wind Speed` is wind_speed."""
    small = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text or "").lower()
    name = re.sub(r"_+", "_", re.sub(r"[^a-z0-9]+", "_", small)).strip("_").lstrip("0123456789_")[:63].rstrip("_")
    return name or otherwise


def _renamed(level: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    """A service level, whose element begins with the name of the table."""
    element = str(level.get("element", ""))
    return {**level, "element": after + element[len(before):]} if element.startswith(f"{before}.") else level


def _copy(file: Path, target: Path, force: bool) -> None:
    if target.exists() and not force and target.read_bytes() != file.read_bytes():
        raise ConflictError(
            "E-conflict", "another table is there", subject=str(target), help="give a name=, or save with force=True")
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    shutil.copyfile(file, beside)
    os.replace(beside, target)
