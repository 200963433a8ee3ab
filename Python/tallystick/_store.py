# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The feature store: one method for each verb of the command line."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, List, Literal, Optional, Union

from . import _mlflow
from ._answers import Answer, Applied, Check, Filled, Plan, TrainingSet, Vectors, Verification
from ._errors import DataError, DefinitionError, MisuseError
from ._frames import PrivateFolder, file_of, is_path, told
from ._library import library
from ._values import to_json

if TYPE_CHECKING:
    from ._promised import PromisedContract

Name = Union[str, "os.PathLike[str]"]
Instant = Union[str, datetime.datetime]


def open(path: Name = ".", *, memory: Optional[int] = None, threads: Optional[int] = None) -> FeatureStore:
    """Opens the feature repository in a folder, or the nearest one above it.

    Nothing is read yet; each call reads the definitions as they are then.

    Args:
        path: the folder with the `tally.yaml`, or one in it.
        memory: bytes that each call may take, at least 256,000,000; 4 GiB when left out.
        threads: threads of the engine, 1 to 1,024; one a core when left out.

    Raises:
        NotFoundError: there is no repository.
        MisuseError: a limit that no machine has.
        ForkedError: the process was forked from one that had used the library; there only `get` works.
    """
    return FeatureStore(path, memory=memory, threads=threads)


class FeatureStore:
    """A feature repository, open for calls.

    Calls may come from several threads at once. `get` is answered on the calling thread; other calls use threads of their
    own, let Python's other threads run, and stop when Ctrl-C is pressed while the main thread waits for them. Every method
    may raise ClosedError, and StorageError and EngineError where the machine fails; every one but `get` raises ForkedError in
    the forked child of a process that had used a store.
    """

    def __init__(self, path: Name, *, memory: Optional[int] = None, threads: Optional[int] = None) -> None:
        self._handle = 0
        self._path = os.path.abspath(path)
        self._library = library()
        options = {"memory": memory, "threads": threads, "help": "python"}
        self._handle = self._library.open(self._path, options)

    def __repr__(self) -> str:
        return f"FeatureStore({self._path!r}{'' if self._handle else ', closed'})"

    def check(self) -> Check:
        """Parses, types and lints every definition, and reads every declared value of text files."""
        return Check(self._call("check"))

    def plan(self, *, shadow: bool = False, locked: bool = False) -> Plan:
        """Says what `apply` would change and who is affected; writes nothing but what `shadow` shows.

        Args:
            shadow: run changed transforms and undecided promises over the last data, and keep what that shows.
            locked: raise DefinitionError (`E-locked`) when the definitions are not what `tally.lock` says.
        """
        return Plan(self._call("plan", shadow=shadow, locked=locked))

    def apply(self) -> Applied:
        """Records the definitions in the registry, in one step, and writes `tally.lock`.

        Raises:
            DefinitionError: a definition is wrong, or the version of a contract moved too little.
            ConflictError: another process applied at the same time.
        """
        return Applied(self._call("apply"))

    def materialize(
        self, views: Union[str, Iterable[str]] = (), *, until: Optional[Instant] = None, full: bool = False,
        accept_future: bool = False, accept_clock: bool = False,
    ) -> Filled:
        """Fills the online store with the latest row of each entity: what is new since the last fill.

        Args:
            views: feature views by name; all applied ones when none is named.
            until: take in what is known up to this instant; now when left out.
            full: read everything again, and remove keys that the sources no longer have.
            accept_future: take an `until` that lies ahead.
            accept_clock: say that the clock is right, though it is not where the last write left it.

        Raises:
            DataError: data break a promise that stops them; the store is as it was before.
        """
        return Filled(
            self._call(
                "materialize", views=_names(views), until=_instant(until), full=full, acceptFuture=accept_future,
                acceptClock=accept_clock))

    def get(
        self, service: str, keys: Mapping[str, Any], request: Optional[Mapping[str, Any]] = None, *,
        at: Optional[Instant] = None,
    ) -> Vectors:
        """Reads feature vectors as they are served: values, statuses, event times, release and receipt.

        ```python
        store.get("arrival_delay", {"origin": "JFK"}).values["wind_speed"]           # [8.1]
        store.get("arrival_delay", {"origin": ["JFK", "LGA"]}).rows()               # one dictionary each
        ```

        Args:
            service: the feature service.
            keys: for each join key a list with one element for each entity, or one value for a single entity. None finds
                nothing. Nothing is cast: an int64 key takes integers.
            request: for each request input the same.
            at: the instant to answer for; now when left out. Instants before the stored rows are answered from the sources,
                which in a forked child is a ForkedError.

        Raises:
            NotFoundError: there is no such service.
            NotMaterializedError: the online store was never filled for it.
            MisuseError: a key or an input is missing, unknown, or of another type.
        """
        if not hasattr(keys, "items") or not hasattr(request or {}, "items"):
            raise MisuseError(
                "E-misuse", "keys and inputs are given by name", subject="get", help='write {"customer_id": [1, 2]}')
        body = {
            "service": service,
            "entities": {name: _column(values) for name, values in keys.items()},
            "request": {name: _column(values) for name, values in (request or {}).items()},
            "at": _instant(at),
        }
        # What is stored is read in microseconds; an instant before it is answered from the sources, which may take long.
        call = self._library.call if at is None else self._library.call_interruptibly
        return Vectors(call(self._handle, "get", body))

    def verify(
        self, names: Union[str, Iterable[str]] = (), *, now: Optional[Instant] = None, samples: int = 5,
        show_values: bool = False,
    ) -> Verification:
        """Holds the promises of contracts and views against the data; changes nothing.

        Args:
            names: sources and feature views; all that make promises when none is named.
            now: the instant that ages are counted from.
            samples: how many failing rows are named for a promise, at most 1,000.
            show_values: show what stands in failing rows, but in classified columns.
        """
        return Verification(
            self._call("verify", names=_names(names), now=_instant(now), samples=samples, showValues=show_values))

    def contract(self, name: Name) -> PromisedContract:
        """What is promised: the contract of a source, of a feature view or of a file; reads no data, and needs no `apply`.

        ```python
        store.contract("weather")                       # a table of promises
        store.contract("weather").promises              # Promised('weather.wind_speed', 'maximum', '150'), …
        changed = dataclasses.replace(store.contract("weather").definition(), version="1.1.0")
        changed.save("flights")
        ```

        Whether the promises are kept is what `verify` tells; `tallystick.explore` proposes a contract for data that have none.

        Args:
            name: a source that has a contract, a feature view, or the path of a contract's file, from the repository's folder.
                Where a source and a view have one name it is the view: give the file then.

        Raises:
            NotFoundError: nothing is called so, or there is no program `tally`, which writes contracts.
            MisuseError: the source has no contract.
        """
        from . import _promised

        return _promised.read(os.fspath(name), self._path)

    def compare(
        self, service: str, *, sample: int = 10_000, at: Optional[Instant] = None, seed: int = 1
    ) -> Answer:
        """Compares what is served with what the offline kernel computes, bit by bit: `differing` counts differences."""
        return Answer(self._call("compare", service=service, sample=sample, at=_instant(at), seed=seed))

    def train(
        self, service: str, spine: Any, output: Name, *, as_of: Optional[Instant] = None,
        known: Literal["respect", "ignore"] = "respect", time_column: Optional[str] = None,
        full_feature_names: bool = False, force: bool = False, accept_rewritten: bool = False,
        accept_clock: bool = False,
    ) -> TrainingSet:
        """Builds a point-in-time training set: the spine's columns, then the service's features in order, a row for each row.

        Within an active run of MLflow it is logged as a dataset, with its identity and manifest.

        Args:
            service: the feature service, applied as it is declared.
            spine: one row for each prediction with its join keys and its time: a Parquet or CSV file, or a frame: anything
                that speaks the Arrow PyCapsule interface, a dictionary of lists, or a list of dictionaries.
            output: the file to write, `.parquet` or `.csv`; the manifest is written beside it.
            as_of: labels count as ripe up to this instant; now when left out.
            known: `ignore` shows what a store without known times would have leaked.
            time_column: the spine's time column; `event_timestamp` when left out.
            full_feature_names: name features `view__feature`.
            force: replace a file that is there and is no training set; never one that is read.
            accept_rewritten: take the set although first-seen times hide more than a tenth of its values.
            accept_clock: say that the clock is right, though it is not where the last write left it.

        Raises:
            ConflictError: a file changed while it was read; nothing is written then.
            MisuseError: the output is a file that the repository reads, or the spine lacks a column.
        """
        path = Path(os.path.abspath(output))
        folder = PrivateFolder()
        rows = str(file_of(spine, "the spine", self._library, self._handle, folder.path, "spine"))
        try:
            manifest = self._call(
                "train", service=service, spine=rows, output=str(path), asOf=_instant(as_of),
                known=known, timeColumn=time_column, fullFeatureNames=full_feature_names, force=force,
                acceptRewritten=accept_rewritten, acceptClock=accept_clock)
        except (DataError, DefinitionError, MisuseError) as error:
            if is_path(spine):
                raise
            times = [(rows, time_column or "event_timestamp")]
            raise told(error, {rows: "the spine"}, times, lambda file: self._library.rows(self._handle, file)) from None
        folder.close()
        made = TrainingSet(manifest, path, lambda: self._library.rows(self._handle, str(path)))
        _mlflow.log(made)
        return made

    def status(self) -> Answer:
        """Says what is applied, what the files would change, what is stored online, and what was run last."""
        return Answer(self._call("status"))

    def list(self, kind: Literal["all", "entity", "source", "view", "transform", "service"] = "all") -> List[dict[str, Any]]:
        """Lists the definitions: `kind`, `name`, `owner` and `description` of each."""
        return list(self._call("list", kind=kind))

    def close(self) -> None:
        """Lets the store go; calls after this raise ClosedError. Calls that are running go on to their end."""
        handle, self._handle = self._handle, 0
        if handle:
            self._library.free(handle)

    def __enter__(self) -> FeatureStore:
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def __del__(self) -> None:
        # A store that never opened has no library.
        if getattr(self, "_handle", 0):
            self.close()

    def _call(self, verb: str, **request: Any) -> Any:
        return self._library.call_interruptibly(self._handle, verb, request)


def _names(names: Union[str, Iterable[str]]) -> Sequence[str]:
    return [names] if isinstance(names, str) else [*names]


def _instant(time: Optional[Instant]) -> Optional[str]:
    if time is None or isinstance(time, str):
        return time
    text: str = to_json(time)
    return text


def _column(values: Any) -> Sequence[Any]:
    tolist = getattr(values, "tolist", None)
    if callable(tolist):
        values = tolist()
    return [to_json(value) for value in (values if isinstance(values, (list, tuple)) else [values])]
