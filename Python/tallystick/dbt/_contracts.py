# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A contract out of what a dbt project says about a model: its columns, constraints and tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

from .._contract import Contract
from . import _types
from ._manifest import Constraint, Manifest, Node, Test, mapping
from ._report import Report
from ._rules import Promised, identifier, promise, rule
from ._sql import Lost, expression, plain, quoted, table

_PERIODS = {"minute": "m", "hour": "h", "day": "d"}


@dataclass
class _Draft:
    """A contract while it is made."""

    node: Node
    name: str
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    quality: list[dict[str, Any]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def is_at_odds(self, found: Promised) -> bool:
        """Whether it contradicts what is there: the standard has one list and one range of a column, and lint asks for
        sense."""
        column = self.columns.get(found.column or "", {})
        options = column.get("logicalTypeOptions", {})
        if any(there.get(name, value) != value for members, there in ((found.members, column), (found.options, options))
               for name, value in members.items()):
            return True
        options = {**options, **found.options}
        low = [options[name] + step for name, step in (("minimum", 0), ("exclusiveMinimum", 1)) if name in options]
        high = [options[name] - step for name, step in (("maximum", 0), ("exclusiveMaximum", 1)) if name in options]
        if len(low) > 1 or len(high) > 1 or low and high and low[0] > high[0]:
            return True
        listed = [item["value"] for item in found.members.get("enum", column.get("enum", []))]
        return bool(low or high) and any(
            low and value < low[0] or high and value > high[0] for value in listed if isinstance(value, int))

    def take(self, found: Promised, unique: str) -> None:
        """Adds what was promised."""
        column = self.columns.get(found.column or "")
        if column is not None:
            column.update(found.members)
            column.setdefault("logicalTypeOptions", {}).update(found.options)
        for made in found.rules:
            if made["id"] in self.ids:
                made["id"] = identifier(made["id"] + "?", unique)
            self.ids.add(made["id"])
        (self.quality if column is None else column.setdefault("quality", [])).extend(found.rules)


def contract(
    node: Node, name: str, tests: list[Test], manifest: Manifest, tables: Mapping[str, str], event_time: Optional[str],
    report: Report,
) -> Contract:
    """The contract of a node, in a file of its own."""
    draft = _Draft(node, name)
    for column in node.columns:
        draft.columns[column.name] = _property(node, column.name, report)
    for constraint in [*(item for column in node.columns for item in column.constraints), *node.constraints]:
        _constraint(draft, constraint, manifest, tables, report)
    for test in tests:
        _test(draft, test, manifest, tables, report)
    is_enforced = mapping(node.raw.get("contract") or node.config.get("contract")).get("enforced") is True
    vendor = [{"property": "extraColumns", "value": "reject" if is_enforced else "allow", "vendor": "tallystick"}]
    if event_time in draft.columns:
        vendor.insert(0, {"property": "eventTime", "value": event_time, "vendor": "tallystick"})
    if is_enforced:
        report.add("carried", "contract", node, node.name, "dbt enforces the columns: others are refused")
    properties = [
        {key: value for key, value in column.items() if value not in ({}, [], None)}
        for column in draft.columns.values()]
    schema = {
        "name": name, "logicalType": "object", "description": node.description, "customProperties": vendor,
        "properties": properties, "quality": draft.quality}
    level = _freshness(node, name, report)
    version = node.hints.get("version") or node.raw.get("version")
    return Contract(
        name, version=_version(version), owner=node.owner, purpose=node.description,
        service_levels=[level] if level else [],
        tables=[{key: value for key, value in schema.items() if value not in ([], None)}])


def _version(value: Any) -> str:
    text = str(value) if value is not None else "1"
    return text if re.fullmatch(r"\d+\.\d+\.\d+", text) else f"{text}.0.0" if text.isdigit() else "1.0.0"


def _property(node: Node, name: str, report: Report) -> dict[str, Any]:
    """A column with its type; what the standard promises of numbers beside dbt's word is taken back."""
    column = node.column(name)
    type_name = column.type if column else None
    logical = _types.logical(type_name)
    made: dict[str, Any] = {
        "name": name, "logicalType": logical, "description": column.description if column else None}
    if logical == "number":
        made["customProperties"] = [
            {"property": policy, "value": "allow", "vendor": "tallystick"} for policy in ("nanPolicy", "infPolicy")]
    if logical is None:
        report.add(
            "lost", "column", node, name, f"no type is promised: {type_name} has no counterpart" if type_name else
            "no type is promised: the project names none", "give it a data_type, or make a catalog: dbt docs generate")
    elif column and column.documented_type and _types.logical(column.documented_type) not in (None, logical):
        report.add(
            "differs", "column", node, name,
            f"the project says {column.documented_type}, and the catalog saw {type_name}: {logical} is promised")
    return made


def _test(
    draft: _Draft, test: Test, manifest: Manifest, tables: Mapping[str, str], report: Report
) -> None:
    try:
        found = promise(test, draft.node, manifest, tables)
        if draft.is_at_odds(found):
            found = promise(test, draft.node, manifest, tables, as_sql=True)
        draft.take(found, test.id)
    except Lost as lost:
        report.add("lost", "test", test, test.title, lost.reason, lost.help)
        return
    report.add(
        "carried", "test", test, test.title, f"{found.column or draft.node.name}: {found.said}",
        promises=found.ids(draft.name))
    if found.members or found.options:
        report.note(
            "over no rows, or over nulls alone, a test of dbt passes; a promise of the standard (required, unique, "
            "enum, range) "
            "is unproven then, and `tally verify` ends with 3")
    if test.config.get("store_failures") or test.config.get("store_failures_as"):
        report.add(
            "lost", "config", test, f"store_failures of {test.title}", "no table of failing rows is kept",
            "`tally verify --show-values` shows the first of them, `tally quarantine show` those that were set aside")


def _constraint(
    draft: _Draft, constraint: Constraint, manifest: Manifest, tables: Mapping[str, str], report: Report
) -> None:
    node, columns = draft.node, constraint.columns
    title = f"{constraint.type} of {', '.join(columns) or node.name}"
    try:
        has_none = not columns and constraint.type not in ("check", "custom")
        if has_none or any(node.column(column) is None for column in columns):
            raise Lost("it names a column that is not documented")
        names = [found.name for found in map(node.column, columns) if found]
        found = _promised(constraint, names, node, manifest, tables)
        draft.take(found, f"{node.id} {title}")
    except Lost as lost:
        report.add("lost", "constraint", node, title, lost.reason, lost.help)
        return
    report.add(
        "carried", "constraint", node, title, "it is held here, whatever the platform does",
        promises=found.ids(draft.name))
    report.note(
        "dbt hands constraints to the platform, and only for models with an enforced contract; many platforms enforce "
        "not_null "
        "alone, and external tables nothing. Here each is a promise that data are held to")


def _promised(
    constraint: Constraint, names: list[str], node: Node, manifest: Manifest, tables: Mapping[str, str]
) -> Promised:
    """What a constraint promises."""
    kind, one = constraint.type, names[0] if len(names) == 1 else None
    if kind == "not_null":
        for name in names[1:]:
            raise Lost(f"it is about {name} too", "write it for each column")
        return Promised(column=one, members={"required": True})
    if kind in ("unique", "primary_key"):
        for name in names:
            plain(name, node, manifest)
        if one is not None:
            return Promised(
                column=one, members={"required": True, "unique": True} if kind == "primary_key" else {"unique": True})
        missing = " or ".join(f"{quoted(name)} is null" for name in names)
        found = Promised(rules=[{
            "id": identifier(f"{kind} {' '.join(names)}", node.id), "metric": "duplicateValues",
            "arguments": {"properties": names}, "mustBe": 0}])
        if kind == "primary_key":
            found.rules.append(
                _checked(f"{kind}_nulls", f"select count(*) from {{object}} where {missing}", node, kind))
        return found
    if kind == "check" and constraint.expression:
        condition = expression(constraint.expression, node, manifest)
        return Promised(column=one, rules=[
            _checked(f"check {condition}", f"select count(*) from {{object}} where not({condition})", node, kind)])
    if kind == "foreign_key" and constraint.to and len(constraint.to_columns) == len(names):
        return Promised(column=one, rules=[_foreign(constraint, names, node, manifest, tables)])
    raise Lost(
        "it is SQL of the platform" if kind in ("custom", "check", "foreign_key")
        else f"{kind!r} is no constraint that is known here",
        "write `to` and `to_columns`" if kind == "foreign_key" else None)


def _checked(name: str, query: str, node: Node, kind: str) -> dict[str, Any]:
    return rule(identifier(name, f"{node.id} {name}"), query, f"dbt constraint {kind}", "error", {"mustBe": 0})


def _foreign(
    constraint: Constraint, names: list[str], node: Node, manifest: Manifest, tables: Mapping[str, str]
) -> dict[str, Any]:
    other = next((
        other for other in manifest.nodes.values()
        if constraint.to in (other.relation, f"ref('{other.raw['name']}')")), None)
    there = "{object}" if other is not None and other.id == node.id else table(other, tables)
    pairs = [
        (plain(name, node, manifest), plain(to, other or node, manifest))
        for name, to in zip(names, constraint.to_columns)]
    present = " and ".join(f"child.{name} is not null" for name, _ in pairs)
    equal = " and ".join(f"child.{name} = parent.{to}" for name, to in pairs)
    query = (
        f"select count(*) from {{object}} child where {present}\n"
        f"and not exists (select 1 from {there} parent where {equal})")
    return _checked(f"foreign_key {' '.join(names)}", query, node, "foreign_key")


def _freshness(node: Node, name: str, report: Report) -> Optional[dict[str, Any]]:
    """The service level of a source's `freshness`, whose ages are counted in another way."""
    freshness = mapping(node.raw.get("freshness") or node.config.get("freshness"))
    column = node.column(str(node.raw.get("loaded_at_field") or ""))
    error, warning = mapping(freshness.get("error_after")), mapping(freshness.get("warn_after"))
    if node.kind != "source" or not (error.get("count") or warning.get("count")):
        return None
    if warning.get("count"):
        report.add("lost", "config", node, "freshness, warn_after", "a service level has one limit", "use error_after")
    if not error.get("count"):
        return None
    unit = _PERIODS.get(str(error.get("period")))
    if column is None or freshness.get("filter") or unit is None or _types.logical(column.type) != "timestamp":
        report.add(
            "lost", "config", node, "freshness, error_after", "it has a filter" if freshness.get("filter") else
            "its loaded_at_field is no documented timestamp")
        return None
    report.add(
        "differs", "config", node, "freshness, error_after",
        f"freshness of {name}.{column.name}: rows dated in the future are left out here, and count for dbt as fresh")
    return {"property": "freshness", "value": error["count"], "unit": unit, "element": f"{name}.{column.name}"}
