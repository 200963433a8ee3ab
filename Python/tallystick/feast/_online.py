# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Feast's online store, kept by the engine of this package; needs feast and pyarrow."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Optional

from feast.infra.key_encoding_utils import serialize_entity_key
from feast.infra.online_stores.helpers import compute_versioned_name
from feast.infra.online_stores.online_store import OnlineStore as FeastOnlineStore
from feast.infra.supported_async_methods import SupportedAsyncMethods
from feast.protos.feast.types.Value_pb2 import Map
from feast.repo_config import FeastConfigBaseModel

from .._errors import MisuseError
from ._shelf import Row, Shelf


class OnlineStoreConfig(FeastConfigBaseModel):  # type: ignore[misc]
    """What `online_store:` of a `feature_store.yaml` may say."""

    type: Literal["tallystick.feast.OnlineStore"] = "tallystick.feast.OnlineStore"
    """The store."""

    path: str = "data/online"
    """The folder that holds the values, relative to the repository; each feature view has one of its own in it."""

    ttl: Literal["ignore", "enforce"] = "ignore"
    """Whether a value that is older than its view's ttl is served: as in Feast (`ignore`), or as if there were none
    (`enforce`), which is what training sets have."""


Values = dict[str, Any]
Written = tuple[Any, Values, datetime.datetime, Optional[datetime.datetime]]
Read = tuple[Optional[datetime.datetime], Optional[Values]]


class OnlineStore(FeastOnlineStore):  # type: ignore[misc]
    """The latest row of each entity. An older row never replaces a newer one, whatever the order of writes.

    A row is kept whole, as Feast's own values, so that every type comes back as it was written. Several processes may
    read and write; writes to one view wait for each other.
    """

    def __init__(self) -> None:
        self._shelves: dict[Path, Shelf] = {}

    @property
    def async_supported(self) -> Any:
        """Reads and writes wait in a thread of their own."""
        return SupportedAsyncMethods(read=True, write=True)

    def online_write_batch(
        self, config: Any, table: Any, data: list[Written], progress: Optional[Callable[[int], Any]]
    ) -> None:
        """Writes rows, all of them or none; they are durable when this returns."""
        features = [feature.name for feature in table.features]
        rows = []
        for entity, values, event_time, created in data:
            missing = [name for name in features if name not in values]
            if missing:
                raise MisuseError(
                    "E-misuse", f"a row for '{table.name}' has no '{missing[0]}', and a row is kept whole",
                    help="write every feature of the view; null stands for one without a value")
            key = _key(config, entity)
            if key is None:
                raise MisuseError(
                    "E-misuse", f"a row for '{table.name}' has no value for its join key", help="leave such rows out")
            rows.append(Row(key, _utc(event_time), None if created is None else _utc(created), _packed(values)))
        if rows:
            self._shelf(config, table).write(rows)
        if progress:
            progress(len(data))

    async def online_write_batch_async(
        self, config: Any, table: Any, data: list[Written], progress: Optional[Callable[[int], Any]]
    ) -> None:
        """As online_write_batch, in another thread."""
        await asyncio.to_thread(self.online_write_batch, config, table, data, progress)

    def online_read(
        self, config: Any, table: Any, entity_keys: list[Any], requested_features: Optional[list[str]] = None
    ) -> list[Read]:
        """The latest row of each entity, or (None, None)."""
        keys = [_key(config, entity) for entity in entity_keys]
        oldest = None
        if config.online_store.ttl == "enforce" and getattr(table, "ttl", None):
            oldest = datetime.datetime.now(datetime.timezone.utc) - table.ttl
        found: list[Read] = []
        for row in self._shelf(config, table).read(keys):
            if row is None or (oldest is not None and row[0] < oldest):
                found.append((None, None))
            else:
                found.append((row[0], _unpacked(row[1], requested_features)))
        return found

    async def online_read_async(
        self, config: Any, table: Any, entity_keys: list[Any], requested_features: Optional[list[str]] = None
    ) -> list[Read]:
        """As online_read, in another thread."""
        return await asyncio.to_thread(self.online_read, config, table, entity_keys, requested_features)

    def update(
        self, config: Any, tables_to_delete: Sequence[Any], tables_to_keep: Sequence[Any],
        entities_to_delete: Sequence[Any],
        entities_to_keep: Sequence[Any], partial: bool,
    ) -> None:
        """Makes room for views, and removes the values of others for good."""
        for table in tables_to_keep:
            self._shelf(config, table).make()
        for table in tables_to_delete:
            self._remove(config, table)

    def teardown(self, config: Any, tables: Sequence[Any], entities: Sequence[Any]) -> None:
        """Removes the values of views for good."""
        for table in tables:
            self._remove(config, table)

    async def close(self) -> None:
        """Lets the files go."""
        while self._shelves:
            self._shelves.popitem()[1].close()

    def _is_versioned_read_supported(self) -> bool:
        # Each version of a view has values of its own, as in the stores that Feast lists by name.
        return True

    def _remove(self, config: Any, table: Any) -> None:
        shelf = self._shelf(config, table)
        self._shelves.pop(shelf.folder, None)
        shelf.remove()

    def _shelf(self, config: Any, table: Any) -> Shelf:
        name = compute_versioned_name(table, config.registry.enable_online_feature_view_versioning)
        root = Path(config.repo_path or ".") / config.online_store.path
        folder = root.absolute() / _folder(config.project) / _folder(name)
        shelf = self._shelves.get(folder)
        if shelf is None:
            shelf = self._shelves[folder] = Shelf(folder)
        return shelf


def _folder(name: str) -> str:
    """A name as one of a folder: readable, and unlike that of every other name, in any letter case."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:80]
    return f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _key(config: Any, entity: Any) -> Optional[bytes]:
    """The bytes of an entity's key, as Feast's stores have them; None where a part of it is null."""
    if any(value.WhichOneof("val") in (None, "null_val") for value in entity.entity_values):
        return None
    try:
        return bytes(serialize_entity_key(
            entity, entity_key_serialization_version=config.entity_key_serialization_version))
    except ValueError:
        kinds = ", ".join(
            f"'{name}' is {value.WhichOneof('val')}" for name, value in zip(entity.join_keys, entity.entity_values))
        raise MisuseError(
            "E-misuse", f"Feast has no form for the key of an entity: {kinds}",
            help="a join key is an integer, a text, bytes or a time") from None


def _packed(values: Values) -> bytes:
    return bytes(Map(val=values).SerializeToString(deterministic=True))


def _unpacked(data: bytes, wanted: Optional[Sequence[str]]) -> Values:
    held = Map.FromString(data).val
    # Asking a map of messages for what it has not would make it.
    return {name: held[name] for name in held if wanted is None or name in wanted}


def _utc(time: datetime.datetime) -> datetime.datetime:
    zoned = time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)
    return zoned.astimezone(datetime.timezone.utc)
