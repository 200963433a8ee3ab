// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CTally
internal import Synchronization
internal import TallyAssembly
internal import TallyCommands
internal import TallyModel

// The functions of tally.h, which says what they do; the compiler holds them against it.

/// The version of the interface.
@c @implementation
public func tally_abi_version() -> UInt32 { UInt32(TALLY_ABI_VERSION) }

private let versionText = HeldText(Array(TallyVersion.current.utf8))

/// The version of the product.
@c @implementation
public func tally_version(
    _ text: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ length: UnsafeMutablePointer<Int>?
) -> Int32 {
    guard let text = unsafe text, let length = unsafe length else { return TALLY_BAD_ARGUMENT }
    unsafe text.pointee = versionText.bytes
    unsafe length.pointee = versionText.count
    return TALLY_OK
}

/// Opens a repository.
@c @implementation
public func tally_open(
    _ folder: UnsafePointer<CChar>?, _ folder_length: Int, _ options: UnsafePointer<CChar>?, _ options_length: Int,
    _ store: UnsafeMutablePointer<UInt64>?, _ error: UnsafeMutablePointer<UInt64>?
) -> Int32 {
    guard ProcessGuard.enter() else { return TALLY_FORKED }
    unsafe error?.pointee = 0
    guard let store = unsafe store else { return TALLY_BAD_ARGUMENT }
    unsafe store.pointee = 0
    let texts = unsafe [TextArgument(folder, folder_length), TextArgument(options, options_length)]
    return unsafe give(to: store, error, for: .commandLine, texts) { (texts) throws(TallyError) in
        .store(try opened(texts[0], options: texts[1]))
    }
}

/// Runs a verb.
@c @implementation
public func tally_call(
    _ store: UInt64, _ verb: UnsafePointer<CChar>?, _ verb_length: Int, _ request: UnsafePointer<CChar>?,
    _ request_length: Int, _ cancellation: UInt64, _ answer: UnsafeMutablePointer<UInt64>?,
    _ error: UnsafeMutablePointer<UInt64>?
) -> Int32 {
    let texts = unsafe [TextArgument(verb, verb_length), TextArgument(request, request_length)]
    if ProcessGuard.isForked { return unsafe callForked(store, texts, cancellation, answer, error) }
    unsafe error?.pointee = 0
    guard let answer = unsafe answer else { return TALLY_BAD_ARGUMENT }
    unsafe answer.pointee = 0
    guard case .store(let session)? = HandleTable.held(store) else { return TALLY_BAD_HANDLE }
    guard let stop = stopping(cancellation) else { return TALLY_BAD_HANDLE }
    return unsafe give(to: answer, error, for: session.audience, texts) { (texts) throws(TallyError) in
        .text(HeldText(try session.answer(texts[0], texts[1], under: stop.cancellation)))
    }
}

/// The JSON of an answer or an error.
@c @implementation
public func tally_text(
    _ handle: UInt64, _ text: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ length: UnsafeMutablePointer<Int>?
) -> Int32 {
    guard isReachable(handle) else { return TALLY_FORKED }
    guard let text = unsafe text, let length = unsafe length else { return TALLY_BAD_ARGUMENT }
    unsafe text.pointee = nil
    unsafe length.pointee = 0
    guard case .text(let held)? = HandleTable.held(handle) else { return TALLY_BAD_HANDLE }
    unsafe text.pointee = held.bytes
    unsafe length.pointee = held.count
    return TALLY_OK
}

/// Gives the rows of a Parquet file.
@c @implementation
public func tally_rows(
    _ store: UInt64, _ path: UnsafePointer<CChar>?, _ path_length: Int, _ stream: UnsafeMutableRawPointer?,
    _ error: UnsafeMutablePointer<UInt64>?
) -> Int32 {
    guard !ProcessGuard.isForked else { return TALLY_FORKED }
    unsafe error?.pointee = 0
    guard let stream = unsafe stream else { return TALLY_BAD_ARGUMENT }
    guard case .store(let session)? = HandleTable.held(store) else { return TALLY_BAD_HANDLE }
    let texts = unsafe [TextArgument(path, path_length)]
    return unsafe run(error, for: session.audience, texts) { (texts) throws(TallyError) in
        unsafe try session.rows(ofParquet: texts[0], into: stream)
    }
}

/// Takes rows in and writes them to a Parquet file.
@c @implementation
public func tally_put(
    _ store: UInt64, _ path: UnsafePointer<CChar>?, _ path_length: Int, _ stream: UnsafeMutableRawPointer?,
    _ cancellation: UInt64, _ answer: UnsafeMutablePointer<UInt64>?, _ error: UnsafeMutablePointer<UInt64>?
) -> Int32 {
    guard !ProcessGuard.isForked else { return TALLY_FORKED }
    unsafe error?.pointee = 0
    guard let answer = unsafe answer, let stream = unsafe stream else { return TALLY_BAD_ARGUMENT }
    unsafe answer.pointee = 0
    guard case .store(let session)? = HandleTable.held(store) else { return TALLY_BAD_HANDLE }
    guard let stop = stopping(cancellation) else { return TALLY_BAD_HANDLE }
    let texts = unsafe [TextArgument(path, path_length)]
    let status = unsafe give(to: answer, error, for: session.audience, texts) { (texts) throws(TallyError) in
        .text(HeldText(try unsafe session.put(stream, as: texts[0], isStopped: stop.isAsked).compactBytes))
    }
    // Whatever was wrong: who gave the stream away need not ask whether it was taken.
    if status == TALLY_FAILED { unsafe FeatureStore.release(stream) }
    return status
}

/// Says what runs functions in Python.
@c @implementation
public func tally_python(
    _ function: (
        @convention(c) (
            UnsafePointer<CChar>?, Int, UnsafeMutableRawPointer?,
            (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int) -> Void)?
        ) -> Void
    )?, _ language: UnsafePointer<CChar>?, _ language_length: Int
) -> Int32 {
    guard !ProcessGuard.isForked else { return TALLY_FORKED }
    guard let function = unsafe function, case .text(let language) = unsafe TextArgument(language, language_length),
        !language.isEmpty
    else { return TALLY_BAD_ARGUMENT }
    PythonFunction.hold(unsafe PythonFunction(function), language: language)
    return TALLY_OK
}

/// Makes a cancellation.
@c @implementation
public func tally_cancellation(_ cancellation: UnsafeMutablePointer<UInt64>?) -> Int32 {
    guard ProcessGuard.enter() else { return TALLY_FORKED }
    guard let cancellation = unsafe cancellation else { return TALLY_BAD_ARGUMENT }
    unsafe cancellation.pointee = HandleTable.add(.cancellation(Cancellation()))
    return TALLY_OK
}

/// Stops the calls under a cancellation.
@c @implementation
public func tally_cancel(_ cancellation: UInt64) -> Int32 {
    guard !ProcessGuard.isForked else { return TALLY_FORKED }
    guard case .cancellation(let held)? = HandleTable.held(cancellation) else { return TALLY_BAD_HANDLE }
    held.cancel()
    return TALLY_OK
}

/// Gives a handle back.
@c @implementation
public func tally_free(_ handle: UInt64) -> Int32 {
    guard isReachable(handle) else { return TALLY_FORKED }
    // What is let go outside the lock may close files, and may take its time.
    let removed = HandleTable.remove(handle)
    return removed == nil ? TALLY_BAD_HANDLE : TALLY_OK
}

/// The number of handles in use.
@c @implementation
public func tally_open_handles() -> Int {
    ProcessGuard.isForked ? ForkedChild.present?.count ?? 0 : HandleTable.shared.withLock { $0.count }
}

/// Whether a handle may be asked for here: in a forked child only those that it was given itself.
private func isReachable(_ handle: UInt64) -> Bool {
    guard ProcessGuard.isForked else { return true }
    return ForkedChild.present?.held(handle) != nil
}

/// Runs `get` in a forked child, on a store of its parent's.
private func callForked(
    _ store: UInt64, _ texts: [TextArgument], _ cancellation: UInt64, _ answer: UnsafeMutablePointer<UInt64>?,
    _ error: UnsafeMutablePointer<UInt64>?
) -> Int32 {
    guard store != 0 else { return TALLY_BAD_HANDLE }
    guard let child = ForkedChild.present, let session = child.session(store), cancellation == 0,
        case .text("get") = texts[0]
    else { return TALLY_FORKED }
    unsafe error?.pointee = 0
    guard let answer = unsafe answer else { return TALLY_BAD_ARGUMENT }
    unsafe answer.pointee = 0
    var isBeyond = false
    let status = unsafe give(to: answer, error, for: session.audience, texts) { (texts) throws(TallyError) in
        guard let found = child.get(session, texts[1]) else {
            isBeyond = true
            throw TallyError(.internal, "the child of a fork cannot answer")
        }
        return .text(HeldText(try found.get()))
    }
    guard isBeyond else { return status }
    if let error = unsafe error { _ = unsafe child.remove(error.pointee) }
    unsafe error?.pointee = 0
    return TALLY_FORKED
}

/// Runs the command line.
@c @implementation
public func tally_command_line() -> Int32 {
    guard ProcessGuard.enter() else { return TALLY_FORKED }
    return CallingThread.wait(under: nil) { await CommandLineProgram.run() }
}

/// How a call may be stopped: by nobody, or by a cancellation.
private struct Stopping {
    let cancellation: Cancellation?

    var isAsked: () -> Bool { { [cancellation] in cancellation?.isCancelled ?? false } }
}

/// The cancellation that a call was given, 0 for none; nil for a handle of something else.
private func stopping(_ handle: UInt64) -> Stopping? {
    guard handle != 0 else { return Stopping(cancellation: nil) }
    guard case .cancellation(let held)? = HandleTable.held(handle) else { return nil }
    return Stopping(cancellation: held)
}

/// Runs a call that gives a handle.
private func give(
    to place: UnsafeMutablePointer<UInt64>, _ error: UnsafeMutablePointer<UInt64>?, for audience: Audience,
    _ arguments: [TextArgument], _ body: ([String]) throws(TallyError) -> Held
) -> Int32 {
    unsafe run(error, for: audience, arguments) { (texts) throws(TallyError) in
        unsafe place.pointee = HandleTable.add(try body(texts))
    }
}

/// Reads the texts of a call and runs it; gives the handle of its error where it fails.
private func run(
    _ error: UnsafeMutablePointer<UInt64>?, for audience: Audience, _ arguments: [TextArgument],
    _ body: ([String]) throws(TallyError) -> Void
) -> Int32 {
    do throws(TallyError) {
        var texts: [String] = []
        for argument in arguments {
            switch argument {
            case .text(let text): texts.append(text)
            case .absent: return TALLY_BAD_ARGUMENT
            case .malformed: throw TallyError(.misuse, "a text is not UTF-8")
            }
        }
        try body(texts)
        return TALLY_OK
    } catch let failure {
        if let error = unsafe error {
            unsafe error.pointee = HandleTable.add(.text(HeldText(failure.json(for: audience).compactBytes)))
        }
        return TALLY_FAILED
    }
}
