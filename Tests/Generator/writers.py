# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Writes the files of a table: by pyarrow, pandas, polars, DuckDB, the csv module, or by hand with every liberty of the law."""

import csv
import gzip
import io
import json
import pathlib
import tempfile

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.csv
import pyarrow.parquet

import values

ARROW = {
    "bool": pyarrow.bool_(), "int32": pyarrow.int32(), "int64": pyarrow.int64(), "float32": pyarrow.float32(),
    "float64": pyarrow.float64(), "string": pyarrow.string(), "bytes": pyarrow.binary(), "date": pyarrow.date32(),
    "array<int64>": pyarrow.list_(pyarrow.int64()), "null": pyarrow.null(), "int8": pyarrow.int8(), "uint8": pyarrow.uint8(),
    "int16": pyarrow.int16(), "uint16": pyarrow.uint16(), "uint32": pyarrow.uint32(), "uint64": pyarrow.uint64(),
    "decimal": pyarrow.decimal128(20, 2),
}
# Other types of Arrow that hold the same values.
ALIKE = {
    "string": (pyarrow.string(), pyarrow.large_string(), pyarrow.string_view(), pyarrow.dictionary(pyarrow.int32(), pyarrow.string())),
    "bytes": (pyarrow.binary(), pyarrow.large_binary()),
    "array<int64>": (pyarrow.list_(pyarrow.int64()), pyarrow.large_list(pyarrow.int64())),
}


def write(table, folder):
    """Writes all files of a table."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in table.parts:
        path = folder / part.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if table.format == "parquet":
            write_parquet(table, part, path)
        elif part.is_blank:
            pack(path, b"", table.codec)
        else:
            pack(path, text_bytes(table, part), table.codec)


def write_junk(table, folder):
    """Lays beside the files what other writers leave behind, and what is no row: nobody reads it."""
    junk = {"csv": b"a,a\n1\n", "json": b"[\n", "parquet": b"PAR1"}[table.format]
    names = [f"_half{table.ending}", f".half{table.ending}"]
    if table.is_deep:
        names += [f"_temporary/0/part-0{table.ending}", f".spool/part-0{table.ending}"]
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(junk)
    (folder / f"folder{table.ending}").mkdir()


def pack(path, data, codec):
    if codec == ".gz":
        data = gzip.compress(data, 1, mtime=0)
    elif codec == ".zst":
        data = pyarrow.compress(data, codec="zstd", asbytes=True)
    path.write_bytes(data)


def cells(part, column):
    return part.extra[column.name][:len(part.rows)] if column.name in part.extra else [row[column.name] for row in part.rows]


# Arrow

def arrow_type(table, column, part):
    random = table.random
    name = part.types.get(column.name, column.kind)
    if name == "timestamp" and column.is_date:
        return pyarrow.date32()
    if name == "timestamp" and column.held_as:
        return ARROW[column.held_as]
    if name == "timestamp":
        unit = "ns" if column.step == 1 else "us"
        if table.format == "parquet":
            unit = {1: "ns", 10**6: "ms", 10**9: "s"}.get(column.step, "us")
        return pyarrow.timestamp(unit, None if column.is_wall else random.choice(
            ("UTC", "Europe/Berlin") if table.writer == "polars" else ("UTC", "Europe/Berlin", "+05:30")))
    if name in ALIKE and table.format == "parquet" and table.writer == "pyarrow":
        return random.choice(ALIKE[name])
    return ARROW[name]


def arrow_cell(value, column):
    if not isinstance(value, values.Time):
        return value
    if column.held_as:
        text = values.pattern_text(column.pattern, value)
        return text if column.held_as == "string" else int(text)
    return value.nanoseconds // values.DAY if column.is_date else value.nanoseconds


def arrow_column(table, column, part):
    kind = arrow_type(table, column, part)
    found = [arrow_cell(value, column) for value in cells(part, column)]
    if pyarrow.types.is_integer(kind) and column.kind in ("float32", "float64"):
        found = [None if value is None else int(value) for value in found]
    if pyarrow.types.is_timestamp(kind):
        unit = {"ns": 1, "us": 1000, "ms": 10**6, "s": 10**9}[kind.unit]
        return pyarrow.array([None if value is None else value // unit for value in found], pyarrow.int64()).cast(kind)
    if kind == pyarrow.date32():
        return pyarrow.array(found, pyarrow.int32()).cast(kind)
    if pyarrow.types.is_dictionary(kind):
        return pyarrow.array(found, pyarrow.string()).dictionary_encode()
    return pyarrow.array(found, kind)


def arrow_table(table, part):
    arrays = [arrow_column(table, column, part) for column in part.columns]
    fields = [pyarrow.field(column.name, array.type) for column, array in zip(part.columns, arrays)]
    return pyarrow.table(arrays, schema=pyarrow.schema(fields))


def write_parquet(table, part, path):
    random = table.random
    found = arrow_table(table, part)
    if table.writer == "pyarrow":
        pyarrow.parquet.write_table(
            found, path, compression=random.choice(("snappy", "gzip", "zstd", "lz4", "none", "brotli")),
            row_group_size=random.choice((3, 1000)), use_dictionary=random.random() < 0.5,
            data_page_version=random.choice(("1.0", "2.0")), store_schema=random.random() < 0.5)
    elif table.writer == "pandas":
        frame = found.to_pandas(types_mapper=pandas.ArrowDtype)
        frame.to_parquet(path, engine="pyarrow", index=False, compression=random.choice(("snappy", "gzip", "zstd", None)))
    elif table.writer == "polars":
        polars.from_arrow(found).write_parquet(path, compression=random.choice(("snappy", "gzip", "zstd", "lz4", "uncompressed")))
    else:
        duck_copy(found, path, "FORMAT parquet, COMPRESSION " + random.choice(("snappy", "gzip", "zstd", "uncompressed")))


def duck_copy(found, path, options):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.register("found", found)
    target = str(path).replace("'", "''")
    connection.execute(f"COPY found TO '{target}' ({options})")
    connection.close()


# Text by libraries

def text_bytes(table, part):
    if table.is_own:
        return own_csv(table, part) if table.format == "csv" else own_json(table, part)
    if table.format == "csv":
        return {"csv": module_csv, "pandas": pandas_csv, "polars": polars_csv, "duckdb": duck_text, "pyarrow": arrow_csv}[
            table.writer](table, part)
    return {"pandas": pandas_json, "polars": polars_json, "duckdb": duck_text}[table.writer](table, part)


def module_csv(table, part):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=table.delimiter, lineterminator=table.random.choice(("\n", "\r\n")))
    writer.writerow([column.name for column in part.columns])
    for index in range(len(part.rows)):
        found = [(cells(part, column)[index], column) for column in part.columns]
        writer.writerow([
            table.na if value is None else values.field_text(table.random, value, column.kind, column)
            for value, column in found])
    return out.getvalue().encode()


def pandas_csv(table, part):
    frame = arrow_table(table, part).to_pandas(types_mapper=pandas.ArrowDtype)
    return frame.to_csv(index=False, sep=table.delimiter, na_rep=table.na, lineterminator="\n").encode()


def polars_csv(table, part):
    return polars.from_arrow(arrow_table(table, part)).write_csv(separator=table.delimiter).encode()


def arrow_csv(table, part):
    out = io.BytesIO()
    found = arrow_table(table, part)
    # It writes no null types.
    for index, field in enumerate(found.schema):
        if pyarrow.types.is_null(field.type):
            found = found.set_column(index, field.name, found.column(index).cast(pyarrow.string()))
    pyarrow.csv.write_csv(found, out, pyarrow.csv.WriteOptions(delimiter=table.delimiter))
    return out.getvalue()


def duck_text(table, part):
    options = "FORMAT json" if table.format == "json" else f"FORMAT csv, HEADER, DELIMITER '{table.delimiter}'"
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "out"
        duck_copy(arrow_table(table, part), path, options)
        return path.read_bytes()


def pandas_json(table, part):
    frame = arrow_table(table, part).to_pandas(types_mapper=pandas.ArrowDtype)
    for column in part.columns:
        if column.kind == "timestamp":
            frame[column.name] = frame[column.name].astype(object).map(
                lambda value: None if pandas.isna(value) else value.isoformat())
    return frame.to_json(orient="records", lines=True, force_ascii=table.random.random() < 0.5).encode()


def polars_json(table, part):
    out = io.BytesIO()
    polars.from_arrow(arrow_table(table, part)).write_ndjson(out)
    return out.getvalue()


# Text by hand

def own_csv(table, part):
    random = table.random
    ends = random.choice((["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"]))
    lines = [table.delimiter.join(quoted(table, column.name, True, False) for column in part.columns)]
    for index in range(len(part.rows)):
        found = [own_field(table, cells(part, column)[index], column) for column in part.columns]
        lines.append(table.delimiter.join(found))
        if random.random() < 0.03 and len(part.columns) > 1:
            lines.append("")
    text = "".join(line + random.choice(ends) for line in lines)
    if random.random() < 0.3 and part.rows:
        text = text.rstrip("\r\n") if len(part.columns) > 1 and lines[-1] and lines[-1][-1] not in "\r\n" else text
    mark = "\ufeff" if table.encoding == "utf-8" and random.random() < 0.2 else ""
    return (mark + text).encode(table.encoding)


def own_field(table, value, column):
    random = table.random
    if value is None:
        if table.nulls and random.random() < 0.5:
            word = random.choice(table.nulls)
            return f'"{word}"' if column.kind != "string" and random.random() < 0.3 and not column.is_guessed else word
        return ""
    text = values.field_text(random, value, column.kind, column)
    if table.trim and random.random() < 0.4:
        text = random.choice((" ", "", "\t" if table.delimiter != "\t" else " ")) + text + random.choice((" ", "  "))
    must = column.kind in ("string", "bytes") and text.strip(" \t") in ["", *table.nulls]
    return quoted(table, text, must, True)


def quoted(table, text, must, may):
    special = any(mark in text for mark in (table.delimiter, "\n", "\r")) or text.startswith('"') or text == ""
    if special or must or may and table.random.random() < 0.2:
        return '"' + text.replace('"', '""') + '"'
    return text


def own_json(table, part):
    random = table.random
    ascii_only = random.random() < 0.5
    blanks = random.choice(((",", ":"), (", ", ": "), (" , ", " : ")))
    ends = random.choice(("\n", "\r\n"))
    lines = []
    for index in range(len(part.rows)):
        members = []
        for column in part.columns:
            value = cells(part, column)[index]
            if value is None and random.random() < 0.4:
                continue
            name = json.dumps(column.name, ensure_ascii=ascii_only)
            members.append(name + blanks[1] + own_value(table, value, column, ascii_only))
        if random.random() < 0.3:
            random.shuffle(members)
        lines.append("{" + blanks[0].join(members) + "}" + ends)
        if random.random() < 0.03:
            lines.append(ends)
    return "".join(lines).encode()


def own_value(table, value, column, ascii_only):
    random = table.random
    if value is None:
        return json.dumps(random.choice(table.nulls)) if table.nulls and random.random() < 0.4 else "null"
    kind = column.kind
    text = values.field_text(random, value, kind, column)
    if kind == "string" and not column.is_guessed and is_json(text) and random.random() < 0.5:
        return text
    if kind == "bool" and (column.is_guessed or random.random() < 0.7):
        return "true" if value else "false"
    if kind in ("int32", "int64") and (column.is_guessed or random.random() < 0.7):
        return str(value)
    if kind in ("float32", "float64") and (column.is_guessed or random.random() < 0.7):
        return json.dumps(value)
    if kind == "array<int64>" and random.random() < 0.7:
        return text
    if kind == "timestamp" and column.pattern and column.pattern[1] is None and random.random() < 0.5:
        return text
    if table.trim and random.random() < 0.4:
        text = " " + text + "  "
    return json.dumps(text, ensure_ascii=ascii_only)


def is_json(text):
    """Whether a text may stand without quotes as a value of JSON, in one line."""
    if "\n" in text or "\r" in text or text != text.strip() or text in ("null", ""):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return text[0] != '"' and text not in ("NaN", "Infinity", "-Infinity")
