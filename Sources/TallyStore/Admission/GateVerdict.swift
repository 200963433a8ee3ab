// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The verdict on one file when its rows first entered: recorded once, and replayed from then on (SEMANTICS 7).
struct GateVerdict: Sendable, Hashable {
    /// The key of the file: the digest of its bytes, or one derived from it for another file of the same bytes.
    let digest: Fingerprint
    /// The fingerprint of the computation of the values that were judged, for a view's verdict; nil for a source's.
    let making: Fingerprint?
    /// The path it had then.
    let path: String
    /// The digest of the promises that its rows were checked against.
    let promises: Fingerprint
    /// The time of the decision.
    let decidedAt: Timestamp
    /// The number of rows in the file.
    let rows: Int
    /// The number of rows that were set aside; they are in `quarantined`, the others in `accepted`.
    let setAside: Int
    /// The file with the admitted rows, relative to the repository; nil for the file itself.
    let accepted: String?
    /// The digest of that file.
    let acceptedDigest: Fingerprint?
    /// The size of that file in bytes.
    let acceptedSize: Int64
    /// The file with the rows that are still set aside; nil when there are none.
    private(set) var quarantined: String?
    /// The digest of that file; nil where a version wrote the verdict that kept none.
    private(set) var quarantinedDigest: Fingerprint?
    /// The size of that file in bytes.
    private(set) var quarantinedSize: Int64
    /// The rows that were admitted later, by request; each is known from that time on.
    var replayed: [Replayed] = []
    /// The number of rows that were set aside and later discarded for good.
    var discarded = 0
    /// Whether it stood under a checksum; false of what a version wrote that made none.
    private(set) var isSealed = true

    /// Rows that were set aside and admitted later.
    struct Replayed: Sendable, Hashable {
        let path: String
        let digest: Fingerprint
        let size: Int64
        let rows: Int
        let at: Timestamp

        var json: JSON {
            .object([
                ("path", .string(path)), ("sha256", .string(digest.hex)), ("size", .exact(size)),
                ("rows", .exact(Int64(rows))), ("at", .exact(at.microseconds)),
            ])
        }

        init(path: String, digest: Fingerprint, size: Int64, rows: Int, at: Timestamp) {
            self.path = path
            self.digest = digest
            self.size = size
            self.rows = rows
            self.at = at
        }

        init?(json: JSON) {
            guard let path = json["path"]?.stringValue,
                let digest = json["sha256"]?.stringValue.flatMap({ Fingerprint(hex: $0) }),
                let size = json["size"]?.exactValue, let rows = json["rows"]?.countValue,
                let at = json["at"]?.exactValue
            else { return nil }
            self.init(
                path: path, digest: digest, size: size, rows: rows, at: Timestamp(microseconds: at))
        }
    }

    /// The number of rows that are still set aside: neither admitted later nor discarded.
    var waiting: Int { setAside - discarded - replayed.reduce(0) { $0 + $1.rows } }
    /// Whether its members are consistent: each row is in one place, and each place is named.
    private var isPossible: Bool {
        guard (0...Self.mostRows).contains(rows), (0...rows).contains(setAside), (0...setAside).contains(discarded)
        else { return false }
        var left = setAside - discarded
        for run in replayed {
            guard (0...left).contains(run.rows), run.size >= 0 else { return false }
            left -= run.rows
        }
        // Without the copy the whole file would count, with the rows that were set aside.
        guard (accepted != nil) == (setAside > 0), (accepted != nil) == (acceptedDigest != nil),
            accepted == nil ? acceptedSize == 0 : acceptedSize >= 0
        else { return false }
        return (quarantined != nil) == (left > 0) && (quarantined != nil || quarantinedDigest == nil)
            && (quarantinedDigest == nil ? quarantinedSize == 0 : quarantinedSize >= 0)
    }

    /// No file has more; a table may have ten thousand files of so many.
    private static let mostRows = 1 << 48

    /// The number of rows that are admitted by now.
    var visibleRows: Int { rows - waiting - discarded }

    /// The time from which rows are known that were admitted later; the clocks that wrote them down may have been wrong.
    func knownFrom(_ rows: Replayed, in file: SourceSnapshot.File, at now: Timestamp) -> Timestamp {
        let known = max(rows.at, decidedAt, file.firstSeen ?? rows.at)
        return known.isAhead(of: now) ? now : known
    }

    /// The files that it speaks of, relative to the repository.
    var files: [String] { [accepted, quarantined].compactMap(\.self) + replayed.map(\.path) }

    /// Records the file of the rows that are still set aside, and its digest.
    mutating func wait(in file: KeptFile?) {
        quarantined = file?.path
        quarantinedDigest = file?.digest
        quarantinedSize = file?.size ?? 0
        isSealed = true
    }

    /// The file with the rows that are still set aside, as it was written; nil where that is not known, or none are.
    var waitingFile: KeptFile? {
        guard let quarantined, let quarantinedDigest else { return nil }
        return KeptFile(path: quarantined, size: quarantinedSize, digest: quarantinedDigest)
    }

    /// The files with its admitted rows, as they were written.
    var admittedFiles: [KeptFile] {
        let copy = accepted.flatMap { path in
            acceptedDigest.map { KeptFile(path: path, size: acceptedSize, digest: $0) }
        }
        return [copy].compactMap(\.self)
            + replayed.map { KeptFile(path: $0.path, size: $0.size, digest: $0.digest) }
    }

    /// An object of everything, with a checksum.
    ///
    /// What an earlier version wrote of rows that wait stays without one while nobody says what their file is.
    var json: JSON {
        let members = members
        guard quarantined == nil || quarantinedDigest != nil else { return .object(members) }
        return .object(members + [(Self.checksum, .string(Fingerprint(of: .object(members)).hex))])
    }

    private static let kind = "gate verdict"
    private static let checksum = "checksum"

    /// Whether an object is what was written: it has the checksum of its other members, or none.
    static func isUntouched(_ json: JSON) -> Bool {
        guard let checksum = json[Self.checksum], let members = json.objectValue else { return true }
        let others = members.filter { !$0.name.isSame(as: Self.checksum) }
        return checksum.stringValue.flatMap { Fingerprint(hex: $0) } == Fingerprint(of: .members(others))
    }

    private var members: [(String, JSON)] {
        [
            ("tallystick", .string(Self.kind)), ("sha256", .string(digest.hex)),
            ("making", .optional(making?.hex)), ("path", .string(path)),
            ("promises", .string(promises.hex)), ("decidedAt", .string(decidedAt.description)),
            ("rows", .exact(Int64(rows))), ("setAside", .exact(Int64(setAside))), ("accepted", .optional(accepted)),
            ("acceptedSha256", .optional(acceptedDigest?.hex)), ("acceptedSize", .exact(acceptedSize)),
            ("quarantined", .optional(quarantined)), ("quarantinedSha256", .optional(quarantinedDigest?.hex)),
            ("quarantinedSize", .exact(quarantinedSize)), ("replayed", .array(replayed.map(\.json))),
            ("discarded", .exact(Int64(discarded))),
        ]
    }

    init(
        digest: Fingerprint, making: Fingerprint?, path: String, promises: Fingerprint, decidedAt: Timestamp,
        _ result: RowSplit.Result
    ) {
        self.digest = digest
        self.making = making
        self.path = path
        self.promises = promises
        self.decidedAt = decidedAt
        rows = result.rows
        setAside = result.setAside
        accepted = result.accepted
        acceptedDigest = result.acceptedDigest
        acceptedSize = result.acceptedSize
        quarantined = result.quarantined?.path
        quarantinedDigest = result.quarantined?.digest
        quarantinedSize = result.quarantined?.size ?? 0
    }

    /// Reads the object that `json` writes, or that earlier versions wrote; nil for anything else.
    init?(json: JSON) {
        guard json["tallystick"]?.stringValue == Self.kind, Self.isUntouched(json),
            let digest = json["sha256"]?.stringValue.flatMap({ Fingerprint(hex: $0) }),
            let path = json["path"]?.stringValue,
            let promises = json["promises"]?.stringValue.flatMap({ Fingerprint(hex: $0) }),
            let decidedAt = json["decidedAt"]?.stringValue.flatMap({ Timestamp($0) }),
            let rows = json["rows"]?.countValue, let setAside = json["setAside"]?.countValue,
            let size = json["acceptedSize"]?.exactValue, let written = json["replayed"]?.arrayValue,
            let discarded = json["discarded"]?.countValue
        else { return nil }
        self.init(
            digest: digest, making: json["making"]?.stringValue.flatMap { Fingerprint(hex: $0) }, path: path,
            promises: promises, decidedAt: decidedAt,
            RowSplit.Result(
                rows: rows, setAside: setAside, accepted: json["accepted"]?.stringValue,
                acceptedDigest: json["acceptedSha256"]?.stringValue.flatMap { Fingerprint(hex: $0) },
                acceptedSize: size))
        quarantined = json["quarantined"]?.stringValue
        quarantinedDigest = json["quarantinedSha256"]?.stringValue.flatMap { Fingerprint(hex: $0) }
        if let size = json["quarantinedSize"] {
            guard let size = size.exactValue else { return nil }
            quarantinedSize = size
        }
        replayed = written.compactMap { Replayed(json: $0) }
        self.discarded = discarded
        isSealed = json[Self.checksum] != nil
        guard replayed.count == written.count, isPossible else { return nil }
        guard !isSealed || quarantined == nil || quarantinedDigest != nil else { return nil }
    }
}
