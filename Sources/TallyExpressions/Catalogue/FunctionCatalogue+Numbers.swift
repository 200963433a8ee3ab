// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension FunctionCatalogue {
    static let arithmetic: [FunctionRecord] = [
        operation(
            "+", "x + y",
            numeric(
                2, IntegerKernels.add(Int32.self), IntegerKernels.add(Int64.self), FloatingKernels.add(Float.self),
                FloatingKernels.add(Double.self)), "Sum.", .overflow),
        operation(
            "-", "x - y",
            numeric(
                2, IntegerKernels.subtract(Int32.self), IntegerKernels.subtract(Int64.self),
                FloatingKernels.subtract(Float.self), FloatingKernels.subtract(Double.self)), "Difference.", .overflow),
        operation(
            "*", "x * y",
            numeric(
                2, IntegerKernels.multiply(Int32.self), IntegerKernels.multiply(Int64.self),
                FloatingKernels.multiply(Float.self), FloatingKernels.multiply(Double.self)), "Product.", .overflow),
        operation(
            "/", "x / y", [Signature([.float64, .float64], .float64, FloatingKernels.divide)],
            "Quotient, always float64.", [.divisionByZero, .overflow]),
        operation(
            "//", "x // y",
            [
                Signature([.int32, .int32], .int32, IntegerKernels.divide(Int32.self)),
                Signature([.int64, .int64], .int64, IntegerKernels.divide(Int64.self)),
            ], "Whole quotient, rounded toward zero.", [.divisionByZero, .overflow]),
        operation("%", "x % y", remainders, "Remainder of `//` with the sign of x; exact for floats.", .divisionByZero),
        operation(
            "unary -", "-x",
            numeric(
                1, IntegerKernels.negate(Int32.self), IntegerKernels.negate(Int64.self),
                FloatingKernels.negate(Float.self), FloatingKernels.negate(Double.self)), "Opposite.", .overflow),
        operation("unary +", "+x", identities, "The number itself."),
    ]

    private static func operation(
        _ name: String, _ notation: String, _ signatures: [Signature], _ summary: String,
        _ findings: EvaluationFinding = []
    ) -> FunctionRecord {
        FunctionRecord(
            name: name, group: .arithmetic, notation: notation, form: .signatures(signatures), summary: summary,
            findings: findings, isFunction: false)
    }

    private static func function(
        _ name: String, _ notation: String, _ signatures: [Signature], _ summary: String,
        _ findings: EvaluationFinding = []
    ) -> FunctionRecord {
        FunctionRecord(
            name: name, group: .mathematics, notation: notation, form: .signatures(signatures), summary: summary,
            findings: findings)
    }

    private static func numeric(
        _ count: Int, _ int32: Kernel, _ int64: Kernel, _ float32: Kernel, _ float64: Kernel
    ) -> [Signature] {
        [(DataType.int32, int32), (.int64, int64), (.float32, float32), (.float64, float64)].map {
            Signature([DataType](repeating: $0.0, count: count), $0.0, $0.1)
        }
    }

    private static let remainders = numeric(
        2, IntegerKernels.remainder(Int32.self), IntegerKernels.remainder(Int64.self),
        FloatingKernels.remainder(Float.self), FloatingKernels.remainder(Double.self))

    private static let identities = numeric(
        1, IntegerKernels.identity(Int32.self), IntegerKernels.identity(Int64.self),
        IntegerKernels.identity(Float.self), IntegerKernels.identity(Double.self))

    private static func rounded(_ rule: FloatingPointRoundingRule) -> [Signature] {
        numeric(
            1, IntegerKernels.identity(Int32.self), IntegerKernels.identity(Int64.self),
            FloatingKernels.rounded(Float.self, rule), FloatingKernels.rounded(Double.self, rule))
    }

    private static func real(_ kernel: Kernel) -> [Signature] { [Signature([.float64], .float64, kernel)] }

    private static let orderedTypes: [DataType] = [.int32, .int64, .float32, .float64, .string, .date, .timestamp]

    static let mathematics: [FunctionRecord] = [
        function(
            "abs", "abs(x)",
            numeric(
                1, IntegerKernels.abs(Int32.self), IntegerKernels.abs(Int64.self), FloatingKernels.abs(Float.self),
                FloatingKernels.abs(Double.self)), "Magnitude.", .overflow),
        function(
            "sign", "sign(x)",
            numeric(
                1, IntegerKernels.sign(Int32.self), IntegerKernels.sign(Int64.self),
                FloatingKernels.sign(Float.self), FloatingKernels.sign(Double.self)), "-1, 0 or 1; NaN stays NaN."),
        function("ceil", "ceil(x)", rounded(.up), "The smallest whole number not below x; whole numbers stay."),
        function("floor", "floor(x)", rounded(.down), "The largest whole number not above x; whole numbers stay."),
        function(
            "round", "round(x[, digits])",
            rounded(.toNearestOrAwayFromZero)
                + [
                    Signature([.int32, .int32], .int32, IntegerKernels.round(Int32.self)),
                    Signature([.int64, .int32], .int64, IntegerKernels.round(Int64.self)),
                    Signature([.float32, .int32], .float32, FloatingKernels.round(Float.self)),
                    Signature([.float64, .int32], .float64, FloatingKernels.round(Double.self)),
                ],
            "Half away from zero. With digits: `round(x * 10^d) / 10^d` in float64 arithmetic, x itself where that "
                + "is not finite; negative digits round to tens, hundreds, ...", .overflow),
        function("mod", "mod(x, y)", remainders, "The same as `x % y`.", .divisionByZero),
        function(
            "sqrt", "sqrt(x)", real(FloatingKernels.function { $0.squareRoot() }), "Square root, correctly rounded.",
            .undefinedResult),
        function("ln", "ln(x)", real(FloatingKernels.function(MathLibrary.ln)), "Natural logarithm.", .undefinedResult),
        function(
            "log10", "log10(x)", real(FloatingKernels.function(MathLibrary.log10)), "Decimal logarithm.",
            .undefinedResult),
        function(
            "exp", "exp(x)", real(FloatingKernels.function(raising: .overflow, MathLibrary.exp)), "e to the x.",
            .overflow),
        function(
            "pow", "pow(x, y)", [Signature([.float64, .float64], .float64, FloatingKernels.pow)], "x to the y.",
            [.divisionByZero, .overflow, .undefinedResult]),
        function("sin", "sin(x)", real(FloatingKernels.function(MathLibrary.sin)), "Sine of x in radians."),
        function("cos", "cos(x)", real(FloatingKernels.function(MathLibrary.cos)), "Cosine of x in radians."),
        function("tan", "tan(x)", real(FloatingKernels.function(MathLibrary.tan)), "Tangent of x in radians."),
        function(
            "atan2", "atan2(y, x)", [Signature([.float64, .float64], .float64, FloatingKernels.atan2)],
            "Angle of the point (x, y) in radians, from -π to π; 0 for the origin."),
        function(
            "radians", "radians(x)", real(FloatingKernels.function(raising: .overflow) { $0 * (Double.pi / 180) }),
            "Degrees to radians: `x * (π / 180)`."),
        function(
            "degrees", "degrees(x)", real(FloatingKernels.function(raising: .overflow) { $0 * (180 / Double.pi) }),
            "Radians to degrees: `x * (180 / π)`.", .overflow),
        FunctionRecord(
            name: "greatest", group: .mathematics, notation: "greatest(x, ...)",
            form: .uniform(uniform(1, nil, nil, .greatest, types: orderedTypes)),
            nulls: "nulls are skipped; null if all are null", summary: "The largest value; NaN is the largest number."),
        FunctionRecord(
            name: "least", group: .mathematics, notation: "least(x, ...)",
            form: .uniform(uniform(1, nil, nil, .least, types: orderedTypes)),
            nulls: "nulls are skipped; null if all are null", summary: "The smallest value."),
        function(
            "clamp", "clamp(x, low, high)",
            numeric(
                3, FloatingKernels.clamp(Int32.self) { _ in false }, FloatingKernels.clamp(Int64.self) { _ in false },
                FloatingKernels.clamp(Float.self) { $0.isNaN }, FloatingKernels.clamp(Double.self) { $0.isNaN }),
            "x moved into the bounds; NaN anywhere gives NaN; undefined when low is above high.", .undefinedResult),
    ]
}
