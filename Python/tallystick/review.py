# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""`python -m tallystick.review` is the command `tally review`; `tallystick.review(...)` is the call."""

import sys

from ._review import review
from ._review_command import main

if __name__ == "__main__":
    sys.exit(main())
# Whoever imports the module gets the call, so that its name means one thing.
sys.modules[__name__] = review  # type: ignore[assignment]
