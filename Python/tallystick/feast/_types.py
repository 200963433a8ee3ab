# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Names and types: what Feast and Arrow call them, and what they are called here."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Optional

_FEAST = {
    "bytes": "bytes", "pdf_bytes": "bytes", "pdfbytes": "bytes", "image_bytes": "bytes", "imagebytes": "bytes",
    "string": "string", "uuid": "string", "time_uuid": "string", "timeuuid": "string", "json": "string", "bool": "bool",
    "int32": "int32", "int64": "int64", "float32": "float32", "float": "float32", "float64": "float64",
    "double": "float64",
    "unixtimestamp": "timestamp", "unix_timestamp": "timestamp",
}
_ARROW = {
    "bool": "bool", "int8": "int32", "int16": "int32", "int32": "int32", "uint8": "int32", "uint16": "int32",
    "uint32": "int64", "int64": "int64", "float": "float32", "double": "float64", "string": "string",
    "large_string": "string", "string_view": "string", "binary": "bytes", "large_binary": "bytes",
    "date32[day]": "date",
    "date64[ms]": "date",
}
_WIDER = {
    ("int32", "int64"), ("int32", "float64"), ("float32", "float64"),
}
_ARRAY = re.compile(r"(?:Array|List)\((.+)\)\Z", re.IGNORECASE)
_LIST = re.compile(r"(?:large_)?list<\w+: (.+?)(?: not null)?>\Z")
_DICTIONARY = re.compile(r"dictionary<values=(\w+),.*>\Z")


def of_feast(kind: str) -> Optional[str]:
    """The type that Feast's stands for; None where there is none."""
    array = _ARRAY.match(kind)
    if array:
        inner = of_feast(array[1])
        return f"array<{inner}>" if inner and not inner.startswith("array") else None
    return _FEAST.get(kind.lower())


def of_arrow(kind: str) -> Optional[str]:
    """The type that a column of Arrow is read as; None where it cannot be used."""
    array = _LIST.match(kind)
    if array:
        inner = of_arrow(array[1])
        return f"array<{inner}>" if inner and not inner.startswith("array") else None
    dictionary = _DICTIONARY.match(kind)
    if dictionary:
        return of_arrow(dictionary[1])
    return "timestamp" if kind.startswith("timestamp[") else _ARROW.get(kind)


def widens(narrow: str, wide: str) -> bool:
    """Whether a value of the one type is one of the other without loss."""
    return narrow == wide or (narrow, wide) in _WIDER


def name(original: str, taken: Collection[str] = ()) -> str:
    """A name as definitions have it, unlike those that are taken."""
    plain = re.sub(r"_+", "_", re.sub(r"[^a-z0-9]+", "_", original.lower())).strip("_")
    if not plain[:1].isalpha():
        plain = f"f_{plain}".rstrip("_")
    plain = plain[:63].rstrip("_")
    found, count = plain, 1
    while found in taken:
        count += 1
        found = f"{plain[:63 - len(str(count)) - 1].rstrip('_')}_{count}"
    return found
