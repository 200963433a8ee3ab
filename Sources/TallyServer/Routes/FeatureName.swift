// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A feature as requests name it: `view:feature`.
struct FeatureName: Hashable {
    let view: String
    let feature: String

    /// Reads the text of a request; nil unless both parts are there.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        view = String(parts[0])
        feature = String(parts[1])
    }

    /// Reads the list of a request, at its place in the body: at most `limit` names of at most `longest` bytes, each once.
    ///
    /// Feast refuses a name that comes twice as well. Each name is a column of the answer, so a short body that repeats one
    /// would ask for as large an answer as it likes.
    static func list(
        _ scanner: inout JSONScanner, at range: Range<Int>, limit: Int, longest: Int
    ) throws(BodyProblem) -> [FeatureName] {
        scanner.offset = range.lowerBound
        var names: [FeatureName] = []
        var seen = Set<[UInt8]>()
        do throws(BodyProblem) {
            for (index, text) in try scanner.requireStrings(limit: limit, longest: longest).enumerated() {
                guard let name = FeatureName(text) else {
                    throw BodyProblem("expected `view:feature`", at: [.element(index)])
                }
                guard seen.insert(Array(text.utf8)).inserted else {
                    throw BodyProblem("'\(text)' comes twice", at: [.element(index)])
                }
                names.append(name)
            }
            guard !names.isEmpty else { throw BodyProblem("no features") }
        } catch {
            throw error.inside(.member("features"))
        }
        return names
    }
}
