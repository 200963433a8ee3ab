// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import NIOCore
internal import TallyModel

/// A whole page: head, style, navigation, content; without scripts and outside content, which its headers forbid.
struct Page {
    let title: String
    let project: String
    let content: HTML

    /// The answer with the page.
    func reply(_ status: Int = 200) -> Reply {
        let head = HTML.pieces(
            .markup("<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"),
            .element("title", title == project ? title : title + " · " + project), .markup("<style>"),
            Stylesheet.text, .markup("</style>"))
        let header = HTML.pieces(
            .markup("<header><a class=\"home\" href=\"/\">"), .element("span", project),
            .markup("</a><nav><a href=\"/#services\">services</a><a href=\"/#views\">views</a>"),
            .markup("<a href=\"/metrics\">metrics</a></nav></header>"))
        let page = HTML.pieces(
            .markup("<!doctype html><html lang=\"en\"><head>"), head, .markup("</head><body>"), header,
            .markup("<main>"), content, .markup("</main>"),
            .element("footer", "tallystick \(TallyVersion.current)"), .markup("</body></html>"))
        return Reply(
            status: status, contentType: Reply.htmlType, body: ByteBuffer(string: page.text),
            fields: [
                (.contentSecurityPolicy, "default-src 'none'; style-src '\(Stylesheet.digest)'; base-uri 'none'"),
                (.xContentTypeOptions, "nosniff"),
            ])
    }
}

/// The pages' only style: readable by day and by night, on a phone and on paper.
enum Stylesheet {
    /// The digest by which a browser knows it, and takes no other.
    static let digest: String = {
        let hex = Array(Fingerprint(of: text.text.utf8).hex)
        let bytes = stride(from: 0, to: hex.count, by: 2).compactMap { UInt8(String(hex[$0...$0 + 1]), radix: 16) }
        var digits: [UInt8] = []
        Base64.append(bytes, to: &digits)
        return "sha256-" + String(decoding: digits, as: UTF8.self)
    }()

    static let text = HTML.markup(
        """
        :root{color-scheme:light dark;--ink:#1d2430;--soft:#5b6675;--line:#dfe4ea;--ground:#fbfbf9;--card:#fff;\
        --accent:#8a4b1f;--kept:#1c7a4a;--broken:#b3261e;--open:#7a6a1c}\
        @media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#9aa5b4;--line:#2c3440;--ground:#14181e;\
        --card:#1b2129;--accent:#e0a070;--kept:#5fcf95;--broken:#ff8f86;--open:#d9c766}}\
        *{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);\
        font:16px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}\
        header,main,footer{max-width:68rem;margin:0 auto;padding:1rem 1.25rem}\
        header{display:flex;align-items:baseline;gap:2rem;border-bottom:1px solid var(--line)}\
        .home{font-weight:700;font-size:1.15rem;color:var(--ink)}nav{display:flex;gap:1.25rem}\
        a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}\
        h1{font-size:1.7rem;line-height:1.2;margin:1.2rem 0 .3rem;overflow-wrap:anywhere}\
        h2{font-size:1.15rem;margin:2.2rem 0 .6rem}p{margin:.3rem 0 .8rem;max-width:46rem}\
        .kind,.soft,footer{color:var(--soft)}.kind{font-size:.85rem;letter-spacing:.06em;text-transform:uppercase;\
        margin-top:1.2rem}.kind+h1{margin-top:0}\
        .scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.6rem}\
        table{border-collapse:collapse;width:100%}th,td{padding:.55rem .8rem;text-align:left;vertical-align:top;\
        border-top:1px solid var(--line)}tr:first-child>th{border-top:0}th{color:var(--soft);font-weight:600;\
        font-size:.85rem}td.number{text-align:right;font-variant-numeric:tabular-nums}\
        code{font:.9em ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}\
        dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:1px;background:var(--card);\
        border:1px solid var(--line);border-radius:.6rem;overflow:hidden;margin:1rem 0}\
        dl>div{outline:1px solid var(--line);padding:.6rem .8rem}dd .verdict{white-space:normal}dt{color:var(--soft);font-size:.85rem}\
        dd{margin:0;overflow-wrap:anywhere}.verdict{font-weight:600;white-space:nowrap}\
        .verdict::before{content:"";display:inline-block;width:.6em;height:.6em;border-radius:50%;\
        background:currentColor;margin-right:.45em}.kept{color:var(--kept)}.broken{color:var(--broken)}\
        .unproven{color:var(--open)}.note{border-left:3px solid var(--open);padding:.4rem .9rem;background:var(--card)}\
        pre{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.8rem 1rem;overflow-x:auto}\
        footer{font-size:.85rem;margin-top:2rem}@media print{header nav{display:none}}
        """)
}
