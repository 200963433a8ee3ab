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
import unicodedata
import zlib

import pyarrow
import pyarrow.parquet

import open_faults
import oracle
import table as tables
import values
import writers

CARRIED = ("1.10", "12345678901234567890", "01/02/2024", "00501", "", "NA", "true", " blank ", "1e5", "a,b", None)


class Failed(Exception):
    """A command or a cell that was not as it must be."""


class Repository:
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
            raise Failed(f"tally {' '.join(arguments)} ended with {done.returncode}: {text[:2000]}")
        return text

    def prove(self):
        """Reads, fills, serves and compares; `Failed` with what is not right."""
        self.write()
        spine = self.write_spine()
        self.run("check")
        self.run("apply")
        found = self.run(
            "train", "all", "--spine", str(self.folder / spine), "-o", str(self.folder / "train.parquet"), expected=(0, 3))
        if "unproven" in found and "nothing was found for any" not in found:
            raise Failed(f"tally train all: {found[:2000]}")
        self.hold()
        if any(column.promise for table in self.tables for column in table.features):
            self.run("verify", "--now", "2026-01-01T00:00:00Z")
        self.serve()

    def serve(self):
        """Fills up to an instant at which something changes, so that vectors hold values, and compares from there on."""
        instant = self.instant(self.random.choice(self.tables))
        until = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=instant)
        self.run("materialize", "--until", until.isoformat(timespec="microseconds") + "Z")
        found = self.run("compare", "all", "--sample", "100", expected=(0, 3))
        if "unproven" in found and "unproven: no value was present on both sides" not in found:
            raise Failed(f"tally compare all: {found[:2000]}")

    # The spine

    def write_spine(self):
        random = self.random
        self.instants, self.keys = [], {table.number: [] for table in self.tables}
        for _ in range(20 + 12 * len(self.tables)):
            self.instants.append(self.instant(random.choice(self.tables)))
            for table in self.tables:
                known = random.choice(table.pool) if random.random() > 0.05 else None
                self.keys[table.number].append(known)
        self.carried = [random.choice(CARRIED) for _ in self.instants]
        return self.csv_spine() if random.random() < 0.6 else self.parquet_spine()

    def instant(self, table):
        """A time beside one at which something changes."""
        random = self.random
        row = random.choice(table.rows)
        time = row[(table.known or table.time).name] if random.random() < 0.5 else row[table.time.name]
        base = values.moment(time, table.zone) or 1_600_000_000_000_000
        delta = random.choice((0, 0, -1, 1, table.after, table.after - 1, table.ttl or 5, (table.ttl or 5) + 1, 10**15,
                               86_400 * 10**6, 86_400 * 10**6 - 1))
        return min(base + delta, 1_767_000_000_000_000)

    def key_cells(self, table):
        found = [values.canonical(key, table.key.kind, table.zone) for key in self.keys[table.number]]
        if table.key.kind != "timestamp":
            return found
        return [None if value is None else values.Time(value * 1000, False) for value in found]

    def csv_spine(self):
        random = self.random
        names = ["event_timestamp", "carried"] + [table.key.name for table in self.tables] + self.twins()
        table_cells = [self.key_cells(table) for table in self.tables]
        lines = [",".join(plain(name, False) for name in names)]
        for index, instant in enumerate(self.instants):
            finer = 0 if open_faults.is_open("spine-digits") else random.choice((0, 0, 1, 999))
            time = values.Time(instant * 1000 + finer, False)
            fields = [plain(values.iso_text(random, time), False), plain(self.carried[index], True)]
            for table, cells in zip(self.tables, table_cells):
                column = tables.Column(table.key.name, table.key.kind)
                text = None if cells[index] is None else values.field_text(random, cells[index], table.key.kind, column)
                fields.append(plain(text, table.key.kind in ("string", "bytes")))
            fields += ["1.10" for _ in self.twins()]
            lines.append(",".join(fields))
        (self.folder / "spine.csv").write_bytes(("\n".join(lines) + "\n").encode())
        return "spine.csv"

    def twins(self):
        """Names of carried columns that an engine or a Unicode library takes for those of keys."""
        found = set()
        if not open_faults.is_open("output-names"):
            found |= {table.key.name.swapcase() for table in self.tables}
        if not open_faults.is_open("spine-names"):
            found |= {unicodedata.normalize("NFD", table.key.name) for table in self.tables}
        return sorted(found - {table.key.name for table in self.tables})

    def parquet_spine(self):
        kinds = {**writers.ARROW, "timestamp": pyarrow.timestamp("us", "UTC")}
        columns = {
            "event_timestamp": pyarrow.array(self.instants, pyarrow.int64()).cast(kinds["timestamp"]),
            "carried": pyarrow.array(self.carried, pyarrow.string()),
        }
        for table in self.tables:
            found = [values.canonical(key, table.key.kind, table.zone) for key in self.keys[table.number]]
            kind = kinds[table.key.kind]
            if table.key.kind in ("timestamp", "date"):
                whole = pyarrow.int64() if table.key.kind == "timestamp" else pyarrow.int32()
                columns[table.key.name] = pyarrow.array(found, whole).cast(kind)
            else:
                columns[table.key.name] = pyarrow.array(found, kind)
        pyarrow.parquet.write_table(pyarrow.table(columns), self.folder / "spine.parquet")
        return "spine.parquet"

    # The training set

    def hold(self):
        got = pyarrow.parquet.read_table(self.folder / "train.parquet")
        if got.num_rows != len(self.instants):
            raise Failed(f"the spine has {len(self.instants)} rows, the training set {got.num_rows}")
        problems = []
        for name in self.twins():
            if name in got.column_names and set(got.column(name).to_pylist()) != {"1.10"}:
                problems.append(f"carried column {name!r} does not come back as it was")
        if not set(self.twins()) <= set(got.column_names) and (self.folder / "spine.csv").exists():
            problems.append("carried columns are missing")
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


def plain(text, is_text):
    """A field of a plain CSV file."""
    if text is None:
        return ""
    if any(mark in text for mark in ',"\n\r') or is_text and text == "":
        return '"' + text.replace('"', '""') + '"'
    return text


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
