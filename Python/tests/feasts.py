# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A small Feast repository with everything planted that an audit has to find, and a description of it as Feast would give it."""

import datetime
import tempfile
from pathlib import Path

DAY = datetime.timedelta(days=1)
NOON = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)

DEFINITIONS = '''
from datetime import timedelta
import pandas as pd
from feast import Entity, FeatureService, FeatureView, Field, FileSource, RequestSource, ValueType
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64, Int64, String

shop = Entity(name="Shop", join_keys=["shop"], value_type=ValueType.STRING)
item = Entity(name="item", join_keys=["item"], value_type=ValueType.STRING)
source = FileSource(name="sales", path="sales.parquet", timestamp_field="at", created_timestamp_column="made",
                    field_mapping={"price_eur": "price"})
sales = FeatureView(name="sales", entities=[shop, item], ttl=timedelta(days=2), source=source, tags={"team": "shop"}, schema=[
    Field(name="price", dtype=Float64), Field(name="sold", dtype=Int64), Field(name="Odd-Name", dtype=String)])
asked = RequestSource(name="asked", schema=[Field(name="amount", dtype=Int64)])

@on_demand_feature_view(sources=[sales, asked], schema=[Field(name="total", dtype=Float64), Field(name="share", dtype=Float64)])
def basket(inputs: pd.DataFrame) -> pd.DataFrame:
    df = pd.DataFrame()
    df["total"] = inputs["price"] * inputs["amount"]
    df["share"] = inputs["price"] / inputs["amount"]
    return df

everything = FeatureView(name="all_shops", entities=[], source=source, schema=[Field(name="sold", dtype=Int64)])
model = FeatureService(name="model", features=[sales[["price", "sold"]], basket])
'''

# shop, item, at, made, price, sold
Row = tuple
ROWS = [
    ("a", "1", NOON, NOON, 1.5, 10),
    ("a", "1", NOON + DAY, NOON + 5 * DAY, 2.5, 20),       # created four days after it happened
    ("b", "1", NOON, NOON, 3.5, 30),
    ("b", "1", NOON, NOON, 4.5, 40),                       # a tie
    ("c", "1", NOON - 9 * DAY, NOON - 9 * DAY, 5.5, 50),   # older than the ttl
    ("d", "1", NOON + 9 * DAY, NOON + 9 * DAY, 6.5, 60),   # in the future
    ("1", "12", NOON, NOON, 7.5, 70),
    ("11", "2", NOON, NOON, 8.5, 80),                      # the same text when put together
    ("e", "1", NOON - DAY, NOON - DAY, 9.5, 90),
    ("e", "1", NOON, NOON, 10.5, 100),
    ("f", "1", NOON, NOON, 11.5, 2 ** 53 + 1),
    ("g", "1", NOON, NOON, 12.5, 120),
    ("g", "1", NOON + DAY, NOON + 5 * DAY, 13.5, 130),     # has the value of the next one, which happens later
    ("g", "1", NOON + 3 * DAY, NOON + 3 * DAY, 13.5, 130),
]


def described(folder: Path) -> dict:
    """The repository as the process of Feast describes it."""
    source = {
        "name": "sales", "kind": "FileSource", "eventTime": "at", "created": "made", "mapping": {"price_eur": "price"},
        "description": "", "owner": "", "tags": {}, "path": str(folder / "sales.parquet"), "format": None, "late": None,
        "columns": {
            "shop": "string", "item": "string", "at": "timestamp[us, tz=UTC]", "made": "timestamp[us, tz=UTC]", "price_eur": "double",
            "sold": "int64", "Odd-Name": "string", "nested": "struct<a: int64>"},
    }

    def fields(**kinds: str) -> list:
        return [{"name": name.replace("__", "-"), "type": kind, "description": "", "tags": {}} for name, kind in kinds.items()]

    def view(name: str, entities: list, features: list, **more: object) -> dict:
        return {
            "name": name, "kind": "FeatureView", "entities": entities, "keys": [], "features": features, "ttl": 2 * 86400.0,
            "online": True, "stream": None, "source": source, "description": "", "owner": "", "tags": {"team": "shop"},
            "hasTransformation": False, "hasAggregations": False, "enabled": True, "inference": None} | more

    def entity(name: str, key: str) -> dict:
        return {"name": name, "joinKey": key, "type": "STRING", "description": "", "owner": "", "tags": {}}

    return {
        "feast": "0.0", "project": "planted", "offline": "dask", "online": "sqlite", "permissions": 0,
        "entities": [entity("Shop", "shop"), entity("item", "item")],
        "views": [
            view("sales", ["Shop", "item"], fields(price="Float64", sold="Int64", Odd__Name="String", gone="Int64", nested="String")),
            view("all_shops", ["__dummy"], fields(sold="Int64")),
        ],
        "onDemand": [{
            "name": "basket", "mode": "pandas", "singleton": False, "aggregates": False, "place": "definitions.py:19",
            "description": "", "owner": "", "tags": {}, "code": DEFINITIONS[DEFINITIONS.index("@on_demand"):].split("\n\n")[0],
            "sources": [{"view": "sales", "features": ["price", "sold", "Odd-Name", "gone", "nested"]}],
            "request": [{"name": "asked", "fields": fields(amount="Int64")}],
            "features": fields(total="Float64", share="Float64")}],
        "services": [{
            "name": "model", "isLogged": False, "description": "", "owner": "", "tags": {},
            "views": [
                {"view": "sales", "alias": None, "features": ["price", "sold"], "keyMap": {}},
                {"view": "basket", "alias": None, "features": ["total", "share"], "keyMap": {}},
            ]}],
    }


class Planted:
    """The repository in a folder of its own; gone when it is closed."""

    def __init__(self, rows: list = ROWS) -> None:
        import pyarrow
        import pyarrow.parquet

        self._folder = tempfile.TemporaryDirectory(prefix="tallystick-feast-")
        self.root = Path(self._folder.name)
        (self.root / "feature_store.yaml").write_text(
            "project: planted\nregistry: registry.db\nprovider: local\nonline_store: {type: sqlite, path: online.db}\n"
            "entity_key_serialization_version: 3\n")
        (self.root / "definitions.py").write_text(DEFINITIONS)
        shop, item, at, made, price, sold = map(list, zip(*rows))
        time = pyarrow.timestamp("us", "UTC")
        pyarrow.parquet.write_table(pyarrow.table({
            "shop": shop, "item": item, "at": pyarrow.array(at, time), "made": pyarrow.array(made, time), "price_eur": price,
            "sold": pyarrow.array(sold, pyarrow.int64()), "Odd-Name": ["x"] * len(rows), "nested": [{"a": 1}] * len(rows),
        }), self.root / "sales.parquet")

    def spine(self, rows: list, name: str = "spine.parquet") -> Path:
        """Writes a spine of shops, items and times."""
        import pyarrow
        import pyarrow.parquet

        shop, item, at = map(list, zip(*rows))
        pyarrow.parquet.write_table(pyarrow.table({
            "shop": shop, "item": item, "event_timestamp": pyarrow.array(at, pyarrow.timestamp("us", "UTC")),
            "amount": pyarrow.array([2] * len(rows), pyarrow.int64()),
        }), self.root / name)
        return self.root / name

    def close(self) -> None:
        self._folder.cleanup()
