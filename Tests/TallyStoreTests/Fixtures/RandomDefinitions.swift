// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting

/// Seeded definitions in which each optional member is there or not; they need not make sense together.
struct RandomDefinitions {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func entity() -> Entity { Entity(name: text(), joinKeys: columns(), annotation: annotation()) }

    mutating func source() -> Source {
        let location: Source.Location =
            isHeads ? .query(text()) : .files(path: text(), format: random.pick(Source.FileFormat.allCases))
        let known: Source.KnownTime = isHeads ? .column(text()) : .after(span())
        return Source(
            name: text(), location: location, eventTime: maybe { $0.text() }, knownTime: known, timeZone: text(),
            columns: maybe { $0.columns() }, partitions: isHeads ? .hive : nil,
            firstSeen: isHeads ? .declared : .recorded, annotation: annotation())
    }

    mutating func view() -> FeatureView {
        FeatureView(
            name: text(), entities: list { $0.text() }, source: text(), timeToLive: maybe { $0.span() },
            features: list { $0.feature() }, annotation: annotation())
    }

    mutating func service() -> FeatureService {
        FeatureService(
            name: text(), selections: list { $0.selection() }, request: columns(), onDemand: list { $0.feature() },
            label: maybe { $0.label() }, annotation: annotation())
    }

    /// Source columns as a document lists them under `reads`: each name once.
    mutating func reads() -> [ColumnSchema] {
        var seen = Set<String>()
        return columns().filter { seen.insert($0.name).inserted }
    }

    private mutating func feature() -> Feature {
        Feature(
            name: text(), type: type(), expression: maybe { $0.text() }, isStrict: isHeads, unit: maybe { $0.text() },
            annotation: annotation())
    }

    private mutating func selection() -> FeatureService.Selection {
        FeatureService.Selection(
            view: text(),
            items: maybe { random in
                random.list { FeatureService.Selection.Item(feature: $0.text(), alias: $0.maybe { $0.text() }) }
            })
    }

    private mutating func label() -> FeatureService.Label {
        FeatureService.Label(
            source: text(), keys: list { $0.text() }, column: text(), maturity: span(),
            unripe: random.pick(FeatureService.Label.Unripe.allCases), alias: maybe { $0.text() })
    }

    private mutating func annotation() -> Annotation {
        let tags = list { ($0.text(), $0.text()) }
        return Annotation(
            description: maybe { $0.text() }, owner: maybe { $0.text() }, tags: Dictionary(tags) { first, _ in first })
    }

    private mutating func columns() -> [ColumnSchema] { list { ColumnSchema(name: $0.text(), type: $0.type()) } }

    private mutating func type() -> DataType {
        let scalar = random.pick(DataType.scalars)
        return random.pick([scalar, scalar, .array(scalar), .array(.array(scalar))])
    }

    private mutating func span() -> TimeSpan {
        TimeSpan(microseconds: random.pick([0, 1, 999, 1_000_000, 86_400_000_000, 90_000_001, .max]))
    }

    private mutating func text() -> String {
        random.pick(["a", "user_id", "", "it's", "\"q\"", "two\nlines", "größer 🦩", "name", "as", "7d", "\u{0}"])
    }

    private var isHeads: Bool { mutating get { random.next() & 1 == 0 } }

    private mutating func maybe<T>(_ make: (inout RandomDefinitions) -> T) -> T? { isHeads ? make(&self) : nil }

    private mutating func list<T>(_ make: (inout RandomDefinitions) -> T) -> [T] {
        (0..<random.pick([0, 1, 2, 4])).map { _ in make(&self) }
    }
}
