// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The codes of everything that can be wrong with a contract, apart from YAML, patterns and expressions.
///
/// T0701 to T0709: the document is not what the standard's published schema accepts. T0710 and on: the document is, and
/// contradicts itself, leads nowhere, or promises what is not executed.
public enum ContractCode {
    // Structure
    static let version = DiagnosticCode("T0701", "the version of the standard is not read")
    static let unknownKey = DiagnosticCode("T0702", "the standard has no such key there")
    static let missingKey = DiagnosticCode("T0703", "a key that the standard requires is missing")
    static let wrongKind = DiagnosticCode("T0704", "a value is not of the kind the standard asks for")
    static let wrongValue = DiagnosticCode("T0705", "a value is none of those the standard allows")
    static let wrongList = DiagnosticCode("T0706", "a list is too short, too long, or holds a value twice")
    static let operators = DiagnosticCode("T0707", "a quality rule does not have exactly one operator")
    static let manyDocuments = DiagnosticCode("T0708", "a contract is one document")

    // Sense
    static let bounds = DiagnosticCode("T0710", "bounds leave no value")
    static let duplicateName = DiagnosticCode("T0711", "a name or id stands twice")
    static let danglingReference = DiagnosticCode("T0712", "a reference leads nowhere")
    static let unknownServiceLevel = DiagnosticCode("T0713", "the service level is unknown")
    static let serviceLevelTime = DiagnosticCode("T0714", "a service level has no time that can be read")
    static let unknownSeverity = DiagnosticCode("T0715", "the severity is unknown")
    static let contractVersion = DiagnosticCode("T0716", "the contract's version is not a semantic version")
    static let metricLevel = DiagnosticCode("T0717", "a metric stands at the wrong level")
    static let enumType = DiagnosticCode("T0718", "a value does not fit the logical type")
    static let foreignOption = DiagnosticCode("T0719", "an option does not belong to the logical type")
    static let emptyEnum = DiagnosticCode("T0720", "no value of an enum keeps the other promises")
    static let notExecuted = DiagnosticCode("T0721", "a promise is not executed")
    static let unknownVendorProperty = DiagnosticCode("T0722", "the vendor property is unknown")
    static let unknownAction = DiagnosticCode("T0723", "the action is unknown")
    static let vendorDuration = DiagnosticCode("T0724", "a vendor property is not a duration")
    static let keyPosition = DiagnosticCode("T0725", "positions of a primary key have gaps or stand twice")
    static let threshold = DiagnosticCode("T0726", "a threshold makes no sense")
    static let pattern = DiagnosticCode("T0727", "a pattern is wrong")
    static let expression = DiagnosticCode("T0728", "an expression is wrong")
    static let vendorValue = DiagnosticCode("T0729", "a vendor property has a value that is not read")
    static let metricArgument = DiagnosticCode("T0730", "an argument of a metric is missing or unknown")
    static let query = DiagnosticCode("T0731", "a query changes data")

    /// The codes of documents that the standard's schema refuses.
    public static let structure: [DiagnosticCode] = [
        version, unknownKey, missingKey, wrongKind, wrongValue, wrongList, operators, manyDocuments,
    ]

    /// Every code, in order.
    public static let all: [DiagnosticCode] =
        structure + [
            bounds, duplicateName, danglingReference, unknownServiceLevel, serviceLevelTime, unknownSeverity,
            contractVersion, metricLevel, enumType, foreignOption, emptyEnum, notExecuted, unknownVendorProperty,
            unknownAction, vendorDuration, keyPosition, threshold, pattern, expression, vendorValue, metricArgument,
            query,
        ]
}
