// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A command for a POSIX shell that asks for the vector of one entity; whatever names hold, it is one request and no more.
struct CurlExample {
    /// Scheme, host and port.
    let place: String
    let service: String
    let keys: [ColumnSchema]
    let inputs: [ColumnSchema]
    /// Whether a token has to be sent.
    let hasToken: Bool

    /// Two lines.
    var text: String {
        let token = hasToken ? "-H \"Authorization: Bearer $TALLY_TOKEN\" " : ""
        return "curl \(token)-H 'Content-Type: application/json' \(Self.quoted(place + "/v1/vectors")) \\\n  -d "
            + Self.quoted(Medium.json.escaped(body.compactText))
    }

    private var body: JSON {
        var members = [("service", JSON.string(service)), ("entities", Self.samples(keys))]
        if !inputs.isEmpty { members.append(("request", Self.samples(inputs))) }
        return .object(members)
    }

    private static func samples(_ columns: [ColumnSchema]) -> JSON {
        .object(columns.map { ($0.name, .array([sample($0.type)])) })
    }

    private static func sample(_ type: DataType) -> JSON {
        switch type {
        case .bool: .bool(true)
        case .int32, .int64: .int(1)
        case .float32, .float64: .double(0.5)
        case .string: .string("…")
        case .bytes: .string("AA==")
        case .timestamp: .string("2013-01-01T00:00:00Z")
        case .date: .string("2013-01-01")
        case .array(let element): .array([sample(element)])
        }
    }

    /// Returns one word of a shell (POSIX, section 2.2.2): in single quotes all signs but the quote are literal.
    static func quoted(_ text: String) -> String {
        var word = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" { word += "'\\''" } else { word.unicodeScalars.append(scalar) }
        }
        return word + "'"
    }
}
