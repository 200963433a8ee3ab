// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension FunctionCatalogue {
    static let time: [FunctionRecord] = [
        function("year", TimeKernels.part { $0.components.year }, "The year; 0 is 1 BC."),
        function("month", TimeKernels.part { $0.components.month }, "The month, 1 to 12."),
        function("day", TimeKernels.part { $0.components.day }, "The day of the month, 1 to 31."),
        function("day_of_week", TimeKernels.part(\.dayOfWeek), "The day of the week, Sunday is 0, Saturday 6."),
        function("hour", TimeKernels.clock(unit: 3_600_000_000, of: 86_400_000_000), "The hour, 0 to 23."),
        function("minute", TimeKernels.clock(unit: 60_000_000, of: 3_600_000_000), "The minute, 0 to 59."),
        FunctionRecord(
            name: "date_trunc", group: .time, notation: "date_trunc('unit', t)", form: .unit(TimeKernels.truncate),
            summary: "The start of the unit that holds t, of the type of t. Units: \(units); dates take day and "
                + "longer. Weeks begin on Monday.", findings: .overflow),
        FunctionRecord(
            name: "date_diff", group: .time, notation: "date_diff('unit', a, b)",
            form: .unit(TimeKernels.difference),
            summary: "How many times the unit changes from a to b, negative when b is before a: from 00:59 to 01:01 "
                + "is 1 hour. Units as for date_trunc."),
    ]

    private static let units = TimeUnit.allCases.map(\.rawValue).joined(separator: ", ")

    static let other: [FunctionRecord] = [
        FunctionRecord(
            name: "haversine_km", group: .places, notation: "haversine_km(lat1, lon1, lat2, lon2)",
            form: .signatures([
                Signature([.float64, .float64, .float64, .float64], .float64, FloatingKernels.haversine)
            ]),
            summary: "Great-circle distance in kilometres between two points in degrees, on a sphere of radius "
                + "\(FloatingKernels.earthRadiusKilometres) km; undefined for latitudes beyond ±90.",
            findings: [.undefinedResult, .overflow])
    ]

    private static func function(_ name: String, _ signatures: [Signature], _ summary: String) -> FunctionRecord {
        FunctionRecord(
            name: name, group: .time, notation: "\(name)(t)", form: .signatures(signatures), summary: summary)
    }
}
