// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The repository that `tally init` writes: one view, one service, some rows, every rule visible by eye.
enum StarterRepository {
    /// The repository; two baskets are of the hour before `now`, so that there is something to serve.
    static func template(at now: Timestamp) -> RepositoryTemplate {
        RepositoryTemplate(
            files: [
                ("tally.yaml", project), (".gitignore", ".tally/\n"), ("README.md", readme),
                ("definitions/shop.yaml", definitions), ("data/baskets.csv", baskets + fresh(now)),
                ("data/outcomes.csv", outcomes), ("data/spine.csv", spine),
            ], nextSteps: steps)
    }

    private static let train =
        "tally train purchase --spine data/spine.csv -o train.csv --as-of 2026-01-02T10:00:00Z"

    private static let steps = [
        "tally check", "tally apply", train, "cat train.csv", "tally materialize",
        "tally get purchase --key customer_id=1", "tally serve", "README.md goes through them one by one",
    ]

    /// Baskets of half an hour and of twenty minutes ago, to the second.
    private static func fresh(_ now: Timestamp) -> String {
        func ago(_ minutes: Int64) -> Timestamp {
            Timestamp(microseconds: (now.microseconds / 1_000_000 - minutes * 60) * 1_000_000)
        }
        return "1,\(ago(30)),4,52.0\n2,\(ago(20)),1,9.9\n"
    }

    private static let readme = """
        # A small shop

        `definitions/shop.yaml` says what a basket and a visit's end are, `data/` holds a few of each. All of it can be checked
        by eye. Change a line, and look at what `tally check` and `tally plan` say.

        ```
        tally check                                # does everything fit together?
        tally apply                                # record it, and write tally.lock (commit that file)
        \(train)
        cat train.csv
        ```

        Each line of `data/spine.csv` asks: what was known of this customer at that time? `train.csv` answers:

        - visit 101 at 10:03 does not see the basket of 10:00, since baskets are reported five minutes later (`knownAfter: 5m`);
          visit 102, two minutes on, does;
        - visit 103 is left out: how it ended is known an hour after its end (`maturity: 1h`), later than `--as-of`;
        - visit 105 sees nothing: the basket is of two days before, and one is good for a day (`timeToLive: 1d`);
        - visit 106 is of a customer without baskets.

        The same values served:

        ```
        tally materialize                          # fill the online store
        tally get purchase --key customer_id=1     # a basket of half an hour before `tally init`
        tally get purchase --key customer_id=3     # too old: outsideMaxAge
        tally serve &
        curl -s http://127.0.0.1:6566/v1/vectors -H "Content-Type: application/json" \\
          -d '{"service": "purchase", "entities": {"customer_id": [1, 2, 3, 4]}}'
        kill %1
        tally compare purchase                     # what is served is what training sees, bit by bit
        ```

        A day later the two newest baskets are too old as well. Give `data/baskets.csv` a new line then, and run
        `tally materialize` again.

        """

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
