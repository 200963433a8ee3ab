# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What a plan between two sides says: which axis each change is on, and whom it breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Optional

from . import _program

# The last part of a field's path decides, whatever it is a part of.
_AXES: Mapping[str, str] = {
    "type": "schema", "as": "schema",
    "entities": "entity", "joinKeys": "entity", "keys": "entity",
    "timeToLive": "time law", "eventTime": "time law", "knownAfter": "time law", "knownTime": "time law",
    "firstSeen": "time law", "history": "time law", "timeZone": "time law", "maturity": "time law",
    "unripe": "time law",
    "promise": "contract", "default": "contract", "contract": "contract",
    "description": "words", "owner": "words", "tags": "words", "unit": "words",
}


def axis(kind: str, path: Sequence[Any]) -> str:
    """The axis of a changed field: schema, meaning, entity, time law, contract or words."""
    parts = [str(part) for part in path]
    if not parts:
        return "schema"
    if parts[0] in ("reads", "request", "columns", "inputs", "outputs", "transforms"):
        return "schema"
    if parts == ["label"] or parts[0] in ("features", "onDemand") and len(parts) <= 2:
        # A whole feature came or went, or stands elsewhere.
        return "schema"
    if parts[0] in ("features", "onDemand"):
        # What somebody called a feature says nothing.
        parts = parts[2:]
    if "promise" in parts:
        return "contract"
    for part in reversed(parts):
        if part in _AXES:
            return _AXES[part]
    return "entity" if kind == "Entity" else "meaning"


def changes(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The changes of a plan with their axes and the services they reach."""
    found = []
    for change in plan["changes"]:
        fields = [
            {"path": ".".join(map(str, field["path"])), "old": field.get("old"), "new": field.get("new"),
             "axis": axis(change["kind"], field["path"])}
            for field in change["fields"]
        ]
        axes = [field["axis"] for field in fields]
        if change["action"] in ("added", "removed"):
            axes = ["schema"]
        found.append({
            "action": change["action"], "kind": change["kind"], "name": change["name"], "effect": change["effect"],
            "needsBackfill": change["needsBackfill"], "axes": sorted(set(axes)), "fields": fields,
            "because": [cause["name"] for cause in change["causes"]],
            "services": sorted({
                one["name"] for one in [change, *change["dependents"]] if one["kind"] == "FeatureService"})})
    return found


def contracts(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The judgement of each changed contract."""
    return [
        {
            **{name: found[name] for name in (
                "contract", "oldVersion", "newVersion", "backward", "forward", "meaning", "bump", "versionProblem")},
            "changes": [
                {**{name: change[name] for name in ("rule", "subject", "title", "old", "new", "help")},
                 "backward": change["backward"]["answer"], "forward": change["forward"]["answer"]}
                for change in found["changes"]
            ],
            "consumers": [
                {"name": consumer["name"], "impact": consumer["impact"], "by": list(consumer["by"])}
                for consumer in found["consumers"]
            ],
        }
        for found in plan.get("contracts", [])
    ]


def reached(plan: Mapping[str, Any]) -> set[str]:
    """The services whose values may differ."""
    found = {change["name"] for change in plan["changes"] if change["kind"] == "FeatureService"}
    for change in plan["changes"]:
        found.update(one["name"] for one in change["dependents"] if one["kind"] == "FeatureService")
    for contract in plan.get("contracts", []):
        found.update(one["name"].removeprefix("service ") for one in contract["consumers"])
    return found


class Layout:
    """What a service offers and asks for."""

    def __init__(self, service: str, folder: str) -> None:
        document = _shown(service, "service", folder)
        self.features: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        for selection in document["features"]:
            self._select(selection, folder)
        for feature in document.get("onDemand", []):
            self.features[feature["name"]] = feature["type"]
        for name in document.get("transforms", []):
            for output in _shown(name, "transform", folder)["outputs"]:
                self.features[output["name"]] = output["type"]
        self.request = {one["name"]: one["type"] for one in document.get("request", [])}
        self.label: dict[str, str] = {}
        self.label_keys: list[str] = []
        label = document.get("label")
        if label:
            name = label.get("as") or label["column"]
            self.label[name] = document.get("reads", {}).get(label["column"], "")
            if label.get("unripe") == "flag":
                self.label[f"{name}_is_ripe"] = "bool"
            self.label_keys = list(label["keys"])

    @property
    def outputs(self) -> dict[str, str]:
        """The columns of a training set behind those of the spine, with their types."""
        return {**self.features, **self.label}

    def _select(self, selection: Any, folder: str) -> None:
        view, wanted = (selection, None) if isinstance(selection, str) else next(iter(selection.items()))
        document = _shown(view, "view", folder)
        types = {feature["name"]: feature["type"] for feature in document["features"]}
        for item in [*types] if wanted is None else wanted:
            name = item if isinstance(item, str) else item["name"]
            self.features[name if isinstance(item, str) else item.get("as", name)] = types[name]
        for entity in document["entities"]:
            for key in _shown(entity, "entity", folder)["joinKeys"]:
                self.keys[key["name"]] = key["type"]


def broken(before: Layout, after: Optional[Layout]) -> list[str]:
    """Why those who use a service have to change something, a sentence each."""
    if after is None:
        return ["the service is gone"]
    found = [*_lost("feature", before.features, after.features)]
    kept = [name for name in before.features if name in after.features]
    if kept != [name for name in after.features if name in before.features]:
        found.append("its features stand in another order")
    for what, old, new in [("request input", before.request, after.request), ("join key", before.keys, after.keys)]:
        found += _lost(what, old, new)
        found += [f"{what} {name} has to be given too" for name in new if name not in old]
    return [*found, *_lost("label", before.label, after.label)]


def _lost(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterable[str]:
    for name, kind in old.items():
        if name not in new:
            yield f"{what} {name} is gone"
        elif new[name] != kind:
            yield f"{what} {name} changes from {kind} to {new[name]}"


def _shown(name: str, kind: str, folder: str) -> dict[str, Any]:
    documents = _program.call(["show", name], folder=folder)
    return next(dict(one["document"]) for one in documents if one["kind"] == kind)
