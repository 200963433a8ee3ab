// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB

extension ArrowArray {
    /// What is wrong with the places that an array names in its children or buffers; nil when nothing is.
    ///
    /// Its lengths, buffers and children were counted already. How long the bytes behind offsets are is not said anywhere.
    func offsetProblem(_ field: ArrowField) -> String? {
        guard unsafe length > 0 else { return nil }
        switch field.format {
        case "z", "u": return unsafe rises(Int32.self, limit: nil)
        case "Z", "U": return unsafe rises(Int64.self, limit: nil)
        case "+l", "+m": return unsafe rises(Int32.self, limit: children[0]?.pointee.length ?? 0)
        case "+L": return unsafe rises(Int64.self, limit: children[0]?.pointee.length ?? 0)
        case "+vl": return unsafe partsProblem(Int32.self, limit: children[0]?.pointee.length ?? 0)
        case "+vL": return unsafe partsProblem(Int64.self, limit: children[0]?.pointee.length ?? 0)
        case "vz", "vu": return unsafe viewProblem()
        case "+r": return unsafe runProblem(field)
        default: return nil
        }
    }

    private var places: Range<Int> { unsafe Int(offset)..<Int(offset + length) }

    /// Offsets of one value behind the other.
    private func rises<Offset: FixedWidthInteger>(_ type: Offset.Type, limit: Int64?) -> String? {
        guard let start = unsafe buffers[1] else { return "lacks its offsets" }
        let offsets = unsafe start.assumingMemoryBound(to: type)
        var last = unsafe offsets[places.lowerBound]
        guard last >= 0 else { return "has an offset below 0" }
        for place in unsafe places {
            let next = unsafe offsets[place + 1]
            guard next >= last else { return "has offsets that fall" }
            last = next
        }
        if let limit { return last > limit ? "has an offset behind the end of its elements" : nil }
        return unsafe last > 0 && buffers[2] == nil ? "lacks its bytes" : nil
    }

    /// Offsets with a size each, in any order.
    private func partsProblem<Offset: FixedWidthInteger>(_ type: Offset.Type, limit: Int64) -> String? {
        guard let first = unsafe buffers[1], let second = unsafe buffers[2] else { return "lacks its offsets" }
        let (offsets, sizes) = unsafe (first.assumingMemoryBound(to: type), second.assumingMemoryBound(to: type))
        for place in unsafe places {
            let (offset, size) = unsafe (Int64(offsets[place]), Int64(sizes[place]))
            guard offset >= 0, size >= 0, offset <= limit, size <= limit - offset else {
                return "has a list outside of its elements"
            }
        }
        return nil
    }

    /// Values that stand in one of several buffers, whose sizes stand in the last one.
    private func viewProblem() -> String? {
        guard let start = unsafe buffers[1] else { return "lacks its values" }
        let count = unsafe Int(n_buffers) - 3
        let sizes = unsafe buffers[count + 2]?.assumingMemoryBound(to: Int64.self)
        if unsafe count > 0 && sizes == nil { return "lacks the sizes of its buffers" }
        let words = unsafe start.assumingMemoryBound(to: Int32.self)
        let bits = unsafe buffers[0]?.assumingMemoryBound(to: UInt8.self)
        for place in unsafe places {
            if let bits = unsafe bits, unsafe bits[place >> 3] & (1 << UInt8(place & 7)) == 0 { continue }
            let size = unsafe Int64(words[4 * place])
            guard size >= 0 else { return "has a value of a length below 0" }
            guard size > 12 else { continue }
            let (buffer, offset) = unsafe (Int(words[4 * place + 2]), Int64(words[4 * place + 3]))
            guard (0..<count).contains(buffer), let held = unsafe sizes?[buffer], offset >= 0, offset <= held,
                size <= held - offset
            else { return "has a value outside of its buffers" }
        }
        return nil
    }

    /// Ends of runs, which rise up to the last row at least.
    private func runProblem(_ field: ArrowField) -> String? {
        guard let ends = unsafe children[0]?.pointee, let values = unsafe children[1]?.pointee else {
            return "lacks a child"
        }
        func rise<End: FixedWidthInteger>(_ type: End.Type) -> String? {
            guard let start = unsafe ends.length > 0 ? ends.buffers[1] : nil else {
                return "lacks the ends of its runs"
            }
            let list = unsafe start.assumingMemoryBound(to: type)
            var last: Int64 = 0
            for place in unsafe ends.places {
                let end = unsafe Int64(list[place])
                guard end > last else { return "has runs that do not rise" }
                last = end
            }
            let (rows, runs) = unsafe (offset + length, ends.length)
            return unsafe last < rows || values.length < runs ? "has fewer runs than rows" : nil
        }
        switch field.children.first?.format {
        case "s": return rise(Int16.self)
        case "i": return rise(Int32.self)
        case "l": return rise(Int64.self)
        default: return "has ends of runs that are no whole numbers"
        }
    }
}
