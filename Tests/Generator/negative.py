# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Tables with planted faults, which check, train and materialize must all refuse with the file and line of each."""

import decimal
import io
import json
import re
import shutil

import pyarrow
import pyarrow.parquet

import parts
import repository
import spine as spines
import table as tables
import values
import writers
from open_faults import is_open

DAYS = ("01/02/2024", "2024-1-2", "2024-02-30", "2024-13-01", "yesterday", "20240131", "31.01.2024", "NA", "-")
TIMES = DAYS + (
    "2024-01-31T25:00", "2024-01-31T10", "2024-01-31T10:00:60Z", "2024-01-31T10:00:00+2", "2024-01-31T10:00 UTC", "1706700000",
    "2024-01-31X10:00", "31 Jan 2024", "2024-01-31T10:00:00.Z", "24-01-31", "2024-01-31T", "10:00")
WHOLE = (
    "1.0", "9223372036854775808", "-9223372036854775809", "1e3", "NA", "1_000", "0x1F", "--5", "five", "\u0665", "N/A",
    "1 000", "+")
FAULTS = {
    "timestamp": TIMES,
    "date": DAYS + ("2024-01-31T00:00:00", "2024-01-31 00:00"),
    "int64": WHOLE,
    "int32": WHOLE + ("2147483648", "-2147483649"),
    "float64": ("NA", "1e", "0x1p3", "1.5f", "1e400", "1.2.3", "", "1 5", "infinite", "-", "$1.50"),
    "float32": ("NA", "1e", "1e39", "1.5f", "1.2.3"),
    "bool": ("2", "y", "NA", "on", "truth", "-1", "1.0"),
    "array<int64>": ("[1, 2", "[1.0]", "1", "[\"a\"]", "[9223372036854775808]", "{1}", "[1,]"),
    "bytes": ("\u00e4", "\\x4", "\\n"),
}
TOKENS = {
    "timestamp": ("true", "1706700000", "{}", "[1]"), "date": ("true", "19000", "{}"),
    "int64": ("1.0", "9223372036854775808", "true", "{}", "[1]", "NaN", "1e3"), "int32": ("1.0", "2147483648", "true", "1e2"),
    "float64": ("true", "{}", "1e400"), "float32": ("1e39", "[1.5]"), "bool": ("2", "1.0", "{}"),
    "array<int64>": ("1", "{}", "[1.5]", "[[1]]"), "bytes": ("{}",),
}


# Types of Parquet that hold none of a declared type's values, or not all of them.
OTHER_TYPES = {
    "bool": ("string", "int64"), "int32": ("string", "float64", "uint32", "decimal"),
    "int64": ("uint64", "float64", "string", "decimal"), "float32": ("float64", "string"), "float64": ("string", "decimal"),
    "string": ("array<int64>", "int64"), "bytes": ("string",), "date": ("string", "timestamp"), "timestamp": ("string", "date"),
    "array<int64>": ("string", "int64"),
}
OTHER_VALUES = {
    "string": "2024", "array<int64>": [1], "int64": 1, "uint64": 1, "uint32": 1, "float64": 1.5, "decimal": decimal.Decimal("1.50"),
    "timestamp": values.Time(10**18, True), "date": 19000,
}


# The formats of some tables, and what is planted in each.
PLAN = (
    ("csv", "values"), ("json", "values"), ("parquet", "types"), ("csv", "lines"), ("csv", "values"), ("json", "lines"),
    ("parquet", "types"), ("csv", "twice"), ("json", "values"), ("csv", "values"), ("parquet", "twice"), ("csv", "values"),
    ("json", "values"), ("csv", "open"), ("parquet", "lossy"), ("csv", "values"), ("json", "values"), ("parquet", "types"),
    ("csv", "lines"), ("json", "lines"),
)
LINE_END = re.compile("\r\n|\n|\r")


class Planted(tables.Table):
    """A table of text with faults in a file of its own."""

    feature_counts = (5, 8)

    def choose_partitions(self):
        return []

    def choose_options(self):
        self.format, self.way = PLAN[self.number % len(PLAN)]
        self.is_own = self.format != "parquet"
        self.writer = "own" if self.is_own else "pyarrow"
        super().choose_options()

    def promise(self):
        """Promises nothing: another kind of refusal."""

    def plant(self):
        """A file more, with faults; tells the places that its errors must name."""
        random = self.random
        self.fault, self.tried, self.words = "", set(), []
        self.bad = parts.Part(f"zz{self.ending}", self.some_rows(), list(self.columns))
        if self.format == "parquet":
            return self.plant_type()
        texts = self.line_texts()
        if self.way in ("twice", "open"):
            return self.plant_end(texts)
        # Lines that are no rows are told before any value is looked at.
        way = self.wrong_line if self.way == "lines" else self.wrong_value
        for index in range(len(self.bad.rows)):
            way(texts, index)
        return self.places(texts, range(len(self.bad.rows))), "".join(texts).encode(self.encoding)

    def places(self, texts, indices):
        """The file with the line of each record."""
        found = []
        for index in indices:
            before = "".join(texts)[:sum(len(text) for text in texts[:index + self.header])]
            found.append(f"{self.bad.name}:{1 + len(LINE_END.findall(before))}")
        return found

    def plant_end(self, texts):
        """A fault at which reading ends: a name that stands twice, or a quote that never closes."""
        if self.way == "twice":
            self.name_twice(texts)
            # A name that stands twice is told with its two columns.
            return [self.bad.name], "".join(texts).encode(self.encoding)
        index = self.random.randrange(len(self.bad.rows))
        end = re.search("\r?\n$", texts[index + 1]).group()
        self.fault += "a quote that never closes; "
        texts[index + 1] = '"' + texts[index + 1].replace('"', "").rstrip("\r\n") + end
        del texts[index + 2:]
        return self.places(texts, [index]), "".join(texts).encode(self.encoding)

    def plant_type(self):
        """A file of Parquet whose columns have types that do not hold the declared ones' values, or a name twice."""
        random = self.random
        self.writer = "pyarrow"
        changed = [column for column in self.columns if not column.held_as and random.random() < 0.6] or [self.key]
        lossy = [column for column in self.features if column.kind in ("float32", "float64")]
        if self.way == "lossy" and lossy:
            return self.plant_loss(random.choice(lossy))
        if self.way == "twice":
            changed = []
        for column in changed:
            kinds = OTHER_TYPES[column.kind]
            if column.is_row_time:
                kinds = ("string",)
            other = self.bad.types[column.name] = random.choice(kinds)
            for row in self.bad.rows:
                row[column.name] = OTHER_VALUES[other]
            self.fault += f"{other} for {column.kind} column {column.name!r}; "
        random.shuffle(self.bad.columns)
        found = writers.arrow_table(self, self.bad)
        if not changed:
            self.fault, self.words = "a name twice", ["twice"]
            index = random.randrange(found.num_columns)
            found = pyarrow.table(
                [*found.columns, found.column(index)], schema=pyarrow.schema([*found.schema, found.schema.field(index)]))
        out = io.BytesIO()
        pyarrow.parquet.write_table(found, out)
        return [self.bad.name], out.getvalue()

    def plant_loss(self, column):
        """Whole numbers of which a float holds the first, but not the last; they are looked at when they are read."""
        self.bad.types[column.name] = "int64" if column.kind == "float64" else "int32"
        bits = 53 if column.kind == "float64" else 24
        for index, row in enumerate(self.bad.rows):
            row[column.name] = 2**bits + (index == len(self.bad.rows) - 1)
        self.fault, self.words = f"2^{bits} + 1 for {column.kind} column {column.name!r}", [column.name]
        out = io.BytesIO()
        pyarrow.parquet.write_table(writers.arrow_table(self, self.bad), out)
        return [], out.getvalue()

    @property
    def header(self):
        return 1 if self.format == "csv" else 0

    def some_rows(self):
        rows = []
        # Of each column twenty places are told, and lines that are no rows are of none.
        for _ in range(self.random.randint(*((8, 16) if self.way == "lines" else (24, 40)))):
            row = {column.name: self.fresh(column) for column in self.columns}
            rows.append(row)
        return rows

    def line_texts(self):
        """The records of the file, each with its end."""
        end = self.random.choice(("\n", "\r\n"))
        if self.format == "json":
            return [self.object_text(row, None) + end for row in self.bad.rows]
        names = self.delimiter.join(writers.quoted(self, column.name, True, False) for column in self.bad.columns)
        return [names + end] + [self.record_text(row, None) + end for row in self.bad.rows]

    def record_text(self, row, wrong):
        found = []
        for column in self.bad.columns:
            if wrong and column is wrong[0]:
                found.append(writers.quoted(self, wrong[1], self.random.random() < 0.2, False))
            else:
                found.append(writers.own_field(self, row[column.name], column))
        return self.delimiter.join(found)

    def object_text(self, row, wrong):
        members = []
        for column in self.bad.columns:
            if wrong and column is wrong[0]:
                text = wrong[1]
            else:
                text = writers.own_value(self, row[column.name], column, False)
            members.append(json.dumps(column.name) + ": " + text)
        return "{" + ", ".join(members) + "}"

    def wrong_value(self, texts, index):
        random = self.random
        columns = [column for column in self.columns if column.kind != "string" and column.declared != "guess"]
        column = columns[index % len(columns)]
        end = re.search("\r?\n$", texts[index + self.header]).group()
        if self.format == "json" and random.random() < 0.1:
            texts[index] = texts[index].rstrip("\r\n")[:-1] + ", " + json.dumps(self.key.name) + ": null}" + end
            self.fault += "a member twice; "
            return
        if self.format == "json" and random.random() < 0.4 and not (column.pattern and column.pattern[1] is None):
            wrong = self.untried("JSON " + column.kind, TOKENS[column.kind])
            texts[index] = self.object_text(self.bad.rows[index], (column, wrong)) + end
        else:
            wrong = self.wrong_text(column)
            if self.format == "json":
                texts[index] = self.object_text(self.bad.rows[index], (column, json.dumps(wrong))) + end
            else:
                texts[index + 1] = self.record_text(self.bad.rows[index], (column, wrong)) + end
        self.fault += f"{wrong!r} for {column.kind} column {column.name!r}; "

    def untried(self, kind, choices):
        """One of some texts, first those that the table has not tried yet."""
        fresh = [text for text in choices if (kind, text) not in self.tried]
        found = self.random.choice(fresh or choices)
        self.tried.add((kind, found))
        return found

    def wrong_text(self, column):
        random = self.random
        choices = [text for text in FAULTS[column.kind] if text.strip() and text not in self.nulls and self.spells(text)]
        if column.kind in ("float32", "float64"):
            choices += ["1.5" if self.comma else "1,5"] * 3
        if column.pattern and column.kind in ("date", "timestamp"):
            choices = ["2024-01-31T10:00:00Z", "2024-13-01", "NA", "31/31/2024 10:00:00", "soon", "12.5.6"]
            choices = [text for text in choices if text not in self.nulls]
        if not self.trim and column.kind not in ("bytes", "array<int64>") and random.random() < 0.2:
            good = values.field_text(random, self.fresh(column), column.kind, column)
            return random.choice((" " + good, good + " ", good + "\t" if self.delimiter != "\t" else good + " "))
        return self.untried(column.kind, choices)

    def wrong_line(self, texts, index):
        random = self.random
        at = index + self.header
        end = re.search("\r?\n$", texts[at]).group()
        body = texts[at][:len(texts[at]) - len(end)]
        if self.format == "json":
            fault, line = random.choice((
                ("an object that ends early", body[:-1]), ("text behind the object", body + " x"), ("an array", "[1]"),
                ("a bare word", body[:-1] + ", \"z\": nil}"),
                ("single quotes", "{'a': 1}")))
            self.fault += fault + "; "
            texts[at] = line + end
            return
        kind = self.untried("line", ["long", "short", "quote"])
        self.fault += f"a line that is wrong: {kind}; "
        texts[at] = {
            "long": body + self.delimiter + "9", "short": self.short_record(self.bad.rows[index]),
            "quote": '"x"y' + self.delimiter * (len(self.bad.columns) - 1),
        }[kind] + end

    def name_twice(self, texts):
        self.fault += "a name twice; "
        end = re.search("\r?\n$", texts[0]).group()
        names = [writers.quoted(self, column.name, True, False) for column in self.bad.columns]
        texts[0] = self.delimiter.join(names + [names[self.random.randrange(len(names))]]) + end
        texts[1:] = [text[:len(text) - len(end)] + self.delimiter + "0" + end for text in texts[1:]]

    def short_record(self, row):
        whole = self.bad.columns
        self.bad.columns = whole[:-1]
        text = self.record_text(row, None)
        self.bad.columns = whole
        return text


class Refusals(repository.Repository):
    """Some tables that can be read until a fault is planted in each."""

    def write(self):
        super().write()
        with open(self.folder / "definitions" / "all.yaml", "a", encoding="utf-8") as file:
            for table in self.tables:
                service = {"kind": "FeatureService", "name": f"only{table.number}", "owner": "test",
                           "features": [self.selection(table)]}
                file.write("---\n" + json.dumps(service, ensure_ascii=False) + "\n")
                self.write_own_spine(table)

    def write_own_spine(self, table):
        key = [values.canonical(table.pool[0], table.key.kind, table.zone)]
        columns = {"event_timestamp": spines.key_array([10**15], "timestamp"), table.key.name: spines.key_array(key, table.key.kind)}
        pyarrow.parquet.write_table(pyarrow.table(columns), self.folder / f"spine{table.number}.parquet")

    def results(self):
        """For each table why it was not refused as it must be; None where it was."""
        self.write()
        self.run("check")
        self.run("apply")
        places, planted = {}, {}
        for table in self.tables:
            named, data = table.plant()
            places[table.number] = [f"data/t{table.number}/{place}" for place in named]
            planted[table.number] = self.folder / "data" / f"t{table.number}" / table.bad.name
            writers.pack(planted[table.number], data, table.codec)
        # Whether a float holds a whole number shows when it is read.
        checked = self.run("check", expected=(1,) if any(places.values()) else (0, 1))
        aside = {number: self.aside(path) for number, path in planted.items()}
        for number, path in planted.items():
            path.rename(aside[number])
        found = []
        for table in self.tables:
            # A line that is no row stops every command of its repository.
            aside[table.number].rename(planted[table.number])
            found.append((table.number, self.problem(table, places[table.number], checked)))
            planted[table.number].rename(aside[table.number])
        return found

    def aside(self, path):
        """Where a file waits: beside the others, where it is no row."""
        return self.folder / f"{path.parent.name}-{path.name}" if is_open("hidden-files") else path.with_name("_" + path.name)

    def problem(self, table, places, checked):
        spine, output = self.folder / f"spine{table.number}.parquet", self.folder / f"train{table.number}.parquet"
        problems = []
        texts = {"check": checked}
        for name, arguments in (("train", (f"only{table.number}", "--spine", str(spine), "-o", str(output))),
                                ("materialize", (f"v{table.number}",))):
            try:
                # A column without any value so far may get a type by the fault, which no plan has seen.
                statuses = (1, 4) if table.format == "parquet" and name == "train" else (1,)
                texts[name] = self.run(name, *arguments, expected=statuses)
            except repository.Failed as failure:
                problems.append(str(failure))
        for name, text in texts.items():
            # A type that does not fit is an error of the definitions, which check explains.
            if table.format == "parquet" and name != "check" and "E-invalid-definitions" in text:
                continue
            if table.format == "parquet" and name == "train" and "not applied as they stand" in text:
                continue
            if name != "check" and not all(word in text for word in table.words):
                problems.append(f"{name} does not tell {table.words}: {text[:600]}")
            missing = [place for place in places if not re.search(re.escape(place) + r"(?!\d)", text)]
            if missing:
                problems.append(f"{name} does not name {', '.join(missing)}: {text[:900] if name != 'check' else ''}")
        if output.exists():
            problems.append("train wrote a file")
        return f"{table.fault} at {places}: " + "; ".join(problems) if problems else None


def refuse(program, seed, numbers, work):
    """Proves that the faults of a batch are refused."""
    folder = work / f"{seed}-faults-{numbers[0]}-{numbers[-1]}"
    try:
        found = Refusals(folder, program, seed, [Planted(f"{seed}/fault", number) for number in numbers]).results()
    except Exception as problem:  # pylint: disable=broad-except
        if len(numbers) == 1:
            return [(numbers[0], f"{type(problem).__name__}: {problem}", folder)]
        shutil.rmtree(folder, ignore_errors=True)
        found = []
        for number in numbers:
            found += refuse(program, seed, [number], work)
            if found[-1][1]:
                return found
        return [(f"{numbers[0]}-{numbers[-1]}", f"{type(problem).__name__}: {problem}", folder)]
    if all(problem is None for _, problem in found):
        shutil.rmtree(folder, ignore_errors=True)
    return [(number, problem, folder) for number, problem in found]
