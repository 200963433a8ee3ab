// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Something of ours that reads what others wrote, and what has to hold of it whatever they wrote.
///
/// The same targets are driven by libFuzzer (`scripts/fuzz`) and by random changes in a test (`FuzzTests`).
protocol FuzzTarget: SendableMetatype {
    /// Names the folder of its inputs.
    static var name: String { get }
    /// Prepares what all inputs share; `folder` is its own, and empty.
    init(folder: String) async throws
    /// Inputs to begin with, most of which can be read.
    var seeds: [[UInt8]] { get }
    /// Bytes that mean something to it.
    var words: [String] { get }
    /// Longer inputs are not tried.
    var longest: Int { get }
    /// Reads an input; throws `FuzzFinding` where a promise is broken. A trap and an endless loop are findings, too.
    func run(_ input: [UInt8]) throws
}

extension FuzzTarget {
    var longest: Int { 2_000 }

    /// The input as text; bytes that are none are replaced.
    func text(_ input: some Sequence<UInt8>) -> String { String(decoding: Array(input), as: UTF8.self) }
}

/// A promise that an input breaks.
struct FuzzFinding: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// Throws unless something holds.
    static func unless(_ holds: Bool, _ text: @autoclosure () -> String) throws(FuzzFinding) {
        if !holds { throw FuzzFinding(text()) }
    }
}

/// All targets by name.
enum FuzzTargets {
    static let all: [any FuzzTarget.Type] = [
        PatternTarget.self, ExpressionTarget.self, ContractTarget.self, DefinitionTarget.self, BodyTarget.self,
        HeadTarget.self, CellTarget.self, DirectoryTarget.self, PagesTarget.self, FooterTarget.self, CSVTarget.self,
        JSONLinesTarget.self, ValueTarget.self, DocumentTarget.self, RegistryTarget.self,
    ]

    static let names = all.map { $0.name }

    /// A target of a name; nil for none.
    static func make(_ name: String, folder: String) async throws -> (any FuzzTarget)? {
        try await all.first { $0.name == name }?.init(folder: folder)
    }
}
