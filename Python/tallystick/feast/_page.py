# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""An audit as text, and as one page of HTML: no scripts, nothing from elsewhere, every text escaped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .._display import escaped
from .._version import VERSION
from ._findings import CAUSES, Audit, Difference, shown

_STYLE = """
:root { color-scheme: light dark; --bad: #c8323a; --line: rgba(128,128,128,.3); --soft: rgba(128,128,128,.1) }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem } h2 { font-size: 1.15rem; margin: 2rem 0 .2rem }
.wrong { color: var(--bad) } .quiet { opacity: .7 } .scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line) }
th { font-weight: 600; white-space: nowrap } td.number, th.number { text-align: right }
td.time { white-space: nowrap }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere }
.feast { background: rgba(200,50,58,.14); padding: 0 .25rem; border-radius: 3px }
.ours { background: rgba(46,160,67,.16); padding: 0 .25rem; border-radius: 3px }
.bar { display: block; height: .5rem; background: var(--bad); border-radius: 2px; min-width: 2px }
"""


def text(audit: Audit, limit: int) -> str:
    """The audit for a terminal."""
    return "\n".join(_lines(audit, limit))


def _lines(audit: Audit, limit: int) -> Iterator[str]:
    yield f"Feast {audit.feast} ({audit.offline}) beside Tallystick {VERSION}, project '{audit.project}'"
    yield f"{audit.spine}: {audit.rows:,} rows, {len(audit.features)} features, {audit.values:,} values compared"
    yield ""
    yield f"  {audit.headline}"
    if audit.sums:
        yield ""
        width = max(len(total["cause"]) for total in audit.sums) + 2
        yield f"  {'cause':{width}}{'findings':>9}{'rows':>9}  what it means"
        for total in audit.sums:
            yield f"  {total['cause']:{width}}{total['findings']:>9,}{total['rows']:>9,}  {total['meaning']}"
    for total in audit.sums:
        found = [d for d in audit.differences if d.cause == total["cause"]]
        yield ""
        yield f"{total['cause']} ({len(found):,})"
        for difference in found[:limit]:
            yield from _told(difference)
        if len(found) > limit:
            yield f"  ... and {len(found) - limit:,} more (--limit, or --format json for all)"
    if audit.unproven:
        yield ""
        yield f"Not compared ({len(audit.unproven)})"
        for name, reason in audit.unproven:
            yield f"  {name}: {reason}"
    if audit.hints:
        yield ""
        yield from (f"hint: {hint}" for hint in audit.hints)
    yield ""
    yield "Seconds: " + ", ".join(f"{side} {seconds:.2f}" for side, seconds in audit.seconds.items())


def _told(found: Difference) -> Iterator[str]:
    row = "" if found.row is None else f"row {found.row}"
    place = "  ".join(part for part in (row, keys(found), found.time or "", found.feature or "") if part)
    yield f"  {place or 'the whole training set'}"
    if found.cause == "row lost":
        yield f"      Feast: no row    ours: {printed(found.ours)}"
    else:
        yield f"      Feast: {printed(found.feast)}    ours: {printed(found.ours)}"
    if found.source:
        yield f"      source: {printed(found.source.text())}"
    if found.explanation:
        yield f"      {printed(found.explanation)}"


def keys(found: Difference) -> str:
    """The join keys of a row."""
    return printed(", ".join(f"{name}={shown(value)}" for name, value in found.keys.items()))


def printed(value: object) -> str:
    """A value on a line of a terminal: what would move the cursor is named."""
    told = shown(value)
    words = "null" if told is None else str(told).lower() if isinstance(told, bool) else str(told)
    return "".join(char if char.isprintable() else f"\\u{{{ord(char):x}}}" for char in words)


def html(audit: Audit, limit: int) -> str:
    """The whole page."""
    title = escaped(f"Feast audit: {audit.headline}")
    return (
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_STYLE}</style></head><body>{body(audit, limit)}</body></html>\n")


def body(audit: Audit, limit: int) -> str:
    """The parts of the page."""
    # Pages are sent around: the file's name says enough, its folder is nobody's business.
    spine = Path(audit.spine).name
    head = (
        f"<h1{' class=wrong' if audit.differences else ''}>{escaped(audit.headline)}</h1>"
        f"<p class=quiet>Feast {escaped(audit.feast)} ({escaped(audit.offline)}) beside Tallystick {escaped(VERSION)} "
        f"&middot; project "
        f"{escaped(audit.project)} &middot; {escaped(spine)} &middot; {audit.rows:,} rows, {audit.feast_rows:,} from "
        f"Feast &middot; "
        f"{len(audit.features)} features &middot; {audit.values:,} values compared</p>")
    parts = [head, _sums(audit)]
    for total in audit.sums:
        found = [d for d in audit.differences if d.cause == total["cause"]]
        parts.append(_section(total["cause"], found, limit))
    if audit.unproven:
        rows = "".join(
            f"<tr><td><code>{escaped(name)}</code></td><td>{escaped(why)}</td></tr>" for name, why in audit.unproven)
        parts.append(f"<h2>not compared ({len(audit.unproven)})</h2><table>{rows}</table>")
    parts += [f"<p><strong>Hint.</strong> {escaped(hint)}</p>" for hint in audit.hints]
    seconds = ", ".join(f"{side} {value:.2f} s" for side, value in audit.seconds.items())
    parts.append(
        f"<p class=quiet>{escaped(seconds)}. A cause is named only where a row of the source proves it. "
        f"Rows count as known from {'their created time' if audit.created == 'known' else 'their event time'} on.</p>")
    return "".join(parts)


def _sums(audit: Audit) -> str:
    if not audit.sums:
        return ""
    most = max(total["rows"] for total in audit.sums)
    rows = "".join(
        f"<tr><td><a href=\"#{_anchor(total['cause'])}\">{escaped(total['cause'])}</a></td>"
        f"<td class=number>{total['findings']:,}</td><td class=number>{total['rows']:,}</td>"
        f"<td style=\"width:8rem\"><span class=bar style=\"width:{100 * total['rows'] / most:.0f}%\"></span></td>"
        f"<td>{escaped(total['meaning'])}</td></tr>"
        for total in audit.sums)
    heads = "<th>cause</th><th class=number>findings</th><th class=number>rows</th><th></th><th>what it means</th>"
    return f"<table><tr>{heads}</tr>{rows}</table>"


def _section(cause: str, found: list[Difference], limit: int) -> str:
    has_row, has_feature = any(d.row is not None for d in found), any(d.feature for d in found)
    rows = "".join(f"<tr>{''.join(_cells(d, has_row, has_feature))}</tr>" for d in found[:limit])
    head = "<th class=number>row</th><th>keys</th><th>time</th>" if has_row else ""
    head += "<th>feature</th>" if has_feature else ""
    more = f"<p class=quiet>{len(found) - limit:,} more are in --format json</p>" if len(found) > limit else ""
    return (
        f"<h2 id=\"{_anchor(cause)}\">{escaped(cause)} ({len(found):,})</h2><p class=quiet>{escaped(CAUSES[cause])}</p>"
        f"<div class=scroll><table><tr>{head}<th>Feast</th><th>ours</th><th>why</th></tr>{rows}</table></div>{more}")


def _cells(found: Difference, has_row: bool, has_feature: bool) -> Iterator[str]:
    if has_row:
        row = "" if found.row is None else found.row
        yield f"<td class=number>{row}</td><td><code>{escaped(keys(found))}</code></td>"
        yield f"<td class=time><code>{escaped(found.time)}</code></td>"
    if has_feature:
        yield f"<td><code>{escaped(found.feature)}</code></td>"
    feast = "no row" if found.cause == "row lost" else printed(found.feast)
    yield f"<td><code class=feast>{escaped(feast)}</code></td>"
    yield f"<td><code class=ours>{escaped(printed(found.ours))}</code></td>"
    source = f"<br><code class=quiet>{escaped(found.source.text())}</code>" if found.source else ""
    yield f"<td>{escaped(found.explanation)}{source}</td>"


def _anchor(cause: str) -> str:
    return cause.replace(" ", "-")
