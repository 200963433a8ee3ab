// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyLMDB
import TallyModel
import TallyTesting
import Testing

@Suite struct LMDBStoreTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("lmdb") }

    @Test func `it obeys the laws of online stores`() async throws {
        let folder = folder
        try await OnlineStoreLaws { (store) throws(TallyError) in
            try LMDBStore(path: folder.path + "/deep/folders/" + store)
        }.all()
    }
}
