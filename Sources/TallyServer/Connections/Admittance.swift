// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HummingbirdCore

/// Lets connections in, as long as others can leave for them.
struct Admittance: AvailableConnectionsDelegate {
    let connections: Connections

    func connectionOpened() { connections.noteOpened() }

    func connectionClosed() { connections.noteClosed() }

    func isAcceptingNewConnections() -> Bool { connections.haveRoom }
}
