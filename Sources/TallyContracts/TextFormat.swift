// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Placeholder of the room until its first check stands.
enum TextFormat {}
