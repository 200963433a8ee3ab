// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization

/// The port on which the server was found to listen.
final class Listener: Sendable {
    private let number = Atomic<Int>(0)

    /// The port; nil before it listens.
    var port: Int? {
        let port = number.load(ordering: .relaxed)
        return port > 0 ? port : nil
    }

    /// Notes the port.
    func set(_ port: Int) { number.store(port, ordering: .relaxed) }
}
