# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Holds what the program reads against what was written, for random tables. Run by scripts/check-reading."""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import sys
import time

import negative
import repository
import table as tables

BATCH = 20


def prove(program, seed, numbers, folder):
    """Why the tables are not right; None where they are."""
    try:
        repository.Repository(folder, program, seed, [tables.Table(seed, number) for number in numbers]).prove()
    except Exception as problem:  # pylint: disable=broad-except
        return f"{type(problem).__name__}: {problem}"
    shutil.rmtree(folder, ignore_errors=True)
    return None


def positive(program, seed, numbers, work):
    """Proves a batch of tables; on failure one after the other, until the one that fails is found."""
    folder = work / f"{seed}-{numbers[0]}-{numbers[-1]}"
    problem = prove(program, seed, numbers, folder)
    if problem is None or len(numbers) == 1:
        return [(number, problem, folder) for number in numbers]
    found = []
    for number in numbers:
        alone = work / f"{seed}-{number}"
        found.append((number, prove(program, seed, [number], alone), alone))
        if found[-1][1]:
            shutil.rmtree(folder, ignore_errors=True)
            return found
    return [(f"{numbers[0]}-{numbers[-1]}", problem, folder)]


def work_on(kind, program, seed, numbers, work):
    if kind == "tables":
        return kind, positive(program, seed, numbers, work)
    return kind, negative.refuse(program, seed, numbers, work)


def batches(numbers, size):
    return [numbers[start:start + size] for start in range(0, len(numbers), size)]


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/check-reading", description=__doc__)
    parser.add_argument("--tables", type=int, default=100, help="how many tables; a fifth of them holds a planted fault")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", help="one table, or a batch such as 0-19")
    parser.add_argument("--kind", choices=("tables", "faults"), help="only tables that can be read, or only faults")
    parser.add_argument("--stop", action="store_true", help="end at the first batch that fails")
    parser.add_argument("--work", default=".build/reading")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


def plan(options):
    """The batches: the kind of each and its numbers."""
    if options.only:
        first, _, last = options.only.partition("-")
        return [(options.kind or "tables", list(range(int(first), int(last or first) + 1)))]
    faults = 0 if options.kind == "tables" else options.tables // 5
    if options.kind == "faults":
        faults = options.tables
    readable = options.tables - faults
    return [("faults", batch) for batch in batches(list(range(faults)), 10)] + [
        ("tables", batch) for batch in batches(list(range(readable)), BATCH)]


def main():
    options = arguments()
    program = os.path.abspath(os.environ.get("TALLY", ".build/debug/tally"))
    work = pathlib.Path(options.work).absolute()
    work.mkdir(parents=True, exist_ok=True)
    passed = failed = 0
    started = time.monotonic()
    with concurrent.futures.ProcessPoolExecutor(options.processes) as pool:
        jobs = [pool.submit(work_on, kind, program, options.seed, numbers, work) for kind, numbers in plan(options)]
        for job in concurrent.futures.as_completed(jobs):
            kind, results = job.result()
            for number, problem, folder in results:
                if problem is None:
                    passed += 1
                    continue
                failed += 1
                print(f"FAILED {number} of {kind} under seed {options.seed}: {problem}\n  kept: {folder}\n  again: "
                      f"scripts/check-reading --seed {options.seed} --kind {kind} --only {number}", flush=True)
            if failed and options.stop:
                pool.shutdown(cancel_futures=True)
                break
    print(f"{passed} passed, {failed} failed, in {time.monotonic() - started:.0f} s")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
