// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Forms of text that have names, as anchored patterns.
enum TextForm {
    /// The pattern of each form, by its name in JSON Schema.
    static let patterns: [String: String] = [
        "email": "^\(localPart)@\(host)$",
        // RFC 9562, section 4: the hexadecimal form in either case.
        "uuid": "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
        // RFC 3986, appendix A: a scheme, and then only characters a URI may hold.
        "uri": "^[A-Za-z][A-Za-z0-9+.\\-]*:(%[0-9A-Fa-f]{2}|[!#$&-;=?-Z\\[\\]_a-z~])+$",
        "hostname": "^\(host)$",
        "ipv4": "^\(ipv4)$",
        "ipv6": "^(\(ipv6))$",
        "date": "^(\(date))$",
        "time": "^\(time)$",
        "date-time": "^(\(date))[Tt ]\(time)$",
    ]

    /// RFC 5321, section 4.1.2: a dotted string of atoms.
    private static let localPart = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-]+)*"
    /// RFC 1123, section 2.1: labels of letters, digits and inner hyphens, each at most 63 long.
    private static let host =
        "[A-Za-z0-9]([A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?)*"
    private static let byte = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    private static let ipv4 = "\(byte)(\\.\(byte)){3}"

    /// RFC 4291, section 2.2: eight groups, or fewer around one `::`, the last two perhaps as an IPv4 address.
    private static let ipv6: String = {
        let group = "[0-9A-Fa-f]{1,4}"
        var forms = ["(\(group):){7}\(group)", "(\(group):){6}\(ipv4)"]
        for before in 0...7 {
            let head = before == 0 ? "" : "\(group)(:\(group)){\(before - 1)}"
            let after = 7 - before
            let tail = after == 0 ? "" : "(\(group)(:\(group)){0,\(after - 1)})?"
            forms.append("\(head)::\(tail)")
            if before <= 5 {
                let groups = 5 - before
                forms.append("\(head)::(\(group):){0,\(groups)}\(ipv4)")
            }
        }
        return forms.joined(separator: "|")
    }()

    /// RFC 3339, section 5.6, with the days that each month has.
    private static let date: String = {
        let leap = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29"
        let days =
            "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])"
        return "[0-9]{4}-(\(days))|\(leap)"
    }()

    /// A time of day (ISO 8601, extended form): hours and minutes, perhaps seconds, a fraction and an offset.
    static let timeOfDay =
        "^([01][0-9]|2[0-3]):[0-5][0-9](:([0-5][0-9]|60)([.,][0-9]+)?)?([Zz]|[+\\-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?$"

    /// RFC 3339, section 5.6: with an offset; a leap second is allowed.
    private static let time =
        "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?([Zz]|[+\\-]([01][0-9]|2[0-3]):[0-5][0-9])"
}
