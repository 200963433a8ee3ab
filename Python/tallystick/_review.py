# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What a change of definitions does to the models: both sides are trained on one spine, and laid side by side."""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional, Union

from . import _mlflow, _review_markdown, _store
from ._answers import Answer
from ._errors import DataError, DefinitionError, MisuseError, NotFoundError, TallyError
from ._review_changes import Layout, broken, changes, contracts, reached
from ._review_model import Model, Predictions, Unproven
from ._review_rows import Reader, compare
from ._review_sides import PROJECT, Repository, Sides

Name = Union[str, "os.PathLike[str]"]


class Review(Answer):
    """What a change does: `json` holds all of it, `markdown()` is the comment of a pull request."""

    @property
    def verdict(self) -> str:
        """`noChange`, `differs`, `broken` or `unproven`: the gravest that holds."""
        return str(self.json["verdict"])

    @property
    def broken(self) -> list[str]:
        """Who has to change something, and why, a sentence each."""
        return list(self.json["broken"])

    @property
    def unproven(self) -> list[str]:
        """What could not be compared, and why, a sentence each."""
        return list(self.json["unproven"])

    def markdown(self) -> str:
        """The comment, of at most 65,536 characters; equal reviews give equal ones but for the last part, what it took."""
        return _review_markdown.comment(self.json)

    def __repr__(self) -> str:
        return f"Review({_review_markdown.verdict(self.json)})"

    def _repr_markdown_(self) -> str:
        return self.markdown()


def review(
    path: Name = ".", *, base: str, spine: Union[Name, Mapping[str, Name]], services: Union[str, Iterable[str]] = (),
    model: Optional[Name] = None, model_features: Iterable[str] = (), as_of: Union[str, datetime.datetime, None] = None,
    time_column: Optional[str] = None, memory: Optional[int] = None, threads: Optional[int] = None,
) -> Review:
    """Says what the work tree does to the models, compared with the definitions of a commit.

    Both sides are trained on the same spine, the same data and the same as-of time, in folders of their own: the repository,
    its registry and its index are only read. Files count as seen first by both.

    Args:
        path: the repository's folder, or one in it; it lies in a work tree of git.
        base: a commit, by any name that git knows.
        spine: the rows to train on, a Parquet or CSV file; or one for each service.
        services: those to train; all that the change reaches when none is named.
        model: a model of scikit-learn (joblib or pickle: **loading it runs whatever code is in it**) or in ONNX.
        model_features: its features in order, where it does not name them itself.
        as_of: labels count as ripe up to this instant; now when left out.
        time_column: the spine's time column; `event_timestamp` when left out.
        memory: bytes that each call may take, as for `open`.
        threads: threads of the engine, as for `open`.

    Raises:
        NotFoundError: no repository, no such commit or service.
        MisuseError: the folder is in no work tree of git, or there is no such file.
    """
    repository = Repository(os.fspath(path))
    commit = repository.commit(base)
    spines = _spines(spine)
    named = [services] if isinstance(services, str) else [*services]
    pinned = as_of or datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    before, after = repository.at(commit), repository.now()
    head = repository.at(repository.commit("HEAD"))
    json: dict[str, Any] = {
        "tallystick": "review", "project": None, "base": {"name": base, "commit": commit},
        "head": {
            "commit": repository.commit("HEAD"),
            "uncommitted": sorted(name for name in {*head, *after} if head.get(name) != after.get(name))},
        "asOf": (
            pinned if isinstance(pinned, str)
            else pinned.astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")),
        "asOfGiven": as_of is not None, "broken": [], "unproven": [], "diagnostics": [], "changes": [], "contracts": [],
        "services": [], "warnings": [], "cost": {}}
    judged = Model(os.fspath(model), [*model_features]) if model is not None else None
    json["model"] = judged and {"name": judged.name, "isPickle": not judged.name.endswith(".onnx")}
    with tempfile.TemporaryDirectory(prefix="tally-review-") as folder, _mlflow.quiet():
        if PROJECT not in before:
            json["unproven"].append(f"there is no {PROJECT} at {base}: nothing to compare with")
        else:
            sides = Sides(Path(folder), repository.root, before, after)
            work = _Work(json, sides, spines, judged, pinned, {
                "time_column": time_column}, {"memory": memory, "threads": threads})
            work.run(named)
    return Review(_judged(json))


class _Work:
    def __init__(
        self, json: dict[str, Any], sides: Sides, spines: Mapping[Optional[str], str], model: Optional[Model], as_of: Any,
        training: Mapping[str, Any], engine: Mapping[str, Any],
    ) -> None:
        self.json, self.sides, self.spines, self.model, self.as_of = json, sides, spines, model, as_of
        self.training, self.engine = training, engine
        self.is_asked = False

    def run(self, named: Sequence[str]) -> None:
        try:
            with self.open("base") as store:
                store.apply()
        except DefinitionError as error:
            self.json["unproven"].append(f"the base cannot be applied: {self.words(error)}")
            return
        with self.open("head") as store:
            errors = store.check().errors
            self.json["diagnostics"] = [
                {**one, **{name: one[name] and self.sides.shown(one[name]) for name in ("message", "help")}} for one in errors]
            if errors:
                self.json["broken"].append(f"the definitions have errors: {len(errors)}")
                return
            store.apply()
        plan = self.plan()
        self.json.update(project=plan["project"], changes=changes(plan), contracts=contracts(plan))
        for contract in self.json["contracts"]:
            if contract["versionProblem"]:
                self.json["broken"].append(f"contract {contract['contract']}: {contract['versionProblem']}")
        there = [self.listed("base"), self.listed("head")]
        for name in named:
            if name not in there[0] + there[1]:
                raise NotFoundError("E-not-found", "no such service on either side", subject=name)
        for name in sorted({*there[0], *there[1]} & {*named, *reached(plan)}):
            self.service(name, name in there[0], name in there[1], not named or name in named)
        if self.model is not None and not self.is_asked and self.json["changes"]:
            self.json["unproven"].append("predictions: no service was compared that the model could be asked for")

    def open(self, side: str) -> _store.FeatureStore:
        return _store.open(getattr(self.sides, side), **self.engine)

    def listed(self, side: str) -> list[str]:
        with self.open(side) as store:
            return [str(one["name"]) for one in store.list("service")]

    def plan(self) -> dict[str, Any]:
        # The head's definitions on what the base has recorded.
        shutil.copytree(self.sides.base / ".tally", self.sides.step / ".tally")
        with self.open("step") as store:
            return dict(store.plan().json)

    def service(self, name: str, is_before: bool, is_after: bool, is_trained: bool) -> None:
        before = Layout(name, str(self.sides.base)) if is_before else None
        after = Layout(name, str(self.sides.head)) if is_after else None
        reasons = broken(before, after) if before is not None else []
        made: dict[str, Any] = {
            "service": name, "isNew": before is None, "isGone": after is None, "broken": reasons,
            "added": [one for one in after.outputs if one not in before.outputs] if before and after else []}
        self.json["services"].append(made)
        self.json["broken"] += [f"service {name}: {reason}" for reason in reasons]
        if before is None or after is None or not is_trained:
            return
        spine = self.spines.get(name, self.spines.get(None))
        if spine is None:
            self.json["unproven"].append(f"service {name}: no spine was given for it")
            return
        sets = [self.trained(name, side, spine) for side in ("base", "head")]
        if None in sets:
            return
        made["leaked"] = [sum(view["leaked"] for view in one["counts"]["views"]) for one in sets if one]
        made["unripe"] = [(one["counts"].get("label") or {}).get("omitted", 0) for one in sets if one]
        made["identities"] = [one["identitySha256"] for one in sets if one]
        predictions = self.predictions(name, made, before, after)
        readers = [Reader(self.file(name, side)) for side in ("base", "head")]
        started = time.monotonic()
        made["rows"] = compare(
            *readers, outputs=[before.outputs, after.outputs], keys=self.keys(before), watcher=predictions)
        if predictions is not None:
            predictions.finish()
        self.json["cost"]["compareSeconds"] = self.json["cost"].get("compareSeconds", 0) + time.monotonic() - started
        if predictions is not None and predictions.problem is not None:
            self.json["unproven"].append(f"predictions of {name}: {predictions.problem}")
        elif predictions is not None:
            made["predictions"] = predictions.json()
        for side in ("base", "head"):
            self.file(name, side).unlink()

    def predictions(self, name: str, made: dict[str, Any], before: Layout, after: Layout) -> Optional[Predictions]:
        if self.model is None:
            return None
        self.is_asked = True
        try:
            return Predictions(self.model, before.features, after.features, self.keys(before))
        except Unproven as reason:
            self.json["unproven"].append(f"predictions of {name}: {reason}")
            return None

    def keys(self, layout: Layout) -> list[str]:
        return [*layout.label_keys, self.training["time_column"] or "event_timestamp", *layout.keys]

    def file(self, name: str, side: str) -> Path:
        return self.sides.out / f"{name}.{side}.csv"

    def trained(self, name: str, side: str, spine: str) -> Optional[dict[str, Any]]:
        try:
            with self.open(side) as store, self.measured(side):
                made = store.train(
                    name, spine, self.file(name, side), as_of=self.as_of, accept_rewritten=True, **self.training)
        except (DataError, DefinitionError, MisuseError, NotFoundError) as error:
            text = f"service {name}: the {side} does not train: {self.words(error)}"
            self.json["broken" if side == "head" and error.code == "E-broken-promise" else "unproven"].append(text)
            return None
        self.json["unproven"] += [f"service {name}: the {side}: {self.sides.shown(one)}" for one in made.unproven]
        self.json["warnings"] += [
            {"service": name, "side": side, "text": self.sides.shown(one)} for one in made.json["warnings"]]
        return dict(made.json)

    def words(self, error: TallyError) -> str:
        subject = f"{error.subject}: " if error.subject else ""
        return self.sides.shown(f"{error.code}: {subject}{error.message}")

    @contextlib.contextmanager
    def measured(self, side: str) -> Iterator[None]:
        started, read = time.monotonic(), _bytes_read()
        yield
        cost = self.json["cost"].setdefault(side, {"seconds": 0.0, "bytesRead": 0 if read is not None else None})
        cost["seconds"] += time.monotonic() - started
        if read is not None:
            cost["bytesRead"] += (_bytes_read() or 0) - read


def _judged(json: dict[str, Any]) -> dict[str, Any]:
    compared = [one["rows"] for one in json["services"] if "rows" in one]
    json["rows"] = sum(one["rows"] for one in compared)
    json["differing"] = sum(one["differing"] for one in compared)
    is_other = json["changes"] or json["contracts"]
    json["verdict"] = (
        "broken" if json["broken"] else "unproven" if json["unproven"] else "differs" if json["differing"] or is_other
        else "noChange")
    json["cost"]["peakBytes"] = _peak()
    return json


def _spines(spine: Union[Name, Mapping[str, Name]]) -> dict[Optional[str], str]:
    """Spines by service; that of None is for all others."""
    named: dict[Optional[str], Name] = {}
    if isinstance(spine, Mapping):
        named.update((name, place) for name, place in spine.items())
    else:
        named[None] = spine
    for place in named.values():
        if not os.path.isfile(place):
            raise MisuseError("E-misuse", "there is no such spine", subject=os.fspath(place))
    return {name: os.path.abspath(place) for name, place in named.items()}


def _bytes_read() -> Optional[int]:
    """What the process has read through calls, from disk or from memory that the system keeps; None where nobody counts."""
    try:
        with open("/proc/self/io", encoding="ascii") as file:
            return int(file.readline().split()[1])
    except (OSError, ValueError, IndexError):
        return None


def _peak() -> Optional[int]:
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
