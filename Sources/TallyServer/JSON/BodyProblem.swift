// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The fault in the body of a request, with its position and without the value that was found.
struct BodyProblem: Error, Hashable {
    /// One step towards a place in a document.
    enum Step: Hashable {
        case member(String)
        case element(Int)
    }

    /// Whether the text is not JSON at all, or JSON with other content than the route needs.
    enum Kind: Hashable {
        case syntax
        case content
    }

    let kind: Kind
    let message: String
    /// The way from the document's root, outermost first.
    private(set) var place: [Step]

    init(_ message: String, _ kind: Kind = .content, at place: [Step] = []) {
        self.kind = kind
        self.message = message
        self.place = place
    }

    /// Returns the problem with one more step before its path.
    func inside(_ step: Step) -> BodyProblem {
        var outer = self
        outer.place.insert(step, at: 0)
        return outer
    }

    /// The place as people write it, such as `entities.driver_id[3]`; empty for the document itself.
    var path: String {
        var text = ""
        for step in place {
            switch step {
            case .member(let name): text += (text.isEmpty ? "" : ".") + name
            case .element(let index): text += "[\(index)]"
            }
        }
        return text
    }
}
