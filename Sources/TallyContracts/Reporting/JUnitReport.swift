// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Reports as JUnit XML, the form that pipelines show as test results.
public enum JUnitReport {
    /// One suite for each group, one case for each item; a warning is a passed case with its text in `system-out`.
    public static func text(_ groups: [(name: String, items: [ReportItem])]) -> String {
        let all = groups.flatMap(\.items)
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<testsuites name=\"tally\" \(counts(all))>\n"
        for group in groups {
            text += "  <testsuite name=\"\(escaped(group.name))\" \(counts(group.items))>\n"
            for item in group.items { text += testCase(item) }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    private static func counts(_ items: [ReportItem]) -> String {
        let failed = items.count { $0.outcome == .failed }
        let skipped = items.count { $0.outcome == .skipped }
        return "tests=\"\(items.count)\" failures=\"\(failed)\" errors=\"0\" skipped=\"\(skipped)\""
    }

    private static func testCase(_ item: ReportItem) -> String {
        var head = "    <testcase classname=\"\(escaped(item.subject))\" name=\"\(escaped(item.id))\""
        if let place = item.location { head += " file=\"\(escaped(place.file))\" line=\"\(place.line)\"" }
        let message = escaped(item.message)
        switch item.outcome {
        case .passed: return head + "/>\n"
        case .failed:
            return head + ">\n      <failure type=\"\(escaped(item.rule))\" message=\"\(message)\"/>\n    </testcase>\n"
        case .skipped: return head + ">\n      <skipped message=\"\(message)\"/>\n    </testcase>\n"
        case .warned: return head + ">\n      <system-out>warning: \(message)</system-out>\n    </testcase>\n"
        }
    }

    private static func escaped(_ text: String) -> String { Medium.xml.escaped(text) }
}
