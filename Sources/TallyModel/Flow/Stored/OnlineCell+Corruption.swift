// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension OnlineCell {
    /// The reason why stored bytes are not a cell; the caller, who knows the key, adds the place.
    public enum Corruption: Error, Sendable, Hashable {
        /// They are of another version than the one that is read there.
        case version(UInt8, expected: UInt8)
        case checksum
        case form

        /// The fault, for a message.
        public var message: String {
            switch self {
            case .version(let version, let expected):
                "its format version is \(version), and this program reads \(expected)"
            case .checksum: "the checksum does not fit the bytes"
            case .form: "the bytes have no known form"
            }
        }
    }
}

extension TallyError {
    /// A stored cell that is not as it was written, or was written by another version: tells where it is by a digest of its key, never the key or a value.
    public init(_ corruption: OnlineCell.Corruption, view: String, key: OnlineKey) {
        let fault =
            switch corruption {
            case .version: "a stored row cannot be read"
            case .checksum, .form: "a stored row is damaged"
            }
        self.init(
            .corrupt, "\(fault): \(corruption.message)",
            subject: "online store, view \(view), key sha256:\(Fingerprint(of: key.stored).hex.prefix(16))",
            help: "fill the view again with `\(.materialize([view], full: true))`")
    }
}
