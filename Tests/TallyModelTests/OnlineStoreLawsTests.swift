// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// The laws would be worth nothing if a wrong online store passed them.
@Suite struct OnlineStoreLawsTests {
    @Test func `a right online store breaks none`() async throws {
        let stores = InMemoryOnlineStoreTests.Stores()
        let complaints = try await brokenLaws { try await OnlineStoreLaws { stores.store($0) }.all() }
        #expect(complaints == 0)
    }

    @Test(arguments: WrongOnlineStore.Fault.allCases)
    func `a wrong online store breaks a law`(fault: WrongOnlineStore.Fault) async throws {
        let stores = InMemoryOnlineStoreTests.Stores()
        let complaints = try await brokenLaws {
            try await OnlineStoreLaws { store in WrongOnlineStore(inner: stores.store(store), fault: fault) }.all()
        }
        #expect(complaints > 0)
    }
}
