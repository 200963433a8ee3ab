#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A shape's training set by DuckDB: Parquet in, point-in-time join, Parquet out; every spine row once and in order.

One narrow ASOF join for each view into a temporary table in the spine's order, and the tables put side by side by
position: joins one on top of the other spill, and with one view this costs no more than a single query.
Output: snappy, as tally writes.
"""

import argparse

import duckdb

from shapes import AS_OF, DAY, SHAPES, TTL_DAYS

WRITTEN = "(FORMAT parquet, COMPRESSION snappy)"


def joined(shape, view):
    """SQL for one view's features in the spine's order; values older than the time to live are null."""
    # Whole microseconds: intervals between zoned timestamps would be slower.
    age = "epoch_us(s.event_timestamp) - epoch_us(v.event_time)"
    names = shape.features(view)
    features = ", ".join(f"CASE WHEN {age} <= {TTL_DAYS * DAY} THEN v.{name} END AS {name}" for name in names)
    return f"""
        SELECT * EXCLUDE (row) FROM (
            SELECT s.row, {features}
            FROM (SELECT file_row_number AS row, entity, event_timestamp
                  FROM read_parquet('{shape.spine}', file_row_number = true)) s
            ASOF LEFT JOIN (SELECT entity, event_time, {', '.join(names)}
                            FROM read_parquet('{shape.source(view)}')) v
                ON s.entity = v.entity AND s.event_timestamp >= v.event_time)
        ORDER BY row"""


def narrow(connection, shape, output):
    """The views one after the other, then side by side."""
    views = range(1, shape.views + 1)
    for view in views:
        connection.execute(f"CREATE TEMP TABLE part_{view} AS {joined(shape, view)}")
    parts = " ".join(f"POSITIONAL JOIN part_{view}" for view in views)
    connection.execute(f"COPY (SELECT * FROM read_parquet('{shape.spine}') {parts}) TO '{output}' {WRITTEN}")


def flights(connection, shape, output):
    """The example's service: weather known 20 minutes late, two tables without times, an expression, a label."""
    data = shape.folder / "data"
    age = "epoch_us(s.event_timestamp) - epoch_us(w.observed_at)"
    columns = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib"]
    weather = ", ".join(f"CASE WHEN {age} <= {3 * 3_600_000_000} THEN w.{name} END AS {name}" for name in columns)
    connection.execute(f"""
        COPY (
            SELECT * EXCLUDE (row, landed_at, arr_delay), wind_speed * cos(radians(wind_dir - course)) AS headwind,
                CASE WHEN landed_at IS NOT NULL THEN arr_delay END AS arr_delay
            FROM (
                SELECT s.*, {weather}, CASE WHEN {age} <= {3 * 3_600_000_000} THEN w.visib < 1.0 END AS low_visibility, p.year_built, p.manufacturer, p.engines,
                    p.seats, a.lat, a.lon, a.alt, a.tz, l.landed_at, l.arr_delay
                FROM (SELECT file_row_number AS row, * EXCLUDE (file_row_number)
                      FROM read_parquet('{shape.spine}', file_row_number = true)) s
                ASOF LEFT JOIN read_parquet('{data}/weather/*.parquet') w
                    ON s.origin = w.origin AND s.event_timestamp >= w.observed_at + INTERVAL 20 MINUTE
                LEFT JOIN read_parquet('{data}/planes.parquet') p ON s.tailnum = p.tailnum
                LEFT JOIN read_parquet('{data}/airports.parquet') a ON s.dest = a.dest
                LEFT JOIN read_parquet('{data}/flights/*.parquet') l ON s.flight_id = l.flight_id)
            WHERE landed_at IS NULL OR landed_at <= TIMESTAMPTZ '{AS_OF}' - INTERVAL 6 HOUR
            ORDER BY row)
        TO '{output}' {WRITTEN}""")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("output")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--only-start", action="store_true", help="do nothing: what Python and the import cost")
    arguments = parser.parse_args()
    shape = SHAPES[arguments.shape]
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    if arguments.threads:
        connection.execute(f"SET threads = {arguments.threads}")
    if arguments.only_start:
        return
    (flights if shape.is_flights else narrow)(connection, shape, arguments.output)


if __name__ == "__main__":
    main()
