# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Columns, and how the rows of a table lie in files that drift from one another."""

import dataclasses
import unicodedata

import values
from open_faults import is_open


@dataclasses.dataclass
class Column:
    """A column of the data and the feature that shows it."""

    name: str
    kind: str
    feature: str = ""
    # plain, columns, cast or guess: what says the type.
    declared: str = "plain"
    pattern: tuple | None = None
    has_comma: bool = False
    is_wall: bool = False
    # Nanoseconds that all its times are multiples of.
    step: int = 1
    promise: dict | None = None
    # Whether it says when a row happened or was known.
    is_row_time: bool = False
    # Whether Parquet holds it as days.
    is_date: bool = False
    # The type by which Parquet holds the times of a declared pattern.
    held_as: str = ""

    @property
    def is_of_days(self):
        """Whether its times are written as days alone."""
        return self.is_date or bool(self.kind == "timestamp" and self.pattern and self.pattern[3])

    @property
    def is_guessed(self):
        return self.declared == "guess"


@dataclasses.dataclass
class Part:
    """A file of the table."""

    name: str
    rows: list
    columns: list
    # Other types for columns of this file, and columns that nobody reads.
    types: dict = dataclasses.field(default_factory=dict)
    extra: dict = dataclasses.field(default_factory=dict)
    is_blank: bool = False


# Values of columns that are folders by which nothing is meant.
DECOYS = {"bool": "true", "date": "2024-01-01", "timestamp": "2024-01-01", "array<int64>": "[1]"}


class Parts:
    """The files of a table."""

    def make_parts(self):
        random = self.random
        count = random.choice((1, 1, 2, 3))
        rows = list(self.rows)
        cuts = sorted(random.randint(0, len(rows)) for _ in range(count - 1))
        ending = {"parquet": ".parquet", "csv": ".csv", "json": random.choice((".json", ".jsonl", ".ndjson"))}[self.format]
        self.ending = ending + self.codec
        self.is_deep = random.random() < 0.5
        self.partitions = self.choose_partitions() if self.is_deep else []
        self.parts = []
        for index, (start, end) in enumerate(zip([0] + cuts, cuts + [len(rows)])):
            part = Part(f"part-{index}{self.ending}", rows[start:end], self.columns + self.decoys)
            self.drift(part, index)
            self.parts.append(part)
        self.widen()
        self.make_folders()
        self.make_twins()
        self.keep_a_value()
        if random.random() < 0.25:
            self.parts.append(self.blank_part())
        for part in self.parts:
            part.extra.update({column.name: [self.decoy(column) for _ in part.rows] for column in self.decoys})

    def blank_part(self):
        """A file without rows; one of Parquet has the columns, of types that mean nothing."""
        part = Part(f"part-9{self.ending}", [], [column for column in self.columns if column not in self.partitions])
        if self.format != "parquet":
            part.is_blank = True
        part.types = {column.name: self.random.choice(("null", "null", "string", "int64", "bool")) for column in part.columns}
        return part

    def choose_partitions(self):
        """Columns whose values stand in the names of folders."""
        random = self.random
        fits = [column for column in self.columns
                if column not in (self.time, self.known) and column.declared not in ("guess", "file") and not column.promise]
        found = random.sample(fits, min(len(fits), random.choice((0, 1, 1, 2))))
        texts = [column for column in fits if column.kind == "string" and column not in found]
        return found + texts[:1] if self.format == "parquet" and self.more.random() < 0.7 else found

    def is_safe(self, column):
        """Whether a file may lack a column."""
        return column.declared not in ("guess", "file") and not column.promise

    def widen(self):
        """Lets one file of Parquet have the narrow type of a column of whole numbers."""
        for column in self.features if self.format == "parquet" and len(self.parts) > 1 else []:
            if column.kind == "int64" and self.is_safe(column) and not any(column.name in part.types for part in self.parts):
                part = self.more.choice(self.parts)
                part.types[column.name] = "int32"
                for row in part.rows:
                    row[column.name] = row[column.name] and self.more.choice((-(2**31), 7, 2**31 - 1))

    def make_twins(self):
        """Gives two files names that look the same."""
        if len(self.parts) > 1 and self.more.random() < 0.3:
            for part, name in zip(self.parts, ("\u00e4", "a\u0308")):
                part.name = part.name[:part.name.rindex("/") + 1] if "/" in part.name else ""
                part.name += name + self.ending

    def make_folders(self):
        """Lays files into folders, and where these are partitions gives all rows of a file their values."""
        random = self.random
        decoys = self.folder_decoys() if self.partitions else []
        for part in self.parts:
            path = random.choice(("", "", "more/", "year/01/")) if self.is_deep and not self.partitions else ""
            for name, kind in decoys:
                path += f"{values.encoded(self.more, name)}={DECOYS.get(kind, '1')}/"
            for column in self.partitions:
                value, text = self.folder_value(column)
                part.columns = [other for other in part.columns if other is not column]
                part.types.pop(column.name, None)
                for row in part.rows:
                    row[column.name] = value
                path += f"{values.encoded(random, column.name)}={values.encoded(random, text)}/"
            if self.format == "parquet" and set("*?[") & set(path):
                # DuckDB finds no file whose path has both a backslash and one of these (docs/scope.md).
                path = path.replace("\\", "%5C")
            part.name = path + part.name
        if self.key in self.partitions:
            self.drop_repeated()

    def folder_decoys(self):
        """Folders whose names an engine might take for those of columns, most of all where a file lacks the column."""
        taken = {column.name for column in [*self.columns, *self.decoys]}
        found = []
        for column in self.features:
            others = {unicodedata.normalize(form, column.name) for form in ("NFC", "NFD")} - taken
            name = min(others) if others else column.name.swapcase()
            if name in taken or column in self.partitions or self.more.random() < 0.3:
                continue
            taken.add(name)
            found.append((name, column.kind))
            for part in self.parts[1:] if self.is_safe(column) else []:
                part.columns = [other for other in part.columns if other is not column]
                for row in part.rows:
                    row[column.name] = None
        return found[:2]

    def folder_value(self, column):
        random = self.random
        if random.random() < 0.2:
            words = self.nulls if column.kind != "string" else []
            return None, random.choice(["__HIVE_DEFAULT_PARTITION__", *words])
        while True:
            value = random.choice(self.pool) if column is self.key else self.fresh(column)
            if column.kind == "string" and column is not self.key and random.random() < 0.6:
                value = random.choice(("00501", "01", "+5", "1.10", "2024-01-02", "TRUE", "a%41"))
            text = values.field_text(random, value, column.kind, column)
            if text and text == text.strip(" \t") and text not in self.nulls and len(text.encode()) < 60:
                return value, text
            if column is self.key and random.random() < 0.1:
                return None, "__HIVE_DEFAULT_PARTITION__"

    def drop_repeated(self):
        """Keeps one row of each key and time, where a folder gave many rows one key."""
        seen = set()
        for part in self.parts:
            kept = []
            for row in part.rows:
                place = (repr(row[self.key.name]), self.tick(row[self.time.name]))
                if place not in seen:
                    kept.append(row)
                seen.add(place)
            part.rows = kept
        self.rows = [row for part in self.parts for row in part.rows]

    def keep_a_value(self):
        """A column that stands in no file is an error, and JSON may leave out what is null."""
        part = next(part for part in self.parts if part.rows)
        for column in self.features:
            if column in self.partitions or any(row[column.name] is not None for row in self.rows):
                continue
            if self.format == "json" or is_open("plain-beside-expression"):
                if column not in part.columns:
                    part.columns.append(column)
                part.types.pop(column.name, None)
                part.rows[0][column.name] = self.fresh(column)

    def decoy(self, column):
        return self.random.choice(("x", "y")) if column.kind == "string" else self.random.randint(0, 9)

    def drift(self, part, index):
        random = self.random
        if random.random() < 0.6:
            random.shuffle(part.columns)
        if index == 0 and random.random() < (0.3 if self.format == "parquet" else 0.6):
            return
        random.shuffle(part.columns)
        for column in self.features:
            chance = random.random()
            held = [row[column.name] for row in part.rows]
            is_safe = self.is_safe(column)
            if chance < 0.15 and is_safe and index > 0:
                part.columns = [other for other in part.columns if other is not column]
                for row in part.rows:
                    row[column.name] = None
            elif chance < 0.3 and is_safe and index > 0:
                part.types[column.name] = "null"
                for row in part.rows:
                    row[column.name] = None
            elif chance < 0.9 and column.declared != "file":
                self.narrow(part, column, held)
        if random.random() < 0.3 and not self.writer == "duckdb":
            part.columns.append(Column("only here", "int64"))
            part.extra["only here"] = [random.randint(0, 9) for _ in part.rows]

    def narrow(self, part, column, held):
        """Another type of the file that loses nothing."""
        present = [value for value in held if value is not None]
        if self.format != "parquet":
            return
        small = {"int32": ("int8", "uint8", "int16", "uint16"), "int64": ("int8", "uint16", "uint32", "int32"),
                 "float32": ("int16", "uint8"), "float64": ("int8", "uint32", "int32")}.get(column.kind)
        if column.kind == "int64" and all(abs(value) < 2**31 for value in present):
            part.types[column.name] = "int32"
        elif small and not column.promise and self.writer != "pandas" and self.random.random() < 0.6:
            name = part.types[column.name] = self.random.choice(small)
            bits = int(name.strip("uint")) - (0 if name[0] == "u" else 1)
            for row in part.rows:
                if row[column.name] is not None:
                    found = self.random.choice((0, 1, 2**bits - 1, 0 if name[0] == "u" else -(2**bits)))
                    row[column.name] = float(found) if column.kind[0] == "f" else found
        elif column.kind == "float64" and self.random.random() < 0.5:
            part.types[column.name] = "float32"
            for row in part.rows:
                if row[column.name] is not None and abs(row[column.name]) < 1e38:
                    row[column.name] = values.float32(row[column.name])
                elif row[column.name] is not None:
                    row[column.name] = 2.5
        elif column.kind == "float64" and not is_open("plain-beside-expression"):
            part.types[column.name] = "int64"
            for row in part.rows:
                if row[column.name] is not None:
                    row[column.name] = float(self.random.choice((0, 1, -5, 2**53, 10**15)))
