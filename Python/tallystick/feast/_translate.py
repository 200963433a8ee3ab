# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""On-demand views in Python as expressions: read as text, never run.

A function is gone through statement by statement, with the pandas columns, or the Python values of one row, that it
computes. What is translated means the same; where it would not, the translation is a suggestion, and says where the two
differ.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Optional, Union

from ._calls import Expressions
from ._operations import Operand, Untranslatable, literal

# A local name stands for one value, or for the frame of results.
_FRAME = object()
_INPUTS = object()


@dataclass
class Translated:
    """One output of a function.

    Attributes:
        expression: the expression, or None where there is none.
        type: the type that it has.
        differences: where the expression means something else than the function; it is a suggestion then.
        reason: why there is no expression.
        line: the line of the function's text, from 1, that it is about.
    """

    expression: Optional[str] = None
    type: str = ""
    differences: list[str] = field(default_factory=list)
    reason: Optional[str] = None
    line: Optional[int] = None

    @property
    def is_exact(self) -> bool:
        """Whether there is an expression that means the same."""
        return self.expression is not None and not self.differences


def translate(
    code: str, *, mode: str, singleton: bool, inputs: Mapping[str, tuple[str, str]], outputs: list[str]
) -> dict[str, Translated]:
    """The outputs of an on-demand function as expressions.

    Args:
        code: the text of the function, with its decorator or without.
        mode: `pandas` or `python`.
        singleton: whether a Python function takes one row, and not lists.
        inputs: for each name that the function may read, its name in the vector and its type.
        outputs: the names that it promises.
    """
    try:
        if mode not in ("pandas", "python"):
            raise Untranslatable(f"functions of mode {mode} are not read", None)
        found = _Function(mode, singleton, inputs).run(_function(code))
    except Untranslatable as error:
        return {name: Translated(reason=str(error), line=error.line) for name in outputs}
    return {name: found.get(name, Translated(reason="the function does not set it")) for name in outputs}


def _function(code: str) -> ast.FunctionDef:
    try:
        module = ast.parse(textwrap.dedent(code))
    except SyntaxError as error:
        raise Untranslatable("its text is not there, or is no Python", error.lineno) from None
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and len(node.args.args) == 1:
            return node
    raise Untranslatable("it is no function of one argument", None)


class _Function:
    """The statements of a function, one after the other."""

    def __init__(self, mode: str, singleton: bool, inputs: Mapping[str, tuple[str, str]]) -> None:
        self.mode = mode
        self.rows = mode == "python" and not singleton
        self.inputs = inputs
        self.names: dict[str, Union[Operand, Untranslatable, object]] = {}
        self.results: dict[str, Translated] = {}

    def run(self, function: ast.FunctionDef) -> dict[str, Translated]:
        self.names = {function.args.args[0].arg: _INPUTS}
        for statement in function.body:
            if self._statement(statement):
                return self.results
        raise Untranslatable("it ends without a return", function.lineno)

    def _statement(self, node: ast.stmt) -> bool:
        """Goes through a statement; true where the function ends."""
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return False  # A docstring.
        if isinstance(node, ast.Return):
            if isinstance(node.value, ast.Name) and self.names.get(node.value.id) is _FRAME:
                return True
            self._results(self._columns(node.value, node))
            return True
        target: Optional[ast.expr] = None
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            target = node.target
        if target is None or not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            raise Untranslatable(f"a statement of the kind '{type(node).__name__}' is not read", node.lineno)
        if isinstance(target, ast.Name):
            self._bind(target.id, node.value)
            return False
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and isinstance(
                target.slice, ast.Constant):
            # In a frame of its own; the frame of the inputs is not written to.
            if self.names.get(target.value.id) is _FRAME:
                self.results[str(target.slice.value)] = self._translated(node.value)
                return False
        raise Untranslatable("what is assigned to is neither a name nor a column of the results", node.lineno)

    def _bind(self, name: str, value: ast.expr) -> None:
        if self._is_empty_frame(value):
            self.names[name] = _FRAME
            self.results = {}
            return
        if isinstance(value, (ast.Dict,)) or self._is_frame(value):
            self._results(self._columns(value, value))
            self.names[name] = _FRAME
            return
        try:
            self.names[name] = self._value(value)
        except Untranslatable as error:
            self.names[name] = error  # Only what reads it cannot be translated.

    def _is_frame(self, node: Optional[ast.expr]) -> bool:
        return isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "pd.DataFrame", "pandas.DataFrame", "DataFrame")

    def _is_empty_frame(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Dict):
            return not node.keys
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "dict" and not node.args and not node.keywords:
            return True
        return self._is_frame(node) and isinstance(node, ast.Call) and not node.args and not [
            k for k in node.keywords if k.arg != "index"]

    def _columns(self, node: Optional[ast.expr], at: ast.AST) -> ast.Dict:
        if self._is_frame(node) and isinstance(node, ast.Call) and node.args:
            node = node.args[0]
        if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
            return node
        raise Untranslatable("what is returned is no frame and no dict of named values", getattr(at, "lineno", None))

    def _results(self, node: ast.Dict) -> None:
        self.results = {
            str(key.value): self._translated(value)
            for key, value in zip(node.keys, node.values) if isinstance(key, ast.Constant)
        }

    def _translated(self, node: ast.expr) -> Translated:
        try:
            value = self._value(node)
        except Untranslatable as error:
            return Translated(reason=str(error), line=error.line)
        if value.type == "null":
            return Translated(reason="it is null for every row", line=node.lineno)
        return Translated(value.text, value.type, [*dict.fromkeys(value.differences)], line=node.lineno)

    def _value(self, node: ast.expr) -> Operand:
        if self.rows:
            return self._list(node)
        return Expressions(self.mode, self._name, self._input).value(node)

    def _list(self, node: ast.expr) -> Operand:
        """A list with one element for each row: a comprehension over inputs side by side, or a list that has a name."""
        if isinstance(node, ast.Name) and isinstance(self.names.get(node.id), Operand):
            return self._name(node)
        if isinstance(node, ast.Subscript):
            return self._input(node)
        if not isinstance(node, ast.ListComp) or len(node.generators) != 1:
            raise Untranslatable("what is no comprehension over the inputs is not read", node.lineno)
        generator = node.generators[0]
        if generator.ifs or generator.is_async:
            raise Untranslatable("a comprehension with a condition leaves rows out", node.lineno)
        source = generator.iter
        sides, targets = [source], [generator.target]
        if isinstance(source, ast.Call) and ast.unparse(source.func) == "zip":
            sides = source.args
            targets = list(generator.target.elts) if isinstance(generator.target, ast.Tuple) else []
        if len(sides) != len(targets):
            raise Untranslatable("the names of the comprehension are not those of its lists", node.lineno)
        local: dict[str, Operand] = {}
        for target, side in zip(targets, sides):
            if not isinstance(target, ast.Name):
                raise Untranslatable("the names of the comprehension are nested", node.lineno)
            local[target.id] = self._list(side)

        def name(at: ast.Name) -> Operand:
            return local[at.id] if at.id in local else self._name(at)

        return Expressions(self.mode, name, self._no_input).value(node.elt)

    def _name(self, node: ast.Name) -> Operand:
        found = self.names.get(node.id)
        if isinstance(found, Untranslatable):
            raise found
        if not isinstance(found, Operand):
            raise Untranslatable(f"'{node.id}' is not from the inputs", node.lineno)
        return found

    def _input(self, node: ast.expr) -> Operand:
        """`inputs["x"]`, `inputs.get("x")`, and a result that was computed before."""
        holder: Optional[ast.expr] = None
        key: Optional[ast.expr] = None
        if isinstance(node, ast.Subscript):
            holder, key = node.value, node.slice
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"
            and node.args
        ):
            holder, key = node.func.value, node.args[0]
        if isinstance(holder, ast.Name) and isinstance(key, ast.Constant) and isinstance(key.value, str):
            owner = self.names.get(holder.id)
            if owner is _FRAME and key.value in self.results:
                done = self.results[key.value]
                if done.expression is None:
                    raise Untranslatable(done.reason or "", done.line)
                return Operand(done.expression, done.type, differences=tuple(done.differences))
            if owner is _INPUTS:
                if key.value not in self.inputs:
                    raise Untranslatable(f"'{key.value}' is no input that came over", node.lineno)
                name, kind = self.inputs[key.value]
                return literal.column(name, kind)
        raise Untranslatable(f"'{ast.unparse(node)}' is not read", node.lineno)

    def _no_input(self, node: ast.expr) -> Operand:
        raise Untranslatable(f"'{ast.unparse(node)}' is not read inside of a comprehension", node.lineno)
