// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyPointInTime

/// Looks up the keys of a source's chunks among the spine's entities.
@safe final class SourceKeys {
    private let spine: SpineSide
    private let times: [TimeColumnReader?]
    private let numbers = Scratch<Int64>()
    private let ids = Scratch<UInt32>()
    private var composite = CompositeKeys()

    /// `plans` are those of the key columns, in the keys' order.
    init(_ spine: SpineSide, _ plans: [ColumnPlan]) {
        self.spine = spine
        times = plans.map { $0.time.map { TimeColumnReader($0) } }
    }

    /// The dense numbers of the rows' entities, valid until the next chunk.
    @unsafe func lookUp(_ vectors: [Vector], count: Int) -> UnsafeMutablePointer<UInt32> {
        let output = unsafe ids.room(count)
        let parts = unsafe vectors.indices.map { unsafe part($0, vectors[$0], count) }
        switch spine.form {
        case .integer: unsafe lookUpNumbers(parts[0], count, output)
        case .text:
            guard case .views(let views) = unsafe parts[0].values else { break }
            unsafe spine.dictionary.lookUp(
                stringViews: views, validity: parts[0].validity, count: count, into: output)
        case .composite:
            unsafe composite.encode(parts, count: count)
            unsafe composite.withPointers { bytes, offsets, validity in
                unsafe spine.dictionary.lookUp(
                    bytes: bytes, offsets: offsets, validity: validity, count: count, into: output)
            }
        }
        return unsafe output
    }

    /// How many of the rows belong to an entity of the spine.
    func hits(_ vectors: [Vector], count: Int) -> Int {
        let found = unsafe lookUp(vectors, count: count)
        var hits = 0
        for row in 0..<count where unsafe found[row] != SpineIndex.noEntity { hits += 1 }
        return hits
    }

    private func lookUpNumbers(_ part: KeyPart, _ count: Int, _ output: UnsafeMutablePointer<UInt32>) {
        let integers: UnsafePointer<Int64>
        if case .fixed(let raw) = unsafe part.values, unsafe part.type == .int64 || part.type == .timestamp {
            unsafe integers = raw.assumingMemoryBound(to: Int64.self)
        } else {
            let widened = unsafe numbers.room(count)
            unsafe part.widen(count: count, into: widened)
            unsafe integers = UnsafePointer(widened)
        }
        unsafe spine.dictionary.lookUp(integers: integers, validity: part.validity, count: count, into: output)
    }

    private func part(_ index: Int, _ vector: Vector, _ count: Int) -> KeyPart {
        let type = spine.keys[index].type
        if let reader = times[index] {
            let (values, validity) = unsafe reader.read(vector, count: count)
            return unsafe KeyPart(type: type, values: .fixed(UnsafeRawPointer(values)), validity: validity)
        }
        let validity = unsafe vector.validity.map { unsafe UnsafePointer($0) }
        let raw = unsafe vector.values(of: type)
        switch type {
        case .string, .bytes: return unsafe KeyPart(type: type, values: .views(raw), validity: validity)
        case .bool, .int32, .int64, .date, .timestamp, .float32, .float64, .array:
            return unsafe KeyPart(type: type, values: .fixed(raw), validity: validity)
        }
    }
}
