# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Coming from Feast: see which training rows a Feast repository gets wrong, read it into definitions, or keep it.

    import tallystick.feast

    print(tallystick.feast.read("my_feast_repo", "my_repo").text())
    print(tallystick.feast.audit("my_feast_repo", "spine.parquet").text())

There Feast runs in a process of its own, in the environment that has it; the audit needs pyarrow.

A repository that stays with Feast names the stores of this module in its `feature_store.yaml`; they need Feast here.

    offline_store: {type: tallystick.feast.OfflineStore}
    online_store: {type: tallystick.feast.OnlineStore, path: data/online}
"""

import importlib as _importlib
from typing import TYPE_CHECKING as _TYPE_CHECKING

from ._audit import audit
from ._command import main
from ._findings import Audit, Difference
from ._read import read
from ._report import Import, Item, Note

if _TYPE_CHECKING:
    from ._offline import OfflineStore, OfflineStoreConfig, RetrievalJob
    from ._online import OnlineStore, OnlineStoreConfig

__all__ = [
    "Audit", "Difference", "Import", "Item", "Note", "OfflineStore", "OfflineStoreConfig", "OnlineStore",
    "OnlineStoreConfig",
    "RetrievalJob", "audit", "main", "read",
]

# The stores are made of classes of Feast, which only who names them has.
_LATER = {"_offline": "OfflineStore OfflineStoreConfig RetrievalJob", "_online": "OnlineStore OnlineStoreConfig"}

# A judge of types sees the imports above, and would take every name for one that is there.
if not _TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        for module, names in _LATER.items():
            if name in names.split():
                found: object = getattr(_importlib.import_module(f".{module}", __name__), name)
                globals()[name] = found
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
