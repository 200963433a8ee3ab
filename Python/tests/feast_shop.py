# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A small Feast repository that names the stores of this package; needs feast, pandas and pyarrow."""

import asyncio
import datetime
import os
import tempfile
from pathlib import Path
from typing import Any

UTC = datetime.timezone.utc
NOON = datetime.datetime(2024, 5, 1, 12, tzinfo=UTC)
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
os.environ.setdefault("FEAST_USAGE", "False")

CONFIG = """\
project: shop
registry: registry.db
provider: local
offline_store: {{type: tallystick.feast.OfflineStore{offline}}}
online_store: {{type: tallystick.feast.OnlineStore, path: online{online}}}
entity_key_serialization_version: 3
"""
STRUCT = {"a": 1, "b": ["x", "y"]}


class Repository:
    """A Feast repository over files of its own."""

    def __init__(self, offline: str = "", online: str = "") -> None:
        import pyarrow
        import pyarrow.parquet
        from feast import Entity, FeatureStore, FeatureView, Field, FileSource, PushSource, RequestSource, ValueType
        from feast.on_demand_feature_view import on_demand_feature_view
        from feast.types import Float64, Int64, String

        self._folder = tempfile.TemporaryDirectory(prefix="tallystick-feast-")
        self.root = Path(self._folder.name)
        (self.root / "feature_store.yaml").write_text(CONFIG.format(offline=offline, online=online))
        time = pyarrow.timestamp("us", "UTC")
        # shop, at, made, price, sold
        rows = [
            (1, NOON, NOON, 1.5, 10), (1, NOON + HOUR, NOON + DAY, 2.5, 20), (2, NOON, NOON + HOUR, 3.5, None),
            (2, NOON, NOON, 4.5, 40), (3, NOON - 9 * DAY, NOON, 5.5, 50), (4, NOON + DAY, NOON + DAY, 6.5, 2 ** 53 + 1),
        ]
        shop, at, made, price, sold = map(list, zip(*rows))
        pyarrow.parquet.write_table(pyarrow.table({
            "shop": pyarrow.array(shop, pyarrow.int32()), "at": pyarrow.array(at, time),
            "made": pyarrow.array(made, time),
            "price": price, "sold": pyarrow.array(sold, pyarrow.int64()), "tree_raw": [STRUCT] * len(rows),
        }), self.root / "sales.parquet")
        folder = self.root / "weather"
        folder.mkdir()
        for place, (moment, rain) in enumerate([(NOON - DAY, 1.0), (NOON, 2.0)]):
            pyarrow.parquet.write_table(
                pyarrow.table({"at": pyarrow.array([moment], time), "rain": [rain]}), folder / f"{place}.parquet")
        self.shop = Entity(name="shop", join_keys=["shop"], value_type=ValueType.INT64)
        source = FileSource(name="sales", path="sales.parquet", timestamp_field="at", created_timestamp_column="made")
        mapped = FileSource(
            name="mapped", path="sales.parquet", timestamp_field="at", created_timestamp_column="made",
            field_mapping={"price": "cost", "tree_raw": "tree"})
        pushed = PushSource(name="pushed", batch_source=source)
        schema = [Field(name="price", dtype=Float64), Field(name="sold", dtype=Int64)]
        self.sales = FeatureView(name="sales", entities=[self.shop], ttl=2 * DAY, source=pushed, schema=schema)
        self.trees = FeatureView(
            name="trees", entities=[self.shop], source=mapped, schema=[Field(name="tree", dtype=String)], online=False)
        self.costs = FeatureView(
            name="costs", entities=[self.shop], source=mapped, schema=[Field(name="cost", dtype=Float64)])
        self.weather = FeatureView(
            name="weather", entities=[], source=FileSource(name="weather", path="weather", timestamp_field="at"),
            schema=[Field(name="rain", dtype=Float64)])

        @on_demand_feature_view(
            sources=[self.sales, RequestSource(name="asked", schema=[Field(name="amount", dtype=Int64)])],
            schema=[Field(name="total", dtype=Float64)], mode="python")
        def basket(inputs: dict) -> dict:
            return {"total": [None if p is None else p * a for p, a in zip(inputs["price"], inputs["amount"])]}

        self.store = FeatureStore(str(self.root))
        self.store.apply([self.shop, self.sales, self.trees, self.costs, self.weather, basket])

    def train(self, entities: Any, features: list, **options: Any) -> Any:
        return self.store.get_historical_features(entities, features, **options)

    def read(self, *shops: int, features: tuple = ("sales:price", "sales:sold")) -> dict:
        rows = [{"shop": shop} for shop in shops]
        return self.store.get_online_features(list(features), rows).to_dict()

    def push(self, shop: int, at: datetime.datetime, price: float, made: datetime.datetime = NOON, **more: Any) -> None:
        import pandas

        self.store.push("pushed", pandas.DataFrame(
            {"shop": [shop], "at": [at], "made": [made], "price": [price], "sold": [1], **more}))

    def close(self) -> None:
        asyncio.run(self.store._get_provider().online_store.close())
        self._folder.cleanup()


def spine(*rows: tuple) -> Any:
    """A data frame of shops and times."""
    import pandas

    return pandas.DataFrame({
        "shop": [row[0] for row in rows], "event_timestamp": [row[1] for row in rows], "amount": [2] * len(rows)})
