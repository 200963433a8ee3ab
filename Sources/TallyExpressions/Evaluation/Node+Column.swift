// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension Node {
    /// The values of all rows; findings are noted for the active rows only (nil: all are active).
    ///
    /// A row that is not active may hold any value: the caller that masks it also drops it.
    func evaluate(_ inputs: [Operand], _ active: [Bool]?, _ state: inout EvaluationState) -> Operand {
        switch self {
        case .constant(let scalar): return .constant(scalar)
        case .input(let index): return inputs[index]
        case .call(let kernel, let arguments):
            var values: [Operand] = []
            values.reserveCapacity(arguments.count)
            for argument in arguments { values.append(argument.evaluate(inputs, active, &state)) }
            return kernel(values, active, &state)
        case .and(let left, let right):
            return Logic.combine(left, right, deciding: false, inputs, active, &state)
        case .or(let left, let right):
            return Logic.combine(left, right, deciding: true, inputs, active, &state)
        case .firstPresent(let values, let blender):
            return Self.firstPresent(values, blender, inputs, active, &state)
        case .choice(let choice): return choice.evaluate(inputs, active, &state)
        }
    }

    private static func firstPresent(
        _ values: [Node], _ blender: Blender, _ inputs: [Operand], _ active: [Bool]?, _ state: inout EvaluationState
    ) -> Operand {
        var open = active ?? [Bool](repeating: true, count: state.count)
        var choice = [Int](repeating: -1, count: state.count)
        var operands: [Operand?] = []
        for (index, value) in values.enumerated() where open.contains(true) {
            let operand = value.evaluate(inputs, open, &state)
            let validity = operand.validity(state.count)
            for row in 0..<state.count where open[row] && validity[row] {
                choice[row] = index
                open[row] = false
            }
            operands.append(operand)
        }
        return blender.blend(operands, choice)
    }
}

extension Node.Choice {
    fileprivate func evaluate(_ inputs: [Operand], _ active: [Bool]?, _ state: inout EvaluationState) -> Operand {
        var open = active ?? [Bool](repeating: true, count: state.count)
        var choice = [Int](repeating: -1, count: state.count)
        var results: [Operand?] = []
        let subject = self.subject?.evaluate(inputs, active, &state)
        for (index, branch) in branches.enumerated() where open.contains(true) {
            var condition = branch.when.evaluate(inputs, open, &state)
            if let subject, let equals { condition = equals([subject, condition], open, &state) }
            let holds = Bool.read(condition)
            var taken = [Bool](repeating: false, count: state.count)
            for row in 0..<state.count where open[row] && holds[row] == true {
                choice[row] = index
                taken[row] = true
                open[row] = false
            }
            results.append(taken.contains(true) ? branch.then.evaluate(inputs, taken, &state) : nil)
        }
        if let otherwise, open.contains(true) {
            for row in 0..<state.count where open[row] { choice[row] = results.count }
            results.append(otherwise.evaluate(inputs, open, &state))
        }
        return blender.blend(results, choice)
    }
}

extension Logic {
    fileprivate static func combine(
        _ left: Node, _ right: Node, deciding: Bool, _ inputs: [Operand], _ active: [Bool]?,
        _ state: inout EvaluationState
    ) -> Operand {
        let first = left.evaluate(inputs, active, &state)
        if case .constant(.bool(deciding)) = first { return first }
        let firsts = Bool.read(first)
        let open = (0..<state.count).map { (active?[$0] ?? true) && firsts[$0] != deciding }
        guard open.contains(true) else {
            return Kernel.fill(nil, &state) { (row, _) -> Bool? in firsts[row] }
        }
        let seconds = Bool.read(right.evaluate(inputs, open, &state))
        return Kernel.fill(nil, &state) { (row, _) -> Bool? in
            combine(firsts[row], seconds[row], deciding: deciding)
        }
    }
}
