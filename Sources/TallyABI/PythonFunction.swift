// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyAssembly

/// A function of the caller's that runs functions in Python (`tally_python_function`).
///
/// Sendable on our word: `tally.h` says that it is called on any thread, and stays for as long as the process.
@safe struct PythonFunction: @unchecked Sendable {
    /// Takes the answer.
    typealias Reply = @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int) -> Void
    /// The function in C.
    typealias Function = @convention(c) (UnsafePointer<CChar>?, Int, UnsafeMutableRawPointer?, Reply?) -> Void

    private let function: Function

    init(_ function: @escaping Function) { unsafe self.function = function }

    private static let present = Mutex<PythonHost?>(nil)

    /// What was given last; nil where nothing was.
    static var host: PythonHost? { present.withLock { $0 } }

    /// Takes a function for the stores that are opened from now on.
    static func hold(_ function: PythonFunction, language: String) {
        let host = PythonHost(language: language) { function.answer(to: $0) }
        present.withLock { $0 = host }
    }

    /// Where an answer goes; reached by the function alone, before it returns.
    private final class Place {
        var text: String?
    }

    private func answer(to request: String) -> String? {
        let place = Place()
        let held = HeldText(Array(request.utf8))
        unsafe function(held.bytes, held.count, Unmanaged.passUnretained(place).toOpaque()) { place, text, length in
            guard let place = unsafe place, case .text(let answer) = unsafe TextArgument(text, length) else { return }
            unsafe Unmanaged<Place>.fromOpaque(place).takeUnretainedValue().text = answer
        }
        return withExtendedLifetime((held, place)) { place.text }
    }
}
