# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""YAML that is read back as exactly the values that were written: a writer, and no reader.

Texts are written so that a reader of YAML 1.1 and one of 1.2 see the same text: what either would take for a number, a truth
value, a date or nothing stands in quotes. The same values always give the same bytes.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Optional

from ._errors import MisuseError
from ._values import to_json

# How long a line becomes before a list or mapping is written over several.
_WIDTH = 110
# The parser takes no longer key on one line.
_LONGEST_KEY = 1000

_WORDS = frozenset([
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", "+.inf", "-.inf", ".nan",
])
# Numbers, dates and times of YAML 1.1: digits with signs, points, colons, underscores and letters of bases.
_NUMERIC = re.compile(r"[0-9+.\-][0-9_+\-.:a-fA-FxXoOtTzZ ]*\Z")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def document(value: Mapping[str, Any]) -> str:
    """A mapping as a document in block style; small lists and mappings in it stand on one line.

    Raises MisuseError for what YAML cannot give back: NaN and infinities, integers beyond 64 bits, texts with lone surrogates
    or with a byte order mark at their start, and values that are none of JSON's.
    """
    return "".join(line + "\n" for line in _members(value))


def _members(value: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for name, member in value.items():
        key = _scalar(name, False)
        if len(key) > _LONGEST_KEY:
            raise MisuseError("E-misuse", f"a key of {len(name)} characters is too long", help="write at most 500")
        lines += _entry(key + ":", member)
    return lines


def _entry(head: str, value: Any) -> list[str]:
    """A value behind its key or, in a list, behind its dash."""
    value = _plain(value)
    if isinstance(value, str):
        block = _block(value)
        if block is not None:
            return [f"{head} {block[0]}", *("  " + line if line else "" for line in block[1:])]
        return [f"{head} {_scalar(value, False)}"]
    if not isinstance(value, (list, dict)):
        return [f"{head} {_scalar(value, False)}"]
    flow = _flow(value)
    if flow is not None and len(head) + 1 + len(flow) <= _WIDTH:
        return [f"{head} {flow}"]
    if isinstance(value, dict):
        inner = _members(value)
        if head == "-":
            return [f"- {inner[0]}", *("  " + line if line else "" for line in inner[1:])]
    else:
        inner = [line for element in value for line in _entry("-", element)]
        if head == "-":
            return ["-", *("  " + line if line else "" for line in inner)]
    return [head, *("  " + line if line else "" for line in inner)]


def _flow(value: Any) -> Optional[str]:
    """A value on one line; None where it reads better over several."""
    value = _plain(value)
    if isinstance(value, dict):
        parts = []
        for name, member in value.items():
            text, key = _flow(member), _scalar(name, True)
            if text is None or len(key) > _LONGEST_KEY:
                return None
            parts.append(f"{key}: {text}")
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, list):
        # Several mappings below each other are compared more easily.
        if sum(isinstance(element, (list, dict, tuple, Mapping)) for element in value) > 1:
            return None
        texts = [_flow(element) for element in value]
        return None if None in texts else "[" + ", ".join(text or "" for text in texts) + "]"
    if isinstance(value, str) and _block(value) is not None:
        return None
    return _scalar(value, True)


def _plain(value: Any) -> Any:
    """A value as JSON has it: sequences are lists, times and dates are texts."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
        return list(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return to_json(value)


def _scalar(value: Any, is_flow: bool) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if not -(1 << 63) <= value < 1 << 63:
            raise MisuseError("E-misuse", f"{value} is no integer of 64 bits")
        return str(int(value))
    if isinstance(value, float):
        return _number(float(value))
    if isinstance(value, str):
        return _quoted(value) if _needs_quotes(value, is_flow) else value
    raise MisuseError("E-misuse", f"a {type(value).__name__} is no value of a definition")


def _number(value: float) -> str:
    """A number that is read back as one with a fraction, by YAML 1.1 too: that asks for a point and a sign."""
    if not math.isfinite(value):
        raise MisuseError("E-misuse", f"{value} is no number of a definition", help="leave the bound out")
    mantissa, mark, exponent = repr(value).partition("e")
    if "." not in mantissa:
        mantissa += ".0"
    return mantissa + mark + ("" if not mark or exponent.startswith("-") else "+") + exponent.lstrip("+")


def _block(text: str) -> Optional[list[str]]:
    """A text of several lines as a literal block; None when it has one line, or something that a block does not keep."""
    body = text[:-1] if text.endswith("\n") else text
    lines = body.split("\n")
    if len(lines) == 1 and not text.endswith("\n"):
        return None
    if not lines[-1] or not lines[0] or lines[0][0] in " \t":
        return None
    if any(line and not line.strip() for line in lines) or not all(_is_plain(c) or c == "\t" for c in body if c != "\n"):
        return None
    return ["|" if text.endswith("\n") else "|-", *lines]


def _needs_quotes(text: str, is_flow: bool) -> bool:
    if not text or text.strip() != text or not all(map(_is_plain, text)):
        return True
    # Signs that mean something at the start of a value, and what separates in lists and mappings of one line.
    if text[0] in "-?:,[]{}#&*!|>'\"%@`=<~" or (is_flow and any(c in ",[]{}:?" for c in text)):
        return True
    if ": " in text or text.endswith(":") or " #" in text or text.startswith("..."):
        return True
    return text.lower() in _WORDS or _NUMERIC.match(text) is not None


def _is_plain(char: str) -> bool:
    """Whether a character may be in a file without quotes: printable in YAML 1.1, and no break of a line."""
    code = ord(char)
    return (
        0x20 <= code <= 0x7E or 0xA0 <= code <= 0xD7FF and code not in (0x2028, 0x2029) or 0xE000 <= code <= 0xFEFE
        or 0xFF00 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF)


def _quoted(text: str) -> str:
    if text.startswith("\ufeff"):
        raise MisuseError("E-misuse", "a text begins with a byte order mark, which readers drop", help="delete it")
    parts = []
    for char in text:
        code = ord(char)
        if 0xD800 <= code <= 0xDFFF:
            raise MisuseError("E-misuse", "a text holds half of a surrogate pair", help="decode it as UTF-16 first")
        if char in _ESCAPES:
            parts.append(_ESCAPES[char])
        elif _is_plain(char):
            parts.append(char)
        else:
            parts.append(f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}")
    return '"' + "".join(parts) + '"'


def instant_or_text(value: Any) -> Any:
    """Times and dates as their texts; everything else as it is."""
    return to_json(value) if isinstance(value, (datetime.date, datetime.datetime)) else value
