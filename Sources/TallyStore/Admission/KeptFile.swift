// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A file of rows that the gate made, as it was when it was written.
struct KeptFile: Sendable, Hashable {
    /// The path, relative to the repository.
    let path: String
    /// The size in bytes.
    let size: Int64
    /// The digest of its bytes.
    let digest: Fingerprint

    /// Notes what a file is.
    init(path: String, size: Int64, digest: Fingerprint) {
        self.path = path
        self.size = size
        self.digest = digest
    }

    /// Looks at a file of the repository at `root`; throws `E-unreadable`.
    init(at path: String, root: String) throws(TallyError) {
        self.init(
            path: path, size: FileStamp(of: root + "/" + path)?.size ?? 0,
            digest: try Snapshotter(root: root).digest(ofFile: path))
    }

    /// Returns the difference from the recorded file in words; nil when the file is unchanged.
    ///
    /// The size is checked first, and alone without `readsBytes`: a file that is cut short is noticed without reading
    /// it.
    func difference(root: String, readsBytes: Bool = true) throws(TallyError) -> String? {
        guard let found = FileStamp(of: root + "/" + path)?.size else { return "it is missing" }
        guard found == size else { return "it has \(found) bytes and had \(size)" }
        guard readsBytes, try Snapshotter(root: root).digest(ofFile: path) != digest else { return nil }
        return "its bytes are not those that were written"
    }
}
