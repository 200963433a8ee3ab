# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The program `tally`, for what the library does not offer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ._errors import EngineError, NotFoundError, from_json


def call(arguments: Sequence[str], *, folder: str) -> Any:
    """Runs a command with `--format json` in a folder and returns what it prints, as JSON.

    Raises what the command fails with; NotFoundError where there is no program.
    """
    place = find()
    libraries = [str(Path(__file__).with_name("_lib")), os.environ.get("LD_LIBRARY_PATH", "")]
    environment = {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(filter(None, libraries))}
    done = subprocess.run(
        [place, *arguments, "--format", "json"], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        check=False)
    if done.returncode == 0:
        return json.loads(done.stdout)
    try:
        error = json.loads(done.stderr.splitlines()[-1])["error"]
    except (ValueError, LookupError, TypeError):
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise EngineError("E-engine", words[-1] if words else f"it ended with {done.returncode}", subject=place) from None
    raise from_json(error)


def find() -> str:
    """The program: what TALLY_PROGRAM names, else the package's or the checkout's, the environment's, the first on PATH."""
    for place in _places():
        if os.path.isfile(place) and os.access(place, os.X_OK):
            return os.path.abspath(place)
    raise NotFoundError(
        "E-not-found", "the program 'tally' is not installed",
        help="put it on PATH, or name it in TALLY_PROGRAM; the wheel brings it, and scripts/build-release builds it")


def _places() -> Iterator[str]:
    named = os.environ.get("TALLY_PROGRAM")
    if named:
        yield named
        return
    package = Path(__file__).parent
    yield str(package / "_lib" / "tally")
    # A checkout, after scripts/build-release.
    yield str(package.parent.parent / ".build" / "release" / "tally")
    yield str(Path(sys.executable).with_name("tally"))
    yield shutil.which("tally") or ""
