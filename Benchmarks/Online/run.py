#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Measures filling and serving, and writes what came out to data/online/results.json. Standard library only."""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
from datetime import datetime, timezone

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "EndToEnd"))
import measure
import server
from shapes import CONNECTIONS, DATA, FILLS, HERE, LOADS, PROMISED, ROOT, SERVED, UNTIL

TALLY = ROOT / ".build" / "release" / "tally"
BENCH = HERE.parent / ".build" / "release"
LOG = DATA / "run.log"
FEAST = HERE.parent / ".venv-feast"
SECONDS = 4
PORT = 7566
READS = [1, 100]


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


def reads(rounds):
    """Random keys of the served store, by us and by the library alone, in turn."""
    found = {}
    for keys in READS:
        command = [BENCH / "StoreBenchmark", None, SERVED / ".tally" / "online", keys, 2]
        found[keys] = {"tally": [], "bare": []}
        for _ in range(rounds):
            for reader, runs in found[keys].items():
                command[1] = reader
                output = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
                result = json.loads(output)
                runs.append(result["cpu"] / result["keys"] * 1e6)
        print(f"==> {keys} keys a read: {min(found[keys]['tally']):.2f} us a key", file=sys.stderr)
    return found


def press_all(targets, rounds):
    """Presses each target at each number of connections, in turn, so that a busy moment does not hit one alone.

    A target is a process, an address and its bodies, by load; of the rounds the one with the most answers a second counts.
    """
    found = {name: {load: {} for load in loads} for name, loads in targets.items()}
    for _ in range(rounds):
        for load in LOADS:
            for connections in CONNECTIONS:
                for name, loads in targets.items():
                    run = server.press(*loads[load.name], connections, SECONDS).json()
                    best = found[name][load.name].get(connections)
                    if best is None or run["rate"] > best["rate"]:
                        found[name][load.name][connections] = run
    for name, loads in found.items():
        for load in LOADS:
            best = max(run["rate"] for run in loads[load.name].values())
            print(f"==> {name} {load.title}: {best:,.0f}/s", file=sys.stderr)
    return found


def serving(rounds):
    """The server on one thread beside bare servers with answers of the same sizes, and its latency while a fill runs."""
    for folder in [SERVED, PROMISED]:
        shutil.rmtree(folder / ".tally", ignore_errors=True)
        tally(folder, "apply")
        tally(folder, "materialize", "--until", UNTIL)

    def command(folder):
        return [TALLY, "serve", "-C", folder, "--port", "0", "--threads", "1", "--log", "error"]

    native, feast = ({load.name: server.write_bodies(load, shape) for load in LOADS} for shape in [server.native, server.feast])
    with contextlib.ExitStack() as stack:
        process, url = stack.enter_context(server.running(command(SERVED), SERVED, r"listening on (?P<url>\S+)"))
        checked, other_url = stack.enter_context(
            server.running(command(PROMISED), PROMISED, r"listening on (?P<url>\S+)", log="server-promised.log"))
        vectors, features = url + "/v1/vectors", url + "/get-online-features"
        sizes = {
            "native": {name: server.answer_bytes(vectors, bodies) for name, bodies in native.items()},
            "feast": {name: server.answer_bytes(features, bodies) for name, bodies in feast.items()}}
        targets = {
            "native": {name: (process, vectors, bodies) for name, bodies in native.items()},
            "feast": {name: (process, features, bodies) for name, bodies in feast.items()},
            "promised": {name: (checked, other_url + "/v1/vectors", bodies) for name, bodies in native.items()}}
        port = PORT
        for kind in ["hummingbird", "nio"]:
            targets[kind] = {}
            for name, bodies in native.items():
                bare = [BENCH / "BareServers", kind, str(port), "1", str(sizes["native"][name])]
                other, address = stack.enter_context(server.running(bare, DATA, port=port))
                targets[kind][name] = (other, address + "/v1/vectors", bodies)
                port += 1
        for loads in targets.values():
            for target in loads.values():
                server.press(*target, 4, 2)
        found = {"bytes": sizes, "loads": press_all(targets, rounds)}
        found["profile"] = server.profile(*targets["native"][LOADS[1].name], 16, SECONDS)
        filler = subprocess.Popen(
            ["sh", "-c", f"while :; do '{TALLY}' materialize -C '{SERVED}' --full --until {UNTIL} >/dev/null 2>&1; done"])
        try:
            found["filling"] = server.press(*targets["native"][LOADS[0].name], 16, SECONDS).json()
        finally:
            filler.terminate()
            filler.wait()
    return found


def peer(rounds):
    """Feast's own server over its SQLite store, with the same data and the same bodies; None where it is not installed."""
    python = FEAST / "bin" / "python"
    if not python.exists():
        print("==> SKIPPED: Feast is not installed for the benchmark, so its server is not beside ours", file=sys.stderr)
        return None
    folder = DATA / "feast"
    shutil.rmtree(folder, ignore_errors=True)
    environment = {**os.environ, "FEAST_USAGE": "False"}
    filled = subprocess.run(
        [python, HERE / "peer_feast.py", folder, SERVED / "data", UNTIL], capture_output=True, text=True, check=True,
        env=environment).stdout
    found = {"fill": json.loads(filled.splitlines()[-1])}
    command = [FEAST / "bin" / "feast", "serve", "-p", PORT, "--no-access-log"]
    with server.running(command, folder, port=PORT) as (process, url):
        targets = {load.name: (process, url + "/get-online-features", server.write_bodies(load, server.feast)) for load in LOADS}
        for target in targets.values():
            server.press(*target, 4, 2)
        found |= press_all({"loads": targets}, rounds)
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
    parser.add_argument("--rounds", type=int, default=3, help="how often each thing is timed")
    parser.add_argument("--only", choices=["fills", "serving", "reads", "peer"], help="measure one part and keep the others")
    arguments = parser.parse_args()
    DATA.mkdir(parents=True, exist_ok=True)
    path = DATA / "results.json"
    results = json.loads(path.read_text()) if arguments.only and path.exists() else {}
    if arguments.only in (None, "fills"):
        results["fills"] = fills(arguments.long, arguments.rounds)
    if arguments.only in (None, "serving"):
        results["serving"] = serving(arguments.rounds)
    if arguments.only in (None, "reads"):
        results["reads"] = reads(arguments.rounds)
    if arguments.only in (None, "peer"):
        results["peer"] = peer(1)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    results["commit"], results["date"] = commit[:12], datetime.now(timezone.utc).strftime("%Y-%m-%d")
    path.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
