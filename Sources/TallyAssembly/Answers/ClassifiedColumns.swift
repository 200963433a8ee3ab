// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyContracts
public import TallyModel

/// The columns of a table whose values a contract classifies, so that they are withheld from reports.
public struct ClassifiedColumns: Sendable {
    private let classifications: [String: String]
    /// The classification of every column; nil where each has its own.
    private let all: String?

    /// Reads the `classification` of each property; `public` is none.
    ///
    /// A view's values are made of its source's: they are all withheld where the contract of the source classifies a column.
    public init(_ contract: Contract, object name: String, ofViewOver source: Contract?) {
        classifications = Self.words(contract.document, object: name)
        all = (source.map { Self.words($0.document, object: nil).values.sorted() } ?? []).first
    }

    private static func words(_ document: JSON, object name: String?) -> [String: String] {
        var found: [String: String] = [:]
        for object in document["schema"]?.arrayValue ?? [] where name == nil || object["name"]?.stringValue == name {
            for property in object["properties"]?.arrayValue ?? [] {
                guard let word = property["classification"]?.stringValue, word.lowercased() != "public" else {
                    continue
                }
                for key in ["name", "physicalName"] { if let name = property[key]?.stringValue { found[name] = word } }
            }
        }
        return found
    }

    /// Returns the classification of a column by its name in the data; nil when its values may be shown.
    public func classification(of column: String) -> String? { all ?? classifications[column] }

    /// `amount: -2.5, card: withheld (restricted)`.
    public func text(of cells: [FailingRow.Cell]) -> String {
        cells.map { cell in
            "\(cell.column): " + (classification(of: cell.column).map { "withheld (\($0))" } ?? cell.text)
        }.joined(separator: ", ")
    }
}
