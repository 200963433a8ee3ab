// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Reports as GitHub workflow commands, which become annotations of the lines they name.
public enum GitHubReport {
    /// One line for each item that did not pass; kept promises are not shown.
    public static func text(_ items: [ReportItem]) -> String {
        items.compactMap { item -> String? in
            let command: String
            switch item.outcome {
            case .passed: return nil
            case .failed: command = "error"
            case .warned: command = "warning"
            case .skipped: command = "notice"
            }
            var properties: [String] = []
            if let place = item.location {
                properties = [
                    "file=\(property(place.file))", "line=\(place.line)", "col=\(place.column)",
                    "endColumn=\(place.column + place.length)",
                ]
            }
            properties.append("title=\(property(item.id))")
            return "::\(command) \(properties.joined(separator: ","))::\(message(item.message))\n"
        }.joined()
    }

    private static func message(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private static func property(_ text: String) -> String {
        message(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
