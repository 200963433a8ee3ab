// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A function in Python that computes features on demand where no expression can (SEMANTICS 6.5).
///
/// The function's text lies in a file of the repository. What is in force is the text whose digest was applied.
public struct PythonTransform: Sendable, Hashable {
    /// What the function takes and gives.
    ///
    /// It is called once for each row in either mode, in training and in serving.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// A dictionary of values, and one of outputs.
        case row
        /// A pandas data frame of one row, and one of outputs.
        case pandas
    }

    /// A distribution of Python that the function needs, in exactly one version.
    public struct Requirement: Sendable, Hashable {
        /// The distribution's name, as its author spells it.
        public let name: String
        /// The version, compared as text.
        public let version: String

        /// Reads `name==version`; nil for anything that allows several versions.
        public init?(_ text: String) {
            let parts = text.utf8.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
            guard parts.count == 3, parts[1].isEmpty, let first = parts[0].first, Self.isWord(first),
                !parts[2].isEmpty, parts[0].allSatisfy({ Self.isWord($0) || "._-".utf8.contains($0) }),
                parts[2].allSatisfy({ Self.isWord($0) || "._-+!".utf8.contains($0) })
            else { return nil }
            name = String(decoding: Array(parts[0]), as: UTF8.self)
            version = String(decoding: Array(parts[2]), as: UTF8.self)
        }

        /// The form that a definition has.
        public var text: String { "\(name)==\(version)" }

        private static func isWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
    }

    /// The transform's name.
    public let name: String
    /// The columns that the function reads: features, request inputs and on-demand features by their names in the vector.
    public let inputs: [ColumnSchema]
    /// The features that it computes, in order.
    public let outputs: [ColumnSchema]
    /// The file that holds the function, from the repository's folder.
    public let source: String
    /// The SHA-256 of the file's text as 64 digits; nil where the file could not be read, which `check` tells.
    public let sha256: String?
    /// The function's name in the file.
    public let function: String
    /// What the function takes and gives.
    public let mode: Mode
    /// The distributions that it needs, in declared order.
    public let requirements: [Requirement]
    /// Owner, description and tags.
    public let annotation: Annotation

    /// Declares a transform.
    public init(
        name: String, inputs: [ColumnSchema], outputs: [ColumnSchema], source: String, sha256: String?,
        function: String, mode: Mode = .row, requirements: [Requirement] = [], annotation: Annotation = Annotation()
    ) {
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        self.source = source
        self.sha256 = sha256
        self.function = function
        self.mode = mode
        self.requirements = requirements
        self.annotation = annotation
    }

    /// The same transform, whose file has a digest.
    public func reading(_ sha256: String?) -> PythonTransform {
        PythonTransform(
            name: name, inputs: inputs, outputs: outputs, source: source, sha256: sha256, function: function,
            mode: mode, requirements: requirements, annotation: annotation)
    }
}
