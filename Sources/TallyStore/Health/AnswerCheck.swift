// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Checks that the stored answers of queries are those that were recorded.
public enum AnswerCheck {
    /// One finding for each query whose last answer is not as it was; none where all are.
    public static func examine(root: String, registry: any Registry) async throws(TallyError) -> [HealthFinding] {
        var findings: [HealthFinding] = []
        var allowance = ExaminationBudget(bytes: GateCheck.readBytes)
        for source in FileName.names(in: root + "/" + SourcePreparer.queryFolder) {
            guard !Task.isCancelled else { throw TallyError(.interrupted, "was interrupted", subject: source) }
            guard let snapshot = try await registry.latestSnapshot(of: source) else { continue }
            for file in snapshot.files where file.path.begins(with: SourcePreparer.queryFolder + "/") {
                let kept = KeptFile(path: file.path, size: file.size, digest: file.digest)
                do throws(TallyError) {
                    let difference = try kept.difference(root: root, readsBytes: allowance.takes(file.size))
                    guard let difference else { continue }
                    findings.append(
                        HealthFinding(
                            "query \(source)", .broken,
                            "\(file.path): \(difference); it holds what the query answered last",
                            advice: "run `\(.materialize())`, which asks the query again"))
                } catch {
                    if error.code == .interrupted { throw error }
                    findings.append(HealthFinding("query \(source)", error))
                }
            }
        }
        return findings
    }
}
