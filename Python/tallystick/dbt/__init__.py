# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""From a dbt project to definitions: `tally import dbt target/manifest.json`, or `python -m tallystick.dbt`.

Sources, entities, feature views and contracts are written; dbt is not needed, only the manifest that it wrote. A test
becomes a promise only where it means exactly the same here; the report lists what is carried, what means something
else, and what is lost, with the reason. docs/guides/from-dbt.md has the table of tests.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Optional, Union

from .._definitions import Project
from .._errors import MisuseError, NotFoundError, TallyError
from .._saving import Definition, save
from ._convert import Request, _as_name, convert
from ._manifest import read
from ._report import Item, Report, printable

__all__ = ["Item", "Report", "import_dbt", "main"]

PathLike = Union[str, "os.PathLike[str]"]


def import_dbt(
    manifest: PathLike, folder: PathLike = ".", *, tags: Sequence[str] = (), names: Sequence[str] = (),
    data: Optional[PathLike] = None, root: Optional[PathLike] = None, catalog: Optional[PathLike] = None,
    project: Optional[str] = None, force: bool = False, write: bool = True,
) -> Report:
    """Writes definitions for the models of a dbt project into a repository, and tells what became of everything.

    Args:
        manifest: dbt's `target/manifest.json`; dbt 1.5 or later.
        folder: the repository; one that is new gets a `tally.yaml`.
        tags: import what has one of these tags.
        names: import what has one of these names, or ids of dbt; everything when neither is given.
        data: a folder that holds `NAME.parquet` for each model; else only what names its files gets a source.
        root: the folder from which relative locations are taken; the dbt project's when left out.
        catalog: dbt's `catalog.json`, with the types that the warehouse has; the one beside the manifest when left out.
        project: the name of a new repository; dbt's when left out.
        force: replace files that a save did not write.
        write: False tells without writing.

    Raises:
        NotFoundError: there is no such file, tag or name (`E-not-found`).
        MisuseError: the file is no manifest of dbt 1.5 or later (`E-misuse`).
        ConflictError: a file is there that no save wrote; nothing is written (`E-conflict`).
    """
    report = Report()
    home = Path(os.path.abspath(folder))
    found = read(Path(os.path.abspath(manifest)), Path(catalog) if catalog else None, report)
    request = Request(
        home, tuple(tags), tuple(names), os.fspath(data) if data else None, os.fspath(root) if root else None)
    definitions: list[Definition] = list(convert(found, request, report))
    if not definitions:
        raise NotFoundError("E-not-found", "nothing that was selected is a table", subject=str(manifest))
    if not (home / "tally.yaml").exists():
        definitions.insert(0, Project(project or _as_name(found.project)))
    if write:
        report.files = [os.path.relpath(path, home) for path in save(definitions, home, force=force)]
    return report


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command line; returns the exit status.

    0: written. 1: something is lost, with `--strict`. 2: the command makes no sense, or names what is not there. 4: it
    failed.
    """
    options = _parser().parse_args(argv)
    try:
        report = import_dbt(
            options.manifest, options.C, tags=options.tag, names=options.select, data=options.data, root=options.root,
            catalog=options.catalog, project=options.project, force=options.force, write=not options.dry_run)
        written = json.dumps(report.json(), indent=2) + "\n" if options.format == "json" else report.text()
        if options.report:
            Path(options.report).write_text(json.dumps(report.json(), indent=2) + "\n", encoding="utf-8")
    except (MisuseError, NotFoundError) as error:
        return _fail(error, 2)
    except TallyError as error:
        return _fail(error, 4)
    except OSError as error:
        return _fail(TallyError("E-unwritable", error.strerror or str(error), subject=str(error.filename or "")), 4)
    sys.stdout.write(written)
    return 1 if options.strict and report.of("lost") else 0


def _fail(error: TallyError, status: int) -> int:
    for index, line in enumerate(str(error).splitlines()):
        code, _, rest = line.partition(": ")
        print(printable(f"error[{code}]: {rest}" if index == 0 else line), file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tally import dbt", description="Write sources, views and contracts for the models of a dbt project.",
        epilog="Example: tally import dbt target/manifest.json --tag ml --data exports")
    parser.add_argument("manifest", help="dbt's target/manifest.json")
    parser.add_argument("--tag", action="append", default=[], help="import what has this tag; may stand several times")
    parser.add_argument(
        "--select", action="append", default=[], metavar="NAME", help="import this one; may stand several times")
    parser.add_argument("--data", metavar="FOLDER", help="a folder that holds NAME.parquet for each model")
    parser.add_argument(
        "--root", metavar="FOLDER", help="where relative locations start; the dbt project when left out")
    parser.add_argument(
        "--catalog", metavar="FILE", help="dbt's catalog.json; the one beside the manifest when left out")
    parser.add_argument("-C", default=".", metavar="FOLDER", help="the repository; this folder when left out")
    parser.add_argument("--project", metavar="NAME", help="the name of a new repository; dbt's when left out")
    parser.add_argument(
        "--force", action="store_true", help="replace files that were edited, or that nothing here wrote")
    parser.add_argument("--dry-run", action="store_true", help="tell, and write nothing")
    parser.add_argument("--strict", action="store_true", help="end with 1 when something is lost")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how to print the report")
    parser.add_argument("--report", metavar="FILE", help="write the report as JSON to this file too")
    return parser
