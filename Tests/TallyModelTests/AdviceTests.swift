// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@Suite struct AdviceTests {
    /// Each verb with and without what it takes: the command, and the call of Python's door where there is one.
    private static let steps: [(step: NextStep, command: String, call: String?)] = [
        (.initialize, "tally init", nil),
        (.check, "tally check", "store.check()"),
        (.plan(), "tally plan", "store.plan()"),
        (.plan(shadow: true), "tally plan --shadow", "store.plan(shadow=True)"),
        (.apply, "tally apply", "store.apply()"),
        (.materialize(), "tally materialize", "store.materialize()"),
        (
            .materialize(["weather", "plane"], full: true), "tally materialize weather plane --full",
            #"store.materialize(["weather", "plane"], full=True)"#
        ),
        (
            .materialize(until: Timestamp(microseconds: 0), acceptFuture: true, acceptClock: true),
            "tally materialize --until 1970-01-01T00:00:00Z --accept-future --accept-clock",
            #"store.materialize(until="1970-01-01T00:00:00Z", accept_future=True, accept_clock=True)"#
        ),
        (.get, "tally get", "store.get"),
        (.list(), "tally list", "store.list()"),
        (.list(.entities), "tally list entities", #"store.list("entity")"#),
        (.list(.sources), "tally list sources", #"store.list("source")"#),
        (.list(.views), "tally list views", #"store.list("view")"#),
        (.list(.services), "tally list services", #"store.list("service")"#),
        (.verify, "tally verify", "store.verify()"),
        (.doctor, "tally doctor", nil),
        (.contractImport, "tally contract import", nil),
        (.contractDiff(), "tally contract diff", nil),
        (.contractDiff(shadow: "DATA"), "tally contract diff --shadow DATA", nil),
        (.quarantineList, "tally quarantine list", nil),
        (.quarantineShow("trips"), "tally quarantine show trips", nil),
        (.quarantineDiscard, "tally quarantine discard", nil),
        (.quarantineReplay(), "tally quarantine replay", nil),
        (.quarantineReplay("trips"), "tally quarantine replay trips", nil),
        (.tokenCreate(), "tally token create", nil),
        (.tokenCreate(name: "NAME", scope: "read"), "tally token create NAME --scope read", nil),
        (.tokenList, "tally token list", nil),
        (.tokenRevoke("shop"), "tally token revoke shop", nil),
        (.serve(), "tally serve", nil),
        (.serve(knownHost: "NAME"), "tally serve --known-host NAME", nil),
        (.serve(selfSigned: true), "tally serve --tls-self-signed", nil),
    ]

    @Test func `each door spells each step in its own words`() {
        for (step, command, call) in Self.steps {
            #expect(step.spelled(for: .commandLine) == command)
            #expect(step.spelled(for: .http) == command)
            #expect(step.spelled(for: .python) == call ?? command)
        }
    }

    @Test func `names reach the command and the call as they are`() {
        let step = NextStep.tokenRevoke("my 'old' $HOME")
        #expect(step.spelled(for: .commandLine) == #"tally token revoke 'my '\''old'\'' $HOME'"#)
        #expect(NextStep.materialize([""]).spelled(for: .commandLine) == "tally materialize ''")
        #expect(NextStep.materialize(["größe"]).spelled(for: .commandLine) == "tally materialize größe")
        #expect(NextStep.materialize([#"a"b\c"#]).spelled(for: .python) == #"store.materialize("a\"b\\c")"#)
    }

    @Test func `a text keeps its words around the step`() {
        let view = "weather"
        let advice: Advice = "where nobody fills \(view), run `\(.materialize([view], full: true))` \(2) times"
        #expect(advice.description == "where nobody fills weather, run `tally materialize weather --full` 2 times")
        #expect(
            advice.text(for: .python)
                == #"where nobody fills weather, run `store.materialize("weather", full=True)` 2 times"#)
        #expect(advice.text(for: .http) == advice.description)
    }

    @Test func `texts with the same words and steps are equal however they were put together`() {
        let step: Advice = "run `\(.apply)`"
        #expect("first, " + step == "first, \(step)" as Advice)
        #expect(step + ", then " + "wait" == "run `\(.apply)`, then wait")
        #expect(step.parts == [.words("run `"), .step(.apply), .words("`")])
        #expect(step != "run `tally apply`" && Advice("").parts.isEmpty)
        #expect(step.mappingWords { $0.replacing("run", with: "call") } == "call `\(.apply)`")
    }

    @Test func `an error is told in the words of its door`() {
        let error = TallyError(.locked, "there is no lockfile", subject: "tally.lock", help: "run `\(.apply)`")
        #expect(error.description == "error[E-locked]: tally.lock: there is no lockfile\nhelp: run `tally apply`")
        #expect(error.described(for: .python).hasSuffix("\nhelp: run `store.apply()`"))
        #expect(error.json(for: .python)["help"]?.stringValue == "run `store.apply()`")
        #expect(error.json(for: .commandLine)["help"]?.stringValue == "run `tally apply`")
        #expect(error.about("project").help == error.help)
    }
}
