# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Coming from Feast: read a Feast repository into definitions, and see which training rows it gets wrong.

    import tallystick.feast

    print(tallystick.feast.read("my_feast_repo", "my_repo").text())
    print(tallystick.feast.audit("my_feast_repo", "spine.parquet").text())

Feast itself runs in a process of its own, in the environment that has it; this package needs pyarrow for the audit.
"""

from ._audit import audit
from ._command import main
from ._findings import Audit, Difference
from ._read import read
from ._report import Import, Item, Note

__all__ = ["Audit", "Difference", "Import", "Item", "Note", "audit", "main", "read"]
