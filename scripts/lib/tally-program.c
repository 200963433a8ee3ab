// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The program `tally` of the Python package: all that it does is in the library beside it, which Python loads as well.

#include "tally.h"

int main(void) { return tally_command_line(); }
