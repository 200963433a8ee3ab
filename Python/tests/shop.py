# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A small repository in a folder of its own."""

import tempfile
import unittest
from pathlib import Path

import tallystick as ts
from tallystick._library import library

DEFINITIONS = """
kind: Entity
name: user
joinKeys: [{name: user_id, type: int64}]
---
kind: Source
name: orders
path: orders/*.csv
eventTime: at
contract: contracts/orders.odcs.yaml
---
kind: FeatureView
name: last_order
entities: [user]
source: orders
features: [{name: total, type: int64}]
---
kind: FeatureService
name: model
features: [last_order]
request: {factor: float64}
onDemand: [{name: scaled, type: float64, expression: "total * factor"}]
"""

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: orders
name: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: user_id, logicalType: integer, required: true}
      - {name: at, logicalType: timestamp, required: true}
      - {name: total, logicalType: integer, logicalTypeOptions: {minimum: 0}}
"""

ORDERS = """user_id,at,total
1,2024-01-01T10:00:00Z,10
1,2024-01-01T11:00:00Z,9007199254740993
2,2024-01-01T10:30:00Z,5
"""

SPINE = """user_id,event_timestamp,factor
1,2024-01-01T10:30:00Z,2
2,2024-01-01T12:00:00Z,0.5
3,2024-01-01T12:00:00Z,1
"""


class Shop:
    """The repository; gone when it is closed."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tallystick-")
        self.root = Path(self._folder.name)
        for name, text in [
            ("tally.yaml", "project: shop\n"), ("definitions/all.yaml", DEFINITIONS),
            ("contracts/orders.odcs.yaml", CONTRACT), ("orders/1.csv", ORDERS), ("spine.csv", SPINE),
        ]:
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def close(self) -> None:
        self._folder.cleanup()


class FilledShop(unittest.TestCase):
    """Tests that share one shop, whose definitions are applied and whose store is filled."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.shop = Shop()
        cls.store = ts.open(cls.shop.root, threads=1)
        cls.store.apply()
        cls.store.materialize()
        cls.c = library().c

    @classmethod
    def tearDownClass(cls) -> None:
        cls.store.close()
        cls.shop.close()
