// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A column of a text table and the type it is read as.
public struct TextColumn: Sendable, Hashable {
    /// The direction in which a time of more digits than microseconds hold is rounded.
    public enum Rounding: Sendable, Hashable {
        /// Nothing is seen before it happened: event times and known times.
        case up
        /// Nothing is asked about that is still to come: the times of a spine.
        case down
    }

    /// The name, by its bytes.
    public let name: String
    /// The type of the values.
    public let type: DataType
    /// The declared pattern of times and dates; nil for ISO 8601.
    public let pattern: TimePattern?
    /// The type of what is read.
    public var outputType: DataType {
        switch part {
        case .values: type
        case .readability: .bool
        case .cutNanoseconds: .int32
        }
    }
    /// The rounding of times.
    public let rounding: Rounding
    /// The instant that stands for a day without a time of day.
    public let day: DayEdge
    /// The part of the column that is read.
    public let part: Part

    /// The part of a column that is read.
    public enum Part: Sendable, Hashable {
        /// Its values.
        case values
        /// Whether each text is a value of the type.
        case readability
        /// The nanoseconds that rounding cuts from its times (`Timestamp.Rounding`); 0 for what is no time, null for null.
        case cutNanoseconds
    }

    /// Asks for a column.
    public init(
        name: String, type: DataType, pattern: TimePattern? = nil, rounding: Rounding = .up,
        day: DayEdge = .start, part: Part = .values
    ) {
        self.name = name
        self.type = type
        self.pattern = pattern
        self.rounding = rounding
        self.day = day
        self.part = part
    }
}

extension TextColumn {
    /// The request for a column; names are compared by their bytes.
    package struct Question: Hashable, Sendable {
        fileprivate let name: [UInt8]
        fileprivate let type: DataType
        fileprivate let rounding: Rounding
        fileprivate let day: DayEdge
        fileprivate let part: Part
    }

    /// The request without the pattern, which follows from the name.
    package var question: Question {
        Question(name: Array(name.utf8), type: type, rounding: rounding, day: day, part: part)
    }

    /// The question for the column's values of the type, whichever way they are read.
    var values: Question {
        Question(name: Array(name.utf8), type: type, rounding: .up, day: .start, part: .values)
    }
}

/// Turns a wall time, in microseconds, into an instant; tells whether the wall showed it exactly once.
public typealias WallClock = @Sendable (Int64) -> (microseconds: Int64, isRegular: Bool)
