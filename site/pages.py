# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Writes the pages of the documentation site: the documents of the repository, and a reference made of the code.

usage: pages.py ROOT PROGRAM OUTPUT
"""

from __future__ import annotations

import ast
import shutil
import sys
from pathlib import Path

import commands
import interface
from links import BrokenLink, Links

# The order in which somebody reads; what is not named follows by name. A page that is named and gone is an error.
GUIDES = [
    "own-csv", "definitions", "reading", "expressions", "training-sets", "history", "leaks", "materialization", "serving", "python",
    "contracts", "ci", "review", "operations", "from-feast", "from-dbt", "glossary",
]
LAW = [
    "keys", "semantics", "reading", "contract-semantics", "compatibility", "compatibility-feast", "formats", "errors",
    "threat-model", "scope",
]
WITHIN = {
    "Sources/README.md": "within/floor-plan.md",
    "Sources/JOURNEYS.md": "within/journeys.md",
    "CONTRIBUTING.md": "within/contributing.md",
    "SECURITY.md": "within/security.md",
    "CHANGELOG.md": "within/changelog.md",
}
EXAMPLES = {"Examples/flights/README.md": "guides/flights.md"}


def documents(root: Path) -> dict[str, str]:
    """Each document with its page."""
    pages = {"README.md": "index.md", **EXAMPLES, **WITHIN}
    for path in sorted((root / "docs").rglob("*.md")):
        inside = path.relative_to(root / "docs").as_posix()
        pages[f"docs/{inside}"] = "decisions/index.md" if inside == "decisions/README.md" else inside
    return pages


def ordered(first: list[str], there: list[str], where: str) -> list[str]:
    gone = [name for name in first if name not in there]
    if gone:
        raise BrokenLink(f"site/pages.py names {', '.join(gone)}, which {where} does not have")
    return first + [name for name in sorted(there) if name not in first]


def contents(title: str, pages: list[str]) -> str:
    """A hidden table of contents: it makes the list at the side."""
    caption = [f":caption: {title}"] if title else []
    return "\n".join(["", "```{toctree}", *caption, ":hidden:", "", *pages, "```", ""])


def python_page(package: Path) -> str:
    """The public names of the package, each described by its own docstring."""
    names: list[str] = []
    for node in ast.parse((package / "__init__.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and [getattr(t, "id", "") for t in node.targets] == ["__all__"]:
            names = [str(name) for name in ast.literal_eval(node.value)]
    functions = [name for name in names if not name[0].isupper() and not name.startswith("__")]
    classes = [name for name in names if name[0].isupper() and not name.endswith("Error")]
    errors = [name for name in names if name.endswith("Error")]
    parts = ["# Python", "", "How it is used is told in the [guide](../guides/python.md).", "", "```{eval-rst}"]
    parts += [".. automodule:: tallystick", "   :no-members:", ""]
    for title, group, kind in [
        ("Functions", functions, "function"), ("Classes", classes, "class"), ("Errors", errors, "exception")
    ]:
        parts += [title, "-" * len(title), ""]
        for name in group:
            parts += [f".. auto{kind}:: tallystick.{name}", ""]
    return "\n".join([*parts, "```", ""])


def write(root: Path, program: str, output: Path) -> None:
    shutil.rmtree(output, ignore_errors=True)
    pages = documents(root)
    links = Links(root, pages, {"docs/openapi.yaml": "openapi.yaml"})
    texts = {page: links.rewritten(document) for document, page in pages.items()}
    texts["reference/commands.md"] = commands.page(program)
    texts["reference/http.md"] = interface.page(root / "docs/openapi.yaml")
    texts["reference/python.md"] = python_page(root / "Python/tallystick")

    guides = [page[7:-3] for page in texts if page.startswith("guides/") and page != "guides/flights.md"]
    plain = [page[:-3] for page in texts if "/" not in page and page != "index.md"]
    measured = sorted(name for name in plain if name.startswith("benchmarks"))
    law = ordered(LAW, [name for name in plain if name not in measured], "docs")
    reference = sorted(page[:-3] for page in texts if page.startswith("reference/"))
    shelves = {
        "Guides": ["guides/flights", *("guides/" + name for name in ordered(GUIDES, guides, "docs/guides"))],
        "Reference": reference + law,
        "Measured": measured,
        "Within": [*(page[:-3] for page in WITHIN.values()), "decisions/index"],
    }
    texts["index.md"] += "".join(contents(title, shelf) for title, shelf in shelves.items())
    records = sorted(page[10:-3] for page in texts if page.startswith("decisions/0"))
    texts["decisions/index.md"] += contents("", records)
    for page, text in texts.items():
        place = output / page
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    shutil.copy(root / "site/conf.py", output / "conf.py")
    shutil.copytree(root / "site/_static", output / "_static")
    (output / "_files").mkdir()
    shutil.copy(root / "docs/openapi.yaml", output / "_files/openapi.yaml")


if __name__ == "__main__":
    try:
        write(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
    except BrokenLink as problem:
        sys.exit(f"error: {problem}")
