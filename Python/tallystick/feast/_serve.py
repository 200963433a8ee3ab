# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Feature services, and the on-demand views in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional, Union

from .._definitions import Feature
from .._python_transform import PythonTransform
from .._saving import Definition
from .._services import FeatureService, Selected, Selection
from . import _types
from ._carry import Carriable, NotCarried, carriable, definition
from ._report import Import, Item, Note
from ._translate import Translated, translate

if TYPE_CHECKING:
    from ._read import Carried

_PYTHON = "compute it where the features are made, or in the program that asks"


class Vector:
    """The vector of a service while it is made: which feature has which name in it."""

    def __init__(self, views: Mapping[str, Carried]) -> None:
        self.views = views
        self.chosen: dict[str, list[str]] = {}
        self.request: dict[str, str] = {}

    def choose(self, view: str, features: list[str]) -> list[str]:
        """Selects features that came over; returns those that did not."""
        there = self.views[view].features
        listed = self.chosen.setdefault(view, [])
        listed += [name for name in features if name in there and name not in listed]
        return [name for name in features if name not in there]

    def names(self, also: Optional[set[str]] = None) -> dict[tuple[str, str], str]:
        """The name of each selected feature in the vector, those apart that share one."""
        taken = {key.lower() for view in self.chosen for key in self.views[view].keys}
        taken |= {name.lower() for name in self.request} | (also or set())
        pairs = [(view, feature) for view, features in self.chosen.items() for feature in features]
        plain = [self.views[view].features[feature][0] for view, feature in pairs]
        answer: dict[tuple[str, str], str] = {}
        for (view, feature), name in zip(pairs, plain):
            if plain.count(name) > 1 or name in taken:
                name = _types.name(f"{self.views[view].definition.name}_{name}", taken)
            taken.add(name)
            answer[view, feature] = name
        return answer

    def selections(self, names: Mapping[tuple[str, str], str]) -> list[Any]:
        """The selections of the definition."""
        answer: list[Any] = []
        for view, features in self.chosen.items():
            carried = self.views[view]
            members: list[Any] = []
            for feature in features:
                ours = carried.features[feature][0]
                alias = names[view, feature]
                members.append(ours if alias == ours else Selected(ours, alias))
            whole = [feature.name for feature in carried.definition.features]
            answer.append(carried.definition.name if members == whole else Selection(carried.definition.name, members))
        return answer


@dataclass
class Demanded:
    """What is computed on demand in a vector.

    Attributes:
        names: the name of each selected feature.
        features: the expressions.
        given: the names of the outputs, by Feast's.
        definitions: the functions in Python, each with its file.
    """

    names: dict[tuple[str, str], str]
    features: list[Feature]
    given: dict[tuple[str, str], str]
    definitions: list[Definition]

    @property
    def transforms(self) -> list[PythonTransform]:
        """The functions in Python."""
        return [made for made in self.definitions if isinstance(made, PythonTransform)]


def inputs_of(
    view: Mapping[str, Any], views: Mapping[str, Carried], names: Mapping[tuple[str, str], str]
) -> dict[str, tuple[str, str]]:
    """What an on-demand function may read: Feast's name with the name in the vector and the type."""
    inputs: dict[str, tuple[str, str]] = {}
    for source in view["sources"]:
        if source["view"] in views:
            for feature in source["features"]:
                if (source["view"], feature) in names:
                    kind = views[source["view"]].features[feature][1]
                    inputs[feature] = inputs[f"{source['view']}__{feature}"] = (names[source["view"], feature], kind)
    for request in view["request"]:
        for field in request["fields"]:
            kind_or_none = _types.of_feast(field["type"])
            if kind_or_none:
                inputs[field["name"]] = (field["name"], kind_or_none)
    return inputs


class Services:
    """Goes through the services of a repository."""

    def __init__(
        self, report: Import, described: Mapping[str, Any], views: Mapping[str, Carried], accept: bool, *,
        carry: bool = True
    ) -> None:
        self.report = report
        self.carry = carry
        self.made: list[Definition] = []
        self._carriable: dict[str, Union[Carriable, NotCarried]] = {}
        self.described = described
        self.views = views
        self.accept = accept
        self.on_demand = {view["name"]: view for view in described["onDemand"]}
        self.kinds: dict[tuple[str, str], str] = {}

    def run(self) -> list[Definition]:
        """The services, behind the functions in Python that they have."""
        for view in self.on_demand.values():
            self._report(view)
        made: list[FeatureService] = []
        for service in sorted(self.described["services"], key=lambda s: str(s["name"])):
            done = self._service(service, {other.name for other in made})
            if done is not None:
                made.append(done)
        return [*self.made, *made]

    def _carried(self, view: Mapping[str, Any]) -> Union[Carriable, NotCarried]:
        """How the function of a view is carried as it is, or why not."""
        if not self.carry:
            return NotCarried("")
        if view["name"] not in self._carriable:
            inputs = inputs_of(view, self.views, self._needed(view).names())
            asked = [f for source in view["sources"] for f in source["features"]]
            asked += [field["name"] for request in view["request"] for field in request["fields"]]
            found: Union[Carriable, NotCarried]
            try:
                found = whole = carriable(view, [*asked, *inputs])
                lost = [name for name in whole.needs(asked) if name not in inputs]
                if lost:
                    raise NotCarried(f"it reads {', '.join(lost)}, which did not come over")
            except NotCarried as why:
                found = why
            self._carriable[view["name"]] = found
        return self._carriable[view["name"]]

    def _report(self, view: Mapping[str, Any]) -> None:
        """Says what becomes of each output, as if all inputs had their own names."""
        items = {
            f["name"]: self.report.add("onDemand", f"{view['name']}:{f['name']}", view["place"])
            for f in view["features"]}
        users = [s["name"] for s in self.described["services"] if any(p["view"] == view["name"] for p in s["views"])]
        names = self._needed(view).names()
        for field in view["features"]:
            item = items[field["name"]]
            found = self._translated(view, names)[field["name"]]
            self._judge(item, field, found, view)
            if item.status != "dropped" and not users:
                item.drop(
                    "no feature service has it", "an on-demand feature is part of a service here: put it into one")

    def _judge(self, item: Item, field: Mapping[str, Any], found: Translated, view: Mapping[str, Any]) -> None:
        if found.line and view["place"]:
            path, line = view["place"].rsplit(":", 1)
            item.place = f"{path}:{int(line) + found.line - 1}"
        if found.expression is None:
            self._keep(item, field, found.reason or "it is not translated", _PYTHON, view)
            return
        if found.differences and not self.accept and self._keeps(field, view):
            self._keep(
                item, field, "there is an expression that is nearly the same: " + "; ".join(found.differences),
                f"where that is fine, import with --accept-differences, and it is served too: {found.expression}", view)
            return
        if found.differences and not self.accept:
            item.drop(
                "there is an expression that is nearly the same: " + "; ".join(found.differences),
                f"where that is fine, write it yourself or import with --accept-differences: {found.expression}")
            return
        declared = _types.of_feast(field["type"])
        if declared is None or not _types.widens(found.type, declared):
            item.change(f"Feast declares {field['type']}, and what it computes is {found.type}: {found.type} is taken")
        if found.differences:
            item.change("; ".join(found.differences))
        what = "A row with a null input" if view["mode"] == "python" else "An overflow of numbers"
        was = "is an infinity or a wrapped number in pandas"
        if view["mode"] == "python":
            was = "fails the whole call of Feast"
        item.notes.append(Note(f"{what} {was}, and a null here: {found.expression}"))

    def _keeps(self, field: Mapping[str, Any], view: Mapping[str, Any]) -> bool:
        return isinstance(self._carried(view), Carriable) and _types.of_feast(field["type"]) is not None

    def _keep(self, item: Item, field: Mapping[str, Any], reason: str, help: str, view: Mapping[str, Any]) -> None:
        """Says that an output stays a function in Python, or why it does not come over."""
        carried = self._carried(view)
        if not self._keeps(field, view):
            why = str(carried) if isinstance(carried, NotCarried) else f"{field['type']} has no counterpart here"
            item.drop(f"{reason}; as a function in Python it does not come over: {why}" if why else reason, help)
            return
        item.change(
            f"it stays a function in Python, which 'train' and 'get' of the package run, and 'tally serve' refuses: "
            f"{reason}", None if help == _PYTHON else help)

    def _needed(self, view: Mapping[str, Any]) -> Vector:
        vector = Vector(self.views)
        for source in view["sources"]:
            if source["view"] in self.views:
                vector.choose(source["view"], source["features"])
        for request in view["request"]:
            for field in request["fields"]:
                kind = _types.of_feast(field["type"])
                if kind:
                    vector.request[field["name"]] = kind
        return vector

    def _translated(self, view: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> dict[str, Translated]:
        outputs = [field["name"] for field in view["features"]]
        if view["aggregates"]:
            return {name: Translated(reason="it aggregates rows, and an expression sees one") for name in outputs}
        return translate(
            view["code"], mode=view["mode"], singleton=view["singleton"], inputs=inputs_of(view, self.views, names),
            outputs=outputs)

    def build(self, views: list[Mapping[str, Any]], item: Optional[Item]) -> tuple[Vector, list[Mapping[str, Any]]]:
        """The vector for what a service names, and its on-demand views."""
        vector, demanded = Vector(self.views), []
        for projection in views:
            name = projection["view"]
            if projection.get("keyMap") or projection.get("alias"):
                if item:
                    item.change(
                        f"{projection['alias'] or name} is left out: it is {name} under another name or key",
                        "write a second view, with an entity of its own, over a 'query:' source that renames the key")
            elif name in self.on_demand:
                demanded.append(self.on_demand[name] | {"asked": projection["features"]})
            elif name in self.views:
                lost = vector.choose(name, projection["features"])
                if lost and item:
                    item.change(
                        f"without {', '.join(f'{name}:{feature}' for feature in lost)}, which did not come over")
            elif item:
                item.change(f"without {name}, which did not come over")
        return vector, demanded

    def demand(
        self, vector: Vector, demanded: list[Mapping[str, Any]], item: Optional[Item],
    ) -> Demanded:
        """Translates on-demand views in a vector; what is no expression stays a function in Python where it can."""
        usable = []
        kept: list[tuple[Mapping[str, Any], list[str]]] = []
        for view in demanded:
            trial = self._translated(view, self._needed(view).names())
            asked = [name for name in view["asked"] if self._is_usable(trial.get(name))]
            fields = {field["name"]: field for field in view["features"]}
            own = [name for name in view["asked"] if name not in asked and name in fields and self._keeps(fields[name], view)]
            lost = [name for name in view["asked"] if name not in asked and name not in own]
            if lost and item:
                item.change(
                    f"without {', '.join(f'''{view['name']}:{name}''' for name in lost)}, which does not come over")
            if own:
                kept.append((view, own))
                self._choose_kept(vector, view, item)
            if asked:
                usable.append((view, asked))
                before = {v: list(f) for v, f in vector.chosen.items()}
                needed = self._read(view, asked)
                for source in view["sources"]:
                    if source["view"] in self.views:
                        vector.choose(source["view"], [f for f in source["features"] if f in needed])
                more = [f"{v}:{f}" for v, fs in vector.chosen.items() for f in fs if f not in before.get(v, [])]
                if more and item:
                    item.change(f"its vector also holds {', '.join(more)}, which {view['name']} reads")
                vector.request |= {
                    field["name"]: kind for request in view["request"] for field in request["fields"]
                    if (kind := _types.of_feast(field["type"]))
                }
        outputs = {_types.name(name) for _, asked in [*usable, *kept] for name in asked}
        names = vector.names(outputs)
        taken = {*names.values(), *(name.lower() for name in vector.request)}
        taken |= {key.lower() for view_name in vector.chosen for key in self.views[view_name].keys}
        features: list[Feature] = []
        given: dict[tuple[str, str], str] = {}
        for view, asked in usable:
            found = self._translated(view, names)
            declared = {field["name"]: _types.of_feast(field["type"]) for field in view["features"]}
            for name in asked:
                done = found[name]
                wanted = declared.get(name)
                kind = wanted if wanted and _types.widens(done.type, wanted) else done.type
                ours = _types.name(name, taken)
                taken.add(ours)
                given[view["name"], name] = ours
                features.append(Feature(ours, kind, expression=done.expression))
        definitions = [part for view, own in kept for part in self._transform(view, own, names, taken, given)]
        return Demanded(names, features, given, definitions)

    def _choose_kept(self, vector: Vector, view: Mapping[str, Any], item: Optional[Item]) -> None:
        """Selects what a function in Python reads."""
        carried = self._carried(view)
        if not isinstance(carried, Carriable):
            return
        before = {v: list(f) for v, f in vector.chosen.items()}
        for source in view["sources"]:
            if source["view"] in self.views:
                short, long = source["features"], [f"{source['view']}__{f}" for f in source["features"]]
                vector.choose(source["view"], [f for f, full in zip(short, long) if carried.needs([f, full])])
        more = [f"{v}:{f}" for v, fs in vector.chosen.items() for f in fs if f not in before.get(v, [])]
        if more and item:
            item.change(f"its vector also holds {', '.join(more)}, which {view['name']} reads")
        if item:
            item.change(
                f"{view['name']} runs in Python: use the package's 'train' and 'get'; 'tally serve' refuses this service")
        for request in view["request"]:
            for field in request["fields"]:
                kind = _types.of_feast(field["type"])
                if kind and carried.needs([field["name"]]):
                    vector.request[field["name"]] = kind

    def _transform(
        self, view: Mapping[str, Any], own: list[str], names: Mapping[tuple[str, str], str], taken: set[str],
        given: dict[tuple[str, str], str],
    ) -> list[Definition]:
        carried = self._carried(view)
        if not isinstance(carried, Carriable):
            return []
        every = inputs_of(view, self.views, names)
        inputs = {theirs: every[theirs] for theirs in carried.needs([*every])}
        outputs: dict[str, tuple[str, str]] = {}
        for field in view["features"]:
            kind = _types.of_feast(field["type"])
            if field["name"] in own and kind:
                ours = _types.name(field["name"], taken)
                taken.add(ours)
                given[view["name"], field["name"]] = ours
                outputs[field["name"]] = (ours, kind)
        for made in self.made:
            if isinstance(made, PythonTransform):
                same = definition(carried, view, name=made.name, inputs=inputs, outputs=outputs)
                if same[1] == made:
                    return same
        known = {made.name for made in self.made}
        return definition(carried, view, name=_types.name(view["name"], known), inputs=inputs, outputs=outputs)

    def _read(self, view: Mapping[str, Any], asked: list[str]) -> set[str]:
        """The inputs that the outputs need: without the others they are still translated."""
        needed: set[str] = set()
        names = self._needed(view).names()
        for source in view["sources"]:
            for feature in source["features"]:
                if source["view"] not in self.views or feature not in self.views[source["view"]].features:
                    continue
                without = {pair: name for pair, name in names.items() if pair != (source["view"], feature)}
                again = self._translated(view, without)
                if any(not self._is_usable(again.get(name)) for name in asked):
                    needed.add(feature)
        return needed

    def _is_usable(self, found: Optional[Translated]) -> bool:
        return found is not None and found.expression is not None and (self.accept or found.is_exact)

    def _service(self, service: Mapping[str, Any], taken: set[str]) -> Optional[FeatureService]:
        item = self.report.add("service", service["name"])
        vector, demanded = self.build(service["views"], item)
        done = self.demand(vector, demanded, item)
        names, features = done.names, done.features
        if not vector.chosen:
            item.drop("none of its features comes over")
            return None
        if service["isLogged"]:
            item.change("what is served is not logged")
        renamed = [f"{view}:{feature} is {name}" for (view, feature), name in names.items()
                   if name != self.views[view].features[feature][0]]
        if renamed:
            item.change(f"names that stand twice in the vector are apart: {', '.join(renamed)}")
        name = _types.name(service["name"], taken)
        if name != service["name"]:
            item.change(f"it is called {name} here", "names are lower-case letters, digits and single underscores")
        annotation: dict[str, Any] = {key: (service.get(key) or "").strip() or None for key in ("description", "owner")}
        read = {name for transform in done.transforms for name in transform.inputs}
        used = {
            word: kind for word, kind in vector.request.items() if word in read or any(_reads(f, word) for f in features)}
        self.made += [made for made in done.definitions if made not in self.made]
        return FeatureService(
            name, features=vector.selections(names), request=used, on_demand=features,
            transforms=[transform.name for transform in done.transforms],
            tags={k: v for k, v in service["tags"].items() if k.strip() and str(v).strip()}, **annotation)


def _reads(feature: Feature, name: str) -> bool:
    return re.search(rf'(?<![\w"]){re.escape(name)}(?!\w)|"{re.escape(name)}"', feature.expression or "") is not None

