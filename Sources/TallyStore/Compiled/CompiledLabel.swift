// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A service's label as a join by equal keys; a label is ripe after its event time plus maturity (SEMANTICS 8).
struct CompiledLabel {
    let label: FeatureService.Label
    let source: Source
    /// The contract on the source's rows; nil for none.
    let contract: Contract?
    let keys: [ColumnSchema]
    let type: DataType
    /// The label's name in the training set.
    var name: String { label.alias ?? label.column }
    /// The name of the column that flags ripeness, when unripe rows stay.
    var flagName: String? {
        switch label.unripe {
        case .omit: nil
        case .flag: name + "_is_ripe"
        }
    }

    /// Whether its event time is a day rather than an instant.
    let isOfDays: Bool

    /// The columns of the source that are read for it.
    var readColumns: [String] { keys.map(\.name) + [label.column] + [source.eventTime].compactMap { $0 } }

    private static let valueName = "label!value"
    private static let timeName = "label!time"

    init?(of service: FeatureService, in definitions: DefinitionSet) throws(TallyError) {
        guard let label = service.label else { return nil }
        guard let source = definitions.sources[label.source],
            let type = definitions.type(ofColumn: label.column, in: label.source)
        else {
            throw TallyError(
                .invalidDefinitions, "the label's source or column is not known", subject: "service \(service.name)",
                help: "run `\(.check)`")
        }
        self.label = label
        self.source = source
        contract = definitions.contracts[source.name]
        self.type = type
        isOfDays = source.eventTime.map { definitions.type(ofColumn: $0, in: source.name) == .date } ?? false
        keys = label.keys.compactMap { key in
            definitions.type(ofColumn: key, in: label.source).map { ColumnSchema(name: key, type: $0) }
        }
        precondition(keys.count == label.keys.count, "checked label keys are columns of the label's source")
    }

    /// The label's half of a join: always visible, so that equality alone decides.
    func join(files: [ViewJoin.FileGroup], format: Source.FileFormat) -> ViewJoin {
        let time = source.eventTime.map { ColumnSchema(name: $0, type: .timestamp) }
        let value = ColumnSchema(name: label.column, type: type)
        let inputs = time.map { $0.name.isSame(as: value.name) ? [value] : [value, $0] } ?? [value]
        let schema =
            [ColumnSchema(name: Self.valueName, type: type)]
            + (time == nil ? [] : [ColumnSchema(name: Self.timeName, type: .timestamp)])
        let columns = ViewColumns(keys: keys, inputs: inputs, features: schema) { batch in
            Batch(
                schema: schema, columns: schema.indices.map { batch.columns[min($0, batch.columns.count - 1)] },
                count: batch.count)
        }
        return ViewJoin(
            subject: "label source \(source.name)", files: files, format: format, text: source.text,
            timeZone: source.timeZone, eventTime: nil, knownTime: .undeclared, columns: columns, law: .latestRow(),
            ignoresKnownTime: false,
            // A label of a day counts as known when the day is over, and its maturity from then on.
            timeInputs: time.map { $0.name.isSame(as: value.name) ? [] : [$0.name] } ?? [],
            partitions: source.partitionPattern)
    }

    /// The labels of a part of the spine, with their states.
    struct Outcome {
        let values: Column
        let isRipe: [Bool]
        let isUnripe: [Bool]
        var counts: LabelCounts
    }

    /// Judges which labels are ripe at `asOf`; more than one match for a row is `E-invalid-data`.
    func judge(_ result: JoinResult, asOf: Timestamp) throws(TallyError) -> Outcome {
        guard result.counts.repeated == 0 else {
            throw TallyError(
                .invalidData,
                "\(result.counts.repeated) spine rows match more than one label by \(label.keys.joined(separator: ", "))",
                subject: "label source \(source.name)",
                help: "make the keys unique in the source, or name more keys in the label")
        }
        let values = result.features.columns[0]
        let times = result.features.columns.count > 1 ? result.features.columns[1] : nil
        var counts = LabelCounts()
        counts.irregularLocalTimes = result.counts.irregularLocalTimes
        counts.timesRoundedUp = result.counts.timesRoundedUp
        var isRipe = [Bool](repeating: false, count: values.count)
        var isUnripe = isRipe
        for row in 0..<values.count {
            guard result.statuses[row] == .matched, let happened = Self.time(times, row) else {
                counts.missing += 1
                continue
            }
            let (ripeAt, overflow) = happened.addingReportingOverflow(label.maturity.microseconds)
            guard !overflow, ripeAt <= asOf.microseconds else {
                counts.unripe += 1
                isUnripe[row] = true
                continue
            }
            counts.ripe += 1
            if !values.validity[row] { counts.ripeNull += 1 }
            isRipe[row] = true
        }
        let masked = Column(
            type: values.type, storage: values.storage,
            validity: values.validity.intersection(Validity(count: values.count) { isRipe[$0] }))
        return Outcome(values: masked.zeroingNulls(), isRipe: isRipe, isUnripe: isUnripe, counts: counts)
    }

    /// The event time of a label in microseconds; nil when it has none, `Int64.min` when its source knows no time.
    private static func time(_ times: Column?, _ row: Int) -> Int64? {
        guard let times else { return Int64.min }
        guard times.validity[row], case .int64(let values) = times.storage else { return nil }
        return values[row]
    }

    /// Whether a spine row is left out: its label exists and is not ripe.
    func omits(_ row: Int, _ outcome: Outcome) -> Bool {
        switch label.unripe {
        case .flag: false
        case .omit: outcome.isUnripe[row]
        }
    }
}

/// The number of spine rows with a label of each state.
public struct LabelCounts: Sendable, Hashable {
    /// Labels that may be joined.
    public var ripe = 0
    /// Ripe labels that are null in the source.
    public var ripeNull = 0
    /// Labels whose maturity lies ahead of the as-of time.
    public var unripe = 0
    /// Rows without a label: no match, or a match without event time.
    public var missing = 0
    /// Rows left out because their label is unripe.
    public var omitted = 0
    /// Zone-less label times that name a skipped or repeated hour of the declared zone.
    public var irregularLocalTimes = 0
    /// Label times that were rounded up to microseconds.
    public var timesRoundedUp = 0

    /// Starts at zero.
    public init() {}
}
