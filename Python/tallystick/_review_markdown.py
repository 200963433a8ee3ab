# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A review as one comment of a pull request, in Markdown as GitHub reads it.

Whatever others wrote stands in code, where nothing is markup, a link or a mention. Texts and tables have an end, and the whole
has at most as many characters as a comment may have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional

from ._display import _shown

# By this a workflow finds the comment that it wrote before.
MARKER = "<!-- tallystick-review -->"
LIMIT = 65_536
_LONGEST = 160
_UNSAFE = set("`|\\\n\r\t")


def comment(json: Mapping[str, Any]) -> str:
    """The comment; tables are cut as far as it takes to stay within the limit."""
    text = ""
    for rows in (40, 15, 6, 2, 1):
        text = "\n\n".join(_parts(json, rows)) + "\n"
        if len(text) <= LIMIT:
            return text
    start = "\n\n".join([MARKER, _title(json)])
    return f"{start}\n\n_There is more than a comment may hold: `tally review --format json` has all of it._\n"


def verdict(json: Mapping[str, Any]) -> str:
    """The verdict in a line, without what others wrote."""
    rows = f"{json['differing']:,} rows of {json['rows']:,} differ" if json["rows"] else ""
    said = {
        "noChange": "no change", "differs": rows or "definitions change, and no training set",
        "broken": f"broken consumers: {len(json['broken']):,}",
        "unproven": f"unproven: {len(json['unproven']):,}"}[json["verdict"]]
    return said if json["verdict"] in ("noChange", "differs") or not rows else f"{said}; {rows}"


def code(value: Any, most: int = _LONGEST) -> str:
    """A text of others: it is shown, never acted on."""
    text = "" if value is None else str(value)
    text = text if len(text) <= most else text[:most - 1] + "…"
    text = "".join(_shown(char) for char in text)
    if text and text == text.strip() and not _UNSAFE & set(text):
        return f"`{text}`"
    return _element(text)


def _element(text: str) -> str:
    """Code as an element of HTML, which a table, a summary and any character can stand within."""
    named = {"\n": "\\u{a}", "\r": "\\u{d}", "\t": "\\u{9}"}
    text = "".join(named.get(char, char) for char in text)
    shown = "".join(
        char if char.isalnum() or char in " -.,;()=+%?/" or not char.isascii() else f"&#{ord(char)};" for char in text)
    # A comment between two pieces of text keeps an address from being one.
    return f"<code>{shown.replace('&#64;', '&#64;<!-- -->')}</code>"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], most: int) -> str:
    """A table of cells that are Markdown already."""
    lines = ["| " + " | ".join(headings) + " |", "|" + " --- |" * len(headings)]
    lines += ["| " + " | ".join(row) + " |" for row in rows[:most]]
    more = len(rows) - most
    return "\n".join(lines) + (f"\n\n_{more:,} more_" if more > 0 else "")


def _list(items: Sequence[str], most: int) -> str:
    lines = [f"- {item}" for item in items[:most]]
    return "\n".join([*lines, *([f"- _{len(items) - most:,} more_"] if len(items) > most else [])])


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _title(json: Mapping[str, Any]) -> str:
    first = {"broken": json["broken"], "unproven": json["unproven"]}.get(str(json["verdict"]), [])
    reason = f" ({code(first[0])})" if first else ""
    return f"### Feature review: {verdict(json)}{reason}"


def _parts(json: Mapping[str, Any], most: int) -> Iterator[str]:
    yield MARKER
    yield _title(json)
    yield _sides(json)
    for heading, reasons in (("Broken", json["broken"]), ("Unproven", json["unproven"])):
        if reasons:
            yield f"**{heading}**\n\n" + _list([code(reason, 400) for reason in reasons], most)
    if json["diagnostics"]:
        yield _table(["place", "code", "what", "help"], [
            [code(f"{one['file']}:{one['line']}:{one['column']}"), code(one["code"]), code(one["message"], 400),
             code(one["help"], 400) if one.get("help") else ""] for one in json["diagnostics"]], most)
    if json["changes"]:
        yield _changes(json["changes"], most)
    for service in json["services"][:most]:
        yield from _service(service, most)
    if len(json["services"]) > most:
        yield f"_{len(json['services']) - most:,} more services_"
    if json["contracts"]:
        yield _contracts(json["contracts"], most)
    if json["warnings"]:
        yield _warnings(json["warnings"], most)
    yield _cost(json)


def _warnings(warnings: Sequence[Mapping[str, Any]], most: int) -> str:
    said: dict[tuple[str, str], list[str]] = {}
    for one in warnings:
        said.setdefault((one["service"], one["text"]), []).append({"base": "base", "head": "work tree"}[one["side"]])
    return _folded(f"Warnings: {len(said):,}", _list(
        [f"{code(name)}, {' and '.join(sides)}: {code(text, 400)}" for (name, text), sides in said.items()], most))


def _sides(json: Mapping[str, Any]) -> str:
    head, base = json["head"], json["base"]
    uncommitted = head["uncommitted"]
    now = f"the work tree at {code(head['commit'][:12])}"
    if uncommitted:
        some = ", ".join(code(name) for name in uncommitted[:5]) + (", …" if len(uncommitted) > 5 else "")
        now += f", **with changes that are not committed** ({some})"
    lines = [f"{code(base['name'])} ({code(base['commit'][:12])}) against {now}."]
    if any("rows" in one for one in json["services"]):
        given = "" if json["asOfGiven"] else " (the time of the review; `--as-of` pins another)"
        lines.append(
            f"Both are trained on the same spine and data as of {code(json['asOf'])}{given}, and compared bit by bit; files "
            "count as seen first by both.")
    if json.get("model") and json["model"]["isPickle"]:
        lines.append(f"The model {code(json['model']['name'])} is a pickle: **loading it ran the code in it**.")
    return " ".join(lines)


def _changes(changes: Sequence[Mapping[str, Any]], most: int) -> str:
    rows = []
    for change in changes:
        what = f"{_kind(change['kind'])} {code(change['name'])}"
        reach = ", ".join(code(name) for name in change["services"][:5]) or "no service"
        reach += ", …" if len(change["services"]) > 5 else ""
        if not change["fields"]:
            because = ", ".join(code(name) for name in change["because"][:5])
            rows.append([what, ", ".join(change["axes"]), change["action"] + (f" by {because}" if because else ""), "", reach])
        for field in change["fields"]:
            old, new = (("" if field[side] is None else code(field[side])) for side in ("old", "new"))
            arrow = f"{old or 'none'} → {new or 'none'}"
            rows.append([what, field["axis"], code(field["path"]), arrow, reach])
    return "**What changes**\n\n" + _table(["definition", "axis", "what", "from → to", "reaches"], rows, most)


def _kind(kind: str) -> str:
    words = {
        "FeatureView": "view", "FeatureService": "service", "Entity": "entity", "Source": "source",
        "PythonTransform": "transform",
    }
    return words.get(kind, code(kind))


def share(part: int, whole: int) -> str:
    """A part of a whole in percent; a little is never 0 and not all is never 100."""
    if not whole or part in (0, whole):
        return "0 %" if not part else "100 %"
    text = f"{100 * part / whole:.2f}"
    return {"0.00": "< 0.01 %", "100.00": "> 99.99 %"}.get(text, f"{text} %")


def _service(service: Mapping[str, Any], most: int) -> Iterator[str]:
    name = code(service["service"])
    if service["isNew"] or service["isGone"]:
        yield f"**Service {name}** is {'new: there is nothing to compare it with' if service['isNew'] else 'gone'}."
        return
    rows = service.get("rows")
    if rows is None:
        yield f"**Service {name}** was not compared."
        return
    lines = [
        f"**Service {name}**: {rows['differing']:,} rows of {rows['rows']:,} differ "
        f"({share(rows['differing'], rows['rows'])})."]
    for side, only in (("base", rows["onlyBefore"]), ("work tree", rows["onlyAfter"])):
        if only["rows"]:
            some = "; ".join(_keys(keys) for keys in only["examples"])
            lines.append(f"{only['rows']:,} rows are only in the {side}'s set: {some}.")
    if any(service["unripe"]):
        unripe = service["unripe"]
        lines.append(f"Left out since their label is not ripe: {unripe[0]:,} before, {unripe[1]:,} after.")
    leaked = service["leaked"]
    lines.append(f"Values that were not known at their row's time: {leaked[0]:,} before, {leaked[1]:,} after.")
    yield " ".join(lines)
    touched = [
        one for one in rows["columns"]
        if one["differing"] or one["typeBefore"] != one["typeAfter"] or _nulls(one, 0) != _nulls(one, 1)]
    if touched:
        yield _columns(touched, rows["both"], most)
    examples = [
        [code(one["name"]), _keys(cell["keys"]), _value(cell["before"]), _value(cell["after"])]
        for one in touched[:most] for cell in one["examples"]]
    if examples:
        yield _folded("Example cells", _table(["feature", "row", "before", "after"], examples, most))
    if "predictions" in service:
        yield from _predictions(service["predictions"], most)


def _columns(columns: Sequence[Mapping[str, Any]], both: int, most: int) -> str:
    rows = []
    for one in columns:
        old, new = one["typeBefore"], one["typeAfter"]
        kind = code(old) if old == new else f"{code(old) if old else 'none'} → {code(new) if new else 'none'}"
        differing = f"{one['differing']:,} ({share(one['differing'], both)})" if old and new else "only on one side"
        rows.append([
            code(one["name"]), kind, differing, f"{one['becameNull']:,}", f"{one['becamePresent']:,}",
            f"{_nulls(one, 0)} → {_nulls(one, 1)}"])
    return _table(["feature", "type", "rows that differ", "value → null", "null → value", "nulls"], rows, most)


def _nulls(column: Mapping[str, Any], side: int) -> str:
    return share(column["nulls"][side], column["rows"][side]) if column["typeBefore" if side == 0 else "typeAfter"] else "none"


def _keys(keys: Mapping[str, Optional[str]]) -> str:
    return ", ".join(f"{code(name, 40)} {_value(value, 60)}" for name, value in keys.items())


def _value(value: Optional[str], most: int = _LONGEST) -> str:
    return "null" if value is None else code(value, most)


def _predictions(found: Mapping[str, Any], most: int) -> Iterator[str]:
    yield (
        f"**Predictions**: {found['changed']:,} of {found['rows']:,} change "
        f"({share(found['changed'], found['rows'])}); the model "
        f"was asked for the {found['asked']:,} rows on which one of its {len(found['features']):,} features differs.")
    if found["flips"]:
        yield _table(["from", "to", "rows"], [
            [code(flip["from"]), code(flip["to"]), f"{flip['rows']:,}"] for flip in found["flips"]], most)
    if found["quantiles"]:
        names = {"0.5": "half of them", "0.9": "90 %", "0.99": "99 %", "1": "all"}
        yield "Of those that change, by at most: " + ", ".join(
            f"{value:.6g} ({names[part]})" for part, value in found["quantiles"].items()) + "."
    if found["toOrFromNaN"]:
        yield f"{found['toOrFromNaN']:,} of them are NaN on one side."
    if found["examples"]:
        yield _folded("Example predictions", _table(["row", "before", "after"], [
            [_keys(one["keys"]), code(one["before"]), code(one["after"])] for one in found["examples"]], most))


def _contracts(contracts: Sequence[Mapping[str, Any]], most: int) -> str:
    rows = []
    for contract in contracts:
        versions = f" {code(contract['oldVersion'])} → {code(contract['newVersion'])}" if contract["newVersion"] else ""
        for change in contract["changes"]:
            rows.append([
                code(contract["contract"]) + versions, f"{code(change['subject'])}: {code(change['title'])}",
                f"{code(change['old'])} → {code(change['new'])}", code(change["backward"]), code(change["forward"]),
                code(contract["bump"])])
    readers = [
        f"{code(one['name'])}: {code(one['impact'])} by {code(', '.join(one['by']), 400)}"
        for contract in contracts for one in contract["consumers"] if one["impact"] != "safe"]
    body = _table(["contract", "change", "from → to", "backward", "forward", "version"], rows, most)
    # Whether readers may stay as they are is a matter of contracts; whether they can is one of the list of what is broken.
    return _folded(f"Contracts: {len(rows):,} changes", body + ("\n\n" + _list(readers, most) if readers else ""))


def _cost(json: Mapping[str, Any]) -> str:
    cost = json["cost"]
    said = []
    for side, name in (("base", "base"), ("head", "work tree")):
        if side in cost:
            read = "bytes not counted" if cost[side]["bytesRead"] is None else f"{cost[side]['bytesRead'] / 1e6:,.1f} MB read"
            said.append(f"{name} trained in {cost[side]['seconds']:.1f} s, {read}")
    if "compareSeconds" in cost:
        said.append(f"compared in {cost['compareSeconds']:.1f} s")
    if cost.get("peakBytes"):
        said.append(f"peak {cost['peakBytes'] / 1e6:,.0f} MB")
    return f"<sub>{'; '.join(said)}</sub>"
