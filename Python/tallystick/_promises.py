# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Promises of features and views, as they stand in a view's own definition."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal, Optional, Union

from . import _vocabulary as words
from ._vocabulary import Action, Duration, Severity, Share
from ._yaml import instant_or_text

Bound = Union[int, float, str, datetime.date, datetime.datetime]
NumberPolicy = Literal["reject", "allow", "null"]

_OPERATORS = (
    "mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan", "mustBeLessOrEqualTo",
    "mustBeBetween", "mustNotBeBetween",
)


@dataclass(frozen=True)
class Promise:
    """What is promised about the values of a feature.

    Nulls keep every promise but `required` and `nulls_at_most`. Bounds are in the feature's own unit; those of dates and
    timestamps are dates, and datetimes with a zone.

    Attributes:
        required: no value is null.
        nan: what becomes of NaN in floats: `reject`, `allow`, or `null`, which counts it as missing.
        infinity: the same for infinities.
        minimum: the lowest value, inclusive; for numbers, dates and timestamps, as are the other bounds.
        maximum: the highest value, inclusive.
        exclusive_minimum: a lower bound that is not reached itself.
        exclusive_maximum: an upper bound that is not reached itself.
        multiple_of: every number is a multiple of it.
        min_length: the fewest Unicode code points of a string.
        max_length: the most Unicode code points of a string.
        pattern: a regular expression of ECMA-262 that matches somewhere in the string.
        format: `email`, `uuid`, `uri`, `ipv4` and so on, for strings.
        nulls_at_most: the largest share of nulls: `"1%"`, or 0.01.
        enum: the possible values; empty for any.
        dimensions: the number of elements of an array.
        unique: no value stands twice.
        severity: `error` when left out.
        otherwise: what is done when the promise is broken; by severity when left out.
        up_to: the share of rows up to which that is done; beyond it the batch is blocked.
        default: what stands in for a broken value with `serveDefault`, which needs it.
    """

    _: KW_ONLY
    required: bool = False
    nan: Optional[NumberPolicy] = None
    infinity: Optional[NumberPolicy] = None
    minimum: Optional[Bound] = None
    maximum: Optional[Bound] = None
    exclusive_minimum: Optional[Bound] = None
    exclusive_maximum: Optional[Bound] = None
    multiple_of: Optional[Union[int, float]] = None
    min_length: Optional[int] = None
    max_length: Optional[int] = None
    pattern: Optional[str] = None
    format: Optional[str] = None
    nulls_at_most: Optional[Share] = None
    enum: Sequence[Any] = ()
    dimensions: Optional[int] = None
    unique: bool = False
    severity: Optional[Severity] = None
    otherwise: Optional[Action] = None
    up_to: Optional[Share] = None
    default: Any = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "enum", words.several("Promise.enum", self.enum, least=0))
        words.truth("Promise.required", self.required)
        words.truth("Promise.unique", self.unique)
        for name in ("nan", "infinity"):
            if getattr(self, name) is not None:
                words.choice(f"Promise.{name}", getattr(self, name), ("reject", "allow", "null"))
        for name in ("min_length", "max_length", "dimensions"):
            _whole(f"Promise.{name}", getattr(self, name))
        if self.nulls_at_most is not None:
            words.share("Promise.nulls_at_most", self.nulls_at_most)
        _severity("Promise", self.severity)
        if self.otherwise == "serveDefault" and self.default is None:
            raise words.misuse("Promise.otherwise", "serveDefault needs a default, and there is none", "add default=...")
        if not self.document():
            raise words.misuse("Promise", "nothing is promised")

    def document(self) -> dict[str, Any]:
        """The mapping that stands in a definition."""
        return words.written(
            required=self.required or None, nan=self.nan, infinity=self.infinity, minimum=instant_or_text(self.minimum),
            maximum=instant_or_text(self.maximum), exclusiveMinimum=instant_or_text(self.exclusive_minimum),
            exclusiveMaximum=instant_or_text(self.exclusive_maximum), multipleOf=self.multiple_of,
            minLength=self.min_length, maxLength=self.max_length, pattern=words.optional_text("Promise", self.pattern),
            format=words.optional_text("Promise", self.format),
            nulls=None if self.nulls_at_most is None else {"atMost": self.nulls_at_most},
            enum=[instant_or_text(value) for value in self.enum] or None, dimensions=self.dimensions,
            unique=self.unique or None, severity=self.severity,
            otherwise=words.reaction("Promise", self.otherwise, self.up_to), default=instant_or_text(self.default))


@dataclass(frozen=True)
class ViewPromise:
    """What is promised about the rows of a view as a whole.

    Attributes:
        freshness: how old the latest event may be: a duration such as `3h`, or a timedelta; the source needs an event time.
        row_count: one operator with its number or two: `{"mustBeGreaterThan": 0}`, `{"mustBeBetween": (100, 2000)}`.
        unique: columns whose combinations do not repeat.
        expression: expressions over features, join keys and the event time that are true for each row.
        severity: `error` when left out.
        otherwise: what is done when the promise is broken; by severity when left out.
        up_to: the share of rows up to which that is done; beyond it the batch is blocked.
    """

    _: KW_ONLY
    freshness: Optional[Duration] = None
    row_count: Mapping[str, Union[int, Sequence[int]]] = field(default_factory=dict, hash=False)
    unique: Sequence[str] = ()
    expression: Union[str, Sequence[str]] = ()
    severity: Optional[Severity] = None
    otherwise: Optional[Action] = None
    up_to: Optional[Share] = None

    def __post_init__(self) -> None:
        where = "ViewPromise"
        expressions = (self.expression,) if isinstance(self.expression, str) else self.expression
        object.__setattr__(self, "expression", words.several(f"{where}.expression", expressions, least=0))
        object.__setattr__(self, "unique", words.several(f"{where}.unique", self.unique, least=0))
        counts = words.mapping(f"{where}.row_count", self.row_count)
        for operator, number in counts.items():
            words.choice(f"{where}.row_count", operator, _OPERATORS)
            if operator.endswith("Between"):
                counts[operator] = words.several(f"{where}.row_count", number, least=2)
        if len(counts) > 1:
            raise words.misuse(f"{where}.row_count", f"{len(counts)} operators stand where one is expected")
        object.__setattr__(self, "row_count", counts)
        if self.freshness is not None:
            object.__setattr__(self, "freshness", words.duration(f"{where}.freshness", self.freshness))
        _severity(where, self.severity)
        if not self.document():
            raise words.misuse(where, "nothing is promised")

    def document(self) -> dict[str, Any]:
        """The mapping that stands in a definition."""
        expressions = [words.text("ViewPromise.expression", text) for text in self.expression]
        return words.written(
            freshness=self.freshness, rowCount=dict(self.row_count), unique=tuple(self.unique),
            expression=expressions[0] if len(expressions) == 1 else expressions or None, severity=self.severity,
            otherwise=words.reaction("ViewPromise", self.otherwise, self.up_to))


def _severity(where: str, value: Optional[str]) -> None:
    if value is not None:
        words.choice(f"{where}.severity", value, ("error", "warning", "info"))


def _whole(where: str, value: Any) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise words.misuse(where, f"{value!r} is not a whole number")
