// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Where the server listens and what it allows.
enum ServerSettings {}
