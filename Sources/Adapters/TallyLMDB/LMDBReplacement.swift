// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A new store that is filled beside a damaged one, and then replaces it.
///
/// The damaged file stays under another name; nothing is read from it. Readers that have it open turn to the new one by
/// themselves (`OnlineStore.follow`). No other process replaces it meanwhile.
public final class LMDBReplacement: Sendable {
    /// The new store, empty at first.
    public let store: LMDBStore
    private let path: String
    private let lock: FileLock

    private static let folder = "new"

    /// Makes an empty store beside a damaged one; nil when the present one is whole or there is none.
    ///
    /// Throws `E-corrupt` for another program's database, which is left alone, and `E-conflict` during a fill.
    public init?(ofDamaged path: String) throws(TallyError) {
        guard try Self.isDamaged(path) else { return nil }
        let aside = path + "/" + Self.folder
        lock = try Self.lock(path, "new.lock")
        for name in FileName.names(in: aside) { FileName.remove(aside + "/" + name) }
        self.path = path
        store = try LMDBStore(path: aside)
    }

    /// Puts the new store into the place of the damaged one; returns the name that the damaged file has now.
    public func takePlace(at now: Timestamp) throws(TallyError) -> String {
        let aside = path + "/" + Self.folder
        let kept = "data.mdb.damaged-\(now.description.filter { $0.isASCII && ($0.isNumber || $0 == "T") }.prefix(15))"
        let filling = try Self.lock(path, "fill.lock")
        defer { withExtendedLifetime(filling) {} }
        do throws(OpenFile.Failure) {
            try FileName.link(EnvironmentIdentity.data(path), to: path + "/" + kept)
            // Locks first: who opens the files between the two steps finds the damaged data, and refuses it.
            try FileName.rename(EnvironmentIdentity.locks(aside), to: EnvironmentIdentity.locks(path))
            try FileName.rename(EnvironmentIdentity.data(aside), to: EnvironmentIdentity.data(path))
            try OpenFile.reading(path).synchronize()
        } catch {
            throw LMDBFailure.error(error.number, .write, path: path)
        }
        StructureProof.keep(path)
        for name in FileName.names(in: aside) { FileName.remove(aside + "/" + name) }
        FileName.removeFolder(aside)
        return kept
    }

    private static func lock(_ path: String, _ name: String) throws(TallyError) -> FileLock {
        do throws(OpenFile.Failure) {
            if let lock = try FileLock.trying(path + "/" + name) { return lock }
        } catch {
            throw LMDBFailure.error(error.number, .write, path: path)
        }
        throw TallyError(
            .conflict, "is damaged, and another command works on it", subject: path,
            help: "run the command again when that one is done")
    }

    private static func isDamaged(_ path: String) throws(TallyError) -> Bool {
        switch try StructureProof.examine(path) {
        case .none, .changing: return false
        case .damaged: return true
        case .whole: break
        }
        do throws(TallyError) {
            _ = try LMDBStore(path: path).generations()
            return false
        } catch {
            guard error.code == .corrupt, !LMDBFailure.isStranger(error) else { throw error }
            return true
        }
    }
}
