#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Writes docs/benchmarks-python.md from data/python/joins.json. On a busy machine it gives ratios only."""

import json
import sys
from statistics import median

from problems import HOME, PROBLEMS, ROOT

import quiet
from markdown import table
from shapes import DOCUMENTS

DOCUMENT = DOCUMENTS / "benchmarks-python.md"
TITLES = {
    "frames-polars": "`ts.point_in_time`, frames of Polars", "frames-pandas": "`ts.point_in_time`, frames of pandas",
    "train": "`ts.open().train()`, files", "polars": "Polars, `join_asof`", "pandas": "pandas, `merge_asof`",
    "feast-duckdb": "Feast, DuckDB store", "feast-file": "Feast, file store"}


def middle(runs, name):
    return median(run[name] for run in runs)


def figures(found, is_quiet):
    """A line for each tool: figures where the machine was quiet, and ratios to `train` always."""
    problem, ours = PROBLEMS[found["problem"]], found["runs"]["train"]
    rows = []
    for tool, runs in found["runs"].items():
        title = TITLES[tool] + (f", **first {problem.few:,} rows only**" if tool == "feast-file" else "")
        if not runs:
            rows.append([title, "stopped", *[""] * (7 if is_quiet else 3)])
            continue
        ratios = [f"{middle(runs, name) / middle(ours, name):.2f}" for name in ("call_wall", "call_cpu", "peak")]
        plain = [f"{middle(runs, name):.2f}" for name in ("call_wall", "call_cpu", "load_wall", "cpu")]
        rows.append([title, len(runs), *([*plain, f"{middle(runs, 'peak'):.0f}"] if is_quiet else []), *ratios])
    plain = ["call, wall s", "call, CPU s", "reading frames, wall s", "whole process, CPU s", "peak MiB"] if is_quiet else []
    return table(["tool", "runs", *plain, "wall over train's", "CPU over train's", "peak over train's"], rows)


def answers(found):
    """What was compared, and what differs by cause."""
    lines = []
    for tool, report in found["answers"].items():
        causes = [f"{count:,} {cause}" for cause, count in report["causes"].items() if count]
        verdict = "differs: " + ", ".join(causes) if causes else "the same"
        lines.append(f"- {TITLES[tool]}: {report['rows']:,} rows, {report['cells']:,} cells, {verdict}")
    return "\n".join(lines)


def main():
    results = json.loads((HOME / "joins.json").read_text())
    others = [run["others"] for found in results["problems"] for runs in found["runs"].values() for run in runs]
    is_quiet = quiet.was_quiet(results["quiet"], others)
    parts = [
        f"## {PROBLEMS[found['problem']].title}, {found['threads']} thread{'s' if found['threads'] > 1 else ''}\n\n"
        f"{figures(found, is_quiet)}\n\nHeld against `train`:\n\n{answers(found)}\n" for found in results["problems"]]
    machine = results["machine"]
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(f"""# Benchmarks of Python

Written by `scripts/bench --python`; do not edit. {results['date']}, commit `{results['commit']}`. {machine['cores']} cores ({machine['cpu']}, virtual), {machine['memory']} GiB. {', '.join(f'{name} {version}' for name, version in results['versions'].items())}.

{quiet.sentence(results['quiet'], others)}
Point-in-time joins as a notebook calls them, medians. Each run is a process of its own, in turn. *The call* begins with frames in memory for `point_in_time`, Polars and pandas, and with files for `train` and Feast, and ends with a frame. With one thread a process has one core. The peak is read at the end of the call. A process of Feast has at most {results['memory']:,} MiB of address space; its file store keeps every pair of a row and a row of its key in memory, and is asked for the first rows only, so its ratios flatter it. Known times and timeless tables were given to the others as columns made ready for them.

{chr(10).join(parts)}""")
    print(f"==> wrote {DOCUMENT.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
