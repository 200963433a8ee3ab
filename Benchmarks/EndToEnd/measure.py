# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Runs a command as a child process and says what it used, by the operating system's own account.

Standard library only, and little of it: until a child has called exec, its memory is the parent's, and Linux keeps
that as the least `ru_maxrss` it will ever report. A fat parent would flatter every lean child.
"""

import os
import time
from dataclasses import asdict, dataclass

POLL_SECONDS = 0.02


@dataclass
class Usage:
    """What one finished process used."""

    cpu: float
    wall: float
    # Peak of the resident set in MiB; holds pages of mapped files too.
    peak: float
    # Peak of anonymous memory in MiB, sampled: what the process itself allocated. Short peaks may be missed.
    anonymous: float
    # Cores kept busy by others meanwhile.
    others: float

    def json(self):
        return asdict(self)


class Failed(Exception):
    """A measured command did not end well."""


def busy_seconds():
    """CPU seconds spent by everybody since the start of the machine, time stolen by its host included."""
    with open("/proc/stat") as stat:
        user, nice, system, _, _, interrupt, soft, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + interrupt + soft + steal) / os.sysconf("SC_CLK_TCK")


def anonymous_mebibytes(process):
    """Anonymous memory now; 0 when the process is just ending."""
    try:
        with open(f"/proc/{process}/status") as status:
            for line in status:
                if line.startswith("RssAnon"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def run(command, log, environment=None):
    """Runs a command to its end; its output is appended to `log`. A failure shows the log's end."""
    words = [str(word) for word in command]
    with open(log, "ab") as sink:
        others, started = busy_seconds(), time.monotonic()
        process = os.posix_spawn(
            words[0], words, {**os.environ, **(environment or {})},
            file_actions=[(os.POSIX_SPAWN_DUP2, sink.fileno(), 1), (os.POSIX_SPAWN_DUP2, sink.fileno(), 2)])
    anonymous = 0.0
    while True:
        done, status, usage = os.wait4(process, os.WNOHANG)
        if done:
            break
        anonymous = max(anonymous, anonymous_mebibytes(process))
        time.sleep(POLL_SECONDS)
    wall = time.monotonic() - started
    if status:
        with open(log, errors="replace") as text:
            raise Failed(f"{' '.join(words)}\n{text.read()[-2000:]}")
    cpu = usage.ru_utime + usage.ru_stime
    others = max(0.0, busy_seconds() - others - cpu) / wall
    return Usage(cpu=cpu, wall=wall, peak=usage.ru_maxrss / 1024, anonymous=anonymous, others=others)
