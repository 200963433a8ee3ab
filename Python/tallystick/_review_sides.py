# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The two sides of a review: folders of their own, with the definitions of a commit and of the work tree, and the same data.

Nothing is written into the repository. Definitions are copied, data are linked, and what is recorded stays in the folders.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Optional

from ._errors import MisuseError, NotFoundError

PROJECT = "tally.yaml"
_ENDINGS = (".yaml", ".yml", ".odcs.json")
# What a command writes must not be reached through a link.
_OURS = (".git", ".tally", "tally.lock")


class Repository:
    """A feature repository in a work tree of git, which is only read."""

    def __init__(self, path: str) -> None:
        self.root = _root(path)
        self.top = self._git("rev-parse", "--show-toplevel").strip()

    def commit(self, name: str) -> str:
        """The commit that a name stands for; NotFoundError where there is none."""
        try:
            return self._git("rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}").strip()
        except MisuseError:
            raise NotFoundError(
                "E-not-found", "git knows no such commit", subject=name,
                help="fetch it first; in a pipeline, check out with the whole history (fetch-depth: 0)") from None

    def at(self, commit: str) -> dict[str, bytes]:
        """The definitions of a commit by their paths from the repository's folder; empty where it was none then."""
        listed = self._git("ls-tree", "-r", "-z", commit)
        wanted: list[tuple[str, str]] = []
        for entry in filter(None, listed.split("\0")):
            head, path = entry.split("\t", 1)
            mode, _, identity = head.split(" ")
            if not _is_definition(path):
                continue
            if mode == "120000":
                raise MisuseError(
                    "E-misuse", f"it is a link at {commit[:12]}, and links in git lead to other versions", subject=path,
                    help="commit the file itself")
            wanted.append((path, identity))
        blobs = self._blobs([identity for _, identity in wanted])
        return {path: blobs[identity] for path, identity in wanted}

    def now(self) -> dict[str, bytes]:
        """The definitions of the work tree as it stands, committed or not."""
        paths = set(_below(self.root, "definitions"))
        listed = self._git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        paths.update(path for path in listed.split("\0") if path and _is_definition(path))
        paths.add(PROJECT)
        return {path: (self.root / path).read_bytes() for path in sorted(paths) if (self.root / path).is_file()}

    def _blobs(self, identities: Sequence[str]) -> dict[str, bytes]:
        made = self._run(["cat-file", "--batch"], "".join(f"{identity}\n" for identity in identities).encode())
        found: dict[str, bytes] = {}
        start = 0
        for identity in identities:
            end = made.index(b"\n", start)
            size = int(made[start:end].split(b" ")[2])
            found[identity] = made[end + 1:end + 1 + size]
            start = end + 1 + size + 1
        return found

    def _git(self, *arguments: str) -> str:
        return os.fsdecode(self._run(arguments, b""))

    def _run(self, arguments: Sequence[str], given: bytes) -> bytes:
        try:
            # No lock and no refreshed index: somebody works in that tree.
            done = subprocess.run(
                ["git", "--no-optional-locks", *arguments], cwd=self.root, input=given, capture_output=True, check=False)
        except FileNotFoundError:
            raise NotFoundError("E-not-found", "the program 'git' is not installed", help="install git") from None
        if done.returncode != 0:
            words = done.stderr.decode(errors="replace").strip() or f"git {arguments[0]} ended with {done.returncode}"
            raise MisuseError("E-misuse", words, subject=str(self.root), help="a review needs a repository of git")
        return done.stdout


class Sides:
    """Folders for both sides, below one that is empty: `base`, `head`, and `step`, which is the head on the base's registry."""

    def __init__(self, folder: Path, root: Path, base: Mapping[str, bytes], head: Mapping[str, bytes]) -> None:
        self._folder = Path(os.path.realpath(folder))
        opened = {str(parent) for path in [*base, *head] for parent in Path(path).parents} - {"."}
        levels = max(map(_levels_up, [*base.values(), *head.values()]), default=0)
        self.base = self._made("base", root, base, opened, levels)
        self.head = self._made("head", root, head, opened, levels)
        self.step = self._made("step", root, head, opened, levels)
        self.out = self._folder / "out"
        self.out.mkdir()

    def shown(self, text: str) -> str:
        """A text about one of the folders as if it were about the repository."""
        for side in (self.base, self.head, self.step):
            text = text.replace(f"{side}/", "").replace(str(side), ".")
        return text

    def _made(self, name: str, root: Path, files: Mapping[str, bytes], opened: set[str], levels: int) -> Path:
        above = [*reversed(root.parents)][1:]
        mirrored = above[len(above) - min(levels, len(above)):]
        target = self._folder / name
        # Definitions may read `../data`: what lies around the repository lies around the copy too.
        for parent, child in zip(mirrored, [*mirrored[1:], root]):
            target = target / parent.name
            target.mkdir(parents=True)
            _link(parent, target, lambda entry, child=child: entry != child.name)  # type: ignore[misc]
        target = target / root.name
        for folder in [".", *sorted(opened)]:
            (target / folder).mkdir(parents=True, exist_ok=True)
        linked: list[str] = []
        for folder in [".", *sorted(opened)]:
            if (root / folder).is_dir():
                linked += _link(root / folder, target / folder, lambda entry, folder=folder: not (  # type: ignore[misc]
                    entry in _OURS or _joined(folder, entry) in opened or _is_definition(_joined(folder, entry))))
        for path, content in files.items():
            (target / path).write_bytes(_project(content, linked) if path == PROJECT else content)
        return target


def _root(path: str) -> Path:
    start = Path(os.path.realpath(path))
    for folder in [start, *start.parents]:
        if (folder / PROJECT).is_file():
            return folder
    raise NotFoundError(
        "E-not-found", "no tally.yaml in this folder or above it", subject=str(start), help="name the folder with -C")


def _is_definition(path: str) -> bool:
    return path.endswith(_ENDINGS) and not any(part.startswith(".") for part in path.split("/"))


def _joined(folder: str, entry: str) -> str:
    return entry if folder == "." else f"{folder}/{entry}"


def _below(root: Path, top: str) -> Iterable[str]:
    seen: set[str] = set()
    for folder, folders, names in os.walk(root / top, followlinks=True):
        place = os.path.realpath(folder)
        if place in seen:
            folders.clear()
            continue
        seen.add(place)
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), root)
            if _is_definition(path):
                yield path


def _levels_up(content: bytes) -> int:
    return max((len(found) // 3 for found in re.findall(rb"(?:\.\./)+", content)), default=0)


def _link(source: Path, target: Path, wanted: Callable[[str], bool]) -> list[str]:
    made = []
    for entry in sorted(os.listdir(source)):
        if wanted(entry):
            place = os.path.realpath(source / entry)
            os.symlink(place, target / entry)
            if not entry.startswith("."):
                made.append(place)
    return made


def _project(content: bytes, linked: Sequence[str]) -> bytes:
    """The project's file with stores in its own folder, and with leave for SQL to read what is linked."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return content
    lines = text.splitlines()
    lines = _without(lines, "stores")
    kept = "\n".join(line.partition("#")[0] for line in lines)
    if re.search(r"\b(?:sqlite|lmdb):", kept):
        raise MisuseError(
            "E-misuse", "its stores cannot be told apart from the rest, and a review must not write to them", subject=PROJECT,
            help="write 'stores:' at the start of a line")
    readable = _items(lines)
    if readable is None:
        raise MisuseError(
            "E-misuse", "its 'readable' is written in a form that a review does not read", subject=PROJECT,
            help="write it as [A, B] in one line, or as a list with a line for each")
    lines = _without(lines, "readable")
    quoted = ", ".join('"' + place.replace("\\", "\\\\").replace('"', '\\"') + '"' for place in linked)
    items = ", ".join(filter(None, [readable, quoted]))
    return "\n".join([*lines, *([f"readable: [{items}]"] if items else []), ""]).encode()


def _span(lines: Sequence[str], key: str) -> Optional[tuple[int, int]]:
    """The lines of a key of the outermost mapping."""
    for start, line in enumerate(lines):
        if re.match(rf"""["']?{key}["']?\s*:""", line):
            end = start + 1
            # A list may stand at the depth of its key.
            while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t-#}]"):
                end += 1
            return start, end
    return None


def _without(lines: Sequence[str], key: str) -> list[str]:
    span = _span(lines, key)
    return [*lines] if span is None else [*lines[:span[0]], *lines[span[1]:]]


def _items(lines: Sequence[str]) -> Optional[str]:
    """The items of `readable`, as they stand in a flow sequence; None for a form that is not known."""
    span = _span(lines, "readable")
    if span is None:
        return ""
    first, rest = lines[span[0]].partition(":")[2].strip(), lines[span[0] + 1:span[1]]
    rest = [line for line in rest if line.strip() and not line.strip().startswith("#")]
    flow = re.fullmatch(r"\[(.*)\]\s*(?:#.*)?", first)
    if flow is not None and not rest:
        return flow[1].strip().rstrip(",")
    listed = [re.fullmatch(r"\s*-\s+([^#]+?)\s*(?:#.*)?", line) for line in rest]
    if (first and not first.startswith("#")) or not all(listed):
        return None
    return ", ".join(found[1] for found in listed if found)
