# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What is made of what, as a picture: SVG without scripts, in the colours of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Union

from ._answers import Plan
from ._connect import Connection
from ._contract import Contract
from ._definitions import FeatureView, Source
from ._display import escaped
from ._errors import MisuseError
from ._explore import Exploration
from ._saving import Definition
from ._services import FeatureService, Selection

Node = tuple[str, str]

# Kinds from left to right: what is on the left is made into what is on the right.
_COLUMNS = {"contract": 0, "source": 1, "entity": 1, "view": 2, "transform": 2, "service": 3}
_WORDS = {
    "Entity": "entity", "Source": "source", "FeatureView": "view", "PythonTransform": "transform", "FeatureService": "service",
}
_WIDTH, _HEIGHT, _GAP, _LETTERS = 190, 40, 60, 24


class Lineage:
    """Contracts, sources, entities, views, functions in Python and services, and which are made of which.

    Attributes:
        nodes: each a kind and a name.
        edges: pairs of nodes, from what is used to what uses it.
    """

    def __init__(self, nodes: Iterable[Node], edges: Iterable[tuple[Node, Node]]) -> None:
        self.edges = sorted(set(edges))
        named = {*nodes, *(node for edge in self.edges for node in edge)}
        self.nodes = sorted(named, key=lambda node: (_COLUMNS.get(node[0], 0), node))

    def __repr__(self) -> str:
        lines = [f"  {first[0]} {first[1]} -> {second[0]} {second[1]}" for first, second in self.edges]
        return "\n".join([f"Lineage of {len(self.nodes)}:", *lines])

    def _repr_html_(self) -> str:
        return self.svg()

    def svg(self) -> str:
        """The picture; a name that is too long is whole in its title."""
        places = self._places()
        width = max((x for x, _ in places.values()), default=0) + _WIDTH + 2
        height = max((y for _, y in places.values()), default=0) + _HEIGHT + 2
        parts = []
        for first, second in self.edges:
            (x, y), (u, v) = places[first], places[second]
            start, end = (x + _WIDTH, y + _HEIGHT // 2), (u, v + _HEIGHT // 2)
            middle = (start[0] + end[0]) // 2
            parts.append(
                f'<path d="M{start[0]} {start[1]} C{middle} {start[1]} {middle} {end[1]} {end[0]} {end[1]}" fill="none" '
                'stroke="currentColor" stroke-opacity=".45"/>')
        for node in self.nodes:
            (x, y), (kind, name) = places[node], node
            short = name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…"
            parts.append(
                f"<g><title>{escaped(f'{kind} {name}')}</title>"
                f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="5" fill="currentColor" fill-opacity=".06" '
                'stroke="currentColor" stroke-opacity=".5"/>'
                f'<text x="{x + 8}" y="{y + 15}" font-size="10" fill="currentColor" fill-opacity=".65">{escaped(kind)}</text>'
                f'<text x="{x + 8}" y="{y + 31}" font-size="12" font-family="monospace" fill="currentColor">'
                f"{escaped(short)}</text></g>")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Lineage" viewBox="-1 -1 {width} {height}" '
            f'width="{width}" height="{height}" style="max-width:100%;height:auto;color:inherit">{"".join(parts)}</svg>')

    def _places(self) -> dict[Node, tuple[int, int]]:
        """Columns by kind; in each, nodes stand near what they are made of."""
        used = sorted({_COLUMNS.get(kind, 0) for kind, _ in self.nodes})
        rows: dict[Node, float] = {}
        places: dict[Node, tuple[int, int]] = {}
        for place, column in enumerate(used):
            nodes = [node for node in self.nodes if _COLUMNS.get(node[0], 0) == column]

            def middle(node: Node) -> float:
                before = [rows[first] for first, second in self.edges if second == node and first in rows]
                return sum(before) / len(before) if before else len(rows)

            for row, node in enumerate(sorted(nodes, key=lambda node: (middle(node), node))):
                places[node] = (place * (_WIDTH + _GAP), row * (_HEIGHT + 12))
            rows.update({node: places[node][1] / (_HEIGHT + 12) for node in nodes})
        return places


def lineage(what: Union[Definition, Iterable[Definition], Exploration, Plan, Connection]) -> Lineage:
    """What is made of what: of definitions as objects, of a proposal, of a plan's changes, or of what a server has applied.

    Raises MisuseError for anything else; TallyError where the server fails.
    """
    if isinstance(what, Plan):
        return of_plan(what.json)
    if isinstance(what, Connection):
        return _of_server(what)
    if isinstance(what, Exploration):
        return _of_definitions(what.definitions)
    if isinstance(what, Definition):
        return _of_definitions([what])
    if isinstance(what, Iterable):
        return _of_definitions(what)
    raise MisuseError("E-misuse", f"a {type(what).__name__} has no lineage", subject="lineage")


def of_plan(json: Mapping[str, Any]) -> Lineage:
    """The definitions that a plan changes, and those that they reach; what is reached through another is drawn through it."""
    nodes = [(_WORDS[change["kind"]], change["name"]) for change in json["changes"]]
    reached = {
        node: {(_WORDS[item["kind"]], item["name"]) for item in change["dependents"]}
        for node, change in zip(nodes, json["changes"])
    }
    edges = [
        (first, second) for first in nodes for second in reached[first]
        if not any(second in reached.get(between, ()) for between in reached[first])
    ]
    return Lineage(nodes, edges)


def _of_definitions(definitions: Iterable[Definition]) -> Lineage:
    nodes: list[Node] = []
    edges: list[tuple[Node, Node]] = []
    for definition in definitions:
        if not isinstance(definition, Definition):
            raise MisuseError("E-misuse", f"a {type(definition).__name__} is no definition", subject="lineage")
        inner = _of_definitions(definition.parts())
        nodes += inner.nodes
        edges += inner.edges
        if definition.kind in _COLUMNS:
            node = (definition.kind, _name(definition))
            nodes.append(node)
            edges += [(used, node) for used in _used(definition)]
    return Lineage(nodes, edges)


def _used(definition: Definition) -> list[Node]:
    """What a definition is made of, whether it is referred to as an object or by name."""
    if isinstance(definition, Source):
        contract = definition.contract
        if isinstance(contract, Contract):
            return [("contract", contract.id)]
        return [("contract", contract.rpartition("/")[2].partition(".odcs.")[0])] if contract else []
    if isinstance(definition, FeatureView):
        return [("source", _name(definition.source)), *(("entity", _name(entity)) for entity in definition.entities)]
    if isinstance(definition, FeatureService):
        views = [_name(item.view if isinstance(item, Selection) else item) for item in definition.features]
        label = [("source", _name(definition.label.source))] if definition.label else []
        transforms = [("transform", _name(item)) for item in definition.transforms]
        return [*(("view", view) for view in views), *transforms, *label]
    return []


def _name(reference: Union[str, Definition]) -> str:
    if isinstance(reference, Contract):
        return reference.id
    return reference if isinstance(reference, str) else reference.name


def _of_server(connection: Connection) -> Lineage:
    edges: list[tuple[Node, Node]] = []
    for summary in connection.views():
        view = connection.view(summary["name"])
        node = ("view", str(view["name"]))
        edges += [(("source", view["source"]), node), *((("entity", entity), node) for entity in view["entities"])]
    services = connection.services()
    for service in services:
        edges += [(("view", view), ("service", str(service["name"]))) for view in service["views"]]
    return Lineage([("service", str(service["name"])) for service in services], edges)
