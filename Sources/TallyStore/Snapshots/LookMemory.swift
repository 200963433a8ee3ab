// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// A memory of what a reader saw of sources since the last recorded run, so that new files are not read each time.
final class LookMemory: Sendable {
    private struct Look {
        let recorded: SourceSnapshot?
        let snapshot: SourceSnapshot
    }

    private let looks = Mutex<[String: Look]>([:])

    /// The last look, unless something was recorded since.
    func last(of source: String, since recorded: SourceSnapshot?) -> SourceSnapshot? {
        looks.withLock { $0[source] }.flatMap { $0.recorded == recorded ? $0.snapshot : nil }
    }

    /// Keeps a look.
    func keep(_ snapshot: SourceSnapshot, since recorded: SourceSnapshot?) {
        looks.withLock { $0[snapshot.source] = Look(recorded: recorded, snapshot: snapshot) }
    }
}
