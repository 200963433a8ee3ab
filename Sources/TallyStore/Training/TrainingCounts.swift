// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The counts of matches over the rows of a training set's spine.
public struct TrainingCounts: Sendable, Hashable {
    /// One view's counts.
    public struct View: Sendable, Hashable {
        /// The view's name.
        public let name: String
        /// Spine rows with a null among the view's join keys.
        public var nullKeys = 0
        /// The counts of the join.
        public var join = JoinResult.Counts()
        /// Spine rows whose key is in the source at any time; counted only while no row is found.
        var rowsOfKnownKeys = 0
    }

    /// One feature's counts.
    public struct FeatureCounts: Sendable, Hashable {
        /// Its name in the vector.
        public let name: String
        /// The position of its view in `views`; nil for an on-demand expression.
        public let view: Int?
        /// Rows where a row was found and the feature is null in it.
        public var nulls = 0
        /// Rows whose null comes from a division by zero, an overflow, a failed cast or an undefined result.
        public var findings = 0
        /// The number of rows whose value broke its promise and was replaced, as in serving.
        public var broken = 0
    }

    /// The first row that used what was not yet known; only without known time.
    public struct Leak: Sendable, Hashable {
        /// The view.
        public let view: String
        /// The row of the spine, from 0.
        public let spineRow: Int
        /// The spine's time.
        public let time: Timestamp
        /// The event time of the value.
        public let eventTime: Timestamp
        /// The known time of the value, after the spine's time.
        public let knownTime: Timestamp
    }

    /// Rows of the spine.
    public var spineRows = 0
    /// The number of rows that were written.
    public var writtenRows = 0
    /// Spine rows without a time.
    public var nullTimes = 0
    /// Spine rows whose time was rounded down to microseconds.
    public var timesRoundedDown = 0
    /// Times in other columns of the spine that lost nanoseconds.
    public var valuesRoundedDown = 0
    /// The views in the order of the service.
    public var views: [View]
    /// The features in the order of the vector.
    public var features: [FeatureCounts]
    /// The label's counts; nil without a label.
    public var label: LabelCounts?
    /// Rows of the label's source.
    var labelSourceRows = 0
    /// Times of the spine without a zone that name an hour which the clock skips or shows twice.
    public var irregularSpineTimes = 0
    /// The values that first-seen times hide.
    public var hidden = HiddenValues()
    /// The first leak of each view that leaked.
    public var leaks: [Leak] = []

    init(plan: CompiledVector, hasLabel: Bool) {
        views = plan.views.map { View(name: $0.view.name) }
        features =
            plan.outputs.map { FeatureCounts(name: $0.name, view: $0.view) }
            + plan.onDemand.map { FeatureCounts(name: $0.feature.name, view: nil) }
        label = hasLabel ? LabelCounts() : nil
    }
}

extension JoinResult.Counts {
    /// The sums of two parts of a spine.
    ///
    /// Source rows are read again for each part and counted once.
    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.matched += right.matched
        sum.notFound += right.notFound
        sum.outsideMaxAge += right.outsideMaxAge
        sum.tied += right.tied
        sum.repeated += right.repeated
        sum.leaked += right.leaked
        sum.sourceRows = max(left.sourceRows, right.sourceRows)
        sum.sourceRowsWithoutTime = max(left.sourceRowsWithoutTime, right.sourceRowsWithoutTime)
        sum.knownBeforeEvent = max(left.knownBeforeEvent, right.knownBeforeEvent)
        sum.days = max(left.days, right.days)
        sum.isAlwaysMidnight =
            right.isAlwaysMidnight.map { $0 && left.isAlwaysMidnight != false } ?? left.isAlwaysMidnight
        sum.irregularLocalTimes = max(left.irregularLocalTimes, right.irregularLocalTimes)
        sum.timesRoundedUp = max(left.timesRoundedUp, right.timesRoundedUp)
        sum.valuesRoundedDown = max(left.valuesRoundedDown, right.valuesRoundedDown)
        return sum
    }
}

extension LabelCounts {
    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.ripe += right.ripe
        sum.ripeNull += right.ripeNull
        sum.unripe += right.unripe
        sum.missing += right.missing
        sum.omitted += right.omitted
        // Source rows are read again for each part and counted once.
        sum.irregularLocalTimes = max(left.irregularLocalTimes, right.irregularLocalTimes)
        sum.timesRoundedUp = max(left.timesRoundedUp, right.timesRoundedUp)
        return sum
    }
}
