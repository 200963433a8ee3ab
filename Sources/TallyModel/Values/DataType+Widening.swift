// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension DataType {
    /// Whether every value of the type is exactly a value of the other: the only conversions made without being asked.
    public func widens(to other: DataType) -> Bool {
        switch (self, other) {
        case (.int32, .int64), (.int32, .float64), (.float32, .float64): true
        case (.array(let mine), .array(let theirs)): mine.widens(to: theirs)
        default: self == other
        }
    }
}
