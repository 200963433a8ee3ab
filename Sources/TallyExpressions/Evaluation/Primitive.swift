// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// A type the kernels compute with; the bridge between the erased operands and typed loops.
protocol Primitive: Sendable {
    /// The value that fills the slot of a null.
    static var zero: Self { get }
    /// The typed value of a scalar of this type; nil for null.
    static func read(_ scalar: Scalar) -> Self?
    /// The typed values of an operand of this type.
    static func read(_ operand: Operand) -> Reader<Self>
    /// Erases one value.
    var scalar: Scalar { get }
    /// Erases values.
    static func operand(_ values: [Self], _ validity: Validity) -> Operand
}

/// Typed access to an operand: a constant stays one value.
struct Reader<Element: Primitive> {
    private let constant: Element?
    private let values: [Element]
    private let validity: Validity
    private let isConstant: Bool

    init(constant: Element?) {
        self.constant = constant
        values = []
        validity = Validity(allPresent: 0)
        isConstant = true
    }

    init(_ values: [Element], _ validity: Validity) {
        constant = nil
        self.values = values
        self.validity = validity
        isConstant = false
    }

    /// The value at a row, nil when null.
    @inline(__always) subscript(row: Int) -> Element? {
        isConstant ? constant : validity[row] ? values[row] : nil
    }
}

/// The type checker chose a kernel for another type: a broken assumption of this room.
private func mismatch(_ found: some Any, _ expected: any Primitive.Type) -> Never {
    preconditionFailure("a kernel for \(expected) was given \(found)")
}

extension Bool: Primitive {
    static var zero: Bool { false }
    static func read(_ scalar: Scalar) -> Bool? {
        if case .bool(let value) = scalar { return value }
        if scalar.isNull { return nil }
        mismatch(scalar, Self.self)
    }
    static func read(_ operand: Operand) -> Reader<Bool> {
        if case .bool(let values, let validity) = operand { return Reader(values, validity) }
        if case .constant(let scalar) = operand { return Reader(constant: read(scalar)) }
        mismatch(operand, Self.self)
    }
    var scalar: Scalar { .bool(self) }
    static func operand(_ values: [Bool], _ validity: Validity) -> Operand { .bool(values, validity) }
}

extension Int32: Primitive {
    static func read(_ scalar: Scalar) -> Int32? {
        if case .int32(let value) = scalar { return value }
        if scalar.isNull { return nil }
        mismatch(scalar, Self.self)
    }
    static func read(_ operand: Operand) -> Reader<Int32> {
        if case .int32(let values, let validity) = operand { return Reader(values, validity) }
        if case .constant(let scalar) = operand { return Reader(constant: read(scalar)) }
        mismatch(operand, Self.self)
    }
    var scalar: Scalar { .int32(self) }
    static func operand(_ values: [Int32], _ validity: Validity) -> Operand { .int32(values, validity) }
}

extension Int64: Primitive {
    static func read(_ scalar: Scalar) -> Int64? {
        if case .int64(let value) = scalar { return value }
        if scalar.isNull { return nil }
        mismatch(scalar, Self.self)
    }
    static func read(_ operand: Operand) -> Reader<Int64> {
        if case .int64(let values, let validity) = operand { return Reader(values, validity) }
        if case .constant(let scalar) = operand { return Reader(constant: read(scalar)) }
        mismatch(operand, Self.self)
    }
    var scalar: Scalar { .int64(self) }
    static func operand(_ values: [Int64], _ validity: Validity) -> Operand { .int64(values, validity) }
}

extension Float: Primitive {
    static func read(_ scalar: Scalar) -> Float? {
        if case .float32(let value) = scalar { return value }
        if scalar.isNull { return nil }
        mismatch(scalar, Self.self)
    }
    static func read(_ operand: Operand) -> Reader<Float> {
        if case .float32(let values, let validity) = operand { return Reader(values, validity) }
        if case .constant(let scalar) = operand { return Reader(constant: read(scalar)) }
        mismatch(operand, Self.self)
    }
    var scalar: Scalar { .float32(self) }
    static func operand(_ values: [Float], _ validity: Validity) -> Operand { .float32(values, validity) }
}

extension Double: Primitive {
    static func read(_ scalar: Scalar) -> Double? {
        if case .float64(let value) = scalar { return value }
        if scalar.isNull { return nil }
        mismatch(scalar, Self.self)
    }
    static func read(_ operand: Operand) -> Reader<Double> {
        if case .float64(let values, let validity) = operand { return Reader(values, validity) }
        if case .constant(let scalar) = operand { return Reader(constant: read(scalar)) }
        mismatch(operand, Self.self)
    }
    var scalar: Scalar { .float64(self) }
    static func operand(_ values: [Double], _ validity: Validity) -> Operand { .float64(values, validity) }
}

extension Bytes: Primitive {
    static var zero: Bytes { [] }
    static func read(_ scalar: Scalar) -> Bytes? {
        if case .bytes(let value) = scalar { return value }
        if scalar.isNull { return nil }
        mismatch(scalar, Self.self)
    }
    static func read(_ operand: Operand) -> Reader<Bytes> {
        if case .bytes(let values, let validity) = operand { return Reader(values, validity) }
        if case .constant(let scalar) = operand { return Reader(constant: read(scalar)) }
        mismatch(operand, Self.self)
    }
    var scalar: Scalar { .bytes(self) }
    static func operand(_ values: [Bytes], _ validity: Validity) -> Operand { .bytes(values, validity) }
}
