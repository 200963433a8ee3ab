# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The functions and methods of pandas, NumPy and Python that have a counterpart in the expression language."""

from __future__ import annotations

import ast
import math
from typing import Union

from ._operations import (
    HALF, LAST_BIT, NAN, NUMBERS, SHORTEST, Operand, Operations, Untranslatable, differing, literal, wider,
)


class Expressions(Operations):
    """Reads an expression of Python, calls included."""

    def _attribute(self, node: ast.Attribute) -> Operand:
        dotted = ast.unparse(node)
        constants = {
            "np.nan": None, "numpy.nan": None, "np.pi": math.pi, "numpy.pi": math.pi, "math.pi": math.pi,
            "np.e": math.e}
        if dotted in constants:
            return literal.value(constants[dotted])
        if self.is_pandas and isinstance(node.value, ast.Attribute) and node.value.attr == "dt":
            value = self.value(node.value.value)
            parts = {"hour", "minute", "year", "month", "day"}
            if value.type == "timestamp" and node.attr in parts:
                return self._of(f"{node.attr}({value.text})", "int32", value, atomic=True)
            if value.type == "timestamp" and node.attr in ("dayofweek", "day_of_week", "weekday"):
                # Monday is 0 in pandas, and 1 here.
                return self._of(f"(day_of_week({value.text}) + 6) % 7", "int32", value)
        raise self._no(node)

    def _call(self, node: ast.Call) -> Operand:
        if node.keywords and any(keyword.arg is None for keyword in node.keywords):
            raise self._no(node)
        name = ast.unparse(node.func).replace("numpy.", "np.").replace("pandas.", "pd.")
        if isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            return self._source(node)
        if name.startswith("np.") or name.startswith("pd."):
            return self._of_library(name[3:], node)
        if not self.is_pandas and (name.startswith("math.") or isinstance(node.func, ast.Name)):
            return self._of_python(name.removeprefix("math."), node)
        if self.is_pandas and isinstance(node.func, ast.Attribute):
            return self._method(node.func, node)
        raise self._no(node)

    def _arguments(self, node: ast.Call, count: int) -> list[Operand]:
        if len(node.args) != count or node.keywords:
            raise self._no(node)
        return [self.value(argument) for argument in node.args]

    def _of_library(self, name: str, node: ast.Call) -> Operand:
        if name == "where":
            condition, yes, no = self._arguments(node, 3)
            return self._choice(condition, yes, no, node)
        if name in ("minimum", "maximum") and self.is_pandas:
            value, bound = self._arguments(node, 2)
            if value.is_literal:
                value, bound = bound, value
            return self._limited(value, bound, ">" if name == "minimum" else "<", node)
        if name in ("isna", "isnull", "isnan", "notna", "notnull"):
            return self._missing(self._arguments(node, 1)[0], not name.startswith("not"))
        if not self.is_pandas:
            raise self._no(node)
        if name == "power":
            value, exponent = self._arguments(node, 2)
            if exponent.is_literal and exponent.constant == 2 and value.is_number:
                return self._of(f"{value.inner} * {value.inner}", value.type, value)
            return differing(
                self._of(f"pow({value.text}, {exponent.text})", "float64", value, exponent, atomic=True), LAST_BIT)
        (value,) = self._arguments(node, 1)
        return self._mathematics(name, value, node)

    def _mathematics(self, name: str, value: Operand, node: ast.Call) -> Operand:
        """A function of NumPy of one number."""
        if not value.is_number:
            raise self._no(node)
        if name in ("abs", "absolute", "fabs") and (name != "fabs" or value.is_float):
            return self._of(f"abs({value.text})", value.type, value, atomic=True)
        if name in ("floor", "ceil") and value.is_float:
            return self._of(f"{name}({value.text})", value.type, value, atomic=True)
        if value.type == "float32":
            raise Untranslatable(f"NumPy computes {name} of a float32 in float32, and here it is float64", node.lineno)
        if name in ("sqrt", "radians", "deg2rad", "degrees", "rad2deg"):
            word = {"deg2rad": "radians", "rad2deg": "degrees"}.get(name, name)
            return self._of(f"{word}({value.text})", "float64", value, atomic=True)
        words = {"log": "ln", "log10": "log10", "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan"}
        if name in words:
            done = differing(self._of(f"{words[name]}({value.text})", "float64", value, atomic=True), LAST_BIT)
            return differing(done, "of 0 it is minus infinity there, and null here") if name.startswith("log") else done
        if name in ("round", "rint", "around"):
            return differing(self._of(f"round({value.text})", value.type, value, atomic=True), HALF)
        raise self._no(node)

    def _of_python(self, name: str, node: ast.Call) -> Operand:
        """A function of Python, or of its `math`: those of C are the ones that the language has."""
        if name in ("min", "max") and len(node.args) == 2:
            left, right = self._arguments(node, 2)
            return self._limited(left, right, ">" if name == "min" else "<", node)
        if name in ("pow", "atan2") and len(node.args) == 2:
            left, right = (self._like(side, side) for side in self._arguments(node, 2))
            if left.is_float or right.is_float or "math." in ast.unparse(node.func):
                return self._of(f"{name}({left.text}, {right.text})", "float64", left, right, atomic=True)
        if name == "round" and 1 <= len(node.args) <= 2:
            sides = [self._like(side, side) for side in self._arguments(node, len(node.args))]
            text = f"round({', '.join(side.text for side in sides)})"
            return differing(self._of(text, sides[0].type, *sides, atomic=True), HALF if len(sides) == 1 else SHORTEST)
        (value,) = self._arguments(node, 1)
        if value.type == "bool" and name in ("int", "float"):
            return self._of(
                f"cast({value.text} as {'int64' if name == 'int' else 'float64'})", "int64", value, atomic=True)
        if not value.is_number:
            raise self._no(node)
        value = self._like(value, value)
        if name in ("abs", "fabs"):
            return self._of(f"abs({value.text})", value.type, value, atomic=True)
        if name == "float":
            return value if value.is_float else self._of(
                f"cast({value.text} as float64)", "float64", value, atomic=True)
        if name in ("int", "trunc"):
            return self._truncated(value)
        if name == "isnan":
            return self.compare("=", value, Operand(NAN, "float64", math.nan, True, True), node)
        if name in ("floor", "ceil"):
            return self._of(f"cast({name}({value.text}) as int64)", "int64", value, atomic=True)
        words = {n: n for n in ("sqrt", "exp", "sin", "cos", "tan", "log10", "radians", "degrees")} | {"log": "ln"}
        if name in words:
            return self._of(f"{words[name]}({value.text})", "float64", value, atomic=True)
        raise self._no(node)

    def _truncated(self, value: Operand) -> Operand:
        if not value.is_float:
            return value
        whole = f"case when {value.inner} < 0 then ceil({value.text}) else floor({value.text}) end"
        return self._of(f"cast({whole} as int64)", "int64", value, atomic=True)

    def _method(self, function: ast.Attribute, node: ast.Call) -> Operand:
        """A method of a column."""
        value = self.value(function.value)
        name = function.attr
        binary: dict[str, type[ast.operator]] = {
            "add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "div": ast.Div, "truediv": ast.Div, "pow": ast.Pow}
        if name in binary and len(node.args) == 1 and not node.keywords:
            again = ast.BinOp(function.value, binary[name](), node.args[0])
            return self._binary(ast.copy_location(again, node))
        compared = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=", "ne": "<>"}
        if name in compared:
            return self.compare(compared[name], value, self._arguments(node, 1)[0], node)
        if name in ("isna", "isnull", "notna", "notnull") and not node.args:
            return self._missing(value, not name.startswith("not"))
        if name == "abs" and not node.args:
            return self._mathematics("abs", value, node)
        if name == "round":
            digits = self._arguments(node, len(node.args))
            text = f"round({', '.join([value.text, *(digit.text for digit in digits)])})"
            return differing(self._of(text, value.type, value, atomic=True), HALF)
        if name == "fillna":
            return self._filled(value, self._arguments(node, 1)[0], node)
        if name == "astype":
            return self._cast(value, node)
        if name == "clip":
            return self._clipped(value, node)
        if name == "isin" and len(node.args) == 1 and isinstance(node.args[0], (ast.List, ast.Tuple, ast.Set)):
            return self._among(value, [self.value(item) for item in node.args[0].elts], True, node)
        raise self._no(node)

    def _filled(self, value: Operand, other: Operand, node: ast.expr) -> Operand:
        if value.is_number and other.is_number:
            value, other = self._numbers(value, other, node)
            kind = wider(value, other)
            if value.type == "float32":
                raise Untranslatable("a fill of a float32 column goes by the type of what fills it", node.lineno)
            present = f"nullif({value.text}, {NAN})" if value.is_float else value.text
        elif value.type == other.type:
            kind, present = value.type, value.text
        else:
            raise self._no(node)
        return self._of(f"coalesce({present}, {other.text})", kind, value, other, atomic=True)

    def _cast(self, value: Operand, node: ast.Call) -> Operand:
        if len(node.args) != 1 or node.keywords:
            raise self._no(node)
        word = ast.unparse(node.args[0]).strip("'\"").removeprefix("np.").removeprefix("numpy.")
        kind = {"float": "float64", "int": "int64"}.get(word, word)
        if not (value.is_number or value.is_certain) or kind not in NUMBERS:
            raise self._no(node)
        if kind == value.type:
            return value
        if kind.startswith("int") and value.is_float:
            value = self._truncated(value)
            if kind == "int64":
                return value
        if kind == "int32" and value.type == "int64":
            raise Untranslatable("pandas wraps around what does not fit an int32", node.lineno)
        return self._of(f"cast({value.text} as {kind})", kind, value, atomic=True)

    def _clipped(self, value: Operand, node: ast.Call) -> Operand:
        names = ["lower", "upper"]
        bounds: dict[Union[str, None], ast.expr] = {
            **dict(zip(names, node.args)), **{k.arg: k.value for k in node.keywords}}
        if not bounds or set(bounds) - set(names) or len(node.args) > 2:
            raise self._no(node)
        for name, word in (("lower", "<"), ("upper", ">")):
            bound = self.value(bounds[name]) if name in bounds else None
            if bound is None or bound.type == "null":
                continue
            if not bound.is_literal:
                raise self._no(node)
            value = self._limited(value, bound, word, node)
        return value
