#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Asks a Tallystick server through Feast's own remote online store; prints what the client makes of it as JSON.

usage: feast-client.py URL [CERTIFICATE]     (feast==0.67.0 installed; the server serves the test's flights)
A token for the server is taken from TALLY_TOKEN.
"""
import json
import os
import sys
import tempfile
from datetime import datetime, timedelta

import pandas as pd
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource
from feast.errors import FeastError
from feast.repo_config import RepoConfig
from feast.types import Float64, Int32, Int64, String
from feast.value_type import ValueType

url = sys.argv[1]
folder = tempfile.mkdtemp(prefix="feast-client-")


def source(name, columns):
    path = os.path.join(folder, name + ".parquet")
    pd.DataFrame({**columns, "at": [datetime(2013, 1, 1)]}).to_parquet(path)
    return FileSource(name=name, path=path, timestamp_field="at")


plane = Entity(name="plane", join_keys=["tail"], value_type=ValueType.INT64)
airport = Entity(name="airport", join_keys=["origin"], value_type=ValueType.STRING)
planes = FeatureView(
    name="planes", entities=[plane], ttl=timedelta(0),
    schema=[Field(name="tail", dtype=Int64), Field(name="seats", dtype=Int32), Field(name="serial", dtype=Int64)],
    source=source("fleet", {"tail": [1], "seats": [1], "serial": [1]}))
weather = FeatureView(
    name="origin_weather", entities=[airport], ttl=timedelta(hours=3),
    schema=[Field(name="origin", dtype=String), Field(name="wind_speed", dtype=Float64),
            Field(name="station", dtype=String)],
    source=source("weather", {"origin": ["x"], "wind_speed": [1.0], "station": ["x"]}))

online_store = {"type": "remote", "path": url}
if len(sys.argv) > 2:
    online_store["cert"] = sys.argv[2]
auth = {"type": "oidc", "token_env_var": "TALLY_TOKEN"} if "TALLY_TOKEN" in os.environ else {"type": "no_auth"}
store = FeatureStore(config=RepoConfig(
    project="flights", provider="local", registry=os.path.join(folder, "registry.db"),
    online_store=online_store, offline_store={"type": "file"}, auth=auth,
    entity_key_serialization_version=3))
store.apply([plane, airport, planes, weather, FeatureService(name="pair", features=[planes, weather])])

features = ["planes:serial", "origin_weather:wind_speed", "planes:seats", "origin_weather:station"]
rows = [{"tail": 1, "origin": "JFK"}, {"tail": 2, "origin": "LGA"}, {"tail": 999, "origin": "EWR"}]
answer = {
    "short": store.get_online_features(features=features, entity_rows=rows).to_dict(),
    "full": store.get_online_features(features=features[:1], entity_rows=rows[:1], full_feature_names=True).to_dict(),
}
try:
    store.get_online_features(features=["planes:serial"], entity_rows=[{"tail": "one"}]).to_dict()
    answer["wrong"] = "no error"
except Exception as error:  # whatever the client makes of a refusal
    answer["wrong"] = type(error).__name__
try:
    store.materialize_incremental(end_date=datetime(2013, 1, 1, 12), feature_views=["planes"])
    answer["materialize"] = "done"
except Exception as error:
    answer["materialize"] = f"{type(error).__name__}: {error}"
print(json.dumps(answer, default=str))
