# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A small repository under git, with data beside it that git does not hold, and what a review says told without a review."""

import csv
import os
import random
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Optional

import tallystick as ts

AS_OF = "2024-01-20T00:00:00Z"

DEFINITIONS = """
kind: Entity
name: user
joinKeys: [{name: user_id, type: int64}]
---
kind: Source
name: orders
path: ../shared/orders/*.csv
eventTime: at
columns: [{name: user_id, type: int64}, {name: at, type: timestamp}, {name: total, type: int64}, {name: price, type: float64}]
---
kind: Source
name: names
query: "SELECT user_id, called FROM read_csv('names/all.csv', allow_quoted_nulls = false)"
columns: [{name: user_id, type: int64}, {name: called, type: string}]
---
kind: Source
name: outcomes
path: ../shared/outcomes.csv
eventTime: ended_at
columns: [{name: visit, type: int64}, {name: ended_at, type: timestamp}, {name: bought, type: bool}]
---
kind: FeatureView
name: last_order
owner: o
entities: [user]
source: orders
timeToLive: 3d
features:
  - {name: total, type: int64}
  - {name: price, type: float64}
  - {name: is_large, type: bool, expression: "total > 50"}
---
kind: FeatureView
name: names
owner: o
entities: [user]
source: names
features: [{name: called, type: string}]
---
kind: FeatureService
name: model
features: [last_order, names]
request: {factor: float64}
onDemand: [{name: scaled, type: float64, expression: "price * factor"}]
label: {source: outcomes, keys: [visit], column: bought, maturity: 1d}
---
kind: FeatureService
name: others
features: [names]
"""


class ReviewShop:
    """The repository, committed once; gone when it is closed."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tallystick-")
        self.top = Path(self._folder.name) / "work"
        self.root = self.top / "shop"
        self.spine = self.root / "spine.csv"
        self.write("tally.yaml", 'project: shop\nstores:\n  registry: "sqlite:registry.db"  # beside the rest\nreadable: ["../shared"]\n')
        self.write("definitions/all.yaml", DEFINITIONS)
        self.write("../.gitignore", "shared/\nnames/\nspine.csv\n")
        self._data()
        self.git("init", "-q", "-b", "main")
        self.commit()

    def close(self) -> None:
        self._folder.cleanup()

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def change(self, *pairs: tuple[str, str]) -> None:
        """Replaces texts in the definitions, each of which has to be there."""
        text = (self.root / "definitions/all.yaml").read_text()
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new)
        self.write("definitions/all.yaml", text)

    def git(self, *arguments: str) -> str:
        names = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
        return subprocess.run(["git", *names, *arguments], cwd=self.top, check=True, capture_output=True, text=True).stdout

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "a change")

    def review(self, **options: Any) -> ts.Review:
        return ts.review(self.root, **{"base": "main", "spine": self.spine, "as_of": AS_OF, "threads": 1, **options})

    def twins(self, service: str = "model") -> list[dict[str, dict[str, str]]]:
        """What both sides train, by visit: each in a full copy, read with the library for text."""
        return [self._twin(service, commit) for commit in ("main", None)]

    def _twin(self, service: str, commit: Optional[str]) -> dict[str, dict[str, str]]:
        with tempfile.TemporaryDirectory(prefix="tallystick-") as folder:
            copy = Path(folder) / "work"
            shutil.copytree(self.top, copy)
            if commit is not None:
                subprocess.run(["git", "checkout", "-qf", commit, "--", "."], cwd=copy, check=True)
            with ts.open(copy / "shop", threads=1) as store:
                store.apply()
                made = store.train(service, copy / "shop/spine.csv", copy / "made.csv", as_of=AS_OF)
            with open(made.path, newline="") as file:
                return {row["visit"]: row for row in csv.DictReader(file)}

    def _data(self) -> None:
        random.seed(14)
        orders = ["user_id,at,total,price"]
        for _ in range(150):
            total = random.choice(["", *map(str, range(0, 100, 7))])
            price = random.choice(["", "-0.0", "0.1", "1e300", "NaN", "12.5", "3.3333333333333335"])
            orders.append(f"{random.randrange(20)},2024-01-{random.randrange(1, 20):02}T{random.randrange(24):02}:00:00Z,{total},{price}")
        self.write("../shared/orders/1.csv", "\n".join(orders) + "\n")
        words = ['"a|b"', '"`<b>x</b>`"', '"@you, #1"', '"two\nlines"', '"says ""so"""', '""', "", "plain", "é"]
        self.write("names/all.csv", "user_id,called\n" + "".join(f"{user},{words[user % len(words)]}\n" for user in range(18)))
        spine, outcomes = ["visit,user_id,event_timestamp,factor"], ["visit,ended_at,bought"]
        for visit in range(200):
            day = f"2024-01-{random.randrange(2, 20):02}T{random.randrange(24):02}:30:00Z"
            user = random.choice([*map(str, range(20)), ""])
            spine.append(f"{visit},{user},{day},{random.choice(['2', '0.5', ''])}")
            outcomes.append(f"{visit},{day},{random.choice(['true', 'false'])}")
        self.write("spine.csv", "\n".join(spine) + "\n")
        self.write("../shared/outcomes.csv", "\n".join(outcomes) + "\n")


def files(folder: Path) -> dict[str, Any]:
    """All that is in a folder, with its content and its time."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            found[str(path)] = (path.read_bytes(), path.stat().st_mtime_ns)
    return found
