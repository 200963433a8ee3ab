# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Tallystick: a feature store in which every feature is a promise, in process.

    import tallystick as ts

    store = ts.open("flights")
    store.apply()
    store.materialize()
    store.train("arrival_delay", "labels.parquet", "train.parquet").to_pandas()
    store.get("arrival_delay", {"origin": ["JFK", "LGA"]}).values["wind_speed"]

The engine is a native library, called through ctypes; there is no other dependency. Long calls let other threads run, and
Ctrl-C stops them. Every failure is a `TallyError` with a stable code, an explanation and, mostly, a help.
"""

import importlib as _importlib
from typing import TYPE_CHECKING as _TYPE_CHECKING

from ._answers import Applied, Check, Filled, Plan, TrainingSet, Vectors, Verification
from ._errors import (
    ClosedError,
    ConflictError,
    DataError,
    DefinitionError,
    DeniedError,
    EngineError,
    ForkedError,
    InterruptedCallError,
    MisuseError,
    NotFoundError,
    NotMaterializedError,
    StorageError,
    TallyError,
    TransformError,
    UnreachableError,
)
from ._store import FeatureStore, open
from ._version import VERSION as __version__

if _TYPE_CHECKING:
    from ._connect import Connection, connect
    from ._connect_async import AsyncConnection, connect_async
    from ._contract import Contract, ContractColumn, ContractTable
    from ._definitions import Column, Entity, Feature, FeatureView, Project, Source, TimeColumn
    from ._explore import Evidence, Exploration, explore
    from ._leaks import Leaks, find_leaks
    from ._lineage import Lineage, lineage
    from ._point_in_time import PointInTime, point_in_time
    from ._promised import Promised, PromisedContract
    from ._promises import Promise, ViewPromise
    from ._python_transform import PythonTransform
    from ._review import Review, review
    from ._saving import Definition, save
    from ._services import FeatureService, Label, Selected, Selection

__all__ = [
    "Applied", "AsyncConnection", "Check", "ClosedError", "Column", "ConflictError", "Connection", "Contract",
    "ContractColumn", "ContractTable", "DataError", "Definition", "DefinitionError", "DeniedError", "EngineError",
    "Entity", "Evidence", "Exploration", "Feature", "FeatureService", "FeatureStore", "FeatureView", "Filled",
    "ForkedError", "InterruptedCallError", "Label", "Leaks", "Lineage", "MisuseError", "NotFoundError",
    "NotMaterializedError", "Plan", "PointInTime", "Project", "Promise", "Promised", "PromisedContract",
    "PythonTransform", "Review", "Selected", "Selection", "Source", "StorageError", "TallyError", "TimeColumn",
    "TrainingSet", "TransformError", "UnreachableError", "Vectors", "Verification", "ViewPromise", "__version__",
    "connect", "connect_async", "explore", "find_leaks", "lineage", "open", "point_in_time", "review", "save",
]

# What not every program needs is imported when it is first asked for: a program that only reads vectors starts in less time.
_LATER = {
    "_connect": "Connection connect",
    "_connect_async": "AsyncConnection connect_async",
    "_contract": "Contract ContractColumn ContractTable",
    "_definitions": "Column Entity Feature FeatureView Project Source TimeColumn",
    "_explore": "Evidence Exploration explore",
    "_leaks": "Leaks find_leaks",
    "_lineage": "Lineage lineage",
    "_point_in_time": "PointInTime point_in_time",
    "_promised": "Promised PromisedContract",
    "_promises": "Promise ViewPromise",
    "_python_transform": "PythonTransform",
    "_review": "Review review",
    "_saving": "Definition save",
    "_services": "FeatureService Label Selected Selection",
}

# A judge of types sees the imports above, and would take every name for one that is there.
if not _TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        for module, names in _LATER.items():
            if name in names.split():
                found: object = getattr(_importlib.import_module(f".{module}", __name__), name)
                globals()[name] = found
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
