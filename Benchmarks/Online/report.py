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
TARGET_ROWS, TARGET_SHARE, TARGET_LARGE = 300_000, 0.6, 1_500


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


def best(entry):
    return max(run["rate"] for run in entry["runs"].values())


def targets(serving):
    rows = []
    ceiling = serving.get("ceilings", {}).get("hummingbird")
    for route in ["native", "feast"]:
        small, large = (serving[route][load.name] for load in LOADS)
        if ceiling:
            share = best(small) / best(ceiling[LOADS[0].name])
            rows.append([route, f"{LOADS[0].title}: of Hummingbird's ceiling", f"{share:.2f}", f"at least {TARGET_SHARE}", verdict(share >= TARGET_SHARE)])
        rows.append([route, f"{LOADS[1].title}: answers a second", f"{best(large):,.0f}", f"above {TARGET_LARGE:,}", verdict(best(large) > TARGET_LARGE)])
    return table(["route", "what", "figure", "target", ""], rows)


def loads(serving):
    rows = []
    servers = [("tally, /v1/vectors", serving["native"]), ("tally, /get-online-features", serving["feast"])]
    servers += [(f"bare {kind}, a constant of the same size", entry) for kind, entry in serving.get("ceilings", {}).items()]
    for load in LOADS:
        for title, entry in servers:
            for connections, run in entry[load.name]["runs"].items():
                rows.append([
                    load.title, title, connections, f"{run['rate']:,.0f}", f"{run['p50']:.2f}", f"{run['p99']:.2f}",
                    f"{run['cpu']:.1f}", run["errors"]])
    return table(
        ["entities x features", "server", "connections", "answers/s", "p50 ms", "p99 ms", "server's CPU, us an answer", "errors"], rows)


def main():
    results = json.loads((DATA / "results.json").read_text())
    serving = results["serving"]
    filling = serving["filling"]
    sizes = ", ".join(
        f"{load.title}: {serving['native'][load.name]['bytes']:,} bytes natively, {serving['feast'][load.name]['bytes']:,} for Feast" for load in LOADS)
    text = f"""# Benchmarks of the online half

Written by `scripts/bench --online`; do not edit. {results['date']}, commit `{results['commit']}`. Two shared cores: trust CPU and ratios before answers a second; the load driver runs on the same cores.
Targets and the figures of other stores on this kind of machine: Feast materializes 3,500 to 9,100 rows/s; its server answers 211 to 763 requests/s at 1 x 10 and 13 to 21 at 100 x 50.

## Filling

`tally materialize` as a whole process, Parquet to LMDB, {FEATURES} float64 features a row, an int64 key and a time; the first fill of a view. Memory does not grow with rows, but with the keys held at once, up to `--memory`.

{fills(results['fills'])}

## Serving

`tally serve --threads 1`, {ENTITIES:,} entities in {VIEWS} views of {FEATURES} float64 features, driven by `wrk` with one thread from a second process, {len(LOADS)} loads. Answers: {sizes}.

{targets(serving)}

{loads(serving)}

While `tally materialize --full` of all views runs again and again beside it, 1 x 10 at 16 connections: {filling['rate']:,.0f} answers/s, p50 {filling['p50']:.2f} ms, p99 {filling['p99']:.2f} ms, {filling['errors']} errors.
"""
    DOCUMENT.write_text(text)
    print(f"==> wrote {DOCUMENT.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
