// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyStore

@Suite struct CompiledViewTests {
    @Test func `a view that asks for a window is refused where it is compiled`() throws {
        let window = try #require(EventWindow(size: TimeSpan(microseconds: 5)))
        let error = #expect(throws: TallyError.self) {
            _ = try CompiledView.answers(of: .window(window), view: "sums")
        }
        #expect(error?.code == .invalidDefinitions && error?.description.contains("view sums") == true)
        let span = TimeSpan(microseconds: 5)
        #expect(try CompiledView.answers(of: .latestRow(timeToLive: span), view: "v").timeToLive == span)
    }
}
