# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The version of the package, which is that of the library that it brings."""

VERSION = "0.1.0"
