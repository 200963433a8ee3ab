#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""fill.py ours|feast FOLDER: makes what `get` is asked for, and fills the online store with it."""

import pathlib
import sys

from served import FEATURES, KEYS, UNTIL, VIEWS, service, value


def ours(folder):
    import datetime

    import pyarrow
    import pyarrow.parquet
    import tallystick

    (folder / "definitions").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "tally.yaml").write_text("project: bench\n")
    text = "kind: Entity\nname: user\nowner: bench\njoinKeys: [{name: user_id, type: int64}]\n"
    times = pyarrow.array([datetime.datetime(2024, 6, 1, tzinfo=datetime.timezone.utc)] * KEYS, pyarrow.timestamp("us", tz="UTC"))
    for view in range(1, VIEWS + 1):
        features = [f"view{view}_f{index}" for index in range(FEATURES)]
        columns = {name: [value(name, key) for key in range(KEYS)] for name in features}
        table = pyarrow.table({"user_id": range(KEYS), "at": times, **columns})
        pyarrow.parquet.write_table(table, folder / "data" / f"view{view}.parquet")
        text += (
            f"---\nkind: Source\nname: events{view}\nowner: bench\npath: data/view{view}.parquet\neventTime: at\n"
            f"---\nkind: FeatureView\nname: view{view}\nowner: bench\nentities: [user]\nsource: events{view}\nfeatures:\n"
            + "".join(f"  - {{name: {name}, type: float64}}\n" for name in features))
    for views in (1, VIEWS):
        chosen = ", ".join(f"view{view}" for view in range(1, views + 1))
        text += f"---\nkind: FeatureService\nname: {service(views)}\nowner: bench\nfeatures: [{chosen}]\n"
    (folder / "definitions" / "all.yaml").write_text(text)
    store = tallystick.open(folder)
    store.apply()
    store.materialize(until=UNTIL)


def feast(folder):
    from datetime import datetime, timedelta

    from feast import Entity, FeatureStore, FeatureView, Field, FileSource
    from feast.types import Float64
    from feast.value_type import ValueType

    folder.mkdir(parents=True)
    (folder / "feature_store.yaml").write_text(
        "project: bench\nregistry: registry.db\nprovider: local\nonline_store: {type: sqlite, path: online.db}\n"
        "offline_store: {type: file}\nentity_key_serialization_version: 3\n")
    user = Entity(name="user", join_keys=["user_id"], value_type=ValueType.INT64)
    data = folder.parent / "ours" / "data"
    store = FeatureStore(repo_path=str(folder))
    store.apply([user] + [
        FeatureView(
            name=f"view{view}", entities=[user], ttl=timedelta(0),
            schema=[Field(name=f"view{view}_f{index}", dtype=Float64) for index in range(FEATURES)],
            source=FileSource(path=str(data / f"view{view}.parquet"), timestamp_field="at"))
        for view in range(1, VIEWS + 1)])
    until = datetime.fromisoformat(UNTIL.replace("Z", "+00:00"))
    store.materialize(until - timedelta(days=36500), until)


if __name__ == "__main__":
    {"ours": ours, "feast": feast}[sys.argv[1]](pathlib.Path(sys.argv[2]))
