// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Nothing to call: the linker finds what stands here, and takes it instead of what it would take elsewhere.
