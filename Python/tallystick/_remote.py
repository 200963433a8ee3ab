# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What is asked of a server and what its answers mean, the same for callers that wait and for those that await."""

from __future__ import annotations

import base64
import json
import random
import struct
from collections.abc import Mapping, Sequence
from typing import Any, Callable, NamedTuple, Optional, TypeVar
from urllib.parse import quote

from . import _ipc
from ._answers import Answer as Status
from ._answers import Vectors
from ._errors import EngineError, MisuseError, TallyError, UnreachableError, from_json
from ._http import Answer
from ._values import to_json

_JSON = "application/json"


class Request(NamedTuple):
    """What is asked: the method, the path, the body if there is one, and the form of the answer."""

    method: str
    path: str
    body: Optional[bytes] = None
    accept: str = _JSON


SERVICES = Request("GET", "/v1/services")
VIEWS = Request("GET", "/v1/views")
READY = Request("GET", "/readyz")
_Read = TypeVar("_Read")
# From so many entities on, columns of Arrow cost less than JSON: to write, to send and to read.
_BATCH = 256
_NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def vectors_request(
    asked: Mapping[str, Any], keys: Mapping[str, Any], request: Optional[Mapping[str, Any]], at: Any
) -> Request:
    """The request for vectors; `asked` names a service, or features."""
    body = {
        **asked,
        "entities": {name: _column(values) for name, values in keys.items()},
        "request": {name: _column(values) for name, values in (request or {}).items()},
        "at": at if at is None or isinstance(at, str) else to_json(at),
    }
    is_batch = any(len(column) >= _BATCH for column in body["entities"].values())
    # A server that does not know the one answers in the other.
    accept = f"{_ipc.CONTENT_TYPE}, {_JSON};q=0.9" if is_batch else _JSON
    return Request("POST", "/v1/vectors", json.dumps(body, allow_nan=False).encode(), accept)


def named(path: str, name: str) -> Request:
    """The request for something by its name."""
    return Request("GET", f"{path}/{quote(name, safe='')}")


def _column(values: Any) -> Sequence[Any]:
    tolist = getattr(values, "tolist", None)
    if callable(tolist):
        values = tolist()
    return [_value(value) for value in (values if isinstance(values, (list, tuple)) else [values])]


def _value(value: Any, depth: int = 0) -> Any:
    """A value as the server reads it: like in process, but for bytes, NaN and large integers."""
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, (list, tuple)) and depth < 8:
        return [_value(element, depth + 1) for element in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    item = getattr(value, "item", None)
    if callable(item) and depth < 8:
        return _value(item(), depth + 1)
    made = to_json(value, depth)
    return _NOT_FINITE.get(made, made) if isinstance(value, float) and isinstance(made, str) else made


def vectors(body: Any) -> Vectors:
    """Reads vectors into the form that they have in process: bytes as 0x and digits, float32 as the number that it is."""
    if isinstance(body, Vectors):
        return body
    for column in body["columns"]:
        read = _reader(column["type"])
        if read is not None:
            column["values"] = [read(value) for value in column["values"]]
    wanted = ("release", "time", "columns", "eventTimes", "receipt")
    return Vectors({**{name: body[name] for name in wanted}, **body})


def _reader(name: str) -> Optional[Callable[[Any], Any]]:
    if name.startswith("array<"):
        inner = _reader(name[len("array<") : -1])
        return inner and (lambda values: None if values is None else [inner(value) for value in values])
    if name == "bytes":
        return lambda value: None if value is None else "0x" + base64.b64decode(value).hex()
    if name == "float32":
        # Its text has the digits that a float of 32 bits needs, which are another number to one of 64.
        return lambda value: struct.unpack("f", struct.pack("f", value))[0] if isinstance(value, (int, float)) else value
    return None


def result(answer: Answer, place: str, read: Callable[[Any], _Read]) -> _Read:
    """What is read of an answer; raises the error that it tells, and UnreachableError for what is none of ours."""
    if answer.status != 200:
        raise failure(answer, place)
    try:
        if answer.fields.get("content-type") == _ipc.CONTENT_TYPE:
            return read(_ipc.read(bytes(answer.body)))
        return read(json.loads(bytes(answer.body)))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise UnreachableError("E-unreachable", "what answers is no tally server", subject=place) from None


def member(name: str) -> Callable[[Any], list[dict[str, Any]]]:
    """What reads a list under a name."""
    return lambda body: [dict(item) for item in body[name]]


def card(body: Any) -> dict[str, Any]:
    """Reads what is known of something with a name."""
    return {"name": body["name"], **body}


def status(ready: Answer, services: Any, views: Any) -> Status:
    """What a server tells of itself, in the words of `FeatureStore.status` where it knows as much."""
    return Status({
        "isReady": ready.status == 200, "health": bytes(ready.body).decode(errors="replace").strip(),
        "releases": [
            {"service": item["name"], "number": item["release"]["number"], "state": "serving",
             "fingerprint": item["release"]["fingerprint"]}
            for item in services if item["release"] is not None
        ],
        "missing": {item["name"]: item["missing"] for item in services if item["missing"]},
        "online": [
            {"view": item["name"], "timeToLive": item["timeToLive"], "freshness": item["freshness"],
             "ageSeconds": item["ageSeconds"], **_generation(item["generation"])}
            for item in views
        ],
    })


def _generation(told: Any) -> dict[str, Any]:
    if told is None:
        return {"generation": None}
    return {"generation": told["number"], **{name: told[name] for name in ("keys", "until", "filledAt")}}


def failure(answer: Answer, place: str) -> TallyError:
    """The error of an answer that is none of what was asked for."""
    try:
        told = json.loads(bytes(answer.body))["error"]
        details = (f"request {told['requestId']}",) if told.get("requestId") else ()
        return from_json({**told, "details": details})
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        pass
    if answer.status in (300, 301, 302, 303, 307, 308):
        # A token is for one place, and is sent to no other.
        return UnreachableError("E-unreachable", "the server points elsewhere, which is not followed", subject=place)
    if answer.status >= 500 or answer.status == 429:
        return UnreachableError("E-unreachable", f"the answer is {answer.status}, and not the server's own", subject=place)
    return EngineError("E-engine", f"the answer is {answer.status}", subject=place)


def pause(answer: Answer, remaining: float) -> Optional[float]:
    """How long to wait before the same is asked again; None where that is not wanted, or takes too long."""
    if answer.status not in (429, 503):
        return None
    text = answer.fields.get("retry-after", "")
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        return None
    # Whoever was refused together shall not come back together.
    seconds = int(text) + random.uniform(0, 0.2)
    return seconds if seconds < remaining else None


def backoff(tries: int, remaining: float) -> Optional[float]:
    """How long to wait after so many failed attempts to connect; None where the time does not reach."""
    seconds = min(2.0, 0.05 * 2**tries) * random.uniform(0.5, 1.5)
    return seconds if seconds < remaining else None


def listed(kind: str, services: Any, views: Any) -> list[dict[str, Any]]:
    """Views and services as `FeatureStore.list` gives them."""
    if kind not in ("all", "view", "service"):
        raise MisuseError(
            "E-misuse", f"a server does not list every {kind!r}", help="ask for 'view', 'service' or 'all' of both")
    return [
        {"kind": word, "name": item["name"], "owner": item["owner"], "description": item["description"]}
        for word, items in (("view", views), ("service", services)) if kind in ("all", word) for item in items
    ]
