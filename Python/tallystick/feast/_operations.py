# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The operations of pandas and of Python that have a counterpart in the expression language, with what each does to
nulls and NaN.

pandas has one value for null and NaN, so does what is compared with it: a comparison with it is false, and `!=` true.
Here null and NaN are two, and NaN is larger than every number; comparisons are written so that they answer the same.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Optional

NUMBERS = ("int32", "int64", "float32", "float64")
NAN = "cast('nan' as float64)"
_FOLDS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_RESERVED = frozenset(
    "and or not is null true false in between like escape case when then else end cast as".split())

ZERO = "a division by zero gives an infinity or NaN in pandas, and null here"
LAST_BIT = "NumPy computes it with code of its own: the last bit may differ from the C library's"
HALF = "half is rounded to the even neighbour there, and away from zero here"
SHORTEST = "Python rounds the decimal text, here x * 10^d is rounded"


class Untranslatable(Exception):
    """There is no expression for it; `line` is the line of the function, from 1."""

    def __init__(self, reason: str, line: Optional[int]) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True)
class Operand:
    """A value in the language.

    Attributes:
        text: how it is written.
        type: its type there; `null` for nothing.
        constant: the Python value of a literal.
        is_literal: whether it is one: NumPy lets a literal take the type beside it.
        is_atomic: whether it stands beside an operator without parentheses.
        differences: where it means something else than what was read.
        is_certain: whether it is a truth value that is never null: comparisons are written so, columns are not.
    """

    text: str
    type: str
    constant: Any = None
    is_literal: bool = False
    is_atomic: bool = False
    differences: tuple[str, ...] = ()
    is_certain: bool = False

    @property
    def inner(self) -> str:
        return self.text if self.is_atomic else f"({self.text})"

    @property
    def is_number(self) -> bool:
        return self.type in NUMBERS

    @property
    def is_float(self) -> bool:
        return self.type.startswith("float")


class literal:
    """How values and columns are written."""

    @staticmethod
    def column(name: str, kind: str) -> Operand:
        """A column of the vector."""
        plain = (
            name.replace("_", "a").isalnum() and name.isascii() and not name[0].isdigit()
            and name.lower() not in _RESERVED)
        return Operand(name if plain else '"' + name.replace('"', '""') + '"', kind, is_atomic=True)

    @staticmethod
    def value(value: Any, line: Optional[int] = None) -> Operand:
        """A constant of Python."""
        if value is None or isinstance(value, float) and math.isnan(value):
            return Operand("null", "null", None, True, True)
        if isinstance(value, bool):
            return Operand("true" if value else "false", "bool", value, True, True, is_certain=True)
        if isinstance(value, int) and -(2 ** 63) < value < 2 ** 63:
            kind = "int32" if -(2 ** 31) <= value < 2 ** 31 else "int64"
            return Operand(str(value), kind, value, True, value >= 0)
        if isinstance(value, float) and math.isfinite(value):
            return Operand(repr(value), "float64", value, True, value >= 0)
        if isinstance(value, str):
            return Operand("'" + value.replace("'", "''") + "'", "string", value, True, True)
        raise Untranslatable(f"the constant {value!r} has no counterpart", line)


class Operations:
    """Reads an expression of Python."""

    def __init__(
        self, mode: str, name: Callable[[ast.Name], Operand], source: Callable[[ast.expr], Operand]
    ) -> None:
        self.is_pandas = mode == "pandas"
        self._name = name
        self._source = source

    def value(self, node: ast.expr) -> Operand:
        """The expression in the language."""
        if isinstance(node, ast.Constant):
            return literal.value(node.value, node.lineno)
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.Subscript):
            return self._source(node)
        if isinstance(node, ast.BinOp):
            return self._binary(node)
        if isinstance(node, ast.UnaryOp):
            return self._unary(node)
        if isinstance(node, ast.Compare):
            return self._compared(node)
        if isinstance(node, ast.BoolOp) and not self.is_pandas:
            word = "and" if isinstance(node.op, ast.And) else "or"
            return self._logic(word, [self.value(value) for value in node.values], node)
        if isinstance(node, ast.IfExp) and not self.is_pandas:
            return self._choice(self.value(node.test), self.value(node.body), self.value(node.orelse), node)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        raise self._no(node)

    def _attribute(self, node: ast.Attribute) -> Operand:
        raise self._no(node)

    def _call(self, node: ast.Call) -> Operand:
        raise self._no(node)

    # Operators

    def _binary(self, node: ast.BinOp) -> Operand:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, (ast.BitAnd, ast.BitOr)) and left.type == right.type == "bool":
            return self._logic("and" if isinstance(node.op, ast.BitAnd) else "or", [left, right], node)
        if left.is_literal and right.is_literal:
            return self._folded(left, right, node)
        if isinstance(node.op, ast.Add) and left.type == right.type == "string":
            return self._of(f"{left.inner} || {right.inner}", "string", left, right)
        signs: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
        left, right = self._numbers(left, right, node)
        if type(node.op) in signs:
            return self._of(f"{left.inner} {signs[type(node.op)]} {right.inner}", wider(left, right), left, right)
        if isinstance(node.op, ast.Div):
            return self._quotient(left, right)
        is_square = isinstance(node.op, ast.Pow) and right.is_literal and right.constant == 2
        if is_square and (self.is_pandas or not left.is_float):
            return self._of(f"{left.inner} * {left.inner}", left.type, left)
        if isinstance(node.op, ast.Pow) and (left.is_float or right.is_float):
            done = self._of(f"pow({left.text}, {right.text})", "float64", left, right, atomic=True)
            return differing(done, LAST_BIT) if self.is_pandas else done
        if isinstance(node.op, (ast.FloorDiv, ast.Mod)) and left.is_number and not left.is_float and not right.is_float:
            sign = "//" if isinstance(node.op, ast.FloorDiv) else "%"
            done = self._of(f"{left.inner} {sign} {right.inner}", wider(left, right), left, right)
            return differing(
                done, "Python rounds the quotient down, and here it is rounded toward zero (another result below zero)")
        raise self._no(node)

    def _quotient(self, left: Operand, right: Operand) -> Operand:
        text = f"{left.inner} / {right.inner}"
        single = self.is_pandas and left.type == right.type == "float32"
        # The quotient of two float32, rounded once more, is the one of float32.
        done = self._of(f"cast({text} as float32)" if single else text, "float32" if single else "float64", left, right,
                        atomic=single)
        # Python ends the whole call with ZeroDivisionError there; only pandas goes on with another value.
        if self.is_pandas and not (right.is_literal and right.constant):
            return differing(done, ZERO)
        return done

    def _folded(self, left: Operand, right: Operand, node: ast.BinOp) -> Operand:
        """What two constants give, where that is a small thing to compute."""
        operation = _FOLDS.get(type(node.op))
        if operation is None or any(type(side.constant) not in (int, float) for side in (left, right)):
            raise self._no(node)
        try:
            return literal.value(operation(left.constant, right.constant), node.lineno)
        except ArithmeticError:
            raise self._no(node) from None

    def _numbers(self, left: Operand, right: Operand, node: ast.expr) -> tuple[Operand, Operand]:
        """Both as numbers: truth values count as 0 and 1, and a literal beside a float32 is one in pandas."""
        if left.type == right.type == "bool" or not {left.type, right.type} <= {*NUMBERS, "bool"}:
            raise self._no(node)
        left, right = (
            self._of(f"cast({side.text} as int64)", "int64", side, atomic=True) if side.type == "bool" else side
            for side in (left, right))
        return self._like(left, right), self._like(right, left)

    def _like(self, side: Operand, other: Operand) -> Operand:
        if side.type == "float32" and not self.is_pandas:
            return self._of(f"cast({side.text} as float64)", "float64", side, atomic=True)
        if self.is_pandas and side.is_literal and side.is_number and other.type == "float32":
            return replace(side, text=f"cast({side.text} as float32)", type="float32", is_atomic=True)
        return side

    def _unary(self, node: ast.UnaryOp) -> Operand:
        value = self.value(node.operand)
        if value.is_literal and isinstance(node.op, ast.USub) and isinstance(value.constant, (int, float)):
            return literal.value(-value.constant, node.lineno)
        if isinstance(node.op, ast.USub) and value.is_number:
            return self._of(f"-{value.inner}", value.type, value)
        negates = isinstance(node.op, ast.Invert) if self.is_pandas else isinstance(node.op, ast.Not)
        if negates and value.is_certain:
            return certain(self._of(f"not {value.inner}", "bool", value))
        raise self._no(node)

    def _logic(self, word: str, sides: Sequence[Operand], node: ast.expr) -> Operand:
        if not all(side.is_certain for side in sides):
            raise Untranslatable(
                f"'{ast.unparse(node)}' asks for the truth of what may be null, or is no truth value", node.lineno)
        return certain(self._of(f" {word} ".join(side.inner for side in sides), "bool", *sides))

    def _compared(self, node: ast.Compare) -> Operand:
        if len(node.ops) != 1:
            raise self._no(node)
        sign, right_node = node.ops[0], node.comparators[0]
        left = self.value(node.left)
        if isinstance(sign, (ast.Is, ast.IsNot)) and isinstance(right_node, ast.Constant) and right_node.value is None:
            return self._missing(left, isinstance(sign, ast.Is))
        if isinstance(sign, (ast.In, ast.NotIn)) and isinstance(right_node, (ast.List, ast.Tuple, ast.Set)):
            return self._among(left, [self.value(item) for item in right_node.elts], isinstance(sign, ast.In), node)
        words: dict[type[ast.cmpop], str] = {
            ast.Eq: "=", ast.NotEq: "<>", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
        if type(sign) not in words:
            raise self._no(node)
        return self.compare(words[type(sign)], left, self.value(right_node), node)

    def compare(self, word: str, left: Operand, right: Operand, node: ast.expr) -> Operand:
        """A comparison that is false where a side is null or NaN; `<>` is true there."""
        if left.is_number and right.is_number:
            left, right = self._numbers(left, right, node)
        elif left.type != right.type or left.type == "null":
            raise self._no(node)
        text = f"{left.inner} {word} {right.inner}"
        if word == "<>":
            are_floats = left.is_float and right.is_float and not right.is_literal
            both = f"{text} or ({left.inner} = {NAN})" if are_floats else text
            return certain(self._of(f"coalesce({both}, true)", "bool", left, right, atomic=True))
        # NaN is above every number here: only what may be taken for larger needs to be kept from it.
        larger = {"<": [right], "<=": [right], ">": [left], ">=": [left], "=": [left]}[word]
        guards = [
            f"{side.inner} <> {NAN}" for side in larger
            if side.is_float and not side.is_literal and not (word == "=" and right.is_literal)
        ]
        return certain(self._of(f"coalesce({' and '.join([text, *guards])}, false)", "bool", left, right, atomic=True))

    def _among(self, left: Operand, items: Sequence[Operand], is_in: bool, node: ast.expr) -> Operand:
        kinds = {item.type for item in items}
        is_known = left.type in ("string", "int32", "int64")
        if not items or any(not item.is_literal or item.type == "null" for item in items) or not is_known:
            raise self._no(node)
        if left.type == "string" and kinds != {"string"} or left.type != "string" and not kinds <= {"int32", "int64"}:
            raise self._no(node)
        text = f"coalesce({left.inner} in ({', '.join(item.text for item in items)}), false)"
        return certain(self._of(text if is_in else f"not {text}", "bool", left, atomic=is_in))

    def _missing(self, value: Operand, is_missing: bool) -> Operand:
        text = f"{value.inner} is null"
        if value.is_float and self.is_pandas:
            text = f"({text} or {value.inner} = {NAN})"
        return certain(
            self._of(
                text if is_missing else f"not ({text})", "bool", value, atomic=text.startswith("(") and is_missing))

    # Choices

    def _choice(self, condition: Operand, yes: Operand, no: Operand, node: ast.expr) -> Operand:
        if not condition.is_certain:
            raise Untranslatable(
                f"'{ast.unparse(node)}' asks for the truth of what may be null, or is no truth value", node.lineno)
        if yes.is_number and no.is_number:
            yes, no = self._numbers(yes, no, node)
            kind = wider(yes, no)
        elif yes.type == no.type or "null" in (yes.type, no.type):
            kind = no.type if yes.type == "null" else yes.type
        else:
            raise self._no(node)
        done = self._of(f"case when {condition.text} then {yes.text} else {no.text} end", kind, condition, yes, no)
        return replace(done, is_certain=yes.is_certain and no.is_certain)

    def _limited(self, value: Operand, bound: Operand, word: str, node: ast.expr) -> Operand:
        """The smaller or larger of two; null or NaN where the value is."""
        if not value.is_number or not bound.is_number:
            raise self._no(node)
        value, bound = self._numbers(value, bound, node)
        kind = wider(value, bound)
        beyond = self.compare(word, value, bound, node)
        if bound.is_literal or not self.is_pandas:
            return self._of(f"case when {beyond.text} then {bound.text} else {value.text} end", kind, value, bound)
        missing = self._missing(bound, True)
        return self._of(
            f"case when {missing.text} or {beyond.text} then {bound.text} else {value.text} end", kind, value, bound)

    def _of(self, text: str, kind: str, *parts: Operand, atomic: bool = False) -> Operand:
        differences = tuple(dict.fromkeys(d for part in parts for d in part.differences))
        return Operand(text, kind, is_atomic=atomic, differences=differences)

    def _no(self, node: ast.expr) -> Untranslatable:
        text = ast.unparse(node)
        return Untranslatable(f"'{text if len(text) <= 80 else text[:77] + '...'}' has no counterpart", node.lineno)


def differing(value: Operand, difference: str) -> Operand:
    return replace(value, differences=tuple(dict.fromkeys([*value.differences, difference])))


def certain(value: Operand) -> Operand:
    return replace(value, is_certain=True)


def wider(left: Operand, right: Operand) -> str:
    if left.type == right.type:
        return left.type
    if left.is_float or right.is_float:
        return "float64"
    return "int64"
