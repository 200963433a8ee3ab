# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""`python -m tallystick.feast import REPO` and `python -m tallystick.feast audit REPO --spine FILE`."""

import sys

from . import main

sys.exit(main())
