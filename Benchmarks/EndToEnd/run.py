#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Times whole training sets, tally beside Polars and DuckDB, and writes what came out to data/results.json.

Tools take turns, and each round starts with the next tool, so that a drift of the machine falls on all. One run of
each is thrown away first. Ratios are taken round by round. After the rounds the last outputs are compared cell by
cell; a shape whose answers differ has no figures. Standard library only: see measure.py for why.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timezone

import measure
import quiet
from shapes import AS_OF, DATA, HERE, PYTHON, QUICK, ROOT, SHAPES

TALLY = ROOT / ".build" / "release" / "tally"
OUTPUTS = DATA / "out"
RESULTS = DATA / "results.json"
LOG = DATA / "run.log"
MEMORY = "4GB"
TOOLS = ["tally", "polars", "polars-gather", "duckdb"]
# A tool this slow gets fewer rounds; the whole must stay within minutes. Only the long shapes are.
SLOW_SECONDS = 20
QUICK_SHAPES = ["flights", "views-1"]
KERNEL = HERE.parent / ".build" / "release" / "KernelBenchmark"
# None: Polars has no such join (ties by content, known times), or it would measure copying of text.
KERNEL_SHAPES = {
    "unsorted": True, "sorted": True, "hot": True, "wide": True, "stringKeys": True,
    "strings": False, "tied": False, "known": False,
}


def output(shape, tool, threads):
    return OUTPUTS / f"{shape.name}-{tool}-{threads or 'default'}.parquet"


def command(shape, tool, threads):
    """The command of a tool, and what its environment needs."""
    target = output(shape, tool, threads)
    if tool == "tally":
        words = [
            TALLY, "train", shape.service, "-C", shape.folder, "--spine", shape.spine, "-o", target, "--as-of", AS_OF,
            "--memory", MEMORY]
        return words + (["--threads", threads] if threads else []), {}
    if tool == "duckdb":
        words = [PYTHON, HERE / "peer_duckdb.py", shape.name, target]
        return words + (["--threads", threads] if threads else []), {}
    way = "gather" if tool == "polars-gather" else "chain"
    words = [PYTHON, HERE / "peer_polars.py", shape.name, target, "--way", way]
    return words, {"POLARS_MAX_THREADS": str(threads)} if threads else {}


def tools_for(shape):
    """On flights both ways of Polars are one query."""
    return [tool for tool in TOOLS if not (shape.is_flights and tool == "polars-gather")]


def once(shape, tool, threads):
    words, environment = command(shape, tool, threads)
    output(shape, tool, threads).unlink(missing_ok=True)
    return measure.run(words, LOG, environment)


def warm(shape):
    """Reads the shape's files, so that nobody pays for the disk."""
    for path in sorted((shape.folder / "data").rglob("*.parquet")):
        with open(path, "rb") as file:
            while file.read(1 << 22):
                pass


def apply(shape):
    """A registry of its own, made anew."""
    shutil.rmtree(shape.folder / ".tally", ignore_errors=True)
    measure.run([TALLY, "apply", "-C", shape.folder], LOG)


def compare(shape, left, right):
    """Holds two outputs against each other; the report of compare.py."""
    # The service has one cosine, and no library rounds that correctly.
    within = ["--within", "headwind=4"] if shape.is_flights else []
    done = subprocess.run([PYTHON, HERE / "compare.py", left, right, *within], capture_output=True, text=True)
    if not done.stdout:
        raise measure.Failed(f"compare.py: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def measure_shape(shape, threads, rounds):
    """All rounds of one shape with so many threads (None: each tool's default)."""
    tools = tools_for(shape)
    first = {tool: once(shape, tool, threads) for tool in tools}
    count = rounds if rounds < 3 or max(usage.wall for usage in first.values()) < SLOW_SECONDS else min(rounds, 3)
    runs = {tool: [] for tool in tools}
    for turn in range(count):
        for tool in tools[turn % len(tools):] + tools[: turn % len(tools)]:
            runs[tool].append(once(shape, tool, threads).json())
    answers = {
        tool: compare(shape, output(shape, "tally", threads), output(shape, tool, threads)) for tool in tools[1:]}
    for tool, report in answers.items():
        if len({tuple(codecs) for codecs in report.get("compression", [])}) > 1:
            raise measure.Failed(f"tally and {tool} compress differently: {report['compression']}; that is no race")
    return {
        "shape": shape.name, "threads": threads, "first": {tool: usage.json() for tool, usage in first.items()},
        "runs": runs, "answers": answers}


def compare_threads(shape, threads):
    """Whether tally writes the same rows at one thread as at its default."""
    present = [output(shape, "tally", count) for count in threads if output(shape, "tally", count).exists()]
    return compare(shape, present[0], present[1]) if len(present) == 2 else None


def starts():
    """What starting costs: Python with its imports, and tally printing its version."""
    shape = SHAPES["flights"]
    commands = {
        "tally": [TALLY, "--version"],
        "polars": [PYTHON, HERE / "peer_polars.py", shape.name, "unused", "--only-start"],
        "duckdb": [PYTHON, HERE / "peer_duckdb.py", shape.name, "unused", "--only-start"],
        "nothing": ["/bin/true"],
    }
    return {name: [measure.run(words, LOG).json() for _ in range(1 if QUICK else 3)] for name, words in commands.items()}


def kernel():
    """The kernel alone beside Polars in memory, on the same rows, each on one thread."""
    results = {}
    for name, has_peer in KERNEL_SHAPES.items():
        print(f"==> kernel, {name}", file=sys.stderr)
        entry = {"tally": lines([KERNEL, name])}
        if has_peer:
            entry["polars"] = lines([PYTHON, HERE / "kernel_polars.py", name], {"POLARS_MAX_THREADS": "1"})
            sums = {run["checksum"] for tool in ("tally", "polars") for run in entry[tool]}
            if len(sums) != 1:
                raise measure.Failed(f"kernel {name}: the checksums differ: {sorted(sums)}")
        results[name] = entry
    return results


def lines(words, environment=None):
    """Runs a kernel benchmark and reads its lines: `NAME: S s CPU ..., peak N MB ..., checksum X`."""
    text = subprocess.run(
        [str(word) for word in words], env={**os.environ, **(environment or {})}, check=True, capture_output=True,
        text=True).stdout
    runs = []
    for line in text.splitlines():
        seconds = float(line.split(": ")[1].split(" s CPU")[0])
        peak = int(line.split("peak ")[1].split(" MB")[0])
        runs.append({"cpu": seconds, "peak": peak, "checksum": line.rsplit("checksum ", 1)[1], "line": line})
    return runs


def versions():
    """What was compared."""
    code = (
        "import polars, duckdb, pyarrow, numpy, platform, json;"
        "print(json.dumps({'Polars': polars.__version__, 'DuckDB': duckdb.__version__,"
        "'pyarrow': pyarrow.__version__, 'numpy': numpy.__version__, 'Python': platform.python_version()}))")
    found = json.loads(subprocess.check_output([PYTHON, "-c", code], text=True))
    found["tally"] = subprocess.check_output([TALLY, "--version"], text=True).split()[-1]
    compiler = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    if "Swift version " in compiler:
        found["Swift"] = compiler.split("Swift version ")[1].split()[0]
    return found


def identity():
    """The binary's digest: a build in the middle of a run would mix two programs in one table."""
    # Piece by piece: a parent that once held the whole binary would lift every child's peak (see measure.py).
    with open(TALLY, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def today():
    return datetime.now(timezone.utc).date().isoformat()


def machine():
    """The machine's shape in general terms: nothing that names it."""
    model = "unknown"
    with open("/proc/cpuinfo") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": len(os.sched_getaffinity(0)), "memory": round(memory), "cpu": model,
        "system": f"{os.uname().sysname} {os.uname().machine}"}


def begin(binary):
    """Results without figures yet, once the machine is quiet or the wait is over."""
    return {
        "quiet": quiet.settle(),
        "date": today(), "commit": git("rev-parse", "--short=12", "HEAD"),
        "changed": bool(git("status", "--porcelain", "--", "Sources", "Package.swift")), "binary": binary,
        "machine": machine(), "versions": versions(), "memory": MEMORY, "starts": starts(), "shapes": [], "same": {},
        "kernel": {}}


def earlier(binary):
    """What an interrupted run left, if the very same programs made it."""
    try:
        found = json.loads(RESULTS.read_text())
    except (OSError, ValueError):
        return None
    return found if found.get("binary") == binary and found["versions"] == versions() else None


def save(results, binary):
    """Step by step, so that an interrupted run leaves what it has measured; never figures of two programs."""
    if identity() != binary:
        sys.exit("error: tally was built anew during the run\nhelp: run again while nobody builds")
    RESULTS.write_text(json.dumps(results, indent=1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shapes", nargs="*", choices=list(SHAPES))
    parser.add_argument("--rounds", type=int, default=1 if QUICK else 5)
    parser.add_argument("--threads", choices=["default", "one", "both"], default="default" if QUICK else "both")
    parser.add_argument("--no-kernel", action="store_true")
    parser.add_argument("--long", action="store_true", help="the long shapes as well: some minutes more")
    parser.add_argument("--resume", action="store_true", help="take up an interrupted run of the same binary")
    arguments = parser.parse_args()
    names = arguments.shapes
    if names is None:
        names = QUICK_SHAPES if QUICK else [shape.name for shape in SHAPES.values() if arguments.long or not shape.is_long]
    if not TALLY.exists():
        sys.exit("error: there is no release build of tally\nhelp: scripts/build-release")
    OUTPUTS.mkdir(parents=True, exist_ok=True)
    LOG.unlink(missing_ok=True)
    binary = identity()
    threads = {"default": [None], "one": [1], "both": [None, 1]}[arguments.threads]
    results = (earlier(binary) if arguments.resume else None) or begin(binary)
    if not results["kernel"] and not arguments.no_kernel and KERNEL.exists():
        results["kernel"] = kernel()
        save(results, binary)
    for name in names:
        shape = SHAPES[name]
        apply(shape)
        warm(shape)
        for count in threads:
            # A choice of threads on the command line is a wish; the default is a budget of minutes.
            if arguments.threads == "both" and count and not shape.at_one_thread:
                continue
            if any(result["shape"] == name and result["threads"] == count for result in results["shapes"]):
                continue
            print(f"==> {name}, {count or 'default'} threads", file=sys.stderr)
            result = measure_shape(shape, count, arguments.rounds)
            results["shapes"].append(result)
            different = {tool: report["different"] for tool, report in result["answers"].items() if report["different"]}
            if different:
                print(f"error: {name}: the answers differ: {different}", file=sys.stderr)
            results["same"][name] = compare_threads(shape, threads)
            save(results, binary)
    bad = [result["shape"] for result in results["shapes"] if any(one["different"] for one in result["answers"].values())]
    if bad:
        sys.exit(f"error: the answers differ for {', '.join(bad)}; see {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    try:
        main()
    except measure.Failed as failure:
        sys.exit(f"error: {failure}")
