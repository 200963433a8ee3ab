// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyContracts
internal import TallyModel

/// The rows of files, judged file by file while somebody else looks at them: whoever splits the files need not read them for it.
final class JudgedRows: Sendable {
    /// One file and its rows.
    struct File {
        let path: String
        let rows: TableRows
    }

    private let judgements = Mutex<[ExactPath: RowJudgement]>([:])

    /// What was said of a file's rows; nil where nobody went through them.
    subscript(path: String) -> RowJudgement? { judgements.withLock { $0[ExactPath(path)] } }

    /// The rows of a table, which are those of some files one after the other, judged by promises about single rows.
    func rows(
        of table: TableRows, in files: [File], by promises: [Promise], _ context: TableContext
    ) throws(TallyError) -> TableRows {
        guard !promises.isEmpty else { return table }
        let rules = try RowJudgement.Rules(promises, context)
        return table.scanned { (columns, body) async throws(TallyError) in
            for file in files {
                var judgement = RowJudgement(rules)
                try await file.rows.scan(columns.union(rules.inputs)) { (batch) async throws(TallyError) in
                    judgement.add(batch)
                    try await body(batch)
                }
                let judged = judgement
                self.judgements.withLock { $0[ExactPath(file.path)] = judged }
            }
        }
    }
}
