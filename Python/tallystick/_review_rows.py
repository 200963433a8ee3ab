# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Two training sets of one spine, row by row and cell by cell, as their files of text say it.

Cells are compared as they are written: a float has all the digits that it needs, an empty text has quotes and a null has none.
So equal cells are equal bits, but for NaN, which is one value. Files are read once, side by side, and never held.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional

from ._errors import EngineError

NULL = ""
_BATCH = 8192
_NUMBERS = ("int32", "int64", "float32", "float64")

Row = Sequence[str]
# What else looks at rows of both sides: columns by name, before and after, and the spine's.
Watcher = Callable[[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]], None]


class Reader:
    """The rows of one training set as lists of cells, each as it is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open(encoding="utf-8", newline="") as file:
            self.header = [plain(cell) or "" for cell in _cells(next(_records(file)))]

    def rows(self) -> Iterator[Row]:
        """The rows, in the order of the file."""
        with self.path.open(encoding="utf-8", newline="") as file:
            records = _records(file)
            next(records)
            for record in records:
                yield _cells(record)


def plain(cell: str) -> Optional[str]:
    """What a cell says: None for null."""
    if cell == NULL:
        return None
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


def compare(
    base: Reader, head: Reader, *, outputs: Sequence[Mapping[str, Sequence[str]]], keys: Sequence[str], examples: int = 2,
    watcher: Optional[Watcher] = None,
) -> dict[str, Any]:
    """Counts what differs.

    Args:
        outputs: for each side the types of what is not the spine's, by name, in order: what is compared.
        keys: the spine's columns that name a row in examples.
        watcher: is given the rows that both sides have.
    """
    compared = _Comparison(base.header, head.header, outputs, keys, examples)
    pairs: list[tuple[Row, Row]] = []
    for before, after in _aligned(base, head, compared.width):
        if before is None or after is None:
            compared.lone(before, after)
            continue
        pairs.append((before, after))
        if len(pairs) == _BATCH:
            compared.take(pairs, watcher)
            pairs = []
    if pairs:
        compared.take(pairs, watcher)
    return compared.json()


class _Comparison:
    def __init__(
        self, base: Sequence[str], head: Sequence[str], outputs: Sequence[Mapping[str, Any]], keys: Sequence[str], examples: int
    ) -> None:
        self.headers = (base, head)
        # The spine's columns come first, and are the same on both sides.
        self.width = next((place for place, name in enumerate(base) if name in outputs[0]), len(base))
        if list(base[:self.width]) != list(head[:self.width]):
            raise EngineError("E-engine", "the training sets do not have the same spine")
        self.keys = [(name, place) for place, name in enumerate(base[:self.width]) if name in keys]
        self.examples = examples
        self.count = self.differing = 0
        self.only: list[dict[str, Any]] = [{"rows": 0, "examples": []} for _ in range(2)]
        self.columns: dict[str, dict[str, Any]] = {}
        for name in dict.fromkeys([*outputs[0], *outputs[1]]):
            types = [outputs[side].get(name) for side in range(2)]
            self.columns[name] = {
                "name": name, "typeBefore": types[0], "typeAfter": types[1], "rows": [0, 0], "nulls": [0, 0], "differing": 0,
                "becameNull": 0, "becamePresent": 0, "examples": [], "shown": [0, 0, 0]}

    def lone(self, before: Optional[Row], after: Optional[Row]) -> None:
        side, row = (0, before) if before is not None else (1, after)
        only = self.only[side]
        only["rows"] += 1
        if len(only["examples"]) < self.examples:
            only["examples"].append(self.named(row or []))
        for place in range(self.width, len(self.headers[side])):
            self.tally(side, self.headers[side][place], [(row or [])[place]])

    def tally(self, side: int, name: str, cells: Sequence[str]) -> None:
        if name in self.columns:
            self.columns[name]["rows"][side] += len(cells)
            self.columns[name]["nulls"][side] += cells.count(NULL)

    def take(self, pairs: Sequence[tuple[Row, Row]], watcher: Optional[Watcher]) -> None:
        sides = [dict(zip(self.headers[side], zip(*(pair[side] for pair in pairs)))) for side in range(2)]
        changed: set[int] = set()
        for name, column in self.columns.items():
            for side in range(2):
                if name in sides[side]:
                    self.tally(side, name, sides[side][name])
            if name in sides[0] and name in sides[1]:
                changed.update(self.differences(column, sides[0][name], sides[1][name], pairs))
        self.count += len(pairs)
        self.differing += len(changed)
        if watcher is not None:
            spine = {name: sides[0][name] for name in self.headers[0][:self.width]}
            watcher(sides[0], sides[1], spine)

    def differences(
        self, column: dict[str, Any], before: Sequence[str], after: Sequence[str], pairs: Sequence[tuple[Row, Row]]
    ) -> list[int]:
        if before == after:
            return []
        places = [place for place, (old, new) in enumerate(zip(before, after)) if old != new]
        if column["typeBefore"] != column["typeAfter"] and {column["typeBefore"], column["typeAfter"]} <= set(_NUMBERS):
            places = [place for place in places if not _is_same_number(before[place], after[place])]
        lost = [place for place in places if after[place] == NULL]
        won = [place for place in places if before[place] == NULL]
        column["differing"] += len(places)
        column["becameNull"] += len(lost)
        column["becamePresent"] += len(won)
        others = () if column["shown"][2] == self.examples else (
            place for place in places if after[place] != NULL and before[place] != NULL)
        # Rows that lost a value, won one, or have another: some of each kind.
        for kind, found, most in ((0, lost, 1), (1, won, 1), (2, others, self.examples)):
            for place in itertools.islice(found, most - column["shown"][kind]):
                column["shown"][kind] += 1
                column["examples"].append({
                    "keys": self.named(pairs[place][0]), "before": plain(before[place]), "after": plain(after[place])})
        return places

    def named(self, row: Row) -> dict[str, Optional[str]]:
        return {name: plain(row[place]) for name, place in self.keys}

    def json(self) -> dict[str, Any]:
        alone = self.only[0]["rows"] + self.only[1]["rows"]
        return {
            "rows": self.count + alone, "both": self.count, "differing": self.differing + alone,
            "onlyBefore": self.only[0], "onlyAfter": self.only[1],
            "columns": [{key: value for key, value in one.items() if key != "shown"} for one in self.columns.values()]}


def _is_same_number(before: str, after: str) -> bool:
    # An integer and a float are compared without rounding either.
    if NULL in (before, after):
        return False
    numbers = [int(text) if re.fullmatch(r"-?\d+", text) else float(text) for text in (before, after)]
    return bool(numbers[0] == numbers[1]) or all(number != number for number in numbers)


def _aligned(base: Reader, head: Reader, width: int) -> Iterator[tuple[Optional[Row], Optional[Row]]]:
    """The rows of both sides beside each other, None where the other side left one out.

    Both are what is left of one spine, in its order, and equal rows of a spine stay or go together: so a row is missing on
    a side where no row of its spine columns is there.
    """
    left, right = base.rows(), head.rows()
    before, after = next(left, None), next(right, None)
    there: Optional[list[set[bytes]]] = None
    while before is not None or after is not None:
        if before is not None and after is not None and before[:width] == after[:width]:
            yield before, after
            before, after = next(left, None), next(right, None)
            continue
        if there is None:
            there = [{_digest(row, width) for row in reader.rows()} for reader in (base, head)]
        if before is not None and _digest(before, width) not in there[1]:
            yield before, None
            before = next(left, None)
        elif after is not None and _digest(after, width) not in there[0]:
            yield None, after
            after = next(right, None)
        else:
            raise EngineError("E-engine", "the training sets do not have the rows of one spine in its order")


def _digest(row: Row, width: int) -> bytes:
    return hashlib.blake2b("\0".join(row[:width]).encode(), digest_size=16).digest()


def _records(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        # A break within quotes is no end.
        while line.count('"') % 2:
            more = next(lines, None)
            if more is None:
                break
            line += more
        yield line.removesuffix("\n").removesuffix("\r")


_CELL = re.compile(r'("(?:[^"]|"")*"|[^,]*),')


def _cells(record: str) -> Row:
    return _CELL.findall(record + ",") if '"' in record else record.split(",")
