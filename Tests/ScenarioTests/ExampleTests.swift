// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// What `tally init --example flights` writes.
@Suite struct ExampleTests {
    @Test func `the example is written as it stands in the repository, byte for byte and without a file too few`()
        throws
    {
        let folder = try TemporaryFolder("example")
        let outcome = try Program.run(["init", "--example", "flights"], in: folder)
        #expect(outcome.status == 0, "\(outcome.error)")
        let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Examples/flights").path
        let manager = FileManager.default
        for part in ["", "/definitions", "/contracts"] {
            // Folders have no point in their name; what the example's own script and commands made is no part of it.
            let names = try manager.contentsOfDirectory(atPath: example + part)
                .filter { $0.contains(".") && !$0.hasPrefix(".") && $0 != "tally.lock" }
            #expect(names.count >= 3, "\(part)")
            for name in names {
                let path = part + "/" + name
                #expect(try AtomicFile.read(folder.path + path) == AtomicFile.read(example + path), "\(path)")
            }
        }
    }
}
