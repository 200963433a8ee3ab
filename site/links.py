# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Links between the documents, as they are on the site."""

from __future__ import annotations

import os
import re
from pathlib import Path

LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")
OUTSIDE = re.compile(r"[a-z][a-z+.-]*:")


class BrokenLink(Exception):
    """A document names a file that is not there."""


class Links:
    """Where each document of the repository stands on the site.

    A link to a document becomes a link to its page. A file that has no page, such as a source file, is named by its path
    instead: the site is read without the repository, too.
    """

    def __init__(self, root: Path, pages: dict[str, str], files: dict[str, str]):
        """`pages` and `files` map a path in the repository to one on the site."""
        self.root = root
        self.pages = pages
        self.files = files

    def rewritten(self, document: str) -> str:
        """The text of a document with its links as they are on the site."""
        text = (self.root / document).read_text(encoding="utf-8")
        out, fence = [], ""
        for block in re.split(r"(^ *(?:```|~~~).*$)", text, flags=re.MULTILINE):
            mark = block.strip()[:3]
            if mark in ("```", "~~~") and "\n" not in block and (not fence or mark == fence):
                fence = "" if fence else mark
                out.append(block)
            else:
                out.append(block if fence else LINK.sub(lambda found: self._link(document, found), block))
        return "".join(out)

    def _link(self, document: str, found: re.Match[str]) -> str:
        words, target = found.group(1), found.group(2)
        if OUTSIDE.match(target) or target.startswith("#"):
            return found.group(0)
        path, _, anchor = target.partition("#")
        there = os.path.normpath(os.path.join(os.path.dirname(document), path))
        behind = "#" + anchor if anchor else ""
        if there in self.pages:
            return f"[{words}]({self._from(document, self.pages[there])}{behind})"
        if there in self.files:
            return f'<a href="{self._from(document, self.files[there])}">{words}</a>'
        if not (self.root / there).exists():
            raise BrokenLink(f"{document}: the link {target} leads to {there}, which is not there")
        return words if there in words else f"{words} (`{there}`)"

    def _from(self, document: str, page: str) -> str:
        return os.path.relpath(page, os.path.dirname(self.pages[document]) or ".")
