# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""`python -m tallystick.dbt MANIFEST`."""

import sys

from . import main

sys.exit(main())
