// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Whether a data file is whole, asked before LMDB maps it: a walk through its pages, or the stamp that the last one left.
///
/// LMDB trusts the bytes of its file, and a page that is not there is a signal. The stamp is what the file system says
/// of the file; a fill leaves a new one. A file with another stamp was written by another program, or by a fill that
/// was killed.
enum StructureProof {
    /// The result of a walk.
    enum Outcome {
        /// There is no store.
        case none
        /// Everything is in order; how many pages and bytes that is.
        case whole(pages: Int, bytes: Int64)
        case damaged(StructureDamage)
        /// The file changed again and again.
        case changing
    }

    /// Throws `E-corrupt` unless the structure was found whole as the file is now; reads the whole file at most once.
    ///
    /// `isLocked` says that the caller holds the fill lock.
    static func require(_ folder: String, isLocked: Bool) throws(TallyError) {
        guard let isShort = try quickLook(folder) else { return }
        let stamp = FileStamp(of: EnvironmentIdentity.data(folder))
        if !isShort, let stamp, try kept(folder) == content(stamp) { return }
        var lock: FileLock?
        if !isLocked {
            do throws(OpenFile.Failure) {
                lock = try FileLock.trying(folder + "/fill.lock", isShared: true)
                // Who fills now looked before it began, and leaves a stamp at its end.
                if lock == nil, !isShort { return }
            } catch {
                // Who may only read looks without the lock, and leaves no stamp.
                lock = nil
            }
        }
        switch try walk(folder) {
        case .none, .changing: return
        case .damaged(let damage): throw LMDBFailure.damaged(damage, path: folder)
        case .whole:
            if lock != nil || isLocked, stamp == FileStamp(of: EnvironmentIdentity.data(folder)) { keep(folder) }
        }
        withExtendedLifetime(lock) {}
    }

    /// Notes that the file is whole now; only for a caller that excludes fills.
    static func keep(_ folder: String) {
        guard let stamp = FileStamp(of: EnvironmentIdentity.data(folder)) else { return }
        // Without the note the file is looked through once more.
        try? AtomicFile.write(content(stamp), to: stampPath(folder), waitsForDisk: false)
    }

    /// Examines a file whatever its stamp is.
    static func examine(_ folder: String) throws(TallyError) -> Outcome {
        let lock = (try? FileLock.trying(folder + "/fill.lock", isShared: true)) ?? nil
        defer { withExtendedLifetime(lock) {} }
        do throws(TallyError) {
            guard try quickLook(folder) != nil else { return .none }
        } catch {
            guard error.code == .corrupt else { throw error }
            return .damaged(StructureDamage(error.underlying ?? error.message))
        }
        return try walk(folder)
    }

    /// Looks at size and meta pages: nil for no store, else whether the file is shorter than its pages are many.
    ///
    /// The last pages may be free ones that were never written, so a short file is looked through.
    private static func quickLook(_ folder: String) throws(TallyError) -> Bool? {
        guard let file = try PageFile(folder) else { return nil }
        let size = try file.size()
        guard size > 0 else {
            // The empty file of an opening that was cut short counts as none; one that was filled before does not.
            guard FileName.exists(stampPath(folder)) else { return nil }
            throw LMDBFailure.damaged(StructureDamage("the file is empty"), path: folder)
        }
        switch try file.meta() {
        case .failure(let damage): throw LMDBFailure.damaged(damage, path: folder)
        case .success(let meta): return size / UInt64(meta.pageSize) <= meta.lastPage
        }
    }

    private static func walk(_ folder: String) throws(TallyError) -> Outcome {
        for _ in 0..<attempts {
            guard let file = try PageFile(folder) else { return .none }
            let meta: MetaPage
            switch try file.meta() {
            case .success(let found): meta = found
            case .failure(let damage): return .damaged(damage)
            }
            let size = try file.size()
            var walk = StructureWalk(file, meta, size: size)
            do throws(StructureDamage) {
                try walk.run()
                return .whole(pages: walk.pages, bytes: Int64(size))
            } catch {
                guard !Task.isCancelled else {
                    throw TallyError(.interrupted, "was interrupted while it was looked through", subject: folder)
                }
                // A writer reuses pages that no reader holds.
                guard let again = try PageFile(folder), case .success(let now) = try again.meta(), now == meta else {
                    continue
                }
                return .damaged(error)
            }
        }
        return .changing
    }

    private static let attempts = 5

    /// The note of the last walk; nil for none, and for what cannot be one.
    private static func kept(_ folder: String) throws(TallyError) -> [UInt8]? {
        let path = stampPath(folder)
        guard let stamp = FileStamp(of: path), stamp.kind == .file, stamp.size < 1_000 else { return nil }
        return try AtomicFile.read(path)
    }

    private static func stampPath(_ folder: String) -> String { folder + "/data.checked" }

    private static func content(_ stamp: FileStamp) -> [UInt8] { Array("\(stamp.text)\n".utf8) }
}
