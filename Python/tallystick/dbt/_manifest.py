# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""dbt's manifest.json and catalog.json, read carefully: whatever does not have the known form is told and passed
over."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from .._errors import MisuseError, NotFoundError, StorageError
from ._report import Report

OLDEST, NEWEST = 9, 12
KINDS = ("model", "source", "seed", "snapshot")


@dataclass(frozen=True)
class Constraint:
    """A constraint of a column or a model."""

    type: str
    columns: tuple[str, ...]
    expression: Optional[str] = None
    to: Optional[str] = None
    to_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column as the project documents it, with the type that the catalog saw, if there is one."""

    name: str
    type: Optional[str] = None
    documented_type: Optional[str] = None
    description: Optional[str] = None
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True)
class Test:
    """A test, with what its meaning depends on."""

    id: str
    file: str
    name: str
    kind: Optional[str]
    namespace: Optional[str]
    arguments: Mapping[str, Any]
    column: Optional[str]
    node: Optional[str]
    nodes: tuple[str, ...]
    macros: tuple[str, ...]
    config: Mapping[str, Any]
    compiled: Optional[str] = None

    @property
    def title(self) -> str:
        """The test as people call it: `dbt_utils.accepted_range of amount`."""
        name = ".".join(filter(None, [self.namespace, self.kind])) or self.name
        return f"{name} of {self.column}" if self.column else name


@dataclass(frozen=True)
class Node:
    """A model, source, seed or snapshot."""

    id: str
    file: str
    name: str
    kind: str
    relation: str
    tags: tuple[str, ...]
    description: Optional[str]
    columns: tuple[Column, ...]
    constraints: tuple[Constraint, ...]
    config: Mapping[str, Any]
    meta: Mapping[str, Any]
    owner: Optional[str]
    raw: Mapping[str, Any]

    def column(self, name: Optional[str]) -> Optional[Column]:
        """The column of a name, in any letter case as in SQL; None where it is not documented."""
        bare = name[1:-1] if name and name[:1] == name[-1:] and name[:1] in '"`' and len(name) > 2 else name
        return next((column for column in self.columns if column.name.lower() == (bare or "").lower()), None)

    @property
    def hints(self) -> Mapping[str, Any]:
        """What `meta.tallystick` says."""
        return mapping(self.meta.get("tallystick"))


@dataclass
class Manifest:
    """What is imported from a manifest."""

    project: str
    adapter: str
    folder: Path
    nodes: dict[str, Node] = field(default_factory=dict)
    tests: list[Test] = field(default_factory=list)
    semantic_models: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    overrides: dict[str, set[str]] = field(default_factory=dict)
    others: list[tuple[str, str, str]] = field(default_factory=list)


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def text(value: Any) -> Optional[str]:
    """A text that is not blank; None for anything else."""
    return value if isinstance(value, str) and value.strip() else None


def texts(value: Any) -> tuple[str, ...]:
    """The texts of a list, or a single one."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, Sequence) else ()


def read(path: Path, catalog: Optional[Path], report: Report) -> Manifest:
    """Reads a manifest, and the catalog beside it.

    Raises:
        NotFoundError: there is no such file.
        MisuseError: it is no manifest, or one of dbt before 1.5.
    """
    document = _load(path, "manifest")
    metadata = mapping(document.get("metadata"))
    _look_at_version(path, str(metadata.get("dbt_schema_version", "")), report)
    beside = catalog or path.with_name("catalog.json")
    seen = _load(beside, "catalog") if catalog or beside.exists() else {}
    if not seen:
        report.note(
            "there is no catalog.json: types are those that the project documents (`dbt docs generate` makes one)")
    folder = path.parent.parent if path.parent.name == "target" else path.parent
    manifest = Manifest(
        text(metadata.get("project_name")) or "dbt", str(metadata.get("adapter_type") or "unknown"), folder)
    groups = {
        str(mapping(group).get("name")): mapping(mapping(group).get("owner")) for group in _values(document, "groups")}
    for raw in [*_values(document, "nodes"), *_values(document, "sources")]:
        kind = raw.get("resource_type")
        if kind == "test" and text(raw.get("unique_id")):
            manifest.tests.append(_test(raw))
        elif kind in KINDS and text(raw.get("unique_id")) and text(raw.get("name")):
            there = mapping(seen.get("sources" if kind == "source" else "nodes")).get(raw["unique_id"])
            node = _node(raw, mapping(there), groups)
            manifest.nodes[node.id] = node
    for raw in _values(document, "semantic_models"):
        for node_id in texts(mapping(raw.get("depends_on")).get("nodes")):
            manifest.semantic_models.setdefault(node_id, []).append(raw)
    for section in ("unit_tests", "metrics", "saved_queries"):
        for raw in _values(document, section):
            manifest.others.append((section, str(raw.get("unique_id", "")), str(raw.get("original_file_path", ""))))
    for macro in _values(document, "macros"):
        name, package = str(macro.get("name", "")), str(macro.get("package_name", ""))
        # A macro with a prefix is one that is dispatched to.
        dispatched = re.match(r"[a-z0-9]+__(\w+)\Z", name)
        manifest.overrides.setdefault(f"*__{dispatched[1]}" if dispatched else name, set()).add(package)
    return manifest


def _load(path: Path, kind: str) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise NotFoundError(
            "E-not-found", f"there is no {kind}", subject=str(path),
            help="`dbt build` or `dbt parse` writes it") from None
    except OSError as error:
        raise StorageError("E-unreadable", error.strerror or str(error), subject=str(path)) from error
    except (ValueError, RecursionError) as error:
        raise MisuseError("E-misuse", f"this is no {kind}: it is not JSON", subject=str(path)) from error
    if not isinstance(document, dict) or not isinstance(document.get("nodes"), dict):
        raise MisuseError("E-misuse", f"this is no {kind}: it has no nodes", subject=str(path))
    return document


def _look_at_version(path: Path, schema: str, report: Report) -> None:
    found = re.search(r"/manifest/v(\d+)", schema)
    if found is None:
        raise MisuseError(
            "E-misuse", "this is no manifest of dbt: its metadata have no dbt_schema_version", subject=str(path),
            help="name target/manifest.json")
    version = int(found[1])
    if version < OLDEST:
        raise MisuseError(
            "E-misuse", f"version {version} of the manifest is older than {OLDEST}", subject=str(path),
            help="use dbt 1.5 or later")
    if version > NEWEST:
        report.note(
            f"version {version} of the manifest is newer than {NEWEST}, the newest that is known here: "
            "what has the known form was read, and something may have been passed over")


def _values(document: Mapping[str, Any], section: str) -> list[Mapping[str, Any]]:
    """The objects of a section; a manifest keeps some of them in lists by name."""
    return [value for value in mapping(document.get(section)).values() if isinstance(value, Mapping)]


def _test(raw: Mapping[str, Any]) -> Test:
    metadata = mapping(raw.get("test_metadata"))
    arguments = dict(mapping(metadata.get("kwargs")))
    arguments.update(mapping(arguments.pop("arguments", None)))
    model = str(arguments.pop("model", ""))
    column = text(arguments.pop("column_name", None)) or text(raw.get("column_name"))
    depends = mapping(raw.get("depends_on"))
    nodes = texts(depends.get("nodes"))
    node = text(raw.get("attached_node")) or (nodes[0] if len(nodes) == 1 else _referred(model, nodes))
    return Test(
        id=str(raw["unique_id"]), file=str(raw.get("original_file_path") or ""),
        name=str(raw.get("name") or raw["unique_id"]),
        kind=text(metadata.get("name")), namespace=text(metadata.get("namespace")), arguments=arguments, column=column,
        node=node, nodes=nodes, macros=texts(depends.get("macros")), config=mapping(raw.get("config")),
        compiled=text(raw.get("compiled_code")))


def _referred(call: str, nodes: Sequence[str]) -> Optional[str]:
    """The node that a `ref(…)` or `source(…)` means, of those that a test depends on; sources have no attached_node."""
    found = re.search(r"\b(ref|source)\(([^()]*)\)", call)
    names = re.findall(r"""['"]([^'"]*)['"]""", found[2]) if found else []
    kind = {"source": ("source",), "ref": ("model", "seed", "snapshot")}.get(found[1] if found else "", ())
    fits = [
        node for node in nodes if node.split(".")[0] in kind and names
        and ".".join(names) in (".".join(node.split(".")[2:2 + len(names)]), node.partition(".")[2])]
    return fits[0] if len(fits) == 1 else None


def _node(raw: Mapping[str, Any], seen: Mapping[str, Any], groups: Mapping[str, Mapping[str, Any]]) -> Node:
    config = mapping(raw.get("config"))
    meta = {**mapping(raw.get("source_meta")), **mapping(config.get("meta")), **mapping(raw.get("meta"))}
    name = str(raw["name"])
    version = raw.get("version")
    if version is not None:
        name = f"{name}_v{version}"
    group = groups.get(str(raw.get("group") or config.get("group")), {})
    owner = text(mapping(meta.get("tallystick")).get("owner")) or text(meta.get("owner"))
    owner = owner or text(raw.get("group")) or text(
        group.get("name"))
    relation = text(raw.get("relation_name")) or ""
    return Node(
        id=str(raw["unique_id"]), file=str(raw.get("original_file_path") or ""), name=name,
        kind=str(raw["resource_type"]),
        relation=relation, tags=tuple({*texts(raw.get("tags")), *texts(config.get("tags"))}),
        description=text(raw.get("description")), columns=_columns(raw, seen), config=config, meta=meta, owner=owner,
        raw=raw,
        constraints=tuple(
            _constraint(item, texts(mapping(item).get("columns"))) for item in raw.get("constraints") or ()))


def _columns(raw: Mapping[str, Any], seen: Mapping[str, Any]) -> tuple[Column, ...]:
    """The documented columns, spelled and typed as the catalog saw them, then those that only the catalog has."""
    catalog = {str(name).lower(): mapping(column) for name, column in mapping(seen.get("columns")).items()}
    columns = []
    for column in _values(raw, "columns"):
        name = str(column.get("name") or "")
        if not name.strip():
            continue
        there = catalog.pop(name.lower(), {})
        documented = text(column.get("data_type"))
        columns.append(Column(
            text(there.get("name")) or name, text(there.get("type")) or documented, documented,
            text(column.get("description")),
            tuple(_constraint(item, (text(there.get("name")) or name,)) for item in column.get("constraints") or ())))
    for name, there in catalog.items():
        columns.append(Column(text(there.get("name")) or name, text(there.get("type"))))
    return tuple(columns)


def _constraint(item: Any, columns: tuple[str, ...]) -> Constraint:
    item = mapping(item)
    return Constraint(
        str(item.get("type") or "custom"), columns, text(item.get("expression")), text(item.get("to")),
        texts(item.get("to_columns")))


def select(manifest: Manifest, tags: Sequence[str], names: Sequence[str]) -> list[Node]:
    """The nodes with one of the tags, or of one of the names; all of them where nothing is asked for.

    Raises NotFoundError for a tag or a name that nothing has.
    """
    def called(node: Node) -> set[str]:
        source = text(node.raw.get("source_name"))
        return {node.id, node.name, str(node.raw["name"]), *([f"{source}.{node.raw['name']}"] if source else [])}

    for tag in tags:
        if not any(tag in node.tags for node in manifest.nodes.values()):
            known = sorted({tag for node in manifest.nodes.values() for tag in node.tags})
            raise NotFoundError(
                "E-not-found", f"nothing has the tag {tag!r}", help=f"there are {', '.join(known)}" if known else None)
    for name in names:
        if not any(name in called(node) for node in manifest.nodes.values()):
            raise NotFoundError("E-not-found", f"there is no model, source, seed or snapshot {name!r}")
    if not tags and not names:
        return list(manifest.nodes.values())
    return [
        node for node in manifest.nodes.values()
        if any(tag in node.tags for tag in tags) or any(name in called(node) for name in names)]


def relative(path: str, start: Path) -> str:
    """A path as a repository in `start` writes it: from there on where it lies in it, else from the root on."""
    full = Path(os.path.abspath(path))
    return full.relative_to(start).as_posix() if full.is_relative_to(start) else full.as_posix()
