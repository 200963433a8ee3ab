# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Why Feast's value is another: looked up in the rows of the source, slowly and obviously, and by nothing of the
engine.

A cause is proven when the row that Feast's own rule takes (the last that happened by then and is within the ttl,
whenever it was created) has Feast's values of the whole view; else when some row has them, and all that do say the same
cause. Otherwise the difference is unexplained.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional

from ._findings import SourceRow


@dataclass(frozen=True)
class Row:
    """A row of a source; times are nanoseconds since 1970, None for none."""

    file: str
    number: int
    key: tuple[Any, ...]
    event: Optional[int]
    created: Optional[int]
    values: tuple[Any, ...]

    @property
    def event_us(self) -> Optional[int]:
        """The event time in microseconds, rounded up (SEMANTICS 1.1)."""
        return None if self.event is None else -(-self.event // 1000)

    @property
    def order(self) -> tuple[int, int]:
        """What orders rows of one key: the event time, then the created time."""
        return (self.event or 0, self.created if self.created is not None else -(2 ** 63))

    def told(self, index: int) -> SourceRow:
        """The row, with the value of one of its features."""
        return SourceRow(self.file, self.number, instant(self.event), instant(self.created), self.values[index])


@dataclass(frozen=True)
class Proof:
    """A cause, with the row that proves it and a sentence."""

    cause: str
    row: Optional[Row] = None
    explanation: str = ""


@dataclass
class Table:
    """The rows of a view's source that matter, by key.

    Attributes:
        rows: for each key its rows.
        ttl: the view's ttl in microseconds; None for none.
        has_created: whether the source has a created time, which orders rows of one event time.
        respects_created: whether a row counts as known from then on.
    """

    rows: Mapping[tuple[Any, ...], Sequence[Row]]
    ttl: Optional[int]
    has_created: bool
    respects_created: bool = True

    def known(self, row: Row, time: int) -> bool:
        """Whether the row was known at a time in microseconds."""
        if row.event_us is None or row.event_us > time:
            return False
        if not self.has_created:
            return True
        # A row without a known time is never used (SEMANTICS 1.3), whether known times count or not.
        return row.created is not None and (not self.respects_created or -(-row.created // 1000) <= time)

    def expired(self, row: Row, time: int) -> bool:
        """Whether the ttl hides the row."""
        return self.ttl is not None and row.event_us is not None and time - row.event_us > self.ttl

    def law(self, key: tuple[Any, ...], time: int) -> tuple[list[Row], list[Row]]:
        """The rows that may answer by the law, more than one where they tie; and those that the ttl hides."""
        known = [row for row in self.rows.get(key, ()) if self.known(row, time)]
        if not known:
            return [], []
        last = max(self._order(row) for row in known)
        tied = [row for row in known if self._order(row) == last]
        return ([], tied) if self.expired(tied[0], time) else (tied, [])

    def _order(self, row: Row) -> tuple[int, int]:
        if not self.has_created:
            return (row.event or 0, 0)
        return (row.event or 0, max(-(-(row.created or 0) // 1000), row.event_us or 0))

    def explain(
        self, key: tuple[Any, ...], time: int, feast: tuple[Any, ...], ours: tuple[Any, ...],
        others: Sequence[Row] = (),
    ) -> Proof:
        """Why Feast gave these values of the view, and not ours.

        Args:
            key: the row's key.
            time: the row's time, in microseconds.
            feast: Feast's values of the view's features.
            ours: ours.
            others: rows of other keys that are written the same when a key's columns are put together.
        """
        answers, hidden = self.law(key, time)
        expected = [row.values for row in answers] or [(None,) * len(ours)]
        if not any(same(ours, values) for values in expected):
            return Proof(
                "unexplained", answers[0] if answers else None, "our own value is not what the source's rows say")
        for row in self._taken(key, time):
            proof = self._proof(row, time, answers, hidden) if same(row.values, feast) else None
            if proof is not None:
                return proof
        found = [
            proof for row in self.rows.get(key, ()) if same(row.values, feast)
            if (proof := self._proof(row, time, answers, hidden)) is not None
        ]
        found += [
            Proof(
                "key collision", row,
                f"it is the value of {_key(row.key)}, whose columns give the same text when put together")
            for row in others if same(row.values, feast)
        ]
        if all(missing(value) for value in feast) and answers and not found:
            return Proof("value lost", answers[0], "the source has this row")
        causes = {proof.cause for proof in found}
        if len(causes) == 1:
            return max(found, key=lambda proof: proof.row.order if proof.row else (0, 0))
        if causes:
            could = " or ".join(sorted(causes))
            return Proof("unexplained", answers[0] if answers else None, f"rows with this value would say {could}")
        precise = self._rounded(feast, answers)
        if precise is not None:
            return Proof("type changed", precise, "the integer does not fit the float that Feast made of it")
        return Proof("unexplained", answers[0] if answers else None, "no row of the source has Feast's values")

    def _taken(self, key: tuple[Any, ...], time: int) -> list[Row]:
        """The rows that Feast's rule takes: created times only break ties."""
        past = [row for row in self.rows.get(key, ()) if row.event_us is not None and row.event_us <= time]
        last = max((row.order for row in past), default=None)
        return [row for row in past if row.order == last and not self.expired(row, time)]

    def _proof(self, row: Row, time: int, answers: Sequence[Row], hidden: Sequence[Row]) -> Optional[Proof]:
        """What it means that Feast took this row; None where that is right."""
        if row in answers and len(answers) == 1 or row.event_us is None:
            return None
        if row.event_us > time:
            if row.event is not None and row.event // 1000 <= time:
                return Proof("future event", row, "it happened within the same microsecond, and may be later")
            return Proof("future event", row, f"it happened {span(row.event_us - time)} after the row's time")
        if not self.known(row, time):
            if row.created is None:
                return Proof("future leak", row, "it has no created time: nobody knows when it was there")
            return Proof(
                "future leak", row, f"it was created {span(-(-row.created // 1000) - time)} after the row's time")
        if self.expired(row, time):
            return Proof(
                "expired but served", row,
                f"it was {span(time - row.event_us)} old, and the ttl is {span(self.ttl or 0)}")
        last = answers[0] if answers else None
        if row in answers:
            return Proof(
                "tie", row, f"{len(answers)} rows have the same times: the last by its bytes is taken here, always "
                f"the same")
        if last is not None and last.event == row.event:
            return Proof("tie", row, f"it has the event time of the last row, and was created {_before(row, last)}")
        if last is not None:
            return Proof("older row", row, f"the last row is from {instant(last.event)}")
        if hidden:
            return Proof("older row", row, f"the last row, from {instant(hidden[0].event)}, is older than the ttl")
        return None

    def _rounded(self, feast: tuple[Any, ...], answers: Sequence[Row]) -> Optional[Row]:
        for row in answers:
            pairs = list(zip(feast, row.values))
            if all(
                same((a,), (b,)) or isinstance(a, float) and isinstance(b, int) and not isinstance(b, bool)
                and float(b) == a
                for a, b in pairs
            ):
                return row
        return None


def missing(value: Any) -> bool:
    """Whether it is null, or NaN, which is the same to pandas."""
    return value is None or isinstance(value, float) and math.isnan(value)


def same(left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Whether all values are the same; null and NaN are, and a number of any type."""
    return len(left) == len(right) and all(_equal(a, b) for a, b in zip(left, right))


def _equal(left: Any, right: Any) -> bool:
    if missing(left) or missing(right):
        return missing(left) and missing(right)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return same(left, right)
    if isinstance(left, bool) or isinstance(right, bool):
        # A truth value with nulls is an object or a float in pandas.
        return isinstance(left, (bool, float)) and isinstance(right, (bool, float)) and left == right
    return bool(left == right)


def instant(nanoseconds: Optional[int]) -> Optional[str]:
    """A time as people read it."""
    import datetime

    if nanoseconds is None:
        return None
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    try:
        text = (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)).isoformat()
    except OverflowError:
        return f"{nanoseconds} ns since 1970"
    fraction = f".{rest:09}".rstrip("0").rstrip(".")
    return f"{text}{fraction}Z"


def span(microseconds: int) -> str:
    """A span of time as people read it: its two largest units."""
    parts: list[str] = []
    rest = microseconds
    for unit, size in (
            ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def _before(row: Row, last: Row) -> str:
    if row.created is None or last.created is None:
        return "at no known time"
    return f"{span(abs(last.created - row.created) // 1000)} {'earlier' if row.created < last.created else 'later'}"


def _key(key: tuple[Any, ...]) -> str:
    return ", ".join(str(part) for part in key)
