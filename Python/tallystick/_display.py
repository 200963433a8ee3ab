# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Results as HTML for notebooks: no scripts, nothing from elsewhere, and every text escaped.

Letters have the page's own colour, so that they read on light and on dark ground.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any, Optional

# The most rows of a table; a notebook keeps every output in its file.
MOST_ROWS = 200
MOST_LINES = 1_000

_CELL = "text-align:left;vertical-align:top;padding:2px 8px"
# A tint behind the page's own letters reads on light ground and on dark.
_TONES = {
    "good": "background:rgba(46,160,67,.18)", "bad": "background:rgba(229,72,77,.22)",
    "warn": "background:rgba(219,154,4,.22)", "quiet": "opacity:.65",
}
_WORDS = {
    "error": "bad", "broken": "bad", "breaks": "bad", "no": "bad", "warning": "warn", "unproven": "warn", "dropped": "warn",
    "widened": "warn", "outsideMaxAge": "warn", "kept": "good", "present": "good", "proposed": "good", "chosen": "good",
    "notFound": "quiet", "null": "quiet", "notProposed": "quiet", "info": "quiet",
}


def escaped(value: Any) -> str:
    """A value as text of HTML: markup is shown, never acted on; control characters and marks of direction are named."""
    text = "" if value is None else str(value)
    return html.escape("".join(_shown(char) for char in text), quote=True)


def _shown(char: str) -> str:
    code = ord(char)
    hidden = code < 0x20 and char not in "\n\t" or 0x7F <= code <= 0x9F or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return f"\\u{{{code:x}}}" if hidden or 0xD800 <= code <= 0xDFFF else char


def table(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table; a cell that is one of our own words has its colour."""
    listed = list(rows)
    lines = [
        "<tr>" + "".join(f'<td style="{_CELL};{_tone(cell)}">{escaped(cell)}</td>' for cell in row) + "</tr>"
        for row in listed[:MOST_ROWS]
    ]
    head = "".join(f'<th style="{_CELL}">{escaped(heading)}</th>' for heading in headings)
    more = len(listed) - MOST_ROWS
    rest = f'<p style="{_TONES["quiet"]}">{more:,} more</p>' if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>{rest}"


def _tone(cell: Any) -> str:
    return _TONES.get(_WORDS.get(cell, ""), "") if isinstance(cell, str) else ""


def diff(lines: Iterable[tuple[str, str]]) -> str:
    """Lines of a diff, each with its mark: `+`, `-`, `~` or a blank; the mark is told in words of colour and in itself."""
    tones = {"+": _TONES["good"], "-": _TONES["bad"], "~": _TONES["warn"]}
    listed = list(lines)
    more = len(listed) - MOST_LINES
    if more > 0:
        listed = [*listed[:MOST_LINES], (" ", f"{more:,} more lines")]
    return "<pre>" + "".join(
        f'<span style="display:block;{tones.get(mark, "")}">{escaped(f"{mark} {text}")}</span>' for mark, text in listed
    ) + "</pre>"


def titled(title: str, body: str, *, code: Optional[str] = None) -> str:
    """A part with its title; `body` is HTML, `code` is text."""
    block = f"<pre>{escaped(code)}</pre>" if code else ""
    return f"<div><p><strong>{escaped(title)}</strong></p>{body}{block}</div>"
