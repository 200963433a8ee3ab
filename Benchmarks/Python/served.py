# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What `get` is asked for: five views of ten features, each value told by its key. Standard library only."""

import os

KEYS = 500 if "TALLY_BENCH_QUICK" in os.environ else 20_000
VIEWS, FEATURES = 5, 10
# Keys and views of a call.
CALLS = [(1, 1), (100, 5)]
UNTIL = "2025-01-01T00:00:00Z"


def names(views):
    return [f"view{view}_f{index}" for view in range(1, views + 1) for index in range(FEATURES)]


def service(views):
    return f"views{views}"


def value(name, key):
    """What was materialized: different in every cell, and exact in a float64."""
    view, index = name.removeprefix("view").split("_f")
    return key * 64.0 + int(view) * FEATURES + int(index) + 0.25
