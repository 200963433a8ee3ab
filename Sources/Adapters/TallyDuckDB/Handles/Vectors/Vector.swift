// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import TallyModel

/// A column of a chunk: borrowed memory, valid while the chunk lives.
///
/// Its memory is reached only as what DuckDB says that it is: who asks for another type gets an error when the vector is
/// taken, and who reads it as another one ends the program before it reads.
@safe struct Vector {
    private let handle: duckdb_vector?
    private let data: UnsafeMutableRawPointer
    /// Bit i of word i / 64 is 1 for a valid value; nil when all are.
    let validity: UnsafeMutablePointer<UInt64>?
    /// What the values are.
    let type: VectorType

    /// Borrows a vector whose values have to be of a type; throws where DuckDB says that they are of another one.
    init(_ handle: duckdb_vector?, as type: VectorType) throws(DuckFailure) {
        let found = unsafe VectorType(of: handle)
        guard found == type else { throw DuckFailure(wrongType: "\(found) came where \(type) was asked for") }
        unsafe self.init(handle, known: type)
    }

    private init(_ handle: duckdb_vector?, known type: VectorType) {
        unsafe self.handle = unsafe handle
        guard let data = unsafe duckdb_vector_get_data(handle) else {
            preconditionFailure("a vector without data")
        }
        unsafe self.data = unsafe data
        unsafe validity = duckdb_vector_get_validity(handle)
        self.type = type
    }

    /// The values as an array of fixed-width elements.
    @unsafe func values<Element>(as element: Element.Type) -> UnsafeMutablePointer<Element> {
        precondition(type.holds(element), "\(type) is not read as \(element)")
        return unsafe data.assumingMemoryBound(to: element)
    }

    /// The values, which are those of a type of ours.
    @unsafe func values(of wanted: DataType) -> UnsafeRawPointer {
        precondition(type == VectorType(wanted), "\(type) is not read as \(wanted)")
        return unsafe UnsafeRawPointer(data)
    }

    /// Whether a row has a value.
    func isValid(_ row: Int) -> Bool {
        guard let validity = unsafe validity else { return true }
        return unsafe validity[row >> 6] >> UInt64(row & 63) & 1 == 1
    }

    /// The elements of a list vector and their number.
    var elements: (vector: Vector, count: Int) {
        guard case .list(let element) = type else { preconditionFailure("\(type) has no elements") }
        return unsafe (
            Vector(duckdb_list_vector_get_child(handle), known: element), Int(duckdb_list_vector_get_size(handle))
        )
    }

    /// The bytes of a string or blob.
    @unsafe func bytes(at row: Int) -> UnsafeRawBufferPointer {
        precondition(type == .text || type == .bytes, "\(type) has no bytes")
        return unsafe Self.bytes(view: UnsafeRawPointer(data + 16 * row))
    }

    /// The bytes behind a sixteen-byte view, which is read in place: up to twelve lie in it, behind the length.
    @unsafe static func bytes(view: UnsafeRawPointer) -> UnsafeRawBufferPointer {
        let count = unsafe Int(view.load(as: UInt32.self))
        if count <= 12 { return unsafe UnsafeRawBufferPointer(start: view + 4, count: count) }
        return unsafe UnsafeRawBufferPointer(
            start: view.load(fromByteOffset: 8, as: UnsafeRawPointer.self), count: count)
    }

    /// A text value; nil for null.
    func text(at row: Int) -> String? {
        guard isValid(row) else { return nil }
        return unsafe String(decoding: bytes(at: row), as: UTF8.self)
    }
}
