# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Contracts of the Open Data Contract Standard 3.2 as typed objects."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar, Literal, Optional, Union

from . import _vocabulary as words
from ._promises import Promise
from ._saving import Definition
from ._vocabulary import Action, Duration, Severity


_LOGICAL: Mapping[str, tuple[str, Optional[str]]] = {
    "bool": ("boolean", None), "int32": ("integer", "i32"), "int64": ("integer", "i64"), "float32": ("number", "f32"),
    "float64": ("number", "f64"), "string": ("string", None), "timestamp": ("timestamp", None), "date": ("date", None),
}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")


def _vendor(properties: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"property": name, "value": value, "vendor": "tallystick"}
        for name, value in properties.items() if value is not None and value != {} and value != []
    ]


@dataclass(frozen=True)
class ContractColumn:
    """What a producer promises about a column.

    Attributes:
        name: the column.
        type: its type, such as `int64` or `timestamp`; bytes and arrays have no counterpart here, write them as `more`.
        promise: what is promised about its values, as in a view. Floats are also promised to be neither NaN nor infinite,
            unless `nan` or `infinity` say otherwise.
        description: what it is, for people.
        unit: the unit of measure.
        classification: `public`, or another word, which keeps its values out of what is shown.
        time_format: the pattern of its times in text, such as `dd/MM/yyyy HH:mm`.
        primary_key: whether it belongs to the primary key, whose values are not null and do not repeat.
        more: further members of the standard's property, as they are written.
    """

    name: str
    type: str
    _: KW_ONLY
    promise: Optional[Promise] = None
    description: Optional[str] = None
    unit: Optional[str] = None
    classification: Optional[str] = None
    time_format: Optional[str] = None
    primary_key: bool = False
    more: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        where = f"ContractColumn {words.text('ContractColumn', self.name)!r}"
        words.choice(f"{where}.type", self.type, tuple(_LOGICAL))
        for name in ("description", "unit", "classification", "time_format"):
            words.optional_text(f"{where}.{name}", getattr(self, name))
        words.truth(f"{where}.primary_key", self.primary_key)
        object.__setattr__(self, "more", words.mapping(f"{where}.more", self.more))
        if self.promise and self.promise.dimensions is not None:
            raise words.misuse(where, "dimensions are for arrays")

    def document(self) -> dict[str, Any]:
        """The property of the standard."""
        logical, number_format = _LOGICAL[self.type]
        promised = self.promise.document() if self.promise else {}
        options = words.written(format=number_format or self.time_format or promised.get("format"))
        for name in (
            "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
        ):
            options.update(words.written(**{name: promised.get(name)}))
        quality = []
        if "nulls" in promised:
            share = promised["nulls"]["atMost"]
            percent = float(share[:-1]) if isinstance(share, str) else _percent(share)
            quality.append({"metric": "nullValues", "mustBeLessOrEqualTo": percent, "unit": "percent"})
        severity = promised.get("severity")
        if severity is not None and set(promised) - {"nulls", "severity", "otherwise", "default"}:
            raise words.misuse(
                f"ContractColumn {self.name!r}", "the standard gives a severity to rules of quality alone",
                "leave severity out, and say what is done with otherwise=")
        for rule in quality:
            rule.update(words.written(severity=severity))
        return {
            **words.written(
                name=self.name, logicalType=logical, description=self.description, primaryKey=self.primary_key or None,
                required=promised.get("required"), unique=promised.get("unique"), classification=self.classification,
                enum=[{"value": value} for value in promised.get("enum", [])], logicalTypeOptions=options, quality=quality,
                customProperties=_vendor({
                    "unit": self.unit, "nanPolicy": promised.get("nan"), "infPolicy": promised.get("infinity"),
                    "default": promised.get("default"), "onViolation": promised.get("otherwise"),
                }) or None),
            **self.more,
        }


def _percent(share: float) -> float:
    """A share in percent, by the decimal point: 0.07 times the float 100 is a little more than 7."""
    mantissa, _, exponent = repr(float(share)).partition("e")
    return float(f"{mantissa}e{int(exponent or 0) + 2}")


@dataclass(frozen=True)
class ContractTable:
    """A table of a contract; the one that has the name of a source is the source's.

    Attributes:
        name: the table.
        columns: its columns.
        event_time: the column that says when a row happened; rows are promised not to lie in the future.
        known_time: the column that says when a row became known.
        max_future_skew: how far ahead of the clock an event time may be; a duration or a timedelta.
        entities: the entities that its rows are about, each with its keys: `{"airport": ["origin"]}`.
        extra_columns: what becomes of columns that the contract does not name; `warn` when left out.
        expressions: what is true for each row, by the rule's id: `{"gusts": "gust >= speed"}`.
        row_count: one operator with its number: `{"mustBeGreaterThan": 0}`.
        unique: columns whose combinations do not repeat.
        quality: further rules, as the standard writes them.
        more: further members of the standard's object, as they are written.
    """

    name: str
    _: KW_ONLY
    columns: Sequence[ContractColumn]
    description: Optional[str] = None
    event_time: Optional[str] = None
    known_time: Optional[str] = None
    max_future_skew: Optional[Duration] = None
    entities: Mapping[str, Sequence[str]] = field(default_factory=dict, hash=False)
    extra_columns: Optional[Literal["allow", "warn", "reject"]] = None
    expressions: Mapping[str, str] = field(default_factory=dict, hash=False)
    row_count: Mapping[str, Any] = field(default_factory=dict, hash=False)
    unique: Sequence[str] = ()
    quality: Sequence[Mapping[str, Any]] = field(default=(), hash=False)
    more: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        where = f"ContractTable {words.text('ContractTable', self.name)!r}"
        columns = words.several(f"{where}.columns", self.columns)
        if not all(isinstance(column, ContractColumn) for column in columns):
            raise words.misuse(f"{where}.columns", "something is no column", "write ts.ContractColumn(name, type)")
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "unique", words.several(f"{where}.unique", self.unique, least=0))
        object.__setattr__(self, "quality", tuple(words.mapping(f"{where}.quality", rule) for rule in self.quality))
        for name in ("entities", "expressions", "row_count", "more"):
            object.__setattr__(self, name, words.mapping(f"{where}.{name}", getattr(self, name)))
        if self.max_future_skew is not None:
            skew = words.duration(f"{where}.max_future_skew", self.max_future_skew)
            object.__setattr__(self, "max_future_skew", skew)
        if self.extra_columns is not None:
            words.choice(f"{where}.extra_columns", self.extra_columns, ("allow", "warn", "reject"))

    def document(self) -> dict[str, Any]:
        """The object of the standard."""
        quality: list[Mapping[str, Any]] = []
        if self.unique:
            quality.append({"metric": "duplicateValues", "arguments": {"properties": list(self.unique)}, "mustBe": 0})
        if self.row_count:
            quality.append({"metric": "rowCount", **self.row_count})
        for name, expression in self.expressions.items():
            quality.append({
                "id": name, "type": "custom", "engine": "tally", "implementation": {"expression": expression}})
        return {
            **words.written(
                name=self.name, logicalType="object", description=self.description,
                customProperties=_vendor({
                    "eventTime": self.event_time, "createdTime": self.known_time,
                    "maxFutureSkew": self.max_future_skew,
                    "entities": [{"name": name, "keys": list(keys)} for name, keys in self.entities.items()],
                    "extraColumns": self.extra_columns,
                }) or None,
                properties=[column.document() for column in self.columns],
                quality=[*quality, *self.quality] or None),
            **self.more,
        }


@dataclass(frozen=True)
class Contract(Definition):
    """What a producer promises about data: a contract of the Open Data Contract Standard, version 3.2.

    Attributes:
        id: its id, and the name of its file: `contracts/ID.odcs.yaml`.
        version: its version, such as `1.0.0`; a change asks for a higher one.
        tables: its tables; a mapping is an object of the standard, written as it is.
        name: its name for people.
        status: `active` when left out.
        owner: the team that promises it.
        purpose: what the data are for.
        freshness: how old the latest row may be, by its time column: `{"weather.observed_at": "3h"}`.
        on_violation: what is done by severity: `{"error": "block", "warning": "warn"}`.
        compatibility: a promise about later versions, such as `FORWARD_TRANSITIVE`.
        service_levels: further levels, as the standard writes them.
        more: further members of the document, as they are written.
    """

    id: str
    _: KW_ONLY
    version: str
    tables: Sequence[Union[ContractTable, Mapping[str, Any]]] = field(hash=False)
    name: str = ""
    status: str = "active"
    owner: Optional[str] = None
    purpose: Optional[str] = None
    freshness: Mapping[str, Duration] = field(default_factory=dict, hash=False)
    on_violation: Mapping[Severity, Action] = field(default_factory=dict, hash=False)
    compatibility: Optional[str] = None
    service_levels: Sequence[Mapping[str, Any]] = field(default=(), hash=False)
    more: Mapping[str, Any] = field(default_factory=dict, hash=False)

    kind: ClassVar[str] = "contract"

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not _ID.match(self.id) or len(self.id) > 100:
            raise words.misuse(
                "Contract", f"{self.id!r} is no id", "write letters, digits, '.', '_' and '-', as in a file's name")
        where = f"Contract {self.id!r}"
        words.text(f"{where}.version", self.version)
        object.__setattr__(self, "name", self.name or self.id)
        tables = words.several(f"{where}.tables", self.tables)
        if not all(isinstance(table, (ContractTable, Mapping)) for table in tables):
            raise words.misuse(f"{where}.tables", "something is no table", "write ts.ContractTable(...)")
        object.__setattr__(self, "tables", tables)
        freshness = {
            words.text(where, element): words.duration(f"{where}.freshness", age)
            for element, age in words.mapping(f"{where}.freshness", self.freshness).items()
        }
        object.__setattr__(self, "freshness", freshness)
        for severity in words.mapping(f"{where}.on_violation", self.on_violation):
            words.choice(f"{where}.on_violation", severity, ("error", "warning", "info"))
        object.__setattr__(self, "service_levels", words.several(f"{where}.service_levels", self.service_levels, least=0))

    @property
    def file(self) -> str:
        return f"contracts/{self.id}.odcs.yaml"

    def document(self) -> dict[str, Any]:
        levels: list[Mapping[str, Any]] = []
        for element, age in self.freshness.items():
            number, unit = _level(str(age))
            levels.append({"property": "freshness", "value": number, "unit": unit, "element": element})
        return {
            **words.written(
                apiVersion="v3.2.0", kind="DataContract", id=self.id, name=self.name, version=self.version,
                status=self.status, description={"purpose": self.purpose} if self.purpose else None,
                team={"name": self.owner} if self.owner else None,
                customProperties=_vendor({
                    "onViolation": dict(self.on_violation), "compatibility": self.compatibility}) or None,
                schema=[table.document() if isinstance(table, ContractTable) else table for table in self.tables],
                slaProperties=[*levels, *self.service_levels] or None),
            **self.more,
        }


def _level(age: str) -> tuple[int, str]:
    """A duration as a number and a unit of the standard's service levels, in which an m could be a month."""
    number = age.rstrip("dhmsu")
    unit = age[len(number):]
    return int(number), "min" if unit == "m" else unit
