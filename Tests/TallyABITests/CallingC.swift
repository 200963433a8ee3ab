// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import CTally
import Dispatch
import Testing

/// The C functions, called as a binding calls them: texts by pointer and length, handles freed where they were given.
enum CallingC {
    /// What a call came to.
    struct Outcome {
        let status: Int32
        let answer: String?
        let error: String?
    }

    static func open(_ folder: String, options: String = "") -> (status: Int32, store: UInt64, error: String?) {
        var (store, error) = (UInt64(7), UInt64(7))
        let status = unsafe tally_open(folder, folder.utf8.count, options, options.utf8.count, &store, &error)
        return (status, store, take(error))
    }

    private static let callers = DispatchQueue(label: "callers", attributes: .concurrent)

    /// Calls on a thread that no task runs on, as `tally.h` asks: a test that blocked one of the pool would stop the others.
    static func call(
        _ store: UInt64, _ verb: String, _ request: String = "", under cancellation: UInt64 = 0
    ) async -> Outcome {
        await withCheckedContinuation { continuation in
            callers.async {
                continuation.resume(returning: callHere(store, verb, request, under: cancellation))
            }
        }
    }

    /// Calls on this thread: for threads that are no task's.
    static func callHere(
        _ store: UInt64, _ verb: String, _ request: String = "", under cancellation: UInt64 = 0
    ) -> Outcome {
        var (answer, error) = (UInt64(7), UInt64(7))
        let status = unsafe tally_call(
            store, verb, verb.utf8.count, request, request.utf8.count, cancellation, &answer, &error)
        return Outcome(
            status: status, answer: status == TALLY_OK ? take(answer) : nil,
            error: status == TALLY_FAILED ? take(error) : nil)
    }

    /// The text behind a handle, which is freed; nil for no handle.
    static func take(_ handle: UInt64) -> String? {
        guard handle != 0, let text = text(handle) else { return nil }
        #expect(tally_free(handle) == TALLY_OK)
        return text
    }

    static func text(_ handle: UInt64) -> String? {
        var (text, length) = unsafe (UnsafePointer<CChar>?.none, 0)
        guard unsafe tally_text(handle, &text, &length) == TALLY_OK, let text = unsafe text else { return nil }
        let end = unsafe text[length]
        #expect(end == 0)
        return unsafe String(
            decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
    }
}
