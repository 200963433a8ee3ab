# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Numbers at the ends of what a machine holds, from every source that others write: an answer or a message, never a signal."""

import concurrent.futures
import hashlib
import json
import os
import re
import shutil
import socket
import sqlite3

from network import expect
from program import Server, limit, receive, request

ENDS = [-(1 << 63), -(1 << 63) + 1, -(1 << 53), -1, 0, 1, (1 << 31) - 1, 1 << 31, 1 << 53, (1 << 63) - 2, (1 << 63) - 1]
BEYOND = ["9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e308", "-1e308", "1e309", "-0", "-0.0", "0.5",
          ".nan", ".inf", "-.inf", "NaN", "1e-320", "99999999999999999999999999999999"]
SPANS = ["0s", "1us", "-1d", "99999999999d", "106751991d", "106751992d", "9223372036854775807us", "9223372036854775808us",
         "9223372036854775807d", "1e308s", "NaNs", "P99999999999Y", "PT9223372036854775807S"]
WRONG = (1, 2, 3, 4, 64, 66)


def spoken(done):
    """Whether a command ended by itself."""
    expect(done.returncode >= 0, f"{done.args[1:]} ended by signal {-done.returncode}: {done.stderr[-300:]}")
    expect(done.returncode in (0, *WRONG), f"{done.args[1:]} ended with {done.returncode}: {done.stderr[-300:]}")
    expect("E-internal" not in done.stderr, f"{done.args[1:]}: {done.stderr[-300:]}")
    return done


def shrink(program):
    """Leaves a hundred rows, so that commands and copies take little time."""
    path = program.folder / "data" / "a.csv"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(True)[:101]), encoding="utf-8")
    shutil.rmtree(program.folder / ".tally" / "online")
    expect(program.run("materialize", "--full").returncode == 0, "the small store cannot be filled")


def copies(program, name, jobs):
    """Does jobs, each with a copy of the repository of its own, two at a time; how many commands were run."""
    def one(numbered):
        number, job = numbered
        folder = program.folder.parent / f"{program.folder.name}-{name}-{number}"
        shutil.copytree(program.folder, folder)
        try:
            return job(type(program)(program.program, folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        return sum(pool.map(one, enumerate(jobs)))


def run(program, *commands):
    """Runs commands; how many there were."""
    for command in commands:
        # A number that is taken at its word must not take the machine with it.
        spoken(program.run(*command, before=limit("v", 48 << 20)))
    return len(commands)


def write(program, name, text):
    """Writes a file of the repository."""
    path = program.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


GET = ("get", "weather", "id=1")
FILL = ("materialize",)


def in_definitions(program):
    """Lengths of time and bounds in definitions, carried through plan, fill and look-up."""
    shrink(program)
    plain = (program.folder / "definitions" / "all.yaml").read_text(encoding="utf-8")

    def with_(old, new):
        def job(copy):
            write(copy, "definitions/all.yaml", plain.replace(old, new))
            if spoken(copy.run("check")).returncode:
                return 1
            return 1 + run(copy, ("apply",), ("materialize", "--full"), GET, ("get", "weather", "id=1", "--at", "2024-01-05T10:00:00Z"))
        return job
    jobs = []
    for span in SPANS:
        jobs += [with_("source: readings", f"source: readings\ntimeToLive: {span}"), with_("eventTime: ts", f"eventTime: ts\nknownAfter: {span}")]
    for number in [*ENDS[::2], *BEYOND[:6], *BEYOND[9:11]]:
        jobs.append(with_("{name: f0, type: float64}", "{name: f0, type: float64, promise: {minimum: %s, nulls: {atMost: %s}}}" % (number, number)))
    return f"{copies(program, 'definitions', jobs)} commands"


CONTRACT = """apiVersion: v3.2.0
kind: DataContract
id: readings
name: Readings
version: {version}
status: active
schema:
  - name: readings
    logicalType: object
    customProperties:
      - {{property: eventTime, value: ts, vendor: tallystick}}
      - {{property: extraColumns, value: allow, vendor: tallystick}}
    properties:
      - {{name: id, logicalType: integer, logicalTypeOptions: {{{options}}}}}
      - {{name: ts, logicalType: timestamp}}
      - {{name: f0, logicalType: number, quality: [{{{rule}}}]}}
      - {{name: tags, logicalType: array, physicalType: "{physical}", items: {{logicalType: integer}}}}
    quality:
      - {{metric: rowCount, {quality}}}
slaProperties:
  - {{property: {level}, value: {span}, unit: {unit}, element: readings.ts}}
"""


QUARANTINE = """apiVersion: v3.2.0
kind: DataContract
id: readings
name: Readings
version: 1.0.0
status: active
customProperties:
  - {property: onViolation, value: {error: quarantine}, vendor: tallystick}
schema:
  - name: readings
    logicalType: object
    customProperties:
      - {property: extraColumns, value: allow, vendor: tallystick}
    properties:
      - {name: f0, logicalType: number, logicalTypeOptions: {minimum: 0}}
"""


def in_contracts(program):
    """Bounds, counts, shares, lengths of time and versions in contracts, read, compared and held against data."""
    shrink(program)
    standard = {"version": "1.0.0", "options": "minimum: 0", "rule": "metric: nullValues, mustBeLessThan: 15, unit: percent",
                "quality": "mustBeGreaterThan: 0", "level": "freshness", "span": 3, "unit": "d", "physical": "INTEGER[3]"}

    def job_of(changed):
        def job(copy):
            write(copy, "old.odcs.yaml", CONTRACT.format(**standard))
            write(copy, "contracts/readings.odcs.yaml", CONTRACT.format(**(standard | changed)))
            return run(copy, ("contract", "diff", "old.odcs.yaml", "contracts/readings.odcs.yaml"),
                       ("contract", "diff", "contracts/readings.odcs.yaml", "old.odcs.yaml"),
                       ("verify", "--contract", "contracts/readings.odcs.yaml", "--data", "data/a.csv"))
        return job
    rows = []
    for number in [ENDS[0], ENDS[-1], *BEYOND[3:6], ".nan"]:
        rows += [{"options": f"minimum: {number}, maximum: {number}, multipleOf: 3"}, {"quality": f"mustBeBetween: [{number}, {number}]"},
                 {"rule": f"metric: nullValues, mustBeLessThan: {number}, unit: percent"}, {"span": number, "unit": "y"}]
    for number in ENDS[-2:]:
        rows += [{"version": f"{number}.0.0"}, {"version": f"0.{number}.0"}, {"physical": f"INTEGER[{number}]"},
                 {"options": f"format: i{number}"}, {"options": f"format: i-{number + 1}"}, {"level": "frequency", "span": number, "unit": "us"},
                 {"level": "latency", "span": number, "unit": "us"}, {"level": "freshness", "span": number, "unit": "us"}]
    rows += [{"span": f"'{span}'"} for span in SPANS[3:6]]

    def lint(copy):
        for number, changed in enumerate(rows):
            write(copy, f"contracts/c{number}.odcs.yaml", CONTRACT.format(**(standard | changed)))
        return run(copy, ("contract", "lint", *(f"contracts/c{number}.odcs.yaml" for number in range(len(rows)))))
    return f"{copies(program, 'contracts', [lint, *map(job_of, rows)])} commands"


def in_data(program):
    """Values, times and keys in data files, and the times and sizes of the files."""
    shrink(program)
    years = ["0000-01-01", "0001-01-01", "1677-09-21", "1969-12-31", "2262-04-12", "9999-12-31"]
    times = [f"{year}T23:59:59.999999999Z" for year in years] + ["294247-01-10T04:00:54Z", "-290308-12-21T19:59:05Z", "infinity", "-infinity",
                                                                "9223372036854775807", "-9223372036854775808", "1e300"]

    def data(copy, key, time, value):
        write(copy, "data/b.csv", "id,ts," + ",".join(f"f{number}" for number in range(20)) + f"\n{key},{time}," + ",".join([value] * 20) + "\n")

    def valued(key, time, value):
        def job(copy):
            data(copy, key, time, value)
            return run(copy, FILL, ("get", "weather", f"id={key}"), ("contract", "import", "data/*.csv"))
        return job

    def trained(time):
        def job(copy):
            write(copy, "spine.csv", f"id,event_timestamp\n1,{time}\n2,2024-01-06T10:00:00Z\n")
            return run(copy, ("train", "weather", "--spine", "spine.csv", "-o", "set.parquet"))
        return job

    def zoned(time):
        def job(copy):
            data(copy, 1, time, "1")
            path = copy.folder / "definitions" / "all.yaml"
            path.write_text(path.read_text().replace("eventTime: ts", "eventTime: ts\ntimeZone: America/New_York"), encoding="utf-8")
            return run(copy, ("check",), ("apply",), FILL)
        return job

    def patterned(pattern, time):
        def job(copy):
            (copy.folder / "data" / "a.csv").unlink()
            data(copy, 1, time, "1")
            path = copy.folder / "definitions" / "all.yaml"
            path.write_text(path.read_text().replace("eventTime: ts", "eventTime: {column: ts, format: %s}\ntimeZone: Asia/Tokyo" % pattern), encoding="utf-8")
            return run(copy, ("check",), ("apply",), ("materialize", "--full"))
        return job

    def dated(seconds, size=None):
        def job(copy):
            data(copy, 1, "2024-01-06T10:00:00Z", "1")
            if size:
                for name in ("data/c.csv.partial-999999-1", "data/d.csv.partial-999999-2"):
                    with open(copy.folder / name, "wb") as file:
                        try:
                            file.truncate(size)
                        except OSError:
                            pass
            try:
                os.utime(copy.folder / "data" / "b.csv", (seconds, seconds))
            except (OverflowError, OSError):
                return 0
            return run(copy, FILL, ("doctor",))
        return job
    jobs = [valued(key, "2024-01-06T10:00:00Z", value) for key, value in zip([*ENDS[::2], *BEYOND[:4]], ["1e308", "-1e308", "1e309", "nan", "-0", "5e-324"] * 5)]
    jobs += [valued(1, time, "1") for time in [*times[::2], *times[-4:]]] + [trained(time) for time in times[::2]] + [zoned(time.rstrip("Z")) for time in times[:6]]
    jobs += [patterned(pattern, number) for pattern in ("epoch_s", "epoch_ms", "epoch_us", "epoch_ns") for number in (ENDS[0], ENDS[-1])]
    jobs += [dated(seconds) for seconds in (-(1 << 62), -(1 << 33), 0, 1 << 33, 9_223_372_036, 9_223_372_037, 1 << 40, 1 << 62)]
    jobs += [dated(0, size) for size in (1 << 42, (1 << 63) - 1)]
    return f"{copies(program, 'data', jobs)} commands"


def in_the_registry(program):
    """Every number of every row of the registry, and those in its JSON."""
    shrink(program)
    path = program.folder / ".tally" / "registry.db"
    with sqlite3.connect(path) as database:
        tables = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
        columns = [(table, row[1], row[2]) for table in tables for row in database.execute(f"PRAGMA table_info({table})")]
    database.close()

    def job_of(table, column, kind, number):
        def job(copy):
            with sqlite3.connect(copy.folder / ".tally" / "registry.db") as database:
                try:
                    if kind == "INTEGER":
                        database.execute(f"UPDATE {table} SET {column} = ?", (number,))
                    else:
                        for row, text in database.execute(f"SELECT rowid, {column} FROM {table}").fetchall():
                            database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (numbered(text, number), row))
                except sqlite3.Error:
                    return 0
            database.close()
            write(copy, "definitions/more.yaml", "kind: Entity\nname: other\njoinKeys: [{name: o, type: int64}]\n")
            write(copy, "data/b.csv", (copy.folder / "data" / "a.csv").read_text(encoding="utf-8"))
            return run(copy, ("status",), ("apply",), FILL, GET)
        return job
    jobs = [job_of(table, column, kind, number) for table, column, kind in columns if kind == "INTEGER" or column in ("summary", "content", "node")
            for number in (ENDS[0], ENDS[-1])]
    return f"{copies(program, 'registry', jobs)} commands over {len(columns)} columns"


def numbered(text, number):
    """A JSON text with all its numbers exchanged."""
    return re.sub(r'(?<=[:\[,])\s*-?\d+(?:\.\d+)?(?=[,\]}\s])|(?<=")-?\d{10,}(?=")', str(number), text or "")


def sealed(text):
    """A JSON text with its checksum put right where it has one, so that its numbers are looked at."""
    members = json.loads(text)
    if "checksum" not in members:
        return text
    del members["checksum"]
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return json.dumps({**members, "checksum": hashlib.sha256(canonical.encode()).hexdigest()})


def in_other_files(program):
    """Numbers in what is kept below .tally and in the lockfile."""
    shrink(program)
    write(program, "contracts/readings.odcs.yaml", QUARANTINE)
    path = program.folder / "definitions" / "all.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("eventTime: ts", "eventTime: ts\ncontract: contracts/readings.odcs.yaml"), encoding="utf-8")
    write(program, "data/q.csv", "id,ts," + ",".join(f"f{number}" for number in range(20)) + "\n"
          + "".join(f"1,2024-01-07T10:00:0{second}Z," + ",".join([str(second - 5)] * 20) + "\n" for second in range(10)))
    expect(run(program, ("apply",), FILL, ("token", "create", "a", "--scope", "read", "--expires", "90d")) == 3, "it cannot be made")
    found = [path for path in [*program.folder.glob(".tally/**/*"), program.folder / "tally.lock"] if path.is_file() and path.read_bytes()[:1] == b"{"]
    files = [path.relative_to(program.folder) for path in found]
    expect(any("quarantine" in str(name) for name in files), f"nothing was set aside: {files}")

    def job_of(name, number):
        def job(copy):
            path = copy.folder / name
            path.write_text(sealed(numbered(path.read_text(encoding="utf-8"), number)), encoding="utf-8")
            write(copy, "data/b.csv", (copy.folder / "data" / "a.csv").read_text(encoding="utf-8"))
            return run(copy, ("status",), ("plan",), FILL, GET, ("doctor",), ("quarantine", "list"), ("quarantine", "show", "readings"))
        return job
    return f"{copies(program, 'files', [job_of(name, number) for name in files for number in (ENDS[0], ENDS[-1])])} commands over {len(files)} files"


def in_options(program):
    """Options of commands."""
    shrink(program)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        commands = []
        for number in [*map(str, ENDS[::2]), *BEYOND[:5], "NaN"]:
            commands += [("materialize", f"--memory={number}"), ("materialize", f"--memory={number}GiB"), ("materialize", f"--threads={number}"),
                         ("serve", f"--port={number}x"), ("serve", "--port", port, f"--threads={number}"), ("serve", "--port", port, f"--memory={number}B"),
                         ("compare", "weather", f"--sample={number}"), ("compare", "weather", "--sample=5", f"--seed={number}"),
                         ("get", "weather", f"id={number}"), ("get", "weather", "id=1", f"--at={number}")]
        # A port that is free would be listened at for ever.
        commands += [("serve", f"--port={number}") for number in ENDS if not 0 <= number <= 65_535]
        for span in SPANS:
            commands += [("serve", "--port", port, f"--scrub={span}"), ("serve", "--port", port, f"--drain={span}"),
                         ("token", "create", "t", "--scope", "read", f"--expires={span}")]
        for year in ("0000", "0001", "9999"):
            commands += [("get", "weather", "id=1", f"--at={year}-12-31T23:59:59Z"), ("materialize", f"--until={year}-12-31T23:59:59Z")]
        count = copies(program, "options", [lambda copy, own=commands[start::4]: run(copy, *own) for start in range(4)])
    with Server(program, "--scrub", "9223372036854775807us", "--memory", "9223372036854775807B") as server:
        expect(server.live() < 2, "the longest scrub stops the server")
    return f"{count} commands"


def in_requests(program):
    """Numbers in bodies and fields of requests."""
    numbers = [*map(str, ENDS), *(one for one in BEYOND if not one.startswith((".", "-."))), "1e999999999", "9" * 400, "-" + "9" * 400]
    stamps = [f'"{year}-12-31T23:59:59.999999999Z"' for year in ("0000", "0001", "1677", "2262", "9999", "99999")] + ['"infinity"']
    tried = 0
    with Server(program) as server:
        def ask(path, body):
            nonlocal tried
            tried += 1
            status, _, text, _ = server.ask("POST", path, body.encode())
            expect(status in (200, 202, 400, 404, 409, 422, 503), f"{path} {body[:80]}: {status} {text[:200]}")
        for number in numbers + stamps:
            ask("/v1/vectors", '{"service": "weather", "entities": {"id": [%s]}}' % number)
            ask("/v1/vectors", '{"service": "weather", "entities": {"id": [1]}, "at": %s}' % number)
            ask("/get-online-features", '{"features": ["gauge:f0"], "entities": {"id": [%s]}}' % number)
            ask("/materialize", '{"feature_views": ["gauge"], "end_ts": %s}' % number)
            ask("/materialize", '{"feature_views": ["gauge"], "start_ts": %s, "end_ts": "2024-01-06T00:00:00Z"}' % number)
        for number in numbers:
            for field in ("Content-Length", "Keep-Alive", "Retry-After", "Max-Forwards", "Upgrade-Insecure-Requests", "Age"):
                tried += 1
                with server.connect(0.2 if field == "Content-Length" else 5) as connection:
                    connection.sendall(request("POST", "/v1/vectors", None, {field: number, "Connection": "close"}))
                    receive(connection)
            for chunk in (number, f"{(1 << 64) - 1:x}", f"-{number}"):
                tried += 1
                with server.connect(0.2) as connection:
                    connection.sendall(request("POST", "/v1/vectors", None, {"Transfer-Encoding": "chunked"}) + f"{chunk}\r\nx\r\n".encode())
                    receive(connection)
        expect(server.is_alive and server.live() < 1, "the server is gone or slow")
    return f"{tried} requests"


ATTACKS = [in_definitions, in_contracts, in_data, in_the_registry, in_other_files, in_options, in_requests]
