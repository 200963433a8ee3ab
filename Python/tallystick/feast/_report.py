# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What became of each object of a Feast repository."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Optional

from .._answers import Check
from .._display import table, titled
from .._saving import Definition

Status = Literal["carried", "changed", "dropped"]
_KINDS = ("entity", "source", "view", "feature", "onDemand", "service", "other")
_TITLES = {
    "entity": "entities", "source": "sources", "view": "feature views", "feature": "features",
    "onDemand": "on-demand features", "service": "feature services", "other": "other objects",
}
_MARKS: dict[Status, str] = {"carried": "=", "changed": "~", "dropped": "-"}


@dataclass(frozen=True)
class Note:
    """Something to know about an object: what it says, and what to do about it."""

    text: str
    help: Optional[str] = None


@dataclass
class Item:
    """One object of the Feast repository.

    Attributes:
        kind: `entity`, `source`, `view`, `feature`, `onDemand`, `service` or `other`.
        name: its name in Feast.
        status: `carried` means the same here, `changed` came over and means something else in a way that a note tells,
            `dropped` did not come over, and a note says why.
        notes: what to know.
        place: the file and line, where known.
    """

    kind: str
    name: str
    status: Status = "carried"
    notes: list[Note] = field(default_factory=list)
    place: Optional[str] = None

    def change(self, text: str, help: Optional[str] = None) -> None:
        """Notes that it means something else here."""
        self.notes.append(Note(text, help))
        if self.status == "carried":
            self.status = "changed"

    def drop(self, text: str, help: Optional[str] = None) -> None:
        """Notes why it does not come over."""
        self.notes.append(Note(text, help))
        self.status = "dropped"

    def json(self) -> dict[str, Any]:
        """The object as JSON."""
        return {
            "kind": self.kind, "name": self.name, "status": self.status, "place": self.place,
            "notes": [{"text": note.text, "help": note.help} for note in self.notes],
        }


@dataclass
class Import:
    """A Feast repository as definitions, and what became of each of its objects.

    Attributes:
        repository: where it was read.
        project: its project's name.
        feast: the version of Feast that read it.
        items: what became of each object.
        definitions: what is written.
        files: what was written; empty where no folder was named.
        check: what `check` says of what was written; None where nothing was.
        names: for each view and feature of Feast that came over, its names here.
    """

    repository: Path
    project: str
    feast: str
    items: list[Item] = field(default_factory=list)
    general: list[Note] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    check: Optional[Check] = None
    names: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    def add(self, kind: str, name: str, place: Optional[str] = None) -> Item:
        """A new object."""
        item = Item(kind, name, place=place)
        self.items.append(item)
        return item

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """For each kind of object, how many were carried, changed and dropped."""
        counted: Counter[tuple[str, str]] = Counter((item.kind, item.status) for item in self.items)
        return {
            kind: {status: counted[kind, status] for status in _MARKS}
            for kind in _KINDS if any(item.kind == kind for item in self.items)
        }

    @property
    def is_complete(self) -> bool:
        """Whether everything came over, and what was written passes its check."""
        return not any(item.status == "dropped" for item in self.items) and (
            self.check is None or not self.check.errors)

    def json(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "repository": str(self.repository), "project": self.project, "feast": self.feast, "counts": self.counts,
            "notes": [{"text": note.text, "help": note.help} for note in self.general],
            "items": [item.json() for item in self.items], "files": [str(file) for file in self.files],
            "check": None if self.check is None else self.check.json,
        }

    def text(self) -> str:
        """The report for a terminal."""
        lines = [f"Feast repository {self.repository} (project '{self.project}', read with Feast {self.feast})", ""]
        lines.append(f"{'':24}{'carried':>9}{'changed':>9}{'dropped':>9}")
        for kind, count in self.counts.items():
            lines.append(f"{_TITLES[kind]:24}{count['carried']:>9}{count['changed']:>9}{count['dropped']:>9}")
        titles: dict[Status, str] = {
            "dropped": "Not carried over", "changed": "Carried over, and means something else here"}
        for status, title in titles.items():
            items = [item for item in self.items if item.status == status]
            if items:
                lines += ["", title]
            for item in items:
                lines += _item_lines(item)
        noted = [item for item in self.items if item.status == "carried" and item.notes]
        if noted:
            lines += ["", "Carried over; to know"]
            for item in noted:
                lines += _item_lines(item)
        if self.general:
            lines += ["", "In general"]
            for note in self.general:
                lines += _note_lines(note, "  ")
        return "\n".join([*lines, "", self._ending()])

    def _ending(self) -> str:
        if not self.files:
            return "Nothing was written. help: name a folder with -o FOLDER"
        folder = self.files[0].parent
        if self.check is None:
            return f"{len(self.files)} files written"
        if self.check.errors:
            wrong = "\n".join(f"  {d['file']}:{d['line']}: {d['code']} {d['message']}" for d in self.check.errors)
            return f"{len(self.files)} files written; they do not pass 'tally check':\n{wrong}"
        return f"{len(self.files)} files written to {folder}; they pass 'tally check'"

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        counted = table(
            ["", *_MARKS], [
                [_TITLES[kind], *(count[status] for status in _MARKS)] for kind, count in self.counts.items()])
        rows = [
            [item.status, item.kind, item.name, "\n".join(note.text for note in item.notes),
             "\n".join(note.help for note in item.notes if note.help)]
            for item in self.items if item.notes
        ]
        return titled(f"Feast project {self.project}", counted + table(["", "kind", "name", "what", "help"], rows))


def _item_lines(item: Item) -> Iterable[str]:
    place = f"  ({item.place})" if item.place else ""
    yield f"  {_MARKS[item.status]} {item.kind} {item.name}{place}"
    for note in item.notes:
        yield from _note_lines(note, "      ")


def _note_lines(note: Note, indent: str) -> Iterable[str]:
    yield indent + note.text.replace("\n", f"\n{indent}")
    if note.help:
        yield f"{indent}help: " + note.help.replace("\n", f"\n{indent}")
