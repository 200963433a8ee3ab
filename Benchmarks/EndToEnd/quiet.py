# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Finds out whether the machine is quiet, waits a bounded time until it is, and says in the documents how it knew.

Three signs, before anything is measured: the cores that were busy over two seconds, the time that the host took away (both
from /proc/stat), and the load average of the last minute, which remembers what ended just now. While things are measured,
every run counts the cores that others kept busy (measure.py): a machine that was quiet at the start and busy later is busy.
Standard library only.
"""

import os
import sys
import time

SECONDS = 2.0
PAUSE = 3.0
# In cores. What a machine does for itself (time, network, a shell) stays below.
BUSY, STOLEN, LOAD = 0.15, 0.05, 1.0


def ticks():
    """Seconds that cores were at work for anybody here, and seconds that the host took away."""
    with open("/proc/stat") as stat:
        user, nice, system, _, _, interrupt, soft, steal = map(int, stat.readline().split()[1:9])
    second = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + interrupt + soft) / second, steal / second


def look():
    """The signs now: busy cores, stolen cores, load average."""
    busy, stolen = ticks()
    started = time.monotonic()
    time.sleep(SECONDS)
    passed = time.monotonic() - started
    after = ticks()
    signs = {
        "busy": (after[0] - busy) / passed, "stolen": (after[1] - stolen) / passed, "load": os.getloadavg()[0]}
    return signs | {"quiet": signs["busy"] <= BUSY and signs["stolen"] <= STOLEN and signs["load"] <= LOAD}


def settle():
    """Looks until the machine is quiet, for TALLY_BENCH_WAIT seconds (180) at most; what was seen last, and the wait.

    None in a quick run: its figures mean nothing, so nobody looks.
    """
    if "TALLY_BENCH_QUICK" in os.environ:
        return None
    limit = float(os.environ.get("TALLY_BENCH_WAIT", 180))
    started = time.monotonic()
    told = False
    while True:
        signs = look()
        waited = time.monotonic() - started - SECONDS
        if signs["quiet"] or waited >= limit:
            print(f"==> {plain(signs)}", file=sys.stderr)
            return signs | {"waited": waited}
        if not told:
            print(f"==> waiting up to {limit:.0f} s for a quiet machine: {plain(signs)}", file=sys.stderr)
            told = True
        time.sleep(PAUSE)


def plain(signs):
    """The signs in words."""
    return (
        f"{'quiet' if signs['quiet'] else 'busy'}: over {SECONDS:.0f} s {signs['busy']:.2f} cores were busy and "
        f"{signs['stolen']:.2f} taken by the host, load average {signs['load']:.1f}")


def was_quiet(signs, others=()):
    """Whether it was quiet at the start and stayed so; `others` are the cores that others kept busy, run by run."""
    late = sorted(others)
    return bool(signs and signs["quiet"]) and (not late or late[len(late) // 2] <= BUSY)


def sentence(signs, others=()):
    """What a document says above its figures."""
    if not signs:
        return "> **Nobody looked whether the machine was quiet** when this was measured. Read ratios, and only those far from 1.\n"
    late = sorted(others)
    during = f"; while this was measured others kept {late[len(late) // 2]:.2f} cores busy in the median, {late[-1]:.2f} at most" if late else ""
    text = f"Before the start, after {max(0, signs['waited']):.0f} s of waiting, the machine was {plain(signs)}{during}."
    if was_quiet(signs, others):
        return f"Quiet machine. {text}\n"
    return f"> **Busy machine: no figure below is to be quoted; read ratios, and only those far from 1.** {text}\n"
