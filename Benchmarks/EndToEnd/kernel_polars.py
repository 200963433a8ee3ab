#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Polars' `join_asof` on the very rows of KernelBenchmark, in memory: CPU seconds and the checksum of the answer.

The rows come from the same generator in the same order of drawing (Sources/KernelBenchmark/BenchmarkData.swift), so
the checksums of the two programs must be equal. Timed: sorting what Polars wants sorted, the join, sorting back.
Not timed: making the rows.
"""

import argparse
import time

import numpy as np
import polars as pl

SPAN = 60 * 86_400_000_000
WORD = np.uint64
GAMMA = 0x9E3779B97F4A7C15


class SplitMix64:
    """The generator of KernelBenchmark, many numbers at a time."""

    def __init__(self, seed):
        self.state = seed

    def words(self, count):
        steps = np.arange(1, count + 1, dtype=WORD) * WORD(GAMMA) + WORD(self.state)
        self.state = (self.state + GAMMA * count) % 2**64
        steps = (steps ^ (steps >> WORD(30))) * WORD(0xBF58476D1CE4E5B9)
        steps = (steps ^ (steps >> WORD(27))) * WORD(0x94D049BB133111EB)
        return steps ^ (steps >> WORD(31))


def below(words, bound):
    """The high word of words times bound, by halves; bounds are below 2^63."""
    low, high = words & WORD(0xFFFFFFFF), words >> WORD(32)
    first, second = WORD(bound & 0xFFFFFFFF), WORD(bound >> 32)
    middle = high * first + ((low * first) >> WORD(32))
    cross = low * second + (middle & WORD(0xFFFFFFFF))
    return (high * second + (middle >> WORD(32)) + (cross >> WORD(32))).astype(np.int64)


def key(entities):
    return entities * np.int64(7_919_000_003) - np.int64(1_000_000_007)


def letters(keys):
    """Keys as KernelBenchmark spells them: eleven letters."""
    rest = keys.astype(WORD)
    codes = np.empty((len(keys), 11), dtype=np.uint8)
    for index in range(11):
        codes[:, index] = WORD(97) + rest % WORD(26)
        rest //= WORD(26)
    return pl.Series(codes.reshape(-1).view("S11")).cast(pl.String)


def rows(variant, source_rows, spine_rows):
    """The source and the spine of a variant."""
    dice = SplitMix64(7)
    entities = 16 if variant == "hot" else 100_000
    if variant == "sorted":
        keys = key(below(dice.words(source_rows), entities))
        times = np.arange(source_rows, dtype=np.int64) * (SPAN // source_rows)
    else:
        draws = dice.words(2 * source_rows)
        keys, times = key(below(draws[0::2], entities)), below(draws[1::2], SPAN)
    draws = dice.words(2 * spine_rows)
    spine_keys, spine_times = key(below(draws[0::2], entities)), below(draws[1::2], SPAN)
    columns = {
        f"f{index}": below(dice.words(source_rows), 1_000_000) / 16 for index in range(10 if variant == "wide" else 4)
    }
    spell = letters if variant == "stringKeys" else pl.Series
    source = pl.DataFrame({"entity": spell(keys), "event_time": times, **columns})
    return source, pl.DataFrame({"entity": spell(spine_keys), "time": spine_times})


def join(source, spine, is_sorted):
    """Every spine row once and in order, with the features of the last row at or before its time."""
    query = (
        spine.lazy().with_row_index("row").sort("time")
        .join_asof(
            source.lazy() if is_sorted else source.lazy().sort("event_time"), left_on="time", right_on="event_time",
            by="entity", strategy="backward", check_sortedness=False)
        .sort("row")
    )
    return query.collect()


def checksum(frame, names):
    """KernelBenchmark's: column by column, row by row, each value's bits mixed in; a null is 0."""
    total = 0
    for name in names:
        for bits in frame[name].fill_null(0.0).to_numpy().view(WORD).tolist():
            total = (total ^ bits) * GAMMA & 0xFFFFFFFFFFFFFFFF
            total ^= total >> 29
    return total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("variant", choices=["unsorted", "sorted", "hot", "wide", "stringKeys"])
    parser.add_argument("source_rows", type=int, nargs="?", default=10_000_000)
    parser.add_argument("spine_rows", type=int, nargs="?", default=1_000_000)
    parser.add_argument("runs", type=int, nargs="?", default=3)
    arguments = parser.parse_args()
    source, spine = rows(arguments.variant, arguments.source_rows, arguments.spine_rows)
    names = source.columns[2:]
    for _ in range(arguments.runs):
        with open("/proc/self/clear_refs", "w") as peaks:
            peaks.write("5")  # forget the peak so far: making the rows took more
        before, started = peak(), time.process_time()
        answer = join(source, spine, arguments.variant == "sorted")
        seconds = time.process_time() - started
        print(
            f"{arguments.variant}: {seconds:.3f} s CPU, peak {peak() - before} MB over the data,"
            f" checksum {checksum(answer, names):x}", flush=True)


def peak():
    """The peak of resident memory in MiB since it was last forgotten."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
