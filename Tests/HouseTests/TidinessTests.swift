// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

/// What a machine can check of the style.
@Suite struct TidinessTests {
    private static let banned: [(call: String, instead: String)] = [
        ("try!", "handle the error, or let it pass with `try`"),
        ("fatal" + "Error(", "precondition with the values in its text"),
        ("TO" + "DO", "do it, or state the limit in docs/scope.md"),
        ("FIX" + "ME", "do it, or state the limit in docs/scope.md"),
        ("-Ounchecked", "-O: unchecked builds delete preconditions"),
        ("DispatchQueue.global().async", "an executor of its own"),
        ("Task.detached", "structured concurrency"),
    ]

    /// Where `unsafe` may appear: kernels, column storage and identity of the model, adapters, system calls of the doors.
    private static let unsafeFolders = [
        "Sources/TallyPointInTime/Kernels/", "Sources/TallyHistory/Digests/", "Sources/TallyModel/Identity/",
        "Sources/TallyModel/Files/",
        "Sources/TallyModel/Values/", "Sources/Adapters/", "Sources/TallyCommands/Command/",
        "Sources/TallyCommands/Output/",
        "Sources/TallyExpressions/Catalogue/MathLibrary.swift",
        "Sources/TallyServer/Kernels/", "Sources/TallyAssembly/Process/",
        "Sources/TallyAssembly/Calls/StoreSession+Rows.swift", "Sources/TallyABI/",
    ]

    /// Types that are Sendable on our word; the proof stands at each type.
    private static let uncheckedSendable: Set<String> = [
        "Sources/Adapters/TallyDuckDB/Handles/Database.swift", "Sources/Adapters/TallyLMDB/Environment.swift",
        "Sources/Adapters/TallyLMDB/Transaction.swift", "Sources/TallyPointInTime/Kernels/Matches.swift",
        "Sources/TallyABI/HeldText.swift", "Sources/TallyABI/ForkLock.swift", "Sources/TallyABI/OwnThread.swift",
        "Sources/TallyABI/ForkedChild.swift", "Sources/TallyABI/PythonFunction.swift",
    ]

    @Test func `files are at most 400 lines long`() {
        for file in SourceTree.swiftFiles {
            #expect(file.lines.count <= 400, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test func `functions are at most 60 lines long`() {
        for file in SourceTree.swiftFiles {
            for function in functions(of: file) {
                #expect(
                    function.length <= 60,
                    "\(file.path):\(function.line): '\(function.name)' has \(function.length) lines")
            }
        }
    }

    @Test func `banned calls have a replacement`() {
        for file in SourceTree.swiftFiles where !file.path.hasPrefix("Tests/HouseTests/") {
            for (number, line) in file.lines.enumerated() {
                for ban in Self.banned where line.contains(ban.call) {
                    Issue.record("\(file.path):\(number + 1): '\(ban.call)' is banned, use \(ban.instead)")
                }
            }
        }
    }

    @Test func `every file says its licence`() {
        for file in SourceTree.swiftFiles {
            #expect(
                file.lines.prefix(3).contains("// SPDX-License-Identifier: Apache-2.0")
                    || file.lines.first?.hasPrefix("// swift-tools-version") == true,
                "\(file.path) has no licence header")
        }
    }

    @Test func `folders have no drawer for everything`() {
        let drawers = ["Utils", "Helpers", "Common", "Extensions", "New", "Core", "Misc"]
        for file in SourceTree.swiftFiles {
            let names = file.path.dropLast(".swift".count).split(separator: "/")
            for name in names where drawers.contains(String(name)) {
                Issue.record("\(file.path): name it after what it holds")
            }
        }
    }

    @Test func `unsafe code stays in its rooms`() {
        for file in SourceTree.rooms where !Self.unsafeFolders.contains(where: { file.path.hasPrefix($0) }) {
            for (number, line) in file.lines.enumerated() {
                let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
                #expect(
                    !code.split(whereSeparator: { !$0.isLetter }).contains("unsafe"),
                    "\(file.path):\(number + 1): unsafe code belongs into a kernel or an adapter")
            }
        }
    }

    @Test func `unchecked sendability is on the list`() {
        for file in SourceTree.rooms where file.text.contains("@unchecked Sendable") {
            #expect(Self.uncheckedSendable.contains(file.path), "\(file.path): prove it in the file and list it here")
        }
        for path in Self.uncheckedSendable {
            #expect(
                SourceTree.read(path)?.contains("@unchecked Sendable") == true, "\(path) needs no place on the list")
        }
    }

    /// Where a declared reaction is read and nothing is done about a finding: it is shown, compared, or its limit is looked at.
    private static let reactionReaders: Set<String> = [
        "Sources/TallyCommands/Contract/VerificationText.swift",
        "Sources/TallyContracts/Compatibility/Differences/TablePair+Promises.swift",
        "Sources/TallyContracts/Compatibility/Judging/TableSide.swift",
    ]

    /// That a `Decision` is made of findings alone holds the compiler: its only public initializer is `init(on:by:)`.
    @Test func `findings become acts in one place`() {
        let own = "Sources/TallyModel/Flow/"
        for file in SourceTree.rooms where !file.path.hasPrefix(own) {
            for (number, line) in file.lines.enumerated() {
                let isRead = line.contains("reaction(to:") && !Self.reactionReaders.contains(file.path)
                #expect(
                    !isRead && !line.contains(".usual(for:"),
                    "\(file.path):\(number + 1): make a Decision, or ask it what it would be")
            }
        }
        for path in Self.reactionReaders {
            #expect(SourceTree.read(path)?.contains("reaction(to:") == true, "\(path) needs no place on the list")
        }
    }

    private struct Function {
        let name: String
        let line: Int
        let length: Int
    }

    /// Functions by indentation: from the line with `func` or `init` to the brace at the same column.
    private func functions(of file: SourceTree.File) -> [Function] {
        let lines = file.lines
        var found: [Function] = []
        for (number, line) in lines.enumerated() {
            let code = line.drop { $0 == " " }
            let indent = line.count - code.count
            guard code.contains("func ") || code.hasPrefix("init(") || code.contains(" init("),
                !code.hasPrefix("//"), !code.hasPrefix("case"), !code.contains("= "),
                code.hasSuffix("{") || code.hasSuffix("(")
            else { continue }
            let closing = String(repeating: " ", count: indent) + "}"
            guard let end = lines[number...].firstIndex(where: { $0.hasPrefix(closing) && $0.count <= indent + 2 })
            else { continue }
            found.append(Function(name: String(code.prefix(60)), line: number + 1, length: end - number + 1))
        }
        return found
    }
}
