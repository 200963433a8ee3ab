# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Feast's offline store over Parquet files, with the point-in-time join of this package; needs feast and pyarrow."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Optional

import pyarrow
import pyarrow.compute
import pyarrow.parquet
from feast.errors import FeastEntityDFMissingColumnsError, FeastJoinKeysDuringMaterialization
from feast.feature_view import DUMMY_ENTITY_ID, DUMMY_ENTITY_VAL
from feast.infra.offline_stores.file_source import FileLoggingDestination
from feast.infra.offline_stores.offline_store import OfflineStore as FeastOfflineStore
from feast.infra.offline_stores.offline_store import RetrievalJob as FeastRetrievalJob
from feast.infra.offline_stores.offline_store import RetrievalMetadata
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.repo_config import FeastConfigBaseModel
from feast.utils import (
    _get_requested_feature_views_to_features_dict,
    _get_requested_on_demand_feature_views,
    compute_non_entity_date_range,
)

from .._errors import DataError, MisuseError
from . import _entities, _joining, _sources


class OfflineStoreConfig(FeastConfigBaseModel):  # type: ignore[misc]
    """What `offline_store:` of a `feature_store.yaml` may say."""

    type: Literal["tallystick.feast.OfflineStore"] = "tallystick.feast.OfflineStore"
    """The store."""

    created: Literal["ties", "known"] = "ties"
    """What a created timestamp does: it breaks ties, as in Feast; or a row is not seen before it (`known`), which is
    what `filter_by_created_timestamp=True` asks of one call."""

    memory: Optional[int] = None
    """Bytes that a join may take, at least 256,000,000; 4 GiB when left out."""

    threads: Optional[int] = None
    """Threads of a join; one a core when left out."""


class RetrievalJob(FeastRetrievalJob):  # type: ignore[misc]
    """Rows that are made when they are asked for, each time anew."""

    def __init__(
        self, make: Callable[[], Any], config: Any, *, full_feature_names: bool = False,
        on_demand_feature_views: Sequence[Any] = (), metadata: Any = None,
    ) -> None:
        self._make = make
        self._config = config
        self._full_feature_names = full_feature_names
        self._on_demand_feature_views = list(on_demand_feature_views)
        self._metadata = metadata

    @property
    def full_feature_names(self) -> bool:
        """Whether features are named after their views."""
        return self._full_feature_names

    @property
    def on_demand_feature_views(self) -> list[Any]:
        """The on-demand views that Feast computes over the rows."""
        return self._on_demand_feature_views

    @property
    def metadata(self) -> Any:
        """What was asked for, and the times of the spine."""
        return self._metadata

    def _to_arrow_internal(self, timeout: Optional[int] = None) -> Any:
        _refuse_timeout(timeout)
        return self._make()

    def _to_df_internal(self, timeout: Optional[int] = None) -> Any:
        return self._to_arrow_internal(timeout).to_pandas()

    def persist(self, storage: Any, allow_overwrite: bool = False, timeout: Optional[int] = None) -> None:
        """Writes the rows, on-demand features included, to a file, or to a folder that holds nothing else then."""
        _refuse_timeout(timeout)
        _sources.save(self.to_arrow(), self._config, storage, bool(allow_overwrite))


class OfflineStore(FeastOfflineStore):  # type: ignore[misc]
    """Training sets in which every row of the spine comes back once and in order."""

    supports_filter_by_created_timestamp = True

    @staticmethod
    def get_historical_features(
        config: Any, feature_views: list[Any], feature_refs: list[str], entity_df: Any, registry: Any, project: str,
        full_feature_names: bool = False, filter_by_created_timestamp: bool = False,
        start_date: Optional[datetime.datetime] = None, end_date: Optional[datetime.datetime] = None,
    ) -> RetrievalJob:
        """Joins features to a spine, as Feast's own stores do; see the guide for what differs."""
        wanted, _ = _get_requested_feature_views_to_features_dict(
            feature_refs, feature_views, _get_requested_on_demand_feature_views(feature_refs, project, registry))
        hides = filter_by_created_timestamp or config.offline_store.created == "known"
        views = [
            _View(config, view, list(features), hides, full_feature_names) for view, features in wanted.items()]
        if entity_df is None:
            first, last = compute_non_entity_date_range(feature_views, start_date=start_date, end_date=end_date)
            spine, time = _entities.of_range(views, first, last), _entities.EVENT_TIMESTAMP
        else:
            spine, time = _entities.of(entity_df, config)
            bounds = pyarrow.compute.min_max(spine[time]).as_py()
            first, last = bounds["min"], bounds["max"]
        missing = {key for view in views for key in view.asked if key not in spine.column_names}
        if missing:
            raise FeastEntityDFMissingColumnsError({*missing, time}, missing)
        return RetrievalJob(
            lambda: _joined(config, spine, time, views), config, full_feature_names=full_feature_names,
            on_demand_feature_views=OnDemandFeatureView.get_requested_odfvs(feature_refs, project, registry),
            metadata=RetrievalMetadata(
                features=feature_refs, keys=[name for name in spine.column_names if name != time],
                min_event_timestamp=first, max_event_timestamp=last))

    @staticmethod
    def pull_latest_from_table_or_query(
        config: Any, data_source: Any, join_key_columns: list[str], feature_name_columns: list[str],
        timestamp_field: str,
        created_timestamp_column: Optional[str], start_date: Optional[datetime.datetime] = None,
        end_date: Optional[datetime.datetime] = None,
    ) -> RetrievalJob:
        """The latest row of each key in a range of time, both ends included."""

        def make() -> Any:
            table = _pulled(
                config, data_source, join_key_columns, feature_name_columns, timestamp_field, created_timestamp_column,
                start_date, end_date)
            return _latest(table, join_key_columns, timestamp_field, created_timestamp_column, config)

        return RetrievalJob(make, config)

    @staticmethod
    def pull_all_from_table_or_query(
        config: Any, data_source: Any, join_key_columns: list[str], feature_name_columns: list[str],
        timestamp_field: str,
        created_timestamp_column: Optional[str] = None, start_date: Optional[datetime.datetime] = None,
        end_date: Optional[datetime.datetime] = None,
    ) -> RetrievalJob:
        """Every row in a range of time, both ends included, in the order of the files."""
        return RetrievalJob(
            lambda: _pulled(
                config, data_source, join_key_columns, feature_name_columns, timestamp_field, created_timestamp_column,
                start_date, end_date), config)

    @staticmethod
    def write_logged_features(config: Any, data: Any, source: Any, logging_config: Any, registry: Any) -> None:
        """Adds logged rows to the folder of a FileLoggingDestination."""
        destination = logging_config.destination
        if not isinstance(destination, FileLoggingDestination):
            raise MisuseError(
                "E-misuse", f"features are logged to files, and not to a {type(destination).__name__}",
                help="use a FileLoggingDestination")
        if "://" in destination.path:
            raise MisuseError(
                "E-misuse", "the log is not on this machine, and only files here are written", subject=destination.path)
        rows = pyarrow.parquet.read_table(data) if isinstance(data, Path) else data
        _sources.log(rows, Path(config.repo_path or ".") / destination.path, destination.partition_by)

    @staticmethod
    def offline_write_batch(
        config: Any, feature_view: Any, table: Any, progress: Optional[Callable[[int], Any]]
    ) -> None:
        """Adds rows to the files of a view's source."""
        source, what = feature_view.batch_source, f"feature view '{feature_view.name}'"
        have = _sources.Table(config, source, what).names
        mapping = source.field_mapping or {}
        if table.column_names == [mapping.get(name, name) for name in have]:
            # Feast has given the columns the names of features; the file has its own.
            table = table.rename_columns(have)
        if have != table.column_names:
            raise ValueError(
                f"The input pyarrow table has the columns {table.column_names}. They are expected to be, in this "
                f"exact order, "
                f"{have}.")
        _sources.append(config, source, table, what)
        if progress:
            progress(table.num_rows)


class _View:
    """A view of a join: what is asked of the spine, and what its rows are."""

    def __init__(self, config: Any, view: Any, features: list[str], hides: bool, full_feature_names: bool) -> None:
        self.what = f"feature view '{view.name}'"
        self.table = _sources.Table(config, view.batch_source, self.what)
        self.keys = [column.name for column in view.entity_columns if column.name != DUMMY_ENTITY_ID]
        names: Mapping[str, str] = view.projection.join_key_map or {}
        self.asked = [names.get(key, key) for key in self.keys]
        self.features = features
        prefix = f"{view.projection.name_alias or view.name}__" if full_feature_names else ""
        self.columns = [prefix + feature for feature in features]
        self.timestamp = view.batch_source.timestamp_field
        self.created = view.batch_source.created_timestamp_column or None
        self.ttl = view.ttl if view.ttl else None
        self.hides = hides
        self.read: Any = None

    def side(self, spine: Any) -> _joining.Side:
        """The view as one side of a join; reads its rows."""
        times = [self.timestamp, *([self.created] if self.created else [])]
        self.read = self.table.read(list(dict.fromkeys([*self.keys, *self.features, *times])))
        created = _sources.utc(self.read[self.created], f"'{self.created}' of {self.what}") if self.created else None
        return _joining.Side(
            self.what, [spine[name] for name in self.asked], [self.read[name] for name in self.keys],
            _sources.utc(self.read[self.timestamp], f"'{self.timestamp}' of {self.what}"), created, self.ttl,
            self.hides)


def _joined(config: Any, spine: Any, time: str, views: Sequence[_View]) -> Any:
    """The spine's columns, then the features of each view."""
    made = spine
    numbers = _joining.rows(
        spine[time], [view.side(spine) for view in views], config.offline_store.memory, config.offline_store.threads)
    for view, chosen in zip(views, numbers):
        for feature, column in zip(view.features, view.columns):
            if column in view.asked:
                continue  # The key itself, which the spine has.
            if column in made.column_names:
                raise MisuseError(
                    "E-misuse", f"there are two columns '{column}': one is {view.what}'s",
                    help="ask for full_feature_names=True, or rename the column of the entities")
            made = made.append_column(column, view.read[feature].take(chosen))
        view.read = None
    return made


def _pulled(
    config: Any, source: Any, keys: Sequence[str], features: Sequence[str], timestamp: str, created: Optional[str],
    start: Optional[datetime.datetime], end: Optional[datetime.datetime],
) -> Any:
    what = f"source '{getattr(source, 'name', source)}'"
    table = _sources.Table(config, source, what)
    missing = [key for key in keys if key not in table.names]
    if missing:
        raise FeastJoinKeysDuringMaterialization(source.path, {*keys}, {*table.names})
    wanted = [*keys, *features, timestamp, *([created] if created else [])]
    # Without names of features all columns are meant.
    read = table.read(list(dict.fromkeys(wanted if features else [*wanted, *table.names])))
    for name in dict.fromkeys([timestamp, *([created] if created else [])]):
        read = read.set_column(read.column_names.index(name), name, _sources.utc(read[name], f"'{name}' of {what}"))
    kept = pyarrow.compute.is_valid(read[timestamp])
    if start is not None:
        kept = pyarrow.compute.and_(kept, pyarrow.compute.greater_equal(read[timestamp], _entities.instant(start)))
    if end is not None:
        kept = pyarrow.compute.and_(kept, pyarrow.compute.less_equal(read[timestamp], _entities.instant(end)))
    read = read.filter(kept)
    if not keys:
        read = read.append_column(DUMMY_ENTITY_ID, pyarrow.array([DUMMY_ENTITY_VAL] * len(read), pyarrow.string()))
    return read


def _latest(table: Any, keys: Sequence[str], timestamp: str, created: Optional[str], config: Any) -> Any:
    for key in keys:
        if table[key].null_count:
            raise DataError(
                "E-invalid-data", f"{table[key].null_count} rows have no '{key}', and nobody could ask for them",
                help="leave them out of the source")
    distinct = table.select(list(keys)).group_by(list(keys)).aggregate([]) if keys else None
    count = len(distinct) if distinct is not None else min(1, len(table))
    if count == 0:
        return table
    last = pyarrow.compute.max(table[timestamp])
    times = pyarrow.array([last.as_py()] * count, table[timestamp].type)
    side = _joining.Side(
        "the source", [distinct[key] for key in keys] if distinct is not None else [], [table[key] for key in keys],
        table[timestamp], table[created] if created else None)
    [numbers] = _joining.rows(times, [side], config.offline_store.memory, config.offline_store.threads)
    return table.take(numbers)


def _refuse_timeout(timeout: Optional[int]) -> None:
    if timeout is not None:
        raise MisuseError("E-misuse", "a join has no timeout", help="leave it out; Ctrl-C stops a join")
