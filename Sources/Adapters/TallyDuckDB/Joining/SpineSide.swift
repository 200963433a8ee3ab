// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyPointInTime

/// The spine's half of a join: its entities as dense numbers and its rows grouped by them, for views of the same keys.
struct SpineSide {
    let keys: [ColumnSchema]
    let form: KeyForm
    let dictionary: EntityDictionary
    let index: SpineIndex
    /// The key columns, in the keys' order.
    private let columns: [Column]
    /// The first row of each entity, by number.
    let firstRows: [Int]
    /// The spine's last time; nil when no row has any.
    let latestTime: Timestamp?

    /// Numbers the spine's entities.
    ///
    /// The request holds the keys; `E-invalid-data` when it does not.
    init(_ request: JoinRequest, _ keys: [ColumnSchema], subject: String) throws(TallyError) {
        self.keys = keys
        form = KeyForm(keys.map(\.type))
        var columns: [Column] = []
        for key in keys {
            guard let column = request.keys[key.name], column.type == key.type, key.type.canBeKey else {
                throw TallyError(
                    .invalidData, "the spine has no key \(key.name) of type \(key.type)", subject: subject)
            }
            columns.append(column)
        }
        let count = request.times.count
        var ids = [UInt32](repeating: 0, count: count + 1)
        let dictionary = EntityDictionary(form.dictionaryForm)
        guard case .int64(let times) = request.times.storage else { preconditionFailure("times are 64-bit numbers") }
        let validity = request.times.validity.words
        let form = form
        self.columns = columns
        (index, firstRows) = unsafe ids.withUnsafeMutableBufferPointer { ids in
            guard let ids = ids.baseAddress else { preconditionFailure("a vector without memory") }
            unsafe Self.insert(columns, form, count, dictionary, ids)
            return unsafe times.withUnsafeBufferPointer { times in
                unsafe withWords(validity) { validity in
                    // The address of an empty vector is never read from.
                    let none = unsafe UnsafeMutableRawPointer(ids).assumingMemoryBound(to: Int64.self)
                    let index = unsafe SpineIndex(
                        entities: ids, times: times.baseAddress ?? UnsafePointer(none), timeValidity: validity,
                        count: count, entityCount: dictionary.count)
                    return unsafe (index, Self.firstRows(ids, count, entityCount: dictionary.count))
                }
            }
        }
        self.dictionary = dictionary
        let present = request.times.validity
        latestTime = times.indices.lazy.filter { present[$0] }.map { times[$0] }.max().map {
            Timestamp(microseconds: $0)
        }
    }

    /// The key columns with each entity once.
    func distinctKeys() -> [Column] { columns.map { $0.selecting(firstRows) } }

    /// Entities are numbered in the order of their first rows.
    private static func firstRows(_ ids: UnsafePointer<UInt32>, _ count: Int, entityCount: Int) -> [Int] {
        var rows: [Int] = []
        rows.reserveCapacity(entityCount)
        for row in 0..<count where unsafe ids[row] != SpineIndex.noEntity && Int(ids[row]) == rows.count {
            rows.append(row)
        }
        return rows
    }

    private static func insert(
        _ columns: [Column], _ form: KeyForm, _ count: Int, _ dictionary: EntityDictionary,
        _ ids: UnsafeMutablePointer<UInt32>
    ) {
        unsafe withParts(columns[...], []) { parts in
            switch form {
            case .integer:
                var numbers = [Int64](repeating: 0, count: count + 1)
                unsafe numbers.withUnsafeMutableBufferPointer { numbers in
                    guard let numbers = numbers.baseAddress else { return }
                    unsafe parts[0].widen(count: count, into: numbers)
                    unsafe dictionary.insert(
                        integers: numbers, validity: parts[0].validity, count: count, into: ids)
                }
            case .text:
                guard case .runs(let offsets, let bytes) = unsafe parts[0].values else { return }
                let starts = (0...count).map { unsafe Int64(offsets[$0]) }
                unsafe starts.withUnsafeBufferPointer { starts in
                    guard let starts = starts.baseAddress else { return }
                    unsafe dictionary.insert(
                        bytes: bytes, offsets: starts, validity: parts[0].validity, count: count, into: ids)
                }
            case .composite:
                var keys = CompositeKeys()
                unsafe keys.encode(parts, count: count)
                unsafe keys.withPointers { bytes, offsets, validity in
                    unsafe dictionary.insert(
                        bytes: bytes, offsets: offsets, validity: validity, count: count, into: ids)
                }
            }
        }
    }

    /// Borrows columns as key parts, one closure deeper for each.
    private static func withParts(_ columns: ArraySlice<Column>, _ parts: [KeyPart], _ body: ([KeyPart]) -> Void) {
        guard let column = columns.first else { return unsafe body(parts) }
        unsafe withWords(column.validity.words) { validity in
            func borrow(_ values: KeyPart.Values) {
                let part = unsafe KeyPart(type: column.type, values: values, validity: validity)
                unsafe withParts(columns.dropFirst(), parts + [part], body)
            }
            let empty: [UInt8] = [0]
            unsafe empty.withUnsafeBytes { empty in
                guard let none = empty.baseAddress else { return }
                switch column.storage {
                case .bool(let values):
                    unsafe values.withUnsafeBytes { unsafe borrow(.fixed($0.baseAddress ?? none)) }
                case .int32(let values):
                    unsafe values.withUnsafeBytes { unsafe borrow(.fixed($0.baseAddress ?? none)) }
                case .int64(let values):
                    unsafe values.withUnsafeBytes { unsafe borrow(.fixed($0.baseAddress ?? none)) }
                case .bytes(let offsets, let bytes):
                    unsafe offsets.withUnsafeBufferPointer { offsets in
                        unsafe bytes.withUnsafeBytes { bytes in
                            guard let offsets = offsets.baseAddress else { return }
                            let start = unsafe (bytes.baseAddress ?? none).assumingMemoryBound(to: UInt8.self)
                            unsafe borrow(.runs(offsets: offsets, bytes: start))
                        }
                    }
                case .float32, .float64, .array: preconditionFailure("a key of type \(column.type)")
                }
            }
        }
    }
}

extension KeyForm {
    /// The form of the dictionary's keys.
    var dictionaryForm: EntityDictionary.KeyForm {
        switch self {
        case .integer: .integer
        case .text, .composite: .bytes
        }
    }
}

extension CompositeKeys {
    /// Borrows the encoded keys.
    @unsafe func withPointers(
        _ body: (UnsafePointer<UInt8>, UnsafePointer<Int64>, UnsafePointer<UInt64>?) -> Void
    ) {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe offsets.withUnsafeBufferPointer { offsets in
                unsafe validity.withUnsafeBufferPointer { validity in
                    guard let bytes = bytes.baseAddress, let offsets = offsets.baseAddress else { return }
                    unsafe body(bytes, offsets, validity.baseAddress)
                }
            }
        }
    }
}

/// Borrows validity words; nil when there are none.
@unsafe func withWords<Output>(_ words: [UInt64]?, _ body: (UnsafePointer<UInt64>?) -> Output) -> Output {
    guard let words else { return body(nil) }
    return unsafe words.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
}
