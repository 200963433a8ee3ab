// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import HTTPTypes
import TallyModel
import TallyTesting
import Testing

@testable import TallyServer

@Suite struct PagesTests {
    private static let paths = [
        "/", "/services/arrival_delay", "/services/waiting", "/views/origin_weather", "/views/untouched",
    ]

    @Test func `pages have no scripts and nothing from elsewhere, and tell the browser so`() async throws {
        let fixture = try await ServerFixture()
        for path in Self.paths + ["/views/nope"] {
            let answer = try await fixture.get(path)
            #expect(answer.status == (path == "/views/nope" ? 404 : 200))
            #expect(answer.fields[.contentType] == "text/html; charset=utf-8")
            #expect(answer.fields[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            for banned in ["<script", "src=", "@import", "url(", "href=\"http"] {
                #expect(!answer.text.contains(banned), "\(path) has \(banned)")
            }
            #expect(answer.text.hasPrefix("<!doctype html><html lang=\"en\">"))
        }
    }

    @Test func `whatever a definition says is text, never markup`() async throws {
        let fixture = try await ServerFixture()
        let page = try await fixture.get("/views/origin_weather").text
        #expect(page.contains("Mean wind &lt;b&gt;speed&lt;/b&gt; &amp; more."))
        #expect(page.contains("visib &lt; 1.0"))
        #expect(
            HTML.escaped("<a href='x' title=\"y\">&</a>").text
                == "&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;&lt;/a&gt;")
        #expect(
            HTML.link("/views/", name: "a/b?\"<ü").text == "<a href=\"/views/a%2Fb%3F%22%3C%C3%BC\">a/b?&quot;&lt;ü</a>"
        )
        let missing = try await fixture.get("/views/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
        #expect(missing.status == 404)
        #expect(!missing.text.contains("<script>"))
        #expect(missing.text.contains("&lt;script&gt;"))
    }

    @Test func `pages show owner, type, unit, promise, age, generation and release`() async throws {
        let fixture = try await ServerFixture()
        fixture.setClock(2 * 3_600)
        let home = try await fixture.get("/").text
        for text in [
            "arrival_delay", "release 1", "2 h old, 3h promised", "waits for untouched", "ops-data", "delay-model",
        ] {
            #expect(home.contains(text), "\(text)")
        }
        let view = try await fixture.get("/views/origin_weather").text
        for text in ["wind_speed", "float64", "mph", "ops-data", "2013-01-01T12:00:00Z", "origin: string", "3h"] {
            #expect(view.contains(text), "\(text)")
        }
        let service = try await fixture.get("/services/arrival_delay").text
        for text in ["headwind", "wind_speed * cos(radians(wind_dir - course))", "course", "serving", "curl"] {
            #expect(service.contains(text), "\(text)")
        }
        let waiting = try await fixture.get("/services/waiting").text
        #expect(waiting.contains("tally materialize untouched"))
        fixture.setClock(4 * 3_600)
        let late = try await fixture.get("/").text
        #expect(late.contains("verdict broken\">4 h old, 3h promised"))
    }

    @Test func `a browser shows them`() async throws {
        guard let browser = OutsideProgram.find("chromium") ?? OutsideProgram.find("chromium-browser") else {
            print("SKIPPED: chromium is not installed (apt-get install chromium), so no page was looked at")
            return
        }
        let fixture = try await ServerFixture()
        let pictures = ProcessInfo.processInfo.environment["TALLY_SCREENSHOTS"] ?? fixture.folder.path
        try await LiveServer.run(fixture.parts) { server in
            for (index, path) in Self.paths.enumerated() {
                let picture = "\(pictures)/page\(index).png"
                let profile = "--user-data-dir=\(fixture.folder.path)/profile\(index)"
                let common = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1200,1000", profile]
                let shot = try await OutsideProgram.run(
                    browser, common + ["--screenshot=" + picture, server.url(path)])
                #expect(shot.status == 0, "\(shot.errors)")
                let bytes = try #require(FileManager.default.contents(atPath: picture), "no picture of \(path)")
                #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
                #expect(bytes.count > 5_000)
                let shown = try await OutsideProgram.run(browser, common + ["--dump-dom", server.url(path)])
                let name = path.split(separator: "/").last.map(String.init) ?? "flights"
                #expect(shown.output.contains("<h1>\(name)</h1>"), "\(path): \(shown.output.prefix(300))")
            }
        }
    }
}
