// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The version of this build of Tallystick, and of the semantics it executes.
public enum TallyVersion {
    /// The product version, in semantic versioning.
    public static let current = "0.1.0"
    /// The version of the rules that give a stored value its meaning; part of every storage fingerprint.
    public static let semantics = 1
}
