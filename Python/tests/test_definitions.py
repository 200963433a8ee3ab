# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Definitions as objects: what is saved is what a store reads."""

import csv
import datetime
import os
import pickle
import random
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import tallystick as ts
from tallystick import _yaml

ORDERS = "user_id,at,total,email\n1,2024-01-01T10:00:00Z,10,a@b.example\n2,2024-01-01T10:30:00Z,5,\n"
SIGNS = (
    "abz09 .,:;-_#&*!|>'\"%@`=<~?[]{}()\\/\n\t\r\x00\x01\x1b\x7f\x85\xa0\u2028\u2029\u200b\u0301\ufeff\ufffd\uffff"
    "éßИ漢🦉𐀀")
WORDS = [
    "yes", "No", "null", "~", "true", "0x1F", "0o17", "1e3", "1_000", ".5", "-.inf", ".NaN", "2024-01-01", "12:30", "1:30:00",
    "2024-01-01T10:00:00Z", "- a", "a: b", "a:", "a #b", "#a", "...", "---", "--- a", "? a", "<<", "=", "[a]", "{a: b}", "a, b",
    "%a", "@a", "`a`", "!a", "&a", "*a", "|", ">", "'a'", '"a"', "a\nb", "a\nb\n", "a\n\nb", "a\n---\nb",
    " a\nb", "a\n b", "a\n \nb",
    "a\\b", "a ", " a", "\ta", "a\tb", "a\r\nb", "+1", "-1", "1.", "0", "00", "é", "e\u0301", "x" * 3000, "a\n\n", "x\u2028y",
]


def shop() -> list[ts.Definition]:
    """A repository with every kind and every field."""
    user = ts.Entity("user", join_keys={"user_id": "int64"}, description="Who: buys", owner="shop", tags={"domain": "no"})
    contract = ts.Contract(
        "orders", version="1.0.0", owner="shop", purpose="Features.", on_violation={"error": "block", "warning": "warn"},
        compatibility="NONE", freshness={"orders.at": datetime.timedelta(days=100_000)},
        tables=[
            ts.ContractTable(
                "orders", event_time="at", entities={"user": ["user_id"]}, extra_columns="allow",
                max_future_skew="1h", row_count={"mustBeGreaterThan": 0}, unique=["user_id", "at"],
                expressions={"whole": "total >= 0"},
                columns=[
                    ts.ContractColumn("user_id", "int64", promise=ts.Promise(required=True)),
                    ts.ContractColumn("at", "timestamp", promise=ts.Promise(required=True)),
                    ts.ContractColumn(
                        "total", "int64", unit="EUR",
                        promise=ts.Promise(minimum=0, maximum=100, otherwise="quarantine", up_to="1%")),
                    ts.ContractColumn(
                        "email", "string", classification="private", description="Where: to write.",
                        promise=ts.Promise(format="email", nulls_at_most=0.57, max_length=100)),
                ])
        ])
    orders = ts.Source(
        "orders", path="orders/*.csv", event_time="at", known_after=datetime.timedelta(minutes=5), time_zone="Europe/Berlin",
        nulls=["NA", "null", "~"], trim=True, decimal=".", delimiter=",", encoding="utf-8", first_seen="declared",
        contract=contract)
    counted = ts.Source(
        "counted", query="SELECT user_id, count(*) AS orders,\n  max(\"at\") AS at\nFROM 'orders/1.csv'\nGROUP BY ALL",
        columns=[ts.Column("user_id", "int64"), ts.Column("orders", "int64"), ts.Column("at", "timestamp")],
        event_time="at")
    days = ts.Source(
        "days", path="days.csv", format="csv", event_time=ts.TimeColumn("day", "yyyyMMdd"), known_time="seen",
        columns={"user_id": "int64", "day": "date", "seen": "timestamp", "Größe: m": "float64"})
    last = ts.FeatureView(
        "last_order", entities=[user], source=orders, time_to_live="30d", owner="shop",
        promise=ts.ViewPromise(freshness="100000d", row_count={"mustBeBetween": (1, 100)}, unique=["user_id", "at"],
                               expression=["total >= 0", "true"], severity="warning"),
        features=[
            ts.Feature("total", "int64", unit="EUR", promise=ts.Promise(
                minimum=0, exclusive_maximum=1000, multiple_of=1, nulls_at_most="10%", otherwise="serveDefault", default=0)),
            ts.Feature("half", "float64", expression="total / 2", strict=True, tags={"a": "1"},
                       promise=ts.Promise(nan="reject", infinity="null", severity="warning", otherwise="warn")),
            ts.Feature("email", "string", promise=ts.Promise(pattern="^[^@]+@", min_length=3, enum=["a@b.example", "no"])),
            ts.Feature("at", "timestamp", promise=ts.Promise(
                minimum=datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc))),
        ])
    counts = ts.FeatureView("counts", entities=["user"], source=counted, features=[ts.Feature("orders", "int64")], owner="x")
    sizes = ts.FeatureView(
        "sizes", entities=["user"], source=days, features=[ts.Feature("size", "float64", expression='"Größe: m"')], owner="x")
    service = ts.FeatureService(
        "model", owner="model", request={"factor": "float64", "Some input": "string"},
        features=[last, ts.Selection(counts, [ts.Selected("orders", "all_orders")]), ts.Selection("sizes", ["size"])],
        on_demand=[ts.Feature("scaled", "float64", expression="total * factor")],
        label=ts.Label(source="orders", keys=["user_id"], column="total", maturity="6h", unripe="flag", alias="next_total"))
    return [ts.Project("shop", registry="sqlite:.tally/registry.db", readable=["extra"]), service, sizes]


class DefinitionTests(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="tallystick-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name, text in [("orders/1.csv", ORDERS), ("days.csv", "user_id,day,seen,Größe: m\n")]:
            (self.root / name).parent.mkdir(exist_ok=True)
            (self.root / name).write_text(text)

    def test_what_is_saved_is_read_without_a_finding(self) -> None:
        files = ts.save(shop(), self.root)
        self.assertEqual([file.relative_to(self.root).as_posix() for file in files], [
            "tally.yaml", "definitions/entity_user.yaml", "contracts/orders.odcs.yaml", "definitions/source_orders.yaml",
            "definitions/view_last_order.yaml", "definitions/source_counted.yaml", "definitions/view_counts.yaml",
            "definitions/service_model.yaml", "definitions/source_days.yaml", "definitions/view_sizes.yaml",
        ])
        with ts.open(self.root) as store:
            self.assertEqual(store.check().diagnostics, [])
            self.assertEqual(
                {(found["kind"], found["name"], found["owner"], found["description"]) for found in store.list()},
                {(made.kind, made.name, made.owner, made.description) for made in _all(shop()) if hasattr(made, "tags")})
            self.assertTrue(store.apply()["didCommit"])
            # The promises say what they were given, to the share.
            promised = {found["id"]: found for found in store.verify().findings}
            self.assertEqual(promised["orders.email.nullValues"]["verdict"], "kept")
            self.assertEqual(promised["orders.total.range"]["verdict"], "kept")
            self.assertEqual(store.materialize()["promoted"][0]["service"], "model")
            self.assertEqual(store.get("model", {"user_id": 1}, {"factor": 2.0, "Some input": "a"}).names, [
                "total", "half", "email", "at", "all_orders", "size", "scaled"])

    def test_random_texts_and_names_come_back(self) -> None:
        dice = random.Random(7)
        texts = [text for text in WORDS if text.strip()]
        while len(texts) < 130:
            text = "".join(dice.choice(SIGNS) for _ in range(dice.randrange(1, 12)))
            if text.strip(SIGNS[:5] + "\ufeff\t\n\r\x85\xa0\u2028\u2029\u200b\u0301\x00\x01\x1b\x7f") and text[0] != "\ufeff":
                texts.append(text)
        made = [
            ts.Entity(
                f"e{index}_{''.join(dice.choice('abcxyz0189') for _ in range(5))}", join_keys={text[:200]: "string"},
                description=text, owner=text, tags={text[:150]: text})
            for index, text in enumerate(texts)
        ]
        ts.save([ts.Project("law"), *made], self.root)
        with ts.open(self.root) as store:
            self.assertEqual(store.check().errors, [])
            found = {item["name"]: item for item in store.list("entity")}
        self.assertEqual(len(found), len(made))
        for entity in made:
            self.assertEqual(found[entity.name]["description"], entity.description, entity.yaml())
            self.assertEqual(found[entity.name]["owner"], entity.owner, entity.yaml())

    def test_numbers_come_back_through_a_promise(self) -> None:
        numbers = [0, -1, 1 << 53, (1 << 63) - 1, -(1 << 63), 0.1, -0.0, 1e300, 1e-300, 5e-324, 1e16, 123456789.125]
        view = ts.FeatureView(
            "v", entities=[ts.Entity("user", join_keys={"user_id": "int64"})],
            source=ts.Source("s", path="s.csv", columns={"user_id": "int64", "x": "float64"}), owner="o",
            features=[ts.Feature("x", "float64", promise=ts.Promise(enum=numbers))])
        ts.save([ts.Project("p"), view], self.root)
        (self.root / "s.csv").write_text("user_id,x\n" + "".join(f"1,{number!r}\n" for number in numbers))
        with ts.open(self.root) as store:
            self.assertEqual(store.check().errors, [])
            self.assertEqual(store.verify().broken, [])

    def test_texts_come_back_from_lists(self) -> None:
        self.promise_each(set())

    def test_texts_come_back_from_lists_of_one_line(self) -> None:
        with mock.patch.object(_yaml, "_WIDTH", 1 << 20):
            self.promise_each({"\n"})
        text = (self.root / "definitions/view_v.yaml").read_text()
        self.assertEqual(text.count("promise: {enum: ["), 2)

    def promise_each(self, without: set[str]) -> None:
        # What the file holds is what is promised, if and only if each text was read as it was meant.
        dice = random.Random(8)
        signs = [sign for sign in SIGNS if sign not in {"\0", "\r", "\ufeff", *without}]
        texts = {text for text in WORDS if not {"\r", *without} & set(text) and len(text) < 100}
        texts |= {"".join(dice.choice(signs) for _ in range(dice.randrange(1, 6))) for _ in range(150)}
        features = [
            ts.Feature(f"t{index}", "string", expression="text", promise=ts.Promise(enum=part))
            for index, part in enumerate([sorted(texts), [*sorted(texts)[1:], "not there"]])
        ]
        view = ts.FeatureView(
            "v", entities=[ts.Entity("user", join_keys={"user_id": "int64"})], owner="o", features=features,
            source=ts.Source("s", path="s.csv", columns={"user_id": "int64", "text": "string"}))
        ts.save([ts.Project("p"), view], self.root)
        with (self.root / "s.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["user_id", "text"], *([1, text] for text in sorted(texts))])
        with ts.open(self.root) as store:
            self.assertEqual(store.check().errors, [])
            found = {item["id"]: (item["verdict"], item["observed"]) for item in store.verify().findings}
        self.assertEqual(found["v.t0.enum"][0], "kept", found)
        self.assertEqual(found["v.t1.enum"][0], "broken", found)
        self.assertIn(f"1 of {len(texts)} values", found["v.t1.enum"][1])

    def test_a_save_loses_nobodys_work(self) -> None:
        user = ts.Entity("user", join_keys=[ts.Column("user_id", "int64")])
        with self.assertRaises(ts.NotFoundError):
            user.save(self.root)
        self.assertEqual(sorted(os.listdir(self.root)), ["days.csv", "orders"])
        path, = ts.save(ts.Project("p"), self.root)
        file, = user.save(self.root)
        before = file.stat()
        self.assertEqual(before.st_mode & 0o777, (self.root / "days.csv").stat().st_mode & 0o777)
        user.save(self.root)
        self.assertEqual(file.stat().st_mtime_ns, before.st_mtime_ns, "an equal file stays")
        other = ts.Entity("user", join_keys={"user_id": "int64"}, owner="somebody")
        other.save(self.root)
        self.assertIn("owner: somebody\n", file.read_text())
        edited = file.read_text() + "description: by hand\n"
        file.write_text(edited)
        more = ts.Entity("more", join_keys={"id": "int64"})
        with self.assertRaises(ts.ConflictError) as caught:
            ts.save([more, user], self.root)
        self.assertIn("was edited", caught.exception.message)
        self.assertEqual(file.read_text(), edited)
        self.assertFalse((self.root / more.file).exists(), "all or nothing")
        self.assertFalse([name for name in os.listdir(file.parent) if name.endswith(".tmp")])
        user.save(self.root, force=True)
        self.assertNotIn("by hand", file.read_text())
        # A file of somebody else, and a link to one that a save wrote.
        path.write_text("project: p\n")
        with self.assertRaises(ts.ConflictError):
            ts.save([ts.Project("q")], self.root)
        (self.root / more.file).symlink_to(file.name)
        with self.assertRaises(ts.ConflictError):
            more.save(self.root)
        with self.assertRaises(ts.MisuseError):
            ts.save([user, other], self.root)
        with self.assertRaises(ts.StorageError):
            ts.save([ts.Project("p"), user], self.root / "days.csv")

    def test_equal_definitions_give_equal_texts(self) -> None:
        self.assertEqual([made.yaml() for made in _all(shop())], [made.yaml() for made in _all(shop())])
        self.assertEqual(_all(shop()), _all(shop()))
        self.assertEqual(pickle.loads(pickle.dumps(_all(shop()))), _all(shop()))
        self.assertEqual(
            ts.Entity("airport", join_keys={"origin": "string"}, description="An airport: three letters").yaml(),
            'kind: Entity\nname: airport\njoinKeys: [{name: origin, type: string}]\n'
            'description: "An airport: three letters"\n')
        contract = ts.Contract("c", version="1.0.0", tables=[{"name": "t"}], freshness={"t.at": "5m"})
        self.assertEqual(
            contract.document()["slaProperties"],
            [{"property": "freshness", "value": 5, "unit": "min", "element": "t.at"}])
        for weeks, text in [(1, "7d"), (0.5 / 7, "12h"), (0, "0s")]:
            label = ts.Label(source="s", keys=["k"], column="c", maturity=datetime.timedelta(weeks=weeks))
            self.assertEqual(label.document()["maturity"], text)

    def test_wrong_values_are_told_at_once(self) -> None:
        key = {"user_id": "int64"}
        for words, make in [
            ("is not a name", lambda: ts.Entity("User", join_keys=key)),
            ("is not a name", lambda: ts.Entity("a__b", join_keys=key)),
            ("the list is empty", lambda: ts.Entity("user", join_keys=[])),
            ("'int' is not a type", lambda: ts.Entity("user", join_keys={"user_id": "int"})),
            ("no type of a key", lambda: ts.Entity("user", join_keys={"user_id": "float64"})),
            ("a list is expected", lambda: ts.Entity("user", join_keys="user_id")),  # type: ignore[arg-type]
            ("the text is blank", lambda: ts.Entity("user", join_keys=key, owner=" ")),
            ("either a path or a query", lambda: ts.Source("s")),
            ("either a path or a query", lambda: ts.Source("s", path="a.csv", query="SELECT 1")),
            ("exclude each other", lambda: ts.Source("s", path="a.csv", known_after="1h", known_time="t")),
            ("not a duration", lambda: ts.Source("s", path="a.csv", known_after="1 hour")),
            ("less than nothing", lambda: ts.Source("s", path="a.csv", known_after=datetime.timedelta(-1))),
            ("is none of", lambda: ts.Source("s", path="a.csv", encoding="utf8")),  # type: ignore[arg-type]
            ("no effect", lambda: ts.Feature("a", "int64", strict=True)),
            ("neither True nor False", lambda: ts.Feature("a", "int64", expression="b", strict=1)),  # type: ignore[arg-type]
            ("has no expression", lambda: ts.FeatureService("s", features=["v"], on_demand=[ts.Feature("a", "int64")])),
            ("stands twice", lambda: ts.FeatureService("s", features=["v", "v"])),
            ("is no feature", lambda: ts.FeatureView(
                "v", entities=["e"], source="s", features=["a"])),  # type: ignore[list-item]
            ("nothing is promised", lambda: ts.Promise()),
            ("needs a default", lambda: ts.Promise(minimum=0, otherwise="serveDefault")),
            ("is not a share", lambda: ts.Promise(nulls_at_most=1.5)),
            ("is not a share", lambda: ts.Promise(nulls_at_most="many%")),
            ("2 operators", lambda: ts.ViewPromise(row_count={"mustBe": 1, "mustBeLessThan": 2})),
            ("is no id", lambda: ts.Contract("../x", version="1.0.0", tables=[{}])),
            ("is no number", lambda: _promising(minimum=float("nan")).yaml()),
            ("no integer of 64 bits", lambda: _promising(minimum=1 << 63).yaml()),
            ("surrogate", lambda: ts.Entity("user", join_keys=key, owner="\ud800").yaml()),
            ("byte order mark", lambda: ts.Entity("user", join_keys=key, owner="\ufeffa").yaml()),
            ("has no zone", lambda: _promising(minimum=datetime.datetime(2024, 1, 1)).yaml()),
            ("is no definition", lambda: ts.save([1], self.root)),  # type: ignore[list-item]
        ]:
            with self.subTest(words), self.assertRaises(ts.MisuseError) as caught:
                make()
            self.assertIn(words, str(caught.exception))


def _promising(**promise: object) -> ts.FeatureView:
    made = ts.Promise(**promise)  # type: ignore[arg-type]
    return ts.FeatureView("v", entities=["e"], source="s", features=[ts.Feature("x", "int64", promise=made)])


def _all(definitions: list[ts.Definition]) -> list[ts.Definition]:
    found: list[ts.Definition] = []
    for definition in definitions:
        found += [part for part in _all([*definition.parts()]) if part not in found]
        found.append(definition)
    return found


if __name__ == "__main__":
    unittest.main()
