# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""On-demand functions of Feast as expressions: what is translated gives what the function gives, nulls and NaN included."""

import importlib.util
import math
import tempfile
import textwrap
import unittest
import warnings
from pathlib import Path

import tallystick as ts
from tallystick.feast._translate import translate

NAN = math.nan
# Every pair of columns meets every value: nulls, NaN, zeros, infinities, whole numbers and others.
FLOATS = [None, NAN, 0.0, -1.5, 2.5, 3.0, 1e10, -7.25, math.inf]
COLUMNS = {"f": "float64", "g": "float64", "h": "float32", "i": "int64", "j": "int64", "s": "string", "t": "timestamp"}
INPUTS = {name: (name, kind) for name, kind in COLUMNS.items()}

PANDAS = [
    'x["f"] + x["g"]', 'x["f"] - 1.5', 'x["i"] * x["j"]', 'x["f"] / 2', 'x["h"] + 0.1', 'x["h"] * x["h"]', 'x["h"] / 3',
    'x["f"] ** 2', '-x["f"]', 'x["f"] > x["g"]', 'x["f"] >= x["g"]', 'x["f"] < x["g"]', 'x["f"] <= x["g"]', 'x["f"] == x["g"]',
    'x["f"] != x["g"]', 'x["f"] > 2.5', '(x["f"] > 0) & (x["g"] <= 3)', '(x["f"] > 0) | ~(x["g"] > 0)', 'x["f"].fillna(0)',
    'x["f"].fillna(x["g"])', 'x["f"].isna()', 'x["f"].notna()', 'x["f"].abs()', 'np.abs(x["i"])', 'np.where(x["f"] > 0, x["f"], 0)',
    'np.where(x["f"].isna(), 1, 0)', 'np.minimum(x["f"], x["g"])', 'np.maximum(x["f"], 1.0)', 'x["f"].clip(lower=0, upper=3)',
    'np.sqrt(x["f"])', '(x["f"] > 1).astype(int)', 'x["s"] == "a"', 'x["s"] != "a"', 'x["s"].isin(["a", "b"])', 'x["t"].dt.hour',
    'x["t"].dt.dayofweek', 'x["f"].gt(1)', 'x["f"].mul(2).add(x["g"])', 'np.floor(x["f"])', '60 * 60 * x["f"]',
    'x["h"] > 0.1', 'np.radians(x["f"])', 'x["i"] / 4', 'x["f"] + (x["g"] > 0)', 'x["i"].astype("float64")',
]
PYTHON = [
    'x["p"] + x["q"] * 2', 'x["p"] if x["p"] > x["q"] else x["q"]', 'min(x["p"], x["q"])', 'max(x["p"], 1)', 'int(x["p"])',
    'abs(x["q"])', '1 if x["p"] > 0 and x["q"] > 0 else 0', 'not x["p"] > 0', 'math.sqrt(x["p"] * x["p"])', 'x["p"] / (x["q"] + 100)',
    'math.sin(x["p"])', 'float(x["n"]) / 3', 'x["k"] == "a"', 'x["k"] + "!"', 'x["p"] ** 3', 'math.floor(x["p"])',
    '0 if x["k"] is None else 1', 'x["k"] in ("a", "c")', 'x.get("p", 0) - 1', 'math.log(x["p"] * x["p"] + 1)',
]


def only(code: str, mode: str = "pandas", singleton: bool = False, inputs=INPUTS):
    return translate(code, mode=mode, singleton=singleton, inputs=inputs, outputs=["o"])["o"]


def pandas_function(expression: str) -> str:
    return f"def function(x):\n    df = pd.DataFrame()\n    df['o'] = {expression}\n    return df\n"


def needs(*modules: str):
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    return unittest.skipIf(missing, f"not installed: {', '.join(missing)}")


class Readings(unittest.TestCase):
    def test_a_difference_is_no_translation_but_a_suggestion(self) -> None:
        cases = {
            'x["f"] / x["g"]': "division by zero", 'x["i"] // x["j"]': "rounds the quotient down", 'x["i"] % 3': "rounds the quotient",
            'np.log(x["f"])': "last bit", 'x["f"].round()': "even neighbour", 'x["f"] ** 3': "last bit",
        }
        for expression, difference in cases.items():
            with self.subTest(expression):
                found = only(pandas_function(expression))
                self.assertFalse(found.is_exact)
                self.assertIsNotNone(found.expression)
                self.assertIn(difference, " ".join(found.differences))

    def test_what_has_no_counterpart_says_so_with_its_line(self) -> None:
        for expression in [
            'x["f"].rolling(3).mean()', 'x["f"].mean()', 'x["f"].apply(lambda v: v + 1)', 'x["nowhere"] + 1', 'other["f"]',
            'x["s"].str.upper()', 'x["f"] & x["g"]', 'x["f"].shift(1)', 'open("/etc/passwd").read()', 'x["f"].fillna(method="ffill")',
            'x["f"] > "a"', 'x["f"] * 10 ** 10 ** 10', '"a" * 99 ** 9', 'x["f"].clip(lower=x["g"])', 'pd.to_datetime("now")', 'np.random.rand(3)', 'x["f"].astype(str)',
        ]:
            with self.subTest(expression):
                found = only(pandas_function(expression))
                self.assertIsNone(found.expression, found.expression)
                self.assertEqual(found.line, 3)
        loop = "def function(x):\n    for a in x:\n        pass\n    return x\n"
        self.assertEqual((only(loop).expression, only(loop).line), (None, 2))
        self.assertIsNone(only("not python at all (").expression)
        self.assertIsNone(only("def f(x):\n    return {'o': x['f']}", mode="substrait").expression)

    def test_an_output_that_cannot_be_read_leaves_the_others(self) -> None:
        code = "def f(x):\n  df = pd.DataFrame()\n  half = x['f'] / 2\n  df['o'] = half + 1\n  df['m'] = x['f'].mean()\n  return df\n"
        found = translate(code, mode="pandas", singleton=False, inputs=INPUTS, outputs=["o", "m", "n"])
        self.assertEqual(found["o"].expression, "(f / 2) + 1")
        self.assertIsNone(found["m"].expression)
        self.assertEqual(found["n"].reason, "the function does not set it")

    def test_lists_side_by_side_are_rows(self) -> None:
        code = "def f(x):\n  return {'o': [a + b for a, b in zip(x['f'], x['g'])]}\n"
        self.assertEqual(only(code, "python").expression, "f + g")
        self.assertEqual(only("def f(x):\n  return {'o': [2 * a for a in x['f']]}\n", "python").expression, "2 * f")
        for wrong in ["[a for a in x['f'] if a]", "[a for a, b in x['f']]", "x['f'] + x['g']", "sum(x['f'])"]:
            self.assertIsNone(only(f"def f(x):\n  return {{'o': {wrong}}}\n", "python").expression, wrong)

    def test_names_are_quoted_where_they_have_to_be(self) -> None:
        inputs = {"Case Sensitive": ('or', "int64")}
        self.assertEqual(only("def f(x):\n  return {'o': x['Case Sensitive'] + 1}", "python", True, inputs).expression, '"or" + 1')

    def test_a_text_with_a_quote_stays_a_text(self) -> None:
        found = only(pandas_function("""x["s"] == "it's' or true --" """))
        self.assertEqual(found.expression, "coalesce(s = 'it''s'' or true --', false)")


@needs("pandas", "pyarrow")
class Meanings(unittest.TestCase):
    """Functions are run by pandas or Python, and their expressions by the kernel, over the same values."""

    def test_pandas(self) -> None:
        import numpy
        import pandas

        pairs = [(f, g) for f in FLOATS for g in FLOATS]
        count = len(pairs)
        frame = {
            "f": [f for f, _ in pairs], "g": [g for _, g in pairs],
            "h": [None if f is None else float(numpy.float32(f)) for f, _ in pairs],
            "i": [7 * (n % 11) - 30 for n in range(count)], "j": [n % 5 - 2 for n in range(count)],
            "s": [None if n % 7 == 0 else "abc"[n % 3] for n in range(count)],
            "t": [None if n % 6 == 0 else 1_700_000_000_000_000 + n * 5_000_000_000_000 // 7 for n in range(count)],
        }
        given = pandas.DataFrame({
            "f": pandas.Series(frame["f"], dtype="float64"), "g": pandas.Series(frame["g"], dtype="float64"),
            "h": pandas.Series(frame["h"], dtype="float32"), "i": frame["i"], "j": frame["j"],
            "s": pandas.Series(frame["s"], dtype=object),
            "t": pandas.to_datetime(pandas.Series(frame["t"], dtype="Int64"), unit="us", utc=True),
        })
        expressions = [only(pandas_function(expression)) for expression in PANDAS]
        for text, found in zip(PANDAS, expressions):
            self.assertTrue(found.is_exact, f"{text}: {found.reason} {found.differences}")
        ours = self.computed(frame, COLUMNS, expressions)
        for index, text in enumerate(PANDAS):
            with numpy.errstate(all="ignore"), warnings.catch_warnings():
                # Some of these words are old in pandas, and still stand in people's functions.
                warnings.simplefilter("ignore")
                theirs = eval(text, {"x": given, "np": numpy, "pd": pandas})
            theirs = theirs.tolist() if hasattr(theirs, "tolist") else list(theirs)
            self.compare(text, expressions[index].expression, theirs, ours[index])

    def test_python(self) -> None:
        columns = {"p": "float64", "q": "float64", "n": "int64", "k": "string"}
        inputs = {name: (name, kind) for name, kind in columns.items()}
        numbers = [0.0, -1.5, 2.5, 3.0, 1e10, -7.25]
        pairs = [(p, q) for p in numbers for q in numbers]
        frame = {
            "p": [p for p, _ in pairs], "q": [q for _, q in pairs], "n": [n - 9 for n in range(len(pairs))],
            "k": ["abcd"[n % 4] for n in range(len(pairs))],
        }
        code = "def f(x):\n    return {{'o': {}}}\n"
        expressions = [only(code.format(text), "python", True, inputs) for text in PYTHON]
        for text, found in zip(PYTHON, expressions):
            self.assertTrue(found.is_exact, f"{text}: {found.reason} {found.differences}")
        ours = self.computed(frame, columns, expressions)
        for index, text in enumerate(PYTHON):
            rows = [dict(zip(frame, values)) for values in zip(*frame.values())]
            theirs = [eval(text, {"x": row, "math": math}) for row in rows]
            self.compare(text, expressions[index].expression, theirs, ours[index])

    def compare(self, text: str, expression: str, theirs: list, ours: list) -> None:
        for row, (left, right) in enumerate(zip(theirs, ours)):
            # pandas has one value for null and NaN.
            missing = [value is None or isinstance(value, float) and math.isnan(value) for value in (left, right)]
            same = all(missing) if any(missing) else left == right
            self.assertTrue(same, f"{text} is {left!r} in row {row}, and {expression} is {right!r}")

    def computed(self, frame: dict, columns: dict, expressions: list) -> list:
        import pyarrow
        import pyarrow.parquet

        kinds = {"float64": pyarrow.float64(), "float32": pyarrow.float32(), "int64": pyarrow.int64(), "string": pyarrow.string(),
                 "timestamp": pyarrow.timestamp("us", "UTC")}
        arrays = {name: pyarrow.array(frame[name], kinds[kind]) for name, kind in columns.items()}
        count = len(next(iter(arrays.values())))
        with tempfile.TemporaryDirectory() as folder:
            keyed = {"key": pyarrow.array(range(count), pyarrow.int64()), "at": pyarrow.array([0] * count, kinds["timestamp"])}
            pyarrow.parquet.write_table(pyarrow.table({**keyed, **arrays}), f"{folder}/rows.parquet")
            spine = {"key": keyed["key"], "event_timestamp": pyarrow.array([1_000_000] * count, kinds["timestamp"])}
            pyarrow.parquet.write_table(pyarrow.table(spine), f"{folder}/spine.parquet")
            view = ts.FeatureView(
                "rows", entities=[ts.Entity("thing", join_keys={"key": "int64"})],
                source=ts.Source("rows", path="rows.parquet", event_time="at"),
                features=[ts.Feature(name, kind) for name, kind in columns.items()])
            demanded = [
                ts.Feature(f"o{index}", found.type, expression=found.expression) for index, found in enumerate(expressions)]
            ts.save([ts.Project("meanings"), ts.FeatureService("all", features=[view], on_demand=demanded)], folder)
            with ts.open(folder) as store:
                self.assertEqual(store.check().errors, [])
                store.apply()
                table = store.train("all", f"{folder}/spine.parquet", f"{folder}/out.parquet").to_arrow()
            return [table[f"o{index}"].to_pylist() for index in range(len(expressions))]


if __name__ == "__main__":
    unittest.main()
