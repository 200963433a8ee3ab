# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""`tally import feast` and `tally audit-feast`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Optional

from .._errors import TallyError
from ._audit import audit
from ._read import read


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Runs a command; returns its exit code.

    `import feast REPO` (or `import REPO`): 0, or 1 where what was written does not pass its check. `audit-feast REPO
    --spine FILE` (or `audit`): 0 where nothing differs, 1 where something does, 3 where something could not be
    compared. 2 for what cannot be run.
    """
    given = [*(sys.argv[1:] if arguments is None else arguments)]
    if given[:2] == ["import", "feast"]:
        del given[1]
    options = _parser().parse_args(given)
    try:
        return _import(options) if options.command == "import" else _audit(options)
    except TallyError as error:
        if options.format == "json":
            told = {
                "code": error.code, "message": error.message, "subject": error.subject, "details": error.details,
                "help": error.help}
            print(json.dumps({"error": told}), file=sys.stderr)
        else:
            print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tally", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    importing = commands.add_parser(
        "import", allow_abbrev=False, help="read a Feast repository into definitions",
        usage="tally import feast REPO [-o FOLDER]")
    auditing = commands.add_parser(
        "audit-feast", aliases=["audit"], allow_abbrev=False, help="name the rows that Feast's training set gets wrong")
    for command in (importing, auditing):
        command.add_argument("repository", metavar="REPO", help="the folder with feature_store.yaml")
        command.add_argument(
            "--created", choices=["known", "ignore"], default="known", help="what the created timestamp is")
        command.add_argument("--registry", action="store_true", help="take the registry's objects, and not the code's")
        command.add_argument(
            "--python", metavar="PATH", help="the Python that has Feast and what the repository imports")
    importing.add_argument("-o", "--output", metavar="FOLDER", help="the repository to write")
    importing.add_argument(
        "--accept-differences", action="store_true", help="write expressions that are only nearly the same")
    importing.add_argument("--force", action="store_true", help="replace files that were edited")
    importing.add_argument("--format", choices=["table", "json"], default="table")
    auditing.add_argument("--spine", metavar="FILE", required=True, help="Parquet or CSV, a row for each prediction")
    asked = auditing.add_mutually_exclusive_group()
    asked.add_argument("--features", metavar="VIEW:FEATURE", nargs="+", default=[])
    asked.add_argument("--service", metavar="NAME")
    auditing.add_argument("--time-column", metavar="NAME")
    auditing.add_argument("--limit", type=int, help="how many differences of a cause are shown (table 5, html 200)")
    auditing.add_argument("--format", choices=["table", "json", "html"], default="table")
    return parser


def _import(options: argparse.Namespace) -> int:
    found = read(
        options.repository, options.output, created=options.created, registry=options.registry,
        accept_differences=options.accept_differences, force=options.force, python=options.python)
    print(json.dumps(found.json(), indent=2, default=str) if options.format == "json" else found.text())
    return 1 if found.check is not None and found.check.errors else 0


def _audit(options: argparse.Namespace) -> int:
    found = audit(
        options.repository, options.spine, features=options.features, service=options.service,
        time_column=options.time_column,
        created=options.created, registry=options.registry, python=options.python)
    if options.format == "json":
        print(json.dumps(found.json(), indent=2))
    elif options.format == "html":
        print(found.html(200 if options.limit is None else max(0, options.limit)), end="")
    else:
        print(found.text(5 if options.limit is None else max(0, options.limit)))
    return found.exit_code
