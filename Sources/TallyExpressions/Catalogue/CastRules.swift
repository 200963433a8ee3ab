// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The conversions between two types, with their rules in words; any other conversion does not exist.
enum CastRules {
    /// One cast.
    struct Rule: Sendable {
        let from: DataType
        let to: DataType
        let kernel: Kernel
        let summary: String
        var canFail = false
    }

    /// The cast between two types, nil when there is none; a type casts to itself unchanged.
    static func rule(from: DataType, to: DataType) -> Rule? { rules.first { $0.from == from && $0.to == to } }

    /// All casts between different types.
    static let rules: [Rule] = toNumber + fromText + toText + times

    private static let rounds = "rounded half to even; NaN, infinities and what does not fit fail"
    private static let nearest = "the nearest value, half to even"

    private static let toNumber: [Rule] = [
        Rule(from: .bool, to: .int32, kernel: .unary { (x: Bool, _) -> Int32? in x ? 1 : 0 }, summary: "0 or 1"),
        Rule(from: .bool, to: .int64, kernel: .unary { (x: Bool, _) -> Int64? in x ? 1 : 0 }, summary: "0 or 1"),
        Rule(from: .bool, to: .float32, kernel: .unary { (x: Bool, _) -> Float? in x ? 1 : 0 }, summary: "0 or 1"),
        Rule(from: .bool, to: .float64, kernel: .unary { (x: Bool, _) -> Double? in x ? 1 : 0 }, summary: "0 or 1"),
        Rule(
            from: .int32, to: .bool, kernel: .unary { (x: Int32, _) -> Bool? in x != 0 }, summary: "whether it is not 0"
        ),
        Rule(
            from: .int64, to: .bool, kernel: .unary { (x: Int64, _) -> Bool? in x != 0 }, summary: "whether it is not 0"
        ),
        Rule(from: .int32, to: .int64, kernel: .unary { (x: Int32, _) -> Int64? in Int64(x) }, summary: "exact"),
        Rule(from: .int32, to: .float32, kernel: .unary { (x: Int32, _) -> Float? in Float(x) }, summary: nearest),
        Rule(from: .int32, to: .float64, kernel: .unary { (x: Int32, _) -> Double? in Double(x) }, summary: "exact"),
        Rule(
            from: .int64, to: .int32,
            kernel: .unary { (x: Int64, finding) -> Int32? in present(Int32(exactly: x), &finding) },
            summary: "exact; what does not fit fails", canFail: true),
        Rule(from: .int64, to: .float32, kernel: .unary { (x: Int64, _) -> Float? in Float(x) }, summary: nearest),
        Rule(from: .int64, to: .float64, kernel: .unary { (x: Int64, _) -> Double? in Double(x) }, summary: nearest),
        Rule(
            from: .float32, to: .int32,
            kernel: .unary { (x: Float, finding) -> Int32? in present(whole(x), &finding) }, summary: rounds,
            canFail: true),
        Rule(
            from: .float32, to: .int64,
            kernel: .unary { (x: Float, finding) -> Int64? in present(whole(x), &finding) }, summary: rounds,
            canFail: true),
        Rule(from: .float32, to: .float64, kernel: .unary { (x: Float, _) -> Double? in Double(x) }, summary: "exact"),
        Rule(
            from: .float64, to: .int32,
            kernel: .unary { (x: Double, finding) -> Int32? in present(whole(x), &finding) }, summary: rounds,
            canFail: true),
        Rule(
            from: .float64, to: .int64,
            kernel: .unary { (x: Double, finding) -> Int64? in present(whole(x), &finding) }, summary: rounds,
            canFail: true),
        Rule(
            from: .float64, to: .float32,
            kernel: .unary { (x: Double, finding) -> Float? in
                let narrow = Float(x)
                return present(narrow.isFinite || !x.isFinite ? narrow.canonical : nil, &finding)
            },
            summary: "the nearest value, half to even; finite values beyond the range fail", canFail: true),
    ]

    private static let fromText: [Rule] = [
        Rule(
            from: .string, to: .bool,
            kernel: .unary { (text: Bytes, finding) -> Bool? in present(NumberText.bool(text), &finding) },
            summary: "`true` or `false` in any letter case; anything else fails", canFail: true),
        Rule(
            from: .string, to: .int32,
            kernel: .unary { (text: Bytes, finding) -> Int32? in present(NumberText.integer(text), &finding) },
            summary: "an optional sign and digits, nothing else; anything else fails", canFail: true),
        Rule(
            from: .string, to: .int64,
            kernel: .unary { (text: Bytes, finding) -> Int64? in present(NumberText.integer(text), &finding) },
            summary: "an optional sign and digits, nothing else; anything else fails", canFail: true),
        Rule(
            from: .string, to: .float32,
            kernel: .unary { (text: Bytes, finding) -> Float? in present(NumberText.floating(text), &finding) },
            summary: "a decimal number with optional exponent, `nan`, `inf`, `-inf`; anything else, or beyond the "
                + "range, fails", canFail: true),
        Rule(
            from: .string, to: .float64,
            kernel: .unary { (text: Bytes, finding) -> Double? in present(NumberText.floating(text), &finding) },
            summary: "a decimal number with optional exponent, `nan`, `inf`, `-inf`; anything else, or beyond the "
                + "range, fails", canFail: true),
        Rule(
            from: .string, to: .timestamp,
            kernel: .unary { (text: Bytes, finding) -> Int64? in
                present(Timestamp(String(decoding: text, as: UTF8.self))?.microseconds, &finding)
            },
            summary: "RFC 3339 with an offset, such as `2013-01-31T05:00:00Z`; anything else fails", canFail: true),
        Rule(
            from: .string, to: .date,
            kernel: .unary { (text: Bytes, finding) -> Int32? in
                present(CalendarDate(String(decoding: text, as: UTF8.self))?.days, &finding)
            },
            summary: "`2013-01-31`; anything else fails", canFail: true),
        Rule(from: .string, to: .bytes, kernel: .unary { (text: Bytes, _) -> Bytes? in text }, summary: "its UTF-8"),
        Rule(
            from: .bytes, to: .string,
            kernel: .unary { (bytes: Bytes, finding) -> Bytes? in
                present(String(validating: bytes, as: UTF8.self) == nil ? nil : bytes, &finding)
            },
            summary: "read as UTF-8; anything else fails", canFail: true),
    ]

    private static let toText: [Rule] = [
        Rule(
            from: .bool, to: .string, kernel: .unary { (x: Bool, _) -> Bytes? in Bytes((x ? "true" : "false").utf8) },
            summary: "`true` or `false`"),
        Rule(
            from: .int32, to: .string, kernel: .unary { (x: Int32, _) -> Bytes? in Bytes(String(x).utf8) },
            summary: "decimal digits"),
        Rule(
            from: .int64, to: .string, kernel: .unary { (x: Int64, _) -> Bytes? in Bytes(String(x).utf8) },
            summary: "decimal digits"),
        Rule(
            from: .float32, to: .string, kernel: .unary { (x: Float, _) -> Bytes? in Bytes(NumberText.text(x).utf8) },
            summary:
                "the shortest decimal that reads back as the same value, plain from 1e-4 to below 1e16, else with an "
                + "exponent: `1.0`, `1e-07`, `nan`, `-inf`"),
        Rule(
            from: .float64, to: .string, kernel: .unary { (x: Double, _) -> Bytes? in Bytes(NumberText.text(x).utf8) },
            summary:
                "the shortest decimal that reads back as the same value, plain from 1e-4 to below 1e16, else with an "
                + "exponent: `1.0`, `1e-07`, `nan`, `-inf`"),
        Rule(
            from: .timestamp, to: .string,
            kernel: .unary { (x: Int64, _) -> Bytes? in Bytes(Timestamp(microseconds: x).description.utf8) },
            summary: "RFC 3339 in UTC: `2013-01-31T05:00:00Z`, with 3 or 6 digits of a fraction unless it is 0"),
        Rule(
            from: .date, to: .string,
            kernel: .unary { (x: Int32, _) -> Bytes? in Bytes(CalendarDate(days: x).description.utf8) },
            summary: "`2013-01-31`"),
    ]

    private static let times: [Rule] = [
        Rule(
            from: .timestamp, to: .date, kernel: .unary { (x: Int64, _) -> Int32? in TimeKernels.day(of: x) },
            summary: "the day in UTC"),
        Rule(
            from: .date, to: .timestamp,
            kernel: .unary { (days: Int32, finding) -> Int64? in
                let (instant, overflow) = Int64(days).multipliedReportingOverflow(by: 86_400_000_000)
                return present(overflow ? nil : instant, &finding)
            },
            summary: "midnight in UTC; what does not fit fails", canFail: true),
    ]

    @inline(__always)
    private static func present<T>(_ value: T?, _ finding: inout EvaluationFinding) -> T? {
        if value == nil { finding.insert(.failedCast) }
        return value
    }

    @inline(__always)
    private static func whole<From: BinaryFloatingPoint, To: FixedWidthInteger>(_ value: From) -> To? {
        To(exactly: value.rounded(.toNearestOrEven))
    }
}
