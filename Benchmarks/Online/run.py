#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Measures filling and serving, and writes what came out to data/online/results.json. Standard library only."""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
from datetime import datetime, timezone

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "EndToEnd"))
import measure
import server
from shapes import CONNECTIONS, DATA, FILLS, HERE, LOADS, ROOT, SERVED, UNTIL

TALLY = ROOT / ".build" / "release" / "tally"
BENCH = HERE.parent / ".build" / "release"
LOG = DATA / "run.log"
SECONDS = 6
PORT = 7566


def tally(folder, *words):
    return measure.run([TALLY, *words, "-C", folder], LOG)


def fills(long, rounds):
    """First fills, and a run that finds nothing new."""
    found = {}
    for fill in FILLS.values():
        if fill.is_long and not long:
            continue
        runs = {"first": [], "again": []}
        for _ in range(rounds):
            shutil.rmtree(fill.folder / ".tally", ignore_errors=True)
            tally(fill.folder, "apply")
            runs["first"].append(tally(fill.folder, "materialize", "--until", UNTIL).json())
            runs["again"].append(tally(fill.folder, "materialize").json())
        found[fill.name] = {
            "runs": runs, "bytes": (fill.folder / ".tally" / "online" / "data.mdb").stat().st_size}
        print(f"==> {fill.title}: {fill.rows / min(run['wall'] for run in runs['first']):,.0f} rows/s", file=sys.stderr)
    return found


def press_all(process, base, path, shape):
    found = {}
    for load in LOADS:
        bodies = server.write_bodies(load, shape)
        size = server.answer_bytes(base + path, bodies)
        server.press(process, base + path, bodies, 4, 2)
        found[load.name] = {
            "bytes": size,
            "runs": {c: server.press(process, base + path, bodies, c, SECONDS).json() for c in CONNECTIONS}}
        best = max(run["rate"] for run in found[load.name]["runs"].values())
        print(f"==> {path} {load.title}: {best:,.0f}/s", file=sys.stderr)
    return found


def serving():
    """The server on one thread, its ceilings with answers of the same sizes, and its latency while a fill runs."""
    shutil.rmtree(SERVED / ".tally", ignore_errors=True)
    tally(SERVED, "apply")
    tally(SERVED, "materialize", "--until", UNTIL)
    found = {}
    command = [TALLY, "serve", "-C", SERVED, "--port", "0", "--threads", "1", "--log", "error"]
    with server.running(command, SERVED, r"listening on (?P<url>\S+)") as (process, url):
        found["native"] = press_all(process, url, "/v1/vectors", server.native)
        found["feast"] = press_all(process, url, "/get-online-features", server.feast)
        bodies = server.write_bodies(LOADS[0], server.native)
        filler = subprocess.Popen(
            ["sh", "-c", f"while :; do '{TALLY}' materialize -C '{SERVED}' --full --until {UNTIL} >/dev/null 2>&1; done"])
        try:
            found["filling"] = server.press(process, url + "/v1/vectors", bodies, 16, SECONDS).json()
        finally:
            filler.terminate()
            filler.wait()
    program = BENCH / "BareServers"
    if program.exists():
        sizes = {load.name: found["native"][load.name]["bytes"] for load in LOADS}
        found["ceilings"] = {kind: ceiling(program, kind, sizes) for kind in ["hummingbird", "nio"]}
    return found


def ceiling(program, kind, sizes):
    """A bare server that answers every request with a constant of the size of a real answer."""
    found = {}
    for load in LOADS:
        command = [program, kind, str(PORT), "1", str(sizes[load.name])]
        with server.running(command, DATA, port=PORT) as (process, url):
            bodies = server.write_bodies(load, server.native)
            server.press(process, url + "/v1/vectors", bodies, 4, 2)
            found[load.name] = {
                "runs": {c: server.press(process, url + "/v1/vectors", bodies, c, SECONDS).json() for c in CONNECTIONS}}
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="also what takes minutes")
    parser.add_argument("--rounds", type=int, default=3, help="how often each fill is timed")
    parser.add_argument("--only", choices=["fills", "serving"], help="measure one part and keep the others")
    arguments = parser.parse_args()
    DATA.mkdir(parents=True, exist_ok=True)
    path = DATA / "results.json"
    results = json.loads(path.read_text()) if arguments.only and path.exists() else {}
    if arguments.only in (None, "fills"):
        results["fills"] = fills(arguments.long, arguments.rounds)
    if arguments.only in (None, "serving"):
        results["serving"] = serving()
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    results["commit"], results["date"] = commit[:12], datetime.now(timezone.utc).strftime("%Y-%m-%d")
    path.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
