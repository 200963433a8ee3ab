// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import Synchronization

/// Stops a connection from any thread; a stop that comes before the connection works is remembered.
@safe final class Interrupter: Sendable {
    private struct State {
        /// The address of the open connection's handle, zero without one: an address is `Sendable`, a pointer is not.
        var address: UInt = 0
        var isInterrupted = false
    }

    private let state = Mutex(State())

    /// Whether somebody has asked to stop.
    var isInterrupted: Bool { state.withLock(\.isInterrupted) }

    /// Asks the connection to stop; what it runs fails soon after.
    func interrupt() {
        state.withLock { state in
            state.isInterrupted = true
            // The lock is held: the connection cannot be closed meanwhile.
            if let handle = unsafe duckdb_connection(bitPattern: state.address) { unsafe duckdb_interrupt(handle) }
        }
    }

    /// Attaches an open connection.
    func attach(_ handle: duckdb_connection) {
        let address = UInt(bitPattern: handle)
        state.withLock { $0.address = address }
    }

    /// Forgets the connection, before it is closed.
    func detach() {
        state.withLock { $0.address = 0 }
    }
}
