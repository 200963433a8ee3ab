// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension CompatibilityCatalogue {
    static let typeRules: [CompatibilityRule] = [
        CompatibilityRule(
            "type-respelled", .types, "a type is written otherwise and holds the same", backward: "yes",
            forward: "yes", .same, .patch, why: "both names stand for the same values",
            help: "nothing has to be done"),
        CompatibilityRule(
            "integer-widened", .types, "an integer type gets wider", backward: "yes",
            forward: "no, unless the declared range fits the old type", .same, .minor,
            why: "the wider type holds numbers that the narrower one does not",
            help: "declare a maximum that fits the old type for as long as somebody reads that"),
        CompatibilityRule(
            "integer-narrowed", .types, "an integer type gets narrower", backward: "no", forward: "yes", .same, .minor,
            why: "history may hold numbers that do not fit", help: "check history before it is read as the new type"),
        CompatibilityRule(
            "integer-resized", .types, "an integer type changes, and the declared range fits both", backward: "yes",
            forward: "yes", .same, .minor, why: "the admitted numbers are the same",
            help: "nothing has to be done by readers"),
        CompatibilityRule(
            "integer-to-float", .types, "an integer becomes a float that holds each of its values", backward: "yes",
            forward: "no", .same, .minor, why: "exact, but the old reader counts on whole numbers",
            help: "say multipleOf: 1 where the numbers stay whole, and tell the readers"),
        CompatibilityRule(
            "integer-to-narrow-float", .types, "an integer becomes a float that rounds some of its values",
            backward: "no", forward: "no", .shift, .major,
            why: "beyond 2^53 (float64) or 2^24 (float32) neighbours become equal",
            help: "declare a range within which every whole number is exact, or keep the integer"),
        CompatibilityRule(
            "float-to-integer", .types, "a float becomes an integer", backward: "no", forward: "yes, where exact",
            .shift, .major, why: "fractions, NaN and infinity of history are no integers",
            help: "a new column is the safer way"),
        CompatibilityRule(
            "float-widened", .types, "float32 becomes float64", backward: "yes", forward: "no", .shift, .minor,
            why: "the new values are not all float32, and split points may move in the last bits",
            help: "validate models on the wider values"),
        CompatibilityRule(
            "float-narrowed", .types, "float64 becomes float32", backward: "no", forward: "yes", .shift, .major,
            why: "values lose precision", help: "retrain on the narrower values"),
        CompatibilityRule(
            "decimal-widened", .types, "a decimal type gets more digits", backward: "yes", forward: "no", .same, .minor,
            why: "the old type does not hold the new digits", help: "tell readers with fixed types"),
        CompatibilityRule(
            "decimal-narrowed", .types, "a decimal type loses digits", backward: "no", forward: "yes", .shift, .major,
            why: "values lose precision", help: "check that history has no such digits"),
        CompatibilityRule(
            "type-loosened", .types, "a type is no longer declared, or takes in the old one", backward: "yes",
            forward: "no", .shift, .major, why: "values of other types may come",
            help: "declare the type that the data really have"),
        CompatibilityRule(
            "type-tightened", .types, "a type is declared, or is part of the old one", backward: "no", forward: "yes",
            .same, .minor, why: "history may hold values of other types", help: "check history against the type"),
        CompatibilityRule(
            "time-type-changed", .types, "a date becomes a time, or a time gets another unit or zone", backward: "no",
            forward: "no", .new, .major, why: "the same stored number is another instant",
            help: "add a column of the new type and deprecate the old one"),
        CompatibilityRule(
            "type-changed", .types, "a type becomes another that neither holds the other", backward: "no",
            forward: "no", .new, .major, why: "nothing is converted without being asked",
            help: "add a column of the new type and deprecate the old one"),
    ]
}
