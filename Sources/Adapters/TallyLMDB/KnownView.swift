// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A filled view as a reader found it in one commit.
struct KnownView: Sendable {
    /// The number of the commit; the same number is the same content of the whole file.
    let commit: Int
    /// The namespace of the rows.
    let namespace: UInt32
    /// The generation of the rows.
    let generation: OnlineGeneration
}
