// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// Names of files are their bytes: two that look the same are two files, each with its own rows and verdict.
@Suite struct TwinNameTests {
    @Test func `rows of twins by name are let in and set aside each for itself`() throws {
        let payments = try Payments()
        try payments.put(["a,2026-01-01T10:00:00Z,1", "bad,2026-01-01T10:00:00Z,-1"], at: "data/\u{E9}.csv")
        try payments.put(["b,2026-01-01T10:00:00Z,2", "worse,2026-01-01T10:00:00Z,-2"], at: "data/e\u{301}.csv")
        try payments.expect("materialize")
        for (customer, answer) in [("a", "1.0"), ("bad", "notFound"), ("b", "2.0"), ("worse", "notFound")] {
            #expect(try payments.served(customer).contains(answer), "\(customer)")
        }
        try payments.put(["a,2026-01-02T10:00:00Z,7"], at: "data/\u{E9}.csv")
        try payments.expect("materialize")
        #expect(try payments.served("a").contains("7.0"))
        #expect(try payments.served("b").contains("2.0"))
    }

    @Test func `columns of a spine keep their names, whatever their case`() throws {
        let payments = try Payments()
        try payments.put(["a,2026-01-01T10:00:00Z,1"], at: "data/a.csv")
        try payments.expect("apply")
        try payments.folder.write(
            "customer,CUSTOMER,event_timestamp,Customer\na,1.10,2026-01-02T00:00:00Z,007\n", to: "spine.csv")
        for output in ["set.csv", "set.parquet"] {
            let trained = try payments.expect("train", "scoring", "--spine", "spine.csv", "-o", output)
            #expect(!trained.error.contains("letter case"), "\(trained.error)")
        }
        let text = try #require(try payments.folder.read("set.csv"))
        #expect(text.hasPrefix("customer,CUSTOMER,event_timestamp,Customer,"), "\(text)")
        #expect(text.contains("a,1.10,2026-01-02T00:00:00Z,007,"), "\(text)")
    }

    @Test func `a file that goes to its twin's name is a new file`() {
        let digest = Fingerprint(of: "x".utf8)
        func file(_ path: String) -> SourceSnapshot.File {
            SourceSnapshot.File(path: path, size: 1, digest: digest, firstSeen: nil, stamp: "")
        }
        #expect(file("\u{E9}") != file("e\u{301}") && file("\u{E9}") == file("\u{E9}"))
        #expect(ExactPath("\u{E9}") != ExactPath("e\u{301}"))
    }
}
