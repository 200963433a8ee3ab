// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One number about all rows of a table, which an engine may know how to get without handing over the rows.
public enum Measure: Sendable, Hashable {
    /// The number of rows.
    case rows
    /// The number of rows with no value in a column.
    case nulls(String)
    /// The number of rows that fail at least one of some tests.
    case failures([RowTest])
    /// The number of distinct combinations of values in some columns, over rows in which none of them is null.
    case distinct([String])
    /// The number of rows beyond the first of each combination of values, over rows in which no column is null.
    case surplus([String])
    /// The smallest value; nulls and NaN are left out. Texts are decimal numbers, and are compared as such.
    case minimum(String)
    /// The largest value; nulls and NaN are left out. Texts are decimal numbers, and are compared as such.
    case maximum(String)
    /// The sum of a column of integers or floats; nulls are left out, and NaN makes it NaN.
    ///
    /// Exact for integers, then rounded once; floats are added row by row with Neumaier's compensation.
    case sum(String)
    /// The latest instant of a time column that is not after another instant.
    case latest(String, notAfter: Timestamp)
    /// The longest time without a row between the first row and an instant, over rows not after it.
    case longestGap(String, until: Timestamp)
    /// The number of keys over rows with a time not after `now`, and the number whose latest row is before `since`.
    case staleKeys([String], time: String, since: Timestamp, now: Timestamp)
    /// The smallest number such that at least a share `q` of the values are not above it (nearest rank); nulls and NaN are
    /// left out. Texts are decimal numbers, and are compared as such.
    case quantile(String, Double)
    /// The smallest time such that at least a share `q` of the rows have not more of it between two time columns.
    case lag(from: String, to: String, Double)
    /// The number of rows whose values in some columns no row of another table has; rows with a null are left out.
    ///
    /// Texts are compared by bytes. Columns whose values cannot be compared exactly are `E-invalid-data`.
    case orphans([String], ReferredColumns)
    /// The one number that a read-only query in the engine's SQL gives; the tables have these names in it.
    ///
    /// One statement, which only reads; no row, more than one value or what is no number is `E-invalid-data`.
    case query(String, [String: TableReference])
}

extension Measure {
    /// Whether it may fail for a reason of its own, a query or another table, so that it is asked for alone.
    public var standsAlone: Bool {
        switch self {
        case .query, .orphans: true
        case .rows, .nulls, .failures, .distinct, .surplus, .minimum, .maximum, .sum, .latest, .longestGap, .staleKeys,
            .quantile, .lag:
            false
        }
    }
}

/// Columns of another table that values are looked for in.
public struct ReferredColumns: Sendable, Hashable {
    /// The table.
    public let table: TableReference
    /// The names in its data, in the order of the columns that refer to them.
    public let names: [String]
    /// The types that are promised of its columns, by their names in the data: columns of text files are read so.
    public let types: [ColumnSchema]

    /// Names columns of a table.
    public init(_ table: TableReference, _ names: [String], types: [ColumnSchema] = []) {
        self.table = table
        self.names = names
        self.types = types
    }
}

/// Numbers to be taken from a table in as few looks as possible.
public struct MeasureRequest: Sendable, Hashable {
    /// The table.
    public let table: TableReference
    /// The types of columns that the files alone do not settle; the others are read as the files give them.
    public let types: [ColumnSchema]
    /// The measures to take.
    public let measures: [Measure]

    /// Asks for numbers.
    public init(table: TableReference, types: [ColumnSchema] = [], measures: [Measure]) {
        self.table = table
        self.types = types
        self.measures = measures
    }
}

/// An engine's answer to a measure.
public enum Measured: Sendable, Hashable {
    /// A count.
    case count(Int)
    /// A part and the whole it is a part of.
    case part(Int, of: Int)
    /// A number.
    case number(Double)
    /// A value; null when there was none to take it from.
    case value(Value)
    /// This engine cannot take the measure exactly as it is defined; the caller must go through the rows.
    case unsupported
}

/// The result of `measure`, in the order of the request.
public struct MeasureResult: Sendable, Hashable {
    /// One answer for each measure.
    public let values: [Measured]

    /// Gathers answers.
    public init(values: [Measured]) {
        self.values = values
    }
}
