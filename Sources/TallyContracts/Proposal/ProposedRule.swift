// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// One rule about a column that is proposed, and why.
struct ProposedRule: Sendable {
    /// The kind of rule.
    enum Kind: Sendable, Equatable {
        /// There is a value in every row.
        case required
        /// At most so many percent are null.
        case nulls(percent: Double)
        /// NaN or infinity is allowed, since it was seen.
        case finite(allowsNaN: Bool, allowsInfinity: Bool)
        /// Values lie within bounds.
        case range(minimum: JSON?, maximum: JSON?)
        /// Texts have so many characters.
        case length(ClosedRange<Int>)
        /// Texts have a form with a name.
        case form(String)
        /// Values are among these, and each was seen so often.
        case values([JSON], leastCount: Int)
        /// Lists are vectors.
        case vector(dimensions: Int, elementType: String)
        /// Integers fit a machine format.
        case numberFormat(String)
        /// No value is there twice.
        case unique
    }

    /// The result of the rule on the rows that were held out.
    enum Trial: Sendable, Equatable {
        case kept
        /// So many of so many values broke it, and it was loosened.
        case loosened(failing: Int, of: Int)
    }

    let column: String
    var kind: Kind
    var trial = Trial.kept

    /// The name of its check.
    var check: String {
        switch kind {
        case .required: "required"
        case .nulls: "nullValues"
        case .finite: "finite"
        case .range: "range"
        case .length: "length"
        case .form: "format"
        case .values: "enum"
        case .vector: "vector"
        case .numberFormat: "numberFormat"
        case .unique: "unique"
        }
    }

    /// Whether single rows, or a count of rows, show that it is kept, so that it can be tried on held-out rows.
    var isTried: Bool {
        switch kind {
        case .required, .nulls, .finite, .range, .length, .form, .values, .vector, .numberFormat: true
        case .unique: false
        }
    }

    /// Returns the promise that a reader of the document would find; nil when the rule promises nothing.
    func promise(of object: String) -> Promise? {
        guard let arguments else { return nil }
        return Promise(
            id: "\(object).\(column).\(check)", object: object, column: column, check: check, arguments: arguments)
    }

    private var arguments: [String: JSON]? {
        switch kind {
        case .required: return [:]
        case .nulls(let percent): return ["mustBeLessOrEqualTo": .number(percent), "unit": .string("percent")]
        case .finite(true, true): return nil
        case .finite(let allowsNaN, let allowsInfinity):
            return [
                "nan": .string(allowsNaN ? "allow" : "reject"),
                "infinity": .string(allowsInfinity ? "allow" : "reject"),
            ]
        case .range(let minimum, let maximum):
            var arguments: [String: JSON] = [:]
            arguments["minimum"] = minimum
            arguments["maximum"] = maximum
            return arguments
        case .length(let range):
            var arguments: [String: JSON] = ["maximum": .int(Int64(range.upperBound))]
            if range.lowerBound > 0 { arguments["minimum"] = .int(Int64(range.lowerBound)) }
            return arguments
        case .form(let name): return ["format": .string(name)]
        case .values(let values, _): return ["values": .array(values)]
        case .vector(let dimensions, let elementType):
            return [
                "dimensions": .int(Int64(dimensions)), "elementType": .string(elementType), "normalized": .bool(false),
            ]
        case .numberFormat(let format): return ["format": .string(format)]
        case .unique: return ["columns": .array([.string(column)])]
        }
    }
}

extension JSON {
    /// A float, as an integer where it is one, which is how readers see it.
    static func number(_ value: Double) -> JSON {
        Int64(exactly: value).flatMap { $0.magnitude <= 1 << 53 ? .int($0) : nil } ?? .double(value)
    }
}
