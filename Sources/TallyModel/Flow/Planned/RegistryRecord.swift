// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A record that a registry keeps in addition to its definitions.
public enum RegistryRecord: Sendable, Hashable {
    /// The files of a source; `after` is the `takenAt` of the snapshot it was compared with, nil for none.
    case snapshot(SourceSnapshot, after: Timestamp?)
    /// A run of a command.
    case run(RunRecord)
}
