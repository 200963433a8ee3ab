// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// libFuzzer's entry for programs that bring a `main` of their own.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// What the running fuzzer does with a text; set once, before the first one.
nonisolated(unsafe) private var work: (String) -> Void = { _ in preconditionFailure("no fuzzer was chosen") }

/// The name that libFuzzer's own `main` wants, which the linker brings along.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    guard let bytes else { return 0 }
    work(String(decoding: UnsafeBufferPointer(start: bytes, count: size), as: UTF8.self))
    return 0
}

/// Hands texts to a body until libFuzzer has had enough; what traps is a finding, and its text is kept.
public func fuzz(_ body: @escaping (String) -> Void) -> Int32 {
    work = body
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    return runDriver(&count, &arguments) { testOneInput($0, $1) }
}
