#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Measures how dear it is to read CSV, JSON lines and Parquet, beside DuckDB and Polars doing the same.

The work: a training set of 1,000 spine rows out of a source of 1.5 million rows and seven columns, all of which are
features, so that reading decides. Every tool is told the type of every column. Each run is a process of its own, the tools
in turn; CPU is user and system together, by the operating system's account. Writes docs/benchmarks-reading.md.

`--against PROGRAM` measures another build of tally instead of the peers, command by command, and writes nothing.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
from statistics import median

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "Benchmarks" / "EndToEnd"))
import measure  # noqa: E402
import quiet  # noqa: E402
from markdown import table  # noqa: E402
from shapes import DATA as HOME, DOCUMENTS, PYTHON, QUICK  # noqa: E402

DATA = HOME / "reading"
TALLY = ROOT / ".build" / "release" / "tally"
DOCUMENT = DOCUMENTS / "benchmarks-reading.md"
NOTES = ROOT / "Benchmarks" / "Reading" / "notes.md"
FORMATS = {"csv": "CSV", "jsonl": "JSON lines", "parquet": "Parquet"}
COLUMNS = {
    "user_id": ("string", "VARCHAR", "String"),
    "event_time": ("timestamp", "TIMESTAMP", "Datetime"),
    "country": ("string", "VARCHAR", "String"),
    "visits": ("int64", "BIGINT", "Int64"),
    "amount": ("float64", "DOUBLE", "Float64"),
    "score": ("float64", "DOUBLE", "Float64"),
    "is_member": ("bool", "BOOLEAN", "Boolean"),
}
FEATURES = [name for name in COLUMNS if name not in ("user_id", "event_time")]

GENERATE = """
import duckdb
duckdb.execute('''CREATE TABLE t AS SELECT 'user' || lpad((hash(i) % 100000)::VARCHAR, 6, '0') AS user_id,
TIMESTAMP '2024-01-01' + to_seconds(i) AS event_time, 'C' || lpad((hash(i + 1) % 20)::VARCHAR, 2, '0') AS country,
(hash(i + 2) % 100000)::BIGINT AS visits, (hash(i + 3) % 1000000) / 100.0::DOUBLE AS amount,
CASE WHEN hash(i + 4) % 20 = 0 THEN NULL ELSE (hash(i + 4) % 1000000) / 1000000.0::DOUBLE END AS score,
hash(i + 5) % 2 = 0 AS is_member FROM range({rows}) AS r(i)''')
duckdb.execute("COPY t TO '{data}/rows.csv' (HEADER, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ')")
duckdb.execute("COPY t TO '{data}/rows.jsonl' (FORMAT json, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ')")
duckdb.execute("COPY t TO '{data}/rows.parquet' (FORMAT parquet)")
duckdb.execute('''COPY (SELECT user_id, TIMESTAMP '2024-02-01' AS event_timestamp FROM (SELECT DISTINCT user_id FROM t)
ORDER BY user_id LIMIT 1000) TO '{data}/spine.parquet' (FORMAT parquet)''')
"""

DUCKDB = """
import duckdb
duckdb.execute("SET threads = {threads}")
duckdb.execute('''COPY (SELECT spine.*, {features} FROM '{data}/spine.parquet' AS spine ASOF LEFT JOIN {source} AS source
ON spine.user_id = source.user_id AND spine.event_timestamp >= source.event_time) TO '{output}' (FORMAT parquet)''')
"""

POLARS = """
import polars as pl
schema = {{{schema}}}
rows = {source}
spine = pl.scan_parquet('{data}/spine.parquet').sort('event_timestamp')
(spine.join_asof(rows.sort('event_time'), left_on='event_timestamp', right_on='event_time', by='user_id',
check_sortedness=False).drop('event_time', strict=False).sort('user_id').sink_parquet('{output}'))
"""


def project(kind):
    """A repository whose one source is the file of a format."""
    folder = DATA / kind
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "definitions").mkdir(parents=True)
    (folder / "tally.yaml").write_text("project: reading\n")
    typed = ", ".join(f"{{name: {name}, type: {types[0]}}}" for name, types in COLUMNS.items())
    features = ", ".join(f"{{name: {name}, type: {COLUMNS[name][0]}}}" for name in FEATURES)
    (folder / "definitions" / "all.yaml").write_text(
        "kind: Entity\nname: user\nowner: bench\njoinKeys: [{name: user_id, type: string}]\n---\n"
        f"kind: Source\nname: rows\nowner: bench\npath: {DATA}/rows.{kind}\neventTime: event_time\n"
        f"columns: [{typed}]\n---\n"
        "kind: FeatureView\nname: users\nowner: bench\nentities: [user]\nsource: rows\n"
        f"features: [{features}]\n---\n"
        "kind: FeatureService\nname: model\nowner: bench\nfeatures: [users]\n")
    return folder


def tally(program, folder, command, threads=None):
    words = [program, *command, "-C", folder]
    return words + (["--threads", threads] if threads else [])


def training(folder):
    return ["train", "model", "--spine", DATA / "spine.parquet", "--output", folder / "tally.parquet"]


def peers(kind, threads):
    """The peers' programs; Polars has its threads from its environment."""
    names = ", ".join(f"'{name}': '{types[1]}'" for name, types in COLUMNS.items())
    path = f"{DATA}/rows.{kind}"
    source = {
        "csv": f"read_csv('{path}', header = true, auto_detect = false, columns = {{{names}}})",
        "jsonl": f"read_json('{path}', format = 'newline_delimited', columns = {{{names}}})",
        "parquet": f"'{path}'",
    }[kind]
    duck = DUCKDB.format(
        threads=threads or os.cpu_count(), features=", ".join(FEATURES), data=DATA, source=source,
        output=DATA / kind / "duckdb.parquet")
    schema = ", ".join(f"'{name}': pl.{types[2]}" for name, types in COLUMNS.items())
    # Polars reads a time with an offset as text and then as what the text says.
    instants = ".with_columns(pl.col('event_time').str.to_datetime('%Y-%m-%dT%H:%M:%SZ'))"
    texts = schema.replace("'event_time': pl.Datetime", "'event_time': pl.String")
    rows = {
        "csv": f"pl.scan_csv('{path}', schema=schema){instants}",
        "jsonl": f"pl.scan_ndjson('{path}', schema=schema){instants}",
        "parquet": f"pl.scan_parquet('{path}')",
    }[kind]
    polars = POLARS.format(
        schema=texts if kind != "parquet" else schema, source=rows, data=DATA, output=DATA / kind / "polars.parquet")
    return {
        "DuckDB": ([PYTHON, "-c", duck], {}),
        "Polars": ([PYTHON, "-c", polars], {"POLARS_MAX_THREADS": str(threads)} if threads else {}),
    }


def generate(rows):
    DATA.mkdir(parents=True, exist_ok=True)
    stamp = DATA / "rows.txt"
    if stamp.exists() and stamp.read_text() == str(rows):
        return
    subprocess.run([PYTHON, "-c", GENERATE.format(rows=rows, data=DATA)], check=True)
    stamp.write_text(str(rows))


def prepare(program, kind):
    """A repository that is applied, with one training set behind it: later ones read the file once."""
    folder = project(kind)
    for command in (["apply"], training(folder)):
        measure.run(tally(program, folder, command), DATA / "log.txt")
    return folder


def forget(folder):
    """Leaves nothing of what was described and filled, so that a command reads what it has to read at first."""
    for name in ("described.json", "online"):
        path = folder / ".tally" / name
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def against(other, rounds):
    """User and system CPU of two programs in turn, command by command; the least of the rounds."""
    lines = []
    for kind, name in FORMATS.items():
        found = {}
        for label, program in (("before", pathlib.Path(other)), ("now", TALLY)):
            for number in range(rounds):
                folder = prepare(program, kind)
                for command in (["check"], ["materialize"], training(folder)):
                    if command[0] == "check":
                        forget(folder)
                    run = measure.run(tally(program, folder, command), DATA / "log.txt")
                    found.setdefault((command[0], label), []).append(run.cpu)
        for command in ("check", "train", "materialize"):
            before, now = (min(found[command, label]) for label in ("before", "now"))
            lines.append([name, f"`tally {command}`", f"{before:.2f}", f"{now:.2f}", f"{now / before:.2f}"])
            print(lines[-1], flush=True)
    print(table(["file", "command", "before, CPU s", "now, CPU s", "now / before"], lines))


def same(kind):
    """Whether the peers' training sets hold the rows of ours, column by column."""
    check = f"""
import pyarrow.parquet as pq, pyarrow.compute as pc
def rows(name):
    table = pq.read_table('{DATA}/{kind}/' + name + '.parquet').sort_by('user_id')
    return [table[column].to_pylist() for column in {['user_id'] + FEATURES}]
ours = rows('tally')
print(all(ours == rows(name) for name in ('duckdb', 'polars')))
"""
    return subprocess.run([PYTHON, "-c", check], check=True, capture_output=True, text=True).stdout.strip() == "True"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=3_000 if QUICK else 1_500_000)
    parser.add_argument("--rounds", type=int, default=1 if QUICK else 5)
    parser.add_argument("--against", metavar="PROGRAM")
    parser.add_argument("--report", action="store_true", help="write the document again from the last figures")
    options = parser.parse_args()
    if options.report:
        return report(json.loads((DATA / "results.json").read_text()), options)
    generate(options.rows)
    if options.against:
        return against(options.against, options.rounds)
    results = {"quiet": quiet.settle(), "machine": os.cpu_count(), "shapes": {}, "same": {}}
    for kind in FORMATS:
        folder = prepare(TALLY, kind)
        for threads in (1, None):
            jobs = {"tally": (tally(TALLY, folder, training(folder), threads), {})} | peers(kind, threads)
            runs = {tool: [] for tool in jobs}
            for number in range(options.rounds + 1):
                for tool, (words, environment) in jobs.items():
                    run = measure.run(words, DATA / "log.txt", environment)
                    if number:
                        runs[tool].append(run.json())
            results["shapes"][f"{kind} {threads or 'all'}"] = runs
            print(kind, threads, {t: round(min(r["cpu"] for r in found), 2) for t, found in runs.items()}, flush=True)
        results["same"][kind] = same(kind)
    results["starts"] = {
        "DuckDB": measure.run([PYTHON, "-c", "import duckdb"], DATA / "log.txt").cpu,
        "Polars": measure.run([PYTHON, "-c", "import polars"], DATA / "log.txt").cpu,
    }
    (DATA / "results.json").write_text(json.dumps(results))
    report(results, options)


def report(results, options):
    lines = []
    for kind, name in FORMATS.items():
        for threads in ("1", "all"):
            shape = results["shapes"][f"{kind} {threads}"]
            ours = min(run["cpu"] for run in shape["tally"])
            for tool, runs in shape.items():
                cpu = [run["cpu"] for run in runs]
                lines.append([
                    name, threads, tool, f"{min(cpu):.2f} / {median(cpu):.2f}", f"{min(run['wall'] for run in runs):.2f}",
                    f"{max(run['peak'] for run in runs):.0f}", "" if tool == "tally" else f"{ours / min(cpu):.2f}"])
    sizes = ", ".join(f"{name} {(DATA / f'rows.{kind}').stat().st_size / 1e6:.0f} MB" for kind, name in FORMATS.items())
    others = [run["others"] for shape in results["shapes"].values() for runs in shape.values() for run in runs]
    told = all(results["same"].values())
    rounds = len(results["shapes"]["csv 1"]["tally"])
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(
        "# Benchmarks of reading\n\nWritten by `scripts/bench --reading`; do not edit.\n"
        f"A training set of 1,000 spine rows out of {options.rows:,} rows of seven columns ({sizes}), {results['machine']} cores. Every tool is told "
        f"the type of\nevery column; each run is a process of its own, the tools in turn, rounds: {rounds}, after one thrown away. CPU is user and system together. "
        f"Python's\nstart is inside the peers' figures (DuckDB {results['starts']['DuckDB']:.2f} s of CPU, Polars {results['starts']['Polars']:.2f} s). "
        f"\n\n{quiet.sentence(results.get('quiet'), others)}\n"
        + ("All three tools gave the same values in every row.\n" if told else "**The tools gave different values.**\n")
        + "\n## Beside the peers\n\n"
        + table(
            ["file", "cores", "tool", "CPU s, min / median", "wall s, min", "peak MiB", "CPU, tally / tool"], lines)
        + "\n\n" + NOTES.read_text())
    print(DOCUMENT.read_text())


if __name__ == "__main__":
    main()
