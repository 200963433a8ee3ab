// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Numbers of values by status, in the order of `ValueStatus`.
typealias StatusNumbers = InlineArray<8, Int>
