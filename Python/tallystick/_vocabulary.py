# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What values of definitions look like, told where they are written; everything else is for `check`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Optional, Union

from ._errors import MisuseError

Severity = Literal["error", "warning", "info"]
Action = Literal["accept", "warn", "serveDefault", "quarantine", "block", "rollback"]
Duration = Union[str, datetime.timedelta]
Share = Union[str, float]

SCALARS = ("bool", "int32", "int64", "float32", "float64", "string", "bytes", "timestamp", "date")

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_DURATION = re.compile(r"[0-9]+(d|h|m|s|ms|us)\Z")
_UNITS = (("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1))


def misuse(where: str, problem: str, help: Optional[str] = None) -> MisuseError:
    """The error about a value of a definition."""
    return MisuseError("E-misuse", problem, subject=where, help=help)


def name(where: str, value: Any) -> str:
    """A name of a definition or a feature: lower-case letters, digits and underscores, at most 63."""
    if not isinstance(value, str) or not _NAME.match(value) or len(value) > 63 or "__" in value or value.endswith("_"):
        raise misuse(
            where, f"{value!r} is not a name",
            "write a lower-case letter, then lower-case letters, digits and single underscores, at most 63")
    return value


def text(where: str, value: Any) -> str:
    """A text that is not blank."""
    if not isinstance(value, str):
        raise misuse(where, f"a {type(value).__name__} stands where a text is expected")
    if not value.strip():
        raise misuse(where, "the text is blank", "write one, or leave it out")
    return value


def optional_text(where: str, value: Any) -> Optional[str]:
    """A text that is not blank, or none."""
    return None if value is None else text(where, value)


def data_type(where: str, value: Any) -> str:
    """The name of a type."""
    inner = value[6:-1] if isinstance(value, str) and value.startswith("array<") and value.endswith(">") else value
    if inner not in SCALARS:
        raise misuse(where, f"{value!r} is not a type", f"write one of {', '.join(SCALARS)}, or array<...> of one")
    return str(value)


def duration(where: str, value: Any) -> str:
    """A span of time as definitions write it: `3h`, `90s`."""
    if isinstance(value, datetime.timedelta):
        microseconds = value // datetime.timedelta(microseconds=1)
        if microseconds < 0:
            raise misuse(where, f"{value} is less than nothing")
        for unit, size in _UNITS:
            if microseconds and microseconds % size == 0:
                return f"{microseconds // size}{unit}"
        return "0s"
    if not isinstance(value, str) or not _DURATION.match(value):
        raise misuse(where, f"{value!r} is not a duration", "write a timedelta, or a whole number and d, h, m, s, ms or us")
    return value


def share(where: str, value: Any) -> Share:
    """A share of rows: `"1%"`, or a number from 0 to 1."""
    number: Any = value
    if isinstance(value, str) and value.endswith("%"):
        try:
            number = float(value[:-1]) / 100
        except ValueError:
            number = None
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 <= number <= 1:
        raise misuse(where, f"{value!r} is not a share", 'write for example "1%" or 0.01')
    return value  # type: ignore[no-any-return]


def choice(where: str, value: Any, choices: Sequence[str]) -> str:
    """One of some words."""
    if value not in choices:
        raise misuse(where, f"{value!r} is none of {', '.join(choices)}")
    return str(value)


def truth(where: str, value: Any) -> bool:
    """True or False, and nothing that only counts as one."""
    if not isinstance(value, bool):
        raise misuse(where, f"{value!r} is neither True nor False")
    return value


def several(where: str, values: Any, *, least: int = 1) -> tuple[Any, ...]:
    """A list; a text is none, though it could be gone through."""
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise misuse(where, f"a {type(values).__name__} stands where a list is expected", "write [...]")
    found = tuple(values)
    if len(found) < least:
        raise misuse(where, "the list is empty")
    return found


def mapping(where: str, value: Any) -> dict[str, Any]:
    """Names with values."""
    if not isinstance(value, Mapping):
        raise misuse(where, f"a {type(value).__name__} stands where names with values are expected", "write {...}")
    return {text(where, key): member for key, member in value.items()}


def reaction(where: str, otherwise: Optional[str], up_to: Optional[Share]) -> Any:
    """What is done about a broken promise, as it is written; None for nothing said."""
    if otherwise is not None:
        choice(f"{where}.otherwise", otherwise, ("accept", "warn", "serveDefault", "quarantine", "block", "rollback"))
    if up_to is None:
        return otherwise
    if otherwise is None:
        raise misuse(f"{where}.up_to", "a share says up to when something is done, and `otherwise` not what")
    return {"action": otherwise, "upTo": share(f"{where}.up_to", up_to)}


def written(**members: Any) -> dict[str, Any]:
    """The members that say something."""
    return {
        name: value for name, value in members.items()
        if value is not None and not (isinstance(value, (tuple, list, dict)) and not value)
    }
