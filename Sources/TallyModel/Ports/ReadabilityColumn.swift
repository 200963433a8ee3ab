// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The column that tells which values of a text column can be read as a type: true, false, or null where there is none.
///
/// Any engine that reads text has one for each column and type; it goes by a name that no column of data is expected to
/// have. A promise about a type is held against it, so that the rows that break it are known.
public enum ReadabilityColumn {
    private static let mark = "\u{1}reads as\u{1}"

    /// The name of the column.
    public static func name(of column: String, as type: DataType) -> String { column + mark + type.name }

    /// The column and the type that a name asks about; nil for the name of an ordinary column.
    public static func parse(_ name: String) -> (column: String, type: DataType)? {
        guard let place = name.range(of: mark), let type = DataType(name: String(name[place.upperBound...])) else {
            return nil
        }
        return (String(name[..<place.lowerBound]), type)
    }
}

extension String {
    /// The first place of a text, compared by bytes.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        let (own, wanted) = (Array(utf8), Array(text.utf8))
        guard own.count >= wanted.count else { return nil }
        for start in 0...(own.count - wanted.count) where own[start..<start + wanted.count].elementsEqual(wanted) {
            let lower = utf8.index(startIndex, offsetBy: start)
            return lower..<utf8.index(lower, offsetBy: wanted.count)
        }
        return nil
    }
}
