# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What an audit found: each difference with its keys, both values, the source row that explains it, and the cause."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

# In the order in which they are told; what each says about Feast's frame.
CAUSES: dict[str, str] = {
    "row lost": "a row of the spine is not in Feast's training set",
    "row doubled": "a row of the spine is there more than once",
    "future leak": "the value was created after the prediction it is used for",
    "future event": "the value happened after the prediction it is used for",
    "expired but served": "the value is older than the view's ttl",
    "key collision": "the value belongs to another entity",
    "tie": "several source rows have the same times, and Feast took another than the last one",
    "older row": "the value is not the latest one of its entity",
    "value lost": "Feast gives null, and the source has a row",
    "type changed": "the column has another type than its source",
    "order changed": "rows are in another order than in the spine",
    "follows from its inputs": "an on-demand feature whose inputs are wrong",
    "unexplained": "the values differ, and no source row proves why",
}


@dataclass(frozen=True)
class SourceRow:
    """A row of a source: its file, its number in it from 0, its times, and its value."""

    file: str
    row: int
    event_time: Optional[str]
    created: Optional[str]
    value: Any

    def json(self) -> dict[str, Any]:
        """The row as JSON."""
        return {
            "file": self.file, "row": self.row, "eventTime": self.event_time, "created": self.created,
            "value": shown(self.value)}

    def text(self) -> str:
        """The row in a line."""
        created = f", created {self.created}" if self.created else ""
        return f"{self.file} row {self.row}: {shown(self.value)}, happened {self.event_time}{created}"


@dataclass(frozen=True)
class Difference:
    """One thing that Feast's training set gets wrong.

    Attributes:
        cause: one of `CAUSES`.
        row: the row of the spine, from 0; None where it is about a column or the whole frame.
        keys: the row's join keys.
        time: the row's time.
        feature: `view:feature`; None for whole rows.
        feast: Feast's value.
        ours: our value.
        source: the source row that holds Feast's value, or that it should have taken.
        explanation: why, in a sentence.
        count: how many rows it is about.
    """

    cause: str
    row: Optional[int] = None
    keys: dict[str, Any] = field(default_factory=dict)
    time: Optional[str] = None
    feature: Optional[str] = None
    feast: Any = None
    ours: Any = None
    source: Optional[SourceRow] = None
    explanation: str = ""
    count: int = 1

    def json(self) -> dict[str, Any]:
        """The difference as JSON."""
        return {
            "cause": self.cause, "row": self.row, "keys": {k: shown(v) for k, v in self.keys.items()},
            "time": self.time,
            "feature": self.feature, "feast": shown(self.feast), "ours": shown(self.ours),
            "source": None if self.source is None else self.source.json(), "explanation": self.explanation,
            "count": self.count,
        }


@dataclass
class Audit:
    """A training set of Feast beside ours.

    Attributes:
        project: the Feast project.
        feast: its version.
        offline: its offline store.
        spine: the spine's file.
        rows: how many rows the spine has.
        feast_rows: how many rows Feast's training set has.
        features: what was compared, each `view:feature`.
        values: how many values were compared.
        differences: what is wrong.
        unproven: what could not be compared: its name, and why.
        hints: what to know about the sources.
        seconds: how long each side took.
    """

    project: str
    feast: str
    offline: str
    spine: str
    rows: int
    feast_rows: int
    features: list[str]
    values: int
    differences: list[Difference]
    unproven: list[tuple[str, str]]
    hints: list[str]
    seconds: dict[str, float]
    created: str = "known"

    @property
    def exit_code(self) -> int:
        """1 where something is wrong, 3 where something could not be compared, else 0."""
        return 1 if self.differences else 3 if self.unproven else 0

    @property
    def wrong_rows(self) -> set[int]:
        """The rows of the spine that are lost, doubled, or have a wrong value."""
        return {found.row for found in self.differences if found.row is not None}

    @property
    def sums(self) -> list[dict[str, Any]]:
        """For each cause that was found: how often, in how many rows, and what it means."""
        return [
            {
                "cause": cause, "findings": len(found),
                "rows": len({d.row for d in found if d.row is not None}) or max(d.count for d in found),
                "meaning": meaning,
            }
            for cause, meaning in CAUSES.items() if (found := [d for d in self.differences if d.cause == cause])
        ]

    @property
    def headline(self) -> str:
        """The result in a sentence."""
        wrong = len(self.wrong_rows)
        if wrong:
            return f"{wrong:,} of {self.rows:,} training rows are wrong"
        if self.differences:
            causes = " and ".join(s["cause"] for s in self.sums)
            return f"all {self.rows:,} training rows have the right values; {causes}"
        if not self.values:
            return "nothing could be compared"
        return f"all {self.rows:,} training rows are the same"

    def json(self) -> dict[str, Any]:
        """The audit as JSON."""
        return {
            "project": self.project, "feast": self.feast, "offlineStore": self.offline, "spine": self.spine,
            "rows": self.rows,
            "feastRows": self.feast_rows, "wrongRows": len(self.wrong_rows), "features": self.features,
            "values": self.values,
            "created": self.created, "headline": self.headline, "sums": self.sums,
            "differences": [found.json() for found in self.differences],
            "unproven": [{"name": name, "reason": reason} for name, reason in self.unproven], "hints": self.hints,
            "seconds": self.seconds, "exitCode": self.exit_code,
        }

    def text(self, limit: int = 5) -> str:
        """The audit for a terminal, with at most `limit` differences of each cause."""
        from ._page import text

        return text(self, limit)

    def html(self, limit: int = 200) -> str:
        """The audit as one page that loads nothing from elsewhere."""
        from ._page import html

        return html(self, limit)

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from ._page import body

        return body(self, 20)


def shown(value: Any) -> Any:
    """A value as JSON and people read it."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, (list, tuple)):
        return [shown(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat()).replace("+00:00", "Z") if callable(isoformat) else str(value)
