#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""One way to get vectors, in a process of its own: get.py WAY PLACE KEYS VIEWS CALLS; prints times and values as JSON.

PLACE is a folder or an address. The keys of a call are drawn anew; the values of a last call come back to be compared.
"""

import http.client
import json
import random
import sys
import time
import urllib.parse

from served import FEATURES, KEYS, names, service


def in_process(place, views):
    import tallystick

    store = tallystick.open(place)
    return lambda keys: store.get(service(views), {"user_id": keys}).values


def over_http(place, views, batch):
    """JSON or Arrow: the package chooses by the number of entities, which is moved here."""
    import tallystick
    from tallystick import _remote

    _remote._BATCH = batch
    store = tallystick.connect(place)
    return lambda keys: store.get(service(views), {"user_id": keys}).values


def feast_features(views):
    return [f"view{view}:view{view}_f{index}" for view in range(1, views + 1) for index in range(FEATURES)]


def feast_sdk(place, views):
    from feast import FeatureStore

    store, features = FeatureStore(repo_path=place), feast_features(views)
    return lambda keys: store.get_online_features(features, [{"user_id": key} for key in keys]).to_dict()


def feast_http(place, views):
    features = feast_features(views)
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(place).netloc)

    def get(keys):
        body = json.dumps({"features": features, "entities": {"user_id": keys}})
        connection.request("POST", "/get-online-features", body, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        return {
            name: result["values"] for name, result in zip(answer["metadata"]["feature_names"], answer["results"])}

    return get


WAYS = {
    "process": in_process, "json": lambda *place: over_http(*place, 1 << 30), "arrow": lambda *place: over_http(*place, 1),
    "feast-sdk": feast_sdk, "feast-http": feast_http,
}


def main():
    way, place, (keys, views, calls) = sys.argv[1], sys.argv[2], map(int, sys.argv[3:6])
    get, draw = WAYS[way](place, views), random.Random(7)
    asked = [[draw.randrange(KEYS) for _ in range(keys)] for _ in range(calls)]
    for one in asked[: min(50, calls)]:
        get(one)
    walls, used = [], time.process_time()
    for one in asked:
        started = time.perf_counter()
        get(one)
        walls.append(time.perf_counter() - started)
    used = time.process_time() - used
    values = get(asked[-1])
    print(json.dumps({
        "walls": walls, "cpu": used / calls, "keys": asked[-1], "values": {name: values[name] for name in names(views)}}))


if __name__ == "__main__":
    main()
