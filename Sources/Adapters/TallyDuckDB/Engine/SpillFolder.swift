// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// Names the folders that databases spill to: DuckDB makes one when it first spills, and removes what it made.
enum SpillFolder {
    private static let counter = Atomic<Int>(0)
    private static let start = "tallystick-"
    /// What DuckDB calls the files in there.
    private static let fileStart = "duckdb_temp_"
    /// The space that numbers of processes count in: containers that share a folder number theirs alike.
    private static let space = FileStamp(of: "/proc/self/ns/pid")?.lockName.parts(by: ":").last ?? "0"

    /// A folder for one database that is not there yet: two databases in one folder would overwrite each other's files.
    static func path(in parent: String?) -> String {
        let folder = parent ?? ScratchFolder.path
        let serial = counter.add(1, ordering: .relaxed).newValue
        return "\(folder)/\(start)\(space)-\(FileName.processNumber)-\(serial)"
    }

    /// Removes what killed processes spilled; what is not DuckDB's own stays, and the folder with it.
    static func sweep(_ parent: String?) {
        let folder = parent ?? ScratchFolder.path
        for name in FileName.names(in: folder) where isLeft(name) {
            let path = folder + "/" + name
            guard !FileStamp.isLink(path), FileStamp(of: path)?.kind == .folder else { continue }
            for file in FileName.names(in: path) where file.begins(with: fileStart) {
                FileName.remove(path + "/" + file)
            }
            FileName.removeFolder(path)
        }
    }

    /// Whether a name is one that `path` gives in this space of numbers, for a process that is gone.
    static func isLeft(_ name: String) -> Bool {
        guard let numbers = name.behind(start)?.parts(by: "-", keepingEmpty: true), numbers.count == 3,
            numbers[0].isSame(as: space), let process = Int32(numbers[1]), process > 0,
            process.description.isSame(as: numbers[1]), UInt64(numbers[2])?.description.isSame(as: numbers[2]) == true
        else { return false }
        return !FileName.isRunning(process)
    }
}

extension DuckDBEngine {
    /// Removes what killed processes spilled to where this engine spills.
    public func sweepSpills() { SpillFolder.sweep(settings.temporaryDirectory) }
}
