// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

/// The receipt of an answer (SEMANTICS 11.4).
@Suite struct ReceiptTests {
    /// An answer of two columns for two entities, with a knob for each of its parts.
    private struct Answer {
        var names = ["v", "w"]
        var values: [Value] = [.int64(1), .null, .float64(0.5), .float64(2)]
        var statuses: [ValueStatus] = [.present, .notFound, .present, .present]
        var time: Int64 = 100
        var until: Int64 = 90

        var vectors: FeatureVectors {
            FeatureVectors(
                count: 2,
                columns: zip(names, [DataType.int64, .float64]).map {
                    FeatureVectors.Column(name: $0, view: "activity", feature: $0, type: $1, times: 0)
                },
                values: [
                    Column(type: .int64, values: Array(values[..<2])),
                    Column(type: .float64, values: Array(values[2...])),
                ], statuses: statuses, eventTimes: [nil, nil], release: nil,
                time: Timestamp(microseconds: time),
                positions: [
                    ReadPosition(
                        view: "activity", storage: Fingerprint(of: []),
                        place: .online(generation: 1, until: Timestamp(microseconds: until)))
                ])
        }

        var digest: Fingerprint { Receipt(of: vectors).digest }
    }

    @Test func `equal answers have equal digests, whenever and from wherever they were read`() {
        #expect(Answer().digest == Answer().digest)
        #expect(Answer(time: 7, until: 3).digest == Answer().digest)
        #expect(Receipt(of: Answer(time: 7).vectors) != Receipt(of: Answer().vectors))
    }

    @Test func `any other value, status or name makes another digest`() {
        var digests = [Answer().digest]
        for place in 0..<4 {
            for status in ValueStatus.allCases where status != Answer().statuses[place] {
                var answer = Answer()
                answer.statuses[place] = status
                digests.append(answer.digest)
            }
            for value in [place < 2 ? Value.int64(9) : .float64(9), .null] where value != Answer().values[place] {
                var answer = Answer()
                answer.values[place] = value
                digests.append(answer.digest)
            }
        }
        for names in [["w", "v"], ["v", "w "], ["vw", ""], ["", "vw"], ["v\u{0}", "w"]] {
            digests.append(Answer(names: names).digest)
        }
        #expect(Set(digests).count == digests.count)
    }

    @Test func `NaNs and zeros are canonical in a digest, as in a row`() {
        var (one, other) = (Answer(), Answer())
        one.values[2] = .float64(0.0)
        other.values[2] = .float64(-0.0)
        #expect(one.digest == other.digest)
    }

    @Test func `a receipt as JSON names instant, release, what was read and the digest`() {
        let json = Receipt(of: Answer().vectors).json
        #expect(json["time"] == .string("1970-01-01T00:00:00.000100Z"))
        #expect(json["release"] == .null)
        #expect(json["read"]?.arrayValue?.first?["generation"] == .int(1))
        #expect(json["digest"] == .string(Answer().digest.hex))
    }
}
