// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// An allowance that a reader of vectors asks before it uses more of a shared resource.
///
/// Who answers others decides by it how much one answer may hold, and how many answers may read sources at once.
public protocol ReadAllowance: Sendable {
    /// Asks leave for an answer to hold more bytes; throws when it may not.
    func hold(_ bytes: Int) throws(TallyError)

    /// Waits until sources may be read; throws where they may not.
    func beginReadingSources() async throws(TallyError)

    /// Called when sources are no longer read, once for each beginning.
    func endReadingSources()
}

/// An allowance without limits, for a reader that shares the machine with no other.
public struct UnboundedRead: ReadAllowance {
    /// The one there is.
    public init() {}

    /// Allows any amount of memory.
    public func hold(_ bytes: Int) {}

    /// Returns at once.
    public func beginReadingSources() async {}

    /// Has nothing to note.
    public func endReadingSources() {}
}

extension VectorLayout {
    /// Returns the approximate bytes of an answer for a number of entities, before any text or list is in it.
    ///
    /// Values of fixed width are there as words and as a column, with a status each; the others have a place each, and their
    /// bytes are asked for as they come (`ReadAllowance`).
    public func bytes(forEntities count: Int) -> Int {
        let (bytes, isBeyond) = bytesPerEntity.multipliedReportingOverflow(by: count)
        return isBeyond ? .max : bytes
    }

    /// Returns the bytes that one entity takes of an answer.
    static func bytesPerEntity(_ columns: [FeatureVectors.Column], views: Int, onDemand: Int, keys: Int) -> Int {
        let values = columns.reduce(0) { $0 + 2 * 8 + 1 + ($1.type.isFixedWidth ? 0 : placeBytes) }
        // What is computed on demand sees all columns once more.
        return (onDemand > 0 ? 2 : 1) * values + (views + onDemand) * timeBytes + keys * keyBytes
    }

    private static let placeBytes = MemoryLayout<Value>.stride + 16
    private static let timeBytes = MemoryLayout<Timestamp?>.stride
    private static let keyBytes = 96
}

extension Value {
    /// The approximate bytes that an answer takes for a text or list besides its entry: as read, in a column, and as
    /// JSON.
    ///
    /// A column that grows is there twice for a moment, and a list is taken apart on its way into one.
    var answerBytes: Int {
        switch self {
        case .null, .bool, .int32, .int64, .float32, .float64, .timestamp, .date: 0
        case .string(let text): 48 + 4 * text.utf8.count
        case .bytes(let bytes): 48 + 5 * bytes.count
        case .array(let elements): elements.reduce(48) { $0 + 96 + $1.answerBytes }
        }
    }
}
