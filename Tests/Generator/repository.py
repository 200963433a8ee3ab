# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A repository of some tables: written, run through every command, and compared with what was written."""

import datetime
import json
import os
import pathlib
import random as randomness
import shutil
import subprocess
import zlib

import pyarrow
import pyarrow.parquet

import oracle
import rewritten
import spine as spines
import values
import writers


class Failed(Exception):
    """A command or a cell that was not as it must be."""


class Repository(spines.Spine):
    """Some tables in a folder."""

    def __init__(self, folder, program, seed, found):
        self.folder = pathlib.Path(folder)
        self.program = program
        self.tables = found
        self.random = randomness.Random(zlib.crc32(f"{seed}:{[table.number for table in found]}".encode()))

    def write(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "definitions").mkdir(parents=True)
        (self.folder / "tally.yaml").write_text("project: generated\n")
        documents = []
        for table in self.tables:
            documents += table.documents()
            writers.write(table, self.folder / "data" / f"t{table.number}")
            writers.write_junk(table, self.folder / "data" / f"t{table.number}")
        if self.is_rewritten:
            documents += rewritten.documents()
            rewritten.write(self.folder, "1")
        views = [self.selection(table) for table in self.tables]
        documents.append(json.dumps({"kind": "FeatureService", "name": "all", "owner": "test", "features": views}))
        (self.folder / "definitions" / "all.yaml").write_text("\n---\n".join(documents) + "\n", encoding="utf-8")

    @staticmethod
    def selection(table):
        return {f"v{table.number}": [
            {"name": column.feature, "as": f"v{table.number}_{column.feature}"} for column in table.features]}

    def run(self, *arguments, expected=(0,)):
        """Runs the program; its output, or `Failed` for another end."""
        environment = {**os.environ, "TALLY_VERBOSE": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [self.program, *arguments, "-C", str(self.folder)], capture_output=True, env=environment, timeout=300)
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
        if done.returncode not in expected:
            told = "\n\n".join(part for part in text.split("\n\n") if ": warning[" not in part.split("\n")[0])
            raise Failed(f"tally {' '.join(arguments)} ended with {done.returncode}: {told[:2000]}")
        return text

    def prove(self):
        """Reads, fills, serves and compares; `Failed` with what is not right."""
        self.write()
        spine = self.write_spine()
        self.run("check")
        self.run("apply")
        found = self.run(
            "train", "all", "--spine", str(self.folder / spine), "-o", str(self.folder / "train.parquet"), *self.spine_options,
            expected=(0, 3))
        if "unproven" in found and "nothing was found for any" not in found:
            raise Failed(f"tally train all: {found[:2000]}")
        self.hold()
        if any(column.promise for table in self.tables for column in table.features):
            self.run("verify", "--now", "2026-01-01T00:00:00Z")
        self.serve()
        if self.is_rewritten:
            self.prove_rewritten()

    @property
    def is_rewritten(self):
        """Whether a file is rewritten at the end; once a run is enough."""
        return self.tables[0].number == 0 and len(self.tables) > 1

    def prove_rewritten(self):
        """A file that is rewritten in place, with its size and time as before, is another file that was first seen now."""
        found = []
        for text in ("1", "2"):
            rewritten.write(self.folder, text)
            output = self.folder / f"rewritten{text}.parquet"
            self.run("train", "rewritten", "--spine", str(rewritten.spine(self.folder)), "-o", str(output), expected=(0, 3))
            found.append(pyarrow.parquet.read_table(output).column("n").to_pylist())
        if found != [[1, 1], [None, 2]]:
            raise Failed(f"a file that is rewritten in place gives {found}")

    def serve(self):
        """Fills up to an instant at which something changes, so that vectors hold values, and compares from there on."""
        instant = self.instant(self.random.choice(self.tables))
        until = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=instant)
        self.run("materialize", "--until", until.isoformat(timespec="microseconds") + "Z")
        found = self.run("compare", "all", "--sample", "100", expected=(0, 3))
        if "unproven" in found and "unproven: no value was present on both sides" not in found:
            raise Failed(f"tally compare all: {found[:2000]}")

    # The training set

    def hold(self):
        got = pyarrow.parquet.read_table(self.folder / "train.parquet")
        if got.num_rows != len(self.instants):
            raise Failed(f"the spine has {len(self.instants)} rows, the training set {got.num_rows}")
        problems = self.carried_problems(got)
        found = plain_values(got.column("carried"), "string")
        for index, (right, value) in enumerate(zip(self.carried, found)):
            if right != value:
                problems.append(f"carried, spine row {index}: written {right!r}, read {value!r}")
        for table in self.tables:
            keys = [(values.canonical(key, table.key.kind, table.zone), instant)
                    for key, instant in zip(self.keys[table.number], self.instants)]
            problems += oracle.differences(
                table, keys, lambda column: plain_values(got.column(f"v{table.number}_{column.feature}"), column.kind))
        if problems:
            raise Failed(f"{len(problems)} cells differ\n" + "\n".join(problems[:10]))


def plain_values(column, kind):
    """A column of the training set as `values.canonical` writes it."""
    if kind == "timestamp":
        return column.cast(pyarrow.timestamp("us")).cast(pyarrow.int64()).to_pylist()
    if kind == "date":
        return column.cast(pyarrow.int32()).to_pylist()
    found = column.to_pylist()
    if kind in ("float32", "float64"):
        return [values.canonical(value, kind) for value in found]
    return found
