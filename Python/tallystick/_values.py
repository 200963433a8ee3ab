# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Values between Python and the library's JSON: nothing is cast, and nothing loses a digit."""

from __future__ import annotations

import datetime
import math
from typing import Any, Callable, Mapping, Union

from ._errors import MisuseError

_EXACT = 1 << 53
_DEEPEST = 8


def to_json(value: Any, depth: int = 0) -> Any:
    """The JSON form of a join key or an input.

    Integers beyond 2^53, times (which need a zone), dates, bytes, NaN and infinities are texts. A numpy scalar is what its
    `item()` is. Raises MisuseError for what has no form.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else ("nan" if math.isnan(value) else "inf" if value > 0 else "-inf")
    if isinstance(value, (bytes, bytearray)):
        return "0x" + value.hex()
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise MisuseError("E-misuse", "a time has no zone", help="add tzinfo=datetime.timezone.utc, or the zone it is in")
        try:
            utc = value.astimezone(datetime.timezone.utc)
        except OverflowError:
            raise MisuseError("E-misuse", f"{value.isoformat()} is outside of the years 1 to 9999 in UTC") from None
        return utc.isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    # Nothing holds lists of lists of lists; what holds itself has no end.
    if depth > _DEEPEST:
        raise MisuseError("E-misuse", "a value is nested too deeply", help="an array holds values that are no arrays")
    if isinstance(value, (list, tuple)):
        return [to_json(element, depth + 1) for element in value]
    item = getattr(value, "item", None)
    if callable(item):
        return to_json(item(), depth + 1)
    raise MisuseError("E-misuse", f"a {type(value).__name__} is no value of a join key or an input")


def _time(text: str) -> Union[datetime.datetime, str]:
    """A time; its text where it is outside of the years 1 to 9999, which Python does not know."""
    try:
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return text


def _date(text: str) -> Union[datetime.date, str]:
    """A day; its text where it is outside of the years 1 to 9999, which Python does not know."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return text


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "int32": int,
    "int64": int,
    "float32": float,
    "float64": float,
    "bytes": lambda text: bytes.fromhex(text[2:]),
    "timestamp": _time,
    "date": _date,
}


def reader(name: str) -> Callable[[Any], Any]:
    """What turns JSON of a type into Python; null stays None."""
    if name.startswith("array<") and name.endswith(">"):
        inner = reader(name[len("array<") : -1])
        return lambda values: None if values is None else [inner(value) for value in values]
    plain = _READERS.get(name)
    if plain is None:
        return lambda value: value
    return lambda value: None if value is None else plain(value)
