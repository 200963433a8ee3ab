#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Holds two training sets against each other, cell by cell in the order of rows; prints what differs as JSON.

Doubles are equal when their bits are. The one exception is named by the caller (`--within COLUMN=ULPS`) and counted:
sines and cosines are not correctly rounded, and mathematical libraries differ in the last place.
"""

import argparse
import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def plain(column):
    """The column as one array without dictionaries, in the widest form of its kind, times in microseconds UTC."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.large_string())
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us", tz=kind.tz)).cast(pa.int64())
    return column


def distance(left, right):
    """How many representable doubles lie between two arrays, element by element."""
    bits = []
    for values in (left, right):
        word = values.view(np.int64)
        bits.append(np.where(word < 0, np.int64(-(2**63)) - word, word))
    return np.abs(bits[0] - bits[1])


def differences(left, right, ulps):
    """Rows in which the columns differ, and the rows in which they differ within `ulps`."""
    left, right = plain(left), plain(right)
    if left.type != right.type:
        return f"types {left.type} and {right.type}", 0
    if not pc.equal(left.is_null(), right.is_null()).to_numpy(zero_copy_only=False).all():
        return int(pc.sum(pc.not_equal(left.is_null(), right.is_null())).as_py()), 0
    present = left.is_valid()
    left, right = left.filter(present), right.filter(present)
    if not pa.types.is_floating(left.type):
        return int(pc.sum(pc.not_equal(left, right)).as_py() or 0), 0
    left, right = left.to_numpy(), right.to_numpy()
    unequal = left.view(np.int64) != right.view(np.int64)
    if not ulps or not unequal.any():
        return int(unequal.sum()), 0
    near = distance(left[unequal], right[unequal]) <= ulps
    return int((~near).sum()), int(near.sum())


def codec(file):
    """How the file's columns are compressed."""
    group = file.metadata.row_group(0) if file.metadata.num_row_groups else None
    return sorted({group.column(index).compression for index in range(group.num_columns)}) if group else []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("left")
    parser.add_argument("right")
    parser.add_argument("--within", action="append", default=[], metavar="COLUMN=ULPS")
    arguments = parser.parse_args()
    within = {name: int(ulps) for name, ulps in (one.split("=") for one in arguments.within)}
    left, right = pq.ParquetFile(arguments.left), pq.ParquetFile(arguments.right)
    names = left.schema_arrow.names
    report = {"rows": left.metadata.num_rows, "columns": len(names), "cells": 0, "different": {}, "near": {}}
    if set(names) != set(right.schema_arrow.names):
        report["different"]["columns"] = f"{names} and {right.schema_arrow.names}"
    elif left.metadata.num_rows != right.metadata.num_rows:
        report["different"]["rows"] = f"{left.metadata.num_rows} and {right.metadata.num_rows}"
    else:
        for name in names:
            different, near = differences(
                left.read([name]).column(0), right.read([name]).column(0), within.get(name, 0))
            report["cells"] += left.metadata.num_rows
            if different:
                report["different"][name] = different
            if near:
                report["near"][name] = near
    # How much of the answer is null says whether the comparison compared anything.
    present = [name for name in names if left.metadata.num_rows]
    nulls = sum(left.read([name]).column(0).null_count for name in present)
    report["nulls"] = nulls
    report["compression"] = [codec(left), codec(right)]
    report["order"] = names == right.schema_arrow.names
    json.dump(report, sys.stdout)
    sys.exit(1 if report["different"] else 0)


if __name__ == "__main__":
    main()
