// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
import TallyModel
import Testing
import Foundation

@Suite struct DumpTests {
    func enc(_ v: Value) -> Any {
        switch v {
        case .null: return NSNull()
        case .bool(let b): return b ? "true" : "false"
        case .int32(let i): return String(i)
        case .int64(let i): return String(i)
        case .float32(let f): return String(f.bitPattern)
        case .float64(let f): return String(f.bitPattern)
        case .string(let s): return s
        case .date(let d): return String(d.days)
        case .timestamp(let t): return String(t.microseconds)
        default: return "?"
        }
    }
    @Test func dump() throws {
        guard let path = ProcessInfo.processInfo.environment["EXPR_DUMP"] else { return }
        let seed0 = UInt64(ProcessInfo.processInfo.environment["EXPR_SEED"] ?? "1")!
        var out: [[String: Any]] = []
        for seed in seed0..<seed0 + UInt64(ProcessInfo.processInfo.environment["EXPR_SEEDS"] ?? "20")! {
            var g = ExpressionGenerator(seed: seed)
            let b = RandomBatch.make(rows: 30, seed: seed)
            var exprs: [[String: Any]] = []
            for _ in 0..<150 {
                let r = g.expression(depth: 3)
                guard let d = r.duckDBText, d.utf8.count < 6000, case .success(let e) = TypedExpression.compile(r.text, columns: RandomExpression.columns) else { continue }
                exprs.append(["text": r.text, "duck": d, "type": r.type.name, "values": e.evaluate(b).column.values.map(enc)])
            }
            out.append(["seed": Int(seed), "schema": b.schema.map { [$0.name, $0.type.name] }, "rows": (0..<b.count).map { b.row($0).map(enc) }, "exprs": exprs])
        }
        try JSONSerialization.data(withJSONObject: out).write(to: URL(fileURLWithPath: path))
    }
}
