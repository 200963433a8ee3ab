// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension PreparedSource {
    /// Returns the source with files of rows of one age in place of each file whose rows are not equally old.
    ///
    /// No row is first seen more than a minute after `now`: what a clock noted that was ahead becomes `now`. Throws `E-corrupt`
    /// for such a file that is not there, or not what was written.
    func byRow(root: String, now: Timestamp) throws(TallyError) -> PreparedSource {
        guard snapshot.files.contains(where: { $0.rows != nil }) else { return self }
        let made = snapshot.files.flatMap { $0.rows?.parts.compactMap(\.file) ?? [] }
        // Looked at before their bytes are, so that one that is exchanged while it is read is told, too.
        let lookedMade = LookedFiles(made.map(\.path), root: root)
        for file in made {
            guard try HistoryFolder.isWhole(file, root: root) else {
                throw HistoryFolder.damaged(file.path)
            }
        }
        let files = snapshot.files.flatMap { file -> [SourceSnapshot.File] in
            guard let rows = file.rows else { return [file] }
            return rows.parts.map { part in
                let firstSeen = part.firstSeen.map { $0.isAhead(of: now) ? now : $0 }
                return
                    part.file?.seen(firstSeen)
                    ?? SourceSnapshot.File(
                        path: file.path, size: file.size, digest: file.digest, firstSeen: firstSeen,
                        stamp: file.stamp)
            }
        }
        var prepared = PreparedSource(
            source: source, snapshot: snapshot.with(files: files), groups: Self.groups(files, of: source),
            format: format, warnings: warnings + Self.warnings(snapshot, source))
        prepared.listed = listed
        prepared.description = description
        prepared.settled = made.isEmpty ? settled : nil
        prepared.looked = made.isEmpty ? looked : looked?.with(lookedMade) ?? lookedMade
        prepared.isByRow = snapshot.files.allSatisfy { $0.rows?.record != nil }
        return prepared
    }

    /// How many rows arrived after the first snapshot.
    private static func warnings(_ snapshot: SourceSnapshot, _ source: Source) -> [String] {
        let late = snapshot.files.flatMap { file in
            (file.rows?.parts ?? []).filter { file.rows?.record != nil && $0.firstSeen != nil }.map { (file.path, $0) }
        }
        let all = snapshot.files.reduce(0) { $0 + ($1.rows?.parts.reduce(0) { $0 + $1.rows } ?? 0) }
        let count = late.reduce(0) { $0 + $1.1.rows }
        guard count > 0, let first = late.compactMap(\.1.firstSeen).min(), let path = late.first?.0 else { return [] }
        return [
            "source \(source.name): \(count.grouped) of \(all.grouped) rows are new or changed since the first snapshot, and "
                + "count as known from when they were first seen, \(first) and later (\(path))"
        ]
    }

    /// Files by the time they were first seen, so that each group is read with one lower bound for its known times.
    static func groups(_ files: [SourceSnapshot.File], of source: Source) -> [ViewJoin.FileGroup] {
        switch source.firstSeen {
        case .declared: return [ViewJoin.FileGroup(paths: files.map(\.path))]
        case .recorded: break
        }
        return Dictionary(grouping: files, by: \.firstSeen)
            .map { ViewJoin.FileGroup(paths: $0.value.map(\.path), firstSeen: $0.key) }
            .sorted { ($0.firstSeen?.microseconds ?? .min) < ($1.firstSeen?.microseconds ?? .min) }
    }
}
