# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The spine of a training set, from what Feast calls an entity data frame; needs feast and pyarrow."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import pyarrow
import pyarrow.compute
from feast.errors import EntityTimestampInferenceException

from .._errors import DataError, MisuseError
from . import _sources

EVENT_TIMESTAMP = "event_timestamp"


def of(entities: Any, config: Any) -> tuple[Any, str]:
    """A frame, or the SQL of one, as an Arrow table, and the name of its column of times; times are UTC."""
    if isinstance(entities, str):
        entities = _queried(entities, config)
    if isinstance(entities, pyarrow.Table):
        table = entities
    else:
        try:
            table = (
                pyarrow.Table.from_pandas(entities, preserve_index=False) if hasattr(entities, "iloc")
                else pyarrow.table(entities))
        except (pyarrow.ArrowException, TypeError, ValueError) as error:
            raise MisuseError(
                "E-misuse", f"the entities are no table: {str(error).splitlines()[0]}",
                help="give a data frame in which each column has one type, or SQL that DuckDB runs") from error
    table = table.replace_schema_metadata(None)
    time = _time(table)
    column = table[time]
    if pyarrow.types.is_string(column.type) or pyarrow.types.is_large_string(column.type):
        column = _parsed(column)
    column = _sources.utc(column, f"the column '{time}' of the entities")
    if column.null_count:
        raise DataError("E-invalid-data", f"{column.null_count} rows of the entities have no '{time}'")
    return table.set_column(table.column_names.index(time), time, column), time


def _time(table: Any) -> str:
    if EVENT_TIMESTAMP in table.column_names:
        return EVENT_TIMESTAMP
    times = [field.name for field in table.schema if pyarrow.types.is_timestamp(field.type)]
    if len(times) != 1:
        raise EntityTimestampInferenceException(EVENT_TIMESTAMP)
    return str(times[0])


def _parsed(column: Any) -> Any:
    import pandas

    try:
        return pyarrow.chunked_array([pyarrow.Array.from_pandas(pandas.to_datetime(column.to_pandas(), utc=True))])
    except ValueError as error:
        raise DataError(
            "E-invalid-data", f"the entities hold a text that is no time: {str(error).splitlines()[0]}") from None


def _queried(sql: str, config: Any) -> Any:
    try:
        import duckdb
    except ImportError:
        raise MisuseError(
            "E-misuse", "entities as SQL are run by DuckDB, which is not installed",
            help="pip install duckdb, or give a data frame") from None
    with duckdb.connect() as connection:
        # Names of files in the query are relative to the repository, as those of sources are.
        if config.repo_path is not None:
            connection.execute("SET file_search_path = ?", [str(config.repo_path)])
        try:
            return pyarrow.table(connection.sql(sql))
        except (duckdb.Error, TypeError) as error:
            raise MisuseError(
                "E-misuse", f"DuckDB does not run the entities' SQL: {str(error).splitlines()[0]}",
                help="it reads files, such as SELECT * FROM 'spine.parquet'") from error


def of_range(views: Sequence[Any], first: datetime.datetime, last: datetime.datetime) -> Any:
    """A spine of the events themselves: each key and time that a view has in a range, both ends included, once."""
    if len({tuple(view.asked) for view in views}) != 1:
        raise MisuseError(
            "E-misuse", "without entities the views of one call have the same join keys",
            help="give an entity_df, or ask for one view at a time")
    parts = []
    for view in views:
        read = view.table.read([*view.keys, view.timestamp])
        times = _sources.utc(read[view.timestamp], f"'{view.timestamp}' of {view.what}")
        kept = pyarrow.compute.and_(
            pyarrow.compute.greater_equal(times, instant(first)), pyarrow.compute.less_equal(times, instant(last)))
        columns = {asked: read[key] for asked, key in zip(view.asked, view.keys)}
        parts.append(pyarrow.table({**columns, EVENT_TIMESTAMP: times}).filter(kept))
    spine = pyarrow.concat_tables(parts, promote_options="permissive")
    return spine.group_by(spine.column_names, use_threads=False).aggregate([])


def instant(time: datetime.datetime) -> Any:
    """A time as Arrow's; one without a zone is UTC."""
    zoned = time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)
    return pyarrow.scalar(zoned.astimezone(datetime.timezone.utc), pyarrow.timestamp("us", "UTC"))
