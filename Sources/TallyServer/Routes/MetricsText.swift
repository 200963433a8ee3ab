// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// The counts and the age of data in Prometheus' text exposition (version 0.0.4).
struct MetricsText {
    private(set) var text = ""

    /// The content type of the form.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    init(_ metrics: Metrics, views: [ViewCard], scrub: ScrubBook.Pass? = nil, now: Timestamp) {
        addBuild()
        addRequests(metrics)
        addStatuses(metrics.snapshot)
        addFreshness(views, now: now)
        if let scrub { addScrub(scrub) }
    }

    private mutating func addBuild() {
        family("tally_build_info", "gauge", "The version of this server; always 1.")
        sample(
            "tally_build_info", [("version", TallyVersion.current), ("semantics", "\(TallyVersion.semantics)")], "1")
    }

    private mutating func addRequests(_ metrics: Metrics) {
        family("tally_requests_in_flight", "gauge", "Requests being answered.")
        sample("tally_requests_in_flight", [], "\(metrics.inFlight)")
        let latencies = metrics.snapshot.latencies.sorted {
            ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status)
        }
        let name = "tally_request_duration_seconds"
        family(name, "histogram", "From the head of a request to its finished answer, by route and HTTP status.")
        for (key, latency) in latencies {
            let labels = [("route", key.route), ("status", "\(key.status)")]
            var below = 0
            for (bound, requests) in zip(Metrics.boundsMicroseconds, latency.buckets) {
                below += requests
                sample(name + "_bucket", labels + [("le", Self.seconds(bound))], "\(below)")
            }
            below += latency.buckets[Metrics.boundsMicroseconds.count]
            sample(name + "_bucket", labels + [("le", "+Inf")], "\(below)")
            sample(name + "_sum", labels, Self.seconds(latency.totalMicroseconds))
            sample(name + "_count", labels, "\(below)")
        }
    }

    private mutating func addStatuses(_ counts: Metrics.Counts) {
        family("tally_values_served_total", "counter", "Values served, by view and status.")
        for (counter, view) in counts.views.enumerated() {
            for (index, status) in ValueStatus.allCases.enumerated() {
                let number = counts.statuses[counter * ValueStatus.allCases.count + index]
                if number > 0 || status == .present {
                    sample("tally_values_served_total", [("view", view), ("status", status.name)], "\(number)")
                }
            }
        }
    }

    private mutating func addFreshness(_ views: [ViewCard], now: Timestamp) {
        let filled = views.compactMap { card in card.generation.map { (card, $0) } }
        family("tally_view_age_seconds", "gauge", "From the known time a view was filled up to until now.")
        for (card, _) in filled { sample("tally_view_age_seconds", card, Self.seconds(card.age?.microseconds ?? 0)) }
        family("tally_view_filled_timestamp_seconds", "gauge", "When a view was filled last, in Unix time.")
        for (card, generation) in filled {
            sample("tally_view_filled_timestamp_seconds", card, Self.seconds(generation.filledAt.microseconds))
        }
        family("tally_view_keys", "gauge", "Entities stored of a view.")
        for (card, generation) in filled { sample("tally_view_keys", card, "\(generation.keys)") }
        family("tally_view_generation", "gauge", "The generation of a view that answers.")
        for (card, generation) in filled { sample("tally_view_generation", card, "\(generation.number)") }
        family("tally_view_promised_age_seconds", "gauge", "The time to live of a view; absent where none is promised.")
        for card in views {
            guard let limit = card.view.timeToLive else { continue }
            sample("tally_view_promised_age_seconds", card, Self.seconds(limit.microseconds))
        }
    }

    private mutating func addScrub(_ scrub: ScrubBook.Pass) {
        family("tally_scrub_broken", "gauge", "What the last scrub found damaged: 1, else 0; by what was looked at.")
        for finding in scrub.findings {
            sample("tally_scrub_broken", [("what", finding.what)], finding.state == .broken ? "1" : "0")
        }
        family("tally_scrub_timestamp_seconds", "gauge", "When the last scrub ended, in Unix time.")
        sample("tally_scrub_timestamp_seconds", [], Self.seconds(scrub.endedAt.microseconds))
    }

    private mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func sample(_ name: String, _ card: ViewCard, _ value: String) {
        sample(name, [("view", card.view.name)], value)
    }

    private mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    private static func escaped(_ label: String) -> String {
        var text = ""
        for scalar in label.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Microseconds as seconds, exact.
    private static func seconds(_ microseconds: Int64) -> String {
        let (whole, rest) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        let digits = String(rest)
        var text = "\(microseconds < 0 ? "-" : "")\(whole)"
        guard rest != 0 else { return text }
        text += "." + String(repeating: "0", count: 6 - digits.count) + digits
        while text.hasSuffix("0") { text.removeLast() }
        return text
    }
}
