# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The shapes of data the end-to-end benchmark runs on: the one list that generator, peers and runner share.

Standard library only: the runner must stay small (see run.py), and every peer pays for what is imported here.
"""

import os
import pathlib
from dataclasses import dataclass, replace

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# TALLY_BENCH_QUICK: every benchmark once, at a size of seconds, with data and documents of its own (scripts/bench --quick).
QUICK = "TALLY_BENCH_QUICK" in os.environ
DATA = HERE.parent / "data" / "quick" if QUICK else HERE.parent / "data"
DOCUMENTS = DATA / "docs" if QUICK else ROOT / "docs"
# A Python with Polars, DuckDB, pandas and pyarrow.
PYTHON = pathlib.Path(os.environ.get("TALLY_BENCH_PYTHON", HERE.parent / ".venv" / "bin" / "python"))
# Of a spine of the flights, so many rows in the middle are asked when it has to be quick.
QUICK_FLIGHTS = 5_000

DAY = 86_400_000_000
SPAN = 60 * DAY
TTL_DAYS = 30
SERVICE = "bench"
# Labels of the flights are ripe long before this instant; the peers apply it as well.
AS_OF = "2014-06-01T00:00:00Z"
COLUMNS = "abcd"


@dataclass(frozen=True)
class Shape:
    """One input: so many rows a view, spine rows, entities and views."""

    name: str
    title: str
    source_rows: int = 10_000_000
    spine_rows: int = 1_000_000
    entities: int = 100_000
    views: int = 1
    string_keys: bool = False
    # Shapes of one pool have the same sources, as hard links.
    pool: str | None = None
    # Takes minutes: measured only when asked for by name or with --long.
    is_long: bool = False
    # Measured at one thread as well as at each tool's default.
    at_one_thread: bool = True

    @property
    def folder(self):
        """The shape's feature repository, with its data in data/."""
        return DATA / self.name

    @property
    def is_flights(self):
        return self.name == "flights"

    @property
    def service(self):
        return "arrival_delay" if self.is_flights else SERVICE

    @property
    def spine(self):
        return self.folder / "data" / "spine.parquet"

    def source(self, view):
        """The Parquet file of a view, counted from 1."""
        return self.folder / "data" / f"view_{view:02d}.parquet"

    def features(self, view):
        """The names of a view's four doubles."""
        return [f"v{view:02d}_{letter}" for letter in COLUMNS]


SHAPES = {
    shape.name: shape
    for shape in [
        Shape("flights", "flights, 336,776 rows, 3 views and a label"),
        Shape("views-1", "10 M x 1 M, 1 view", pool="views"),
        Shape("views-3", "10 M x 1 M, 3 views", views=3, pool="views"),
        Shape("views-10", "10 M x 1 M, 10 views", views=10, pool="views", is_long=True, at_one_thread=False),
        Shape("hot", "hot keys, 1 M x 300 k, 16 entities", source_rows=1_000_000, spine_rows=300_000, entities=16),
        Shape("strings", "10 M x 1 M, string keys", string_keys=True),
    ]
}
if QUICK:
    SHAPES = {
        name: replace(shape, source_rows=shape.source_rows // 1000, spine_rows=shape.spine_rows // 1000,
                      entities=max(16, shape.entities // 1000))
        for name, shape in SHAPES.items()}
