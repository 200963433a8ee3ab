# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Models of a dbt project as entities, sources, views and contracts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from .. import _vocabulary as words
from .._definitions import Entity, Feature, FeatureView, Source
from .._errors import MisuseError
from .._saving import Definition
from . import _types
from ._contracts import contract
from ._manifest import Manifest, Node, Test, mapping, relative, select, text, texts
from ._report import Report

_ENDINGS = (".parquet", ".csv", ".json", ".jsonl", ".ndjson", ".csv.gz", ".json.gz", ".jsonl.gz")


@dataclass(frozen=True)
class Request:
    """What is asked for: which nodes, and where data and repository lie."""

    folder: Path
    tags: Sequence[str] = ()
    names: Sequence[str] = ()
    data: Optional[str] = None
    root: Optional[str] = None


@dataclass
class _Times:
    """When rows of a node happened and were known, and where that is said."""

    event: Optional[str] = None
    known: Optional[str] = None
    after: Optional[str] = None
    said: str = ""


def convert(manifest: Manifest, request: Request, report: Report) -> list[Definition]:
    """The definitions for the nodes that were asked for; the report tells about each of them, and what is lost."""
    chosen = select(manifest, request.tags, request.names)
    usable = [node for node in chosen if _is_table(node, report)]
    names = _names(usable)
    paths = {node.id: path for node in usable if (path := _path(node, names[node.id], manifest, request, report))}
    tables = {id: names[id] for id in paths}
    tests = _tests(manifest, usable, chosen, report)
    made: list[Definition] = []
    entities: dict[str, Entity] = {}
    for node in usable:
        name, times = names[node.id], _times(node, manifest, report)
        promised = contract(node, name, tests[node.id], manifest, tables, times.event, report)
        count = len(node.columns)
        report.add(
            "carried", "contract", node, node.name, f"{promised.file}, {count} column{'' if count == 1 else 's'}")
        if not node.columns:
            report.add(
                "lost", "column", node, node.name, "the project documents no columns",
                "make a catalog: dbt docs generate")
        made.append(promised)
        if node.id not in paths:
            continue
        source = Source(
            name, path=paths[node.id], event_time=times.event, known_time=times.known, known_after=times.after,
            contract=promised, description=node.description, owner=node.owner)
        report.add("carried", "source", node, node.name, f"source {name} of {source.path}")
        made.append(source)
        made += _view(node, name, times, manifest, entities, report)
    _tell_others(manifest, report)
    return made


def _is_table(node: Node, report: Report) -> bool:
    """Whether a node has rows of its own."""
    if node.config.get("materialized") == "ephemeral":
        report.add("lost", node.kind, node, node.name, "it is ephemeral: there is no table", "materialize it")
        return False
    return True


def _names(nodes: Sequence[Node]) -> dict[str, str]:
    """A name for each node: letters, digits and single underscores; the name of a source's group where two are
    alike."""
    names: dict[str, str] = {}
    bare = [_as_name(node.name) for node in nodes]
    for node, name in zip(nodes, bare):
        if bare.count(name) > 1:
            prefix = text(node.raw.get("source_name")) or text(node.raw.get("package_name")) or node.kind
            name = _as_name(f"{prefix}_{node.name}")
        base, number = name, 2
        while name in names.values():
            name, number = f"{base[:58]}_{number}", number + 1
        names[node.id] = name
    return names


def _as_name(name: str) -> str:
    small = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    found = re.sub(r"_+", "_", re.sub(r"[^a-z0-9]+", "_", small)).strip("_").lstrip("0123456789_")[:63].rstrip("_")
    return found or "data"


def _path(node: Node, name: str, manifest: Manifest, request: Request, report: Report) -> Optional[str]:
    """Where the rows of a node lie; None, with a line in the report, where nobody says it."""
    if request.data is not None:
        return relative(f"{request.data}/{node.name}.parquet", request.folder)
    location = text(node.config.get("location")) if node.config.get("materialized") == "external" else None
    location = location or text(node.meta.get("external_location"))
    help = "name a folder with NAME.parquet for each of them: --data FOLDER"
    if location is None:
        is_external = node.config.get("materialized") == "external"
        where = "the folder external_root of the profile" if is_external else "the warehouse"
        report.add("lost", "source", node, node.name, f"its rows lie in {where}, and no path to files is given", help)
        return None
    if node.kind == "source" and "{" in location:
        try:
            location = location.format_map({
                **mapping(node.raw), "name": node.raw["name"],
                "identifier": node.raw.get("identifier") or node.raw["name"]})
        except (LookupError, ValueError, AttributeError):
            location = ""
    location = location.strip("'") if location.count("'") in (0, 2) else location
    if "(" in location:
        report.add(
            "lost", "source", node, node.name, f"it is read by {location}, which is SQL",
            f"write a source {name} with `query: SELECT * FROM {location}`")
    elif re.match(r"[a-z][a-z0-9]+://", location) or not location.endswith(_ENDINGS) or "{" in location:
        report.add("lost", "source", node, node.name, f"it lies at {location or 'a place that is put together'}, "
                   "which is no path to Parquet, CSV or JSON files of this machine", help)
    elif mapping(node.config.get("options")).get("partition_by"):
        report.add(
            "lost", "source", node, node.name, f"it is written in partitions below {location}",
            f"write a source {name} with `path: {location}/**/*.parquet` and `partitions: hive`")
    else:
        root = Path(request.root) if request.root else manifest.folder
        if not location.startswith("/"):
            report.note(f"relative locations are taken from {root}, where dbt is run (--root names another folder)")
        return relative(str(root / location), request.folder)
    return None


def _tests(
    manifest: Manifest, usable: Sequence[Node], chosen: Sequence[Node], report: Report
) -> dict[str, list[Test]]:
    """The tests of each node; those that are about several belong to the first that is imported."""
    found: dict[str, list[Test]] = {node.id: [] for node in usable}
    for test in manifest.tests:
        owner = test.node if test.node else next((node for node in test.nodes if node in found), None)
        if owner in found and test.config.get("enabled", True) is not False:
            found[str(owner)].append(test)
    return found


def _semantic(node: Node, manifest: Manifest) -> Mapping[str, Any]:
    """The semantic model of a node; the first, where there are several."""
    models = manifest.semantic_models.get(node.id, [])
    return models[0] if models else {}


def _times(node: Node, manifest: Manifest, report: Report) -> _Times:
    """The event time: what `meta.tallystick` says, else the semantic model's time of aggregation, else dbt's
    event_time."""
    hints, semantic = node.hints, _semantic(node, manifest)
    times = _Times(text(hints.get("event_time")), text(hints.get("known_time")), said="meta.tallystick")
    if hints.get("known_after") is not None:
        try:
            times.after = words.duration("meta.tallystick.known_after", hints["known_after"])
        except MisuseError as error:
            report.add("lost", "config", node, "known_after", error.message, error.help)
    if times.event is None:
        dimensions = {str(mapping(item).get("name")): mapping(item) for item in semantic.get("dimensions") or ()}
        default = text(mapping(semantic.get("defaults")).get("agg_time_dimension"))
        named = [name for name, item in dimensions.items() if item.get("type") == "time"]
        name = default or (named[0] if len(named) == 1 else None)
        if name is not None:
            times.event, times.said = text(dimensions.get(name, {}).get("expr")) or name, f"the semantic model's {name}"
        elif text(node.config.get("event_time")):
            times.event, times.said = text(node.config["event_time"]), "dbt's event_time"
    for attribute in ("event", "known"):
        name = getattr(times, attribute)
        column = node.column(name)
        if name is not None and (column is None or _types.logical(column.type) not in ("timestamp", "date")):
            report.add(
                "lost", "config", node, f"{attribute} time {name}",
                f"{times.said} names it, and it is no documented timestamp or "
                "date", "document the column with its data_type")
            setattr(times, attribute, None)
        elif column is not None:
            setattr(times, attribute, column.name)
    if times.event is None:
        times.known = times.after = None
    if times.known is not None and times.after is not None:
        report.add("lost", "config", node, "known_after", "there is a known_time, which says it for each row")
        times.after = None
    return times


def _keys(node: Node, manifest: Manifest) -> dict[str, list[str]]:
    """The entities that rows are about, each with its columns: what `meta.tallystick` says, else the semantic model's
    key."""
    hinted = node.hints.get("entities")
    semantic = {
        str(mapping(item).get("name")): mapping(item) for item in _semantic(node, manifest).get("entities") or ()}
    if isinstance(hinted, Mapping):
        return {str(name): list(texts(columns)) for name, columns in hinted.items()}
    if hinted is not None:
        return {name: [text(semantic.get(name, {}).get("expr")) or name] for name in texts(hinted)}
    for kind in ("primary", "natural", "unique"):
        found = [name for name, item in semantic.items() if item.get("type") == kind]
        if found:
            return {found[0]: [text(semantic[found[0]].get("expr")) or found[0]]}
    return {}


def _view(
    node: Node, name: str, times: _Times, manifest: Manifest, entities: dict[str, Entity], report: Report
) -> list[Definition]:
    """The view of a node with the entities that are new; nothing, with a line in the report, where something is
    missing."""
    keys = _keys(node, manifest)
    missing = [*([] if keys else ["entities: {NAME: COLUMN}"]), *([] if times.event else ["event_time: COLUMN"])]
    if missing:
        unsaid = [*([] if keys else ["what rows are about"]), *([] if times.event else ["when they happened"])]
        report.add(
            "lost", "view", node, node.name, f"nothing says {' and '.join(unsaid)}",
            f"add to its meta: tallystick: {{{', '.join(missing)}}}, or a semantic model")
        return []
    made: list[Entity] = []
    used = {times.event, times.known}
    for raw, columns in keys.items():
        entity = _entity(node, _as_name(raw), columns, entities, report)
        if entity is None:
            return []
        made.append(entity)
        used.update(column.name for column in entity.columns)
    features = _features(node, used, {str(column) for column in used if column}, report)
    if not features:
        report.add("lost", "view", node, node.name, "no column is left for a feature, or none has a type")
        return []
    lives = node.hints.get("time_to_live")
    try:
        view = FeatureView(
            name, entities=[entity.name for entity in made], source=name, features=features,
            time_to_live=words.duration("time_to_live", lives) if lives is not None else None,
            description=node.description, owner=node.owner)
    except MisuseError as error:
        report.add("lost", "view", node, node.name, error.message, error.help)
        return []
    entities.update({entity.name: entity for entity in made})
    keyed = ", ".join(entity.name for entity in made)
    report.add("carried", "view", node, node.name, f"view {name} about {keyed}, at {times.event} ({times.said})")
    return [*made, view]


def _entity(
    node: Node, name: str, columns: Sequence[str], entities: Mapping[str, Entity], report: Report
) -> Optional[Entity]:
    keys: dict[str, str] = {}
    for raw in columns:
        column = node.column(raw)
        kind = _types.feature(column.type) if column else None
        if column is None or kind is None or kind.startswith("float"):
            report.add(
                "lost", "view", node, node.name,
                f"the key {raw} of {name} is no documented column with the type of a key"
                + (f": it is {column.type}" if column and column.type else ""),
                "document it with its data_type; cast decimals in the model")
            return None
        keys[column.name] = kind
    entity = Entity(name, join_keys=keys) if keys else None
    if entity is None or name in entities and entities[name].columns != entity.columns:
        there = "nothing"
        if name in entities:
            there = ", ".join(f"{column.name} {column.type}" for column in entities[name].columns)
        report.add(
            "lost", "view", node, node.name, f"the entity {name} is found by {there} in another view, and here by "
            + ", ".join(f"{key} {kind}" for key, kind in keys.items()), "give the columns one name and one type")
        return None
    return entity


def _features(node: Node, used: set[Optional[str]], keys: set[str], report: Report) -> list[Feature]:
    """A feature for each column that is no key and no time, and whose type holds all values."""
    features: dict[str, Feature] = {}
    wanted = {name.lower() for name in texts(node.hints.get("features"))}
    for column in node.columns:
        if column.name in used or wanted and column.name.lower() not in wanted:
            continue
        kind = _types.feature(column.type)
        if kind is None:
            report.add(
                "lost", "column", node, column.name,
                f"it is no feature: {column.type or 'an unknown type'} has no counterpart",
                "cast it in the model")
            continue
        base = name = _as_name(column.name)
        number = 2
        while name in features or name in keys or name in ("event_timestamp", "observed_at"):
            name, number = f"{base[:58]}_{number}", number + 1
        written = '"' + column.name.replace('"', '""') + '"'
        features[name] = Feature(
            name, kind, expression=None if name == column.name else written, description=column.description)
        if name != column.name:
            report.add("differs", "column", node, column.name, f"the feature is called {name}")
    return list(features.values())


def _tell_others(manifest: Manifest, report: Report) -> None:
    """What has no place in a feature store."""
    words_of = {
        "unit_tests": ("unit test", "it tests the SQL of a model, and stays with dbt"),
        "metrics": ("metric", "a metric is no feature"),
        "saved_queries": ("saved query", "a saved query is no feature")}
    for section, unique, file in manifest.others:
        kind, text = words_of[section]
        report.add("lost", kind, _Place(unique, file), unique.rpartition(".")[2], text)


@dataclass(frozen=True)
class _Place:
    id: str
    file: str
