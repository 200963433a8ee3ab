// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A search for the latest run whose detail matches.
public enum RecordQuery: Sendable, Hashable {
    /// A decision about a table's files.
    case admission(of: String)
    /// A decision about a table's files that let rows in.
    case visibleAdmission(of: String)
    /// The decision about one file of a table, by what its verdict goes by.
    case verdict(on: Fingerprint, of: String)
    /// A shadow run about a definition, by the pair of versions that it compared.
    case shadow(of: String, identity: Fingerprint)
    /// A fill of a view.
    case fill(of: String)
    /// A training set of a service.
    case training(of: String)

    /// Whether a run is one of those that are looked for; names are compared by bytes.
    public func matches(_ run: RunRecord) -> Bool {
        switch (self, run.detail) {
        case (.admission(let table), .admission): run.subject.isSame(as: table)
        case (.visibleAdmission(let table), .admission(let admission)):
            run.subject.isSame(as: table) && admission.visibleRows != nil
        case (.verdict(let key, let table), .admission(let admission)):
            run.subject.isSame(as: table) && admission.files.contains { $0.key == key }
        case (.shadow(let subject, let identity), .shadow):
            run.subject.isSame(as: subject) && run.identity == identity
        case (.fill(let view), .fill): run.subject.isSame(as: view)
        case (.training(let service), .training): run.subject.isSame(as: service)
        case (.admission, _), (.visibleAdmission, _), (.verdict, _), (.shadow, _), (.fill, _), (.training, _): false
        }
    }
}
