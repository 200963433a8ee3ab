# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Tests of dbt as promises: each only where it means exactly the same, to the last null.

The SQL is that of the test's own macro, in our words: what counts as a failure, how nulls are taken, how many failures
there are. Four tests are promises of the standard instead, which name the rows: those over columns where both mean the
same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

from . import _types
from ._manifest import Manifest, Node, Test, text
from ._sql import Lost, compiled, counted, expression, is_overridden, literal, model, plain, quoted, table, thresholds

CORE = ("not_null", "unique", "accepted_values", "relationships")


@dataclass
class Promised:
    """What a test becomes: members of a column, or rules of a column or the table."""

    column: Optional[str] = None
    members: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)
    said: str = ""

    def ids(self, table: str) -> tuple[str, ...]:
        """The promises as `tally verify` calls them."""
        checks = [*self.members, *(["range"] if self.options else [])]
        return (*(f"{table}.{self.column}.{check}" for check in checks), *(str(rule["id"]) for rule in self.rules))


@dataclass(frozen=True)
class Context:
    """A test, the node that it is about, and the tables that have a source."""

    test: Test
    node: Node
    manifest: Manifest
    tables: Mapping[str, str]

    @property
    def rows(self) -> str:
        return model(self.test, self.node, self.manifest)

    @property
    def column(self) -> str:
        return plain(self.test.column, self.node, self.manifest)

    def get(self, name: str, otherwise: Any = None) -> Any:
        return self.test.arguments.get(name, otherwise)

    def sql(self, name: str) -> str:
        """An argument that stands in the SQL as it is."""
        return expression(self.get(name), self.node, self.manifest)

    def number_or_sql(self, name: str) -> str:
        value = self.get(name)
        if self.manifest.adapter != "duckdb" and (isinstance(value, bool) or not isinstance(value, int)):
            raise Lost(f"the {name} is no whole number, and {self.manifest.adapter} may take it in another way")
        return self.sql(name)


def promise(
    test: Test, node: Node, manifest: Manifest, tables: Mapping[str, str], *, as_sql: bool = False
) -> Promised:
    """What a test promises; raises Lost where that cannot be said exactly."""
    context = Context(test, node, manifest, tables)
    levels = thresholds(test.config)
    column = node.column(test.column)
    found = Promised(column=column.name if column else None)
    kind = f"{test.namespace}.{test.kind}" if test.namespace else test.kind
    known = _KNOWN.get(kind or "")
    try:
        if known is None:
            raise Lost("it is a test of the project's own" if kind else "it is a query of the project's own")
        _is_known(test, known[1], manifest)
        if column is not None and not as_sql and levels == [("error", {"mustBe": 0})] and _is_bare(test):
            _NATIVE.get(kind or "", _nothing)(context, found, _types.logical(column.type))
        if not found.members and not found.options:
            found.rules = _rules(test, counted(known[0](context), test.config), levels)
    except Lost as lost:
        try:
            found.rules = _rules(test, counted(compiled(test, node, manifest, tables), test.config), levels)
            found.said = "the SQL that dbt compiled"
        except Lost as other:
            raise Lost(f"{lost.reason}: {other.reason}", other.help) if known is None else lost from None
    found.said = found.said or ("its own SQL" if found.rules else ", ".join([*found.members, *found.options]))
    return found


def rule(name: str, query: str, description: str, severity: str, operator: Mapping[str, Any]) -> dict[str, Any]:
    """A rule in SQL."""
    return {
        "id": name, "type": "sql", "description": description,
        **({"severity": severity} if severity != "error" else {}),
        "query": query, **operator}


def identifier(name: str, unique: str) -> str:
    """A rule's id: the name of the test, shortened with a digest of what is unique about it."""
    clean = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")
    if clean == name and len(clean) <= 80:
        return clean
    return f"{clean[:70]}_{hashlib.sha256(unique.encode()).hexdigest()[:8]}"


def _rules(test: Test, query: str, levels: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    name = identifier(test.name, test.id)
    return [
        rule(name if index == 0 else f"{name}_{severity}", query, f"dbt test {test.name}", severity, operator)
        for index, (severity, operator) in enumerate(levels)]


def _is_bare(test: Test) -> bool:
    counts = test.config.get("fail_calc") in (None, "count(*)")
    return counts and not test.config.get("where") and test.config.get("limit") is None


def _is_known(test: Test, arguments: str, manifest: Manifest) -> None:
    unknown = [name for name in test.arguments if name not in arguments.split()]
    if unknown:
        raise Lost(f"its argument {unknown[0]!r} is not known here")
    if is_overridden(f"test_{test.kind}", test.namespace, manifest):
        raise Lost("the project has a macro of its own in place of it")


def _nothing(context: Context, found: Promised, logical: Optional[str]) -> None:
    """There is no promise of the standard that means the same."""


def _required(context: Context, found: Promised, logical: Optional[str]) -> None:
    if not context.get("row_condition"):
        found.members["required"] = True


def _unique(context: Context, found: Promised, logical: Optional[str]) -> None:
    column = context.node.column(context.test.column)
    if column is not None and _types.is_plain(column.type) and context.column:
        found.members["unique"] = True


def _enum(context: Context, found: Promised, logical: Optional[str]) -> None:
    column, values = context.node.column(context.test.column), context.get("values")
    if column is None or not _types.is_plain(column.type) or not context.column:
        return
    if not isinstance(values, list) or not values:
        return
    is_quoted = context.get("quote", True) is True
    if logical == "string" and is_quoted and all(isinstance(value, str) for value in values):
        for value in values:
            literal(value)
        found.members["enum"] = [{"value": value} for value in dict.fromkeys(values)]
    if logical == "integer" and all(
            isinstance(v, int) and not isinstance(v, bool) and abs(v) < 1 << 31 for v in values):
        found.members["enum"] = [{"value": value} for value in dict.fromkeys(values)]


def _range(context: Context, found: Promised, logical: Optional[str]) -> None:
    bounds = {name: context.get(f"{short}_value") for name, short in (("minimum", "min"), ("maximum", "max"))}
    column = context.node.column(context.test.column)
    is_whole = all(
        value is None or isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 31
        for value in bounds.values())
    if column is None or logical != "integer" or not _types.is_plain(column.type):
        return
    if not is_whole or context.get("row_condition"):
        return
    is_open = context.get("inclusive", True) is False or context.get("strictly", False) is True
    given = {name: value for name, value in bounds.items() if value is not None}
    for name, value in given.items():
        found.options[f"exclusive{name.capitalize()}" if is_open else name] = value


def _not_null(context: Context) -> str:
    return f"select 1 from {context.rows} where {_any_column(context)} is null"


def _any_column(context: Context) -> str:
    """A column of any type: whether it is null does not depend on it."""
    column = context.node.column(context.test.column)
    return quoted(column.name) if column else context.column


def _unique_sql(context: Context) -> str:
    column = context.column
    return (
        f"select {column} as unique_field, count(*) as n_records from {context.rows}\n"
        f"where {column} is not null group by {column} having count(*) > 1")


def _listed(context: Context, name: str, flag: str) -> list[str]:
    values = context.get(name)
    if not isinstance(values, list) or not values:
        raise Lost("it lists no values")
    column = context.node.column(context.test.column)
    if context.manifest.adapter != "duckdb":
        logical = _types.logical(column.type) if column else None
        if not all(type(value) is {"integer": int, "string": str}.get(logical or "") for value in values):
            raise Lost(
                f"its values are of another type than the column, which {context.manifest.adapter} may take in "
                f"another way")
    if context.get(flag, True) is True:
        return [literal(value) for value in values]
    return [expression(value, context.node, context.manifest) for value in values]


def _accepted_values(context: Context) -> str:
    return (
        f"select value_field from (select distinct {context.column} as value_field from {context.rows}) all_values\n"
        f"where value_field not in ({', '.join(_listed(context, 'values', 'quote'))})")


def _not_accepted_values(context: Context) -> str:
    return (
        f"select value_field from (select distinct {context.column} as value_field from {context.rows}) all_values\n"
        f"where value_field in ({', '.join(_listed(context, 'values', 'quote'))})")


def _relationships(context: Context) -> str:
    others = [context.manifest.nodes.get(name) for name in context.test.nodes if name != context.node.id]
    to, field_name = str(context.get("to", "")), context.get("field")
    if not re.fullmatch(r"\s*(\{\{\s*)?(ref|source)\([^{}()]*\)(\s*\}\})?\s*", to) or len(others) > 1:
        raise Lost("what it refers to is no single ref or source")
    other = others[0] if others else context.node
    if other is None:
        raise Lost("what it refers to is not in the manifest")
    child, parent = context.column, plain(text(field_name), other, context.manifest)
    column, referred = context.node.column(context.test.column), other.column(text(field_name))
    types = [_types.logical(item.type) if item else None for item in (column, referred)]
    if context.manifest.adapter != "duckdb" and types[0] != types[1]:
        raise Lost(f"its columns are of different types, which {context.manifest.adapter} may compare in another way")
    there = "{object}" if other.id == context.node.id else table(other, context.tables)
    # Without names of its own for the two (WITH): they could be those of tables.
    return (
        f"select child.v from (select {child} as v from {context.rows} where {child} is not null) child\n"
        f"left join (select {parent} as v from {there}) parent on child.v = parent.v where parent.v is null")


def _accepted_range(context: Context) -> str:
    column, sign = context.column, "=" if context.get("inclusive", True) else ""
    parts = [
        f"or not {column} {order}{sign} {context.number_or_sql(name)}"
        for name, order in (("min_value", ">"), ("max_value", "<")) if context.get(name) is not None]
    return f"select 1 from {context.rows} where 1 = 2 {' '.join(parts)}"


def _combination(context: Context) -> str:
    columns = context.get("combination_of_columns")
    if not isinstance(columns, list) or not columns:
        raise Lost("it names no columns")
    listed = ", ".join(plain(text(column), context.node, context.manifest) for column in columns)
    return f"select {listed} from {context.rows} group by {listed} having count(*) > 1"


def _expression_is_true(context: Context) -> str:
    if context.test.column is None:
        return f"select 1 from {context.rows} where not({context.sql('expression')})"
    condition = f"{context.test.column} {context.get('expression')}"
    return f"select 1 from {context.rows} where not({expression(condition, context.node, context.manifest)})"


def _ungrouped(context: Context) -> None:
    if context.get("group_by_columns"):
        raise Lost("it counts by groups")


def _not_constant(context: Context) -> str:
    _ungrouped(context)
    column = context.column
    return f"select count(distinct {column}) as n from {context.rows} having count(distinct {column}) = 1"


def _at_least_one(context: Context) -> str:
    _ungrouped(context)
    column = _any_column(context)
    return f"select count({column}) as n from {context.rows} having count({column}) = 0"


def _not_empty_string(context: Context) -> str:
    column = context.node.column(context.test.column)
    if context.manifest.adapter != "duckdb" and (column is None or _types.logical(column.type) != "string"):
        raise Lost("its column is not known to be a text")
    if context.manifest.adapter == "oracle":
        raise Lost("the empty text is null in oracle")
    value = f"trim({context.column})" if context.get("trim_whitespace", True) is True else context.column
    return f"select 1 from {context.rows} where {value} = ''"


def _where(context: Context) -> str:
    condition = context.get("row_condition")
    return f" where {expression(condition, context.node, context.manifest)}" if condition else ""


def _expected_not_null(context: Context) -> str:
    return f"select 1 from (select {_any_column(context)} as v from {context.rows}{_where(context)}) t where v is null"


def _expected_null(context: Context) -> str:
    rows = f"{context.rows}{_where(context)}"
    return f"select 1 from (select {_any_column(context)} as v from {rows}) t where v is not null"


def _expected_between(context: Context) -> str:
    column, sign = context.column, "" if context.get("strictly", False) else "="
    parts = [
        f"and {column} {order}{sign} {context.number_or_sql(name)}"
        for name, order in (("min_value", ">"), ("max_value", "<")) if context.get(name) is not None]
    rows = f"{context.rows}{_where(context)}"
    return f"select 1 from (select (1=1 {' '.join(parts)}) as kept from {rows}) t where not(kept = true)"


# Each test with the arguments that are known of it.
_KNOWN: Mapping[str, tuple[Callable[[Context], str], str]] = {
    "not_null": (_not_null, ""),
    "unique": (_unique_sql, ""),
    "accepted_values": (_accepted_values, "values quote"),
    "relationships": (_relationships, "to field"),
    "dbt_utils.accepted_range": (_accepted_range, "min_value max_value inclusive"),
    "dbt_utils.unique_combination_of_columns": (_combination, "combination_of_columns"),
    "dbt_utils.expression_is_true": (_expression_is_true, "expression"),
    "dbt_utils.not_constant": (_not_constant, "group_by_columns"),
    "dbt_utils.at_least_one": (_at_least_one, "group_by_columns"),
    "dbt_utils.not_empty_string": (_not_empty_string, "trim_whitespace"),
    "dbt_utils.not_accepted_values": (_not_accepted_values, "values quote"),
    "dbt_expectations.expect_column_values_to_not_be_null": (_expected_not_null, "row_condition"),
    "dbt_expectations.expect_column_values_to_be_null": (_expected_null, "row_condition"),
    "dbt_expectations.expect_column_values_to_be_between": (
        _expected_between, "min_value max_value row_condition strictly"),
}
_NATIVE: Mapping[str, Callable[[Context, Promised, Optional[str]], None]] = {
    "not_null": _required,
    "unique": _unique,
    "accepted_values": _enum,
    "dbt_utils.accepted_range": _range,
    "dbt_expectations.expect_column_values_to_not_be_null": _required,
    "dbt_expectations.expect_column_values_to_be_between": _range,
}
