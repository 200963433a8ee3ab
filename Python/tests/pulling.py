# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Reads whole numbers out of an Arrow stream, without a library for Arrow."""

import ctypes
from typing import Any, Optional

from tallystick._arrow import CAPSULE, Array, Schema, Stream, capsule_pointer


def integers(table: Any, name: str) -> list[Optional[int]]:
    """The values of an int64 column."""
    capsule = table.__arrow_c_stream__()
    stream = Stream.from_address(capsule_pointer(capsule, CAPSULE))
    schema = Schema()
    if stream.get_schema(ctypes.byref(stream), ctypes.byref(schema)):
        raise ValueError("no schema")
    fields = [schema.children[index].contents for index in range(schema.n_children)]
    place = [field.name.decode() for field in fields].index(name)
    if fields[place].format != b"l":
        raise ValueError(f"{name} is {fields[place].format!r}")
    schema.release(ctypes.byref(schema))
    values: list[Optional[int]] = []
    while True:
        batch = Array()
        if stream.get_next(ctypes.byref(stream), ctypes.byref(batch)):
            raise ValueError("no batch")
        if not batch.release:
            return values
        column = batch.children[place].contents
        numbers = ctypes.cast(column.buffers[1], ctypes.POINTER(ctypes.c_int64))
        bits = ctypes.cast(column.buffers[0], ctypes.POINTER(ctypes.c_uint8)) if column.buffers[0] else None
        for row in range(column.offset, column.offset + column.length):
            values.append(numbers[row] if bits is None or bits[row >> 3] >> (row & 7) & 1 else None)
        batch.release(ctypes.byref(batch))
