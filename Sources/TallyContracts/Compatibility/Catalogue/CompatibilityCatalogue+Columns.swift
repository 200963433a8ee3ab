// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension CompatibilityCatalogue {
    static let columnRules: [CompatibilityRule] = [
        CompatibilityRule(
            "object-added", .columns, "a table is added", backward: "no", forward: "yes", .same, .minor,
            why: "history has no such table; readers of the old contract do not ask for it",
            help: "backfill the table before anything is trained on it"),
        CompatibilityRule(
            "object-removed", .columns, "a table is removed", backward: "yes", forward: "no", .same, .major,
            why: "whoever reads it finds nothing", help: "keep the table until nobody reads it"),
        CompatibilityRule(
            "column-added", .columns, "a column that may be null, or has a default, is added", backward: "yes",
            forward: "yes, unless undeclared columns are refused", .same, .minor,
            why: "columns are read by name, and what history lacks reads as the default or null",
            help: "nothing has to be done; readers by position are not readers of a contract"),
        CompatibilityRule(
            "required-column-added", .columns, "a column that history cannot fill is added", backward: "no",
            forward: "yes, unless undeclared columns are refused", .same, .minor,
            why: "rows from before have no value for it", help: "backfill it, or give it a default"),
        CompatibilityRule(
            "column-removed", .columns, "a column is removed", backward: "yes",
            forward: "no where null is forbidden or a known consumer reads it", .same, .major,
            why: "the consumers that are known decide; the name must not come back with another meaning",
            help: "deprecate it first, and put its name on the list of reserved names"),
        CompatibilityRule(
            "column-renamed", .columns, "a column of the data gets another name in the contract", backward: "no",
            forward: "no", .same, .major, why: "readers ask by name, and either name is unknown to the other side",
            help: "add the new name, deprecate the old one and remove it later"),
        CompatibilityRule(
            "name-reused", .columns, "a reserved name comes back", backward: "no", forward: "no", .new, .newView,
            why: "history holds other values under that name", help: "choose a name that was never used"),
        CompatibilityRule(
            "physical-name-changed", .columns, "only the name in the data changes", backward: "yes", forward: "yes",
            .same, .patch, why: "readers go by the logical name", help: "nothing has to be done by readers"),
    ]
}
