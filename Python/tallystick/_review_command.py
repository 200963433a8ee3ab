# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The command `tally review`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional

from ._errors import MisuseError, NotFoundError, TallyError
from ._review import Review, review

_KEPT, _BROKEN, _MISUSE, _UNPROVEN, _FAILED, _INTERRUPTED = 0, 1, 2, 3, 4, 130


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Runs the command with its arguments and returns the exit code: 0 kept, 1 broken, 2 misuse, 3 unproven, 4 failed."""
    options = _parser().parse_args(argv)
    try:
        made = _made(options)
        text = made.markdown() if options.format == "markdown" else json.dumps(made.json, indent=2, ensure_ascii=False) + "\n"
        _write(text, options.output)
    except TallyError as error:
        print(f"error[{error.code}]: {str(error).removeprefix(error.code + ': ')}", file=sys.stderr)
        return _MISUSE if isinstance(error, (MisuseError, NotFoundError)) else _FAILED
    except OSError as error:
        print(f"error[E-unwritable]: {error}", file=sys.stderr)
        return _FAILED
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status(made, options.fail_on)


def status(made: Review, fail_on: str) -> int:
    """The exit code that a review means: `fail_on` is `broken`, `differences` or `never`."""
    if fail_on == "never":
        return _KEPT
    if made.broken or (fail_on == "differences" and made.verdict != "noChange" and _differs(made.json)):
        return _BROKEN
    return _UNPROVEN if made.unproven else _KEPT


def _differs(found: Any) -> bool:
    return bool(found["differing"] or found["changes"] or found["contracts"])


def _made(options: argparse.Namespace) -> Review:
    spines: dict[Any, str] = {}
    for one in options.spine:
        service, sign, place = one.partition("=")
        # A file may have a = in its name.
        if sign and not os.path.exists(one):
            spines[service] = place
        else:
            spines[None] = one
    if options.model is not None and not options.model.endswith(".onnx"):
        print(
            f"warning: {options.model} is a pickle: loading it runs whatever code is in it. "
            "Give only a model that you trust as "
            "you trust this machine; a model in ONNX runs none.", file=sys.stderr)
    return review(
        options.folder, base=options.base, spine=spines, services=options.service, model=options.model,
        model_features=options.model_feature, as_of=options.as_of, time_column=options.time_column, memory=options.memory,
        threads=options.threads)


def _write(text: str, output: Optional[str]) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    place = Path(output)
    beside = place.with_name(f".{place.name}.part")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, place)


def _bytes(text: str) -> int:
    units = {"KB": 10**3, "MB": 10**6, "GB": 10**9}
    number, unit = (text[:-2], units[text[-2:]]) if text[-2:] in units else (text, 1)
    if not number.isdecimal():
        raise argparse.ArgumentTypeError("write it like 512MB or 4GB")
    return int(number) * unit


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tally review", allow_abbrev=False,
        description="Say what the work tree does to the models, compared with a commit: "
        "one Markdown comment for a pull request.",
        epilog="Example: tally review --base origin/main --spine data/spine.parquet --as-of 2014-01-02T00:00:00Z -o review.md. "
        "Exit codes: 0 kept, 1 broken, 2 misuse, 3 unproven, 4 failed, 130 interrupted.")
    add = parser.add_argument
    add(
        "-C", dest="folder", default=".", metavar="FOLDER",
        help="work in this folder instead of the nearest one with a tally.yaml")
    add("--base", required=True, metavar="REF", help="the commit to compare with, by any name that git knows")
    add("--spine", required=True, action="append", metavar="FILE",
        help="a Parquet or CSV file with one row for each prediction; SERVICE=FILE is for one service, and may be repeated")
    add(
        "--service", action="append", default=[], metavar="NAME",
        help="train this service; all that the change reaches if not given")
    add(
        "--model", metavar="FILE",
        help="a model of scikit-learn (joblib or pickle: LOADING IT RUNS THE CODE IN IT) or in ONNX (.onnx)")
    add("--model-feature", action="append", default=[], metavar="NAME",
        help="a feature of the model, in its order, where it does not name them; may be repeated")
    add("--as-of", metavar="TIME", help="labels count as ripe up to this instant (RFC 3339 with an offset); now when left out")
    add("--time-column", metavar="NAME", help="the spine's time column; event_timestamp when left out")
    add("-o", "--output", metavar="FILE", help="write to this file instead of standard output")
    add("--format", choices=["markdown", "json"], default="markdown")
    add("--fail-on", choices=["broken", "differences", "never"], default="broken",
        help="end with 1 when consumers break (the default), or also when anything differs; what is unproven ends with 3")
    add("--memory", type=_bytes, metavar="SIZE", help="memory for each call, such as 512MB or 4GB")
    add("--threads", type=int, metavar="NUMBER", help="threads of the engine; one a core when left out")
    return parser


if __name__ == "__main__":
    sys.exit(main())
