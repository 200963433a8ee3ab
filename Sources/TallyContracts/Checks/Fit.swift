// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension Check {
    /// The types of a feature's values that a check is made for.
    struct Fit: Sendable {
        /// Whether it is made for values of a type.
        let accepts: @Sendable (DataType) -> Bool
        /// The advice for values of another type.
        let help: String

        /// The fit of a check that takes every type.
        static let any = Fit(accepts: { _ in true }, help: "")
        /// Numbers, dates and timestamps.
        static let numbersAndTimes = Fit(
            accepts: { $0.isNumeric || $0 == .date || $0 == .timestamp },
            help: "bounds are for numbers, dates and timestamps; write 'minLength' for the length of text")
        /// Numbers.
        static let numbers = Fit(accepts: \.isNumeric, help: "it is for numbers")
        /// Texts.
        static let texts = Fit(accepts: { $0 == .string }, help: "it is for strings")
        /// Floats, and lists of them.
        static let floats = Fit(
            accepts: { type in
                if case .array(let element) = type { element.isFloat } else { type.isFloat }
            }, help: "only floats have NaN and infinity: delete it")
        /// Lists.
        static let lists = Fit(
            accepts: { if case .array = $0 { true } else { false } }, help: "it is for arrays")
        /// Types whose equal values have equal bytes.
        static let keys = Fit(
            accepts: \.canBeKey,
            help: "equal values must have equal bytes, which floats and arrays do not promise")
    }
}

extension CheckCatalogue {
    /// Returns advice about a promise whose check does not fit the type of its values; nil when it fits.
    public static func misfit(_ check: String, _ type: DataType) -> String? {
        guard let fits = self[check]?.fits else {
            return nearestName(to: check, among: all.map(\.name)).map { "did you mean '\($0)'?" } ?? "delete it"
        }
        return fits.accepts(type) ? nil : fits.help
    }
}
