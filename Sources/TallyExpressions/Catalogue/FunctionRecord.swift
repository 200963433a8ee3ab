// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// One operator or function: what the checker, the evaluator and the documentation know about it.
struct FunctionRecord: Sendable {
    /// The chapter of the documentation.
    enum Group: String, Sendable, CaseIterable {
        case logic = "Logic"
        case comparison = "Comparison"
        case choice = "Nulls and choices"
        case arithmetic = "Arithmetic"
        case mathematics = "Mathematics"
        case text = "Text"
        case time = "Dates and timestamps (UTC)"
        case places = "Places"
        case arrays = "Arrays"
    }

    /// The relation between the types of arguments and result.
    enum Form: Sendable {
        /// One of a list of signatures.
        case signatures([Signature])
        /// A unit of time as a literal, then one of the signatures of that unit.
        case unit(@Sendable (TimeUnit) -> [Signature])
        /// Arguments of one common type, at least `minimum` and at most `maximum` of them.
        case uniform(Uniform)
        /// Built by the checker: what is evaluated depends on values, or the types are open.
        case special
    }

    /// A family of kernels, one for each common type of the arguments.
    struct Uniform: Sendable {
        let minimum: Int
        var maximum: Int?
        let types: [DataType]
        /// The type of the result; nil: that of the arguments.
        var result: DataType?
        let kernel: @Sendable (DataType) -> Kernel?
    }

    /// The name it is called by: a function's name, or an operator's sign or words.
    let name: String
    let group: Group
    /// The notation, such as `round(x[, digits])`.
    let notation: String
    let form: Form
    /// The types in words as far as the form does not list them.
    var types: String?
    /// The treatment of null arguments; nil: the result is null when an argument is null.
    var nulls: String?
    /// The summary, in one or two sentences.
    let summary: String
    /// The findings that it can raise.
    var findings: EvaluationFinding = []
    /// Whether it is called by its name with parentheses.
    var isFunction = true
}

/// One list of argument types, with the type and the kernel of the result.
struct Signature: Sendable {
    let parameters: [DataType]
    let result: DataType
    let kernel: Kernel

    init(_ parameters: [DataType], _ result: DataType, _ kernel: Kernel) {
        self.parameters = parameters
        self.result = result
        self.kernel = kernel
    }
}

extension FunctionRecord {
    /// The accepted argument types as text, such as `(int32, int32) → int32`.
    var signatureTexts: [String] {
        switch form {
        case .signatures(let signatures): signatures.map(\.text) + (types.map { [$0] } ?? [])
        case .unit(let signatures):
            Self.unique(TimeUnit.allCases.flatMap(signatures).map { "(unit, " + $0.text.dropFirst() })
        case .uniform(let uniform): [uniform.text]
        case .special: types.map { [$0] } ?? []
        }
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen = Set<String>()
        return texts.filter { seen.insert($0).inserted }
    }
}

extension Signature {
    /// `(int32, string) → bool`.
    var text: String { "(" + parameters.map(\.name).joined(separator: ", ") + ") → " + result.name }
}

extension FunctionRecord.Uniform {
    /// `(T, T) → bool with T one of int32, int64`, or the plain signature when there is one type only.
    fileprivate var text: String {
        let only = types.count == 1 ? types[0].name : nil
        let list = [String](repeating: only ?? "T", count: minimum).joined(separator: ", ")
        let repeats = maximum == minimum ? "" : ", ..."
        let signature = "(\(list)\(repeats)) → \(result?.name ?? only ?? "T")"
        return only == nil ? signature + " with T one of " + types.map(\.name).joined(separator: ", ") : signature
    }
}
