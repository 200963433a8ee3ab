# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Tests of a dbt project against the promises they become: dbt itself counts on the one side, `tally verify` on the other.

Needs dbt-duckdb, and says so where it is not installed. TALLY_DBT_PACKAGES names a folder with checkouts of `dbt_utils` and
`dbt_expectations` (with `dbt_date` beside it), whose tests are compared too; TALLY_DBT_ROUNDS and TALLY_DBT_SEED ask for more.
"""

import collections
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from tallystick import _program
from tallystick.dbt import _rules, import_dbt

PACKAGES = os.environ.get("TALLY_DBT_PACKAGES")
TABLES = 5 if PACKAGES else 2
ROUNDS = int(os.environ.get("TALLY_DBT_ROUNDS", "1"))
HAS_DBT = all(importlib.util.find_spec(name) for name in ("dbt", "dbt.adapters", "dbt.adapters.duckdb", "duckdb")) if (
    importlib.util.find_spec("dbt")) else False

COLUMNS = {
    "n": "BIGINT", "m": "INTEGER", "f": "DOUBLE", "s": "VARCHAR", "b": "BOOLEAN", "d": "DATE", "t": "TIMESTAMP", "c": "DECIMAL(10,2)"}
VALUES = {
    "n": ["-1", "0", "1", "2", "3", "4", "9007199254740993"], "m": ["0", "1", "2", "3", "5"],
    "f": ["'nan'", "'inf'", "'-inf'", "-0.0", "0.0", "0.1", "1.0", "2.5"],
    "s": ["''", "' '", "'a'", "'A'", "'a '", "'b'", "'é'", "'1'", "'nan'", "'NULL'"], "b": ["true", "false"],
    "d": ["'2024-01-01'", "'2024-02-29'", "'1969-12-31'"], "t": ["'2024-01-01 00:00:00'", "'2024-01-01 00:00:00.000001'"],
    "c": ["0.10", "1.00", "2.50", "-3.33"]}
LISTED = {
    "n": [0, 1, 2, 3], "m": [0, 1, 2], "f": ["0.0", "1.0", "2.5", "0.1"], "s": ["a", "b", "", "é", "1"], "b": ["True", "False"],
    "d": ["2024-01-01", "2024-02-29"], "t": ["2024-01-01 00:00:00"], "c": ["0.1", "1", "2.5"]}
BOUNDS = {
    "n": [-1, 0, 2, 4], "m": [0, 1, 3], "f": [0, 0.1, 1, 2.5], "c": [0, 0.1, 1, -3.33], "d": ["date '2024-01-01'"],
    "t": ["timestamp '2024-01-01'"]}
WHERES = ["n > 0", "s <> 'a'", "f is not null and b", "n in (1, 2) or d is null", "length(s) > 0"]


def tests_of(column: str, chance: random.Random) -> list[tuple[str, dict]]:
    """The tests that dbt itself has, and those of the two packages, with arguments by chance."""
    def some(values: list) -> list:
        return chance.sample(values, chance.randint(1, len(values)))

    found: list[tuple[str, dict]] = [
        ("not_null", {}), ("unique", {}),
        ("accepted_values", {"values": some(LISTED[column]), **chance.choice([{}, {"quote": True}])}),
        ("relationships", {"to": "source('raw', 'parent')", "field": column})]
    if not PACKAGES:
        return found
    found += [
        ("dbt_utils.not_constant", {}), ("dbt_utils.at_least_one", {}),
        ("dbt_utils.not_accepted_values", {"values": some(LISTED[column])}),
        ("dbt_utils.not_null_proportion", {"at_least": chance.choice([0, 0.5, 0.9])}),
        ("dbt_expectations.expect_column_values_to_not_be_null", {}),
        ("dbt_expectations.expect_column_values_to_be_null", {}), ("dbt_expectations.expect_column_values_to_be_unique", {}),
        ("dbt_expectations.expect_column_values_to_be_in_set", {"value_set": some(LISTED[column]), "row_condition": "n > 0"}),
    ]
    if column in BOUNDS:
        low, high = (chance.choice([None, *BOUNDS[column]]) for _ in range(2))
        low = BOUNDS[column][0] if low is None and high is None else low
        bounds = {name: value for name, value in (("min_value", low), ("max_value", high)) if value is not None}
        found += [
            ("dbt_utils.accepted_range", {**bounds, "inclusive": chance.choice([True, False])}),
            ("dbt_expectations.expect_column_values_to_be_between", {**bounds, "strictly": chance.choice([True, False])})]
    if column == "s":
        found += [
            ("dbt_utils.not_empty_string", {"trim_whitespace": chance.choice([True, False])}),
            ("dbt_expectations.expect_column_values_to_match_regex", {"regex": chance.choice(["^[a-z]$", "a", "^$", "."])}),
            ("dbt_expectations.expect_column_value_lengths_to_be_between", {"min_value": 1, "max_value": 1})]
    return found


def tests_of_table(chance: random.Random) -> list[tuple[str, dict]]:
    if not PACKAGES:
        return []
    return [
        ("dbt_utils.unique_combination_of_columns", {"combination_of_columns": chance.sample(list(COLUMNS), 2)}),
        ("dbt_utils.expression_is_true", {"expression": chance.choice(["n > 0", "f >= 0", "s <> ''", "n >= m", "b", "f < 1 or n = 1"])}),
        ("dbt_expectations.expect_table_row_count_to_be_between", {"min_value": 1, "max_value": 5}),
        ("dbt_expectations.expect_column_pair_values_A_to_be_greater_than_B", {"column_A": "n", "column_B": "m", "or_equal": True}),
    ]


def configured(kind: str, arguments: dict, name: str, chance: random.Random) -> dict:
    """A test with a configuration by chance; most have none."""
    config: dict = {}
    if chance.random() < 0.2:
        config["where"] = chance.choice(WHERES)
    if chance.random() < 0.2:
        config["severity"] = "warn"
    if chance.random() < 0.2:
        config["error_if"] = chance.choice([">2", ">= 2", "= 1", "!=3", "< 2", "between 1 and 2", ">0"])
        config["warn_if"] = chance.choice(["!= 0", ">1", ">=1"])
    if chance.random() < 0.1:
        config["limit"] = chance.choice([1, 2])
    return {kind: {"name": name, "arguments": arguments, "config": config}}


@unittest.skipUnless(HAS_DBT, "dbt-duckdb is not installed: what tests of dbt mean is not compared with dbt itself")
class Meaning(unittest.TestCase):
    def test_a_carried_test_counts_what_dbt_counts(self) -> None:
        seed = int(os.environ.get("TALLY_DBT_SEED", random.randrange(1 << 32)))
        counts: collections.Counter[str] = collections.Counter()
        for number in range(ROUNDS):
            with self.subTest(seed=seed + number), tempfile.TemporaryDirectory(prefix="tallystick-") as folder:
                project = Project(Path(folder), random.Random(seed + number))
                dbt = project.run()
                for mode in ("as it is", "parsed alone", "compiled alone"):
                    self.compare(project, dbt, mode, counts)
        print(f"dbt and tally agree, from seed {seed}: {dict(sorted(counts.items()))}", file=sys.stderr)
        self.assertGreater(counts["compared"], 0)

    def compare(self, project: "Project", dbt: dict, mode: str, counts: collections.Counter) -> None:
        manifest = project.manifest(mode)
        folder = project.root / mode.replace(" ", "_")
        with mock.patch.object(_rules, "_KNOWN", {} if mode == "compiled alone" else _rules._KNOWN):
            report = import_dbt(manifest, folder, root=project.root)
        tally = {}
        for table in verify(folder)["tables"]:
            tally.update({finding["id"]: finding for finding in table["findings"]})
        for item in report.items:
            if item.kind != "test":
                continue
            status, failures = dbt[item.unique_id]
            counts[f"{mode}: {item.outcome}"] += 1
            if item.outcome != "carried":
                continue
            if status == "error":
                counts["dbt fails itself"] += 1
                continue
            findings = [tally[name] for name in item.promises]
            broken = {finding["severity"] for finding in findings if finding["verdict"] == "broken"}
            found = "fail" if "error" in broken else "warn" if broken else "pass"
            self.assertEqual(found, status, (mode, item, failures, [finding["observed"] for finding in findings]))
            numbers = [finding["observed"] for finding in findings if finding["check"] == "sql"]
            # A test that passes tells no number.
            self.assertEqual(numbers, [str(failures)] * len(numbers) if status != "pass" else numbers, (mode, item))
            counts["compared"] += 1
            counts[status] += 1
            counts["counts alike"] += bool(numbers) and status != "pass"
            counts["unproven, and passed"] += any(finding["verdict"] == "unproven" for finding in findings)


def verify(folder: Path) -> dict:
    """What `tally verify` finds; it ends with another status than 0 where something is broken or unproven."""
    libraries = str(Path(_program.__file__).with_name("_lib"))
    environment = {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(filter(None, [libraries, os.environ.get("LD_LIBRARY_PATH")]))}
    done = subprocess.run(
        [_program.find(), "verify", "--all", "--format", "json"], cwd=folder, env=environment, capture_output=True, check=False)
    if done.returncode not in (0, 1, 3) or not done.stdout:
        raise AssertionError(done.stderr.decode())
    return json.loads(done.stdout)


class Project:
    """A dbt project over tables by chance, a parent and a few that refer to it."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        import duckdb

        self.root = root
        (root / "data").mkdir()
        connection = duckdb.connect()
        tables = []
        for name in ["parent", *(f"t{number}" for number in range(TABLES))]:
            rows = chance.choice([0, 1, 1, 2, 5, 20])
            nulls = chance.choice([0, 0, 0.2, 0.9, 1])
            self.write(connection, name, rows, nulls, chance)
            tables.append(self.table(name, chance))
        self.json("models/raw.yml", {"version": 2, "sources": [{
            "name": "raw", "meta": {"external_location": "data/{name}.parquet"}, "tables": tables}]})
        self.json("profiles.yml", {"p": {"target": "d", "outputs": {"d": {"type": "duckdb", "path": str(root / "d.db")}}}})
        self.json("dbt_project.yml", {
            "name": "p", "version": "1.0", "profile": "p", "config-version": 2, "model-paths": ["models"],
            "flags": {"send_anonymous_usage_stats": False}})
        (root / "tests").mkdir()
        (root / "tests" / "singular.sql").write_text(
            "-- a query of the project's own\nselect t.n from {{ source('raw', 't0') }} t\n"
            "where t.n not in (select n from {{ source('raw', 'parent') }} where n is not null)\n")
        if PACKAGES:
            names = [name for name in ("dbt_utils", "dbt_expectations", "dbt_date") if (Path(PACKAGES) / name).is_dir()]
            self.json("packages.yml", {"packages": [{"local": str(Path(PACKAGES) / name)} for name in names]})

    def write(self, connection, name: str, rows: int, nulls: float, chance: random.Random) -> None:
        columns = ", ".join(f"{column} {kind}" for column, kind in COLUMNS.items())
        connection.execute(f"CREATE OR REPLACE TABLE x ({columns})")
        for _ in range(rows):
            values = [
                "null" if chance.random() < nulls else f"{chance.choice(VALUES[column])}::{kind}"
                for column, kind in COLUMNS.items()]
            connection.execute(f"INSERT INTO x VALUES ({', '.join(values)})")
        connection.execute(f"COPY x TO '{self.root}/data/{name}.parquet'")

    def table(self, name: str, chance: random.Random) -> dict:
        columns = []
        for column, kind in COLUMNS.items():
            tests = [
                configured(test, arguments, f"{name}_{column}_{number}", chance)
                for number, (test, arguments) in enumerate(tests_of(column, chance))]
            columns.append({"name": column, "data_type": kind, "data_tests": tests})
        tests = [
            configured(test, arguments, f"{name}_{number}", chance) for number, (test, arguments) in enumerate(tests_of_table(chance))]
        return {"name": name, "columns": columns, "data_tests": tests}

    def json(self, name: str, value: dict) -> None:
        """JSON is YAML too."""
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(value))

    def run(self) -> dict:
        """dbt's own verdicts: status and number of failures by test."""
        for arguments in (["deps"] if PACKAGES else [], ["test"]):
            if arguments:
                done = subprocess.run(
                    [sys.executable, "-m", "dbt.cli.main", *arguments, "--profiles-dir", "."], cwd=self.root, capture_output=True,
                    env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}, check=False)
        results = self.root / "target" / "run_results.json"
        if not results.exists():
            raise AssertionError(done.stdout.decode())
        return {
            result["unique_id"]: (result["status"], result["failures"]) for result in json.loads(results.read_text())["results"]}

    def manifest(self, mode: str) -> Path:
        """dbt's manifest; as `dbt parse` alone writes it, on request."""
        path = self.root / "target" / "manifest.json"
        if mode != "parsed alone":
            return path
        document = json.loads(path.read_text())
        for node in document["nodes"].values():
            node.pop("compiled_code", None)
        beside = self.root / "target" / "parsed.json"
        beside.write_text(json.dumps(document))
        return beside


if __name__ == "__main__":
    unittest.main()
