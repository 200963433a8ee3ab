# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What is asked of a server and what its answers mean, the same for callers that wait and for those that await."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Mapping, Sequence
from typing import Any, Callable, Optional, TypeVar
from urllib.parse import quote

from ._answers import Vectors
from ._errors import EngineError, MisuseError, TallyError, UnreachableError, from_json
from ._http import Answer
from ._values import to_json

Request = tuple[str, str, Optional[bytes]]
SERVICES: Request = ("GET", "/v1/services", None)
VIEWS: Request = ("GET", "/v1/views", None)
_Read = TypeVar("_Read")
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
    return "POST", "/v1/vectors", json.dumps(body, allow_nan=False).encode()


def named(path: str, name: str) -> Request:
    """The request for something by its name."""
    return "GET", f"{path}/{quote(name, safe='')}", None


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
    """Reads vectors into the form that they have in process: bytes as 0x and digits."""
    for column in body["columns"]:
        read = _bytes_reader(column["type"])
        if read is not None:
            column["values"] = [read(value) for value in column["values"]]
    return Vectors({"release": body["release"], "time": body["time"], "receipt": body["receipt"], **body})


def _bytes_reader(name: str) -> Optional[Callable[[Any], Any]]:
    if name == "bytes":
        return lambda value: None if value is None else "0x" + base64.b64decode(value).hex()
    if name == "array<bytes>":
        return lambda values: None if values is None else [
            None if value is None else "0x" + base64.b64decode(value).hex() for value in values]
    return None


def result(answer: Answer, place: str, read: Callable[[Any], _Read]) -> _Read:
    """What is read of the JSON of an answer; raises the error that it tells, and UnreachableError for what is none of ours."""
    if answer.status != 200:
        raise failure(answer, place)
    try:
        return read(json.loads(bytes(answer.body)))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise UnreachableError("E-unreachable", "what answers is no tally server", subject=place) from None


def member(name: str) -> Callable[[Any], list[dict[str, Any]]]:
    """What reads a list under a name."""
    return lambda body: [dict(item) for item in body[name]]


def card(body: Any) -> dict[str, Any]:
    """Reads what is known of something with a name."""
    return {"name": body["name"], **body}


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
