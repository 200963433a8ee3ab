// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStatistics

/// Makes tables that one contract may admit, to be judged by the other.
struct TableMaker {
    /// A value of a column that the writer's promises about the column alone admit.
    struct Choice: Sendable, Hashable {
        let form: ColumnForm
        let value: Value
        /// Whether the reader's promises about the column alone admit it as well.
        let isWelcome: Bool
    }

    /// The recipe from which a table is made.
    struct Recipe: Sendable {
        var count = 1
        /// The value of a column in every row, but for those that tell rows apart.
        var picks: [ExactName: Choice]
        /// Values of some columns from the first row on, which go before all else.
        var values: [ExactName: [Value]] = [:]
        /// Columns that repeat their first value in rows 1 to `repeats`.
        var repeated: Set<ExactName> = []
        var repeats = 0
        /// Sets of columns whose values differ from row to row, but for what repeats.
        var apart: [Set<ExactName>] = []
        var previousRows: Int?
        var emptyTables: Set<String> = []
        /// Whether there is a column that the contract does not declare.
        var hasExtra = false
    }

    let writer: TableSide
    let reader: TableSide
    /// The choices of each column, those that both contracts admit first; null last.
    let choices: [ExactName: [Choice]]
    /// The sets of columns that tell rows apart.
    private let uniqueSets: [Set<ExactName>]
    /// The reason why no table can be made; nil when one can.
    let problem: String?

    /// Tables with more values are not made.
    static let mostCells = 8_000_000

    /// Tables with more rows are not made.
    var mostRows: Int { min(2_000_000, Self.mostCells / max(1, choices.count)) }

    init(writer: TableSide, reader: TableSide) {
        self.writer = writer
        self.reader = reader
        var choices: [ExactName: [Choice]] = [:]
        var problem: String?
        for column in writer.object?.columns ?? [] {
            let found = Self.choices(of: column, writer, reader)
            if found.isEmpty { problem = problem ?? "no value of '\(column.name)' that the contract admits is known" }
            choices[ExactName(column.name)] = found
        }
        self.choices = choices
        self.problem = problem
        uniqueSets = writer.promises.filter { $0.check == "unique" }.map { Implication.unique($0) }
    }

    private static func choices(of column: Contract.Column, _ writer: TableSide, _ reader: TableSide) -> [Choice] {
        let isThorough = !isAlike(column, writer, reader)
        let found = choices(of: column, writer, reader, isThorough: isThorough)
        if !isThorough, found.allSatisfy(\.value.isNull) {
            return choices(of: column, writer, reader, isThorough: true)
        }
        return found
    }

    /// Whether both sides promise the same of a column.
    private static func isAlike(_ column: Contract.Column, _ writer: TableSide, _ reader: TableSide) -> Bool {
        struct Said: Hashable {
            let check: String
            let arguments: [String: JSON]
            let force: TableSide.Force
        }
        func said(_ side: TableSide) -> Set<Said> {
            let about = side.promises.filter { side.columns(of: $0)?.contains(ExactName(column.name)) ?? true }
            return Set(about.map { Said(check: $0.check, arguments: $0.arguments, force: side.force(of: $0)) })
        }
        return reader.column(column.name) != nil && said(writer) == said(reader)
    }

    private static func choices(
        of column: Contract.Column, _ writer: TableSide, _ reader: TableSide, isThorough: Bool
    ) -> [Choice] {
        let candidates = ValueCandidates(of: column.name, sides: [writer, reader], isThorough: isThorough)
        var choices: [Choice] = []
        for form in writer.forms(column) + (isThorough ? writer.wideForms(column) : []) {
            guard let own = ColumnRules(column.name, form, writer) else { continue }
            let read = reader.column(column.name).map { reader.readForm($0) ?? form }
            let theirs = read.flatMap { ColumnRules(column.name, $0, reader) }
            for value in candidates.values(form) where own.admit(value) {
                let isWelcome: Bool
                if let read {
                    isWelcome = form.convert(value, to: read).map { theirs?.admit($0) ?? false } ?? false
                } else {
                    isWelcome = true
                }
                choices.append(Choice(form: form, value: value, isWelcome: isWelcome))
            }
        }
        let (values, nulls) = (choices.filter { !$0.value.isNull }, choices.filter(\.value.isNull))
        return values.filter(\.isWelcome) + values.filter { !$0.isWelcome } + nulls
    }

    /// The first choice of each column.
    var firstPicks: [ExactName: Choice] { choices.compactMapValues(\.first) }

    /// Returns a random choice for each column.
    func randomPicks(_ random: inout SplitMix64) -> [ExactName: Choice] {
        var picks: [ExactName: Choice] = [:]
        for (name, choices) in choices.sorted(by: { $0.key < $1.key }) { picks[name] = random.pick(choices) }
        return picks
    }

    /// The table of a recipe; nil where a column has too few values to tell its rows apart.
    func table(_ recipe: Recipe) -> WitnessTable? {
        guard problem == nil, let object = writer.object, recipe.count <= mostRows else { return nil }
        var apart: [ExactName: [Value]] = [:]
        for set in uniqueSets where recipe.count > 1 {
            guard let values = valuesApart(set.sorted(), recipe) else { return nil }
            apart.merge(values) { $1 }
        }
        var whole = recipe
        whole.repeated = []
        for set in recipe.apart where recipe.count > 1 && !set.contains(where: { apart[$0] != nil }) {
            // These may repeat as far as a threshold allows: where there are too few values, the pick stays.
            if let values = valuesApart(set.sorted(), whole) { apart.merge(values) { $1 } }
        }
        var columns: [WitnessTable.Column] = []
        for column in object.columns {
            let name = ExactName(column.name)
            guard let pick = recipe.picks[name] else { return nil }
            var values = apart[name] ?? [Value](repeating: pick.value, count: recipe.count)
            let written = (recipe.values[name] ?? []).prefix(recipe.count)
            for (row, value) in written.enumerated() {
                // Where rows are told apart, the value that is written changes places with the one that was there.
                if written.count == 1, apart[name] != nil, let other = values.firstIndex(of: value) {
                    values.swapAt(row, other)
                }
                values[row] = value
            }
            if recipe.repeated.contains(name), let first = values.first {
                for row in 1..<min(recipe.count, recipe.repeats + 1) { values[row] = first }
            }
            columns.append(WitnessTable.Column(name: column.name, form: pick.form, values: values))
        }
        if recipe.hasExtra {
            let form = ColumnForm.undeclared[1]
            let values = [Value](repeating: .int64(1), count: recipe.count)
            columns.append(WitnessTable.Column(name: freeName, form: form, values: values))
        }
        return WitnessTable(
            columns: columns, count: recipe.count, previousRows: recipe.previousRows, emptyTables: recipe.emptyTables)
    }

    /// A name that neither contract declares.
    private var freeName: String {
        var name = "extra"
        while writer.column(name) != nil || reader.column(name) != nil { name += "_" }
        return name
    }

    /// Values of some columns that are different in every row, in the column with the most if it has enough.
    private func valuesApart(_ set: [ExactName], _ recipe: Recipe) -> [ExactName: [Value]]? {
        // What is meant to repeat cannot tell rows apart.
        let names = set.filter { !recipe.repeated.contains($0) }
        if names.isEmpty { return [:] }
        let counts = names.map { recipe.count - (recipe.values[$0]?.count ?? 0) }
        if counts.contains(where: { $0 <= 0 }) { return [:] }
        var found: [ExactName: [Value]] = [:]
        for name in names {
            guard let pick = recipe.picks[name] else { return nil }
            // A null tells its row apart from all others.
            if pick.value.isNull { return [:] }
            let values = distinct(name, pick, recipe.count)
            if values.count >= recipe.count { return [name: values] }
            found[name] = values
        }
        // Rows with a null are left out of what must differ.
        let isOpen = { (name: ExactName) in
            (choices[name] ?? []).contains { $0.value.isNull && $0.form == recipe.picks[name]?.form }
        }
        if let name = names.first(where: isOpen), let values = found[name] {
            return [name: values + [Value](repeating: .null, count: recipe.count - values.count)]
        }
        var width = 1
        for name in names where width < recipe.count { width *= max(1, found[name]?.count ?? 1) }
        guard width >= recipe.count else { return nil }
        var step = 1
        var result: [ExactName: [Value]] = [:]
        for name in names {
            guard let values = found[name], !values.isEmpty else { return nil }
            result[name] = (0..<recipe.count).map { values[$0 / step % values.count] }
            step = min(step * values.count, mostRows + 1)
        }
        return result
    }

    /// Returns at most `count` different values that the writer admits, the pick first.
    func distinct(_ name: ExactName, _ pick: Choice, _ count: Int) -> [Value] {
        guard let rules = ColumnRules(name.text, pick.form, writer) else { return [] }
        var seen = Set<Value>()
        var values: [Value] = []
        func add(_ value: Value) {
            if values.count < count, rules.admit(value), seen.insert(value.canonical).inserted { values.append(value) }
        }
        add(pick.value)
        for step in 1..<max(2, count * 2) where values.count < count {
            for value in pick.value.neighbours(step) { add(value) }
        }
        for choice in choices[name] ?? [] where choice.form == pick.form && !choice.value.isNull { add(choice.value) }
        return values
    }
}

extension Value {
    /// Values of the same type that lie some steps away.
    fileprivate func neighbours(_ step: Int) -> [Value] {
        switch self {
        case .int32(let number):
            [
                number.addingReportingOverflow(Int32(clamping: step)),
                number.subtractingReportingOverflow(Int32(clamping: step)),
            ]
            .filter { !$0.overflow }.map { .int32($0.partialValue) }
        case .int64(let number):
            [number.addingReportingOverflow(Int64(step)), number.subtractingReportingOverflow(Int64(step))]
                .filter { !$0.overflow }.map { .int64($0.partialValue) }
        case .float32(let number): [.float32(number + Float(step)), .float32(number - Float(step))]
        case .float64(let number): [.float64(number + Double(step)), .float64(number - Double(step))]
        case .timestamp(let time): [.timestamp(Timestamp(microseconds: time.microseconds &- Int64(step)))]
        case .date(let date): [.date(CalendarDate(days: date.days &- Int32(clamping: step)))]
        case .string(let text): Self.neighbours(of: text, step)
        case .bytes(let bytes): [.bytes(bytes + Array(String(step).utf8))]
        case .null, .bool, .array: []
        }
    }

    private static func neighbours(of text: String, _ step: Int) -> [Value] {
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        var values: [Value] = [.string(text + String(step))]
        var characters = Array(text)
        guard !characters.isEmpty else { return values }
        // The step as digits over the letters, written over the text's characters from the last.
        var rest = step
        var place = characters.count - 1
        while rest > 0, place >= 0 {
            characters[place] = letters[rest % letters.count]
            rest /= letters.count
            place -= 1
        }
        if rest == 0 { values.append(.string(String(characters))) }
        let digits = Array(String(step))
        if digits.count <= text.count {
            values.append(.string(String(text.dropLast(digits.count)) + String(digits)))
        }
        return values
    }
}
