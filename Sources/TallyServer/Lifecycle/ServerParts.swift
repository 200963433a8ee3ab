// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
public import TallyStore

/// What a server answers with: ports and lifecycle, put together by whoever knows the adapters.
public struct ServerParts: Sendable {
    /// What is served at the moment.
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
    /// Who is let in.
    public let door: Door
    /// What connections are encrypted with; nil for connections that are not.
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
