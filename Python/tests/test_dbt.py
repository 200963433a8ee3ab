# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""From a small manifest, written by hand, to a repository that checks, verifies and fills."""

import contextlib
import copy
import io
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any, Optional

import tallystick as ts
from tallystick.dbt import Report, import_dbt, main

ORDERS = """id,customer_id,status,amount,ordered_at
1,1,open,10.5,2024-01-01T10:00:00Z
2,1,paid,3,2024-01-02T10:00:00Z
3,2,,,2024-01-03T10:00:00Z
"""
TYPES = {"id": "bigint", "customer_id": "bigint", "status": "varchar", "amount": "double", "ordered_at": "timestamp"}


def check(name: str, column: Optional[str], model: str = "orders", namespace: Optional[str] = None, config: dict = {}, **arguments: Any) -> dict:
    """A test as a manifest has it."""
    others = [f"model.shop.{arguments['to'][5:-2]}"] if "to" in arguments else []
    unique = f"test.shop.{name}_{model}_{column}.0a1b2c3d4e"
    return {
        "unique_id": unique, "resource_type": "test", "name": f"{name}_{model}_{column}", "original_file_path": "models/shop.yml",
        "test_metadata": {"name": name, "namespace": namespace, "kwargs": {
            **arguments, "column_name": column, "model": "{{ get_where_subquery(ref('" + model + "')) }}"}},
        "attached_node": f"model.shop.{model}", "column_name": column,
        "depends_on": {"macros": [], "nodes": [*others, f"model.shop.{model}"]},
        "config": {"severity": "ERROR", "fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0", **config}}


def model(name: str, columns: dict, **more: Any) -> dict:
    return {
        "unique_id": f"model.shop.{name}", "resource_type": "model", "name": name, "original_file_path": f"models/{name}.sql",
        "relation_name": f'"shop"."main"."{name}"', "tags": ["ml"], "meta": {"owner": "shop-data"},
        "config": {"materialized": "external", "location": f"data/{name}.csv"},
        "columns": {column: {"name": column, "data_type": kind} for column, kind in columns.items()}, **more}


def manifest(*tests: dict, adapter: str = "duckdb", version: int = 12, models: Optional[list] = None, **sections: Any) -> dict:
    nodes = models if models is not None else [model("orders", TYPES), model("customers", {"customer_id": "bigint"})]
    return {
        "metadata": {
            "dbt_schema_version": f"https://schemas.getdbt.com/dbt/manifest/v{version}.json", "project_name": "shop",
            "adapter_type": adapter},
        "nodes": {node["unique_id"]: node for node in [*nodes, *tests]}, "sources": {}, **sections}


SEMANTIC = {"semantic_model.shop.orders": {
    "name": "orders", "depends_on": {"nodes": ["model.shop.orders"]}, "defaults": {"agg_time_dimension": "ordered_at"},
    "entities": [
        {"name": "order", "type": "foreign", "expr": "id"}, {"name": "customer", "type": "natural", "expr": "customer_id"}],
    "dimensions": [{"name": "ordered_at", "type": "time", "expr": None}]}}


class FromDbt(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="tallystick-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name, text in {"data/orders.csv": ORDERS, "data/customers.csv": "customer_id\n1\n2\n"}.items():
            (self.root / name).parent.mkdir(exist_ok=True)
            (self.root / name).write_text(text)

    def bring(self, document: dict, **more: Any) -> Report:
        (self.root / "target").mkdir(exist_ok=True)
        (self.root / "target" / "manifest.json").write_text(json.dumps(document))
        return import_dbt(self.root / "target" / "manifest.json", self.root, **more)

    def lost(self, *tests: dict, **more: Any) -> list[str]:
        """Why tests are lost."""
        return [item.text for item in self.bring(manifest(*tests, **more), force=True).of("lost") if item.kind == "test"]

    def broken(self) -> dict[str, str]:
        """The promises that the data break, with what was seen."""
        with ts.open(self.root) as store:
            return {finding["id"]: finding["observed"] for finding in store.verify().broken}

    def test_what_is_written_checks_and_verifies_and_is_served(self) -> None:
        report = self.bring(manifest(
            check("not_null", "id"), check("unique", "id"), check("accepted_values", "status", values=["open", "paid"]),
            check("relationships", "customer_id", to="ref('customers')", field="customer_id"),
            check("accepted_range", "id", namespace="dbt_utils", min_value=1),
            check("expression_is_true", None, namespace="dbt_utils", expression="amount > 0", config={"where": "status = 'open'"}),
            check("not_null", "customer_id", "customers"), semantic_models=SEMANTIC))
        self.assertEqual([item.text for item in report.of("lost")], ["nothing says what rows are about and when they happened"])
        service = ts.FeatureService("model", features=["orders"], owner="shop-model")
        service.save(self.root)
        with ts.open(self.root) as store:
            self.assertEqual([d for d in store.check().diagnostics if d["severity"] == "error"], [])
            self.assertEqual(self.broken(), {})
            store.apply()
            store.materialize()
            self.assertEqual(store.get("model", {"customer_id": 1}).values["status"], ["paid"])
        view = (self.root / "definitions" / "view_orders.yaml").read_text()
        self.assertIn("entities: [customer]", view)
        self.assertIn("eventTime: ordered_at", (self.root / "definitions" / "source_orders.yaml").read_text())

    def test_each_broken_promise_is_the_test_that_fails(self) -> None:
        tests = [
            check("not_null", "amount"), check("unique", "customer_id"), check("accepted_values", "status", values=["open"]),
            check("relationships", "id", to="ref('customers')", field="customer_id"),
            check("accepted_range", "id", namespace="dbt_utils", max_value=2),
            check("accepted_range", "amount", namespace="dbt_utils", min_value=5.5, config={"severity": "warn"}),
            check("unique_combination_of_columns", None, namespace="dbt_utils", combination_of_columns=["customer_id"]),
            check("not_null", "status", config={"where": "id > 1"}), check("not_constant", "ordered_at", namespace="dbt_utils"),
        ]
        report = self.bring(manifest(*tests))
        self.assertEqual(self.broken(), {
            "orders.amount.required": "1 of 3 rows are null (33.3333 %)", "orders.customer_id.unique": "1 of 3 rows repeat another",
            "orders.status.enum": "1 of 2 values are not listed (50 %)", "relationships_orders_id": "1",
            "orders.id.range": "1 of 3 values are outside (33.3333 %)", "accepted_range_orders_amount": "1",
            "unique_combination_of_columns_orders_None": "1", "not_null_orders_status": "1"})
        named = {name for item in report.of("carried") for name in item.promises}
        self.assertEqual(set(self.broken()) - named, set())

    def test_tests_that_contradict_each_other_are_rules_of_their_own(self) -> None:
        def within(low: Optional[int], high: Optional[int], number: int) -> dict:
            bounds = {"min_value": low, "max_value": high}
            made = check("accepted_range", "id", namespace="dbt_utils", **{k: v for k, v in bounds.items() if v is not None})
            return {**made, "unique_id": f"{made['unique_id']}{number}", "name": f"range_{number}"}

        report = self.bring(manifest(
            within(1, 3, 0), within(None, 2, 1), within(5, 4, 2), check("accepted_values", "id", values=[1, 2, 3, 9]),
            check("accepted_values", "status", values=["open"])))
        self.assertEqual([item for item in report.of("lost") if item.kind == "test"], [])
        self.assertEqual(self.broken(), {
            "range_1": "1", "range_2": "3", "orders.status.enum": "1 of 2 values are not listed (50 %)"})

    def test_thresholds_and_severities_are_kept(self) -> None:
        for config, expected in [
            ({"error_if": "> 1"}, "warning"), ({"error_if": ">= 1", "warn_if": ">0"}, "error"), ({"severity": "warn"}, "warning"),
            ({"error_if": ">5", "warn_if": ">5"}, None), ({"error_if": "= 1"}, "error"), ({"error_if": "between 1 and 3"}, "error"),
            ({"where": "id < 3"}, None), ({"limit": 1}, "error"),
        ]:
            self.bring(manifest(check("not_null", "amount", config=config)), force=True)
            with ts.open(self.root) as store:
                found = {finding["severity"] for finding in store.verify().broken}
            worst = "error" if "error" in found else "warning" if found else None
            self.assertEqual(worst, expected, config)

    def test_what_has_no_exact_counterpart_is_lost_with_its_reason(self) -> None:
        for test, reason in [
            (check("is_even", "id"), "a test of the project's own"), (check("not_null", "id", config={"fail_calc": "sum(id)"}), "fail_calc"),
            (check("not_null", "id", config={"error_if": "> (select 1)"}), "threshold"),
            (check("not_null", "id", config={"where": "id > {{ var('x') }}"}), "Jinja"),
            (check("not_null", "id", config={"where": "id in (select id from x)"}), "other tables"),
            (check("accepted_values", "status", values=["it's"]), "quotes"), (check("accepted_values", "status", values=[]), "no values"),
            (check("accepted_range", "id", namespace="dbt_utils", min_value=1, sideways=True), "'sideways' is not known"),
            (check("not_constant", "id", namespace="dbt_utils", group_by_columns=["status"]), "by groups"),
            (check("relationships", "id", to="ref('elsewhere')", field="id"), "not in the manifest"),
        ]:
            found = self.lost(test)
            self.assertEqual(len(found), 1, test)
            self.assertIn(reason, found[0])
        macros = {"macro.shop.test_not_null": {"name": "test_not_null", "package_name": "shop"}}
        self.assertIn("of its own", self.lost(check("not_null", "id"), macros=macros)[0])

    def test_a_test_that_dbt_compiled_is_carried_as_its_sql(self) -> None:
        test = check("is_even", "id")
        test["compiled_code"] = '-- mine\nwith odd as (select id from "shop"."main"."orders" where id % 2 = 1)\nselect * from odd'
        self.assertEqual(self.lost(test), [])
        self.assertEqual(self.broken(), {"is_even_orders_id": "2"})
        test["compiled_code"] = 'select 1 from "shop"."main"."customers"'
        self.assertIn("does not say to depend", self.lost(test)[0])
        test["compiled_code"] = 'with orders as (select id from "shop"."main"."orders") select * from orders'
        self.assertIn("hides the table", self.lost(test)[0])

    def test_another_engine_is_believed_only_where_every_engine_agrees(self) -> None:
        kept = [
            check("not_null", "amount"), check("unique", "id"), check("accepted_values", "status", values=["open"]),
            check("accepted_range", "id", namespace="dbt_utils", min_value=1), check("not_null", "id", config={"where": "status = 'open'"})]
        for test in kept:
            self.assertEqual(self.lost(test, adapter="snowflake"), [], test)
        for test in [
            check("unique", "amount"), check("accepted_range", "amount", namespace="dbt_utils", min_value=0.1),
            check("not_null", "id", config={"where": "amount > 0"}), check("not_null", "id", config={"where": "status > 'a'"}),
            check("not_null", "id", config={"where": "id::text = '1'"}), check("not_null", "id", config={"where": "id = '1'"}),
            check("accepted_values", "id", values=["1"]),
        ]:
            self.assertEqual(len(self.lost(test, adapter="snowflake")), 1, test)
        self.assertEqual(len(self.lost(kept[2], adapter="sqlserver")), 1)

    def test_constraints_become_promises(self) -> None:
        orders = model("orders", TYPES, constraints=[
            {"type": "primary_key", "columns": ["id"]}, {"type": "check", "expression": "amount >= 5"},
            {"type": "foreign_key", "columns": ["id"], "to": '"shop"."main"."customers"', "to_columns": ["customer_id"]},
            {"type": "custom", "expression": "cluster by (id)"}, {"type": "unique", "columns": ["customer_id", "status"]}])
        orders["columns"]["amount"]["constraints"] = [{"type": "not_null"}]
        report = self.bring(manifest(models=[orders, model("customers", {"customer_id": "bigint"})]))
        self.assertEqual([item.what for item in report.of("lost") if item.kind == "constraint"], ["custom of orders"])
        self.assertEqual(len(self.broken()), 3, self.broken())

    def test_versions_that_are_old_or_new_are_told(self) -> None:
        with self.assertRaisesRegex(ts.MisuseError, "older than 9"):
            self.bring(manifest(version=8))
        for version in (9, 10, 11, 12):
            self.assertNotIn("newer", " ".join(self.bring(manifest(version=version)).notes))
        self.assertIn("newer than 12", " ".join(self.bring(manifest(version=20)).notes))
        odd = manifest(version=20)
        odd["nodes"] |= {"a": 1, "b": {"resource_type": "model"}, "c": {"resource_type": "test", "unique_id": "c", "config": []}}
        odd["nodes"]["model.shop.orders"] |= {"columns": {"id": None, "x": {"name": 3}}, "meta": [], "tags": "ml", "config": None}
        odd["semantic_models"] = {"a": {"depends_on": {"nodes": ["model.shop.orders"]}, "entities": [3], "dimensions": None}}
        self.bring(odd, force=True)

    def test_what_is_no_manifest_is_refused(self) -> None:
        for text in ["", "[]", "{}", '{"nodes": {}}', "[" * 100_000, '{"nodes": {}, "metadata": {"dbt_schema_version": "x"}}']:
            (self.root / "m.json").write_text(text)
            with self.assertRaises(ts.MisuseError, msg=text[:50]):
                import_dbt(self.root / "m.json", self.root)
        with self.assertRaises(ts.NotFoundError):
            import_dbt(self.root / "none.json", self.root)

    def test_nothing_that_somebody_wrote_is_replaced_and_a_second_import_changes_nothing(self) -> None:
        document = manifest(check("not_null", "id"), semantic_models=SEMANTIC)
        files = [self.root / name for name in self.bring(document).files]
        before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}
        self.bring(document)
        self.assertEqual({path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before}, before)
        contract = self.root / "contracts" / "orders.odcs.yaml"
        contract.write_text(contract.read_text() + "# mine\n")
        changed = copy.deepcopy(document)
        changed["nodes"]["model.shop.customers"]["description"] = "Another."
        with self.assertRaises(ts.ConflictError):
            self.bring(changed)
        self.assertNotIn("Another", (self.root / "contracts" / "customers.odcs.yaml").read_text())

    def test_what_is_missing_is_told_with_what_to_do(self) -> None:
        orders = model("orders", {**TYPES, "blob": "json"}, config={"materialized": "table"})
        report = self.bring(manifest(models=[orders]))
        told = {(item.kind, item.what): item for item in report.of("lost")}
        self.assertIn("--data", told["source", "orders"].help or "")
        self.assertIn("no counterpart", told["column", "blob"].text)
        self.assertFalse((self.root / "definitions").exists())
        report = self.bring(manifest(models=[orders]), data=self.root / "exports")
        told = {(item.kind, item.what): item for item in report.of("lost")}
        self.assertIn("event_time: COLUMN", told["view", "orders"].help or "")
        self.assertIn("path: exports/orders.parquet", (self.root / "definitions" / "source_orders.yaml").read_text())

    def test_names_tags_and_hints(self) -> None:
        hints = {"entities": {"Customer": "customer_id"}, "event_time": "ordered_at", "known_after": "1h", "features": ["status"]}
        orders = model("stg_shop__Orders", TYPES, meta={"tallystick": hints}, config={"materialized": "external", "location": "data/orders.csv"})
        document = manifest(models=[orders, model("other", {"id": "bigint"}, tags=["else"])])
        report = self.bring(document, tags=["ml"])
        self.assertEqual(sorted(report.files), [
            "contracts/stg_shop_orders.odcs.yaml", "definitions/entity_customer.yaml", "definitions/source_stg_shop_orders.yaml",
            "definitions/view_stg_shop_orders.yaml", "tally.yaml"])
        self.assertIn("knownAfter: 1h", (self.root / "definitions" / "source_stg_shop_orders.yaml").read_text())
        with self.assertRaisesRegex(ts.NotFoundError, "there are else, ml"):
            self.bring(document, tags=["nothing"])
        with self.assertRaises(ts.NotFoundError):
            self.bring(document, names=["nothing"])

    def test_the_command_tells_by_its_status(self) -> None:
        document = manifest(check("is_even", "id"))
        self.bring(document, write=False)
        self.assertFalse((self.root / "tally.yaml").exists())
        place, folder = str(self.root / "target" / "manifest.json"), str(self.root)

        def call(*arguments: str) -> tuple[int, str, str]:
            out, error = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
                try:
                    status = main(list(arguments))
                except SystemExit as ended:
                    status = int(str(ended.code))
            return status, out.getvalue(), error.getvalue()

        self.assertEqual(call(place, "-C", folder)[0], 0)
        status, out, _ = call(place, "-C", folder, "--strict", "--format", "json", "--report", folder + "/report.json")
        self.assertEqual((status, json.loads(out)), (1, json.loads((self.root / "report.json").read_text())))
        self.assertEqual(json.loads(out)["counts"]["lost"], 3)
        self.assertEqual(call("none.json")[0], 2)
        self.assertEqual(call(place, "-C", folder, "--tag", "none")[0], 2)
        self.assertEqual(call()[0], 2)
        (self.root / "tally.yaml").unlink()
        (self.root / "contracts" / "orders.odcs.yaml").write_text("mine")
        status, _, error = call(place, "-C", folder)
        self.assertEqual(status, 4)
        self.assertIn("error[E-conflict]", error)


if __name__ == "__main__":
    unittest.main()
