// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import Synchronization
import TallyModel
import TallyTesting

/// Drives a target without libFuzzer: each input that is kept, then random changes of them for a while.
///
/// The input at hand lies in a file before it is tried, so that it is known after a trap.
struct QuickFuzz {
    /// What came of it.
    struct Outcome {
        var inputs = 0
        var tries = 0
        /// What was found first, and where its input lies.
        var finding: String?
    }

    let seed: UInt64
    /// How long random changes are tried; nil for `rounds` of them.
    let seconds: Double?
    let rounds: Int

    /// Tries a target's kept inputs and changes of them; behind the target stands a broken reader, if there is one.
    func run(_ name: String, broken: BrokenReader? = nil) async throws -> Outcome {
        let folder = try TemporaryFolder("fuzz-\(name)")
        guard let target = try await FuzzTargets.make(name, folder: folder.path) else {
            throw TallyError(.notFound, "there is no fuzz target", subject: name)
        }
        let last = try LastInput(name)
        let seeds = target.seeds.filter { broken?.isWrong($0) != true }
        let inputs = seeds + Self.kept(name).filter { broken?.isWrong($0) != true }
        var outcome = Outcome(inputs: inputs.count)
        func isFine(_ input: [UInt8]) -> Bool {
            outcome.tries += 1
            last.begin(input)
            defer { last.end() }
            do {
                try target.run(input)
                guard let broken, broken.isWrong(input) else { return true }
                outcome.finding = "planted: \(broken.mistake)"
                return false
            } catch {
                outcome.finding =
                    "\(name), seed \(seed), try \(outcome.tries): \(error); the input is in \(last.keep())"
                return false
            }
        }
        // What is planted is found by changes, and no time goes to what is known.
        for input in inputs where broken == nil { guard isFine(input) else { return outcome } }
        var mutator = Mutator(seed: seed, words: target.words, longest: target.longest)
        let clock = ContinuousClock()
        let end = seconds.map { clock.now + .seconds($0) }
        while end.map({ clock.now < $0 }) ?? (outcome.tries < inputs.count + rounds) {
            guard isFine(mutator.next(inputs, seeds: seeds.count)) else { return outcome }
        }
        return outcome
    }

    /// What is kept beside the seeds: the files of a folder, and what `scripts/fuzz` unpacked.
    private static func kept(_ name: String) -> [[UInt8]] {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        let folders = ["Fuzzing/Corpus/\(name)", ".build/fuzz-corpus/\(name)"].map { root + "/" + $0 }
        return folders.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
                .compactMap { FileManager.default.contents(atPath: folder + "/" + $0).map { Array($0) } }
        }
    }
}

/// The input that a target reads now, in a file that outlives a trap; one that takes too long ends the process.
final class LastInput: Sendable {
    private static let longest = Duration.seconds(60)
    private let path: String
    private let descriptor: Int32
    private let begun = Mutex<ContinuousClock.Instant?>(nil)

    init(_ name: String) throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        try FileManager.default.createDirectory(
            atPath: root + "/.build/fuzz-last", withIntermediateDirectories: true)
        path = root + "/.build/fuzz-last/\(name)"
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TallyError(.unwritable, "cannot be made", subject: path) }
        Thread.detachNewThread { [weak self] in
            while let self {
                self.look()
                Thread.sleep(forTimeInterval: 1)
            }
        }
    }

    deinit { close(descriptor) }

    func begin(_ input: [UInt8]) {
        _ = unsafe input.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        ftruncate(descriptor, input.count)
        begun.withLock { $0 = .now }
    }

    func end() { begun.withLock { $0 = nil } }

    /// Keeps the input apart from those to come, and returns where.
    func keep() -> String {
        let kept = path + "-finding"
        try? FileManager.default.removeItem(atPath: kept)
        try? FileManager.default.copyItem(atPath: path, toPath: kept)
        return kept
    }

    private func look() {
        guard let begun = begun.withLock({ $0 }), .now - begun > Self.longest else { return }
        FileHandle.standardError.write(Data("error: an input takes more than \(Self.longest): \(path)\n".utf8))
        abort()
    }
}
