# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""On-demand functions that are no expressions, carried as they are.

The function's text stands in a file of its own, with what it names.

What would not be in that file (other modules of the repository, values that the module computes when it is loaded) is not
carried: the file's SHA-256 has to say what runs.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Iterator, Optional, Union

from .._python_transform import PythonTransform
from .._saving import Definition

ENTRY = "tally_transform"
_PLAIN_CALLS = frozenset(["re.compile", "frozenset", "set", "dict", "list", "tuple", "int", "float", "str", "bool", "timedelta",
                          "datetime.timedelta"])
_CHANCE = re.compile(r"\.(random|uuid[14]|now|utcnow|today|time\.time|time_ns|monotonic|perf_counter)\b")
_Function = (ast.FunctionDef, ast.ClassDef)


class NotCarried(Exception):
    """Why a function stays behind."""


@dataclass(frozen=True)
class CodeFile(Definition):
    """The file of a carried function."""

    name: str
    code: str

    kind: ClassVar[str] = "transform"

    @property
    def file(self) -> str:
        return f"transforms/{self.name}.py"

    def yaml(self) -> str:
        """The text of the file, in which a comment of Python marks it as saved."""
        return self.code


@dataclass(frozen=True)
class Carriable:
    """A function that can be carried.

    Attributes:
        text: it, and what it names in its module.
        function: its name.
        reads: Feast's names of the inputs that it reads; None where it takes them all.
        requirements: the distributions that it imports, pinned as they are installed beside Feast.
    """

    text: str
    function: str
    reads: Optional[frozenset[str]]
    requirements: tuple[str, ...]

    def needs(self, inputs: Sequence[str]) -> list[str]:
        """The inputs that it reads, by Feast's names."""
        return [name for name in inputs if self.reads is None or name in self.reads]


def carriable(view: Mapping[str, Any], inputs: Sequence[str]) -> Carriable:
    """Looks whether the function of an on-demand view can be carried; NotCarried says why not."""
    module = view.get("module")
    if view["mode"] not in ("pandas", "python"):
        raise NotCarried(f"functions of mode {view['mode']} are not run")
    if view["aggregates"]:
        raise NotCarried("it aggregates rows, and a function here is given one")
    if not module:
        raise NotCarried("the file of its text is not known")
    try:
        tree = ast.parse(module["text"])
    except SyntaxError:
        raise NotCarried("its file is no Python") from None
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == module["function"]]
    if len(found) != 1 or len(found[0].args.args) != 1:
        raise NotCarried("it is no function of one argument at the top of its file")
    return _Carrying(tree, module, found[0], view["mode"]).run(inputs)


class _Carrying:
    """Gathers what a function names."""

    def __init__(self, tree: ast.Module, module: Mapping[str, Any], function: ast.FunctionDef, mode: str) -> None:
        self.lines = module["text"].splitlines()
        self.packages: Mapping[str, str] = module["packages"]
        self.function, self.mode = function, mode
        self.bound: dict[str, ast.stmt] = {}
        self.is_starred = False
        # They say how the whole file is read, and stand first.
        self.future = [
            ast.unparse(node) for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
        for node in tree.body:
            for name in _bindings(node):
                self.is_starred = self.is_starred or name == "*"
                self.bound[name] = node
        self.imports: dict[str, None] = {}
        self.nodes: list[ast.stmt] = []
        self.needed: set[str] = set()

    def run(self, inputs: Sequence[str]) -> Carriable:
        self._take(self.function, is_entry=True)
        if self.mode == "pandas":
            self._require("pandas")
        order = sorted(self.nodes, key=lambda node: node.lineno)
        imports = [*self.future, *sorted(self.imports)]
        parts = [*imports, *([""] if imports else []), *("\n" + self._text(node) for node in order)]
        requirements = sorted({self.packages[name] for name in self.needed}, key=str.lower)
        return Carriable("\n".join(parts), self.function.name, self._reads(inputs), tuple(requirements))

    def _take(self, node: ast.stmt, *, is_entry: bool = False) -> None:
        """Takes a statement of the module, and what it names."""
        if node in self.nodes:
            return
        self.nodes.append(node)
        # The decorator is Feast's, and does not come along.
        left_out = set(map(id, node.decorator_list)) if is_entry and isinstance(node, ast.FunctionDef) else set()
        own = {child.id for child in ast.walk(node) if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store)}
        own |= {child.arg for child in ast.walk(node) if isinstance(child, ast.arg)}
        own |= {child.name for child in ast.walk(node) if isinstance(child, (*_Function, ast.ExceptHandler)) and child.name}
        for child in _walk(node, left_out):
            if isinstance(child, ast.Attribute) and _CHANCE.search("." + ast.unparse(child)):
                raise NotCarried(
                    f"it draws random numbers or asks the clock ({ast.unparse(child)}), so that training and serving "
                    "would differ")
        for child in _walk(node, left_out):
            if isinstance(child, (ast.Import, ast.ImportFrom)):
                own |= {alias.asname or alias.name.split(".")[0] for alias in child.names}
                self._import(child, None)
            elif isinstance(child, (ast.Global, ast.Nonlocal)):
                raise NotCarried("it keeps values from call to call ('global'), and rows do not know each other here")
        for child in _walk(node, left_out):
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load):
                self._name(child.id, own)

    def _name(self, name: str, own: set[str]) -> None:
        node = self.bound.get(name)
        if node is None or node is self.function:
            if name in own or hasattr(builtins, name) or node is not None:
                return
            raise NotCarried(f"'{name}' is not defined in its file" + (", which imports '*'" if self.is_starred else ""))
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            alias = next(alias for alias in node.names if (alias.asname or alias.name.split(".")[0]) == name)
            self._import(node, alias)
        elif isinstance(node, _Function):
            self._take(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            for call in ast.walk(node.value):
                if isinstance(call, (ast.Call, ast.Await)) and (
                        not isinstance(call, ast.Call) or ast.unparse(call.func) not in _PLAIN_CALLS):
                    raise NotCarried(f"'{name}' is computed when its file is loaded ({ast.unparse(node.value)[:60]})")
            self._take(node)
        else:
            raise NotCarried(f"'{name}' is set by a statement of the kind '{type(node).__name__}'")

    def _import(self, node: Union[ast.Import, ast.ImportFrom], alias: Optional[ast.alias]) -> None:
        """Takes an import of the module (`alias`), or one within a function (all of it)."""
        if isinstance(node, ast.ImportFrom):
            if node.level or not node.module:
                raise NotCarried("it imports another file of the repository ('from .')")
            tops = [node.module.split(".")[0]]
        else:
            tops = [one.name.split(".")[0] for one in ([alias] if alias else node.names)]
        for top in tops:
            self._require(top)
        if alias is not None:
            spelled = alias.name + (f" as {alias.asname}" if alias.asname else "")
            source = f"from {node.module} " if isinstance(node, ast.ImportFrom) else ""
            self.imports[f"{source}import {spelled}"] = None

    def _require(self, top: str) -> None:
        if top in ("random", "secrets", "uuid"):
            raise NotCarried(f"it draws random numbers ({top}), so that training and serving would differ")
        if top in sys.stdlib_module_names:
            return
        if top == "feast":
            raise NotCarried("it needs Feast itself")
        if top not in self.packages:
            raise NotCarried(f"it imports '{top}', which is a file of the repository, or not installed beside Feast")
        self.needed.add(top)

    def _text(self, node: ast.stmt) -> str:
        start = node.lineno - 1
        if isinstance(node, _Function) and node is not self.function and node.decorator_list:
            start = node.decorator_list[0].lineno - 1
        return "\n".join(self.lines[start : node.end_lineno])

    def _reads(self, inputs: Sequence[str]) -> Optional[frozenset[str]]:
        """The inputs that it names; None where it does anything else with what it is given."""
        argument = self.function.args.args[0].arg
        seen: set[str] = set()
        named: set[int] = set()
        for node in ast.walk(self.function):
            holder: Optional[ast.expr] = None
            key: Optional[str] = None
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                holder, key = node.value, str(node.slice.value)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args \
                    and isinstance(node.args[0], ast.Constant):
                holder, key = node.func.value, str(node.args[0].value)
            elif isinstance(node, ast.Attribute) and (node.attr in inputs or node.attr in ("index", "shape")):
                holder, key = node.value, node.attr
            if isinstance(holder, ast.Name) and holder.id == argument and key is not None:
                named.add(id(holder))
                seen.add(key)
        others = [
            node for node in ast.walk(self.function)
            if isinstance(node, ast.Name) and node.id == argument and id(node) not in named
            and not self._is_length(node)
        ]
        return None if others else frozenset(seen)

    def _is_length(self, name: ast.Name) -> bool:
        return any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len" and name in node.args
            for node in ast.walk(self.function))


def definition(
    carried: Carriable, view: Mapping[str, Any], *, name: str, inputs: Mapping[str, tuple[str, str]],
    outputs: Mapping[str, tuple[str, str]],
) -> list[Definition]:
    """The transform and its file.

    `inputs` and `outputs` have for each of Feast's names the name in the vector and the type; an input may have two of Feast's
    names (`feature`, `view__feature`), as Feast's own call has.
    """
    text = [
        f"# The on-demand view '{view['name']}' of Feast.", carried.text, "", "", f"def {ENTRY}(inputs):",
        '    """Calls it for one row, by Feast\'s names."""',
    ]
    names = ", ".join(f"{theirs!r}: inputs[{ours!r}]" for theirs, (ours, _) in inputs.items())
    if view["mode"] == "pandas":
        text += [
            "    import pandas", "",
            f"    made = {carried.function}(pandas.DataFrame({{{names}}}))",
            f"    return made.rename(columns={ {theirs: ours for theirs, (ours, _) in outputs.items()}!r})",
        ]
    elif view["singleton"]:
        given = ", ".join(f"{ours!r}: made[{theirs!r}]" for theirs, (ours, _) in outputs.items())
        text += [f"    made = {carried.function}({{{names}}})", f"    return {{{given}}}"]
    else:
        lists = ", ".join(f"{theirs!r}: [inputs[{ours!r}]]" for theirs, (ours, _) in inputs.items())
        given = ", ".join(f"{ours!r}: made[{theirs!r}][0]" for theirs, (ours, _) in outputs.items())
        text += [f"    made = {carried.function}({{{lists}}})", f"    return {{{given}}}"]
    file = CodeFile(name, "\n".join(text) + "\n")
    transform = PythonTransform(
        name, source=file.file, function=ENTRY, mode="pandas" if view["mode"] == "pandas" else None,
        inputs=dict(inputs.values()), outputs=dict(outputs.values()), requirements=carried.requirements,
        description=(view.get("description") or "").strip() or None, owner=(view.get("owner") or "").strip() or None,
        tags={key: value for key, value in (view.get("tags") or {}).items() if str(key).strip() and str(value).strip()})
    return [file, transform]


def _bindings(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            yield alias.asname or alias.name.split(".")[0]
    elif isinstance(node, (*_Function, ast.AsyncFunctionDef)):
        yield node.name
    else:
        for child in ast.walk(node):
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
                yield child.id


def _walk(node: ast.AST, left_out: set[int]) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if id(child) not in left_out:
            yield from _walk(child, left_out)
