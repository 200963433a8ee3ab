// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

extension PromisedTable {
    /// Returns the columns of text files that are read to check promises; `withTexts` where rows may be set aside.
    func judged(_ names: Set<String>, _ context: TableContext, withTexts: Bool) -> TextCopy.Columns {
        let texts: [String]? = withTexts ? [] : nil
        if let view {
            return TextCopy.Columns(
                values: view.tableRequest, texts: texts, isLenient: false)
        }
        let told = context.found.compactMap(\.readability).filter { names.contains($0) }
        return TextCopy.Columns(
            values: context.found.filter { names.contains($0.name) }.map(\.read)
                + told.map { ScanRequest.Column(name: $0, type: .bool) },
            texts: texts, isLenient: context.found.contains(where: \.isText))
    }
}
