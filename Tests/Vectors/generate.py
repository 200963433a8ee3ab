# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Writes keys.json, rows.json, batches.json, cells.json, parts.json and numbers.json from docs/formats.md alone.

It shares no code with tally.

Also checks fingerprints.json, which the tests write with TALLY_REWRITE=1: every canonical text must be canonical by the
rules of RFC 8785 as far as strings and integers go, and have the digest beside it.
"""
import hashlib
import json
import struct
from pathlib import Path

FOLDER = Path(__file__).parent
NAN32, NAN64 = 0x7FC00000, 0x7FF8000000000000
LEAST = -(1 << 63)


def typed(kind, value):
    return {"type": kind, "value": value} if value is not None else {"type": kind}


def ordered(value, bits):
    return ((int(value) + (1 << bits)) ^ (1 << (bits - 1)) if int(value) < 0
            else int(value) ^ (1 << (bits - 1))).to_bytes(bits // 8 + 1, "big")[-(bits // 8):]


def key_part(kind, value):
    if kind == "bool":
        return b"\x01" + bytes([int(value)])
    if kind in ("int32", "date"):
        return {"int32": b"\x02", "date": b"\x04"}[kind] + ordered(value, 32)
    if kind in ("int64", "timestamp"):
        return {"int64": b"\x03", "timestamp": b"\x05"}[kind] + ordered(value, 64)
    raw = value.encode() if kind == "string" else bytes.fromhex(value)
    return {"string": b"\x06", "bytes": b"\x07"}[kind] + raw.replace(b"\0", b"\0\xff") + b"\0\0"


def encode(kind, value):
    if value is None:
        return b""
    if kind == "bool":
        return bytes([int(value)])
    if kind in ("int32", "date"):
        return struct.pack(">i", int(value))
    if kind in ("int64", "timestamp"):
        return struct.pack(">q", int(value))
    if kind == "float32":
        bits = int(value, 16)
        number = struct.unpack(">f", struct.pack(">I", bits))[0]
        return struct.pack(">I", NAN32 if number != number else 0 if number == 0 else bits)
    if kind == "float64":
        bits = int(value, 16)
        number = struct.unpack(">d", struct.pack(">Q", bits))[0]
        return struct.pack(">Q", NAN64 if number != number else 0 if number == 0 else bits)
    if kind.startswith("array<"):
        element = kind[len("array<"):-1]
        parts = [b"\0" if item is None else b"\x01" + encode(element, item) for item in value]
        return struct.pack(">I", len(value)) + b"".join(parts)
    raw = value.encode() if kind == "string" else bytes.fromhex(value)
    return struct.pack(">I", len(raw)) + raw


def row(values):
    presence = bytearray((len(values) + 7) // 8)
    for index, (_, value) in enumerate(values):
        if value is not None:
            presence[index // 8] |= 1 << (index % 8)
    return bytes(presence) + b"".join(encode(kind, value) for kind, value in values)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def stored_key(key, part=None):
    stored = key if len(key) <= 400 else b"\0" + hashlib.sha256(key).digest()
    return stored if part is None else stored + ordered(part, 64)


def cell_rows(offers, horizon):
    """The offered rows that can answer at some instant from the horizon on, in the order in which they become known."""
    def order(offer):
        event, known, sequence, values, cut = offer
        return (LEAST if event is None else event, cut, known, sequence, values)

    def answers(instant):
        return max((offer for offer in offers if offer[1] <= instant), key=order, default=None)

    instants = sorted({max(offer[1], horizon) for offer in offers})
    rows = [answers(instant) for instant in instants]
    return [row for index, row in enumerate(rows) if index == 0 or row != rows[index - 1]]


def cell(key, rows, part=None):
    is_timeless = all(event is None for event, *_ in rows)
    is_cut = any(cut != 0 for *_, cut in rows)
    is_long = len(key) > 400
    data = bytes([2 if part is None else 3, (1 if is_long else 0) | (2 if is_timeless else 0) | (4 if is_cut else 0)])
    data += struct.pack(">I", len(key)) + key if is_long else b""
    data += struct.pack(">I", len(rows))
    for event, known, sequence, values, cut in rows:
        data += b"" if is_timeless else struct.pack(">q", event)
        data += struct.pack(">h", cut) if is_cut else b""
        data += struct.pack(">qqI", known, sequence, len(values)) + values
    return data + struct.pack(">I", crc32c(stored_key(key, part) + data))


def digest(data):
    return hashlib.sha256(data).hexdigest()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


KEYS = [
    [("int64", "0")], [("int64", "-1")], [("int64", "9223372036854775807")], [("int64", "-9223372036854775808")],
    [("int32", "7")], [("int32", "-2147483648")], [("bool", True)], [("bool", False)],
    [("date", "15706")], [("date", "-1")], [("timestamp", "1357020000000000")], [("timestamp", "-1")],
    [("string", "JFK")], [("string", "")], [("string", "a\0b")], [("string", "é")], [("string", "e\u0301")],
    [("bytes", "00ff00")], [("bytes", "")],
    [("string", "1"), ("string", "12")], [("string", "11"), ("string", "2")],
    [("string", "AA"), ("int64", "1545"), ("date", "15706")],
    [("string", None)], [("int64", "1"), ("int64", None)],
]
ROWS = [
    [], [("int64", "1")], [("int64", None)], [("bool", True), ("bool", None), ("bool", False)],
    [("float64", "3ff0000000000000"), ("float64", "8000000000000000"), ("float64", "fff8000000000001")],
    [("float32", "7fc00001"), ("float32", "80000000"), ("float32", "ff800000")],
    [("float64", "7ff0000000000000"), ("float64", "0000000000000001")],
    [("int32", "-1"), ("date", "-719162"), ("timestamp", "-1"), ("int64", "-9223372036854775808")],
    [("string", "wind"), ("string", ""), ("bytes", "0001ff"), ("string", None)],
    [("array<int32>", ["1", None, "-1"]), ("array<string>", []), ("array<float64>", None)],
    [("array<array<string>>", [["a"], None, []])],
    [("int32", str(n)) if n % 3 else ("int32", None) for n in range(17)],
]
BATCHES = [
    ([("a", "int64")], []),
    ([("a", "int64"), ("b", "string")], [["1", "x"], [None, ""], ["-5", None]]),
    ([("f", "float64"), ("g", "float32"), ("h", "bool")],
     [["8000000000000000", "7fc12345", True], [None, "3f800000", None], ["3ff8000000000000", None, False]]),
    ([("t", "timestamp"), ("d", "date"), ("r", "array<int32>"), ("z", "bytes")],
     [["0", "1", ["1", None], "00"], ["-1", None, None, None], [None, "-1", [], "ff"]]),
]
# Key, horizon, and offers: event time, known time, sequence, stored values, and nanoseconds cut where there are any.
CELLS = [
    ([("int64", "7")], 0, [(0, 0, 0, b"\x01")]),
    ([("string", "AA"), ("int64", "1545")], 10, [(5, 6, 1, b"\x01\0\0\0\x02"), (5, 5, 9, b""), (4, 9, 0, b"\xff")]),
    ([("int64", "7")], 10, [(5, 5, 0, b"now"), (6, 20, 0, b"later"), (5, 15, 0, b"soon"), (4, 30, 0, b"never")]),
    ([("int64", "7")], 20, [(5, 5, 0, b"now"), (6, 20, 0, b"later"), (5, 15, 0, b"soon"), (4, 30, 0, b"never")]),
    ([("int64", "7")], 10, [(9, 12, 0, b"b"), (9, 12, 0, b"ab"), (9, 12, 0, b"a"), (9, 12, -1, b"c")]),
    ([("date", "-1")], -(1 << 62), [(-5, -1, 0, b"x"), (-6, -7, (1 << 63) - 1, b"y"), (-5, -1, 0, b"x")]),
    ([("bool", True)], LEAST, [(None, LEAST, 0, b"\x01a"), (None, LEAST, 0, b"\x01b")]),
    ([("bytes", "00" * 198)], 0, [(1, 1, 0, b"399 bytes")]),
    ([("string", "k" * 397)], 0, [(1, 1, 0, b"400 bytes")]),
    ([("string", "k" * 398)], 0, [(1, 1, 0, b"401 bytes")]),
    ([("string", "k" * 500), ("int32", "-1")], LEAST, [(None, LEAST, 0, b"")]),
    ([], 0, [(1, 1, 0, bytes(range(256)))]),
    ([("int64", "7")], 0, [(1, 1, 0, b"b", -900), (1, 1, 0, b"a", -100), (1, 1, 0, b"c", -999)]),
    ([("int64", "7")], 0, [(1, 1, 0, b"now", 0), (1, 9, 0, b"never", -1), (2, 9, 0, b"later", -999)]),
    ([("string", "k" * 398)], 0, [(1, 5, 0, b"known later", -2), (1, 1, 9, b"happened later", -1)]),
]
# Key, number of the part, and rows in order as the offers of a cell.
PARTS = [
    ([("int64", "7")], 0, [(0, 0, 0, b"\x01", 0)]),
    ([("int64", "7")], -1, [(0, 0, 0, b"\x01", 0)]),
    ([("int64", "7")], 1, [(3600000001, 3600000002, 0, b"a", 0), (3600000001, 3600000002, 0, b"a", 0)]),
    ([("int64", "7")], LEAST, [(LEAST + 1, LEAST + 1, 0, b"", 0)]),
    ([("int64", "7")], (1 << 63) - 1, [((1 << 63) - 1, (1 << 63) - 1, 0, b"", -999)]),
    ([("string", "AA"), ("int64", "1545")], 411000, [(5, 6, 1, b"\x01\0\0\0\x02", -1), (6, 6, 0, b"", 0)]),
    ([("string", "k" * 397)], -256, [(1, 1, 0, b"400 bytes", 0)]),
    ([("string", "k" * 398)], 255, [(1, 1, 0, b"401 bytes", 0)]),
]
# RFC 8785, appendix B: IEEE 754 bits and the text of the number.
NUMBERS = [
    ("0000000000000000", "0"), ("8000000000000000", "0"), ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"), ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"), ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"), ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"), ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"), ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"), ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"), ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"), ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"), ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"), ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
    ("3ff0000000000000", "1"), ("4024000000000000", "10"), ("3fb999999999999a", "0.1"),
    ("3e7ad7f29abcaf48", "1e-7"), ("c08f400000000000", "-1000"),
]


def batch(schema, rows):
    columns = []
    for index, (name, kind) in enumerate(schema):
        values = [line[index] for line in rows]
        columns.append({
            "name": name, "type": kind, "presence": digest(bytes(0 if value is None else 1 for value in values)),
            "values": digest(b"".join(encode(kind, value) for value in values)),
        })
    return digest(canonical({"columns": columns, "rows": len(rows)}))


def write(name, vectors):
    lines = ",\n".join(json.dumps(vector, ensure_ascii=True) for vector in vectors)
    (FOLDER / name).write_text("[\n" + lines + "\n]\n")


def main():
    write("keys.json", [
        {"values": [typed(*part) for part in parts],
         "hex": None if any(value is None for _, value in parts) else b"".join(key_part(*p) for p in parts).hex()}
        for parts in KEYS])
    write("rows.json", [{"values": [typed(*v) for v in values], "hex": row(values).hex()} for values in ROWS])
    write("batches.json", [
        {"schema": [{"name": n, "type": k} for n, k in schema], "rows": rows, "sha256": batch(schema, rows)}
        for schema, rows in BATCHES])
    assert crc32c(b"123456789") == 0xE3069283
    write("cells.json", [
        {"key": [typed(*part) for part in parts], "horizon": str(horizon),
         "offers": [
             {"event": None if event is None else str(event), "known": str(known), "sequence": str(sequence),
              "values": values.hex(), **({"cut": str(cut)} if cut else {})}
             for event, known, sequence, values, cut in offers],
         "stored": stored_key(key).hex(), "hex": cell(key, cell_rows(offers, horizon)).hex()}
        for parts, horizon, given in CELLS for key in [b"".join(key_part(*part) for part in parts)]
        for offers in [[(*offer, 0)[:5] for offer in given]]])
    # A flipped sign bit before the bytes of two's complement: so a part before 1970 stands before those after it.
    assert stored_key(b"\x03\x80" + bytes(6) + b"\x07", -1).hex() == "038000000000000007" + "7fffffffffffffff"
    write("parts.json", [
        {"key": [typed(*entry) for entry in entries], "part": str(part),
         "rows": [
             {"event": str(event), "known": str(known), "sequence": str(sequence), "values": values.hex(),
              **({"cut": str(cut)} if cut else {})}
             for event, known, sequence, values, cut in rows],
         "stored": stored_key(key, part).hex(), "hex": cell(key, rows, part).hex()}
        for entries, part, rows in PARTS for key in [b"".join(key_part(*entry) for entry in entries)]])
    for bits, text in NUMBERS:
        assert struct.pack(">d", float(text)).hex() in (bits, "0000000000000000"), (bits, text)
    write("numbers.json", [{"bits": bits, "text": text} for bits, text in NUMBERS])
    fingerprints = FOLDER / "fingerprints.json"
    if fingerprints.exists():
        for vector in json.loads(fingerprints.read_text()):
            data = vector["canonical"].encode()
            assert canonical(json.loads(data)) == data, vector["name"]
            assert digest(data) == vector["sha256"], vector["name"]


main()
