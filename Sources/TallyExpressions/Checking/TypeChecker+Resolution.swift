// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

// Which signature of an operator or function fits the types of its arguments.
extension TypeChecker {
    mutating func resolve(_ record: FunctionRecord, _ arguments: [Checked], _ range: Range<Int>) -> Checked? {
        switch record.form {
        case .signatures(let signatures): return resolve(record, signatures, arguments, range)
        case .uniform(let uniform): return resolve(record, uniform, arguments, range)
        case .unit, .special: preconditionFailure("'\(record.name)' is resolved by the checker itself")
        }
    }

    /// The signature whose parameters are nearest to the arguments; the first of several equally near.
    mutating func resolve(
        _ record: FunctionRecord, _ signatures: [Signature], _ arguments: [Checked], _ range: Range<Int>
    ) -> Checked? {
        var best: (signature: Signature, distance: Int)?
        for signature in signatures where signature.parameters.count == arguments.count {
            var total = 0
            for (argument, parameter) in zip(arguments, signature.parameters) {
                guard let distance = Conversion.distance(from: argument.type, to: parameter) else {
                    total = Int.max
                    break
                }
                total += distance
            }
            if total < best?.distance ?? Int.max { best = (signature, total) }
        }
        guard let signature = best?.signature else {
            let counts = Set(signatures.map(\.parameters.count)).sorted()
            guard counts.contains(arguments.count) else {
                return wrongCount(record, counts.map(String.init).joined(separator: " or "), arguments.count, range)
            }
            return wrongTypes(record, arguments, range)
        }
        let converted = zip(arguments, signature.parameters).map { Conversion.convert($0, to: $1) }
        return Checked(node: .calling(signature.kernel, converted), type: signature.result, range: range)
    }

    private mutating func resolve(
        _ record: FunctionRecord, _ uniform: FunctionRecord.Uniform, _ arguments: [Checked], _ range: Range<Int>
    ) -> Checked? {
        guard arguments.count >= uniform.minimum, arguments.count <= uniform.maximum ?? Int.max else {
            let expected =
                uniform.maximum == uniform.minimum ? "\(uniform.minimum)" : "at least \(uniform.minimum)"
            return wrongCount(record, expected, arguments.count, range)
        }
        guard let common = Conversion.common(arguments.map(\.type)) else { return wrongTypes(record, arguments, range) }
        // Nothing but nulls: the first type of the list decides, and the result is null whichever it is.
        guard let type = common ?? uniform.types.first, uniform.types.contains(type), let kernel = uniform.kernel(type)
        else { return wrongTypes(record, arguments, range) }
        let converted = arguments.map { Conversion.convert($0, to: type) }
        let result = uniform.result ?? (common == nil && record.name != "concat" ? nil : type)
        return Checked(node: .calling(kernel, converted), type: result, range: range)
    }

    mutating func wrongCount(
        _ record: FunctionRecord, _ expected: String, _ found: Int, _ range: Range<Int>
    ) -> Checked? {
        report(
            ExpressionCode.argumentCount,
            "\(record.name) takes \(expected) argument\(expected == "1" || expected == "at least 1" ? "" : "s"), not \(found)",
            range, help: "write it as \(record.notation)")
    }

    mutating func wrongTypes(
        _ record: FunctionRecord, _ arguments: [Checked], _ range: Range<Int>
    ) -> Checked? {
        let found = "(" + arguments.map(\.typeName).joined(separator: ", ") + ")"
        let accepted = record.signatureTexts.joined(separator: "; ")
        return report(
            ExpressionCode.argumentTypes, "'\(record.name)' is not defined for \(found)", range,
            note: "found \(found)", help: "accepted: \(accepted)")
    }

    /// Arguments brought to one common type; a problem when there is none, no type when all are untyped nulls.
    mutating func unify(
        _ parts: [Checked], _ what: String, _ range: Range<Int>
    ) -> (type: DataType?, nodes: [Node])? {
        guard let common = Conversion.common(parts.map(\.type)) else {
            var seen = Set<String>()
            let names = parts.compactMap { $0.type?.name }.filter { seen.insert($0).inserted }
            _ = report(
                ExpressionCode.noCommonType, "\(what) have no common type: \(names.joined(separator: ", "))", range,
                help: "cast them to one type, as in 'cast(x as \(names[0]))'")
            return nil
        }
        guard let type = common else { return (nil, parts.map(\.node)) }
        return (type, parts.map { Conversion.convert($0, to: type) })
    }
}
