#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Measures `tally verify` beside hand-written SQL and, where they are installed, datacontract-cli and Soda.

Eleven checks over nine columns of 10 million Parquet rows: three not-null, a null share, an enum, four ranges, a pattern,
a row count; with `--unique` also a composite key. Every tool is a process of its own, in turn, several rounds; CPU seconds
are those of the operating system's account. Writes docs/benchmarks-contracts.md.
"""

import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
from statistics import median

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "Benchmarks" / "EndToEnd"))
import quiet  # noqa: E402
from markdown import table  # noqa: E402
from shapes import DATA as HOME, DOCUMENTS, PYTHON, QUICK  # noqa: E402

DATA = HOME / "contracts"
TALLY = ROOT / ".build" / "release" / "tally"
DATACONTRACT = ROOT / "Benchmarks" / ".venv-datacontract" / "bin" / "datacontract"
SODA = ROOT / "Benchmarks" / ".venv-soda" / "bin"
RULES = ROOT / "Benchmarks" / ".build" / "release" / "RuleBenchmark"
DOCUMENT = DOCUMENTS / "benchmarks-contracts.md"
NOW = "2024-02-01T00:00:00Z"

GENERATE = """
import duckdb, sys
duckdb.execute('''COPY (SELECT i AS user_id, TIMESTAMP '2024-01-01' + to_microseconds(i * 250000) AS event_time,
TIMESTAMP '2024-01-01' + to_microseconds(i * 250000 + 1000000) AS created_at,
'C' || lpad((hash(i) % 20)::VARCHAR, 2, '0') AS country, (18 + hash(i + 1) % 70)::INTEGER AS age,
(hash(i + 2) % 1000)::INTEGER AS visits, (hash(i + 3) % 100000) / 100.0::DOUBLE AS amount,
CASE WHEN hash(i + 4) % 200 = 0 THEN NULL ELSE (hash(i + 4) % 1000) / 1000.0::DOUBLE END AS score,
'user' || i || '@example.org' AS email FROM range({rows}) AS r(i)) TO '{path}' (FORMAT parquet)''')
"""

SQL = """
import duckdb
print(duckdb.sql('''SELECT count(*), count(*) FILTER (user_id IS NULL), count(*) FILTER (event_time IS NULL),
count(*) FILTER (country IS NULL), count(*) FILTER (score IS NULL),
count(*) FILTER (country NOT IN ({countries})), count(*) FILTER (age NOT BETWEEN 18 AND 120),
count(*) FILTER (visits NOT BETWEEN 0 AND 100000), count(*) FILTER (amount NOT BETWEEN 0 AND 10000),
count(*) FILTER (score NOT BETWEEN 0 AND 1){pattern} FROM read_parquet('{path}')''').fetchall()[0])
{unique}
"""


def contract(pattern=True, enum=True, unique=False, server=False):
    """The eleven checks as a contract of the standard, with one more for the key."""
    countries = "".join(f"        - value: C{code:02d}\n" for code in range(20))
    return (
        "apiVersion: v3.2.0\nkind: DataContract\nid: bench\nname: bench\nversion: 1.0.0\nstatus: active\n"
        + (f"servers:\n  - {{server: local, type: local, path: {DATA}/rows.parquet, format: parquet}}\n" if server else "")
        + "schema:\n  - name: events\n    logicalType: object\n    properties:\n"
        "      - {name: user_id, logicalType: integer, physicalType: BIGINT, required: true}\n"
        "      - {name: event_time, logicalType: timestamp, physicalType: TIMESTAMP, required: true}\n"
        "      - {name: created_at, logicalType: timestamp, physicalType: TIMESTAMP}\n"
        "      - name: country\n        logicalType: string\n        physicalType: VARCHAR\n        required: true\n"
        + ("        enum:\n" + countries.replace("        - ", "          - ") if enum else "")
        + "      - {name: age, logicalType: integer, physicalType: INTEGER, logicalTypeOptions: {minimum: 18, maximum: 120}}\n"
        "      - {name: visits, logicalType: integer, physicalType: INTEGER, logicalTypeOptions: {minimum: 0, maximum: 100000}}\n"
        "      - {name: amount, logicalType: number, physicalType: DOUBLE, logicalTypeOptions: {minimum: 0, maximum: 10000}}\n"
        "      - name: score\n        logicalType: number\n        physicalType: DOUBLE\n"
        "        logicalTypeOptions: {minimum: 0, maximum: 1}\n"
        "        quality:\n          - {metric: nullValues, mustBeLessThan: 1, unit: percent}\n"
        "      - name: email\n        logicalType: string\n        physicalType: VARCHAR\n"
        + ("        logicalTypeOptions: {pattern: '^[a-z0-9]+@[a-z]+[.][a-z]+$'}\n" if pattern else "")
        + "    quality:\n      - {metric: rowCount, mustBeGreaterThan: 0}\n"
        + ("      - {metric: duplicateValues, arguments: {properties: [user_id, event_time]}, mustBe: 0}\n" if unique else ""))


def soda(path):
    """A scan of a view over the rows, with the same checks in Soda's words; it reports its use to nobody."""
    home = DATA / "soda"
    (home / ".soda").mkdir(parents=True, exist_ok=True)
    (home / ".soda" / "config.yml").write_text("send_anonymous_usage_stats: false\n")
    database = home / "rows.duckdb"
    view = f"CREATE OR REPLACE VIEW events AS SELECT * FROM read_parquet('{path}')"
    subprocess.run(
        [SODA / "python", "-c", f"import duckdb; duckdb.connect({str(database)!r}).execute({view!r})"], check=True)
    (home / "source.yml").write_text(f"data_source bench:\n  type: duckdb\n  path: {database}\n  read_only: true\n")
    countries = ", ".join(f"C{code:02d}" for code in range(20))
    ranges = {"age": (18, 120), "visits": (0, 100000), "amount": (0, 10000), "score": (0, 1)}
    (home / "checks.yml").write_text(
        "checks for events:\n  - row_count > 0\n"
        + "".join(f"  - missing_count({name}) = 0\n" for name in ("user_id", "event_time", "country"))
        + "  - missing_percent(score) < 1\n"
        + f"  - invalid_count(country) = 0:\n      valid values: [{countries}]\n"
        + "".join(
            f"  - invalid_count({name}) = 0:\n      valid min: {low}\n      valid max: {high}\n"
            for name, (low, high) in ranges.items())
        + "  - invalid_count(email) = 0:\n      valid regex: '^[a-z0-9]+@[a-z]+[.][a-z]+$'\n")
    return [
        "env", f"HOME={home}", str(SODA / "soda"), "scan", "-d", "bench", "-c", str(home / "source.yml"),
        str(home / "checks.yml")]


def measured(command, allowed=(0,)):
    """One run of a process: CPU seconds, wall seconds and peak MiB."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=DATA)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        sys.exit(f"{command[0]} ended with {process.returncode}: {output.decode()[-2000:]}")
    return {
        "cpu": usage.ru_utime + usage.ru_stime, "wall": time.monotonic() - started, "peak": usage.ru_maxrss / 1024}


def jobs(path):
    """The shapes and, for each, the tools that can do it."""
    (DATA / "all.odcs.yaml").write_text(contract())
    (DATA / "unique.odcs.yaml").write_text(contract(unique=True))
    (DATA / "plain.odcs.yaml").write_text(contract(pattern=False, enum=False))
    (DATA / "peer.odcs.yaml").write_text(contract(server=True))
    countries = ", ".join(f"'C{code:02d}'" for code in range(20))
    mail = ", count(*) FILTER (NOT regexp_matches(email, '^[a-z0-9]+@[a-z]+[.][a-z]+$'))"
    key = f"print(duckdb.sql(\"SELECT count(*) - count(DISTINCT (user_id, event_time)) FROM read_parquet('{path}')\").fetchall())"

    def tally(name):
        return [str(TALLY), "verify", "--contract", name, "--data", str(path), "--now", NOW]

    def sql(pattern, unique):
        text = SQL.format(countries=countries, pattern=pattern, path=path, unique=unique)
        return [str(PYTHON), "-c", text]

    shapes = {
        "11 checks": {"tally": tally("all.odcs.yaml"), "DuckDB, by hand": sql(mail, "")},
        "11 checks and a composite key": {"tally": tally("unique.odcs.yaml"), "DuckDB, by hand": sql(mail, key)},
        "without enum and pattern": {"tally": tally("plain.odcs.yaml")},
    }
    if DATACONTRACT.exists():
        shapes["11 checks"]["datacontract-cli"] = [str(DATACONTRACT), "test", "peer.odcs.yaml"]
    if (SODA / "soda").exists():
        shapes["11 checks"]["Soda"] = soda(path)
    return shapes


FIRST_LOOK = "the same, at files that it never described"


def cold():
    """Commands that look at no rows: an example of the size of a real repository."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([TALLY, "init", "--example", "flights", "-C", folder], check=True, capture_output=True)
        data = ROOT / "Examples" / "flights" / "data"
        if data.exists():
            os.symlink(data, pathlib.Path(folder) / "data")
        old = pathlib.Path(folder) / "contracts" / "weather.odcs.yaml"
        new = pathlib.Path(folder) / "new.odcs.yaml"
        new.write_text(old.read_text().replace("maximum: 150}", "maximum: 200}").replace("version: 1.0.0", "version: 2.0.0"))
        check = [TALLY, "check", "-C", folder]
        commands = {
            "tally contract lint, 4 files": [TALLY, "contract", "lint"] + sorted(map(str, old.parent.glob("*.yaml"))),
            "tally contract diff": [TALLY, "contract", "diff", str(old), str(new)],
            "tally check, 12 definitions and 4 contracts": check,
            FIRST_LOOK: check,
        }
        memory = pathlib.Path(folder) / ".tally" / "described.json"
        found = {}
        for name, command in commands.items():
            runs = []
            for _ in range(3 if QUICK else 12):
                if name == FIRST_LOOK:
                    memory.unlink(missing_ok=True)
                runs.append(measured([str(part) for part in command], allowed=(0, 1)))
            found[name] = runs[2:]
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000 if QUICK else 10_000_000)
    parser.add_argument("--rounds", type=int, default=1 if QUICK else 5)
    parser.add_argument("--report", action="store_true", help="write the document again from the last figures")
    options = parser.parse_args()
    if options.report:
        return report(json.loads((DATA / "results.json").read_text()), options.rows)
    DATA.mkdir(parents=True, exist_ok=True)
    path = DATA / "rows.parquet"
    stamp = DATA / "rows.txt"
    if not path.exists() or not stamp.exists() or stamp.read_text() != str(options.rows):
        subprocess.run([PYTHON, "-c", GENERATE.format(rows=options.rows, path=path)], check=True)
        stamp.write_text(str(options.rows))
    results = {"quiet": quiet.settle()}
    for shape, tools in jobs(path).items():
        runs = {tool: [] for tool in tools}
        for number in range(options.rounds + 1):
            for tool, command in tools.items():
                if tool in ("datacontract-cli", "Soda") and number > 2:
                    continue
                # A peer that says no, or does not come as far as the data, is no measurement: this ends with its words.
                run = measured(command)
                if number:
                    runs[tool].append(run)
        results[shape] = runs
        print(shape, {tool: round(median(run["cpu"] for run in found), 2) for tool, found in runs.items()}, flush=True)
    results["cold"] = cold()
    if RULES.exists():
        results["rules"] = json.loads(subprocess.run([RULES], check=True, capture_output=True).stdout)
    (DATA / "results.json").write_text(json.dumps(results))
    report(results, options.rows)


def verdict(is_kept):
    return "kept" if is_kept else "**missed**"


def report(results, rows):
    def low(runs, key):
        return min(run[key] for run in runs)

    lines = []
    for shape, tools in results.items():
        if shape in ("cold", "rules", "quiet"):
            continue
        for tool, runs in tools.items():
            ratio = "" if tool == "tally" else f"{low(tools['tally'], 'cpu') / low(runs, 'cpu'):.2f}"
            lines.append([
                shape, tool, f"{low(runs, 'cpu'):.2f} / {median(run['cpu'] for run in runs):.2f}",
                f"{low(runs, 'wall'):.2f}", f"{max(run['peak'] for run in runs):.0f}", ratio])
    eleven = results["11 checks"]
    by_hand = low(eleven["tally"], "cpu") / low(eleven["DuckDB, by hand"], "cpu")
    targets = [
        ["CPU beside hand-written DuckDB SQL, 11 checks", "at most 1.2", f"{by_hand:.2f}", verdict(by_hand <= 1.2)],
    ]
    if "datacontract-cli" in eleven:
        peer = low(eleven["datacontract-cli"], "cpu") / low(eleven["tally"], "cpu")
        targets.insert(1, ["datacontract-cli's CPU over ours", "at least 3", f"{peer:.1f}", verdict(peer >= 3)])
    for name, runs in results["cold"].items():
        wall = low(runs, "wall") * 1000
        limit = "below 50 ms" if "lint" not in name else "-"
        targets.append([name + ", cold", limit, f"{wall:.0f} ms", verdict(wall < 50) if "lint" not in name else ""])
    if rules := results.get("rules"):
        row = rules["rowNanoseconds"]
        targets.append(["eight numeric checks on one row", "below 1 µs", f"{row / 1000:.2f} µs", verdict(row < 1000)])
        targets.append(["the same on columns, a row", "-", f"{rules['batchRowNanoseconds']:.1f} ns", ""])
    peers = [tool for tool in ("datacontract-cli", "Soda") if tool not in eleven]
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(
        "# Benchmarks of contracts\n\nWritten by `scripts/bench --contracts`; do not edit.\n"
        f"{rows:,} Parquet rows of nine columns. Each tool is a process of its own, in turn, one round thrown away; CPU is user and\n"
        "system together, by the operating system's account. Python's start and DuckDB's import (0.2 s of CPU) are inside the figures of\n"
        "the peers, as ours is inside ours. Smaller is better. *Cold* is a process that begins with nothing but files; `tally check` reads\n"
        "all definitions each time, and looks into data files only when they changed (decision 21).\n\n"
        + quiet.sentence(results.get("quiet")) + "\n## Targets\n\n"
        + table(["what", "target", "found", ""], targets) + "\n\n## Figures\n\n"
        + table(["checks", "tool", "CPU s, min / median", "wall s, min", "peak MiB", "CPU, tally / tool"], lines) + "\n"
        + (f"\nNot installed here, and so not measured: {', '.join(peers)}.\n" if peers else ""))
    print(DOCUMENT.read_text())


if __name__ == "__main__":
    main()
