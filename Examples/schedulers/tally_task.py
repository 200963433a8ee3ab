# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Runs `tally` for a scheduler: its exit code says whether trying again can help.

| exit | means | the task |
| --- | --- | --- |
| 0 | everything is kept | succeeds |
| 1 | a promise is broken | fails at once: the same data break it again |
| 2 | the command makes no sense | fails at once: somebody has to repair it |
| 3 | something is unproven | fails at once: data have to come first |
| 4 | something failed: a file, an engine, a conflict | is tried again |
| 130, or ended by a signal | it was interrupted | is tried again: nothing was written |
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Optional

MEANINGS = {
    0: "kept", 1: "a promise is broken", 2: "the command makes no sense", 3: "something is unproven", 4: "something failed",
    130: "it was interrupted"}
AGAIN = frozenset([4, 130])


class Failed(Exception):
    """`tally` ended with another status than 0; `again` says whether trying again can help."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.again = is_tried_again(status)


def is_tried_again(status: int) -> bool:
    """Whether the same command may end otherwise the next time; a negative status is a signal, such as that of a full memory."""
    return status in AGAIN or status < 0


def tally(*arguments: str, repository: str, log: Optional[Callable[[str], object]] = None, program: str = "tally") -> None:
    """Runs a command in a repository; raises Failed unless it ends with 0.

    What it prints goes to `log`, line by line. When the scheduler stops the task, the command is interrupted, which it takes
    cleanly, and killed after half a minute.
    """
    command = [program, *arguments]
    try:
        child = subprocess.Popen(
            command, cwd=repository, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace")
    except OSError as error:
        # No program, or no such folder: the next try finds no other.
        raise Failed(2, f"{program} does not start in {repository}: {error.strerror}") from error
    last = ""
    with child:
        try:
            for line in child.stdout or ():
                last = line.rstrip() or last
                (log or _write)(line.rstrip())
            status = child.wait()
        except BaseException:
            _stop(child)
            raise
    if status != 0:
        raise Failed(status, f"{' '.join(command)} ended with {status}: {MEANINGS.get(status, 'an unknown status')}; {last}")


def nightly(known: Sequence[str] = ()) -> list[tuple[str, list[str]]]:
    """The steps of a night: data are held against their promises, the online store is filled, a training set is made."""
    return [
        ("verify", ["verify", *known]),
        ("materialize", ["materialize"]),
        ("train", ["train", os.environ.get("TALLY_SERVICE", "arrival_delay"), "--spine",
                   os.environ.get("TALLY_SPINE", "data/spine.parquet"), "--output", "train.parquet"]),
    ]


def _write(line: str) -> None:
    print(line, file=sys.stdout, flush=True)


def _stop(child: "subprocess.Popen[str]") -> None:
    if child.poll() is None:
        # As Ctrl-C, which a scheduler that was started in the background may ignore, and with it all that it starts.
        child.send_signal(signal.SIGTERM)
        until = time.monotonic() + 30
        while child.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        child.kill()
