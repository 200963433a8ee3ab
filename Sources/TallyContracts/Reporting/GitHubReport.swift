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
                    "file=\(Medium.gitHubProperty.escaped(place.file))", "line=\(place.line)", "col=\(place.column)",
                    "endColumn=\(place.column + place.length)",
                ]
            }
            properties.append("title=\(Medium.gitHubProperty.escaped(item.id))")
            return "::\(command) \(properties.joined(separator: ","))::\(Medium.gitHubMessage.escaped(item.message))\n"
        }.joined()
    }
}
