// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The compiled tree: names are resolved, types checked, conversions inserted.
indirect enum Node: Sendable {
    case constant(Scalar)
    /// A column by its place among the inputs.
    case input(Int)
    case call(Kernel, [Node])
    /// The right side is evaluated only where the left one is not false.
    case and(Node, Node)
    /// The right side is evaluated only where the left one is not true.
    case or(Node, Node)
    /// Each value is evaluated only where all before it are null.
    case firstPresent([Node], Blender)
    case choice(Choice)

    /// A `case`: conditions in order, only where none before holds; a result only where its condition is the first.
    struct Choice: Sendable {
        /// The value compared with every condition; nil when the conditions are bool themselves.
        let subject: Node?
        /// Compares subject and condition.
        let equals: Kernel?
        let branches: [(when: Node, then: Node)]
        let otherwise: Node?
        let blender: Blender
    }
}
