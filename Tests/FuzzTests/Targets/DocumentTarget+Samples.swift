// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting

@testable import TallyStore

extension DocumentTarget {
    /// One of each kind of document.
    static var samples: [String] {
        let digest = Fingerprint(of: "x".utf8).hex
        let three = "{\"storage\":\"\(digest)\",\"value\":\"\(digest)\",\"promise\":\"\(digest)\"}"
        let documents = [
            OnlineSamples.fill(.merge, after: 1, until: 1).generation.numbered(3, keys: 2, digest: CellsDigest()).json,
            RegistrySamples.chain()[1].json, RegistrySamples.release("s", "one", views: ["v"]).json,
            TextOptions(nulls: ["NA"], trims: true, timeFormat: "yyyyMMdd", formats: ["a": "yyyy"]).json,
        ].map(\.compactText)
        return documents + [
            three,
            """
            {"missing":{"count":2,"names":["a.csv","b.csv"]},"empty":{"count":0,"names":[]},"fileCount":5}
            """,
            """
            {"tallystick":"gate verdict","sha256":"\(digest)","making":null,"path":"a.csv","promises":"\(digest)",\
            "decidedAt":"2026-01-01T00:00:00Z","rows":10,"setAside":4,"accepted":"b","acceptedSha256":"\(digest)",\
            "acceptedSize":7,"quarantined":"q","replayed":[{"path":"p","sha256":"\(digest)","size":1,"rows":2,"at":5}],\
            "discarded":1}
            """,
            """
            {"id":"c","version":"1.0.0","standard":"v3.1.0","onViolation":{"error":"block"},"objects":[{"name":"o",\
            "keys":["k"],"columns":[{"name":"a","logicalType":"integer","required":true,"meaning":{"unit":"m"}}],\
            "promises":[{"id":"p","object":"o","column":"a","check":"range","arguments":{"minimum":1},\
            "severity":"error"}]}]}
            """,
            """
            {"files":["a.csv"],"format":"csv","reading":{"text":{}},"look":"\(digest)","columns":[{"name":"a","type":\
            "int64","native":"BIGINT","carrier":null,"isText":true,"isValueless":false,"conflict":null,"exactType":null,\
            "gap":null,"file":null}],"isRead":true}
            """,
            """
            {"format":2,"project":"p","semantics":1,"contracts":{"s":{"version":"1","contract":"\(digest)"}},\
            "definitions":{"view v":"\(digest)"},"services":{"s":{"release":"\(digest)","views":{"v":\(three)}}}}
            """,
            """
            {"name":"trips","path":"d/*.csv","format":"csv","timeZone":"UTC","eventTime":"at","knownAfter":"1h",\
            "columns":[{"name":"k","type":"int64"}],"text":{"nulls":["NA"]},"reads":{"k":"int64"},"firstSeen":"recorded"}
            """,
            """
            {"name":"v","source":"trips","entities":["e"],"timeToLive":"7d","features":[{"name":"f","type":"array<string>",\
            "expression":"f","default":null}]}
            """,
            """
            {"change":"c","question":"values","verdict":"kept","observed":"o","data":"d","rows":3,"failing":1,"firstRows":[0]}
            """,
        ]
    }
}
