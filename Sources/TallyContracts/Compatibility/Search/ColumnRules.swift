// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The tests of the promises about one column of one form, ready for single values.
struct ColumnRules {
    private let rules: [RowRule]

    /// The tests of one promise alone; those of a metric are the ones whose failures it counts.
    init(of promise: Promise, _ name: String, _ form: ColumnForm, _ side: TableSide) {
        let physical = side.physicalName(name)
        let context = TableContext(
            object: side.object,
            found: [TableDescription.Column(name: physical, type: form.type, nativeType: form.native)],
            now: TableSide.now)
        var tests: [RowTest] = []
        switch CheckCatalogue.prepare(promise, for: context).work {
        case .rows(let own, _, _): tests = own
        case .measures(let measures, _): for case .failures(let own) in measures { tests += own }
        case .settled, .unexecutable: break
        }
        rules = tests.compactMap { try? RowRule.compile($0, columns: context.schema).get() }
    }

    /// Prepares them; nil when the promises refuse the form.
    init?(_ name: String, _ form: ColumnForm, _ side: TableSide) {
        let physical = side.physicalName(name)
        let context = TableContext(
            object: side.object,
            found: [TableDescription.Column(name: physical, type: form.type, nativeType: form.native)],
            now: TableSide.now)
        var tests = form.natural.map { RowTest(physical, $0) }
        for promise in side.promises
        where side.columns(of: promise) == [ExactName(name)] && side.force(of: promise) == .full {
            switch CheckCatalogue.prepare(promise, for: context).work {
            case .settled(let verdict, _): if verdict == .broken, promise.column.isSame(as: name) { return nil }
            case .rows(let more, _, _): tests += more
            case .measures, .unexecutable: break
            }
        }
        rules = tests.compactMap { try? RowRule.compile($0, columns: context.schema).get() }
    }

    /// Whether a value passes all of them.
    func admit(_ value: Value) -> Bool { rules.allSatisfy { !$0.fails { _ in value } } }
}
