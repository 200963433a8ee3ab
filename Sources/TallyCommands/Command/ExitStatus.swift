// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The meaning of a command's exit status for scripts.
enum ExitStatus: Int32, Error {
    /// Every promise that was checked is kept.
    case kept = 0
    /// A promise is broken, or a definition or the data is wrong.
    case broken = 1
    /// The command line makes no sense.
    case misuse = 2
    /// Something could not be checked.
    case unproven = 3
    /// The operation failed.
    case failed = 4
    /// The user asked to stop.
    case interrupted = 130

    /// The status an error ends in.
    init(_ error: TallyError) {
        switch error.code {
        case .misuse, .notFound: self = .misuse
        case .invalidDefinitions, .invalidData, .brokenPromise, .transform, .lowVersion, .inUse, .locked: self = .broken
        case .interrupted: self = .interrupted
        default: self = .failed
        }
    }
}
