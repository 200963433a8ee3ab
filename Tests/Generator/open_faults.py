# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What the program is known to get wrong still: tables leave it out, unless `--all` asks for it. Delete a line with its mend."""

OPEN = {
    "spine-digits": "digits of a CSV spine's time beyond microseconds are rounded up",
    "case-twins-in-columns": "`columns:` refuses two names that differ in case",
    "spine-names": "columns of a spine are found by canonical equivalence",
    "expression-names": "columns in an expression are found by canonical equivalence",
    "hidden-files": "files that begin with `_` are rows",
    "output-names": "a carried column whose name differs in case only is renamed in the training set",
    "plain-beside-expression": "a plain feature beside an expression is compiled with the file's type, not its own",
}


def is_open(name):
    return name in OPEN
