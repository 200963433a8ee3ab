// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Compares definitions with a repository's lockfile, for `plan --locked`.
public enum LockCheck {
    /// Throws unless the lockfile matches the definitions exactly.
    ///
    /// Throws `E-locked` with everything that differs or when there is no file, `E-unreadable` when it cannot be read, and
    /// what `Lockfile.parse(_:)` throws.
    public static func verify(path: String, wanted: FingerprintGraph) throws(TallyError) {
        guard let bytes = try AtomicFile.read(path) else {
            throw TallyError(
                .locked, "there is no lockfile", subject: path,
                help: "run `\(.apply)` and put \(Lockfile.fileName) under version control")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TallyError(
                .corrupt, "is no lockfile: it is not UTF-8", subject: path,
                help: "run `\(.apply)`, which writes it anew")
        }
        let differences = Lockfile.differences(locked: try Lockfile.parse(text), wanted: wanted.lockfile)
        guard !differences.isEmpty else { return }
        throw TallyError(
            .locked, "does not say what the definitions say: " + differences.map(\.description).joined(separator: "; "),
            subject: path, help: "run `\(.apply)` and commit the lockfile, or take the change back")
    }
}
