// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB

/// Up to 2,048 rows of a result; its vectors live as long as it does.
@safe final class Chunk {
    private var handle: duckdb_data_chunk?
    /// The number of rows.
    let count: Int

    /// Takes over a handle.
    init(_ handle: duckdb_data_chunk) {
        unsafe self.handle = unsafe handle
        count = unsafe Int(duckdb_data_chunk_get_size(handle))
    }

    deinit { unsafe duckdb_destroy_data_chunk(&handle) }

    /// A column, to be used while the chunk lives.
    func vector(_ index: Int) -> Vector {
        unsafe Vector(duckdb_data_chunk_get_vector(handle, idx_t(index)))
    }
}

/// A column of a chunk: borrowed memory, valid while the chunk lives.
@safe struct Vector {
    let handle: duckdb_vector?
    let data: UnsafeMutableRawPointer
    /// Bit i of word i / 64 is 1 for a valid value; nil when all are.
    let validity: UnsafeMutablePointer<UInt64>?

    /// Borrows a vector of a chunk or the elements of a list vector.
    init(_ handle: duckdb_vector?) {
        unsafe self.handle = unsafe handle
        guard let data = unsafe duckdb_vector_get_data(handle) else {
            preconditionFailure("a vector without data")
        }
        unsafe self.data = unsafe data
        unsafe validity = duckdb_vector_get_validity(handle)
    }

    /// The values as an array of fixed-width elements.
    @unsafe func values<Element>(as type: Element.Type) -> UnsafeMutablePointer<Element> {
        unsafe data.assumingMemoryBound(to: type)
    }

    /// Whether a row has a value.
    func isValid(_ row: Int) -> Bool {
        guard let validity = unsafe validity else { return true }
        return unsafe validity[row >> 6] >> UInt64(row & 63) & 1 == 1
    }

    /// The elements of a list vector and their number.
    var elements: (vector: Vector, count: Int) {
        unsafe (Vector(duckdb_list_vector_get_child(handle)), Int(duckdb_list_vector_get_size(handle)))
    }

    /// The bytes of a string or blob.
    @unsafe func bytes(at row: Int) -> UnsafeRawBufferPointer {
        unsafe Self.bytes(view: UnsafeRawPointer(data + 16 * row))
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
