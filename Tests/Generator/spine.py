# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The spine of a repository: its rows, and how they are written as CSV or Parquet."""

import decimal
import unicodedata

import pyarrow
import pyarrow.parquet

import open_faults
import table as tables
import values
import writers

CARRIED = ("1.10", "12345678901234567890", "01/02/2024", "00501", "", "NA", "true", " blank ", "1e5", "a,b", None)
# Columns of a spine of Parquet that nobody reads: they come back as they are.
CARRIED_TYPES = {
    "c decimal": (pyarrow.decimal128(20, 3), (decimal.Decimal("1.100"), decimal.Decimal("-12345678901234567.891"), None)),
    "c tiny": (pyarrow.int8(), (-128, 127, None)), "c large": (pyarrow.uint64(), (0, 2**64 - 1, None)),
    "c float": (pyarrow.float32(), (0.1, 1e30, None)), "c list": (pyarrow.list_(pyarrow.int32()), ([], [1, 2], None)),
    "c day": (pyarrow.date32(), (0, 19000, None)), "c flag": (pyarrow.bool_(), (True, False, None)),
    "c wall": (pyarrow.timestamp("ns"), (1, 10**18 + 1, None)), "c fine": (pyarrow.timestamp("ns", "UTC"), (999, 10**18 + 1, None)),
    "c second": (pyarrow.timestamp("ms"), (1, 10**12 + 1, None)), "c bytes": (pyarrow.binary(), (b"\x00\xff", b"", None)),
    "c word": (pyarrow.string(), ("1.10", "", None)),
}


class Spine:
    """The part of a repository that asks."""

    def write_spine(self):
        random = self.random
        self.instants, self.keys = [], {table.number: [] for table in self.tables}
        for _ in range(20 + 12 * len(self.tables)):
            self.instants.append(self.instant(random.choice(self.tables)))
            for table in self.tables:
                known = random.choice(table.pool) if random.random() > 0.05 else None
                self.keys[table.number].append(known)
        self.carried = [random.choice(CARRIED) for _ in self.instants]
        self.carried_types, self.spine_options = {}, []
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

    def finer(self):
        """Nanoseconds behind a time of the spine, which count for nothing."""
        return 0 if open_faults.is_open("spine-digits") else self.random.choice((0, 0, 1, 999))

    def key_cells(self, table):
        found = [values.canonical(key, table.key.kind, table.zone) for key in self.keys[table.number]]
        if table.key.kind != "timestamp":
            return found
        return [None if value is None else values.Time(value * 1000, False) for value in found]

    # CSV

    def csv_spine(self):
        random = self.random
        self.delimiter = random.choice((",", ",", ";", "\t", "|"))
        self.nulls = random.choice(([], ["NA"], ["NA", "\\N"]))
        columns = [("event_timestamp", "timestamp", [values.Time(instant * 1000 + self.finer(), False) for instant in self.instants]),
                   ("carried", "string", self.carried)]
        columns += [(table.key.name, table.key.kind, self.key_cells(table)) for table in self.tables]
        columns += [(name, "string", ["1.10" for _ in self.instants]) for name in self.twins()]
        random.shuffle(columns)
        lines = [self.delimiter.join(self.plain(name, False) for name, _, _ in columns)]
        for index in range(len(self.instants)):
            lines.append(self.delimiter.join(self.field(name, kind, cells[index]) for name, kind, cells in columns))
        text = "\n".join(lines) + "\n"
        encoding = random.choice([name for name in ("utf-8", "utf-8", "utf-16", "latin-1", "windows-1252") if spells(text, name)])
        (self.folder / "spine.csv").write_bytes(text.encode(encoding))
        self.spine_options = [part for word in self.nulls for part in ("--spine-nulls", word)]
        if self.delimiter != ",":
            self.spine_options += ["--spine-delimiter", "tab" if self.delimiter == "\t" else self.delimiter]
        if encoding != "utf-8":
            self.spine_options += ["--spine-encoding", encoding]
        return "spine.csv"

    def field(self, name, kind, value):
        if value is None:
            return self.random.choice(["", *self.nulls])
        text = values.field_text(self.random, value, kind, tables.Column(name, kind))
        return self.plain(text, kind in ("string", "bytes"))

    def plain(self, text, is_text):
        """A field of a plain CSV file."""
        is_word = is_text and (text == "" or text in self.nulls)
        if any(mark in text for mark in (self.delimiter, '"', "\n", "\r")) or is_word:
            return '"' + text.replace('"', '""') + '"'
        return text

    def twins(self):
        """Names of carried columns that an engine or a Unicode library takes for those of keys."""
        found = set()
        if not open_faults.is_open("output-names"):
            found |= {table.key.name.swapcase() for table in self.tables}
        if not open_faults.is_open("spine-names"):
            found |= {unicodedata.normalize("NFD", table.key.name) for table in self.tables}
        return sorted(found - {table.key.name for table in self.tables})

    # Parquet

    def parquet_spine(self):
        random = self.random
        unit = random.choice(("us", "ns"))
        kind = pyarrow.timestamp(unit, random.choice(("UTC", "UTC", "Europe/Berlin", None)))
        times = [instant if unit == "us" else instant * 1000 + self.finer() for instant in self.instants]
        columns = {
            "event_timestamp": pyarrow.array(times, pyarrow.int64()).cast(kind),
            "carried": pyarrow.array(self.carried, pyarrow.string()),
        }
        for table in self.tables:
            cells = [values.canonical(key, table.key.kind, table.zone) for key in self.keys[table.number]]
            columns[table.key.name] = key_array(cells, table.key.kind)
        for name in random.sample(sorted(CARRIED_TYPES), 4):
            kind, choices = CARRIED_TYPES[name]
            cells = [random.choice(choices) for _ in self.instants]
            whole = pyarrow.int64() if pyarrow.types.is_timestamp(kind) else pyarrow.int32()
            is_time = pyarrow.types.is_temporal(kind)
            columns[name] = pyarrow.array(cells, whole).cast(kind) if is_time else pyarrow.array(cells, kind)
            self.carried_types[name] = columns[name]
        names = list(columns)
        random.shuffle(names)
        pyarrow.parquet.write_table(pyarrow.table({name: columns[name] for name in names}), self.folder / "spine.parquet")
        return "spine.parquet"

    def carried_problems(self, got):
        """Columns that do not come back as they were."""
        problems = []
        for name, array in self.carried_types.items():
            found = got.column(name)
            # Milliseconds may come back as microseconds.
            if found.type != array.type and array.type != pyarrow.timestamp("ms"):
                problems.append(f"carried column {name!r} was {array.type} and comes back as {found.type}")
            elif not found.combine_chunks().cast(array.type).equals(array):
                problems.append(f"carried column {name!r} comes back with other values")
        for name in self.twins() if (self.folder / "spine.csv").exists() else []:
            if name not in got.column_names:
                problems.append(f"carried column {name!r} is missing")
            elif set(got.column(name).to_pylist()) != {"1.10"}:
                problems.append(f"carried column {name!r} does not come back as it was")
        return problems


def key_array(cells, kind):
    """Keys as Parquet holds them, times in UTC."""
    arrow = pyarrow.timestamp("us", "UTC") if kind == "timestamp" else writers.ARROW[kind]
    whole = {"timestamp": pyarrow.int64(), "date": pyarrow.int32()}.get(kind)
    return pyarrow.array(cells, whole).cast(arrow) if whole else pyarrow.array(cells, arrow)


def spells(text, encoding):
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
