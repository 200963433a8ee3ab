# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What the program is known to get wrong still: tables leave it out. Delete a line with its mend."""

OPEN = {
    "parquet-time-format": "`format:` of an event time holds for text only, not for whole numbers and texts in Parquet",
    "text-sub-microsecond": "rows of text within one microsecond have no order by their finer digits",
}


def is_open(name):
    return name in OPEN
