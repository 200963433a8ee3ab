// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
internal import TallyModel

/// One table of one of the two contracts, with what the contract guarantees about it.
struct TableSide: Sendable {
    /// The extent to which a promise binds the producer.
    enum Force: Sendable, Hashable {
        /// Rows that break it are seen by readers.
        case none
        /// Up to a share of the rows may break it.
        case share(Double)
        /// No reader sees a row that breaks it.
        case full
    }

    /// The instant at which made-up tables are looked at: 2026-01-01T00:00:00Z.
    static let now = Timestamp(microseconds: 1_767_225_600_000_000)

    let side: ContractSide
    let contract: Contract
    /// The table's name.
    let name: String
    /// The table; nil when the contract has none of the name.
    let object: Contract.Object?
    /// Columns that some consumer reads.
    let pins: Set<ExactName>
    /// The promises that bind and that data can break.
    let promises: [Promise]

    init(_ side: ContractSide, _ contract: Contract, object name: String, pins: [String] = []) {
        self.side = side
        self.contract = contract
        self.name = name
        self.pins = Set(pins.map(ExactName.init))
        let object = contract[object: name]
        self.object = object
        promises = (object?.promises ?? []).map(\.normal).filter { promise in
            CheckCatalogue[promise.check]?.level != .elsewhere && Self.force(of: promise, in: contract) != .none
        }
    }

    /// Returns the extent to which a promise of this contract binds the producer.
    func force(of promise: Promise) -> Force { Self.force(of: promise, in: contract) }

    private static func force(of promise: Promise, in contract: Contract) -> Force {
        // With a default in place of a value, what readers see is the default: such a promise does not bind.
        if Decision.foreseen(promise, by: contract).keepsOut { return .full }
        guard let limit = contract.reaction(to: promise).limit, limit < 1 else { return .none }
        return limit > 0 ? .share(limit) : .full
    }

    /// A promise as the contract writes it.
    func written(_ promise: Promise) -> Promise { object?.promises.first { $0.id == promise.id } ?? promise }

    /// The declared column of a name.
    func column(_ name: String) -> Contract.Column? { object?[column: name] }

    /// The name in the data.
    func physicalName(_ name: String) -> String { column(name)?.physicalName ?? name }

    /// Whether the contract refuses tables with columns it does not declare.
    var isClosed: Bool { promises.contains { $0.check == "undeclared" } }

    /// Whether null is forbidden in a column.
    func requires(_ column: String) -> Bool {
        promises.contains { $0.check == "required" && $0.column.isSame(as: column) && force(of: $0) == .full }
    }

    /// The columns that a promise is about; nil when that is not known.
    func columns(of promise: Promise) -> Set<ExactName>? {
        if promise.check == "sql" { return nil }
        var names = [promise.column].compactMap { $0 }
        for key in ["columns", "properties"] where promise.check != "reference" || key == "columns" {
            names += promise.arguments[key]?.arrayValue?.compactMap(\.stringValue) ?? []
        }
        for key in ["column", "event", "known"] {
            if let name = promise.arguments[key]?.stringValue { names.append(name) }
        }
        if promise.check == "expression" {
            guard
                case .success(let places) = TypedExpression.columnsReferenced(
                    in: promise.arguments["expression"]?.stringValue ?? "")
            else { return nil }
            names += places.map(\.name)
        }
        if Self.timed.contains(promise.check) {
            names += [object?.eventTime, object?.knownTime].compactMap { $0 }
        }
        return Set(names.map(ExactName.init))
    }

    /// Checks that look at the table's own time columns.
    static let timed: Set<String> = ["freshness", "latency", "frequency"]

    /// Returns the value that is read for a missing one: the contract's default, else nil.
    func defaultValue(_ column: Contract.Column, as form: ColumnForm) -> Value? {
        guard let written = meaningDefault(column) else { return nil }
        return ValueList.value(written, as: form.type)
    }

    /// The default that a column declares; nil for none, and for null.
    func meaningDefault(_ column: Contract.Column) -> JSON? {
        column.meaning["default"].flatMap { $0 == .null ? nil : $0 }
    }

    /// The forms that a column's data may have under this contract; empty when none is known.
    func forms(_ column: Contract.Column) -> [ColumnForm] {
        if let physical = column.physicalType {
            return [ColumnForm(physical: physical, logicalType: column.logicalType)]
        }
        let format = numberFormat(column.name)
        if format == "f32" { return [.float] }
        if format == "f64" { return [.double] }
        guard let written = column.logicalType else { return ColumnForm.undeclared }
        guard let type = LogicalType(rawValue: written) else { return [] }
        let wide = ["u64", "i128", "u128"].contains(format)
        if type == .vector, let element = vector(column.name, "elementType")?.stringValue {
            return element == "float64" ? [ColumnForm.forms(of: .vector)[1]] : [ColumnForm.forms(of: .vector)[0]]
        }
        return ColumnForm.forms(of: type) + (type == .integer && wide ? [.huge] : [])
    }

    /// Returns the forms of integers beyond 64 bits that data of the column's logical type may have besides those of
    /// `forms`.
    func wideForms(_ column: Contract.Column) -> [ColumnForm] {
        guard column.physicalType == nil, numberFormat(column.name) == nil,
            ["integer", "number"].contains(column.logicalType)
        else { return [] }
        return [.huge, .unsignedHuge]
    }

    /// The form that a column is read as; nil when data of any form that fits the logical type are read as they are.
    func readForm(_ column: Contract.Column) -> ColumnForm? {
        if column.physicalType != nil { return forms(column).first }
        return ["f32", "f64"].contains(numberFormat(column.name)) ? forms(column).first : nil
    }

    func numberFormat(_ column: String) -> String? {
        object?.promises.first { $0.column.isSame(as: column) && $0.check == "numberFormat" }?.arguments["format"]?
            .stringValue
    }

    /// Returns an argument of the promise about a vector column's shape.
    func vector(_ column: String, _ key: String) -> JSON? {
        object?.promises.first { $0.column.isSame(as: column) && $0.check == "vector" }?.arguments[key]
    }
}
