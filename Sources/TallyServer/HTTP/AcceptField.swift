// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The `Accept` fields of a request: which forms of an answer the client takes (RFC 9110, section 12.5.1).
enum AcceptField {
    /// Whether a client names a form, and does not like JSON better; ranges such as `*/*` name none.
    static func prefers(_ type: String, in fields: [String]) -> Bool {
        let wanted = weight(of: type, in: fields)
        return wanted > 0 && wanted >= weight(of: Reply.jsonType, in: fields)
    }

    /// How much a client likes a type, from 0 to 1; 0 for one that it does not name.
    private static func weight(of type: String, in fields: [String]) -> Double {
        var weight = 0.0
        for element in fields.joined(separator: ",").split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard parts.first == type else { continue }
            let quality = parts.dropFirst().last { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            weight = max(weight, quality)
        }
        return weight
    }
}
