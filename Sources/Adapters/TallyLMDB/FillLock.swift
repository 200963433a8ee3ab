// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The right to fill, held by one process at a time; a process that dies gives it back.
///
/// LMDB orders single transactions. A fill takes several, and who sweeps must know that no other fill is on its way.
enum FillLock {
    /// Runs `body` with the exclusive right to fill the store in a folder; throws `E-interrupted` when cancelled
    /// before.
    static func holding<Result>(
        _ folder: String, _ cancellation: Cancellation, _ body: () throws(TallyError) -> Result
    ) throws(TallyError) -> Result {
        let lock = try lock(folder, cancellation)
        defer { withExtendedLifetime(lock) {} }
        return try body()
    }

    private static func lock(_ folder: String, _ cancellation: Cancellation) throws(TallyError) -> FileLock {
        while true {
            do throws(OpenFile.Failure) {
                if let lock = try FileLock.trying(folder + "/fill.lock") { return lock }
            } catch {
                throw LMDBFailure.error(error.number, .write, path: folder)
            }
            try cancellation.check()
            Pause.briefly()
        }
    }
}
