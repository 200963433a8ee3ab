# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Feast, in a process of its own: the repository's code is executed there and nowhere else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional

from .._errors import EngineError, NotFoundError

_WORKER = Path(__file__).with_name("_worker.py")


def ask(
    verb: str, repository: Path, *, python: Optional[str] = None, timeout: float = 600, **request: Any
) -> Mapping[str, Any]:
    """Does something in the Feast repository; the repository's code runs in a process that ends with the call.

    Raises:
        NotFoundError: there is no Feast repository, no such Python, or Feast is not installed in it.
        EngineError: the repository's code or Feast failed; the message is theirs.
    """
    if not (repository / "feature_store.yaml").is_file():
        # What `feast init` makes has it in a folder of its own.
        below = sorted(place.parent.name for place in repository.glob("*/feature_store.yaml"))
        raise NotFoundError(
            "E-not-found", "there is no feature_store.yaml", subject=str(repository),
            help=f"it is in {' and '.join(below)}: name that" if below else "name the folder that 'feast apply' runs in")
    with tempfile.TemporaryDirectory(prefix="tallystick-feast-") as folder:
        asked, answered = Path(folder, "request.json"), Path(folder, "answer.json")
        asked.write_text(json.dumps({"verb": verb, "repository": str(repository), **request}))
        environment = {**os.environ, "FEAST_USAGE": "False", "PYTHONDONTWRITEBYTECODE": "1"}
        # The process is Feast's: what made this package importable here is not meant for it.
        try:
            done = subprocess.run(
                [python or sys.executable, str(_WORKER), str(asked), str(answered)], env=environment, cwd=repository,
                stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False)
        except FileNotFoundError:
            raise NotFoundError(
                "E-not-found", "there is no such Python", subject=python, help="name it with --python") from None
        except subprocess.TimeoutExpired:
            raise EngineError(
                "E-engine", f"the repository's code did not end within {timeout:.0f} s", str(repository)) from None
        if not answered.is_file():
            last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
            raise EngineError(
                "E-engine", f"the process of Feast ended with {done.returncode}: {last[0]}", str(repository))
        answer: dict[str, Any] = json.loads(answered.read_text())
    if "error" in answer:
        raise _failure(answer["error"], repository)
    return answer


def _failure(error: Mapping[str, str], repository: Path) -> Exception:
    if error["type"] == "ModuleNotFoundError" and "'feast'" in error["message"]:
        return NotFoundError(
            "E-not-found", "Feast is not installed beside this Python", subject=str(repository),
            help="name the Python of the repository's own environment with --python, or run: pip install feast")
    # Feast colours its messages for a terminal.
    message = re.sub(r"\x1b\[[0-9;]*m", "", error["message"])
    return EngineError(
        "E-engine", f"the repository's code fails: {error['type']}: {message}", subject=str(repository),
        details=tuple(error["trace"].strip().splitlines()[-6:]),
        help="see that 'feast plan' works in the repository, in the environment that --python names")
