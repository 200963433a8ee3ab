# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The page of the commands, made of what the program says about itself."""

from __future__ import annotations

import json
import subprocess
from typing import Any, Iterator

Command = dict[str, Any]
INTRODUCTION = """# Commands

What `tally help` says, as one page. Options that every command has stand once, at the end.
"""
# What each command has: said once.
COMMON = {"C", "version", "help"}


def page(program: str) -> str:
    """The page in Markdown."""
    said = subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
    root = json.loads(said)["command"]
    common: dict[str, str] = {}
    body = "\n".join(_section(path, command, common) for path, command in _walk(root, ()))
    return f"{INTRODUCTION}\n{_cell(root.get('discussion', ''))}\n\n{body}\n{_table('Every command', common.values())}"


def _walk(command: Command, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Command]]:
    for child in command.get("subcommands", []):
        if child["commandName"] == "help" or not child.get("shouldDisplay", True):
            continue
        path = (*above, child["commandName"])
        yield path, child
        yield from _walk(child, path)


def _section(path: tuple[str, ...], command: Command, common: dict[str, str]) -> str:
    rows = []
    for argument in command.get("arguments", []):
        if not argument.get("shouldDisplay", True):
            continue
        name = _spelt(argument)
        row = f"| `{name}` | {_cell(argument.get('abstract', ''))}{_limits(argument)} |"
        if argument.get("preferredName", {}).get("name") in COMMON:
            common[name] = row
        else:
            rows.append(row)
    text = [f"{'#' * min(len(path) + 1, 3)} tally {' '.join(path)}", "", _cell(command.get("abstract", "")), ""]
    if command.get("discussion"):
        text += ["```text", command["discussion"].rstrip(), "```", ""]
    return "\n".join(text) + _table("", rows)


def _table(title: str, rows: Any) -> str:
    rows = list(rows)
    if not rows:
        return ""
    head = f"## {title}\n\n" if title else ""
    return head + "| argument | what it says |\n| --- | --- |\n" + "\n".join(rows) + "\n"


def _spelt(argument: Command) -> str:
    name, value = argument.get("names"), argument.get("valueName", "")
    if argument["kind"] == "positional":
        text = f"<{value}>"
    else:
        text = ", ".join(("-" if one["kind"] == "short" else "--") + one["name"] for one in name)
        if argument["kind"] == "option":
            text += f" <{value}>"
    if argument.get("isRepeating"):
        text += " ..."
    return f"[{text}]" if argument["kind"] == "positional" and argument.get("isOptional") else text


def _limits(argument: Command) -> str:
    notes = []
    if argument["kind"] != "flag" and "defaultValue" in argument:
        notes.append(f"default `{argument['defaultValue']}`")
    if argument["kind"] == "option" and not argument.get("isOptional"):
        notes.append("required")
    return f" *({', '.join(notes)})*" if notes else ""


def _cell(text: str) -> str:
    """Text that stands in a cell of a table and is nothing but text."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
