# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Types of warehouses, as a contract and a feature call them."""

from __future__ import annotations

import re
from typing import Optional

_LOGICAL = {
    "integer": "int int2 int4 int8 int16 int32 int64 integer bigint smallint tinyint mediumint byteint long short "
               "utinyint usmallint uinteger ubigint hugeint uhugeint serial bigserial",
    "number": "float float4 float8 float32 float64 double real decimal numeric number bignumeric bigdecimal fixed",
    "string": "varchar string text nvarchar varchar2 charactervarying",
    "boolean": "bool boolean",
    "timestamp": "timestamp timestamptz timestamp_ntz timestamp_ltz timestamp_tz datetime datetime2 "
    "timestampwithtimezone "
                 "timestampwithouttimezone timestamp_s timestamp_ms timestamp_ns timestamp_us",
    "date": "date",
    "time": "time",
}
_BY_NAME = {name: logical for logical, names in _LOGICAL.items() for name in names.split()}
_FEATURES = {
    "integer": "int64", "number": "float64", "string": "string", "boolean": "bool", "timestamp": "timestamp",
    "date": "date"}
_EXACT = {"decimal", "numeric", "number", "bignumeric", "bigdecimal", "fixed"}
_WIDE = {"ubigint", "hugeint", "uhugeint"}


def _bare(type: Optional[str]) -> str:
    """The name of a type alone: `NUMERIC(10, 2)` is numeric, `double precision` is double."""
    name = re.sub(r"\([^()]*\)", "", (type or "").lower())
    name = re.sub(r"\s+", "", name)
    return {"doubleprecision": "double", "timestampwithtimezone": "timestamptz"}.get(name, name)


def logical(type: Optional[str]) -> Optional[str]:
    """The standard's logical type; None for those that have none here (lists, objects, blobs) and for unknown ones."""
    return _BY_NAME.get(_bare(type))


def feature(type: Optional[str]) -> Optional[str]:
    """The type of a feature or a key that holds all values; None for decimals, integers beyond 64 bits, times of
    day."""
    name = _bare(type)
    return None if name in _EXACT | _WIDE else _FEATURES.get(_BY_NAME.get(name, ""))


def is_float(type: Optional[str]) -> bool:
    """Whether it may hold NaN."""
    return _BY_NAME.get(_bare(type)) == "number" and _bare(type) not in _EXACT


def is_plain(type: Optional[str]) -> bool:
    """Whether its values are compared alike by every engine: integers of 64 bits, texts, truth values and days."""
    return _bare(type) not in _WIDE and _BY_NAME.get(_bare(type)) in ("integer", "string", "boolean", "date")
