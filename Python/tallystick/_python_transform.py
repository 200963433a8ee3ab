# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Functions in Python as typed objects: what no expression can compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar, Literal, Optional

from . import _vocabulary as words
from ._definitions import annotate, annotation, hold
from ._saving import Definition


@dataclass(frozen=True)
class PythonTransform(Definition):
    """A function in a file of the repository that computes features on demand; run by this package, refused by `tally serve`.

    It is called once for each row, in training and in serving.

    Attributes:
        source: the file, from the repository's folder, such as `transforms/score.py`. Its SHA-256 is in force once applied.
        inputs: what it reads, names with types: features, request inputs and on-demand features by their names in the vector.
        outputs: the features that it computes, names with types.
        function: its name in the file; the transform's name when left out.
        mode: `row`, when left out, takes and gives a dictionary; `pandas` a data frame of one row.
        requirements: the distributions that it needs, each in one version: `numpy==2.1.3`.
        sha256: what the file's SHA-256 has to be; `check` refuses another text.
    """

    name: str
    _: KW_ONLY
    source: str
    inputs: Mapping[str, str] = field(hash=False)
    outputs: Mapping[str, str] = field(hash=False)
    function: Optional[str] = None
    mode: Optional[Literal["row", "pandas"]] = None
    requirements: Sequence[str] = ()
    sha256: Optional[str] = None
    description: Optional[str] = None
    owner: Optional[str] = None
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    kind: ClassVar[str] = "transform"

    def __post_init__(self) -> None:
        where = f"PythonTransform {words.name('PythonTransform', self.name)!r}"
        words.text(f"{where}.source", self.source)
        for key in ("inputs", "outputs"):
            columns = words.mapping(f"{where}.{key}", getattr(self, key))
            if not columns:
                raise words.misuse(f"{where}.{key}", "there is none")
            hold(self, key, {name: words.data_type(f"{where}.{key}", kind) for name, kind in columns.items()})
        for name in self.outputs:
            words.name(f"{where}.outputs", name)
        for key in ("function", "sha256"):
            words.optional_text(f"{where}.{key}", getattr(self, key))
        if self.mode is not None:
            words.choice(f"{where}.mode", self.mode, ("row", "pandas"))
        found = words.several(f"{where}.requirements", self.requirements, least=0)
        hold(self, "requirements", tuple(words.text(f"{where}.requirements", item) for item in found))
        annotate(self, where)

    def document(self) -> dict[str, object]:
        return words.written(
            kind="PythonTransform", name=self.name, source=self.source, sha256=self.sha256, function=self.function,
            mode=self.mode, inputs=dict(self.inputs), outputs=dict(self.outputs), requirements=self.requirements,
            **annotation(self))
