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

from ._answers import Check, Plan, TrainingSet, Vectors, Verification
from ._errors import (
    ClosedError,
    ConflictError,
    DataError,
    DefinitionError,
    EngineError,
    ForkedError,
    InterruptedCallError,
    MisuseError,
    NotFoundError,
    NotMaterializedError,
    StorageError,
    TallyError,
)
from ._store import FeatureStore, open
from ._version import VERSION as __version__

__all__ = [
    "Check", "ClosedError", "ConflictError", "DataError", "DefinitionError", "EngineError", "FeatureStore", "ForkedError",
    "InterruptedCallError", "MisuseError", "NotFoundError", "NotMaterializedError", "Plan", "StorageError", "TallyError",
    "TrainingSet", "Vectors", "Verification", "__version__", "open",
]
