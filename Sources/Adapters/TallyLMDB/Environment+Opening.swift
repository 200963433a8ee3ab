// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Environment {
    /// The environment of a folder, made with its files when they are missing.
    static func forWriting(_ path: String, limits: LMDBLimits) throws(TallyError) -> Environment {
        do throws(OpenFile.Failure) {
            try FileName.makeFolder(path)
        } catch {
            throw TallyError(
                .unwritable, "the folder of the online store could not be made: \(error.message)", subject: path,
                help: "make the folder, or name another online store under `stores:` in tally.yaml",
                underlying: error.message)
        }
        let environment = try OpenEnvironments.environment(of: path) { () throws(TallyError) in
            // The empty file of an opening that was cut short counts as none.
            let isThere = FileName.hasBytes(EnvironmentIdentity.data(path))
            try StructureProof.require(path, isLocked: false)
            let size = isThere ? nil : limits.firstMapSize
            let handle = try EnvironmentHandle.open(path, isWritable: true, mapSize: size)
            if try handle.databases(path: path) == nil { try handle.makeDatabases(path: path) }
            return try taken(path, isWritable: true, limits, handle)
        }
        guard let environment, environment.isWritable else {
            throw TallyError(
                .unwritable, "the online store is open for reading only: its files cannot be written", subject: path,
                help: "check that the folder and the files in it are writable")
        }
        return environment
    }

    /// The environment of a folder; nil when there is no store in it yet.
    ///
    /// Its files are opened for writing where that is possible, since a process opens them once; nothing is written.
    static func forReading(_ path: String, limits: LMDBLimits) throws(TallyError) -> Environment? {
        try OpenEnvironments.environment(of: path) { () throws(TallyError) in
            try StructureProof.require(path, isLocked: false)
            guard FileName.hasBytes(EnvironmentIdentity.data(path)) else { return nil }
            let isWritable = FileName.isWritable(EnvironmentIdentity.data(path))
            let handle = try EnvironmentHandle.open(path, isWritable: isWritable, mapSize: nil)
            return try taken(path, isWritable: isWritable, limits, handle)
        }
    }

    private static func taken(
        _ path: String, isWritable: Bool, _ limits: LMDBLimits, _ handle: consuming EnvironmentHandle
    ) throws(TallyError) -> Environment? {
        guard let databases = try handle.databases(path: path), let identity = EnvironmentIdentity(of: path)
        else { return nil }
        return Environment(
            path: path, isWritable: isWritable, limits: limits, databases: databases, identity: identity, handle: handle
        )
    }
}
