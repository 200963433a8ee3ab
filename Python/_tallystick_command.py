# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The command `tally` of the installed package.

It stands beside the package, whose import would take longer than most commands do.
"""

import os
import signal
import sys

# What is written in Python: the first words of a command, its module, and how many of the words the module's `main` is spared.
IN_PYTHON = [
    (["import", "dbt"], "tallystick.dbt", 2),
    (["import", "feast"], "tallystick.feast", 0),
    (["audit-feast"], "tallystick.feast", 0),
    (["review"], "tallystick._review_command", 1),
]


def main() -> None:
    """Becomes the native program: signals, standard streams and the exit status are its own from then on."""
    words = sys.argv[1:]
    for first, module, spared in IN_PYTHON:
        if words[:len(first)] == first:
            import importlib

            sys.exit(importlib.import_module(module).main(words[spared:]))
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
