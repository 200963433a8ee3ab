// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A thing that features describe, identified by one or more join keys.
public struct Entity: Sendable, Hashable {
    /// The entity's name.
    public let name: String
    /// The join keys in declared order: column names with types that can be keys.
    public let joinKeys: [ColumnSchema]
    /// Owner, description and tags.
    public let annotation: Annotation

    /// Declares an entity.
    public init(name: String, joinKeys: [ColumnSchema], annotation: Annotation = Annotation()) {
        self.name = name
        self.joinKeys = joinKeys
        self.annotation = annotation
    }
}
