// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The sealing of verdicts without a checksum, as versions before form 2 wrote them.
extension GateFolder {
    /// Adds to verdicts a checksum and the digest of the waiting rows; returns a note about those that had none, nil
    /// for none.
    ///
    /// The table is locked.
    func seal(_ verdicts: inout [Fingerprint: GateVerdict]) throws(TallyError) -> Advice? {
        let told = Self.unsealed(verdicts.values)
        for (key, verdict) in verdicts where !verdict.isSealed {
            try Self.expectWaiting(verdict, root: root)
            var sealed = verdict
            sealed.wait(
                in: try verdict.quarantined.map { (path) throws(TallyError) in try KeptFile(at: path, root: root) })
            try record(sealed)
            verdicts[key] = sealed
        }
        return told
    }

    /// Returns the note about verdicts without a checksum; nil when there are none.
    static func unsealed(_ verdicts: some Collection<GateVerdict>) -> Advice? {
        let count = verdicts.count { !$0.isSealed }
        guard count > 0 else { return nil }
        return
            "\(count) verdict\(count == 1 ? " has" : "s have") no checksum, as earlier versions wrote them, and count as they "
            + "stand; look at `\(.quarantineList)` if anybody may have changed them"
    }
}
