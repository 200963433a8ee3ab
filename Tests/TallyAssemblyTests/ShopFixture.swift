// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyAssembly
import TallyModel
import TallyStore
import TallyTesting

/// A small repository in a folder of its own, with a clock that a test moves.
final class ShopFixture: Sendable {
    private let folder: TemporaryFolder
    private let time = Mutex(Timestamp(microseconds: 1_704_153_600_000_000))

    init() throws {
        folder = try TemporaryFolder("shop")
        try write("project: shop\n", to: "tally.yaml")
        try write(Self.definitions, to: "definitions/all.yaml")
        try write(Self.contract, to: "contracts/orders.odcs.yaml")
        try write(
            "user_id,at,total\n1,2024-01-01T10:00:00Z,10\n1,2024-01-01T11:00:00Z,20\n2,2024-01-01T10:30:00Z,5\n",
            to: "orders/1.csv")
        try write(
            "user_id,event_timestamp\n1,2024-01-01T10:30:00Z\n2,2024-01-01T12:00:00Z\n3,2024-01-01T12:00:00Z\n",
            to: "spine.csv")
    }

    var root: String { folder.path }

    /// The store, as a process would open it that starts now.
    var store: FeatureStore {
        FeatureStore(
            root: root,
            host: Host(
                now: { [self] in now }, clocks: { [self] in ClockReading(wall: now, sinceStart: .zero, start: "") },
                user: "tester", architecture: "x86_64", system: "Linux"),
            limits: EngineLimits(memory: 512 << 20, threads: 1))
    }

    var now: Timestamp { time.withLock { $0 } }

    func move(to instant: Timestamp) { time.withLock { $0 = instant } }

    func write(_ text: String, to file: String) throws { try folder.write(text, to: file) }

    private static let definitions = """
        kind: Entity
        name: user
        owner: tests
        joinKeys: [{name: user_id, type: int64}]
        ---
        kind: Source
        name: orders
        owner: tests
        path: orders/*.csv
        eventTime: at
        contract: contracts/orders.odcs.yaml
        ---
        kind: FeatureView
        name: last_order
        owner: tests
        entities: [user]
        source: orders
        features: [{name: total, type: int64}]
        ---
        kind: FeatureService
        name: model
        owner: tests
        features: [last_order]
        """

    private static let contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: orders
        name: orders
        version: 1.0.0
        status: active
        schema:
          - name: orders
            properties:
              - {name: user_id, logicalType: integer, required: true}
              - {name: at, logicalType: timestamp, required: true}
              - {name: total, logicalType: integer, logicalTypeOptions: {minimum: 0}}
        """
}
