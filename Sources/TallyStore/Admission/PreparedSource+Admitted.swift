// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension PreparedSource {
    /// The files, each with what its verdict goes by: the digest of its bytes, and its folders where these are columns.
    ///
    /// A second file of the same bytes is a file of its own, with rows of its own, and goes by a digest of digest and number.
    ///
    /// A view's verdicts go by the file and by how the view makes its values.
    func keyedFiles(_ making: Fingerprint?) -> [(file: SourceSnapshot.File, key: Fingerprint)] {
        var seen: [Fingerprint: Int] = [:]
        return snapshot.files.map { file in
            let folders = source.partitionPattern.map { HivePartitions.folders(ofPath: file.path, under: $0) } ?? []
            var parts: [(String, JSON)] = [("sha256", .string(file.digest.hex))]
            if !folders.isEmpty { parts.append(("folders", .array(folders.map { .string($0) }))) }
            let rows = folders.isEmpty ? file.digest : Fingerprint(of: .object(parts))
            let number = (seen[rows] ?? 0) + 1
            seen[rows] = number
            guard number > 1 || making != nil else { return (file, rows) }
            if number > 1 { parts.append(("copy", .int(Int64(number)))) }
            if let making { parts.append(("making", .string(making.hex))) }
            return (file, Fingerprint(of: .object(parts)))
        }
    }
}

extension PreparedSource {
    /// The source without some of its files.
    func leavingOut(_ files: Set<ExactPath>) -> PreparedSource {
        guard !files.isEmpty else { return self }
        let kept = snapshot.files.filter { !files.contains(ExactPath($0.path)) }
        let groups = groups.compactMap { group -> ViewJoin.FileGroup? in
            let paths = group.paths.filter { !files.contains(ExactPath($0)) }
            return paths.isEmpty ? nil : ViewJoin.FileGroup(paths: paths, firstSeen: group.firstSeen)
        }
        var rest = PreparedSource(
            source: source,
            snapshot: snapshot.with(files: kept), groups: groups,
            format: format, warnings: warnings)
        rest.replayed = replayed
        rest.looked = looked
        rest.isByRow = isByRow
        rest.listed = listed
        rest.description = description
        rest.decisions = decisions
        rest.coverage = coverage
        return rest
    }

    /// Returns the source with copies instead of the files that lost rows, and with rows that were admitted later.
    ///
    /// Of a file of JSON lines all of whose rows were set aside nothing is left, not even the names of columns.
    ///
    /// Rows that were admitted later are known from then on: not from before the decision that set them aside, and, where a
    /// clock said so that was ahead, from `now`.
    ///
    /// Throws `E-corrupt` for a copy that is not there, or not whole.
    func admitted(
        _ verdicts: [Fingerprint: GateVerdict], _ making: Fingerprint?, root: String, at now: Timestamp
    ) throws(TallyError) -> PreparedSource {
        let copies = keyedFiles(making).flatMap { verdicts[$0.key]?.admittedFiles ?? [] }.map(\.path)
        // Looked at before their bytes are, so that a copy that is exchanged while it is read is told, too.
        let lookedCopies = LookedFiles(copies, root: root)
        var renamed: [ExactPath: String] = [:]
        var emptied = Set<ExactPath>()
        var later: [SourceSnapshot.File] = []
        var files: [SourceSnapshot.File] = []
        for (file, key) in keyedFiles(making) {
            guard let verdict = verdicts[key] else {
                files.append(file)
                continue
            }
            // A file without admitted rows is not read.
            for copy in verdict.admittedFiles where copy.size > 0 { try GateFolder.expectWhole(copy, root: root) }
            for rows in verdict.replayed {
                // Rows that were admitted later could not have been used before.
                later.append(
                    SourceSnapshot.File(
                        path: rows.path, size: rows.size, digest: rows.digest,
                        firstSeen: verdict.knownFrom(rows, in: file, at: now), stamp: ""))
            }
            guard let path = verdict.accepted, let digest = verdict.acceptedDigest else {
                files.append(file)
                continue
            }
            guard verdict.acceptedSize > 0 else {
                emptied.insert(ExactPath(file.path))
                continue
            }
            renamed[ExactPath(file.path)] = path
            files.append(
                SourceSnapshot.File(
                    path: path, size: verdict.acceptedSize, digest: digest, firstSeen: file.firstSeen, stamp: ""))
        }
        let kept = groups.compactMap { group -> ViewJoin.FileGroup? in
            let paths = group.paths.filter { !emptied.contains(ExactPath($0)) }
                .map { renamed[ExactPath($0)] ?? $0 }
            return paths.isEmpty ? nil : ViewJoin.FileGroup(paths: paths, firstSeen: group.firstSeen)
        }
        let added = later.map { ViewJoin.FileGroup(paths: [$0.path], firstSeen: $0.firstSeen) }
        var admitted = PreparedSource(
            source: source,
            snapshot: snapshot.with(files: files + later),
            groups: kept + added, format: format, warnings: warnings)
        admitted.replayed = replayed.union(later.map { ExactPath($0.path) })
        admitted.looked = copies.isEmpty ? looked : looked?.with(lookedCopies) ?? lookedCopies
        admitted.listed = listed
        admitted.isByRow = isByRow
        admitted.description = description
        admitted.decisions = decisions
        admitted.coverage = coverage
        return admitted
    }

    /// Returns the same source; throws `E-broken-promise` when no file is left in it.
    func refusingNothing() throws(TallyError) -> PreparedSource {
        guard snapshot.files.isEmpty else { return self }
        throw TallyError(
            .brokenPromise, "every row of every file was set aside", subject: "source \(source.name)",
            help: "`\(.quarantineList)` shows them; repair the data, or let rows in with `\(.quarantineReplay())`")
    }
}
