# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What became of a dbt project: what is carried, what means something else here, and what is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Optional

Outcome = Literal["carried", "differs", "lost"]

_TITLES: dict[Outcome, str] = {"carried": "carried", "differs": "means something else here", "lost": "lost"}


@dataclass(frozen=True)
class Item:
    """One thing of the dbt project and what became of it.

    Attributes:
        outcome: `carried`, `differs` (written, but it means something else here) or `lost`.
        kind: `test`, `constraint`, `source`, `view`, `contract`, `column`, `config` and the like.
        unique_id: dbt's id of the node, as in the manifest.
        file: the file of the dbt project that says it; empty where the manifest does not tell.
        what: what it is.
        text: where it went, how it differs, or why it is lost.
        help: what to do about it.
        promises: what a test or a constraint became, by the ids that `tally verify` shows.
    """

    outcome: Outcome
    kind: str
    unique_id: str
    file: str
    what: str
    text: str
    help: Optional[str] = None
    promises: tuple[str, ...] = ()


@dataclass
class Report:
    """All of it, and the files that were written."""

    items: list[Item] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def add(
        self, outcome: Outcome, kind: str, node: Any, what: str, text: str, help: Optional[str] = None,
        promises: tuple[str, ...] = (),
    ) -> None:
        """Tells what became of something of a node (anything with an `id` and a `file`)."""
        self.items.append(Item(outcome, kind, node.id, node.file, what, text, help, promises))

    def note(self, text: str) -> None:
        """Tells what holds for many of them, once."""
        if text not in self.notes:
            self.notes.append(text)

    def of(self, outcome: Outcome) -> list[Item]:
        """The items of an outcome."""
        return [item for item in self.items if item.outcome == outcome]

    def json(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {
            "counts": {outcome: len(self.of(outcome)) for outcome in _TITLES},
            "notes": self.notes, "files": self.files, "items": [asdict(item) for item in self.items],
        }

    def text(self) -> str:
        """The report for people; what is lost stands last, where it is seen."""
        return "".join(line + "\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        for outcome in _TITLES:
            items = self.of(outcome)
            if not items:
                continue
            yield f"{_TITLES[outcome]}: {len(items)}"
            for item in items:
                yield printable(f"  {item.kind} {item.what}: {item.text}")
                yield printable(f"    {item.unique_id}" + (f" ({item.file})" if item.file else ""))
                if item.help:
                    yield printable(f"    help: {item.help}")
            yield ""
        for note in self.notes:
            yield printable(f"note: {note}")
        for file in self.files:
            yield printable(f"wrote {file}")
        yield ", ".join(f"{len(self.of(outcome))} {title}" for outcome, title in _TITLES.items())


def printable(text: str) -> str:
    """A text on one line, without what a terminal would act on."""
    return "".join(char if char.isprintable() else " " if char in "\n\t" else "\ufffd" for char in text)
