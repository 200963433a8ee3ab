#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Holds a tool's answer against tallystick's and says by cause what differs; prints JSON.

Causes: a row of the spine that is lost, or there more than once; a cell that hangs on a tie (several rows of one key and
time, of which a tool may take any); a value older than the time to live that was given all the same; and what has none of
these causes, which is the one that counts. Numbers are compared as numbers: that pandas gives integers with gaps as doubles
is no difference; NaN is a gap. Doubles are equal when they are, to the last bit.
"""

import json
import sys

import polars as pl

from problems import PROBLEMS


def plain(rows):
    """Numbers as doubles without NaN, text as text."""
    changes = []
    for name, kind in rows.schema.items():
        if name != "row":
            changes.append(pl.col(name).cast(pl.Float64).fill_nan(None) if kind.is_numeric() else pl.col(name).cast(pl.String))
    return rows.with_columns(changes)


def circumstances(problem, one, spine):
    """For each row of the spine whether its row of the source has a tie, and whether it is too old."""
    rows = pl.read_parquet(problem.path(one), columns=[one.key, *([one.visible] if one.visible else [])])
    if not one.visible:
        counts = rows.group_by(one.key).agg(pl.len().alias("count"))
        found = spine.join(counts, on=one.key, how="left").with_columns(old=pl.lit(False))
    else:
        counts = rows.group_by(one.key, one.visible).agg(pl.len().alias("count")).sort(one.visible)
        found = spine.sort("event_timestamp").join_asof(
            counts, left_on="event_timestamp", right_on=one.visible, by=one.key, strategy="backward",
            check_sortedness=False, coalesce=False)
        age = pl.col("event_timestamp") - pl.col(one.visible)
        found = found.with_columns(old=(age > pl.duration(microseconds=one.life - one.wait)).fill_null(False))
    return found.select("row", tied=(pl.col("count") > 1).fill_null(False), old="old")


def main():
    problem = PROBLEMS[sys.argv[1]]
    ours, theirs = plain(pl.read_parquet(sys.argv[2])), plain(pl.read_parquet(sys.argv[3]))
    limit = int(sys.argv[4]) if len(sys.argv) > 4 else len(ours)
    ours = ours.filter(pl.col("row") < limit)
    unique = theirs.unique("row", keep="first")
    causes = {"rows lost": len(ours.join(unique, on="row", how="anti")), "rows doubled": len(theirs) - len(unique)}
    both = ours.join(unique, on="row", how="inner", suffix="_theirs")
    spine = pl.read_parquet(problem.spine)
    cells = 0
    for one in problem.sources:
        joined = both.join(circumstances(problem, one, spine), on="row", how="left")
        for name in one.types:
            differs = joined.filter(pl.col(name).ne_missing(pl.col(f"{name}_theirs")))
            cells += len(joined)
            tied = differs["tied"]
            served = ~tied & differs["old"] & differs[name].is_null()
            for cause, count in [
                ("cells with a tie", tied.sum()), ("expired cells given", served.sum()),
                ("cells unexplained", (~tied & ~served).sum()),
            ]:
                causes[cause] = causes.get(cause, 0) + int(count)
    gaps = sum(ours[name].null_count() for name in problem.features)
    json.dump({"rows": len(ours), "cells": cells, "gaps": gaps, "causes": causes}, sys.stdout)


if __name__ == "__main__":
    main()
