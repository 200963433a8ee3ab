#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Makes the inputs of the end-to-end benchmark: for each shape a spine, its sources and a feature repository.

Every file is a function of the seed and its own name. Sources are written by pyarrow, a third party to all who read
them, with its defaults (snappy, row groups of 1 Mi rows). Silent when the files are there.

What the rows are made to contain: no two rows of an entity share an event time, so no answer hangs on a tie; a tenth
of the entities fall silent after 20 of 60 days, so the time to live of 30 days hides rows; 1 % of the spine's entities
are in no source; early spine rows precede all rows of their entity; 1 % of one column is null. Doubles have full
mantissas, so that a comparison bit for bit means something. No NaN and no -0.0.
"""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shapes import COLUMNS, DATA, QUICK, QUICK_FLIGHTS, ROOT, SERVICE, SHAPES, SPAN, TTL_DAYS

SEED = 7
START = 1_735_689_600_000_000  # 2025-01-01T00:00:00Z
SILENT_AFTER = SPAN // 3
RECORD = DATA / "generated.json"
EXAMPLE = ROOT / "Examples" / "flights"
TIME = pa.timestamp("us", tz="UTC")


def random(*names):
    """A generator of its own for each file, so that no file depends on the order of making."""
    words = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return np.random.default_rng([SEED, *np.frombuffer(words, dtype=np.uint32).tolist()])


def keys(shape, numbers):
    """The join keys of entities by number: scattered integers, or text of 17 bytes (too long to be kept inline)."""
    scattered = numbers * np.int64(7_919_000_003) - np.int64(1_000_000_007)
    if not shape.string_keys:
        return pa.array(scattered)
    texts = pa.array([f"user-{value & 0xFFFFFFFFFFFF:012x}" for value in all_keys(shape)])
    return texts.take(pa.array(numbers))


def all_keys(shape):
    """One integer for each entity number, those that are in no source included."""
    numbers = np.arange(shape.entities + unknown(shape), dtype=np.int64)
    return (numbers * np.int64(7_919_000_003)).tolist()


def unknown(shape):
    """How many entities are in the spine and in no source."""
    return max(1, shape.entities // 100)


def untie(entities, times):
    """Moves event times by microseconds until no entity has one twice."""
    while True:
        rank = entities * np.int64(2 * SPAN) + times
        order = np.argsort(rank, kind="stable")
        again = order[1:][np.diff(rank[order]) == 0]
        if not again.size:
            return times
        times[again] += 1


def write_source(shape, view):
    """One view's rows, in no order."""
    dice = random("source", shape.pool or shape.name, view)
    entities = dice.integers(0, shape.entities, shape.source_rows)
    times = dice.integers(0, SPAN, shape.source_rows)
    silent = entities % 10 == 3
    times[silent] %= SILENT_AFTER
    times = untie(entities, times)
    columns = {"entity": keys(shape, entities), "event_time": pa.array(times + START, TIME)}
    for letter, name in zip(COLUMNS, shape.features(view)):
        values = dice.standard_normal(shape.source_rows)
        mask = dice.random(shape.source_rows) < 0.01 if letter == "d" else None
        columns[name] = pa.array(values, mask=mask)
    put(pa.table(columns), shape.source(view))


def write_spine(shape):
    """The rows to be answered, in no order, with a column of their own that has to come back."""
    dice = random("spine", shape.name)
    entities = dice.integers(0, shape.entities + unknown(shape), shape.spine_rows)
    times = dice.integers(0, SPAN, shape.spine_rows)
    columns = {
        "entity": keys(shape, entities),
        "event_timestamp": pa.array(times + START, TIME),
        "label": pa.array(dice.standard_normal(shape.spine_rows)),
    }
    put(pa.table(columns), shape.spine)


def put(table, path):
    """Writes aside, then renames."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".aside")
    pq.write_table(table, aside, compression="snappy")
    os.replace(aside, path)


def definitions(shape):
    """The same meaning in tally's words: one source and one view of four doubles for each file."""
    key = "string" if shape.string_keys else "int64"
    yield f"kind: Entity\nname: customer\nowner: bench\njoinKeys: [{{name: entity, type: {key}}}]\n"
    for view in range(1, shape.views + 1):
        name = f"view_{view:02d}"
        yield f"kind: Source\nname: {name}\nowner: bench\npath: data/{name}.parquet\neventTime: event_time\n"
        features = "".join(f"  - {{name: {feature}, type: float64}}\n" for feature in shape.features(view))
        yield (
            f"kind: FeatureView\nname: {name}\nowner: bench\nentities: [customer]\nsource: {name}\n"
            f"timeToLive: {TTL_DAYS}d\nfeatures:\n{features}"
        )
    views = ", ".join(f"view_{view:02d}" for view in range(1, shape.views + 1))
    yield f"kind: FeatureService\nname: {SERVICE}\nowner: bench\nfeatures: [{views}]\n"


def write_repository(shape):
    """tally.yaml and definitions; for the flights everything that the example itself has in version control."""
    folder = shape.folder
    if shape.is_flights:
        for path in sorted(EXAMPLE.rglob("*.yaml")):
            place = path.relative_to(EXAMPLE)
            if place.parts[0] not in ("data", ".tally"):
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, folder / place)
        return
    (folder / "definitions").mkdir(parents=True, exist_ok=True)
    (folder / "tally.yaml").write_text(f"project: {shape.name.replace('-', '_')}\n")
    (folder / "definitions" / "all.yaml").write_text("---\n".join(definitions(shape)))


def link(original, path):
    """A second name for the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.link(original, path)


def pooled(shape, view, fresh):
    """The same source in another shape of the pool, when that one is of this recipe."""
    others = (one for one in fresh if shape.pool and one.pool == shape.pool and one.views >= view)
    return next((one.source(view) for one in others if one.source(view).exists()), None)


def make(shape, fresh):
    """Everything of one shape, with sources shared from those in `fresh`; says what it makes."""
    print(f"==> making {shape.name}", file=sys.stderr)
    if shape.is_flights:
        for path in sorted((EXAMPLE / "data").rglob("*.parquet")):
            link(path, shape.folder / path.relative_to(EXAMPLE))
        if QUICK:
            shape.spine.unlink()
            put(pq.read_table(EXAMPLE / "data" / "spine.parquet").slice(150_000, QUICK_FLIGHTS), shape.spine)
    else:
        write_spine(shape)
        for view in range(1, shape.views + 1):
            if shared := pooled(shape, view, fresh):
                link(shared, shape.source(view))
            else:
                write_source(shape, view)


def recipe(shape):
    """Changes when the shape's files would."""
    text = pathlib.Path(__file__).read_bytes() + repr(shape).encode() + np.__version__.encode()
    if shape.is_flights:
        text += (EXAMPLE / "data" / "prepared.json").read_bytes()
    return hashlib.sha256(text).hexdigest()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--long", action="store_true", help="the long shapes as well")
    parser.add_argument("--shapes", nargs="*", choices=list(SHAPES), help="only these")
    arguments = parser.parse_args()
    subprocess.run([sys.executable, EXAMPLE / "prepare.py"], check=True, stdout=subprocess.DEVNULL)
    DATA.mkdir(parents=True, exist_ok=True)
    try:
        record = json.loads(RECORD.read_text())
    except (OSError, ValueError):
        record = {}
    fresh = [shape for shape in SHAPES.values() if record.get(shape.name) == recipe(shape) and shape.spine.exists()]
    for shape in SHAPES.values():
        if shape.name not in arguments.shapes if arguments.shapes else shape.is_long and not arguments.long:
            continue
        if shape not in fresh:
            make(shape, fresh)
            fresh.append(shape)
            record[shape.name] = recipe(shape)
            RECORD.write_text(json.dumps(record, indent=1))
        write_repository(shape)


if __name__ == "__main__":
    main()
