// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import CTally
import TallyModel
import TallyTesting
import Testing

/// Arrow streams that come in; `Python/tests/test_frames.py` makes them of many kinds.
@Suite(.serialized) struct PutTests {
    @Test func `rows that go out and come in again are the same rows`() async throws {
        let shop = try Shop()
        let store = CallingC.open(shop.root, options: #"{"threads": 1}"#).store
        defer { tally_free(store) }
        _ = await CallingC.call(store, "apply")
        let first = shop.root + "/train.parquet"
        let train = #"{"service": "model", "spine": "\#(shop.root)/spine.csv", "output": "\#(first)"}"#
        #expect(await CallingC.call(store, "train", train).status == TALLY_OK)
        let second = shop.root + "/put.parquet"
        let stream = Stream()
        #expect(stream.rows(store, first) == TALLY_OK)
        #expect(stream.put(store, second).answer?.contains(#""rows":2"#) == true)
        #expect(stream.put(store, shop.root + "/again.parquet").error?.contains("was released") == true)

        #expect(stream.rows(store, second) == TALLY_OK)
        #expect(stream.put(store, second).error?.contains("there is a file already") == true)
        #expect(stream.put(store, "relative.parquet").error?.contains("not absolute") == true)
        let third = stream.put(store, shop.root + "/third.parquet")
        #expect(third.error?.contains("was released") == true, "a refused stream is released too")
        let bytes = try (AtomicFile.read(first), AtomicFile.read(second))
        #expect(bytes.0 != nil && bytes.1 != nil)
    }

    @Test func `a stopped call takes no batch, and bad handles leave the stream alone`() async throws {
        let shop = try Shop()
        let folder = CallingC.open(shop.root, options: #"{"repository": "none"}"#).store
        let store = CallingC.open(shop.root).store
        var stop: UInt64 = 0
        #expect(unsafe tally_cancellation(&stop) == TALLY_OK)
        defer { for handle in [folder, store, stop] { tally_free(handle) } }
        _ = await CallingC.call(store, "apply")
        let made = shop.root + "/train.parquet"
        let train = #"{"service": "model", "spine": "\#(shop.root)/spine.csv", "output": "\#(made)"}"#
        _ = await CallingC.call(store, "train", train)
        let stream = Stream()
        #expect(stream.rows(folder, made) == TALLY_OK, "a folder to work in gives rows too")
        let place = shop.root + "/put.parquet"
        #expect(stream.put(0, place).status == TALLY_BAD_HANDLE)
        #expect(stream.put(folder, place, under: folder).status == TALLY_BAD_HANDLE)
        tally_cancel(stop)
        #expect(stream.put(folder, place, under: stop).error?.contains("E-interrupted") == true)
        #expect(!FileName.exists(place))
        #expect(CallingC.open("relative", options: #"{"repository": "none"}"#).error?.contains("E-misuse") == true)
        #expect(CallingC.open("/nowhere", options: #"{"repository": "none"}"#).error?.contains("E-not-found") == true)
    }
}

/// Room for an `ArrowArrayStream`.
@safe private final class Stream {
    private let place = UnsafeMutableRawPointer.allocate(byteCount: 40, alignment: 8)

    init() { unsafe place.initializeMemory(as: UInt8.self, repeating: 0, count: 40) }

    deinit { unsafe place.deallocate() }

    func rows(_ store: UInt64, _ path: String) -> Int32 {
        unsafe tally_rows(store, path, path.utf8.count, place, nil)
    }

    func put(
        _ store: UInt64, _ path: String, under stop: UInt64 = 0
    ) -> (status: Int32, answer: String?, error: String?) {
        var (answer, error) = (UInt64(7), UInt64(7))
        let status = unsafe tally_put(store, path, path.utf8.count, place, stop, &answer, &error)
        guard status == TALLY_OK || status == TALLY_FAILED else { return (status, nil, nil) }
        return (status, CallingC.take(answer), CallingC.take(error))
    }
}
