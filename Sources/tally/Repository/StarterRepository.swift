// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The repository that `tally init` writes: one view, one service, ten rows, every rule visible by eye.
enum StarterRepository {
    static let template = RepositoryTemplate(
        files: [
            ("tally.yaml", project), (".gitignore", ".tally/\n"), ("definitions/shop.yaml", definitions),
            ("data/baskets.csv", baskets), ("data/outcomes.csv", outcomes), ("data/spine.csv", spine),
        ],
        nextSteps: [
            "tally check", "tally apply",
            "tally train purchase --spine data/spine.csv -o train.csv --as-of 2026-01-02T10:00:00Z", "cat train.csv",
        ])

    private static let project = """
        # One project; stores have embedded defaults.
        project: shop

        """

    private static let definitions = """
        kind: Entity
        name: customer
        description: Somebody who visits the shop.
        owner: shop-data
        joinKeys: [{name: customer_id, type: int64}]
        ---
        kind: Source
        name: baskets
        description: What was in a customer's basket; reported five minutes later.
        owner: shop-data
        path: data/baskets.csv
        eventTime: happened_at
        knownAfter: 5m
        ---
        kind: Source
        name: outcomes
        description: How each visit ended.
        owner: shop-data
        path: data/outcomes.csv
        eventTime: ended_at
        ---
        kind: FeatureView
        name: basket
        description: The latest basket, worth nothing after a day.
        owner: shop-data
        entities: [customer]
        source: baskets
        timeToLive: 1d
        features:
          - {name: items, type: int64, unit: items}
          - {name: total, type: float64, unit: EUR}
          - {name: mean_price, type: float64, unit: EUR, expression: "total / items"}
        ---
        kind: FeatureService
        name: purchase
        description: Will this visit end in a purchase?
        owner: shop-model
        features: [basket]
        label: {source: outcomes, keys: [visit_id], column: bought, maturity: 1h}

        """

    private static let baskets = """
        customer_id,happened_at,items,total
        1,2026-01-01T09:00:00Z,1,12.5
        1,2026-01-01T10:00:00Z,2,30.0
        1,2026-01-02T09:00:00Z,0,0.0
        2,2026-01-01T09:30:00Z,3,45.0
        3,2025-12-30T08:00:00Z,1,8.0

        """

    private static let outcomes = """
        visit_id,ended_at,bought
        101,2026-01-01T10:20:00Z,false
        102,2026-01-01T10:30:00Z,true
        103,2026-01-02T09:40:00Z,false
        105,2026-01-01T09:10:00Z,false
        106,2026-01-01T09:20:00Z,true

        """

    private static let spine = """
        visit_id,customer_id,event_timestamp
        101,1,2026-01-01T10:03:00Z
        102,1,2026-01-01T10:05:00Z
        103,1,2026-01-02T09:30:00Z
        104,2,2026-01-02T09:30:00Z
        105,3,2026-01-01T09:00:00Z
        106,4,2026-01-01T09:00:00Z

        """
}
