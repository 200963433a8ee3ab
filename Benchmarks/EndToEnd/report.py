#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Writes docs/benchmarks.md from data/results.json, data/profile.json and notes.md: figures first, then why."""

import json
import sys
from statistics import median

import quiet
from markdown import table
from shapes import DATA, DOCUMENTS, HERE, ROOT, SHAPES, TTL_DAYS

DOCUMENT = DOCUMENTS / "benchmarks.md"
TITLES = {"tally": "tally", "polars": "Polars, one lazy chain", "polars-gather": "Polars, keys then gather", "duckdb": "DuckDB"}
KERNEL_TARGET, TARGET = 0.4, 0.7


def column(runs, figure):
    return [run[figure] for run in runs]


def ratios(result, tool, figure):
    """tally's figure over the tool's, round by round."""
    return [ours / theirs for ours, theirs in zip(
        column(result["runs"]["tally"], figure), column(result["runs"][tool], figure))]


def threads(result):
    return result["threads"] or "default"


def leanest(result):
    """The way of Polars with the least CPU in this result: ours is held against their best."""
    ways = [tool for tool in result["runs"] if tool.startswith("polars")]
    return min(ways, key=lambda tool: median(column(result["runs"][tool], "cpu")))


def differs(result):
    return any(report["different"] for report in result["answers"].values())


def verdict(value, target):
    return "kept" if value <= target else "**missed**"


def targets(results):
    """One line a shape: the promise and what came of it."""
    rows = []
    for result in results["shapes"]:
        title = SHAPES[result["shape"]].title
        if differs(result):
            rows.append([title, threads(result), "answers differ: no figures", "", "", "", ""])
            continue
        peer = leanest(result)
        cpu = median(ratios(result, peer, "cpu"))
        others = [tool for tool in result["runs"] if tool != "tally"]
        memory = {tool: median(ratios(result, tool, "peak")) for tool in others}
        worst = max(memory, key=memory.get)
        rows.append([
            title, threads(result), TITLES[peer], f"{cpu:.2f}", verdict(cpu, TARGET),
            f"{memory[worst]:.2f} ({TITLES[worst].split(',')[0]})", verdict(memory[worst], 1)])
    return table(
        ["shape", "threads", "Polars' quicker way", f"CPU, tally / Polars (at most {TARGET})", "", "peak memory, tally / leanest peer (below 1)", ""],
        rows)


def details(results):
    rows = []
    for result in results["shapes"]:
        if differs(result):
            continue
        for tool, runs in result["runs"].items():
            cpu, wall = column(runs, "cpu"), column(runs, "wall")
            row = [
                SHAPES[result["shape"]].title, threads(result), TITLES[tool], f"{min(cpu):.2f} / {median(cpu):.2f}",
                f"{median(wall):.2f}", f"{median(column(runs, 'peak')):.0f}", f"{median(column(runs, 'anonymous')):.0f}"]
            if tool == "tally":
                row += ["", ""]
            else:
                cpu, peak = ratios(result, tool, "cpu"), ratios(result, tool, "peak")
                row += [f"{min(cpu):.2f} / {median(cpu):.2f}", f"{min(peak):.2f} / {median(peak):.2f}"]
            rows.append(row)
    return table(
        ["shape", "threads", "tool", "CPU s, min / median", "wall s, median", "peak MiB", "of it anonymous MiB",
         "CPU, tally / tool, min / median", "peak, tally / tool, min / median"], rows)


def kernel(results):
    rows = []
    for name, entry in results["kernel"].items():
        ours = min(column(entry["tally"], "cpu"))
        row = [name, f"{ours:.2f} / {median(column(entry['tally'], 'cpu')):.2f}", max(column(entry["tally"], "peak"))]
        if "polars" in entry:
            theirs = min(column(entry["polars"], "cpu"))
            row += [
                f"{theirs:.2f} / {median(column(entry['polars'], 'cpu')):.2f}", max(column(entry["polars"], "peak")),
                f"{ours / theirs:.2f}", verdict(ours / theirs, KERNEL_TARGET)]
        else:
            row += ["-", "-", "-", ""]
        rows.append(row)
    return table(
        ["shape", "kernel, CPU s, min / median", "peak MB over the data", "Polars, CPU s, min / median",
         "peak MB over the data", f"CPU, kernel / Polars, of minima (at most {KERNEL_TARGET})", ""], rows)


def first_runs(results):
    rows = []
    for result in results["shapes"]:
        if result["threads"] is None:
            first, later = result["first"]["tally"], column(result["runs"]["tally"], "cpu")
            rows.append([SHAPES[result["shape"]].title, f"{first['cpu']:.2f}", f"{median(later):.2f}"])
    return table(["shape", "first run, CPU s", "later runs, CPU s, median"], rows)


def answers(results):
    """What was compared, and what was not the same."""
    lines = []
    for result in results["shapes"]:
        for tool, report in result["answers"].items():
            text = f"{SHAPES[result['shape']].title}, threads {threads(result)}, {TITLES[tool]}: "
            if report["different"]:
                text += f"**differs**: {report['different']}"
            else:
                text += f"{report['cells']:,} cells the same ({report['nulls']:,} null in tally's)"
                if report["near"]:
                    near = ", ".join(f"`{name}` {count:,}" for name, count in report["near"].items())
                    text += f", doubles off by at most 4 units in the last place: {near}"
            lines.append("- " + text)
    for name, report in results["same"].items():
        if report:
            same = "the same rows" if not report["different"] else f"**differs**: {report['different']}"
            lines.append(f"- {SHAPES[name].title}: tally at one thread and at its default gives {same}")
    return "\n".join(lines)


def profiles(results):
    """The profile, if it is of the very binary that was timed; else nothing."""
    try:
        found = json.loads((DATA / "profile.json").read_text())
    except (OSError, ValueError):
        return {}
    return found.get("shapes", {}) if found.get("binary") == results["binary"] else {}


def profile(found):
    if not found:
        return "There is no profile of this binary (`perf` was not there, or was not run after the last build)."
    names = sorted(
        {key for entry in found.values() for key, _ in entry["groups"]},
        key=lambda key: -max(dict(entry["groups"]).get(key, 0) for entry in found.values()))
    rows = [[key] + [f"{dict(entry['groups']).get(key, 0):.0%}" for entry in found.values()] for key in names]
    return table(["tally's CPU, one thread, a later run"] + list(found), rows)


def misses(results, found):
    """Each missed CPU target with what the profile says about it."""
    lines = []
    for result in results["shapes"]:
        if differs(result):
            continue
        ratio = median(ratios(result, leanest(result), "cpu"))
        if ratio <= TARGET:
            continue
        text = f"- {SHAPES[result['shape']].title}, threads {threads(result)}: {ratio:.2f} instead of {TARGET}. "
        if result["shape"] in found:
            parts = [f"{name} {share:.0%}" for name, share in found[result["shape"]]["groups"][:4]]
            text += f"Of tally's CPU: {', '.join(parts)}."
        else:
            text += "This shape was not profiled."
        lines.append(text)
    return "\n".join(lines) or "No end-to-end CPU target is missed in this run."


def missing(results):
    """Shapes that the benchmark has and this run left out."""
    done = {result["shape"] for result in results["shapes"]}
    left = [shape.title for shape in SHAPES.values() if shape.name not in done]
    return f"**Not measured in this run:** {'; '.join(left)}." if left else "All shapes were measured."


def main():
    results = json.loads((DATA / "results.json").read_text())
    machine, versions = results["machine"], results["versions"]
    found = profiles(results)
    rounds = sorted({len(runs) for result in results["shapes"] for runs in result["runs"].values()})
    floor = max(column(results["starts"]["nothing"], "peak"))
    start = {name: median(column(runs, "cpu")) for name, runs in results["starts"].items()}
    changed = " with uncommitted changes" if results["changed"] else ""
    busy = [run["others"] for result in results["shapes"] for runs in result["runs"].values() for run in runs]
    text = f"""# Benchmarks

Written by `make bench`; do not edit. {results['date']}, commit `{results['commit']}`{changed}.
{machine['cores']} cores ({machine['cpu']}, virtual), {machine['memory']} GiB, {machine['system']}. {', '.join(f'{k} {v}' for k, v in versions.items())}.
Rounds a tool: {' or '.join(map(str, rounds))}, after one thrown away.

{quiet.sentence(results.get('quiet'), busy)}
## Targets

A training set end to end takes at most {TARGET} of Polars' CPU and less memory than any peer; the kernel at most {KERNEL_TARGET} of Polars' CPU.
Medians of ratios taken round by round; against the quicker of two ways to write it in Polars, and the peer with the least memory.
Filling the online store, reading it and serving are measured in [benchmarks of the online half](benchmarks-online.md). Contracts are in [benchmarks of contracts](benchmarks-contracts.md), text files in [benchmarks of reading](benchmarks-reading.md).
What a notebook waits for, beside Feast, Polars and pandas, is in [benchmarks of Python](benchmarks-python.md), and how all of this is run and read in [how to run and read the benchmarks](benchmarks-howto.md).

{targets(results)}

{missing(results)}

## The kernel alone

10 M source rows in memory against 1 M spine rows, one thread each, the same rows on both sides and equal checksums of the answers.
Polars' figure has the sorting that it needs (not on `sorted`) and the way back into the spine's order. A dash: Polars has no such join, or it would measure text.

{kernel(results) if results['kernel'] else 'Not run.'}

## End to end: Parquet in, Parquet out

Whole processes, by the operating system's account (`wait4`): CPU is user and system together; the peak is the resident set with pages of mapped files, beside it the anonymous part, sampled every 20 ms.
Sources are snappy Parquet by pyarrow; each tool writes snappy Parquet. Time to live {TTL_DAYS} days (flights: 3 hours). Files were read once before, so the disk plays no part.
The time of starting is inside: tally {start['tally']:.2f} s CPU, Polars {start['polars']:.2f}, DuckDB {start['duckdb']:.2f} (Python and the import), which weighs on the small shapes. The least peak that could be measured is {floor:.0f} MiB.
tally runs with `--memory {results['memory']}`; the peers have their defaults. tally also hashes the rows and writes a manifest; the peers do not.

{details(results)}

The first run after `tally apply` reads every source file once more, for its digest. Later runs read a file again only when it has changed, and are what stands above:

{first_runs(results)}

## Answers

Outputs are compared cell by cell, by column name and order of rows, doubles bit for bit. The data has no ties, so that no answer hangs on one. The flights' `headwind` has a cosine, which mathematical libraries round differently in the last place.

{answers(results)}

## Where the time goes, and why targets are missed

{misses(results, found)}

{profile(found)}

{(HERE / 'notes.md').read_text().strip()}
"""
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(text)
    print(f"==> wrote {DOCUMENT.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
