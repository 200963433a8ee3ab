#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Makes the repositories that the online benchmark fills and serves; what is there already stays."""

import argparse
import os
import sys

import numpy
import pyarrow
import pyarrow.parquet

from shapes import DATA, ENTITIES, FEATURES, FILLS, PROMISED, SERVED, VIEWS

START = 1_704_067_200_000_000  # 2024-01-01T00:00:00Z
SPAN = 300 * 86_400_000_000
CHUNK = 1_000_000


def view(name, source, promise):
    features = "\n".join(f"  - {{name: {name}_f{index}, type: float64{promise}}}" for index in range(FEATURES))
    return f"""---
kind: Source
name: {source}
owner: bench
path: data/{source}.parquet
eventTime: at
---
kind: FeatureView
name: {name}
owner: bench
entities: [user]
source: {source}
features:
{features}
"""


def define(folder, views, promise=""):
    (folder / "definitions").mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "tally.yaml").write_text("project: bench\n")
    text = "kind: Entity\nname: user\nowner: bench\njoinKeys: [{name: user_id, type: int64}]\n"
    text += "".join(view(name, source, promise) for name, source in views)
    for name, chosen in [("small", views[:1]), ("large", views)]:
        text += f"---\nkind: FeatureService\nname: {name}\nowner: bench\nfeatures: [{', '.join(v for v, _ in chosen)}]\n"
    (folder / "definitions" / "all.yaml").write_text(text)


def write(path, prefix, rows, keys, seed):
    """Rows in the order of their time; every key has a row as soon as there are as many rows as keys."""
    if path.exists():
        return
    print(f"==> writing {path.relative_to(DATA)}: {rows:,} rows", file=sys.stderr)
    random = numpy.random.default_rng(seed)
    aside = path.with_suffix(".partial")
    writer = None
    for start in range(0, rows, CHUNK):
        count = min(CHUNK, rows - start)
        users = numpy.arange(start, start + count) % keys
        random.shuffle(users)
        columns = {
            "user_id": users.astype(numpy.int64),
            "at": pyarrow.array(
                START + (numpy.arange(start, start + count) * (SPAN // rows)), pyarrow.timestamp("us", tz="UTC")),
        }
        for index in range(FEATURES):
            columns[f"{prefix}_f{index}"] = random.random(count) * 1000
        table = pyarrow.table(columns)
        writer = writer or pyarrow.parquet.ParquetWriter(aside, table.schema)
        writer.write_table(table, row_group_size=122_880)
    writer.close()
    aside.rename(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="also what takes minutes")
    long = parser.parse_args().long
    for number, fill in enumerate(FILLS.values()):
        if fill.is_long and not long:
            continue
        define(fill.folder, [("user", "events")])
        write(fill.folder / "data" / "events.parquet", "user", fill.rows, fill.keys, seed=number)
    views = [(f"view{number}", f"events{number}") for number in range(1, VIEWS + 1)]
    define(SERVED, views)
    define(PROMISED, views, ", promise: {minimum: -1, maximum: 1000000, otherwise: serveDefault, default: 0}")
    for number, (name, source) in enumerate(views):
        write(SERVED / "data" / f"{source}.parquet", name, ENTITIES, ENTITIES, seed=100 + number)
        (PROMISED / "data" / f"{source}.parquet").unlink(missing_ok=True)
        os.link(SERVED / "data" / f"{source}.parquet", PROMISED / "data" / f"{source}.parquet")


if __name__ == "__main__":
    main()
