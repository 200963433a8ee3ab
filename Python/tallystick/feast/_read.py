# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A Feast repository as definitions of ours."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Optional, Union

from .. import _saving, _store
from .._definitions import Column, Entity, Feature, FeatureView, Project, Source
from .._errors import MisuseError
from . import _beside, _types
from ._operations import literal
from ._report import Import, Item, Note
from ._serve import Services

Created = Literal["known", "ignore"]
_NO_FILES = (
    "only files of Parquet are read here: export the table to Parquet (one folder, new files as it grows), and import "
    "again; "
    "or write a source over that export by hand")


def read(
    repository: Union[str, os.PathLike[str]], folder: Union[str, os.PathLike[str], None] = None, *,
    created: Created = "known", registry: bool = False, accept_differences: bool = False, force: bool = False,
    python: Optional[str] = None,
) -> Import:
    """Reads a Feast repository into definitions, and says what became of each of its objects.

    The repository's Python code is executed, in a process of its own, by Feast's own code; its registry and its online
    store are not touched. With `folder`, the definitions are written there as `tallystick.save` does, and checked.

    ```python
    found = tallystick.feast.read("my_feast_repo", "my_repo")
    print(found.text())
    ```

    Args:
        repository: the folder with `feature_store.yaml`.
        folder: the repository to write, new or written by an import before; nothing is written without one.
        created: what the created timestamp is here: `known` takes it as the time from which a row could be used;
            `ignore` leaves it out, as Feast does but for ties.
        registry: read what is applied in the registry, and not the code.
        accept_differences: write on-demand expressions too that differ in a way that the report names.
        force: replace files of the folder that were edited.
        python: the Python that Feast and the repository's own imports are installed for; this one when left out.

    Raises:
        NotFoundError: there is no Feast repository, or no Feast.
        EngineError: the repository's code fails.
        ConflictError: the folder has a file that no save wrote.
    """
    if created not in ("known", "ignore"):
        raise MisuseError("E-misuse", f"created is 'known' or 'ignore', and not {created!r}")
    root = Path(os.path.abspath(repository))
    described = _beside.ask("describe", root, python=python, registry=registry)
    target = None if folder is None else Path(os.path.abspath(folder))
    report = _Reader(root, target or root, created, described, accept_differences).run()
    if target is not None:
        report.files = _saving.save(report.definitions, target, force=force)
        with _store.open(target) as store:
            report.check = store.check()
    return report


def reader(root: Path, target: Path, created: Created, described: Mapping[str, Any]) -> _Reader:
    """What reads a described repository, for those that need what it knows besides the report."""
    return _Reader(root, target, created, described, False)


@dataclass
class Carried:
    """A view that came over: its names, and the types of its features, by Feast's names."""

    definition: FeatureView
    features: dict[str, tuple[str, str]]
    keys: list[str]


class _Reader:
    """Goes through the objects."""

    def __init__(
        self, root: Path, target: Path, created: Created, described: Mapping[str, Any], accept_differences: bool
    ) -> None:
        self.target = target
        self.created = created
        self.described = described
        self.accept = accept_differences
        self.report = Import(root, described["project"], described["feast"])
        self.entities: dict[str, Entity] = {}
        self.sources: dict[str, Source] = {}
        self.views: dict[str, Carried] = {}

    def run(self) -> Import:
        for entity in sorted(self.described["entities"], key=lambda e: str(e["name"])):
            self._entity(entity)
        used: set[str] = set()
        for view in sorted(self.described["views"], key=lambda v: str(v["name"])):
            self._view(view, used)
        services = Services(self.report, self.described, self.views, self.accept).run()
        self._rest()
        self._general()
        project = Project(_types.name(self.described["project"]))
        self.report.definitions = [
            project, *(e for e in self.entities.values() if self._is_used(e)), *self.sources.values(),
            *(view.definition for view in self.views.values()), *services,
        ]
        self.report.names = {
            name: (view.definition.name, {feature: ours for feature, (ours, _) in view.features.items()})
            for name, view in self.views.items()
        }
        order = {
            kind: index for index, kind in enumerate(
                ("entity", "source", "view", "feature", "onDemand", "service", "other"))}
        self.report.items.sort(key=lambda item: (order[item.kind], item.name))
        return self.report

    def _is_used(self, entity: Entity) -> bool:
        return any(entity.name in view.definition.entities for view in self.views.values())

    def _entity(self, entity: Mapping[str, Any]) -> None:
        item = self.report.add("entity", entity["name"])
        users = [view for view in self.described["views"] if entity["name"] in view["entities"]]
        kinds = [kind for view in users if (kind := _key_type(entity["joinKey"], view))]
        declared = _types.of_feast(entity["type"])
        kind = kinds[0] if kinds else declared
        for other in kinds:
            if kind and _types.widens(kind, other):
                kind = other
        if kind is None:
            item.drop("no file of a view says the type of its key")
            return
        if kind.startswith(("float", "array")):
            item.drop(
                f"its key '{entity['joinKey']}' is {kind}, which is no type of a key here",
                "write the key as int64 or string")
            return
        if declared and declared != kind and not _types.widens(kind, declared):
            item.change(f"Feast declares the key as {entity['type']}, and the files have {kind}: {kind} is taken")
        if not users:
            item.drop("no feature view uses it")
            return
        name = self._named(item, entity["name"], {known.name for known in self.entities.values()})
        self.entities[entity["name"]] = Entity(name, join_keys=[Column(entity["joinKey"], kind)], **_annotation(entity))

    def _view(self, view: Mapping[str, Any], used: set[str]) -> None:
        item = self.report.add("view", view["name"])
        fields = {
            field["name"]: self.report.add("feature", f"{view['name']}:{field['name']}") for field in view["features"]}
        if not self._is_carried(view, item):
            for feature in fields.values():
                feature.drop("its view does not come over")
            return
        source = self._source(view, item)
        keys = [key.name for entity in view["entities"] for key in self.entities[entity].columns]
        features: dict[str, tuple[str, str]] = {}
        made: list[Feature] = []
        if source is not None:
            for field in view["features"]:
                ours = self._feature(field, view["source"], fields[field["name"]], keys, {f.name for f in made})
                if ours is not None:
                    made.append(ours)
                    features[field["name"]] = (ours.name, ours.type)
        if source is None or not made:
            if source is not None:
                item.drop("none of its features comes over")
            for feature_item in fields.values():
                if feature_item.status != "dropped":
                    feature_item.drop("its view does not come over")
            return
        name = self._named(item, view["name"], used)
        used.add(name)
        ttl = datetime.timedelta(seconds=view["ttl"]) if view["ttl"] else None
        if ttl:
            item.change(
                "its ttl counts online too: Feast serves an older value as PRESENT, here it is null and outsideMaxAge")
        if view["stream"]:
            item.change(
                f"rows come from its batch source only: there is no {view['stream']} here",
                "write new files into the source's folder, and run 'tally materialize'")
        self.sources.setdefault(view["source"]["name"], source)
        definition = FeatureView(
            name, entities=[self.entities[e].name for e in view["entities"]], source=source.name, features=made,
            time_to_live=ttl, **_annotation(view))
        self.views[view["name"]] = Carried(definition, features, keys)

    def _is_carried(self, view: Mapping[str, Any], item: Item) -> bool:
        kind, source = view["kind"], view["source"]
        entities = [name for name in view["entities"] if name != "__dummy"]
        if kind == "LabelView":
            item.drop(
                "labels are no features here: they are found by equality, and wait until they are ripe",
                "write 'label: {source, keys, column, maturity}' in the feature service")
        elif view["hasTransformation"] or view["hasAggregations"]:
            item.drop(
                f"it is a {kind} that transforms its source in Python or aggregates it",
                "run the transformation where it runs today, into Parquet, and read that; or write SQL in a 'query:' "
                "source")
        elif not entities:
            item.drop(
                "it has no entity, and a feature here is about something",
                "add a key column with one value to the data and the spine, and an entity for it")
        elif source is None:
            item.drop("it has no batch source", _NO_FILES)
        elif source["kind"] != "FileSource" or source["format"] not in (None, "ParquetFormat"):
            kind = source["format"] if source["kind"] == "FileSource" else source["kind"]
            item.drop(f"its source is a {kind}", _NO_FILES)
            self._dropped_source(source, f"a {kind} is not read")
        elif "://" in source["path"]:
            item.drop(f"its files lie at {source['path'].split('://')[0]}://, which is not read", _NO_FILES)
            self._dropped_source(source, "only local files are read")
        elif "unreadable" in source:
            item.drop(
                f"its file cannot be read: {source['unreadable']}",
                "see that the data are there: types are taken from the file")
            self._dropped_source(source, "its file cannot be read")
        elif missing := [name for name in entities if name not in self.entities]:
            item.drop(f"its entity {missing[0]} does not come over")
        else:
            mapped = {new: old for old, new in source["mapping"].items()}
            columns = source["columns"]
            for entity in entities:
                key = self.entities[entity].columns[0]
                have = _types.of_arrow(columns.get(key.name, ""))
                if key.name in mapped:
                    item.drop(
                        f"the key {key.name} is renamed from the column {mapped[key.name]} by a field mapping",
                        f"write a 'query:' source: SELECT \"{mapped[key.name]}\" AS \"{key.name}\", ... FROM '...'")
                elif have is None or not _types.widens(have, key.type):
                    item.drop(
                        f"its key {key.name} is {columns.get(key.name, 'no column')} in its file, and {key.type} "
                        f"elsewhere")
        return item.status != "dropped"

    def _dropped_source(self, source: Mapping[str, Any], why: str) -> None:
        if not any(item.kind == "source" and item.name == source["name"] for item in self.report.items):
            self.report.add("source", source["name"]).drop(why, _NO_FILES)

    def _source(self, view: Mapping[str, Any], view_item: Item) -> Optional[Source]:
        source = view["source"]
        if source["name"] in self.sources:
            return self.sources[source["name"]]
        item = next((i for i in self.report.items if i.kind == "source" and i.name == source["name"]), None)
        item = item or self.report.add("source", source["name"])
        event_time = source["eventTime"]
        if _types.of_arrow(source["columns"].get(event_time, "")) not in ("timestamp", "date"):
            item.drop(
                f"its timestamp field '{event_time}' is {source['columns'].get(event_time, 'no column')} in its file")
            view_item.drop("its source does not come over")
            return None
        created = source["created"] if source["created"] in source["columns"] else None
        known = created if self.created == "known" else None
        if known:
            self._tell_created(item, source)
        elif created:
            item.change(
                f"'{created}' is left out: rows of one event time are ordered by their bytes, and not by it",
                "import with created='known' to see rows from then on only")
        name = self._named(item, Path(source["name"]).stem if "/" in source["name"] else source["name"],
                           {known_source.name for known_source in self.sources.values()})
        return Source(
            name, path=_pattern(source["path"], self.target), format="parquet" if not _ends(source["path"]) else None,
            event_time=event_time, known_time=known,
            first_seen="declared", **_annotation(source))

    def _tell_created(self, item: Item, source: Mapping[str, Any]) -> None:
        item.change(
            f"'{source['created']}' is the time from which a row can be seen, not only what breaks ties: a row that "
            f"was created "
            "after a prediction is not in its training row, and one without it is never used",
            "train with --known ignore to join by event time alone, as Feast does")
        late = source.get("late")
        if late and late["late"] > late["rows"] / 2:
            item.notes.append(Note(
                f"{late['late']:,} of its {late['rows']:,} rows were created more than a day after they happened",
                f"if '{source['created']}' is the time of a load, and not when a row was first there, import with "
                "created='ignore' (--created ignore)"))

    def _feature(
        self, field: Mapping[str, Any], source: Mapping[str, Any], item: Item, keys: list[str], taken: set[str]
    ) -> Optional[Feature]:
        mapped = {new: old for old, new in source["mapping"].items()}
        column = mapped.get(field["name"], field["name"])
        found = source["columns"].get(column)
        have = _types.of_arrow(found or "")
        if found is None:
            item.drop(f"its column '{column}' is not in the file")
            return None
        if have is None:
            item.drop(
                f"its column is {found} in the file, which has no counterpart here",
                "write the members that the model reads as columns of their own")
            return None
        wanted = _types.of_feast(field["type"])
        kind = wanted if wanted and _types.widens(have, wanted) else have
        if kind != wanted:
            item.change(
                f"Feast declares {field['type']}, and its file has {found}: {kind} is taken, as training sets of "
                f"Feast have it")
        if column in keys:
            item.drop("it is the join key itself")
            return None
        plain = _types.name(field["name"], taken)
        if plain in {"event_timestamp", "observed_at", *(key.lower() for key in keys)}:
            plain = _types.name(f"{plain}_value", taken)
        if plain != field["name"]:
            item.change(f"it is called {plain} here", "names are lower-case letters, digits and single underscores")
        expression = None if column == plain else literal.column(column, kind).text
        return Feature(plain, kind, expression=expression, **_annotation(field))

    def _named(self, item: Item, original: str, taken: set[str]) -> str:
        name = _types.name(original, taken)
        if name != item.name:
            item.change(f"it is called {name} here", "names are lower-case letters, digits and single underscores")
        return name

    def _rest(self) -> None:
        if self.described["permissions"]:
            self.report.add("other", "permissions").drop(
                f"{self.described['permissions']} permissions do not come over",
                "name tokens and roles for 'tally serve'")
        if self.described["online"] not in ("sqlite", "None"):
            self.report.add("other", f"online store {self.described['online']}").drop(
                "values are stored in LMDB here", "run 'tally materialize', and 'tally serve'")

    def _general(self) -> None:
        note = self.report.general.append
        note(
            Note(
                "Of rows with the same key and times the one with the larger bytes is taken, always the same; Feast "
                "takes any."))
        note(Note("Null and NaN are two values here, and one in pandas: a NaN of a file stays NaN."))
        note(Note("Integers with nulls stay integers; Feast's training sets turn the whole column into floats."))
        note(Note("Times finer than microseconds are rounded up, so that no row is seen before it happened."))
        note(Note(
            "Files that come later count as known when they were first seen, unless their source says otherwise: the "
            "import writes "
            "'firstSeen: declared', so that created timestamps and event times are believed.",
            "take it out where files only grow, and nothing is written anew"))


def _annotation(described: Mapping[str, Any]) -> dict[str, Any]:
    tags = {
        key: value for key, value in (described.get("tags") or {}).items() if str(key).strip() and str(value).strip()}
    return {
        "description": (described.get("description") or "").strip() or None,
        "owner": (described.get("owner") or "").strip() or None, "tags": tags,
    }


def _key_type(key: str, view: Mapping[str, Any]) -> Optional[str]:
    source = view["source"]
    if source and "columns" in source:
        return _types.of_arrow(source["columns"].get(key, ""))
    declared = next((field["type"] for field in view["keys"] if field["name"] == key), "")
    return _types.of_feast(declared)


def _ends(path: str) -> bool:
    return path.endswith(".parquet") or os.path.isdir(path)


def _pattern(path: str, target: Path) -> str:
    """The path as a definition writes it: relative to the folder, and with nothing that stands for other names."""
    place = os.path.relpath(os.path.realpath(path), os.path.realpath(target))
    escaped = re.sub(r"[*?\[]", lambda found: f"[{found[0]}]", place)
    return f"{escaped}/**/*.parquet" if os.path.isdir(path) else escaped
