# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A source whose file is rewritten in place, with its size and its time set back."""

import json
import os

import pyarrow
import pyarrow.parquet

# 2024, and long after the run.
TIMES = (1_720_000_000_000_000, 4_000_000_000_000_000)


def documents():
    """The YAML of the source."""
    found = (
        {"kind": "Source", "name": "rewritten", "path": "data/rewritten/a.csv", "eventTime": "at"},
        {"kind": "Entity", "name": "rewritten", "joinKeys": [{"name": "k", "type": "string"}]},
        {"kind": "FeatureView", "name": "rewritten", "owner": "test", "entities": ["rewritten"], "source": "rewritten",
         "features": [{"name": "n", "type": "int64"}]},
        {"kind": "FeatureService", "name": "rewritten", "owner": "test", "features": [{"rewritten": ["n"]}]})
    return [json.dumps(document) for document in found]


def write(folder, text):
    """Writes the file anew where it says something else, and sets its time back."""
    path = folder / "data" / "rewritten" / "a.csv"
    content = f"k,at,n\na,2024-01-01T00:00:00Z,{text}\n"
    if path.exists() and path.read_text() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "r+" if path.exists() else "w", encoding="utf-8") as file:
        file.write(content)
    os.utime(path, (1_710_000_000, 1_710_000_000))


def spine(folder):
    """Asks before and after the file is rewritten."""
    path = folder / "rewritten.parquet"
    times = pyarrow.array(TIMES, pyarrow.int64()).cast(pyarrow.timestamp("us", "UTC"))
    pyarrow.parquet.write_table(pyarrow.table({"event_timestamp": times, "k": pyarrow.array(["a", "a"])}), path)
    return path
