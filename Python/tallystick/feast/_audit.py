# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A repository's own get_historical_features beside ours, on one spine."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional, Union

from .. import _saving, _store
from .._errors import MisuseError
from .._services import FeatureService
from . import _beside, _frames
from ._causes import Proof, Row, Table, instant, same
from ._findings import Audit, Difference
from ._read import Created, reader
from ._report import Import
from ._rows import Rows, View
from ._serve import Services

_SERVICE = "tally_audit"


def audit(
    repository: Union[str, os.PathLike[str]], spine: Union[str, os.PathLike[str]], *, features: Sequence[str] = (),
    service: Optional[str] = None, time_column: Optional[str] = None, created: Created = "known",
    registry: bool = False,
    python: Optional[str] = None, timeout: float = 3600,
) -> Audit:
    """Runs a Feast repository's own `get_historical_features` beside ours, and names every row and value that differs.

    The repository's code runs in a process of its own, with a registry and an online store in a folder that goes away.
    Ours is a training set over the definitions that `read` makes. Each difference is looked up in the source's rows.

    ```python
    found = tallystick.feast.audit("my_feast_repo", "spine.parquet", service="driver_activity_v1")
    found.headline, found.sums, found.differences[0]
    ```

    Args:
        repository: the folder with `feature_store.yaml`.
        spine: Parquet or CSV, with the join keys, a time, and the inputs of on-demand views.
        features: `view:feature` each; all of the views whose keys the spine has, when neither they nor a service are
            named.
        service: a feature service of the repository.
        time_column: the spine's time; `event_timestamp`, or its only timestamp.
        created: whether rows count as known from their created timestamp on (`known`), or from their event on
            (`ignore`).
        registry: take the objects of the registry, and not of the code.
        python: the Python that has Feast and what the repository imports; this one when left out.
        timeout: how many seconds Feast may take.

    Raises:
        NotFoundError: there is no repository, spine, Feast or pyarrow.
        MisuseError: the spine has no time, or a name is unknown.
        EngineError: Feast or the repository's code fails.
    """
    root, place = Path(os.path.abspath(repository)), Path(os.path.abspath(spine))
    if features and service:
        raise MisuseError("E-misuse", "features and a service exclude each other")
    table, when = _frames.spine(place, time_column)
    described = _beside.ask("describe", root, python=python, registry=registry)
    with tempfile.TemporaryDirectory(prefix="tallystick-audit-") as folder:
        run = _Run(root, Path(folder), described, table, when, created)
        asked = run.choose(list(features), service)
        run.ours()
        run.feast(asked, service, python=python, registry=registry, timeout=timeout)
        return run.compare(place)


class _Run(Rows):
    """One audit."""

    def __init__(
        self, root: Path, folder: Path, described: Mapping[str, Any], spine: Any, time_column: str, created: Created
    ) -> None:
        self.root, self.folder = root, folder
        self.described, self.spine, self.time = described, spine, time_column
        self.created = created
        self.unproven: list[tuple[str, str]] = []
        self.seconds: dict[str, float] = {}
        # Created times order rows in any case; whether they hide rows is said when the training set is made.
        self.reader = reader(root, folder / "repository", "known", described)
        self.report: Import = self.reader.run()
        self.services = Services(self.report, described, self.reader.views, accept=False, carry=False)

    def choose(self, features: list[str], service: Optional[str]) -> list[str]:
        """What is compared; returns what Feast is asked for where there is no service."""
        projections = self._projections(features, service)
        vector, demanded = self.services.build(projections, None)
        done = self.services.demand(vector, demanded, None)
        names, on_demand, given = done.names, done.features, done.given
        described = {view["name"]: view for view in self.described["views"]}
        self.views = []
        for projection in projections:
            view, wanted = projection["view"], projection["features"]
            if projection.get("keyMap") or projection.get("alias"):
                self.unproven.append((projection["alias"] or view, "it is a view under another name or key"))
            elif view in self.reader.views:
                there = [name for name in wanted if (view, name) in names]
                ttl = described[view]["ttl"]
                self.views.append(View(
                    view, self.reader.views[view], described[view]["source"], int(ttl * 1_000_000) if ttl else None,
                    there,
                    [names[view, name] for name in there]))
                self._lost(view, [name for name in wanted if name not in there])
            else:
                self._lost(view, [name for name in wanted if (view, name) not in given])
        self.on_demand = given
        used = [self.reader.views[view] for view in vector.chosen]
        request = {
            name: kind for name, kind in vector.request.items()
            if name in self.spine.column_names and any(name in (feature.expression or "") for feature in on_demand)
        }
        self.definition = None
        if used:
            self.definition = FeatureService(
                _SERVICE, features=vector.selections(names), request=request, on_demand=on_demand)
        self.request = list(request)
        self.keys = list(dict.fromkeys(key for view in used for key in view.keys))
        missing_keys = [key for key in self.keys if key not in self.spine.column_names]
        if missing_keys:
            raise MisuseError("E-misuse", f"the spine has no column '{missing_keys[0]}', which is a join key")
        return [f"{p['view']}:{name}" for p in projections for name in p["features"]]

    def _projections(self, features: list[str], service: Optional[str]) -> list[Mapping[str, Any]]:
        every = {view["name"]: [f["name"] for f in view["features"]]
                 for view in [*self.described["views"], *self.described["onDemand"]]}
        if service is not None:
            for found in self.described["services"]:
                if found["name"] == service:
                    return list(found["views"])
            known = ", ".join(sorted(s["name"] for s in self.described["services"])) or "none"
            raise MisuseError("E-misuse", f"there is no feature service '{service}'", help=f"there are: {known}")
        chosen: dict[str, list[str]] = {}
        for reference in features:
            view, _, name = reference.partition(":")
            if name not in every.get(view, ()):
                raise MisuseError(
                    "E-misuse", f"there is no feature '{reference}'", help="write view:feature, as in Feast")
            chosen.setdefault(view, []).append(name)
        if not features:
            for view, carried in self.reader.views.items():
                if all(key in self.spine.column_names for key in carried.keys):
                    chosen[view] = list(carried.features)
                else:
                    self.unproven.append((view, "the spine does not have its keys"))
            for view_described in self.described["views"]:
                if view_described["name"] not in self.reader.views:
                    self._lost(view_described["name"], [f["name"] for f in view_described["features"]])
        if not chosen:
            raise MisuseError("E-misuse", "the spine has the keys of no view that can be read", help="; ".join(
                f"{name}: {why}" for name, why in self.unproven[:3]) or None)
        return [{"view": view, "features": names} for view, names in chosen.items()]

    def _lost(self, view: str, names: list[str]) -> None:
        for name in names:
            item = next((i for i in self.report.items if i.name == f"{view}:{name}"), None)
            whole = next((i for i in self.report.items if i.name == view and i.status == "dropped"), None)
            note = (whole or item)
            self.unproven.append(
                (f"{view}:{name}", note.notes[0].text if note and note.notes else "it did not come over"))

    def ours(self) -> None:
        """Makes our training set."""
        pa = _frames.arrow()
        self.table = None
        if self.definition is None:
            return
        place = self.folder / "repository"
        _saving.save([*(d for d in self.report.definitions if d.kind != "service"), self.definition], place)
        spine = self.spine.select([*dict.fromkeys([*self.keys, *self.request, self.time, _frames.ROW])])
        pa.parquet.write_table(spine, self.folder / "ours-spine.parquet")
        started = time.monotonic()
        with _store.open(place) as store:
            store.apply()
            store.train(
                _SERVICE, self.folder / "ours-spine.parquet", self.folder / "ours.parquet", time_column=self.time,
                known="respect" if self.created == "known" else "ignore")
        self.seconds["ours"] = round(time.monotonic() - started, 3)
        self.table = pa.parquet.read_table(self.folder / "ours.parquet")

    def feast(
        self, features: list[str], service: Optional[str], *, python: Optional[str], registry: bool, timeout: float
    ) -> None:
        """Makes Feast's."""
        pa = _frames.arrow()
        pa.parquet.write_table(self.spine, self.folder / "spine.parquet")
        output = self.folder / "feast.parquet"
        self.answer = _beside.ask(
            "history", self.root, python=python, registry=registry, timeout=timeout,
            spine=str(self.folder / "spine.parquet"),
            output=str(output), features=features, service=service)
        self.seconds["feast"] = round(self.answer["seconds"], 3)
        self.frame = pa.parquet.read_table(output)

    # Comparing

    def compare(self, place: Path) -> Audit:
        """Holds the two against each other."""
        pa = _frames.arrow()
        self.times = self.spine[self.time].cast(pa.timestamp("ns", "UTC")).cast(pa.int64()).to_pylist()
        self.key_values = {key: _frames.values(self.spine[key]) for key in self.keys}
        numbers = self.frame[_frames.ROW].to_pylist()
        self.places = {}
        for position, number in enumerate(numbers):
            if number is not None:
                self.places.setdefault(int(number), []).append(position)
        found: list[Difference] = []
        compared: list[str] = []
        values = 0
        for view in self.views:
            found += self._of_view(view)
            compared += [f"{view.name}:{name}" for name in view.features]
            values += len(self.places) * len(view.features)
        wrong = {d.row for d in found if d.row is not None}
        if self.table is not None:
            for (name, feature), column in self.on_demand.items():
                found += self._of_on_demand(name, feature, column, wrong)
                compared.append(f"{name}:{feature}")
                values += len(self.places)
        found = [*self._lost_rows(), *self._doubled(), *found, *self._order(numbers), *self._types()]
        return Audit(
            project=self.described["project"], feast=self.answer["feast"], offline=self.answer["offline"],
            spine=str(place),
            rows=len(self.spine), feast_rows=len(self.frame), features=compared, values=values, differences=found,
            unproven=self.unproven, hints=[*self._hints()], seconds=self.seconds, created=self.created)

    def _pairs(self, ours: str, feast: str) -> Iterator[tuple[int, Any, Any]]:
        left, right = _frames.values(self.table[ours]), _frames.values(self.frame[feast])
        for row, places in self.places.items():
            yield row, left[row], right[places[0]]

    def _of_view(self, view: View) -> list[Difference]:
        columns = [(feature, ours, f"{view.name}__{feature}") for feature, ours in zip(view.features, view.columns)]
        for feature, _, column in columns:
            if column not in self.frame.column_names:
                self.unproven.append((f"{view.name}:{feature}", "Feast's training set does not have it"))
        columns = [c for c in columns if c[2] in self.frame.column_names]
        if not columns:
            return []
        left = list(zip(*(_frames.values(self.table[ours]) for _, ours, _ in columns)))
        right = list(zip(*(_frames.values(self.frame[column]) for _, _, column in columns)))
        differing = [row for row, places in sorted(self.places.items()) if not same(left[row], right[places[0]])]
        if not differing:
            return []
        table = self._source(view, [c[0] for c in columns], {self._key(view, row) for row in differing})
        found: list[Difference] = []
        for row in differing:
            ours, feast = left[row], right[self.places[row][0]]
            proof = self._proof(view, table, row, ours, feast, [c[0] for c in columns])
            for index, (feature, _, _) in enumerate(columns):
                if not same((ours[index],), (feast[index],)):
                    found.append(
                        self._difference(proof, row, f"{view.name}:{feature}", feast[index], ours[index], index))
        return found

    def _proof(
        self, view: View, table: Optional[Table], row: int, ours: tuple[Any, ...], feast: tuple[Any, ...],
        features: list[str]
    ) -> Proof:
        when = self.times[row]
        if table is None or when is None:
            return Proof("unexplained", None, "the row has no time" if when is None else "the source cannot be read")
        key = self._key(view, row)
        proof = table.explain(key, when // 1000, feast, ours)
        if proof.cause == "unexplained" and len(key) > 1:
            # Only now: every row of the source is looked at.
            text = "".join(str(part) for part in key)
            every = self._every(view, features)
            others = [r for k, found in every.items() if k != key and "".join(map(str, k)) == text for r in found]
            proof = table.explain(key, when // 1000, feast, ours, others)
        return proof

    def _every(self, view: View, features: list[str]) -> Mapping[tuple[Any, ...], Sequence[Row]]:
        cache: dict[str, Mapping[tuple[Any, ...], Sequence[Row]]] = self.__dict__.setdefault("cached", {})
        if view.name not in cache:
            cache[view.name] = self._source(view, features, None).rows
        return cache[view.name]

    def _difference(self, proof: Proof, row: int, feature: str, feast: Any, ours: Any, index: int) -> Difference:
        return Difference(
            proof.cause, row, self._keys(row), instant(self.times[row]), feature, feast, ours,
            None if proof.row is None else proof.row.told(index), proof.explanation)

    def _of_on_demand(self, view: str, feature: str, column: str, wrong: set[int]) -> list[Difference]:
        name = f"{view}__{feature}"
        if name not in self.frame.column_names:
            name = feature
        if name not in self.frame.column_names:
            self.unproven.append((f"{view}:{feature}", "Feast's training set does not have it"))
            return []
        return [
            Difference(
                "follows from its inputs" if row in wrong else "unexplained", row, self._keys(row),
                instant(self.times[row]),
                f"{view}:{feature}", feast, ours,
                explanation="an input of this row is wrong" if row in wrong
                else "its inputs are the same on both sides")
            for row, ours, feast in self._pairs(column, name) if not same((ours,), (feast,))
        ]

    def _hints(self) -> Iterator[str]:
        for source in {view.source["name"]: view.source for view in self.views}.values():
            late = source.get("late")
            if self.created == "known" and late and late["late"] > late["rows"] / 2:
                yield (
                    f"{late['late']:,} of {late['rows']:,} rows of {source['name']} were created more than a day "
                    f"after they happened. If "
                    f"'{source['created']}' is the time of a load, they are no leaks: run it again with --created "
                    f"ignore")
