#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Times point-in-time joins from Python beside Feast, Polars and pandas; writes data/python/joins.json. Standard library only.

Each run is a process of its own; the tools take turns, and each round starts with the next tool. Five rounds, but three of
what takes longer than 8 seconds and one of what takes longer than 20, so that the whole stays within minutes: the page says
how many. Then the answers are held against each other, and what differs is written down by cause.
"""

import argparse
import json
import os
import subprocess
import sys

from problems import FEAST, HOME, PROBLEMS, PYTHON, QUICK, ROOT, SERVICE

import measure
import quiet
import run as end_to_end

RESULTS = HOME / "joins.json"
LOG = HOME / "joins.log"
TOOLS = ["frames-polars", "frames-pandas", "train", "polars", "pandas", "feast-duckdb", "feast-file"]
MEMORY = 14_000


def tools():
    """What can be measured here."""
    if (FEAST / "bin" / "python").exists():
        return TOOLS
    print("==> SKIPPED: Feast is not installed for the benchmark", file=sys.stderr)
    return [tool for tool in TOOLS if not tool.startswith("feast")]


def output(problem, tool, threads):
    return problem.folder / f"answer-{tool}-{threads}.parquet"


def once(problem, tool, threads):
    """One process; None if it was stopped for its memory."""
    is_feast = tool.startswith("feast")
    used = problem.folder / "used.json"
    words = [
        FEAST / "bin" / "python" if is_feast else PYTHON, HOME_OF_SCRIPTS / "join.py", tool, problem.name,
        output(problem, tool, threads), used, "--threads", threads]
    words += ["--rows", problem.few] if tool == "feast-file" else []
    words += ["--memory", MEMORY] if is_feast else []
    environment = {"POLARS_MAX_THREADS": str(threads), "PYTHONPATH": str(ROOT / "Python"), "FEAST_USAGE": "False"}
    try:
        usage = measure.run(words, LOG, environment)
    except measure.Failed as failure:
        if not is_feast:
            raise
        print(f"==> {tool} did not end well: {str(failure)[-300:]}", file=sys.stderr)
        return None
    figures = json.loads(used.read_text())
    return figures | {"cpu": usage.cpu, "wall": usage.wall, "others": usage.others}


HOME_OF_SCRIPTS = ROOT / "Benchmarks" / "Python"


def rounds_of(run, most):
    """How many rounds a tool gets after its first run."""
    return most if run["wall"] < 8 else min(most, 3) if run["wall"] < 20 else 1


def measure_problem(problem, threads, most):
    """All rounds of all tools; the first run of each counts, but not where files were read for the first time."""
    names = tools()
    runs, wanted = {tool: [] for tool in names}, {}
    for turn in range(most):
        for tool in names[turn % len(names):] + names[: turn % len(names)]:
            if len(runs[tool]) >= wanted.get(tool, 1):
                continue
            run = once(problem, tool, threads)
            if run is None:
                wanted[tool] = 0
                continue
            runs[tool].append(run)
            wanted.setdefault(tool, rounds_of(run, most))
    answers = {}
    for tool in names:
        if runs[tool] and tool != "train":
            few = [problem.few] if tool == "feast-file" else []
            answers[tool] = json.loads(subprocess.check_output(
                [PYTHON, HOME_OF_SCRIPTS / "answers.py", problem.name, output(problem, "train", threads),
                 output(problem, tool, threads), *map(str, few)]))
    print(f"==> {problem.name}, threads {threads}: " + ", ".join(
        f"{tool} {sorted(run['call_wall'] for run in found)[len(found) // 2]:.2f} s" for tool, found in runs.items() if found),
        file=sys.stderr)
    return {"problem": problem.name, "threads": threads, "runs": runs, "answers": answers}


def warm(problem):
    """Reads the files and lets the registry know them, so that nobody pays for what is done once."""
    measure.run([
        PYTHON, "-c", f"import tallystick as t; s = t.open({str(problem.folder)!r}); s.apply(); "
        f"s.train({SERVICE!r}, {str(problem.spine)!r}, {str(problem.folder / 'trained.parquet')!r}, force=True)"],
        LOG, {"PYTHONPATH": str(ROOT / "Python")})
    for path in (problem.folder / "data").glob("*.parquet"):
        with open(path, "rb") as file:
            while file.read(1 << 22):
                pass


def versions():
    code = "import sys, importlib.metadata as m, json; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    found = json.loads(subprocess.check_output([PYTHON, "-c", code, "polars", "pandas", "duckdb", "pyarrow"]))
    if (FEAST / "bin" / "python").exists():
        theirs = json.loads(subprocess.check_output([FEAST / "bin" / "python", "-c", code, "feast", "duckdb", "pandas"]))
        found |= {"feast": theirs["feast"], "duckdb below feast": theirs["duckdb"], "pandas below feast": theirs["pandas"]}
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--problems", nargs="*", choices=list(PROBLEMS), default=list(PROBLEMS))
    parser.add_argument("--rounds", type=int, default=1 if QUICK else 5)
    parser.add_argument("--threads", type=int, nargs="*", default=[2] if QUICK else [min(2, os.cpu_count() or 1), 1])
    options = parser.parse_args()
    HOME.mkdir(parents=True, exist_ok=True)
    LOG.unlink(missing_ok=True)
    results = {
        "quiet": quiet.settle(), "date": end_to_end.today(), "commit": end_to_end.git("rev-parse", "--short=12", "HEAD"),
        "machine": end_to_end.machine(), "versions": versions(), "memory": MEMORY, "problems": []}
    for name in options.problems:
        warm(PROBLEMS[name])
        for threads in options.threads:
            results["problems"].append(measure_problem(PROBLEMS[name], threads, options.rounds))
            RESULTS.write_text(json.dumps(results, indent=1))
    bad = [
        f"{found['problem']}, {tool}" for found in results["problems"] for tool, report in found["answers"].items()
        if report["causes"]["cells unexplained"] or report["causes"]["rows doubled"] or report["causes"]["rows lost"]
        and not tool.startswith("feast")]
    if bad:
        sys.exit(f"error: answers differ without a cause: {'; '.join(bad)}; see {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    try:
        main()
    except measure.Failed as failure:
        sys.exit(f"error: {failure}")
