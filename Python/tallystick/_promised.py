# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What a contract promises, as an object that can be read, shown, corrected and saved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Optional

from . import _program
from ._answers import Answer
from ._contract import Contract
from ._display import table, titled

# Members of the standard's property that say what the column is; all others promise something.
_NAMES = ("name", "logicalType", "physicalType", "description", "classification", "customProperties", "primaryKey",
          "transformSourceObjects", "transformLogic", "examples", "businessName", "tags")
_OWN = ("apiVersion", "kind", "id", "name", "version", "status", "team", "description", "schema", "slaProperties")


@dataclass(frozen=True)
class Promised:
    """One promise: `subject` is a table or `table.column`, `rule` what is promised of it, `value` how much, as text."""

    subject: str
    rule: str
    value: str


class PromisedContract(Answer):
    """A contract of the Open Data Contract Standard, version 3.2: of a source, of a feature view, or of a file.

    As a mapping it is the document, as `tally contract export --format json` prints it.
    """

    @property
    def id(self) -> str:
        """The contract's id."""
        return str(self.json["id"])

    @property
    def version(self) -> str:
        """Its version, such as `1.0.0`."""
        return str(self.json["version"])

    @property
    def owner(self) -> Optional[str]:
        """The team that promises it; None where it names none."""
        owner = self.json.get("team", {}).get("name")
        return None if owner is None else str(owner)

    @property
    def promises(self) -> list[Promised]:
        """Every promise, column by column, then those of the tables and the service levels; types are promises too."""
        return list(_promises(self.json))

    def definition(self) -> Contract:
        """The contract as a definition, to correct with `dataclasses.replace` and to save; tables are mappings of the standard.

        A save writes `contracts/ID.odcs.yaml`, which need not be the file that this one was read from.
        """
        description = self.json.get("description", {})
        team = self.json.get("team", {})
        more = {name: value for name, value in self.json.items() if name not in _OWN}
        # What is more than a purpose and a name stays as it is written.
        more.update({"description": description} if set(description) - {"purpose"} else {})
        more.update({"team": team} if set(team) - {"name"} else {})
        return Contract(
            self.id, version=self.version, name=str(self.json.get("name", "")), status=str(self.json["status"]),
            owner=self.owner, purpose=description.get("purpose"), tables=self.json.get("schema", []),
            service_levels=self.json.get("slaProperties", []), more=more)

    def __repr__(self) -> str:
        rows = [(one.subject, one.rule, one.value) for one in self.promises]
        widths = [max(len(row[place]) for row in rows) for place in range(2)] if rows else []
        lines = ["  " + "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[2]]) for row in rows]
        return "\n".join([self._title(), *lines])

    def _repr_html_(self) -> str:
        rows = [[one.subject, one.rule, one.value] for one in self.promises]
        return titled(self._title(), table(["of", "rule", "promised"], rows))

    def _title(self) -> str:
        by = f", promised by {self.owner}" if self.owner else ""
        return f"Contract {self.id} {self.version} ({self.json['status']}){by}: {len(self.promises):,} promises"


def read(name: str, folder: str) -> PromisedContract:
    """The contract of a source, a feature view or a file, through the program."""
    return PromisedContract(_program.call(["contract", "export", name], folder=folder))


def _promises(document: Mapping[str, Any]) -> Iterator[Promised]:
    for held in document.get("schema", []):
        name = str(held["name"])
        for column in held.get("properties", []):
            yield from _of_column(f"{name}.{column['name']}", column)
        for rule in held.get("quality", []):
            yield _quality(name, rule)
        for custom in held.get("customProperties", []):
            if custom["property"] in ("maxFutureSkew", "extraColumns"):
                yield Promised(name, custom["property"], _text(custom["value"]))
    for level in document.get("slaProperties", []):
        yield Promised(
            str(level.get("element", "")), str(level["property"]), f"{_text(level['value'])} {level.get('unit', '')}".rstrip())


def _of_column(subject: str, column: Mapping[str, Any]) -> Iterator[Promised]:
    if "logicalType" in column:
        yield Promised(subject, "type", str(column["logicalType"]))
    if column.get("primaryKey"):
        yield Promised(subject, "primaryKey", "true")
    for rule, value in column.items():
        if rule == "logicalTypeOptions":
            yield from (Promised(subject, option, _text(limit)) for option, limit in value.items())
        elif rule == "quality":
            yield from (_quality(subject, each) for each in value)
        elif rule == "enum":
            yield Promised(subject, rule, ", ".join(_text(each.get("value", each)) for each in value))
        elif rule not in _NAMES:
            yield Promised(subject, rule, _text(value))


def _quality(subject: str, rule: Mapping[str, Any]) -> Promised:
    name = str(rule.get("metric") or rule.get("id") or rule.get("type") or "quality")
    limits = [f"{word} {_text(value)}" for word, value in rule.items() if word.startswith("must")]
    made = rule.get("implementation", {})
    limits += [_text(made["expression"])] if isinstance(made, Mapping) and "expression" in made else []
    columns = rule.get("arguments", {}).get("properties", [])
    limits += [f"of {', '.join(columns)}"] if columns else []
    unit = [str(rule["unit"])] if "unit" in rule else []
    return Promised(subject, name, " ".join([*limits, *unit]) or _text(rule))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
