// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The codes of everything that can be wrong with a repository, apart from expressions and contracts.
///
/// T01xx: files and YAML. T02xx: keys and values. T03xx: names and references. T05xx: columns of sources.
/// T06xx: what makes no sense together.
public enum DefinitionCode {
    // Files and YAML
    static let unreadableFile = DiagnosticCode("T0101", "the file cannot be read")
    static let encoding = DiagnosticCode("T0102", "the file is not UTF-8 text")
    static let controlCharacter = DiagnosticCode("T0103", "the file holds a control character")
    static let syntax = DiagnosticCode("T0104", "the text is not YAML")
    static let tab = DiagnosticCode("T0105", "a tab stands where spaces are needed")
    static let indentation = DiagnosticCode("T0106", "a line does not line up")
    static let unclosed = DiagnosticCode("T0107", "a quote or bracket is not closed")
    static let needsQuotes = DiagnosticCode("T0108", "a value needs quotes")
    static let duplicateKey = DiagnosticCode("T0109", "a key is written twice")
    static let anchor = DiagnosticCode("T0110", "anchors and aliases are not read")
    static let tag = DiagnosticCode("T0111", "YAML tags and directives are not read")
    static let emptyDocument = DiagnosticCode("T0112", "a document is empty")
    static let missingProject = DiagnosticCode("T0113", "there is no tally.yaml")
    static let extraDocument = DiagnosticCode("T0114", "tally.yaml holds more than one document")
    static let missingContract = DiagnosticCode("T0115", "the contract of a source does not exist")
    static let missingCode = DiagnosticCode("T0116", "the source of a Python transform does not exist")

    // Keys and values
    static let unknownKey = DiagnosticCode("T0201", "the key is unknown")
    static let missingKey = DiagnosticCode("T0202", "a key is missing")
    static let wrongShape = DiagnosticCode("T0203", "text, a list or a mapping stands in the wrong place")
    static let noValue = DiagnosticCode("T0204", "a key has no value")
    static let unknownKind = DiagnosticCode("T0205", "the kind is unknown")
    static let emptyList = DiagnosticCode("T0206", "a list is empty")
    static let duration = DiagnosticCode("T0207", "a value is not a duration")
    static let name = DiagnosticCode("T0208", "a value is not a name")
    static let reservedName = DiagnosticCode("T0209", "the name is reserved")
    static let unknownType = DiagnosticCode("T0210", "the type does not exist")
    static let boolean = DiagnosticCode("T0211", "a value is not true or false")
    static let choice = DiagnosticCode("T0212", "a value is none of the possible ones")
    static let exclusiveKeys = DiagnosticCode("T0213", "two keys exclude each other")
    static let unknownFormat = DiagnosticCode("T0214", "the format of the files is unknown")
    static let timeZone = DiagnosticCode("T0215", "a value is not a time zone")
    static let zeroDuration = DiagnosticCode("T0216", "a duration of zero makes no sense here")
    static let store = DiagnosticCode("T0217", "the store is unknown")
    static let manyLabels = DiagnosticCode("T0218", "a service has one label")
    static let number = DiagnosticCode("T0219", "a value is not a number, or not one that makes sense here")
    static let share = DiagnosticCode("T0220", "a value is not a share")
    static let date = DiagnosticCode("T0221", "a value is not a day")
    static let timePattern = DiagnosticCode("T0222", "a pattern of times is not understood")
    static let readable = DiagnosticCode("T0223", "a folder that SQL may read is none")
    static let digest = DiagnosticCode("T0224", "a value is no SHA-256")
    static let requirement = DiagnosticCode("T0225", "a requirement is not pinned")

    // Names and references
    static let duplicateDefinition = DiagnosticCode("T0301", "a name is defined twice")
    static let unknownEntity = DiagnosticCode("T0302", "the entity does not exist")
    static let unknownSource = DiagnosticCode("T0303", "the source does not exist")
    static let unknownView = DiagnosticCode("T0304", "the feature view does not exist")
    static let unknownFeature = DiagnosticCode("T0305", "the feature does not exist")
    static let duplicateName = DiagnosticCode("T0306", "a name stands twice in a list")
    static let outputCollision = DiagnosticCode("T0307", "two columns of a training set have one name")
    static let keyCollision = DiagnosticCode("T0308", "a feature is named like a join key")
    static let cycle = DiagnosticCode("T0309", "expressions depend on each other in a circle")
    static let unknownTransform = DiagnosticCode("T0310", "the Python transform does not exist")
    static let transformInput = DiagnosticCode("T0311", "the vector lacks what a Python transform reads")
    static let unknownFunction = DiagnosticCode("T0312", "the file has no such function")

    // Columns of sources
    static let unknownColumn = DiagnosticCode("T0501", "the source has no such column")
    static let missingJoinKey = DiagnosticCode("T0502", "a join key is missing in the source")
    static let missingFeatureColumn = DiagnosticCode("T0503", "the column of a feature is missing in the source")
    static let featureType = DiagnosticCode("T0504", "a feature and its column differ in type")
    static let joinKeyType = DiagnosticCode("T0505", "a join key and its column differ in type")
    static let timeType = DiagnosticCode("T0506", "a time column is neither a timestamp nor a date")
    static let nativeType = DiagnosticCode("T0507", "a column's type has no counterpart")
    static let declaredColumns = DiagnosticCode("T0508", "declared columns are not those of the files")
    static let noFiles = DiagnosticCode("T0509", "no file matches the path")
    static let contractObject = DiagnosticCode("T0510", "the contract has no object for the source")
    static let query = DiagnosticCode("T0511", "a query does not run")
    static let filesLeftOut = DiagnosticCode("T0521", "the path passes over files or folders")
    static let loggedTable = DiagnosticCode("T0522", "only a table's log tells which of its files count")
    static let partitions = DiagnosticCode("T0523", "the folders on a path give no partitions, or one twice")

    // What makes no sense together
    static let lifeWithoutTime = DiagnosticCode("T0601", "timeToLive needs a source with event time")
    static let knownWithoutTime = DiagnosticCode("T0602", "known time needs an event time")
    static let maturityWithoutTime = DiagnosticCode("T0603", "maturity needs a source with event time")
    static let keyType = DiagnosticCode("T0604", "the type cannot be a key")
    static let unusedSource = DiagnosticCode("T0605", "a source is not used")
    static let unusedEntity = DiagnosticCode("T0606", "an entity is not used")
    static let noOwner = DiagnosticCode("T0607", "a feature view has no owner")
    static let idleStrict = DiagnosticCode("T0608", "strict has no effect without an expression")
    static let promiseType = DiagnosticCode("T0609", "a promise does not fit the feature's type")
    static let promiseBounds = DiagnosticCode("T0610", "bounds leave no value of a feature")
    static let missingDefault = DiagnosticCode("T0611", "serveDefault needs a default")
    static let freshnessWithoutTime = DiagnosticCode("T0612", "freshness needs a source with event time")
    static let changedCode = DiagnosticCode(
        "T0613", "the source of a Python transform is not the one that was written down")

    /// Every code, in order; those of expressions are in `ExpressionCode.all`.
    public static let all: [DiagnosticCode] = [
        unreadableFile, encoding, controlCharacter, syntax, tab, indentation, unclosed, needsQuotes, duplicateKey,
        anchor, tag, emptyDocument, missingProject, extraDocument, missingContract, missingCode,
        unknownKey, missingKey, wrongShape, noValue, unknownKind, emptyList, duration, name, reservedName,
        unknownType, boolean, choice, exclusiveKeys, unknownFormat, timeZone, zeroDuration, store, manyLabels, number,
        share, date, timePattern, readable, digest, requirement,
        duplicateDefinition, unknownEntity, unknownSource, unknownView, unknownFeature, duplicateName,
        outputCollision, keyCollision, cycle, unknownTransform, transformInput, unknownFunction,
        unknownColumn, missingJoinKey, missingFeatureColumn, featureType, joinKeyType, timeType, nativeType,
        declaredColumns, noFiles, contractObject, query, filesLeftOut, loggedTable, partitions,
        lifeWithoutTime, knownWithoutTime, maturityWithoutTime, keyType, unusedSource, unusedEntity, noOwner,
        idleStrict, promiseType, promiseBounds, missingDefault, freshnessWithoutTime, changedCode,
    ]
}

extension Diagnostic {
    /// Whether a file or folder could not be read, so that its content is not known.
    public var isUnreadable: Bool { code == DefinitionCode.unreadableFile }
}
