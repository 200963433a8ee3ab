# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The two problems of the Python benchmark, as every tool has to be told of them. Standard library only."""

import os
import pathlib
import sys
from dataclasses import dataclass

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "EndToEnd"))
from shapes import DATA, DAY, HERE as END_TO_END, PYTHON, QUICK, ROOT, SHAPES, TTL_DAYS  # noqa: E402, F401

HOME = DATA / "python"
FEAST = pathlib.Path(os.environ.get("TALLY_BENCH_FEAST", END_TO_END.parent / ".venv-feast"))
HOUR, MINUTE = 3_600_000_000, 60_000_000
SERVICE = "model"


@dataclass(frozen=True)
class Source:
    """A table to join, as a Parquet file with a row for each key and time."""

    name: str
    key: str
    types: dict[str, str]
    # The column of the event's time; None: the table has no times, and its rows are always visible.
    event: str | None = None
    # Microseconds from the event until a row can be used, and the column that holds the sum for tools that cannot be told.
    wait: int = 0
    known: str | None = None
    life: int | None = None
    # What tools that need a time of every row are given for a table without.
    stand_in: str = "always"

    @property
    def visible(self):
        """The column by which a tool without known times has to join."""
        return self.known or self.event


@dataclass(frozen=True)
class Problem:
    """A spine and its sources."""

    name: str
    title: str
    keys: dict[str, str]
    sources: tuple[Source, ...]
    # Feast's file store holds every pair of a row and a row of its key in memory: it is asked for the first rows only.
    few: int

    @property
    def folder(self):
        return HOME / self.name

    @property
    def spine(self):
        return self.folder / "data" / "spine.parquet"

    def path(self, source):
        return self.folder / "data" / f"{source.name}.parquet"

    @property
    def features(self):
        return [name for source in self.sources for name in source.types]


WEATHER = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib"]
PROBLEMS = {
    problem.name: problem
    for problem in [
        Problem(
            "flights", "flights: 336,776 rows, weather known 20 minutes late and valid 3 hours, planes, airports",
            {"origin": "string", "dest": "string", "tailnum": "string"},
            (
                Source("weather", "origin", dict.fromkeys(WEATHER, "float64"), "observed_at", 20 * MINUTE, "known_at", 3 * HOUR),
                Source("planes", "tailnum", {"year_built": "int64", "manufacturer": "string", "engines": "int64", "seats": "int64"}),
                Source("airports", "dest", {"lat": "float64", "lon": "float64", "alt": "int64", "tz": "int64"}),
            ), 100 if QUICK else 1_000),
        Problem(
            "wide", "10 M rows x 1 M rows of the spine, four float64 features, 100,000 keys, valid 30 days",
            {"entity": "int64"},
            (Source("view", "entity", dict.fromkeys(SHAPES["views-1"].features(1), "float64"), "event_time", life=TTL_DAYS * DAY),),
            100 if QUICK else 20_000),
    ]
}
