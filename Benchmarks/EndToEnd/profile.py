#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Says where tally's CPU time goes, by sampling with `perf`; writes data/profile.json. Without perf it says so.

A sample belongs to the first group with a pattern in it, looking from the innermost frame outwards. libduckdb has no
frame pointers, so what it calls in the C library or in the system cannot be told apart there: it is a group of its own.
"""

import json
import shutil
import subprocess
import sys
from collections import Counter

import sampling
from run import TALLY, apply, command, identity, warm
from shapes import DATA, SHAPES

PROFILED = ["flights", "views-1", "strings"]
RECORD = DATA / "perf.data"
RESULT = DATA / "profile.json"
GROUPS = [
    ("hashing files and rows (SHA-256)",
     r"BatchHasher|CanonicalEncoding|[Ss][Hh][Aa]256|Snapshotter|FingerprintHasher"),
    ("key lookup", r"KeyTable|EntityDictionary|SourceKeys|KeyHash|SpineSide"),
    ("match (search, decide, keep)", r"TallyPointInTime.*(AsOf|SlotStore|PayloadWriter|Settling|SpineIndex|GroupSort)"),
    ("gathering features into columns", r"FeatureGather|TallyPointInTime7Matches|BytesTarget|FixedTarget"),
    ("Parquet writing (encode, compress)", 
     r"snappy.*Compress|ZSTD_compress|HUF_compress|HIST_|FSE_compress|ColumnWriter|duckdb.*Writ"),
    ("feeding rows to the writer", r"VectorWriter|FeedFunction|BatchSink"),
    ("Parquet reading (decode, decompress)",
     r"ColumnReader|Decoder|RawUncompress|ZSTD_decompress|HUF_decompress|FSE_decode|ParquetReader|ConvertParquet|pread"),
    ("training set: other Swift", r"\$s1\dTally|\$s5tally"),
    ("DuckDB: other", r"duckdb"),
]


def record(shape):
    """Profiles one warm run on one thread."""
    words, environment = command(shape, "tally", 1)
    subprocess.run(
        ["perf", "record", *sampling.OPTIONS, "-o", RECORD, *map(str, words)],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    if not shutil.which("perf"):
        RESULT.write_text("{}")
        print("==> perf is not here: no profile (Debian: linux-perf)", file=sys.stderr)
        return
    result, binary = {}, identity()
    for name in PROFILED:
        shape = SHAPES[name]
        print(f"==> profiling {name}", file=sys.stderr)
        warm(shape)
        if not (shape.folder / ".tally").exists():
            apply(shape)
        record(shape)
        counts, leaves = Counter(), Counter()
        for frames in sampling.samples(RECORD):
            counts[sampling.group(frames, GROUPS, "system and C library, caller unknown")] += 1
            leaves[frames[0]] += 1
        total = sum(counts.values())
        result[name] = {
            "groups": [(key, value / total) for key, value in counts.most_common()],
            "leaves": [(key, value / total) for key, value in leaves.most_common(12)]}
    RECORD.unlink(missing_ok=True)
    RESULT.write_text(json.dumps({"binary": binary, "shapes": result}, indent=1))


if __name__ == "__main__":
    if not TALLY.exists():
        sys.exit("error: there is no release build of tally")
    main()
