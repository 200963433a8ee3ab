# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Random values of every declared type, and the texts that docs/reading.md lets stand for them.

A value is what Python holds of it: bool, int, float, str, bytes, days since 1970 for a date, a `Time` for a timestamp, a list
of ints for an array. `canonical` gives what a training set must hold of it.
"""

import dataclasses
import datetime
import functools
import json
import math
import struct
import zoneinfo

TYPES = ("bool", "int32", "int64", "float32", "float64", "string", "bytes", "date", "timestamp", "array<int64>")
KEY_TYPES = ("bool", "int32", "int64", "string", "bytes", "date", "timestamp")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
EPOCH = datetime.datetime(1970, 1, 1)
DAY = 86_400_000_000_000

TEXTS = (
    "", "NA", "null", "N/A", "-", "1.10", "1.1", "00501", "501", "01/02/2024", "2024-01-02", "2024-01-02T03:04:05",
    "12345678901234567890", "true", "False", "t", "1e5", "inf", "nan", "a,b;c|d", 'say "so"', '"', '""', "two\nlines",
    "cr\rlf\r\nend", "tab\there", " blank before", "behind ", "  ", "#no comment", "\\N", "\\", "'", "{\"a\": 1}", "[1, 2]",
    "+5", "-0", "0x1F", "6F9619FF-8B86-D011-B42D-00CF4FC964FF", "$(x)", "a" * 300,
)
WIDE = (
    "\u00e4", "a\u0308", "\u00c5ngstr\u00f6m", "\u65e5\u672c", "\U0001f600 \U0001f468\u200d\U0001f469", "\ufb01", "\u200b",
    "\u2028", "e\u0301t\u00e9")
LATIN = ("\u00e4\u00f6\u00fc", "caf\u00e9", "\u00df", "\u00a3 5")
WINDOWS = LATIN + ("5 \u20ac", "\u201equote\u201c", "\u0160")

INT32 = (0, 1, -1, 7, 2**31 - 1, -(2**31), 10**9)
INT64 = INT32 + (2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 20240131, 1700000000)
FLOAT64 = (
    0.0, -0.0, 1.0, 0.1, -2.5, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 2.0**53 + 2, 1 / 3,
    123456789012345680.0, 1e-7, 100.0,
)
FLOAT32 = (0.0, -0.0, 1.0, 0.5, -2.5, 1.401298464324817e-45, 3.4028234663852886e38, 16777217.0, 100.0)
SPECIAL = (math.inf, -math.inf, math.nan)


@dataclasses.dataclass(frozen=True)
class Time:
    """A time in nanoseconds: of a wall clock, or since 1970 in UTC."""

    nanoseconds: int
    is_wall: bool
    # Whether it is written as a day without a time of day.
    is_day: bool = False


def float32(value):
    """The nearest float32."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


@functools.lru_cache(maxsize=None)
def zone_of(name):
    return zoneinfo.ZoneInfo(name)


def instant(time, zone):
    """Nanoseconds since 1970 in UTC: the first of two, shifted forward over a gap (fold=0)."""
    if not time.is_wall or zone == "UTC":
        return time.nanoseconds
    seconds, rest = divmod(time.nanoseconds, 10**9)
    wall = (EPOCH + datetime.timedelta(seconds=seconds)).replace(tzinfo=zone_of(zone), fold=0)
    return time.nanoseconds - int(wall.utcoffset().total_seconds()) * 10**9


def moment(value, zone="UTC"):
    """When a row happened or was known, in microseconds: never too early."""
    return None if value is None else -(-instant(value, zone) // 1000)


def day_end(value, zone="UTC"):
    """When a day that is written without a time of day is over, in microseconds."""
    return None if value is None else moment(Time(value.nanoseconds + DAY, value.is_wall), zone)


def canonical(value, kind, zone="UTC"):
    """What a training set holds: floats by their bits without a negative zero, times in whole microseconds."""
    if value is None:
        return None
    if kind == "timestamp":
        return instant(value, zone) // 1000
    if kind in ("float32", "float64"):
        return "nan" if math.isnan(value) else struct.pack("<d", (float32(value) if kind == "float32" else value) + 0.0)
    return value


def text_value(random, alphabet):
    """A string; its characters are those of an encoding."""
    extra = {"latin-1": LATIN, "windows-1252": WINDOWS}.get(alphabet, WIDE)
    if random.random() < 0.7:
        return random.choice(TEXTS if random.random() < 0.7 else extra)
    return "".join(random.choice("abcXYZ019 .,;:'\"\\/_-#") for _ in range(random.randint(1, 12)))


def value(random, kind, alphabet="utf-8", specials=True):
    """A random value of a type."""
    if kind == "bool":
        return random.random() < 0.5
    if kind == "int32":
        return random.choice(INT32) if random.random() < 0.5 else random.randint(-(2**31), 2**31 - 1)
    if kind == "int64":
        return random.choice(INT64) if random.random() < 0.5 else random.randint(-(2**63), 2**63 - 1)
    if kind == "float64":
        if specials and random.random() < 0.1:
            return random.choice(SPECIAL)
        return random.choice(FLOAT64) if random.random() < 0.5 else random.uniform(-1e6, 1e6)
    if kind == "float32":
        if specials and random.random() < 0.1:
            return random.choice(SPECIAL)
        return float32(random.choice(FLOAT32) if random.random() < 0.5 else random.uniform(-1e6, 1e6))
    if kind == "string":
        return text_value(random, alphabet)
    if kind == "bytes":
        if random.random() < 0.3:
            return random.choice((b"", b"\x00", b"\xff\xfe", b"abc", b"\\x41", b'"'))
        return bytes(random.randrange(256) for _ in range(random.randint(0, 6)))
    if kind == "date":
        return random.choice((0, -1, 19723, 19782, 11016)) if random.random() < 0.3 else random.randint(-7000, 20400)
    if kind == "timestamp":
        return time_value(random, random.random() < 0.5)
    return [value(random, "int64") for _ in range(random.randint(0, 4))]


def time_value(random, is_wall, step=1):
    """A random time between 1951 and 2025, often near a change of clocks or within one microsecond of another."""
    if random.random() < 0.2:
        hour = random.choice((1698544800, 1698537600, 1711852200, 1679191200, 1699149600, 1680364800))
        base = (hour + random.choice((0, 1800, 3600, 5400, -3600))) * 10**9
    else:
        base = random.randint(-600_000_000, 1_750_000_000) * 10**9
    base += random.choice((0, 0, 0, 1, 999, 1000, 500_000_000, 123_456_000, 123_456_789, 999_999_999))
    return Time(base // step * step, is_wall)


def date_text(days):
    return (EPOCH + datetime.timedelta(days=days)).strftime("%Y-%m-%d")


def encoded(random, text):
    """A text as the name of a folder spells it: what must not stand there as `%41`, and perhaps more."""
    is_free = random.random() < 0.5
    found = ""
    for character in text:
        is_plain = character.isascii() and character.isalnum() or character in "._-"
        if is_plain or is_free and character not in "/%=" and ord(character) >= 32:
            found += character
        else:
            found += "".join(random.choice((f"%{byte:02X}", f"%{byte:02x}")) for byte in character.encode())
    return found


# Patterns of times: how it is declared, strftime's, the step in nanoseconds, and whether days alone are written.
PATTERNS = (
    ("dd/MM/yyyy HH:mm:ss", "%d/%m/%Y %H:%M:%S", 10**9, False),
    ("MM/dd/yyyy HH:mm", "%m/%d/%Y %H:%M", 60 * 10**9, False),
    ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S", 10**9, False),
    ("yyyy-MM-dd'T'HH:mm:ss.SSSSSS", "%Y-%m-%dT%H:%M:%S.%f", 1000, False),
    ("MMM d yyyy hh:mm a", "%b %-d %Y %I:%M %p", 60 * 10**9, False),
    ("dd/MM/yyyy", "%d/%m/%Y", DAY, True),
    ("yyyyMMdd", "%Y%m%d", DAY, True),
    ("epoch_seconds", None, 10**9, False),
    ("epoch_milliseconds", None, 10**6, False),
    ("epoch_microseconds", None, 1000, False),
    ("epoch_nanoseconds", None, 1, False),
)
EPOCHS = {"epoch_seconds": 10**9, "epoch_milliseconds": 10**6, "epoch_microseconds": 1000, "epoch_nanoseconds": 1}


def pattern_text(pattern, time):
    """A time by a declared pattern."""
    name, form, step, _ = pattern
    if form is None:
        return str(time.nanoseconds // step)
    seconds, rest = divmod(time.nanoseconds, 10**9)
    moment = EPOCH + datetime.timedelta(seconds=seconds, microseconds=rest // 1000)
    return moment.strftime(form)


def fraction_text(random, nanoseconds):
    """The digits of a second's fraction behind a point or a comma; none for none, perhaps."""
    if nanoseconds == 0 and random.random() < 0.6:
        return ""
    digits = f"{nanoseconds:09d}"
    shortest = digits.rstrip("0") or "0"
    shown = random.choice((digits, shortest, shortest, digits + "000"))
    if nanoseconds % 1000 == 1 and random.random() < 0.4:
        # Less than a nanosecond behind a microsecond counts as one.
        shown = f"{nanoseconds - 1:09d}" + random.choice(("4", "001", "999"))
    elif nanoseconds % 1000 and random.random() < 0.2:
        shown = digits + random.choice(("4", "001", "999"))
    return random.choice((".", ".", ",")) + shown


def iso_text(random, time, may_be_day=True):
    """A time in one of the forms of ISO 8601 that the law lists. As a row's time a day alone means that it is over."""
    shift = 0
    suffix = ""
    if time.is_day:
        return date_text(time.nanoseconds // DAY)
    if not time.is_wall:
        shift, suffix = random.choice(
            ((0, "Z"), (0, "z"), (0, "+00:00"), (120, "+02:00"), (-570, "-09:30"), (330, "+0530"), (-300, "-05")))
    nanoseconds = time.nanoseconds + shift * 60 * 10**9
    seconds, rest = divmod(nanoseconds, 10**9)
    moment = EPOCH + datetime.timedelta(seconds=seconds)
    if may_be_day and time.is_wall and seconds % 86_400 == 0 and rest == 0 and random.random() < 0.5:
        return moment.strftime("%Y-%m-%d")
    fraction = fraction_text(random, rest)
    if random.random() < 0.15:
        return moment.strftime("%Y%m%dT%H%M%S") + fraction + suffix
    clock = moment.strftime("%H:%M:%S") + fraction
    if moment.second == 0 and not fraction and random.random() < 0.5:
        clock = moment.strftime("%H:%M")
    return moment.strftime("%Y-%m-%d") + random.choice(("T", "T", "t", " ")) + clock + suffix


def number_text(random, value, kind, comma=False):
    """The digits of a number."""
    if kind in ("int32", "int64"):
        text = str(value)
        if random.random() < 0.1:
            text = ("-00" if value < 0 else "00") + text.lstrip("-")
        return "+" + text if value >= 0 and random.random() < 0.1 else text
    if math.isnan(value):
        return random.choice(("nan", "NaN", "NAN"))
    if math.isinf(value):
        return ("-" if value < 0 else random.choice(("", "+"))) + random.choice(("inf", "Infinity", "INF"))
    text = repr(value)
    if kind == "float32" and random.random() < 0.5:
        text = f"{value:.9g}"
    if random.random() < 0.2:
        text = f"{value:.17e}"
    if value.is_integer() and abs(value) < 1e15 and random.random() < 0.4:
        text = ("-" if math.copysign(1, value) < 0 else "") + str(abs(int(value)))
    return text.replace(".", ",") if comma else text


def bytes_text(value):
    """Bytes as a text of ASCII and `\\xFF`."""
    return "".join(chr(b) if 0x20 <= b < 0x7F and b != 0x5C else f"\\x{b:02X}" for b in value)


def field_text(random, value, kind, column):
    """The characters that stand for a value in a text file."""
    if kind == "bool":
        word = random.choice(("true", "1", "t", "yes") if value else ("false", "0", "f", "no"))
        if column.is_guessed:
            return "true" if value else "false"
        return random.choice((word, word.upper(), word.capitalize()))
    if kind in ("int32", "int64"):
        return str(value) if column.is_guessed else number_text(random, value, kind)
    if kind in ("float32", "float64"):
        return repr(value) if column.is_guessed else number_text(random, value, kind, column.has_comma)
    if kind == "string":
        return value
    if kind == "bytes":
        return bytes_text(value)
    if kind == "date":
        return pattern_text(column.pattern, Time(value * DAY, True)) if column.pattern else date_text(value)
    if kind == "timestamp":
        return pattern_text(column.pattern, value) if column.pattern else iso_text(random, value, not column.is_row_time)
    return json.dumps(value, separators=random.choice(((",", ":"), (", ", ": "))))
