// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension CompatibilityCatalogue {
    static let keyRules: [CompatibilityRule] =
        [
            CompatibilityRule(
                "entity-key-changed", .keys, "a key column is added, removed or replaced", backward: "no",
                forward: "no", .new, .newView, why: "a row is about something else",
                help: "make a view of its own beside the old one"),
            CompatibilityRule(
                "entity-key-reordered", .keys, "the key columns stand in another order", backward: "yes",
                forward: "yes", .same, .patch, why: "keys are looked up by name",
                help: "nothing has to be done; stores that encode keys by position are filled again"),
            CompatibilityRule(
                "event-time-changed", .keys, "another column tells when a row happened or became known",
                backward: "no", forward: "no", .new, .newView,
                why: "every point-in-time join gives other rows, and may leak", help: "make a view of its own"),
            CompatibilityRule(
                "ttl-shortened", .keys, "values are served for a shorter time", backward: "no",
                forward: "yes, where null or a default is admitted", .shift, .major,
                why: "values are never older than before, but more are missing", help: "retrain with as many missing"),
            CompatibilityRule(
                "ttl-lengthened", .keys, "values are served for a longer time", backward: "yes, where null is admitted",
                forward: "no", .shift, .major, why: "values come that are older than was promised",
                help: "retrain with values as old"),
            CompatibilityRule(
                "label-delay-shortened", .keys, "labels are promised sooner", backward: "no", forward: "yes", .shift,
                .minor, why: "history may hold labels that came later", help: "look at how complete training sets are"),
            CompatibilityRule(
                "label-delay-lengthened", .keys, "labels are promised later", backward: "yes", forward: "no", .shift,
                .minor, why: "training sets that are cut earlier miss labels", help: "cut training sets later"),
            CompatibilityRule(
                "environment-removed", .keys, "a column is no longer there in training or serving", backward: "yes",
                forward: "no", .new, .major, why: "what is not there when served must not be trained on",
                help: "retrain without it"),
            CompatibilityRule(
                "environment-added", .keys, "a column is there in training or serving that was not", backward: "no",
                forward: "yes", .shift, .minor, why: "history of that environment lacks it", help: "backfill it there"),
        ] + CompatibilityFacet.times.flatMap(\.rules)

    static let meaningRules: [CompatibilityRule] = [
        CompatibilityRule(
            "unit-changed", .meaning, "the unit or currency changes", backward: "no", forward: "no", .new, .major,
            why: "the same number is another amount", help: "add a column in the new unit"),
        CompatibilityRule(
            "aggregation-changed", .meaning, "the window, slide, aggregation or filter changes", backward: "no",
            forward: "no", .new, .major, why: "another feature under an old name",
            help: "give the feature a name of its own, or plan a migration"),
        CompatibilityRule(
            "transform-rewritten", .meaning, "the transform is written otherwise and computes the same",
            backward: "yes", forward: "yes", .same, .patch, why: "its hash or its canonical text is the same",
            help: "nothing has to be done"),
        CompatibilityRule(
            "transform-shadowed", .meaning, "the transform is another and gave the same values in a shadow run",
            backward: "yes", forward: "yes", .same, .patch,
            why: "both were run over the last data, and no value differed in any bit",
            help: "nothing has to be done; run it again when data of another kind arrives"),
        CompatibilityRule(
            "transform-changed", .meaning, "the transform changes", backward: "unproven", forward: "unproven", .shift,
            .major, why: "only a run of both over the same data shows whether values differ",
            help: "run both side by side with `\(.plan(shadow: true))` or `\(.contractDiff(shadow: "DATA"))`"),
        CompatibilityRule(
            "source-changed", .meaning, "the source changes", backward: "yes", forward: "yes", .shift, .minor,
            why: "the promises are the same, the values may not be", help: "compare values of both sources"),
        CompatibilityRule(
            "embedding-shape-changed", .meaning, "the dimensions or the element type of vectors change",
            backward: "no", forward: "no", .new, .newView, why: "vectors of two shapes cannot be compared",
            help: "build a new index beside the old one"),
        CompatibilityRule(
            "embedding-model-changed", .meaning, "the embedding model, its version, chunker or tokenizer changes",
            backward: "no", forward: "no", .new, .newView, why: "vectors of two models lie in different spaces",
            help: "build a new index and write to both"),
        CompatibilityRule(
            "distance-changed", .meaning, "the distance or the normalisation of vectors changes", backward: "no",
            forward: "no", .new, .major, why: "neighbours are ranked otherwise",
            help: "build the index again and evaluate"),
        CompatibilityRule(
            "meaning-declared", .meaning, "a meaning is declared where none was", backward: "no", forward: "yes",
            .shift, .minor, why: "whether history has that meaning is not known", help: "make sure that history has it"),
        CompatibilityRule(
            "meaning-dropped", .meaning, "a meaning is no longer declared", backward: "yes", forward: "no", .new,
            .major,
            why: "values of any meaning may come", help: "go on declaring it"),
        CompatibilityRule(
            "meaning-changed", .meaning, "any other meaning changes", backward: "no", forward: "no", .new, .major,
            why: "the same value stands for something else", help: "add a column with the new meaning"),
    ]

    static let governanceRules: [CompatibilityRule] = [
        CompatibilityRule(
            "classification-raised", .governance, "a column is classified higher", backward: "yes", forward: "no",
            .same, .major, why: "readers without the right may no longer read it",
            help: "ask each known consumer whether it has the right"),
        CompatibilityRule(
            "classification-lowered", .governance, "a column is classified lower", backward: "no", forward: "yes",
            .same, .minor, why: "history keeps its class; more may read what is new", help: "have a steward approve"),
        CompatibilityRule(
            "classification-changed", .governance, "a column is classified in other words", backward: "computed",
            forward: "computed", .same, .major, why: "which class is higher is not known",
            help: "use public, internal, confidential, restricted or secret"),
        CompatibilityRule(
            "deprecated", .governance, "a column is on its way out, or no longer", backward: "yes", forward: "yes",
            .same, .minor, why: "it is served until it is removed", help: "tell the consumers that read it"),
        CompatibilityRule(
            "documentation-changed", .governance, "owner, descriptions, tags or examples change", backward: "yes",
            forward: "yes", .same, .patch, why: "no value changes", help: "nothing has to be done"),
        CompatibilityRule(
            "reservation-dropped", .governance, "a reserved name is set free", backward: "yes", forward: "yes", .same,
            .major, why: "the name may come back with another meaning", help: "keep the reservation for ever"),
        CompatibilityRule(
            "compatibility-relaxed", .governance, "the promised kind of compatibility is relaxed", backward: "yes",
            forward: "yes", .same, .major, why: "a change of policy must be seen", help: "have the consumers agree"),
        CompatibilityRule(
            "compatibility-strengthened", .governance, "the promised kind of compatibility is strengthened",
            backward: "yes", forward: "yes", .same, .minor, why: "more is promised about versions to come",
            help: "nothing has to be done"),
    ]
}
