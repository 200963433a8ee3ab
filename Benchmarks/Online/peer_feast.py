#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Fills Feast's SQLite online store with the data that ours serves, for `feast serve`; prints rows and seconds as JSON.

usage: peer_feast.py FOLDER SOURCES UNTIL      (a Python that has feast)
"""

import json
import pathlib
import resource
import sys
import time
from datetime import datetime, timedelta

from feast import Entity, FeatureStore, FeatureView, Field, FileSource
from feast.repo_config import RepoConfig
from feast.types import Float64
from feast.value_type import ValueType

from shapes import ENTITIES, FEATURES, VIEWS

CONFIGURATION = """project: bench
registry: registry.db
provider: local
online_store: {type: sqlite, path: online.db}
offline_store: {type: file}
entity_key_serialization_version: 3
"""


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    folder, sources = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    until = datetime.fromisoformat(sys.argv[3].replace("Z", "+00:00"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "feature_store.yaml").write_text(CONFIGURATION)
    user = Entity(name="user", join_keys=["user_id"], value_type=ValueType.INT64)
    views = [
        FeatureView(
            name=f"view{number}", entities=[user], ttl=timedelta(0),
            schema=[Field(name=f"view{number}_f{index}", dtype=Float64) for index in range(FEATURES)],
            source=FileSource(path=str(sources / f"events{number}.parquet"), timestamp_field="at"))
        for number in range(1, VIEWS + 1)]
    store = FeatureStore(repo_path=str(folder))
    store.apply([user, *views])
    wall, used = time.monotonic(), cpu()
    store.materialize(until - timedelta(days=36500), until)
    print(json.dumps({"rows": ENTITIES * VIEWS, "wall": time.monotonic() - wall, "cpu": cpu() - used}))


if __name__ == "__main__":
    main()
