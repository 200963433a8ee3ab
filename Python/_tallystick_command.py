# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The command `tally` of the installed package.

It stands beside the package, whose import would take longer than most commands do.
"""

import os
import signal
import sys


def main() -> None:
    """Becomes the native program: signals, standard streams and the exit status are its own from then on."""
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tallystick", "_lib", "tally")
    # Python ignores these two, and what is ignored stays so in the program that takes its place.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    try:
        os.execv(program, ["tally", *sys.argv[1:]])
    except OSError as error:
        print(f"error: {program} cannot be run: {error.strerror}", file=sys.stderr)
        print("help: install the wheel again; it is made for Linux on the processor in its name", file=sys.stderr)
        sys.exit(4)
