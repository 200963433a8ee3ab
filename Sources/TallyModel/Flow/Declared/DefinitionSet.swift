// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// All definitions of a repository that passed `check`: names resolve, types fit, nothing is doubled.
///
/// What comes later relies on it: every reference of a member leads to another member, and every expression compiles
/// against the columns in `sourceColumns`.
public struct DefinitionSet: Sendable, Hashable {
    /// The project.
    public let project: Project
    /// Entities by name.
    public let entities: [String: Entity]
    /// Sources by name.
    public let sources: [String: Source]
    /// Feature views by name.
    public let views: [String: FeatureView]
    /// Functions in Python by name.
    public let transforms: [String: PythonTransform]
    /// Feature services by name.
    public let services: [String: FeatureService]
    /// The columns of each source, by its name: declared ones, else those found in its files.
    public let sourceColumns: [String: [ColumnSchema]]
    /// The contracts of sources that name one, by source name.
    public let contracts: [String: Contract]
    /// The search that was made for each source whose path names no file, by source name.
    public let missingFiles: [String: FileListing]

    /// Gathers checked definitions.
    public init(
        project: Project, entities: [Entity], sources: [Source], views: [FeatureView],
        transforms: [PythonTransform] = [], services: [FeatureService],
        sourceColumns: [String: [ColumnSchema]], contracts: [String: Contract] = [:],
        missingFiles: [String: FileListing] = [:]
    ) {
        self.project = project
        self.entities = Dictionary(uniqueKeysWithValues: entities.map { ($0.name, $0) })
        self.sources = Dictionary(uniqueKeysWithValues: sources.map { ($0.name, $0) })
        self.views = Dictionary(uniqueKeysWithValues: views.map { ($0.name, $0) })
        self.transforms = Dictionary(uniqueKeysWithValues: transforms.map { ($0.name, $0) })
        self.services = Dictionary(uniqueKeysWithValues: services.map { ($0.name, $0) })
        self.sourceColumns = sourceColumns
        self.contracts = contracts
        self.missingFiles = missingFiles
    }

    /// The join keys of a view: those of its entities, in order.
    public func joinKeys(of view: FeatureView) -> [ColumnSchema] {
        view.entities.compactMap { entities[$0] }.flatMap(\.joinKeys)
    }

    /// The type of a column of a source; nil when the source has no such column.
    public func type(ofColumn column: String, in source: String) -> DataType? {
        sourceColumns[source]?.first { $0.name.isSame(as: column) }?.type
    }
}
