// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB

extension ArrowArray {
    /// More rows than memory has room for: a length beyond it is no length.
    static let mostRows: Int64 = 1 << 48

    /// What is wrong with an array that came from outside, as far as it can be seen; nil when nothing is.
    ///
    /// The interface gives no sizes of buffers, so that one that is too short cannot be seen.
    func problem(as field: ArrowField, rows: Int64 = 0) -> String? {
        guard let shape = try? field.shape() else { return "is of a type that is not taken" }
        guard unsafe (0...Self.mostRows).contains(length), unsafe (0...Self.mostRows).contains(offset),
            unsafe null_count >= -1, unsafe length >= rows
        else { return "has a length that cannot be" }
        let count = unsafe Int(n_buffers)
        guard shape.mayHaveMore ? count >= shape.buffers : count == shape.buffers else {
            return "has \(count) buffers, and its type has \(shape.buffers)"
        }
        guard unsafe count == 0 || buffers != nil else { return "lacks its buffers" }
        if unsafe shape.hasValidity && null_count > 0 && buffers[0] == nil { return "lacks the bits of its nulls" }
        for index in shape.needed {
            if unsafe length > 0 && buffers[index] == nil { return "lacks its values" }
        }
        guard unsafe n_children == Int64(field.children.count) else {
            return unsafe "has \(n_children) children, and its type has \(field.children.count)"
        }
        for (index, child) in field.children.enumerated() {
            guard let array = unsafe children?[index] else { return "lacks a child" }
            let needed = unsafe childRows(field, index)
            if let problem = unsafe array.pointee.problem(as: child, rows: needed) { return problem }
        }
        return unsafe offsetProblem(field) ?? dictionaryProblem(field)
    }

    /// The rows that a child must have at least.
    private func childRows(_ field: ArrowField, _ index: Int) -> Int64 {
        if field.format == "+s" { return unsafe length + offset }
        guard field.format.hasPrefix("+w:"), let width = Int64(field.format.dropFirst(3)) else { return 0 }
        let (rows, overflow) = unsafe (length + offset).multipliedReportingOverflow(by: width)
        return overflow ? .max : rows
    }

    /// Indices that lead out of their dictionary would read what is nobody's.
    private func dictionaryProblem(_ field: ArrowField) -> String? {
        guard let values = field.dictionary.first else {
            return unsafe dictionary == nil ? nil : "has a dictionary, and its type has none"
        }
        guard let array = unsafe dictionary else { return "lacks its dictionary" }
        if let problem = unsafe array.pointee.problem(as: values) { return problem }
        guard unsafe length > 0 else { return nil }
        guard let start = unsafe buffers[1] else { return "lacks its values" }
        let (first, behind) = unsafe (Int(offset), Int(offset + length))
        let size = unsafe array.pointee.length
        let bits = unsafe buffers[0]?.assumingMemoryBound(to: UInt8.self)
        func leadsOut<Index: FixedWidthInteger>(_ type: Index.Type) -> Bool {
            let indices = unsafe start.assumingMemoryBound(to: type)
            for row in first..<behind {
                if let bits = unsafe bits, unsafe bits[row >> 3] & (1 << UInt8(row & 7)) == 0 { continue }
                guard let index = unsafe Int64(exactly: indices[row]), (0..<size).contains(index) else { return true }
            }
            return false
        }
        let isBroken =
            switch field.indexBytes {
            case -1: leadsOut(Int8.self)
            case 1: leadsOut(UInt8.self)
            case -2: leadsOut(Int16.self)
            case 2: leadsOut(UInt16.self)
            case -4: leadsOut(Int32.self)
            case 4: leadsOut(UInt32.self)
            case -8: leadsOut(Int64.self)
            case 8: leadsOut(UInt64.self)
            case nil, .some: true
            }
        return isBroken ? "has an index outside of its dictionary" : nil
    }
}
