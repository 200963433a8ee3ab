// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel

/// Entries to fill a store with, one by one.
final class EntryQueue: Sendable {
    private let rest: Mutex<ArraySlice<OnlineEntry>>

    init(_ entries: [OnlineEntry]) { rest = Mutex(entries[...]) }

    func next() -> OnlineEntry? { rest.withLock { $0.popFirst() } }
}
