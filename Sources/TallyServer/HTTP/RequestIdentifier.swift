// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import Synchronization

/// The name of a request in answers and logs: the client's own when it is sane, else a new one.
final class RequestIdentifier: Sendable {
    /// `x-request-id`; the name has the form of a token, so it always parses.
    static let field = HTTPField.Name("x-request-id") ?? .eTag
    private static let longest = 64

    private let next: Atomic<UInt64>

    /// Starts counting at a number, of which the lower 60 bits are used.
    init(start: UInt64) { next = Atomic(start) }

    /// The identifier of a request: 15 hexadecimal digits unless the client sent up to 64 letters, digits, `.`, `_`, `-`.
    func identify(_ sent: String?) -> String {
        if let sent, Self.isSane(sent) { return sent }
        let number = next.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue & (1 << 60 - 1)
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 15 - digits.count) + digits
    }

    private static func isSane(_ text: String) -> Bool {
        let bytes = text.utf8
        return !bytes.isEmpty && bytes.count <= longest
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
