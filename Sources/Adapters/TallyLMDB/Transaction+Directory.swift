// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The directory of a store: its form, its views and their generations (`docs/formats.md`, "The online store file").
extension Transaction {
    /// The version of the whole file's form; another one is refused.
    static let form: UInt32 = 1

    private static let formName = "form"
    private static let namespaceName = "namespace"
    private static let viewPrefix = "view/"
    private static let generationPrefix = "generation/"

    /// Throws unless the store has the form of this build.
    func checkForm() throws(TallyError) {
        guard let bytes = try record(Self.formName), bytes.count == 4 else {
            throw LMDBFailure.corrupt("the form of the online store", path: path)
        }
        let found = integer(bytes, as: UInt32.self)
        guard found == Self.form else {
            throw TallyError(
                .unreadable, "has form \(found), and this build knows form \(Self.form)", subject: path,
                help: "use the version of tally that wrote it")
        }
    }

    /// Throws unless all records of the directory have names of ours, and each generation has its view's entry.
    ///
    /// A record is found by its name: under a damaged one it would be missing, and its view would look as if it were never
    /// filled. What records hold is verified when it is read.
    func checkNames() throws(TallyError) {
        var filled: [Substring] = []
        var views = Set<Substring>()
        for name in try recordNames("") {
            if name == Self.formName || name == Self.namespaceName { continue }
            let isView = name.hasPrefix(Self.viewPrefix)
            let storage = name.dropFirst(isView ? Self.viewPrefix.count : Self.generationPrefix.count)
            guard isView || name.hasPrefix(Self.generationPrefix), Fingerprint(hex: String(storage)) != nil else {
                throw LMDBFailure.corrupt("a name in the online store's directory", path: path)
            }
            if isView { views.insert(storage) } else { filled.append(storage) }
        }
        guard filled.allSatisfy(views.contains) else {
            throw LMDBFailure.corrupt("a name in the online store's directory", path: path)
        }
    }

    /// Writes the form of a new store, unless another process did.
    func makeForm() throws(TallyError) {
        guard try record(Self.formName) == nil else { return }
        try store(Self.formName, bigEndian(Self.form))
        try store(Self.namespaceName, bigEndian(UInt32(1)))
    }

    /// The entry of a storage fingerprint.
    func entry(of storage: Fingerprint) throws(TallyError) -> DirectoryEntry {
        try entry(under: Self.viewPrefix + storage.hex) ?? .none
    }

    private func entry(under name: String) throws(TallyError) -> DirectoryEntry? {
        guard let bytes = try record(name) else { return nil }
        guard bytes.count == 13, bytes[0] <= 1 else {
            throw LMDBFailure.corrupt("an entry of the online store's directory", path: path)
        }
        let lastNumber: Int = integer(bytes[5..<13])
        guard lastNumber.isCount else { throw LMDBFailure.corrupt("the number of a generation", path: path) }
        return DirectoryEntry(namespace: bytes[0] == 1 ? integer(bytes[1..<5]) : nil, lastNumber: lastNumber)
    }

    /// Changes the entry of a storage fingerprint.
    func set(_ entry: DirectoryEntry, of storage: Fingerprint) throws(TallyError) {
        try store(
            Self.viewPrefix + storage.hex,
            [entry.namespace == nil ? 0 : 1] + bigEndian(entry.namespace ?? 0) + bigEndian(Int64(entry.lastNumber)))
    }

    /// All entries, in the order of the fingerprints.
    func entries() throws(TallyError) -> [(storage: Fingerprint, entry: DirectoryEntry)] {
        var entries: [(storage: Fingerprint, entry: DirectoryEntry)] = []
        for name in try recordNames(Self.viewPrefix) {
            guard let storage = Fingerprint(hex: String(name.dropFirst(Self.viewPrefix.count))),
                let entry = try entry(under: name)
            else { throw LMDBFailure.corrupt("an entry of the online store's directory", path: path) }
            entries.append((storage, entry))
        }
        return entries
    }

    /// The generation that was stored last for a filled storage fingerprint.
    func generation(of storage: Fingerprint) throws(TallyError) -> OnlineGeneration {
        let bytes = try record(Self.generationPrefix + storage.hex) ?? []
        guard let json = try? JSON(parsing: String(decoding: bytes, as: UTF8.self)),
            let generation = OnlineGeneration(json: json), generation.storage == storage
        else { throw LMDBFailure.corrupt("the record of a generation", path: path) }
        return generation
    }

    /// Stores a generation in the place of the one before it.
    func set(_ generation: OnlineGeneration) throws(TallyError) {
        try store(Self.generationPrefix + generation.storage.hex, Array(generation.json.compactText.utf8))
    }

    /// Removes the record of a storage fingerprint's generation.
    func removeGeneration(of storage: Fingerprint) throws(TallyError) {
        try removeRecord(Self.generationPrefix + storage.hex)
    }

    /// Returns a namespace that was never used.
    func newNamespace() throws(TallyError) -> UInt32 {
        guard let bytes = try record(Self.namespaceName), bytes.count == 4 else {
            throw LMDBFailure.corrupt("the count of namespaces of the online store", path: path)
        }
        let namespace = integer(bytes, as: UInt32.self)
        guard namespace < .max else {
            throw TallyError(.engine, "the online store has given away all its namespaces", subject: path)
        }
        try store(Self.namespaceName, bigEndian(namespace + 1))
        return namespace
    }
}
