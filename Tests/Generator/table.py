# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A random table: its columns, its rows, how its files are written, and how it is declared."""

import json
import random as randomness
import unicodedata

import values
from open_faults import is_open
from parts import Column, Parts
from times import Times

WRITERS = {
    "parquet": ("pyarrow", "pyarrow", "pandas", "polars", "duckdb"),
    "csv": ("own", "own", "own", "csv", "pandas", "polars", "duckdb", "pyarrow"),
    "json": ("own", "own", "own", "pandas", "polars", "duckdb"),
}
ODD_NAMES = (
    "Two Words", "quo\"te", "semi;colon", "dot.ted", "ID", "Id", "\u00e4ngstr", "a\u0308ngstr", "\u65e5\u4ed8", "x_1",
    "select", "1st", "'single'", "UPPER", "a,b", "\U0001f600", "trailing ", "%percent", "line-dash",
)
LATIN_NAMES = ("Two Words", "quo\"te", "dot.ted", "ID", "Id", "\u00e4ngstr", "x_1", "select", "1st", "UPPER", "%percent")


class Table(Parts, Times):
    """One table of a number under a seed."""

    feature_counts = (3, 7)

    def __init__(self, seed, number):
        self.number = number
        random = self.random = randomness.Random(f"{seed}/{number}")
        # What is rare by chance has a source of its own.
        self.more = randomness.Random(f"{seed}/{number}/more")
        self.format = random.choice(("csv", "csv", "csv", "json", "json", "parquet", "parquet"))
        self.writer = random.choice(WRITERS[self.format])
        self.is_own = self.writer == "own"
        self.zone = random.choice(values.ZONES)
        self.na = None
        self.choose_options()
        self.choose_columns()
        self.make_rows()
        self.make_parts()

    # How text is written

    def choose_options(self):
        random = self.random
        self.options = {}
        self.encoding, self.delimiter, self.nulls, self.trim, self.comma, self.pattern = "utf-8", ",", [], False, False, None
        self.codec = ""
        if self.format == "parquet":
            return
        self.codec = random.choice(("", "", ".gz", ".zst"))
        if random.random() < 0.4:
            self.nulls = random.choice((["NA"], ["NA", "NULL"], ["\\N"], ["-", "null"], ["n/a", "NA"]))
        if self.format == "csv":
            self.delimiter = random.choice((",", ",", ";", "\t", "|"))
            self.comma = self.is_own and random.random() < 0.3
        if self.is_own:
            self.trim = random.random() < 0.2
            self.pattern = random.choice(values.PATTERNS) if random.random() < 0.25 else None
            if self.format == "csv":
                self.encoding = random.choice(("utf-8", "utf-8", "utf-8", "latin-1", "windows-1252", "utf-16"))
        self.name_nulls()
        shown = {
            "nulls": self.nulls or None, "trim": self.trim or None, "decimal": "," if self.comma else None,
            "timeFormat": self.pattern and self.pattern[0],
            "delimiter": {"\t": "tab", ",": None}.get(self.delimiter, self.delimiter),
            "encoding": None if self.encoding == "utf-8" else self.encoding,
        }
        self.options = {key: value for key, value in shown.items() if value is not None}

    def name_nulls(self):
        """These write one text for every null, and the empty text without quotes."""
        if self.writer in ("pandas", "csv") and self.format == "csv":
            self.na = "NA"
            self.nulls = ["NA"]

    # Columns

    def choose_columns(self):
        random = self.random
        self.is_listed = random.random() < 0.4
        names = list(ODD_NAMES if self.encoding in ("utf-8", "utf-16") else LATIN_NAMES)
        random.shuffle(names)
        key_kinds = [kind for kind in values.KEY_TYPES if self.can(kind)]
        key_name = random.choice((f"key_{self.number}", f"Key {self.number}", f"k\u00e4y.{self.number}", f"ID{self.number}"))
        self.key = self.column(key_name, random.choice(key_kinds))
        self.time = self.column(random.choice(("happened", "Event Time", "ts", "date")), "timestamp")
        self.choose_event_format()
        self.known, self.known_format = None, False
        if random.random() < 0.25:
            self.known = self.column("known at", "timestamp")
            self.known.is_row_time = True
            self.known_format = self.is_own and self.pattern is None and random.random() < 0.4
            if self.known_format:
                self.follow(self.known, random.choice(values.PATTERNS))
            elif self.format == "parquet" and random.random() < 0.2:
                self.be_date(self.known)
        self.time.is_row_time = True
        self.features = []
        kinds = [kind for kind in values.TYPES if self.can(kind)]
        random.shuffle(kinds)
        for index in range(random.randint(*self.feature_counts)):
            kind = kinds[index % len(kinds)]
            feature = f"f{index}"
            is_odd = bool(names) and random.random() < 0.5
            column = self.column(names.pop() if is_odd else feature, kind)
            column.feature = feature
            if is_odd:
                column.declared = self.declaration(kind)
            self.features.append(column)
        if self.writer == "duckdb":
            self.drop_twins()
        self.keep_apart()
        self.decoys = self.choose_decoys()

    def keep_apart(self):
        """Leaves out features whose names differ in case only, while `columns:` refuses them."""
        if is_open("case-twins-in-columns") and self.needs_list:
            self.drop_twins()
        if is_open("expression-names"):
            self.drop_twins(str)

    def column(self, name, kind):
        random = self.random
        column = Column(name, kind, has_comma=self.comma and kind in ("float32", "float64"))
        if kind == "timestamp":
            column.is_wall = random.random() < 0.5
            column.pattern = self.pattern
            column.step = self.pattern[2] if self.pattern else self.time_step(column.is_wall)
            if self.pattern:
                column.is_wall = self.pattern[1] is not None
        if kind == "date":
            column.pattern = self.pattern
        return column

    def declaration(self, kind):
        if self.is_listed:
            return "columns"
        if self.format == "parquet":
            return "file"
        choices = [way for way, kinds in (
            ("cast", ("int64", "float64", "string")), ("guess", ("bool", "int64", "float64", "string"))) if kind in kinds]
        if self.comma and kind == "float64":
            choices = ["cast"]
        return self.random.choice(choices) if choices else "columns"

    def can(self, kind):
        """Whether the writer can write a type so that the law reads it back."""
        if kind == "date" and self.pattern:
            return self.pattern[3]
        if self.format == "parquet":
            return True
        if kind == "bytes":
            return self.is_own
        if kind == "array<int64>":
            return self.is_own or self.format == "json" and self.writer != "pandas"
        if kind in ("float32", "float64"):
            return not (self.format == "json" and self.writer == "pandas")
        if kind == "date":
            return not (self.format == "json" and self.writer == "pandas")
        return True

    def choose_decoys(self):
        """Columns that nobody reads, with names that an engine might take for others."""
        random = self.random
        taken = {column.name for column in self.columns}
        found = []
        for column in self.columns:
            if random.random() > 0.4:
                continue
            others = [column.name.swapcase(), column.name + "_1", unicodedata.normalize("NFD", column.name),
                      unicodedata.normalize("NFC", column.name)]
            random.shuffle(others)
            for name in others:
                if name in taken or not self.spells(name) or not self.holds(name, taken):
                    continue
                taken.add(name)
                found.append(Column(name, random.choice(("string", "int64"))))
                break
        return found

    def spells(self, name):
        try:
            name.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def holds(self, name, taken):
        """Whether a file can hold a name beside others, and is meant to."""
        if is_open("expression-names") and unicodedata.normalize("NFC", name) in {
                unicodedata.normalize("NFC", other) for other in taken}:
            return False
        return self.writer != "duckdb" or name.lower() not in {other.lower() for other in taken}

    @property
    def columns(self):
        return [self.key, self.time] + ([self.known] if self.known else []) + self.features

    # Rows

    def make_rows(self):
        random = self.random
        self.after = random.choice((0, 0, 1200 * 10**6)) if self.known is None else 0
        self.ttl = random.choice((None, None, 3600 * 10**6, 400 * 86_400 * 10**6))
        self.pool = self.key_pool()
        count = random.choice((1, 5, 12, 30))
        self.rows = []
        seen = set()
        for _ in range(count):
            row = {column.name: self.cell(column) for column in self.features}
            row[self.key.name] = None if random.random() < 0.04 else random.choice(self.pool)
            moment = None if random.random() < 0.04 else self.row_moment(self.time)
            if self.rows and self.tells_nanoseconds and random.random() < 0.3:
                moment = self.beside(row)
            row[self.time.name] = moment
            event = values.moment(moment, self.zone)
            if (repr(row[self.key.name]), self.tick(moment)) in seen:
                continue
            seen.add((repr(row[self.key.name]), self.tick(moment)))
            if self.known:
                row[self.known.name] = self.known_cell(event)
            self.rows.append(row)
        if self.known and all(row[self.known.name] is None for row in self.rows):
            self.rows[0][self.known.name] = self.moment(self.known)
        for column in (self.key, self.time):
            if all(row[column.name] is None for row in self.rows):
                self.rows[0][column.name] = self.pool[0] if column is self.key else self.moment(column)
        for column in self.features:
            if column.declared in ("guess", "file") and all(row[column.name] is None for row in self.rows):
                self.rows[0][column.name] = self.fresh(column)
            if column.declared == "guess":
                self.be_plain(column)
        self.promise()

    def drop_twins(self, fold=str.lower):
        names = set()
        kept = []
        for column in self.columns:
            folded = fold(unicodedata.normalize("NFC", column.name))
            if folded not in names or not column.feature:
                kept.append(column)
            names.add(folded)
        self.features = [column for column in kept if column.feature]

    def be_plain(self, column):
        """Lets one value say what the column is."""
        if column.kind == "string" and self.more.random() < 0.8:
            # Each of these would lose something as a number, or is none.
            texts = self.more.choice((("00501", "007"), ("+5", "+1"), ("12345678901234567890",), ("7", "x"), ("7", "8")))
            texts = texts if texts != ("7", "8") or self.format == "json" else ("00", "01")
            for row in self.rows:
                row[column.name] = row[column.name] and self.more.choice(texts)
            self.rows[0][column.name] = texts[0]
            self.rows[-1][column.name] = texts[-1] if len(self.rows) > 1 or texts[0] != "7" or self.format == "json" else "x"
            return
        telling = {"string": "plain words", "float64": 0.5}.get(column.kind)
        if telling is not None:
            self.rows[0][column.name] = telling
        for row in self.rows:
            if column.kind == "float64" and row[column.name] is not None and row[column.name] - row[column.name] != 0:
                row[column.name] = 1.5

    def key_pool(self):
        random = self.random
        pool = []
        for _ in range(random.randint(1, 5)):
            pool.append(self.moment(self.key) if self.key.kind == "timestamp" else self.fresh(self.key))
        if self.key.kind == "string" and self.encoding == "utf-8" and random.random() < 0.5:
            pool += [word for word in ("1.10", "1.1", "00501", "\u00e4", "a\u0308", "A", "a") if self.is_fine(word)]
        return pool

    def is_fine(self, text):
        """Whether a writer writes a text so that it comes back."""
        if self.trim and text != text.strip(" \t"):
            return False
        if self.format == "json":
            return text not in self.nulls
        if self.is_own:
            return True
        if self.na:
            return text not in ("", self.na) and "\r" not in text
        # These libraries quote what they must, and a word for null is no such thing to them.
        return text not in self.nulls and "\r" not in text

    def is_fine_in_bytes(self, found):
        """Quotes do not keep bytes from being null, or from being trimmed."""
        text = values.bytes_text(found)
        return self.format == "parquet" or text not in self.nulls and not (self.trim and text != text.strip(" "))

    def fresh(self, column):
        random = self.random
        if column.kind == "timestamp":
            return self.moment(column)
        specials = self.is_own or self.format == "parquet" and self.writer != "pandas"
        while True:
            found = values.value(random, column.kind, self.encoding, specials)
            if column.kind not in ("string", "bytes"):
                return found
            if self.is_fine(found) if column.kind == "string" else self.is_fine_in_bytes(found):
                return found

    def cell(self, column):
        return None if self.random.random() < 0.15 else self.fresh(column)

    def promise(self):
        """Promises bounds that the written values just keep."""
        for column in self.features:
            found = [row[column.name] for row in self.rows if row[column.name] is not None]
            if column.kind in ("int32", "int64") and found and self.random.random() < 0.3:
                column.promise = {"minimum": min(found), "maximum": max(found)}

    # Declarations

    @property
    def needs_list(self):
        return self.is_listed or any(column.declared == "columns" for column in self.features)

    def documents(self):
        """The YAML of the table: JSON is YAML."""
        number = self.number
        source = {"kind": "Source", "name": f"s{number}", "path": f"data/t{number}/{'**/' if self.is_deep else ''}*{self.ending}",
                  "eventTime": self.time.name, **self.options}
        if self.partitions:
            source["partitions"] = "hive"
        if self.event_format:
            source["eventTime"] = {"column": self.time.name, "format": self.time.pattern[0]}
        if self.zone != "UTC":
            source["timeZone"] = self.zone
        if self.known:
            source["knownTime"] = self.known.name
            if self.known_format:
                source["knownTime"] = {"column": self.known.name, "format": self.known.pattern[0]}
        elif self.after:
            source["knownAfter"] = f"{self.after}us"
        if self.needs_list:
            source["columns"] = [
                {"name": column.name, "type": "date" if column.is_date else column.kind} for column in self.columns]
        view = {"kind": "FeatureView", "name": f"v{number}", "owner": "test", "entities": [f"e{number}"], "source": f"s{number}",
                "features": [self.feature(column) for column in self.features]}
        if self.ttl:
            view["timeToLive"] = f"{self.ttl}us"
        entity = {"kind": "Entity", "name": f"e{number}", "joinKeys": [{"name": self.key.name, "type": self.key.kind}]}
        return [json.dumps(document, ensure_ascii=False) for document in (source, entity, view)]

    def feature(self, column):
        shown = {"name": column.feature, "type": column.kind}
        quoted = '"' + column.name.replace('"', '""') + '"'
        if column.name != column.feature:
            shown["expression"] = f"cast({quoted} as {column.kind})" if column.declared == "cast" else quoted
        if column.promise:
            shown["promise"] = column.promise
        return shown
