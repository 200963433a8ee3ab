# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What calls return, for people: as text and as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional

from ._display import MOST_ROWS, diff, table, titled

_MARKS = {"added": "+", "removed": "-", "changed": "~", "affected": " "}


def check_text(json: Mapping[str, Any]) -> str:
    """The problems of a check, a line each."""
    lines = [
        f"{found['file']}:{found['line']}:{found['column']}: {found['severity']}[{found['code']}]: {found['message']}"
        for found in json["diagnostics"]
    ]
    lines += [f"unreadable: {text}" for text in json["unreadable"]] + [f"unproven: {text}" for text in json["unproven"]]
    return "\n".join(["Check:", *(f"  {line}" for line in lines)] if lines else ["Check: nothing found"])


def check_html(json: Mapping[str, Any]) -> str:
    """The problems of a check as a table."""
    rows: list[Sequence[Any]] = [
        [found["severity"], found["code"], f"{found['file']}:{found['line']}:{found['column']}", found["message"],
         found["help"]]
        for found in json["diagnostics"]
    ]
    rows += [["unproven", "", "", text, ""] for text in [*json["unreadable"], *json["unproven"]]]
    if not rows:
        return titled("Check: nothing found", "")
    return titled(_counted("Check", [row[0] for row in rows]), table(["", "code", "place", "message", "help"], rows))


def _counted(title: str, words: Sequence[str]) -> str:
    counts = [f"{words.count(word):,} {word}" for word in dict.fromkeys(words)]
    return f"{title}: {', '.join(counts)}"


def _plan_lines(json: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for change in json["changes"]:
        notes = [f"moves {change['effect']}"] if change["action"] != "added" else []
        notes += ["needs a fill"] if change["needsBackfill"] else []
        notes += [f"because of {cause['name']}" for cause in change["causes"]]
        rest = f"  ({', '.join(notes)})" if notes else ""
        yield _MARKS.get(change["action"], " "), f"{change['kind']} {change['name']}{rest}"
        for field in change["fields"]:
            path = ".".join(map(str, field["path"]))
            for mark, side in (("-", "old"), ("+", "new")):
                if field.get(side) is not None:
                    yield mark, f"    {path}: {field[side]}"
    for contract in json.get("contracts", []):
        for change in contract["changes"]:
            yield "~", f"contract {contract['contract']}: {change['subject']}: {change['title']}"
            yield "-", f"    {change['old']}"
            yield "+", f"    {change['new']}"
            yield " ", (
                f"    backward: {change['backward']['answer']}, forward: {change['forward']['answer']}, "
                f"version: {change['bump']}")
        if contract.get("versionProblem"):
            yield "-", f"contract {contract['contract']}: {contract['versionProblem']}"
        for consumer in contract["consumers"]:
            if consumer["impact"] != "safe":
                yield "-", f"{consumer['name']}: {consumer['impact']} by {', '.join(consumer['by'])}"


def plan_text(json: Mapping[str, Any]) -> str:
    """A plan as a diff."""
    lines = [f"  {mark} {text}" for mark, text in _plan_lines(json)]
    return "\n".join([f"Plan for {json['project']}:", *lines] if lines else [f"Plan for {json['project']}: no changes"])


def plan_html(json: Mapping[str, Any]) -> str:
    """A plan as a diff, and as a picture of what it reaches."""
    from ._lineage import of_plan

    lines = list(_plan_lines(json))
    if not lines:
        return titled(f"Plan for {json['project']}: no changes", "")
    # A picture of more is no picture.
    picture = of_plan(json).svg() if 0 < len(json["changes"]) <= 100 else ""
    return titled(f"Plan for {json['project']}: {len(json['changes']):,} changes", diff(lines) + picture)


def verification_text(findings: Sequence[Mapping[str, Any]]) -> str:
    """What was found about promises: counts, and those that are not kept."""
    lines = [
        f"  {found['verdict']}  {found['id']}  promised {found['promised']}, found {found['observed']}"
        for found in findings if found["verdict"] != "kept"
    ]
    words = [found["verdict"] for found in findings]
    return "\n".join([_counted("Verification", words) if words else "Verification: no promises", *lines])


def verification_html(findings: Sequence[Mapping[str, Any]]) -> str:
    """Findings as a table, those that are not kept first."""
    order = {"broken": 0, "unproven": 1}
    rows = [
        [found["verdict"], found["severity"], found["id"], found["promised"], found["observed"],
         ", ".join(map(str, (found["evidence"] or {}).get("firstRows") or []))]
        for found in sorted(findings, key=lambda found: order.get(found["verdict"], 2))
    ]
    words = [found["verdict"] for found in findings]
    title = _counted("Verification", words) if words else "Verification: no promises"
    return titled(title, table(["", "severity", "promise", "promised", "found", "first rows"], rows))


def vectors_html(values: Mapping[str, Sequence[Any]], statuses: Mapping[str, Sequence[str]], title: str) -> str:
    """Vectors as a table: a value, or why there is none."""
    names = list(values)
    count = len(values[names[0]]) if names else 0
    rows = []
    for row in range(min(count, MOST_ROWS)):
        cells = []
        for name in names:
            value, status = values[name][row], statuses[name][row]
            cells.append(status if value is None else value if status == "present" else f"{value} ({status})")
        rows.append([row, *cells])
    more = [[f"{count - MOST_ROWS:,} more"]] if count > MOST_ROWS else []
    return titled(title, table(["", *names], [*rows, *more]))


def training_html(json: Mapping[str, Any], path: str) -> str:
    """What a training set was made of: counts of each feature, and what may be wrong with it."""
    counts = json["counts"]
    views = {view["name"]: view for view in counts["views"]}
    rows = []
    for feature in counts["features"]:
        view = views.get(feature.get("view"), {})
        rows.append([
            feature["name"], feature.get("view", "on demand"), feature["nulls"], feature.get("notFound", ""),
            feature.get("outsideMaxAge", ""), view.get("leaked", "")])
    words: list[Sequence[Any]] = [["unproven", text] for text in json["unproven"]]
    words += [["warning", text] for text in json["warnings"]] + [["info", text] for text in json["notes"]]
    body = table(["feature", "view", "nulls", "notFound", "outsideMaxAge", "would have leaked"], rows)
    title = f"{counts['rows']['written']:,} rows of {json['identity']['service']} in {path}"
    return titled(title, body + (table(["", ""], words) if words else ""), code=f"identity {json['identitySha256']}")


def release_words(release: Optional[Mapping[str, Any]], time: str) -> str:
    """Which release answered, and for which instant."""
    return f"release {release['number']} of {release['service']} at {time}" if release else f"features at {time}"


def applied_text(json: Mapping[str, Any]) -> str:
    """What was recorded, in a line or two."""
    changes = json["plan"]["changes"]
    words = [change["action"] for change in changes]
    what = _counted("Applied", words) if changes else "Applied: nothing changed"
    fills = [change["name"] for change in changes if change["needsBackfill"]]
    return "\n".join([
        f"{what}, generation {json['generation']}", *([f"  to fill: {', '.join(fills)}"] if fills else []),
        *map(_served, json["promoted"]),
    ])


def _served(one: Mapping[str, Any]) -> str:
    return f"  service {one['service']}: release {one['number']} serves now"


def _fills(json: Mapping[str, Any]) -> list[Sequence[Any]]:
    return [
        [
            view["view"], view["kind"], *(f"{view['counts'][name]:,}" for name in ("read", "written", "removed")),
            f"{view['keys']:,}",
        ]
        for view in json["views"]
    ]


_FILL = ["view", "run", "read", "written", "removed", "keys"]


def _said(json: Mapping[str, Any]) -> list[str]:
    warnings = [f"  warning: {text}" for view in json["views"] for text in view["warnings"]]
    return [*map(_served, json["promoted"]), *warnings, *(f"  {note}" for note in json["notes"])]


def filled_text(json: Mapping[str, Any]) -> str:
    """What was filled, a line for each view."""
    rows = [list(map(str, row)) for row in [_FILL, *_fills(json)]]
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join(["Filled:", *lines, *_said(json)])


def filled_html(json: Mapping[str, Any]) -> str:
    """What was filled, as a table."""
    return titled("Filled", table(_FILL, _fills(json)), code="\n".join(line.strip() for line in _said(json)) or None)
