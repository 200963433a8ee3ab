// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension FeatureView {
    /// A source's columns as the view reads them: that of a plain feature as the feature's type, where it is not just wider.
    ///
    /// Text and whole numbers are read as what a feature declares, and so are columns without a value.
    public func columns(_ source: [ColumnSchema]) -> [ColumnSchema] {
        source.map { column in
            guard
                let feature = features.first(where: { $0.expression == nil && $0.name.isSame(as: column.name) }),
                !column.type.widens(to: feature.type)
            else { return column }
            return ColumnSchema(name: column.name, type: feature.type)
        }
    }
}
