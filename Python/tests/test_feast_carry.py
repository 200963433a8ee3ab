# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""On-demand functions of Feast that are no expressions: carried as they are, and run as they were."""

import importlib.util
import textwrap
import unittest
from unittest import mock

import tallystick as ts
import tallystick.feast
from feasts import NOON, Planted, described
from tallystick.feast import _beside
from tallystick.feast._carry import NotCarried, carriable

MODULE = '''
from __future__ import annotations
import math
import re
import numpy as np
import helpers
from feast import Field
from .near import thing
LIMIT = 3
PATTERN = re.compile("a+")
MODEL = load("model.bin")

def capped(value):
    return min(value, LIMIT)

@on_demand_feature_view(sources=[sales], schema=[Field(name="o")])
def uses(inputs):
    """Goes row by row."""
    made = 0
    for word in PATTERN.findall(str(inputs["price"])):
        made += len(word)
    return {"o": capped(made) + np.sign(inputs.get("sold", 0)) + math.pi}

@odfv
def all_of_it(inputs):
    return {"o": sum(inputs.values())}

@odfv
def loaded(inputs):
    return {"o": MODEL(inputs["price"])}

@odfv
def neighbour(inputs):
    return {"o": helpers.f(inputs["price"])}

@odfv
def near(inputs):
    return {"o": thing(inputs["price"])}

@odfv
def counted(inputs):
    global LIMIT
    LIMIT += 1
    return {"o": LIMIT}

@odfv
def drawn(inputs):
    return {"o": np.random.rand() * inputs["price"]}

@odfv
def unknown(inputs):
    return {"o": nowhere(inputs["price"])}

@odfv
def feasts(inputs):
    return {"o": Field(inputs["price"])}
'''


def view(function: str, module: str = MODULE, **more: object) -> dict:
    return {
        "name": function, "mode": "python", "singleton": True, "aggregates": False,
        "module": {"text": module, "function": function, "packages": {"numpy": "numpy==2.1.3", "pandas": "pandas==2.2.3"}},
    } | more


class Carrying(unittest.TestCase):
    def test_a_function_comes_with_what_it_names_and_nothing_else(self) -> None:
        found = carriable(view("uses"), ["price", "sold", "other"])
        self.assertEqual(found.reads, {"price", "sold"})
        self.assertEqual(found.requirements, ("numpy==2.1.3",))
        self.assertIn("LIMIT = 3", found.text)
        self.assertIn("def capped(value):", found.text)
        for absent in ("feast", "helpers", "MODEL", "on_demand_feature_view", "near"):
            self.assertNotIn(absent, found.text)
        self.assertTrue(found.text.startswith("from __future__ import annotations\nimport math\n"))
        self.assertIsNone(carriable(view("all_of_it"), ["price"]).reads)
        self.assertEqual(carriable(view("uses", mode="pandas"), []).requirements, ("numpy==2.1.3", "pandas==2.2.3"))

    def test_what_would_not_be_in_its_file_is_not_carried(self) -> None:
        for function, why in {
            "loaded": "'MODEL' is computed when its file is loaded", "neighbour": "it imports 'helpers'",
            "near": "another file of the repository", "counted": "from call to call", "unknown": "'nowhere' is not defined",
            "feasts": "needs Feast itself", "drawn": "draws random numbers or asks the clock", "missing": "at the top of its file",
        }.items():
            with self.subTest(function), self.assertRaisesRegex(NotCarried, why):
                carriable(view(function), ["price"])
        for changed, why in [
            (view("uses", aggregates=True), "aggregates rows"), (view("uses", mode="substrait"), "mode substrait"),
            (view("uses", module="def uses(inputs"), "no Python"), (view("uses") | {"module": None}, "is not known"),
        ]:
            with self.subTest(why), self.assertRaisesRegex(NotCarried, why):
                carriable(changed, ["price"])


BASKET = '''
import pandas as pd

TIMES = {"x": 3}

@on_demand_feature_view(sources=[sales, asked], schema=[])
def basket(inputs: pd.DataFrame) -> pd.DataFrame:
    df = pd.DataFrame()
    df["total"] = inputs["price"] * inputs["amount"]
    df["share"] = [sum([price] * TIMES["x"]) / amount for price, amount in zip(inputs["sales__price"], inputs["amount"])]
    return df
'''
LISTS = '''
def basket(inputs):
    made = {"total": [], "share": []}
    for price, amount in zip(inputs["price"], inputs["amount"]):
        made["total"].append(None if price is None else price * amount)
        made["share"].append(None if price is None else price * 3 / amount)
    return made
'''


@unittest.skipIf(importlib.util.find_spec("pyarrow") is None, "not installed: pyarrow")
class Importing(unittest.TestCase):
    def imported(self, text: str, **more: object) -> tuple:
        planted = Planted()
        self.addCleanup(planted.close)
        found = described(planted.root)
        installed = {}
        if importlib.util.find_spec("pandas") is not None:
            import pandas

            installed = {"pandas": f"pandas=={pandas.__version__}"}
        found["onDemand"][0] |= {
            "code": text[text.index("def basket") :],
            "module": {"text": text, "function": "basket", "packages": installed}} | more
        folder = planted.root / "ours"
        with mock.patch.object(_beside, "ask", lambda *_, **__: found):
            return planted, folder, tallystick.feast.read(planted.root, folder)

    def values(self, planted: Planted, folder) -> list:
        spine = planted.spine([("a", "1", NOON), ("e", "1", NOON), ("nobody", "1", NOON)])
        with ts.open(folder, threads=1) as store:
            store.apply()
            made = store.train("model", spine, folder / "train.parquet").to_arrow().to_pylist()
            store.materialize()
            keys = {"shop": ["a", "e", "nobody"], "item": ["1", "1", "1"]}
            served = store.get("model", keys, {"amount": [2, 2, 2]}, at=NOON).rows()
        self.assertEqual([(row["total"], row["share"]) for row in made], [(row["total"], row["share"]) for row in served])
        return [(row["total"], row["share"]) for row in made]

    def check(self, report, status: str = "changed") -> None:
        items = {item.name: item for item in report.items if item.kind == "onDemand"}
        self.assertEqual(items["basket:share"].status, status, report.text())
        self.assertIn("it stays a function in Python", items["basket:share"].notes[0].text)
        self.assertEqual(report.check.errors, [])

    @unittest.skipIf(importlib.util.find_spec("pandas") is None, "not installed: pandas")
    def test_a_function_over_frames_runs_as_it_was_beside_an_expression(self) -> None:
        planted, folder, report = self.imported(BASKET)
        self.check(report)
        service = (folder / "definitions/service_model.yaml").read_text()
        self.assertIn("transforms: [basket]", service)
        self.assertIn("total", service)
        self.assertNotIn("total", (folder / "definitions/transform_basket.yaml").read_text().split("outputs:")[1])
        self.assertEqual(self.values(planted, folder), [(3.0, 2.25), (21.0, 15.75), (None, None)])

    def test_a_function_over_lists_is_given_one_row(self) -> None:
        planted, folder, report = self.imported(LISTS, mode="python")
        self.check(report)
        self.assertEqual(self.values(planted, folder), [(3.0, 2.25), (21.0, 15.75), (None, None)])
        text = (folder / "transforms/basket.py").read_text()
        self.assertTrue(text.startswith("# Saved from Python by tallystick"))

    def test_a_function_that_cannot_be_carried_is_dropped_with_both_reasons(self) -> None:
        text = textwrap.dedent('''
            def basket(inputs):
                return {"total": [model(inputs)], "share": [model(inputs)]}
        ''')
        _, folder, report = self.imported(text, mode="python")
        item = next(item for item in report.items if item.name == "basket:share")
        self.assertEqual(item.status, "dropped")
        self.assertIn("as a function in Python it does not come over: 'model' is not defined in its file", item.notes[0].text)
        self.assertFalse((folder / "transforms").exists())


if __name__ == "__main__":
    unittest.main()
