# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The files of Feast's sources as Arrow tables, and how rows get into them; needs feast and pyarrow."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional

import pyarrow
import pyarrow.compute
import pyarrow.dataset
import pyarrow.parquet
from feast.data_format import ParquetFormat
from feast.errors import SavedDatasetLocationAlreadyExists
from feast.infra.offline_stores.file_source import FileSource
from feast.infra.offline_stores.offline_utils import cast_arrow_table_to_schema

from .._errors import DataError, MisuseError, NotFoundError
from ._files import locked, write


class Table:
    """The rows of a source, with the names that its columns have after the field mapping.

    Attributes:
        what: how a message calls it.
        names: the columns of its files.
    """

    def __init__(self, config: Any, source: Any, what: str) -> None:
        self.what = what
        if not isinstance(source, FileSource):
            kind = "no batch source" if source is None else f"a {type(source).__name__}"
            raise MisuseError(
                "E-misuse", f"{what} has {kind}, and this offline store reads files",
                help="give it a FileSource over Parquet, or keep the offline store that reads it")
        self._mapped: Mapping[str, str] = {new: old for old, new in (source.field_mapping or {}).items()}
        path, filesystem = place(config, source, what)
        self._parts = _parts(path, filesystem, what)
        self.names: list[str] = list(self._parts.schema.names)

    def column(self, name: str) -> str:
        """The column of the file that a name stands for."""
        for found in (self._mapped.get(name), name):
            if found in self.names:
                return found
        raise DataError(
            "E-invalid-data", f"{self.what} has no column '{name}' in its files",
            help=f"there are {', '.join(self.names)}")

    def read(self, names: Sequence[str]) -> Any:
        """The rows, in the order of the files' names and of the rows in them, with some columns under these names."""
        columns = [self.column(name) for name in names]
        wanted = list(dict.fromkeys(columns))
        try:
            table = self._parts.read(wanted)
        except pyarrow.ArrowException as error:
            raise _unreadable(self.what, error) from error
        return pyarrow.table([table[column] for column in columns], names=list(names))


class _Parts:
    """Parquet files with one schema."""

    def __init__(self, schema: Any, read: Callable[[list[str]], Any]) -> None:
        self.schema = schema
        self.read = read


def place(config: Any, source: Any, what: str) -> tuple[str, Any]:
    """The path of a file source, and its file system; None for that of this machine."""
    if source.file_format is not None and not isinstance(source.file_format, ParquetFormat):
        raise MisuseError(
            "E-misuse", f"{what} has files of {type(source.file_format).__name__}, and Parquet is read",
            help="write the rows as Parquet")
    path = FileSource.get_uri_for_file_path(config.repo_path, source.path)
    if path.startswith("s3://"):
        system, path = FileSource.create_filesystem_and_path(
            path, source.s3_endpoint_override, source.resolve_credentials())
        return str(path), system
    if path.startswith("file://"):
        return path[len("file://"):], None
    if "://" in path:
        raise MisuseError(
            "E-misuse", f"{what} lies at {path.split('://')[0]}://, which is not read",
            help="files on this machine and s3:// are")
    return path, None


def _parts(path: str, system: Any, what: str) -> _Parts:
    try:
        if system is None and os.path.isfile(path):
            # An open file has no folders whose names could be taken for columns.
            with open(path, "rb") as file:
                schema = pyarrow.parquet.read_schema(file)
            return _Parts(schema, lambda names: _one_file(path, names))
        dataset = pyarrow.dataset.dataset(path, format="parquet", partitioning="hive", filesystem=system)
    except FileNotFoundError:
        raise NotFoundError("E-not-found", f"{what} has no files", subject=path) from None
    except (OSError, pyarrow.ArrowException) as error:
        raise _unreadable(what, error) from error
    fragments = sorted(dataset.get_fragments(), key=lambda part: str(part.path))

    def read(names: list[str]) -> Any:
        kept = pyarrow.schema([dataset.schema.field(name) for name in names])
        tables = [fragment.to_table(columns=names, schema=dataset.schema) for fragment in fragments]
        return pyarrow.concat_tables(tables) if tables else kept.empty_table()

    return _Parts(dataset.schema, read)


def _one_file(path: str, names: list[str]) -> Any:
    with open(path, "rb") as file:
        return pyarrow.parquet.read_table(file, columns=names)


def _unreadable(what: str, error: Exception) -> DataError:
    return DataError("E-invalid-data", f"{what} cannot be read: {str(error).splitlines()[0]}")


def utc(column: Any, what: str) -> Any:
    """A column of times with the zone UTC; times without one are UTC, and a day is its midnight."""
    kind = column.type
    try:
        if pyarrow.types.is_date(kind):
            column = column.cast(pyarrow.timestamp("s")).cast(pyarrow.timestamp("us"))
        elif pyarrow.types.is_null(kind):
            column = column.cast(pyarrow.timestamp("us"))
        elif not pyarrow.types.is_timestamp(kind):
            raise DataError("E-invalid-data", f"{what} holds {kind}, which are no times")
        if column.type.tz is None:
            return pyarrow.compute.assume_timezone(column, "UTC")
        return column.cast(pyarrow.timestamp(column.type.unit, "UTC"))
    except pyarrow.ArrowException as error:
        raise DataError("E-invalid-data", f"{what} holds no times: {str(error).splitlines()[0]}") from error


def append(config: Any, source: Any, table: Any, what: str) -> None:
    """Adds rows to a source: another file in its folder, or its one file anew; as a whole or not at all."""
    path, system = place(config, source, what)
    _expect_local(path, system, what)
    try:
        if os.path.isdir(path):
            schema = pyarrow.dataset.dataset(path, format="parquet").schema
            write(_fitted(table, schema, what), Path(path) / f"part-{uuid.uuid4().hex}.parquet")
            return
        with locked(Path(path).parent):
            with open(path, "rb") as file:
                before = pyarrow.parquet.read_table(file)
            write(pyarrow.concat_tables([before, _fitted(table, before.schema, what)]), Path(path))
    except FileNotFoundError:
        raise NotFoundError("E-not-found", f"{what} has no files to add rows to", subject=path) from None
    except (pyarrow.ArrowException, ValueError) as error:
        raise DataError(
            "E-invalid-data", f"the rows do not fit the files of {what}: {str(error).splitlines()[0]}") from error


def _fitted(table: Any, schema: Any, what: str) -> Any:
    """Rows with the types of a file; a nested value that would lose a part is refused."""
    fitted = cast_arrow_table_to_schema(table, schema)
    for name in schema.names:
        was, now = table[name], fitted[name]
        if pyarrow.types.is_nested(now.type) and was.type != now.type and now.cast(was.type) != was:
            raise DataError(
                "E-invalid-data",
                f"the rows do not fit the files of {what}: '{name}' is {was.type}, and {now.type} there")
    return fitted


def save(table: Any, config: Any, storage: Any, overwrite: bool) -> None:
    """Writes a saved data set: one file, or a folder that holds nothing else."""
    source = storage.to_data_source()
    if not isinstance(source, FileSource):
        raise MisuseError(
            "E-misuse", f"a data set is saved to files, and not to a {type(storage).__name__}",
            help="use a SavedDatasetFileStorage")
    path, system = place(config, source, "the saved data set")
    _expect_local(path, system, "the saved data set")
    target = Path(path)
    if target.exists() and not overwrite:
        raise SavedDatasetLocationAlreadyExists(location=source.path)
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.endswith(".parquet") and not target.is_dir():
        write(table, target)
        return
    made, old = (target.with_name(f".{target.name}.{uuid.uuid4().hex}") for _ in range(2))
    made.mkdir()
    try:
        write(table, made / "part-0.parquet")
        if target.exists():
            os.rename(target, old)
        os.rename(made, target)
    finally:
        for rest in (made, old):
            if rest.is_dir():
                shutil.rmtree(rest)
            else:
                rest.unlink(missing_ok=True)


def log(table: Any, folder: Path, partition_by: Optional[Sequence[str]]) -> None:
    """Adds files of logged rows to a folder."""
    pyarrow.dataset.write_dataset(
        table, base_dir=str(folder), basename_template=f"{uuid.uuid4().hex}-{{i}}.parquet",
        partitioning=list(partition_by) if partition_by else None, format="parquet",
        existing_data_behavior="overwrite_or_ignore")


def _expect_local(path: str, system: Any, what: str) -> None:
    if system is not None:
        raise MisuseError("E-misuse", f"{what} is not on this machine, and only files here are written", subject=path)
