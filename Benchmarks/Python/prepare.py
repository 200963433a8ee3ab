#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Makes the two problems out of what the end-to-end benchmark has made: spines with a number for each row, sources, and a
feature repository. Silent when the files are newer than theirs."""

import pathlib
import shutil

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from problems import PROBLEMS, SERVICE, SHAPES

TIME = pa.timestamp("us", tz="UTC")


def put(table, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="snappy")


def spine(problem, original):
    """The keys and the time, with the number of the row."""
    table = pq.read_table(original, columns=[*problem.keys, "event_timestamp"])
    put(table.append_column("row", pa.array(range(table.num_rows), pa.int64())), problem.spine)


def source(problem, one, original):
    """The key, the times and the features of a table, in one file."""
    table = pq.read_table(original, columns=[one.key, *([one.event] if one.event else []), *one.types])
    if one.known:
        late = pc.add(table[one.event].cast(pa.int64()), one.wait).cast(pa.int64()).cast(pa.timestamp("us")).cast(TIME)
        table = table.append_column(one.known, late)
    if not one.event:
        table = table.append_column(one.stand_in, pa.array([0] * table.num_rows, TIME))
    put(table, problem.path(one))


def definitions(problem):
    """The same meaning in tally's words."""
    yield "".join(
        f"kind: Entity\nname: {key}_key\nowner: bench\njoinKeys: [{{name: {key}, type: {kind}}}]\n---\n"
        for key, kind in problem.keys.items())
    for one in problem.sources:
        late = f"knownAfter: {one.wait // 60_000_000}m\n" if one.wait else ""
        event = f"eventTime: {one.event}\n{late}" if one.event else ""
        life = f"timeToLive: {one.life // 3_600_000_000}h\n" if one.life else ""
        features = "".join(f"  - {{name: {name}, type: {kind}}}\n" for name, kind in one.types.items())
        yield (
            f"kind: Source\nname: {one.name}\nowner: bench\npath: data/{one.name}.parquet\n{event}---\n"
            f"kind: FeatureView\nname: {one.name}\nowner: bench\nentities: [{one.key}_key]\nsource: {one.name}\n{life}"
            f"features:\n{features}---\n")
    yield f"kind: FeatureService\nname: {SERVICE}\nowner: bench\nfeatures: [{', '.join(one.name for one in problem.sources)}]\n"


def main():
    flights, wide = SHAPES["flights"].folder / "data", SHAPES["views-1"]
    originals = {
        "flights": {
            "spine": flights / "spine.parquet", "weather": flights / "weather", "planes": flights / "planes.parquet",
            "airports": flights / "airports.parquet"},
        "wide": {"spine": wide.spine, "view": wide.source(1)}}
    for problem in PROBLEMS.values():
        paths = originals[problem.name]
        newest = max([path.stat().st_mtime for path in paths.values()] + [pathlib.Path(__file__).stat().st_mtime])
        stamp = problem.folder / "made"
        if stamp.exists() and stamp.stat().st_mtime >= newest:
            continue
        shutil.rmtree(problem.folder, ignore_errors=True)
        spine(problem, paths["spine"])
        for one in problem.sources:
            source(problem, one, paths[one.name])
        (problem.folder / "definitions").mkdir()
        (problem.folder / "tally.yaml").write_text(f"project: {problem.name}\n")
        (problem.folder / "definitions" / "all.yaml").write_text("".join(definitions(problem)))
        stamp.touch()


if __name__ == "__main__":
    main()
