// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization

/// Limits the number of requests that are answered at once.
final class Admission: Sendable {
    private let most: Int
    private let inside = Atomic<Int>(0)

    init(most: Int) { self.most = most }

    /// Takes a place, which has to be given back; false when none is free.
    func enter() -> Bool {
        if inside.wrappingAdd(1, ordering: .relaxed).newValue <= most { return true }
        leave()
        return false
    }

    /// Gives the place back.
    func leave() { inside.wrappingSubtract(1, ordering: .relaxed) }
}
