# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What the online benchmark fills and serves: the one list that generator and runner share. Standard library only."""

import pathlib
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DATA = HERE.parent / "data" / "online"
UNTIL = "2025-01-01T00:00:00Z"
FEATURES = 10


@dataclass(frozen=True)
class Fill:
    """A source to materialize: rows of ten float64 features, an int64 key and a time."""

    name: str
    title: str
    rows: int
    keys: int
    is_long: bool = False

    @property
    def folder(self):
        return DATA / self.name


FILLS = {
    fill.name: fill
    for fill in [
        Fill("unique", "1 M rows, each of its own key", 1_000_000, 1_000_000),
        Fill("updates", "1 M rows of 100,000 keys", 1_000_000, 100_000),
        Fill("large", "10 M rows of 100,000 keys", 10_000_000, 100_000),
        Fill("large-unique", "10 M rows, each of its own key", 10_000_000, 10_000_000, is_long=True),
    ]
}

# What is served: as in the measurements of Feast that the targets come from.
ENTITIES = 20_000
VIEWS = 5
SERVED = DATA / "served"
# The same rows, with a promise about every feature, held against every value that is served.
PROMISED = DATA / "promised"


@dataclass(frozen=True)
class Load:
    """A request: so many entities, so many features."""

    name: str
    entities: int
    views: int

    @property
    def title(self):
        return f"{self.entities} x {self.views * FEATURES}"


LOADS = [Load("small", 1, 1), Load("large", 100, 5)]
CONNECTIONS = [1, 16, 64]
