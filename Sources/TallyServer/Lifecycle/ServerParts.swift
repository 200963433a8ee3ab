// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
public import TallyStore

/// The parts from which a server answers: ports and lifecycle, assembled by the caller.
public struct ServerParts: Sendable {
    /// The releases that are served at the moment.
    public let serving: Serving
    /// Reads vectors.
    public let reader: VectorReader
    /// Fills the online store.
    public let materializer: Materializer
    /// The online store.
    public let store: any OnlineStore
    /// The registry.
    public let registry: any Registry
    /// The present instant.
    public let clock: @Sendable () -> Timestamp
    /// The check of tokens.
    public let door: Door
    /// The certificates for TLS; nil for connections without encryption.
    public let certificates: Certificates?

    /// Puts the parts together.
    public init(
        serving: Serving, reader: VectorReader, materializer: Materializer, store: any OnlineStore,
        registry: any Registry, clock: @escaping @Sendable () -> Timestamp, door: Door = Door(),
        certificates: Certificates? = nil
    ) {
        self.serving = serving
        self.reader = reader
        self.materializer = materializer
        self.store = store
        self.registry = registry
        self.clock = clock
        self.door = door
        self.certificates = certificates
    }
}
