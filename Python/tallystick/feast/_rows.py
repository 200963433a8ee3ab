# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Whole rows of Feast's training set: lost, doubled, moved, and columns of another type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional

from . import _frames
from ._causes import Table, instant, missing
from ._findings import Difference
from ._read import Carried, Created


@dataclass
class View:
    """A view that is compared: its features by Feast's names, and where they stand in each frame."""

    name: str
    carried: Carried
    source: Mapping[str, Any]
    ttl: Optional[int]
    features: list[str]
    columns: list[str]


class Rows:
    """Two training sets over one spine.

    Attributes:
        spine: the spine, with the numbers of its rows.
        views: what is compared.
        created: whether created times hide rows.
        times: the times of the spine's rows, in nanoseconds.
        key_values: the values of each join key.
        places: for each row of the spine where it stands in Feast's training set.
        table: our training set.
        frame: Feast's.
        answer: what Feast's process said.
    """

    spine: Any
    views: list[View]
    created: Created
    times: list[Any]
    key_values: dict[str, list[Any]]
    places: dict[int, list[int]]
    table: Any
    frame: Any
    answer: Mapping[str, Any]

    def _source(self, view: View, features: list[str], keys: Optional[set[tuple[Any, ...]]]) -> Table:
        """The rows of a view's source that have some keys, or all."""
        source = view.source
        mapped = {new: old for old, new in source["mapping"].items()}
        created = source["created"] if source["created"] in source["columns"] else None
        rows = _frames.rows(
            source["path"], view.carried.keys, [mapped.get(name, name) for name in features], source["eventTime"],
            created, keys)
        return Table(rows, view.ttl, created is not None, self.created == "known")

    def _key(self, view: View, row: int) -> tuple[Any, ...]:
        """A row's key in a view."""
        return tuple(self.key_values[key][row] for key in view.carried.keys)

    def _keys(self, row: int) -> dict[str, Any]:
        return {key: values[row] for key, values in self.key_values.items()}

    def _tables(self, rows: Iterable[int]) -> list[tuple[View, Table]]:
        """What each view's source has for some rows."""
        chosen = [*rows]
        return [
            (view, self._source(view, view.features, {self._key(view, row) for row in chosen}))
            for view in self.views if view.features]

    def _lost_rows(self) -> list[Difference]:
        lost = [row for row in range(len(self.spine)) if row not in self.places]
        if not lost:
            return []
        kept: dict[Any, int] = {}
        for row in self.places:
            kept.setdefault((self.times[row], *(values[row] for values in self.key_values.values())), row)
        tables = self._tables(lost)
        found = []
        for row in lost:
            twin = kept.get((self.times[row], *(values[row] for values in self.key_values.values())))
            reason, source = self._why_lost(row, tables)
            if twin is not None:
                reason = f"row {twin} of the spine has the same keys and the same time, and only that one is left"
            found.append(Difference(
                "row lost", row, self._keys(row), instant(self.times[row]), source=source,
                explanation=reason, ours=self._ours(row)))
        return found

    def _why_lost(self, row: int, tables: Sequence[tuple[View, Table]]) -> tuple[str, Any]:
        when = self.times[row]
        for view, table in tables:
            rows = table.rows.get(self._key(view, row), ())
            past = [r for r in rows if when is not None and r.event_us is not None and r.event_us <= when // 1000]
            if when is None:
                return "it has no time", None
            if rows and not past:
                first = min(rows, key=lambda r: r.order)
                return f"every row of {view.name} with its key is later", first.told(0)
            if past and all(table.expired(r, when // 1000) for r in past):
                last = max(past, key=lambda r: r.order)
                return f"every row of {view.name} with its key is older than the ttl", last.told(0)
        return "no reason is seen in the sources", None

    def _ours(self, row: int) -> Any:
        told = [
            f"{view.name}:{feature}={self.table[ours][row].as_py()}" for view in self.views
            for feature, ours in zip(view.features, view.columns) if not missing(self.table[ours][row].as_py())
        ]
        return ", ".join(told[:3]) + (", ..." if len(told) > 3 else "") if told else "the row, with nulls"

    def _doubled(self) -> list[Difference]:
        doubled = {row: places for row, places in self.places.items() if len(places) > 1}
        if not doubled:
            return []
        tables = self._tables(doubled)
        found = []
        for row, places in sorted(doubled.items()):
            reason, source = self._why_doubled(row, tables)
            found.append(Difference(
                "row doubled", row, self._keys(row), instant(self.times[row]), feast=f"{len(places)} rows",
                ours="1 row", source=source,
                explanation=reason))
        return found

    def _why_doubled(self, row: int, tables: Sequence[tuple[View, Table]]) -> tuple[str, Any]:
        when = self.times[row]
        for view, table in tables:
            past = [
                r for r in table.rows.get(self._key(view, row), ())
                if when is not None and r.event_us is not None and r.event_us <= when // 1000
            ]
            last = max((r.event for r in past if r.event is not None), default=None)
            tied = [r for r in past if r.event == last]
            if len(tied) > 1:
                reason = f"{len(tied)} rows of {view.name} have its key and the same event time, and each gives a row"
                return reason, tied[1].told(0)
        return "no reason is seen in the sources", None

    def _order(self, numbers: Sequence[Any]) -> list[Difference]:
        first = [row for row in dict.fromkeys(numbers) if row is not None]
        moved = sum(1 for there, here in zip(first, sorted(first)) if there != here)
        if not moved:
            return []
        example = next(row for row, here in zip(first, sorted(first)) if row != here)
        return [Difference(
            "order changed", count=moved,
            feast=f"row {example} stands where row {sorted(first)[first.index(example)]} was",
            ours="the order of the spine",
            explanation="what is put beside the training set by position is put beside other rows")]

    def _types(self) -> list[Difference]:
        found: list[Difference] = []
        for view in self.views:
            for feature in view.features:
                kind = view.carried.features[feature][1]
                theirs = self.answer["types"].get(f"{view.name}__{feature}", "")
                is_whole = kind.startswith("int") and theirs.startswith(("float", "Float", "object"))
                if is_whole or kind == "bool" and theirs.startswith(("object", "float")):
                    column = self.frame[f"{view.name}__{feature}"]
                    nulls = column.null_count
                    found.append(Difference(
                        "type changed", feature=f"{view.name}:{feature}", feast=theirs, ours=kind,
                        count=max(1, len(column) - nulls),
                        explanation=f"{nulls} nulls turn the whole column into {theirs}"))
        return found
