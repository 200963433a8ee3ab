# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""SQL of a dbt project, as a contract's rules may hold it: only what means the same in DuckDB."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Optional

from . import _types
from ._manifest import Manifest, Node, Test

# Engines that compare texts by their bytes. Others go by a collation, or leave blanks at the end out.
_BYTEWISE = frozenset(["duckdb", "postgres", "snowflake", "bigquery", "databricks", "spark", "trino", "athena"])
_TOKEN = re.compile(r"\s*(?:([A-Za-z_][A-Za-z0-9_]*)|(\d+(?![\w.]))|('[^'\\]*')|(<>|!=|<=|>=|[=<>(),]))")
_WORDS = frozenset("and or not is null in true false".split())
_THRESHOLD = re.compile(r"\s*(!=|<>|==|=|>=|<=|>|<)\s*(\d{1,15})\s*\Z")
_BETWEEN = re.compile(r"\s*between\s+(\d{1,15})\s+and\s+(\d{1,15})\s*\Z", re.IGNORECASE)
_COUNT = re.compile(r"\s*count\(\s*(\*|1|distinct\s+[A-Za-z_][A-Za-z0-9_]*)\s*\)\s*\Z", re.IGNORECASE)
# What keeps a promise, by what makes a test fail.
_KEPT = {
    "!=": "mustBe", "<>": "mustBe", "=": "mustNotBe", "==": "mustNotBe", ">": "mustBeLessOrEqualTo",
    ">=": "mustBeLessThan",
    "<": "mustBeGreaterOrEqualTo", "<=": "mustBeGreaterThan",
}


class Lost(Exception):
    """Something has no exact counterpart here."""

    def __init__(self, reason: str, help: Optional[str] = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.help = help


def quoted(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """A value as dbt's tests write it between quotes."""
    text = str(value)
    if "'" in text or "{" in text:
        raise Lost(f"the value {text!r} ends dbt's own quotes, or is Jinja")
    return f"'{text}'"


def expression(text: Any, node: Node, manifest: Manifest) -> str:
    """An expression that a project writes, if it means the same in DuckDB; raises Lost."""
    if isinstance(text, (bool, int, float)):
        return str(text)
    if not isinstance(text, str) or not text.strip():
        raise Lost("an expression is no text")
    if "{" in text or "}" in text:
        raise Lost("it holds Jinja, which only dbt renders")
    if manifest.adapter != "duckdb":
        _portable(text, node, manifest.adapter)
    elif re.search(r"\bselect\b|\bfrom\b|;|--|/\*", text, re.IGNORECASE):
        raise Lost("it reads other tables")
    return text.strip()


def _portable(text: str, node: Node, adapter: str) -> None:
    """Raises Lost for what might mean something else in DuckDB than in the project's engine."""
    help = "write it as a rule of type sql in the contract, in DuckDB's SQL"
    position, kinds, words, has_order, has_text, has_number = 0, set(), set(), False, False, False
    while text[position:].strip():
        found = _TOKEN.match(text, position)
        if found is None:
            raise Lost(f"it is SQL of {adapter}, and may mean something else in DuckDB", help)
        position = found.end()
        name, number, quoted_text, sign = found.groups()
        if name and name.lower() in _WORDS:
            words.add(name.lower())
        elif name:
            column = node.column(name)
            if column is None or not _types.is_plain(column.type):
                raise Lost(
                    f"it reads {name!r}, whose type is not known to mean the same in {adapter} and in DuckDB", help)
            kinds.add(_types.logical(column.type))
        has_number, has_text = has_number or bool(number), has_text or bool(quoted_text)
        has_order = has_order or sign in ("<", ">", "<=", ">=")
    if "string" in kinds and (has_order or adapter not in _BYTEWISE or has_number):
        raise Lost(f"it compares texts, and {adapter} may do so in another way than by their bytes", help)
    if has_text and kinds != {"string"} or "date" in kinds and has_number or "boolean" in kinds and has_number:
        raise Lost(f"it compares values of different types, which {adapter} may do in another way", help)


def plain(column: Optional[str], node: Node, manifest: Manifest) -> str:
    """A column whose values every engine compares alike, as an identifier; on DuckDB any column or expression."""
    found = node.column(column)
    if manifest.adapter == "duckdb":
        bare = column or ""
        if found is not None or re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", bare):
            return quoted(found.name if found else bare)
        if re.fullmatch(r'"(?:[^"{}]|"")+"', bare):
            return bare
        return expression(column, node, manifest)
    if found is None:
        raise Lost(f"the column {column!r} is not documented, so its type is not known", "give it a data_type")
    if not _types.is_plain(found.type):
        raise Lost(
            f"the type of {found.name!r} ({found.type or 'none is given'}) is not known to compare alike in "
            f"{manifest.adapter} and in DuckDB", "give it a data_type, or write a rule of type sql in the contract")
    if _types.logical(found.type) == "string" and manifest.adapter not in _BYTEWISE:
        raise Lost(f"{manifest.adapter} may compare texts in another way than by their bytes")
    return quoted(found.name)


def model(test: Test, node: Node, manifest: Manifest) -> str:
    """The rows that a test looks at, as dbt puts its `where` around them."""
    where = test.config.get("where")
    if not where:
        return "{object}"
    if is_overridden("get_where_subquery", None, manifest):
        raise Lost("the project has a get_where_subquery of its own")
    return f"(select * from {{object}} where {expression(where, node, manifest)}) dbt_subquery"


def is_overridden(macro: str, namespace: Optional[str], manifest: Manifest) -> bool:
    """Whether the project, or another package, has a macro of its own in place of the one that is known here."""
    known = {"dbt", f"dbt_{manifest.adapter}", namespace}
    # A macro of a package is replaced by a dispatched one alone, one of dbt by any of its name.
    names = [f"*__{macro}"] if namespace else [f"*__{macro}", macro]
    return any(manifest.overrides.get(name, set()) - known for name in names)


def thresholds(config: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What the number of failures must be, by severity: an error, a warning, or both."""
    error, warning = _kept(config.get("error_if")), _kept(config.get("warn_if"))
    severity = str(config.get("severity") or "ERROR").upper()
    if severity == "WARN":
        return [("warning", warning)]
    if severity != "ERROR":
        raise Lost(f"the severity {severity!r} is neither error nor warn")
    return [("error", error)] if error == warning else [("error", error), ("warning", warning)]


def _kept(condition: Any) -> dict[str, Any]:
    if condition is None:
        return {"mustBe": 0}
    found, between = _THRESHOLD.match(str(condition)), _BETWEEN.match(str(condition))
    if between is not None:
        return {"mustNotBeBetween": [int(between[1]), int(between[2])]}
    if found is None:
        raise Lost(f"the threshold {str(condition)!r} is no comparison with one number")
    sign, number = found[1], int(found[2])
    # Of counts, which are never below nothing, these are all the same.
    if (sign, number) in ((">", 0), (">=", 1)):
        return {"mustBe": 0}
    return {_KEPT[sign]: number}


def counted(failures: str, config: Mapping[str, Any]) -> str:
    """The number that dbt takes of a test's failing rows."""
    calculation = str(config.get("fail_calc") or "count(*)")
    if _COUNT.match(calculation) is None:
        raise Lost(f"fail_calc is {calculation!r}, and only a count is a number for any rows")
    limit = config.get("limit")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        raise Lost(f"limit is {limit!r}")
    end = f"\nlimit {limit}" if limit is not None else ""
    return f"select {calculation} from (\n{failures.strip()}{end}\n) dbt_internal_test"


def compiled(test: Test, node: Node, manifest: Manifest, tables: Mapping[str, str]) -> str:
    """The SQL that dbt made of a test, over the tables of the contract instead of the warehouse's."""
    if manifest.adapter != "duckdb":
        raise Lost(
            f"its SQL is for {manifest.adapter}", "write it as a rule of type sql in the contract, in DuckDB's SQL")
    if test.compiled is None:
        raise Lost("the manifest holds no SQL of it", "run `dbt compile`, and import again")
    if "{object}" in test.compiled or "{property}" in test.compiled:
        raise Lost("its SQL holds {object} or {property}")
    text = test.compiled
    for other in sorted(filter(None, map(manifest.nodes.get, test.nodes)), key=lambda node: -len(node.relation)):
        if not other.relation or other.relation not in text:
            continue
        named = tables.get(other.id, "")
        if re.search(rf"\b{re.escape(named)}\W*\s+as\s*\(", text, re.IGNORECASE) and named:
            raise Lost(f"its SQL has a WITH of the name {named!r}, which hides the table")
        text = text.replace(other.relation, "{object}" if other.id == node.id else table(other, tables))
    for other in manifest.nodes.values():
        if other.relation and other.relation in text and "." in other.relation:
            raise Lost(f"its SQL reads {other.name}, on which it does not say to depend")
    return "\n".join(line.rstrip() for line in text.strip().splitlines() if line.strip())


def table(node: Optional[Node], tables: Mapping[str, str]) -> str:
    """Another table, by the name of its source."""
    if node is None or node.id not in tables:
        name = node.name if node else "a node that the manifest does not have"
        raise Lost(f"it reads {name}, which gets no source here", "select it too, and say where its data are (--data)")
    return quoted(tables[node.id])
