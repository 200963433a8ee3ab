// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The common part of the checks of service levels: a time column and a longest time.
struct TimePromise {
    /// The column in the data.
    let column: String
    /// The longest time allowed.
    let limit: TimeSpan

    /// Reads a promise; else what is in the way.
    static func read(_ promise: Promise, _ table: TableContext) -> Result<TimePromise, RowRule.Obstacle> {
        guard let limit = promise.arguments["limit"]?.exactValue, limit >= 0 else {
            return .failure(RowRule.Obstacle(reason: "there is no length of time"))
        }
        let name = promise.column ?? promise.arguments["column"]?.stringValue ?? table.object?.eventTime
        guard let name else {
            return .failure(RowRule.Obstacle(reason: "no element and no eventTime says which column tells the time"))
        }
        guard let found = table[name] else { return .failure(RowRule.Obstacle(reason: "the data lack the column")) }
        guard found.type == .timestamp else {
            return .failure(RowRule.Obstacle(reason: "\(found.nativeType) is no instant"))
        }
        return .success(TimePromise(column: found.name, limit: TimeSpan(microseconds: limit)))
    }
}
