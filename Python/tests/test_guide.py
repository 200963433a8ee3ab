# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What the guide shows works as it stands there."""

import contextlib
import os
import re
import tempfile
import unittest
from pathlib import Path

import tallystick as ts

GUIDE = Path(__file__).parents[2] / "docs/guides/python.md"
BASKETS = "customer_id,happened_at,items,total\n1,2026-01-01T09:00:00Z,1,12.5\n"


def example(heading: str) -> str:
    """The first example under a heading of the guide."""
    part = GUIDE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1]
    found = re.search(r"```python\n(.*?)```", part, re.DOTALL)
    assert found is not None
    return found[1]


class GuideTests(unittest.TestCase):
    def test_definitions_from_python(self) -> None:
        with tempfile.TemporaryDirectory(prefix="tallystick-") as folder, contextlib.chdir(folder):
            os.makedirs("shop/data")
            Path("shop/data/baskets.csv").write_text(BASKETS)
            names: dict[str, object] = {}
            exec(compile(example("Definitions from Python"), str(GUIDE), "exec"), names)
            with ts.open("shop") as store:
                self.assertEqual(store.check().diagnostics, [])
                self.assertEqual([found["name"] for found in store.list("service")], ["purchase"])
            drawn = ts.lineage(names["purchase"])  # type: ignore[arg-type]
            self.assertEqual(drawn.nodes[-1], ("service", "purchase"))


if __name__ == "__main__":
    unittest.main()
