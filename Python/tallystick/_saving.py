# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Definitions into files of a repository: whole or not at all, and never over what somebody else wrote."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Optional, Union

from ._display import titled
from ._errors import ConflictError, MisuseError, NotFoundError, StorageError
from ._yaml import document

_MARK = "# Saved from Python by tallystick; a save replaces it, unless it was edited: "


class Definition:
    """A definition that can be saved."""

    kind: ClassVar[str]
    name: str

    def document(self) -> dict[str, Any]:
        """The definition as the mapping that its file holds."""
        raise NotImplementedError

    def parts(self) -> Iterator[Definition]:
        """The definitions that it refers to as objects, and not by name."""
        yield from ()

    @property
    def file(self) -> str:
        """The path of its file in a repository, such as `definitions/view_origin_weather.yaml`."""
        return f"definitions/{self.kind}_{self.name}.yaml"

    def yaml(self) -> str:
        """The definition as the YAML that `save` writes, without its first line; equal definitions give equal texts."""
        return document(self.document())

    def _repr_html_(self) -> str:
        return titled(f"{self.kind} {self.name}", "", code=self.yaml())

    def save(self, folder: Union[str, os.PathLike[str]], *, force: bool = False) -> list[Path]:
        """Writes it, and the definitions that it refers to as objects, into a repository; see `tallystick.save`."""
        return save([self], folder, force=force)


def save(
    definitions: Union[Definition, Iterable[Definition]], folder: Union[str, os.PathLike[str]], *, force: bool = False
) -> list[Path]:
    """Writes definitions into the files of a repository, with those that they refer to as objects.

    Each goes into a file of its own: `definitions/entity_airport.yaml`, `contracts/weather.odcs.yaml`, and `tally.yaml` for a
    `Project`. A file is replaced in one step, and only if a save wrote it and nobody edited it since. When one may not be
    replaced, nothing is written. A file that already says the same is left as it is.

    Args:
        definitions: what to write; a single one may stand without a list.
        folder: the repository; a new one needs a `Project` among the definitions.
        force: replace files that a save did not write, or that were edited.

    Returns:
        The files, written or equal, in the order of the definitions.

    Raises:
        ConflictError: a file is there that no save wrote, or that was edited (`E-conflict`).
        NotFoundError: the folder is no repository, and no project is saved (`E-not-found`).
        MisuseError: two different definitions have one name, or something is none.
        StorageError: a file cannot be written.
    """
    root = Path(os.path.abspath(folder))
    files: dict[str, Definition] = {}
    for definition in _closure([definitions] if isinstance(definitions, Definition) else definitions):
        other = files.setdefault(definition.file, definition)
        if other != definition:
            raise MisuseError("E-misuse", f"two different definitions are the {definition.kind} {definition.name!r}")
    texts = {root / file: _marked(definition.yaml()) for file, definition in files.items()}
    try:
        if root / "tally.yaml" not in texts and not (root / "tally.yaml").exists():
            raise NotFoundError(
                "E-not-found", "there is no tally.yaml", subject=str(root),
                help="save a project too: ts.save([ts.Project('name'), ...], folder)")
        changed = {path: text for path, text in texts.items() if _is_changed(path, text, force)}
        _replace(changed)
    except OSError as error:
        if isinstance(error, StorageError):
            raise
        raise StorageError(
            "E-unwritable", error.strerror or str(error), subject=str(error.filename or root),
            help="see that the folder may be written") from error
    return list(texts)


def _closure(definitions: Iterable[Definition]) -> Iterator[Definition]:
    for definition in definitions:
        if not isinstance(definition, Definition):
            raise MisuseError("E-misuse", f"a {type(definition).__name__} is no definition", subject="save")
        yield from _closure(definition.parts())
        yield definition


def _marked(text: str) -> str:
    return f"{_MARK}{hashlib.sha256(text.encode()).hexdigest()[:16]}\n{text}"


def _is_changed(path: Path, text: str, force: bool) -> bool:
    """Whether the file has to be written; raises ConflictError where that would lose somebody's work."""
    there = _read(path)
    if there == text.encode():
        return False
    if there is None or force:
        return True
    mark, _, body = there.partition(b"\n")
    digest = hashlib.sha256(body).hexdigest()[:16]
    if not path.is_symlink() and mark == (_MARK + digest).encode():
        return True
    was_edited = mark.startswith(_MARK.encode()) and not path.is_symlink()
    raise ConflictError(
        "E-conflict", "the file was edited since it was saved" if was_edited else "the file was not written by a save",
        subject=str(path), help="take over what it says, or save with force=True")


def _read(path: Path) -> Optional[bytes]:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        if path.is_symlink():
            raise
        return None


def _replace(texts: dict[Path, str]) -> None:
    """Writes all texts beside their files, then gives each its name."""
    written: list[tuple[Path, Path]] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            # Hidden, and with another ending: whoever reads the repository meanwhile passes it over.
            name = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
            descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            written.append((name, path))
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                os.chmod(name, path.stat().st_mode & 0o777)
        while written:
            os.replace(*written[0])
            written.pop(0)
    finally:
        for name, _ in written:
            name.unlink(missing_ok=True)

