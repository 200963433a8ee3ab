# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The stores for Feast, named in a `feature_store.yaml`, with Feast itself where it is installed."""

import asyncio
import datetime
import importlib.util
import unittest
import warnings
from typing import Any

import tallystick as ts
from feast_shop import DAY, HOUR, NOON, STRUCT, UTC, Repository, spine

HAS = all(importlib.util.find_spec(name) for name in ("feast", "pyarrow", "pandas"))


class Case(unittest.TestCase):
    repository: Repository
    options: dict = {}

    @classmethod
    def setUpClass(cls) -> None:
        cls._quiet = warnings.catch_warnings()
        cls._quiet.__enter__()
        # Feast warns of its own, and so do the libraries that it brings.
        warnings.simplefilter("ignore")
        cls.repository = Repository(**cls.options)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.repository.close()
        cls._quiet.__exit__(None, None, None)


@unittest.skipUnless(HAS, "feast, pyarrow or pandas is not installed")
class Offline(Case):
    def test_every_row_comes_back_once_and_in_order(self) -> None:
        rows = [(9, NOON), (3, NOON), (1, NOON + HOUR), (1, NOON), (1, NOON), (2, NOON), (4, NOON), (1, NOON - HOUR)]
        job = self.repository.train(spine(*rows), ["sales:price", "sales:sold", "weather:rain", "basket:total"])
        made = job.to_arrow()
        self.assertEqual(made.column_names, ["shop", "event_timestamp", "amount", "price", "sold", "rain", "total"])
        self.assertEqual(made["shop"].to_pylist(), [row[0] for row in rows])
        self.assertEqual(made["price"].to_pylist(), [None, None, 2.5, 1.5, 1.5, 3.5, None, None])
        # Integers stay integers, and of a tie the row that was created last is taken.
        self.assertEqual(
            (str(made["sold"].type), made["sold"].to_pylist()), ("int64", [None, None, 20, 10, 10, None, None, None]))
        self.assertEqual(made["rain"].to_pylist(), [2.0] * 7 + [1.0])
        self.assertEqual(made["total"].to_pylist(), [None, None, 5.0, 3.0, 3.0, 7.0, None, None])
        self.assertEqual(len(job.to_df()), len(rows))
        self.assertEqual(sorted(job.metadata.keys), ["amount", "shop"])
        self.assertEqual(job.metadata.min_event_timestamp, NOON - HOUR)

    def test_both_edges_of_the_ttl_count(self) -> None:
        edge = NOON + HOUR + 2 * DAY
        rows = spine((1, edge), (1, edge + datetime.timedelta(microseconds=1)))
        made = self.repository.train(rows, ["sales:price"]).to_arrow()
        self.assertEqual(made["price"].to_pylist(), [2.5, None])

    def test_values_of_every_type_come_back_as_the_file_has_them(self) -> None:
        made = self.repository.train(
            spine((1, NOON + DAY), (4, NOON + DAY), (9, NOON)), ["trees:tree", "sales:sold"],
            full_feature_names=True).to_arrow()
        self.assertEqual(made["trees__tree"].to_pylist(), [STRUCT, STRUCT, None])
        self.assertEqual(made["sales__sold"].to_pylist(), [20, 2 ** 53 + 1, None])

    def test_views_under_other_names_and_keys(self) -> None:
        import pandas
        from feast import FeatureService

        service = FeatureService(name="pair", features=[
            self.repository.sales[["price"]].with_name("here").with_join_key_map({"shop": "home"}),
            self.repository.sales[["price"]].with_name("there").with_join_key_map({"shop": "away"})])
        self.repository.store.apply([service])
        frame = pandas.DataFrame({"home": [1, 2], "away": [2, 9], "event_timestamp": [NOON] * 2})
        made = self.repository.train(frame, service, full_feature_names=True).to_arrow()
        self.assertEqual(made["here__price"].to_pylist(), [1.5, 3.5])
        self.assertEqual(made["there__price"].to_pylist(), [3.5, None])

    def test_a_call_can_leave_out_what_was_created_later(self) -> None:
        rows = spine((1, NOON + HOUR), (2, NOON), (2, NOON + HOUR))
        made = self.repository.train(rows, ["sales:price"], filter_by_created_timestamp=True).to_arrow()
        self.assertEqual(made["price"].to_pylist(), [1.5, 4.5, 3.5])

    def test_entities_as_sql_and_as_a_range_of_time(self) -> None:
        made = self.repository.train(
            'SELECT 1 AS shop, "at" AS event_timestamp FROM \'sales.parquet\' WHERE shop = 1', ["sales:price"])
        self.assertEqual(made.to_arrow()["price"].to_pylist(), [1.5, 2.5])
        made = self.repository.train(None, ["sales:price"], start_date=NOON, end_date=NOON + HOUR).to_arrow()
        self.assertEqual(
            sorted(zip(made["shop"].to_pylist(), made["event_timestamp"].to_pylist(), made["price"].to_pylist())),
            [(1, NOON, 1.5), (1, NOON + HOUR, 2.5), (2, NOON, 3.5)])

    def test_what_cannot_be_told_is_refused(self) -> None:
        import pandas
        from feast.errors import FeastEntityDFMissingColumnsError

        train = self.repository.train
        twice = spine((1, NOON))
        twice["price"] = 0.0
        for rows, features, options, error, words in [
            (twice, ["sales:price"], {}, ts.MisuseError, "two columns 'price'"),
            (
                spine((1, None), (1, NOON)), ["sales:price"], {}, ts.DataError,
                "1 rows of the entities have no 'event_timestamp'"),
            (spine(("1", NOON)), ["sales:price"], {}, ts.DataError, "a key of feature view 'sales' is int64"),
            (spine((1.5, NOON)), ["sales:price"], {}, ts.DataError, "a key of feature view 'sales' is int64"),
            ("SELEKT", ["sales:price"], {}, ts.MisuseError, "DuckDB does not run"),
            (
                pandas.DataFrame({"shop": [1, "a"], "event_timestamp": [NOON] * 2}), ["sales:price"], {},
                ts.MisuseError, "no table"),
            (
                pandas.DataFrame({"event_timestamp": [NOON]}), ["sales:price"], {}, FeastEntityDFMissingColumnsError,
                "shop"),
            (None, ["sales:price", "weather:rain"], {"end_date": NOON}, ts.MisuseError, "same join keys"),
        ]:
            with self.subTest(words), self.assertRaisesRegex(error, words):
                train(rows, features, **options).to_arrow()
        with self.assertRaisesRegex(ts.MisuseError, "no timeout"):
            train(spine((1, NOON)), ["sales:price"]).to_arrow(timeout=3)

    def test_sources_that_are_no_parquet_files_are_refused(self) -> None:
        from feast import FileSource
        from feast.data_format import DeltaFormat
        from tallystick.feast import OfflineStore

        config = self.repository.store.config
        for source, words in [
            (FileSource(path="gs://bucket/x.parquet"), "gs://"),
            (FileSource(path="x", file_format=DeltaFormat()), "DeltaFormat"),
            (FileSource(path="none.parquet"), "no files"), (object(), "a object"),
            (FileSource(path="registry.db"), "cannot be read"),
        ]:
            with self.subTest(words), self.assertRaisesRegex(ts.TallyError, words):
                OfflineStore.pull_all_from_table_or_query(config, source, ["shop"], ["price"], "at").to_arrow()

    def test_what_is_pulled(self) -> None:
        from tallystick.feast import OfflineStore

        config, source = self.repository.store.config, self.repository.trees.batch_source
        latest = OfflineStore.pull_latest_from_table_or_query(
            config, source, ["shop"], ["sold", "tree_raw"], "at", "made", NOON, NOON + HOUR).to_arrow()
        self.assertEqual(
            sorted(zip(latest["shop"].to_pylist(), latest["at"].to_pylist())), [(1, NOON + HOUR), (2, NOON)])
        self.assertEqual(dict(zip(latest["shop"].to_pylist(), latest["sold"].to_pylist())), {1: 20, 2: None})
        every = OfflineStore.pull_all_from_table_or_query(
            config, source, ["shop"], ["sold"], "at", None, NOON, NOON + HOUR)
        self.assertEqual(every.to_arrow().to_pydict()["sold"], [10, 20, None, 40])
        nothing = OfflineStore.pull_latest_from_table_or_query(
            config, source, ["shop"], ["sold"], "at", "made", NOON + 9 * DAY, NOON + 10 * DAY).to_arrow()
        self.assertEqual((len(nothing), nothing.column_names), (0, ["shop", "sold", "at", "made"]))

    def test_a_saved_data_set_holds_what_was_asked_and_nothing_older(self) -> None:
        from feast.errors import SavedDatasetLocationAlreadyExists
        from feast.infra.offline_stores.file_source import SavedDatasetFileStorage

        store = self.repository.store
        for place in ("set.parquet", "sets"):
            storage = SavedDatasetFileStorage(path=str(self.repository.root / place))
            for shop in (1, 2):
                saved = store.create_saved_dataset(
                    self.repository.train(spine((shop, NOON)), ["sales:price", "basket:total"]), f"d{place[:3]}",
                    storage,
                    allow_overwrite=shop == 2)
                self.assertEqual(saved.to_arrow()["shop"].to_pylist(), [shop])
            with self.assertRaises(SavedDatasetLocationAlreadyExists):
                self.repository.train(spine((1, NOON)), ["sales:price"]).persist(storage)
        self.assertEqual([path.name for path in self.repository.root.iterdir() if path.name.startswith(".")], [])


@unittest.skipUnless(HAS, "feast, pyarrow or pandas is not installed")
class Known(Case):
    options = {"offline": ", created: known"}

    def test_created_times_hide_rows_where_the_repository_says_so(self) -> None:
        made = self.repository.train(spine((1, NOON + HOUR), (1, NOON + DAY)), ["sales:price"]).to_arrow()
        self.assertEqual(made["price"].to_pylist(), [1.5, 2.5])

    def test_rows_are_added_to_files_and_folders(self) -> None:
        import pandas
        import pyarrow.parquet
        from tallystick.feast import OfflineStore

        store = self.repository.store
        for shop, view in ((7, "sales"), (8, "trees")):
            store.write_to_offline_store(view, pandas.DataFrame({
                "tree_raw": [STRUCT], "shop": [shop], "at": [NOON], "made": [NOON], "price": [7.5], "sold": [None]}))
        made = self.repository.train(spine((7, NOON), (8, NOON), (1, NOON)), ["sales:price", "trees:tree"]).to_arrow()
        self.assertEqual((made["price"].to_pylist(), made["tree"].to_pylist()), ([7.5, 7.5, 1.5], [STRUCT] * 3))
        self.assertEqual([path.name for path in self.repository.root.iterdir() if path.name.startswith(".")], [])
        rain = pyarrow.table({"at": pyarrow.array([NOON + HOUR], pyarrow.timestamp("us", "UTC")), "rain": [3.0]})
        OfflineStore.offline_write_batch(store.config, self.repository.weather, rain, None)
        made = self.repository.train(spine((7, NOON), (7, NOON + HOUR)), ["weather:rain"]).to_arrow()
        self.assertEqual(made["rain"].to_pylist(), [2.0, 3.0])
        sales = pyarrow.parquet.read_table(self.repository.root / "sales.parquet")
        for tree in ({"a": 1, "b": ["x"], "c": 2}, {"a": "one", "b": None}):
            wider = sales.slice(0, 1).set_column(5, "tree_raw", pyarrow.array([tree]))
            with self.subTest(tree), self.assertRaisesRegex(
                    ts.DataError, "do not fit the files of feature view 'trees'"):
                OfflineStore.offline_write_batch(store.config, self.repository.trees, wider, None)
        self.assertEqual(pyarrow.parquet.read_table(self.repository.root / "sales.parquet"), sales)
        with self.assertRaisesRegex(ValueError, "expected to be, in this exact order"):
            OfflineStore.offline_write_batch(store.config, self.repository.weather, rain.select(["rain", "at"]), None)


@unittest.skipUnless(HAS, "feast, pyarrow or pandas is not installed")
class Online(Case):
    def setUp(self) -> None:
        self.repository.store.apply([self.repository.sales, self.repository.costs])

    def tearDown(self) -> None:
        # Each test has values of its own.
        store = self.repository.store
        store._get_provider().online_store.teardown(
            store.config, [self.repository.sales, self.repository.costs, self.repository.weather], [])

    def test_what_is_materialized_is_read(self) -> None:
        store = self.repository.store
        store.materialize(NOON - DAY, NOON + 3 * DAY)
        read = self.repository.read(1, 2, 3, 4, 1)
        self.assertEqual(read["price"], [2.5, 3.5, None, 6.5, 2.5])
        # Feast's own engine makes floats of integers, as one is null.
        self.assertEqual(read["sold"], [20, None, None, 2 ** 53, 20])
        self.assertEqual(self.repository.read(9, features=("weather:rain",))["rain"], [2.0])
        self.assertEqual(self.repository.read(1, features=("costs:cost",))["cost"], [2.5])
        answer = store.get_online_features(
            ["sales:price", "basket:total"], [{"shop": 1, "amount": 3}, {"shop": 9, "amount": 3}])
        self.assertEqual(answer.to_dict()["total"], [7.5, None])
        times = answer.to_dict(include_event_timestamps=True)["price__ts"]
        self.assertEqual(times[0], int((NOON + HOUR).timestamp()))

    def test_an_older_push_never_replaces_a_newer_one(self) -> None:
        self.repository.push(1, NOON + HOUR, 5.0)
        self.repository.push(1, NOON, 1.0)
        self.assertEqual(self.repository.read(1)["price"], [5.0])
        self.repository.push(1, NOON + HOUR, 6.0, made=NOON + DAY)
        self.repository.push(1, NOON + HOUR, 4.0)
        self.assertEqual(self.repository.read(1)["price"], [6.0])
        self.repository.push(1, datetime.datetime.now(UTC) + DAY, 9.0)
        self.assertEqual(self.repository.read(1)["price"], [6.0])

    def test_views_that_go_take_their_values_with_them(self) -> None:
        self.repository.push(1, NOON, 1.0)
        store = self.repository.store
        online, config = store._get_provider().online_store, store.config
        online.update(config, [self.repository.sales], [], [], [], False)
        self.assertEqual(self.repository.read(1)["price"], [None])
        online.update(config, [], [self.repository.sales], [], [], False)
        self.assertEqual(self.repository.read(1)["price"], [None])

    def test_rows_and_keys_that_cannot_be_kept_are_refused_as_a_whole(self) -> None:
        from feast.protos.feast.types.EntityKey_pb2 import EntityKey
        from feast.protos.feast.types.Value_pb2 import Value

        store, view = self.repository.store, self.repository.sales
        online, config = store._get_provider().online_store, store.config
        whole = {"price": Value(double_val=1.0), "sold": Value()}

        def key(value: Any) -> Any:
            return EntityKey(join_keys=["shop"], entity_values=[value])

        good = (key(Value(int64_val=5)), whole, NOON, None)
        for entity, values, words in [
            (key(Value()), whole, "no value for its join key"),
            (key(Value(double_val=1.5)), whole, "'shop' is double_val"),
            (key(Value(int64_val=6)), {"price": Value(double_val=1.0)}, "has no 'sold'"),
        ]:
            with self.subTest(words), self.assertRaisesRegex(ts.MisuseError, words):
                online.online_write_batch(config, view, [good, (entity, values, NOON, None)], None)
        self.assertEqual(online.online_read(config, view, [key(Value(int64_val=5)), key(Value())]), [(None, None)] * 2)
        told: list = []
        online.online_write_batch(config, view, [good], told.append)
        self.assertEqual(told, [1])
        [(moment, values)] = online.online_read(config, view, [good[0]], ["price"])
        self.assertEqual((moment, values), (NOON, {"price": Value(double_val=1.0)}))

    def test_reads_and_writes_without_waiting(self) -> None:
        import pandas

        async def both() -> Any:
            store = self.repository.store
            await store.push_async("pushed", pandas.DataFrame({
                "shop": [1], "at": [NOON], "made": [NOON], "price": [8.0], "sold": [1]}))
            return await store.get_online_features_async(["sales:price"], [{"shop": 1}])

        self.assertEqual(asyncio.run(both()).to_dict()["price"], [8.0])


@unittest.skipUnless(HAS, "feast, pyarrow or pandas is not installed")
class Enforced(Case):
    options = {"online": ", ttl: enforce"}

    def test_a_value_that_is_too_old_is_not_served_where_the_repository_says_so(self) -> None:
        now = datetime.datetime.now(UTC)
        self.repository.push(1, now - HOUR, 1.0)
        self.repository.push(2, now - 3 * DAY, 2.0)
        self.assertEqual(self.repository.read(1, 2)["price"], [1.0, None])


@unittest.skipUnless(HAS, "feast, pyarrow or pandas is not installed")
class Remote(Case):
    def test_the_remote_online_client_of_feast_reads_from_a_server(self) -> None:
        import tallystick.feast
        from feast import FeatureService, FeatureStore
        from server import Server

        root = self.repository.root
        self.repository.store.apply(
            [FeatureService(name="model", features=[self.repository.costs, self.repository.sales])])
        made = tallystick.feast.read(root, root / "ours", registry=True)
        self.assertEqual(made.check.errors, [])
        with ts.open(root / "ours") as store:
            store.apply()
            store.materialize()
        server = Server(root / "ours")
        self.addCleanup(server.close)
        yaml = (root / "feature_store.yaml").read_text()
        self.addCleanup((root / "feature_store.yaml").write_text, yaml)
        (root / "feature_store.yaml").write_text(
            f"project: shop\nregistry: registry.db\nprovider: local\n"
            f"online_store: {{type: remote, path: '{server.url}'}}\nentity_key_serialization_version: 3\n")
        remote = FeatureStore(str(root))
        for features in (["sales:price", "costs:cost"], remote.get_feature_service("model")):
            read = remote.get_online_features(features, [{"shop": 4}, {"shop": 9}]).to_dict()
            # What is older than its ttl is not served.
            self.assertEqual((read["shop"], read["cost"], read["price"]), ([4, 9], [6.5, None], [None, None]))
        read = remote.get_online_features(["costs:cost"], [{"shop": 1}], full_feature_names=True).to_dict()
        self.assertEqual(read["costs__cost"], [2.5])
        with self.assertRaisesRegex(RuntimeError, "other.*is neither a join key nor a request input"):
            remote.get_online_features(["costs:cost"], [{"shop": 1, "other": 2}])


if __name__ == "__main__":
    unittest.main()
