#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Writes docs/benchmarks-online.md from data/online/results.json."""

import json
import pathlib
import sys
from statistics import median

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "EndToEnd"))
from markdown import table
from shapes import DATA, FEATURES, FILLS, LOADS, ROOT, VIEWS, ENTITIES

DOCUMENT = ROOT / "docs" / "benchmarks-online.md"
TARGET_ROWS, TARGET_SHARE, TARGET_LARGE, TARGET_CHECKS = 300_000, 0.6, 1_500, 1.05


TITLES = {
    "native": "tally, /v1/vectors", "feast": "tally, /get-online-features",
    "promised": "tally, /v1/vectors, each value held against a promise",
    "hummingbird": "bare Hummingbird, a constant of the native size", "nio": "bare NIO, a constant of the native size"}


def verdict(isKept):
    return "kept" if isKept else "**missed**"


def fills(found):
    rows = []
    for name, entry in found.items():
        fill, first, again = FILLS[name], entry["runs"]["first"], entry["runs"]["again"]
        wall, cpu = [run["wall"] for run in first], [run["cpu"] for run in first]
        rate = fill.rows / min(wall)
        rows.append([
            fill.title, f"{min(cpu):.2f} / {median(cpu):.2f}", f"{min(wall):.2f} / {median(wall):.2f}", f"{rate:,.0f}",
            verdict(rate >= TARGET_ROWS), f"{max(run['peak'] for run in first):.0f}",
            f"{entry['bytes'] / fill.keys:.0f}", f"{median(run['cpu'] for run in again):.2f}"])
    return table(
        ["source", "CPU s, min / median", "wall s, min / median", "rows/s of the least wall", f"at least {TARGET_ROWS:,}",
         "peak MiB", "bytes a key on disk", "a run that finds nothing new, CPU s"], rows)


def best(runs):
    return max(run["rate"] for run in runs.values())


def targets(serving):
    rows = []
    found = serving["loads"]
    ceiling = found["hummingbird"]
    for route in ["native", "feast"]:
        small, large = (found[route][load.name] for load in LOADS)
        share = best(small) / best(ceiling[LOADS[0].name])
        rows.append([route, f"{LOADS[0].title}: of Hummingbird's ceiling", f"{share:.2f}", f"at least {TARGET_SHARE}", verdict(share >= TARGET_SHARE)])
        rows.append([route, f"{LOADS[1].title}: answers a second", f"{best(large):,.0f}", f"above {TARGET_LARGE:,}", verdict(best(large) > TARGET_LARGE)])
    for load in LOADS:
        plain, checked = (min(run["cpu"] for run in found[route][load.name].values()) for route in ["native", "promised"])
        rows.append([
            "native", f"{load.title}: CPU of an answer whose values are held against promises, over one without",
            f"{checked / plain:.2f}", f"at most {TARGET_CHECKS}", verdict(checked / plain <= TARGET_CHECKS)])
    return table(["route", "what", "figure", "target", ""], rows)


def reads(found):
    rows = []
    for keys, runs in found.items():
        ours, bare = min(runs["tally"]), min(runs["bare"])
        rows.append([keys, f"{ours:.2f}", f"{median(runs['tally']):.2f}", f"{bare:.2f}", f"{ours / bare:.2f}"])
    return table(["keys a read", "tally, us a key, min", "median", "LMDB alone, min", "ratio"], rows)


def peers(peer, serving):
    """One sentence about Feast beside us."""
    if not peer:
        return "Feast was not installed when this was measured, so that its server is not in the table."
    fill = peer["fill"]
    shares = [
        f"{best(serving['loads']['feast'][load.name]) / best(peer['loads'][load.name]):.0f} times as many answers at {load.title}"
        for load in LOADS]
    return (
        f"Feast 0.67.0 filled the same {fill['rows']:,} rows into its SQLite store at {fill['rows'] / fill['wall']:,.0f} rows/s "
        f"({fill['cpu']:.1f} s CPU). Over its own route tally gives {', and '.join(shares)}.")


# What an answer costs however it is put together.
FIXED = ["finding cells in LMDB", "HTTP, tasks and the system", "verifying checksums"]


def profile(shares, cpu):
    if not shares:
        return "Where the CPU of an answer goes was not sampled (`perf` was not there)."
    rows = [[name, f"{share:.0%}"] for name, share in shares if share >= 0.01]
    return f"Where the CPU of a {LOADS[1].title} answer goes, sampled at 16 connections:\n\n" + table(["what", "share"], rows) + fixed(dict(shares), cpu)


def fixed(shares, cpu):
    """What of the target is spent before a value is looked at."""
    spent = sum(shares.get(name, 0) for name in FIXED) * cpu
    return (
        f"\n\n{TARGET_LARGE:,} answers a second leave {1e6 / TARGET_LARGE:.0f} us of one core for each. Finding cells, HTTP with the "
        f"system, and checksums took {spent:.0f} us here, before a value was taken apart or written.")


def loads(serving, peer):
    rows = []
    servers = [(TITLES[name], entry) for name, entry in serving["loads"].items()]
    if peer:
        servers.append(("Feast 0.67.0, /get-online-features", peer["loads"]))
    for load in LOADS:
        for title, entry in servers:
            for connections, run in entry[load.name].items():
                # Feast's workers are processes of their own.
                cpu = "–" if title.startswith("Feast") else f"{run['cpu']:.1f}"
                latencies = [f"{run[name]:.2f}" if run["rate"] else "–" for name in ["p50", "p99"]]
                rows.append([load.title, title, connections, f"{run['rate']:,.0f}", *latencies, cpu, run["errors"]])
    return table(
        ["entities x features", "server", "connections", "answers/s", "p50 ms", "p99 ms", "server's CPU, us an answer", "errors"], rows)


def main():
    results = json.loads((DATA / "results.json").read_text())
    serving = results["serving"]
    filling = serving["filling"]
    sizes = ", ".join(
        f"{load.title}: {serving['bytes']['native'][load.name]:,} bytes natively, {serving['bytes']['feast'][load.name]:,} for Feast" for load in LOADS)
    text = f"""# Benchmarks of the online half

Written by `scripts/bench --online`; do not edit. {results['date']}, commit `{results['commit']}`. Two shared cores: trust CPU and ratios before wall times.

## Filling

`tally materialize` as a whole process, Parquet to LMDB, {FEATURES} float64 features a row, an int64 key and a time; the first fill of a view. Memory does not grow with rows, but with the keys held at once, up to `--memory`.

{fills(results['fills'])}

## Reading the store

Random keys of {ENTITIES:,}, cells of one row of {FEATURES} features, CPU for each key. Ours finds the cell, verifies its checksum and picks the row of the instant; LMDB alone is `mdb_get` over the same file and a sum of the bytes.

{reads(results['reads'])}

## Serving

`tally serve --threads 1` on one core, {ENTITIES:,} entities in {VIEWS} views of {FEATURES} float64 features; `wrk` with one thread from a second process on the other core. The servers are pressed in turn, and of three rounds the one with the most answers a second counts; Feast's had one round, alone. Answers: {sizes}.

{targets(serving)}

{loads(serving, results['peer'])}

{peers(results['peer'], serving)}

{profile(serving['profile'], serving['loads']['native'][LOADS[1].name]['16']['cpu'])}

While `tally materialize --full` of all views runs again and again beside it, 1 x 10 at 16 connections: {filling['rate']:,.0f} answers/s, p50 {filling['p50']:.2f} ms, p99 {filling['p99']:.2f} ms, {filling['errors']} errors.
"""
    DOCUMENT.write_text(text)
    print(f"==> wrote {DOCUMENT.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
