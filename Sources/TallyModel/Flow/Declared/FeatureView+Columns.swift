// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension FeatureView {
    /// A source's columns as the view reads them: that of a plain feature as the feature's type.
    ///
    /// So what a view reads does not follow from how wide a type today's files have.
    public func columns(_ source: [ColumnSchema]) -> [ColumnSchema] {
        source.map { column in
            guard
                let feature = features.first(where: { $0.expression == nil && $0.name.isSame(as: column.name) })
            else { return column }
            return ColumnSchema(name: column.name, type: feature.type)
        }
    }
}
