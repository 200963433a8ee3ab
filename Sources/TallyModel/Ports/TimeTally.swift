// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization

/// A counter of times without a zone that a scan met, for the caller of the scan.
public final class TimeTally: Sendable, Hashable {
    private let counted = Atomic<Int>(0)

    /// Starts at zero.
    public init() {}

    /// Times that name an hour which the clock of their zone skips or shows twice.
    public var irregular: Int { counted.load(ordering: .relaxed) }

    /// Adds a number of times that name no single instant.
    public func add(irregular count: Int) { counted.add(count, ordering: .relaxed) }

    /// Whether two counters are the same object.
    public static func == (left: TimeTally, right: TimeTally) -> Bool { left === right }

    /// Hashes which one it is.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
