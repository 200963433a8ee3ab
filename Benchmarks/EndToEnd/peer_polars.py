#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A shape's training set by Polars: Parquet in, point-in-time join, Parquet out; every spine row once and in order.

Two ways, both measured. `chain` is what its guide shows: one lazy query of `join_asof`, streamed into the file, with
both sides sorted by time because it asks for that and sorted back at the end. `gather` is the quicker way that we
found: it joins keys and times only and then gathers the features by row number, once for each view.
Output: snappy, as tally writes. Threads: POLARS_MAX_THREADS.
"""

import argparse
from datetime import datetime, timedelta

import polars as pl

from shapes import AS_OF, SHAPES, TTL_DAYS

WRITTEN = {"compression": "snappy"}
JOIN = {
    "left_on": "event_timestamp",
    "right_on": "event_time",
    "by": "entity",
    "strategy": "backward",
    "tolerance": f"{TTL_DAYS}d",
    # Both sides are sorted by time here; Polars cannot see that within each entity.
    "check_sortedness": False,
}


def source(shape, view):
    """A view's rows, only the columns that are asked for."""
    return pl.scan_parquet(shape.source(view)).select("entity", "event_time", *shape.features(view))


def chain(shape, output):
    """One lazy query over all views."""
    query = pl.scan_parquet(shape.spine).with_row_index("row").sort("event_timestamp")
    for view in range(1, shape.views + 1):
        query = query.join_asof(source(shape, view).sort("event_time"), **JOIN).drop("event_time", strict=False)
    query.sort("row").drop("row").sink_parquet(output, **WRITTEN)


def gather(shape, output):
    """Narrow joins of keys and times; features are gathered by the number of the matched row."""
    whole = pl.read_parquet(shape.spine)
    spine = whole.select("entity", "event_timestamp").with_row_index("row").sort("event_timestamp")
    parts = [whole]
    for view in range(1, shape.views + 1):
        rows = source(shape, view).collect()
        times = rows.lazy().select("entity", "event_time").with_row_index("match").sort("event_time")
        matches = spine.lazy().join_asof(times, **JOIN).select("row", "match").sort("row").collect()["match"]
        parts.append(rows.lazy().select(pl.col(shape.features(view)).gather(matches)).collect())
    pl.concat(parts, how="horizontal").write_parquet(output, **WRITTEN)


def flights(shape, output):
    """The example's service: weather known 20 minutes late, two tables without times, an expression, a label."""
    data = shape.folder / "data"
    weather = pl.scan_parquet(data / "weather" / "*.parquet").select(
        "origin", "temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib",
        low_visibility=pl.col("visib") < 1.0,
        known=pl.col("observed_at") + pl.duration(minutes=20),
    )
    planes = pl.scan_parquet(data / "planes.parquet").select("tailnum", "year_built", "manufacturer", "engines", "seats")
    airports = pl.scan_parquet(data / "airports.parquet").select("dest", "lat", "lon", "alt", "tz")
    labels = pl.scan_parquet(data / "flights" / "*.parquet").select("flight_id", "landed_at", "arr_delay")
    ripe = datetime.fromisoformat(AS_OF) - timedelta(hours=6)
    query = (
        pl.scan_parquet(shape.spine)
        .with_row_index("row")
        .sort("event_timestamp")
        # Known 20 minutes after the observation and 3 hours old at most: 2 hours 40 minutes after it is known.
        .join_asof(
            weather.sort("known"), left_on="event_timestamp", right_on="known", by="origin", strategy="backward",
            tolerance="160m", check_sortedness=False)
        .join(planes, on="tailnum", how="left")
        .join(airports, on="dest", how="left")
        .join(labels, on="flight_id", how="left")
        .filter(pl.col("landed_at").is_null() | (pl.col("landed_at") <= ripe))
        .with_columns(
            headwind=pl.col("wind_speed") * (pl.col("wind_dir") - pl.col("course")).radians().cos(),
            arr_delay=pl.when(pl.col("landed_at").is_not_null()).then(pl.col("arr_delay")),
        )
        .sort("row")
        .drop("row", "landed_at", "known", strict=False)
        .select(pl.exclude("arr_delay"), "arr_delay")
    )
    query.sink_parquet(output, **WRITTEN)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("output")
    parser.add_argument("--way", choices=["chain", "gather"], default="chain")
    parser.add_argument("--only-start", action="store_true", help="do nothing: what Python and the import cost")
    arguments = parser.parse_args()
    shape = SHAPES[arguments.shape]
    if arguments.only_start:
        return
    if shape.is_flights:
        flights(shape, arguments.output)
    elif arguments.way == "gather":
        gather(shape, arguments.output)
    else:
        chain(shape, arguments.output)


if __name__ == "__main__":
    main()
