# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Attacks the program on loopback and prints what held. Run by scripts/attack."""

import argparse
import concurrent.futures
import pathlib
import shutil
import sys
import tempfile
import time

import connections
import door
import ends
import network
import program as programs
import queues
import store


def try_one(first, work, attack):
    """Runs an attack on a copy of the repository, and prints how it went; whether it was held off."""
    folder = work / attack.__name__
    shutil.copytree(first.folder, folder)
    start = time.monotonic()
    try:
        outcome, what = "held", attack(programs.Program(first.program, folder))
    except Exception as problem:  # pylint: disable=broad-except
        outcome, what = "BROKEN", f"{type(problem).__name__}: {problem}"
    print(f"{outcome:7} {attack.__name__:32} {time.monotonic() - start:5.1f} s  {what}", flush=True)
    return outcome == "held"


def main():
    """Runs the attacks; ends with 1 when one got through."""
    parser = argparse.ArgumentParser(prog="scripts/attack", description=__doc__)
    parser.add_argument("--only", help="attacks whose name holds this text")
    options = parser.parse_args()
    every = network.ATTACKS + connections.ATTACKS + queues.ATTACKS + ends.ATTACKS + door.ATTACKS + store.ATTACKS
    attacks = [one for one in every if not options.only or options.only in one.__name__]
    work = pathlib.Path(tempfile.mkdtemp(prefix="tally-attack-"))
    started = time.monotonic()
    try:
        first = programs.Program(programs.environment(), work / "first")
        first.make()
        # Attacks that mostly wait do so beside the others.
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            waiting = [beside.submit(try_one, first, work, one) for one in attacks if getattr(one, "waits", False)]
            found = [try_one(first, work, one) for one in attacks if not getattr(one, "waits", False)]
            broken = (found + [one.result() for one in waiting]).count(False)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{len(attacks)} tried, {len(attacks) - broken} held, {broken} broken, in {time.monotonic() - started:.0f} s")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
