# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What a contract promises, read out of a repository, corrected and saved."""

import dataclasses
import unittest

import tallystick as ts
from shop import Shop
from tallystick import _program

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: orders
name: Orders
version: 1.2.0
status: active
team: {name: sales}
description: {purpose: Tests., usage: None.}
schema:
  - name: orders
    quality:
      - {metric: rowCount, mustBeGreaterThan: 0}
      - {id: sane, type: custom, engine: tally, implementation: {expression: "total < 1e18"}}
    properties:
      - {name: user_id, logicalType: integer, required: true}
      - {name: at, logicalType: timestamp}
      - name: total
        logicalType: integer
        enum: [{value: 5}, {value: 10}, {value: 9007199254740993}]
        logicalTypeOptions: {minimum: 0}
        quality: [{metric: nullValues, mustBeLessOrEqualTo: 1, unit: percent}]
slaProperties:
  - {property: freshness, value: 3, unit: h, element: orders.at}
"""


class PromisedTests(unittest.TestCase):
    def setUp(self) -> None:
        try:
            _program.find()
        except ts.NotFoundError:
            self.skipTest("the program tally is not installed")
        self.shop = Shop()
        self.addCleanup(self.shop.close)
        self.shop.write("contracts/orders.odcs.yaml", CONTRACT)
        self.store = ts.open(self.shop.root, threads=1)
        self.addCleanup(self.store.close)

    def test_every_promise_is_told(self) -> None:
        found = self.store.contract("orders")
        self.assertEqual((found.id, found.version, found.owner), ("orders", "1.2.0", "sales"))
        told = {(one.subject, one.rule, one.value) for one in found.promises}
        for wanted in [
            ("orders.user_id", "type", "integer"), ("orders.user_id", "required", "true"), ("orders.total", "minimum", "0"),
            ("orders.total", "enum", "5, 10, 9007199254740993"), ("orders", "rowCount", "mustBeGreaterThan 0"),
            ("orders.total", "nullValues", "mustBeLessOrEqualTo 1 percent"), ("orders", "sane", "total < 1e18"),
            ("orders.at", "freshness", "3 h"),
        ]:
            self.assertIn(wanted, told)
        self.assertIn("Contract orders 1.2.0 (active), promised by sales: ", repr(found))
        self.assertIn("mustBeGreaterThan 0", found._repr_html_())
        self.assertEqual(self.store.contract("contracts/orders.odcs.yaml").json, found.json)

    def test_a_view_promises_its_features(self) -> None:
        self.assertIn(
            ("last_order.total", "type", "integer"),
            [(one.subject, one.rule, one.value) for one in self.store.contract("last_order").promises])

    def test_a_correction_is_saved_and_reads_the_same(self) -> None:
        found = self.store.contract("orders")
        changed = dataclasses.replace(found.definition(), version="1.3.0")
        changed.save(self.shop.root, force=True)
        again = self.store.contract("orders")
        self.assertEqual(again.json, {**found.json, "version": "1.3.0"})
        self.assertEqual(self.store.check().errors, [])

    def test_what_has_no_contract_is_told(self) -> None:
        for name in ("nothing", "contracts/none.odcs.yaml"):
            with self.assertRaises((ts.NotFoundError, ts.MisuseError, ts.StorageError)) as caught:
                self.store.contract(name)
            self.assertIn(name, str(caught.exception))


if __name__ == "__main__":
    unittest.main()
