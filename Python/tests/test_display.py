# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Results as text and as HTML: what is there is shown, and nothing of it is acted on."""

import html.parser
import unittest
from typing import Optional

import tallystick as ts
from shop import Shop
from tallystick._display import MOST_LINES, MOST_ROWS, diff, escaped, table

EVIL = '<script>alert("1")</script><img src=x onerror=alert(1)>\'"&\u202e\x1b[31m'


class Reader(html.parser.HTMLParser):
    """What a browser would see: elements, their attributes, and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, Optional[str]]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, Optional[str]]]) -> None:
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.text += data


ELEMENTS = {
    "div", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "pre", "span", "svg", "g", "title", "rect", "text",
    "path",
}


class DisplayTests(unittest.TestCase):
    def read(self, shown: str) -> Reader:
        seen = Reader(shown)
        self.assertEqual(seen.open, [], "every element is closed")
        self.assertLessEqual(seen.elements, ELEMENTS)
        self.assertFalse({name for name in seen.attributes if name.startswith("on") or name in ("src", "href")})
        self.assertNotIn("\x1b", shown)
        self.assertNotIn("\u202e", shown)
        return seen

    def test_a_whole_repository_is_shown(self) -> None:
        shop = Shop()
        self.addCleanup(shop.close)
        with ts.open(shop.root, threads=1) as store:
            check = store.check()
            self.read(check._repr_html_())
            plan = store.plan()
            seen = self.read(plan._repr_html_())
            self.assertIn("+ FeatureView last_order  (needs a fill)", seen.text)
            self.assertIn("+ FeatureView last_order", repr(plan))
            self.assertEqual(ts.lineage(plan).edges, [
                (("entity", "user"), ("view", "last_order")), (("source", "orders"), ("view", "last_order")),
                (("view", "last_order"), ("service", "model"))])
            store.apply()
            self.assertEqual(repr(store.plan()), "Plan for shop: no changes")
            self.read(store.plan()._repr_html_())
            store.materialize()
            vectors = store.get("model", {"user_id": [2, 7]}, {"factor": [1.0, 1.0]})
            seen = self.read(vectors._repr_html_())
            self.assertIn("release 1 of model", seen.text)
            self.assertIn("notFound", seen.text)
            made = store.train("model", shop.root / "spine.csv", shop.root / "train.csv")
            seen = self.read(made._repr_html_())
            self.assertIn("3 rows of model", seen.text)
            self.assertIn(made.identity, seen.text)
            shop.write("orders/2.csv", "user_id,at,total\n1,2024-01-01T13:00:00Z,-7\n")
            shop.write("contracts/orders.odcs.yaml", (
                shop.root / "contracts/orders.odcs.yaml").read_text().replace("minimum: 0", "minimum: 5"))
            seen = self.read(store.plan()._repr_html_())
            self.assertIn("a range admits less", seen.text)
            self.assertIn("backward: no, forward: yes", seen.text)
            found = store.verify("orders")
            self.assertIn("broken  orders.total.range", repr(found))
            seen = self.read(found._repr_html_())
            self.assertLess(seen.text.index("orders.total.range"), seen.text.index("orders.total.present"))
            shop.write("definitions/more.yaml", "kind: Entity\nname: 7\n")
            self.assertIn("error[T", repr(store.check()))
            self.assertIn("is not a name", self.read(store.check()._repr_html_()).text)

    def test_markup_in_data_is_text(self) -> None:
        check = ts.Check({
            "diagnostics": [{
                "file": EVIL, "line": 1, "column": 1, "severity": EVIL, "code": EVIL, "message": EVIL, "help": EVIL}],
            "unreadable": [EVIL], "unproven": [EVIL], "notes": []})
        vectors = ts.Vectors({
            "release": {"service": EVIL, "number": EVIL}, "time": EVIL, "eventTimes": [[None]], "receipt": {},
            "columns": [{"name": EVIL, "type": "string", "times": 0, "statuses": [EVIL, "present"], "values": [EVIL, EVIL]}]})
        finding = {
            "id": EVIL, "verdict": EVIL, "severity": EVIL, "promised": EVIL, "observed": EVIL,
            "evidence": {"firstRows": [EVIL]}}
        plan = ts.Plan({
            "project": EVIL,
            "changes": [{
                "action": "changed", "kind": "Source", "name": EVIL, "effect": EVIL, "needsBackfill": True,
                "causes": [{"name": EVIL}], "fields": [{"path": [EVIL], "old": EVIL, "new": EVIL}],
                "dependents": [{"kind": "FeatureView", "name": EVIL}]}],
            "contracts": []})
        lineage = ts.Lineage([("view", EVIL)], [(("source", EVIL), ("view", EVIL))])
        for shown_html in [
            check._repr_html_(), vectors._repr_html_(), ts.Verification({"tables": [{"findings": [finding]}]})._repr_html_(),
            plan._repr_html_(), lineage._repr_html_(),
        ]:
            self.assertIn('<script>alert("1")', self.read(shown_html).text)
        self.assertEqual(escaped("a\x00\u2066\ud800\n"), "a\\u{0}\\u{2066}\\u{d800}\n")

    def test_a_long_table_is_cut_and_says_so(self) -> None:
        self.assertIn("2 more lines", self.read(diff([("+", "a")] * (MOST_LINES + 2))).text)
        self.assertIn("3 more", self.read(table(["a"], [[n] for n in range(MOST_ROWS + 3)])).text)

    def test_definitions_have_a_lineage(self) -> None:
        contract = ts.Contract("orders", version="1.0.0", name="All orders", tables=[{"name": "orders"}])
        source = ts.Source("orders", path="a.csv", contract=contract)
        view = ts.FeatureView("v", entities=["user"], source=source, features=[ts.Feature("a", "int64")])
        service = ts.FeatureService(
            "s", features=[ts.Selection(view, ["a"])], label=ts.Label(source="outcomes", keys=["k"], column="c"))
        found = ts.lineage(service)
        self.assertEqual(found.edges, [
            (("contract", "orders"), ("source", "orders")), (("entity", "user"), ("view", "v")),
            (("source", "orders"), ("view", "v")), (("source", "outcomes"), ("service", "s")),
            (("view", "v"), ("service", "s"))])
        self.assertEqual(repr(ts.lineage([service, view])), repr(found))
        self.assertIn("entities: [user]", self.read(view._repr_html_()).text)
        self.assertEqual(self.read(found.svg()).text.count("orders"), 4)
        for nothing in (7, [7]):
            with self.assertRaises(ts.MisuseError):
                ts.lineage(nothing)  # type: ignore[arg-type]


if __name__ == "__main__":
    unittest.main()
