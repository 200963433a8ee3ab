// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The flights example, as `tally init --example flights` writes it.
///
/// Its files stand in Examples/flights; the package embeds them in the program (`Sources/TallyCommands/Example` leads to them), so
/// that no file is needed beside it.
enum FlightsExample {
    static let template = RepositoryTemplate(
        files: [(".gitignore", ".tally/\ndata/\n.cache/\n")]
            + embedded.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) },
        nextSteps: [
            "python3 prepare.py", "tally check", "tally apply",
            "tally train arrival_delay --spine data/spine.parquet -o train.parquet --as-of 2014-01-02T00:00:00Z",
        ])

    /// Each file by its path in the example.
    private static let embedded: [(path: String, bytes: [UInt8])] = [
        ("tally.yaml", PackageResources.tally_yaml),
        ("README.md", PackageResources.README_md),
        ("prepare.py", PackageResources.prepare_py),
        ("definitions/entities.yaml", PackageResources.entities_yaml),
        ("definitions/services.yaml", PackageResources.services_yaml),
        ("definitions/sources.yaml", PackageResources.sources_yaml),
        ("definitions/views.yaml", PackageResources.views_yaml),
        ("contracts/airports.odcs.yaml", PackageResources.airports_odcs_yaml),
        ("contracts/landed_flights.odcs.yaml", PackageResources.landed_flights_odcs_yaml),
        ("contracts/planes.odcs.yaml", PackageResources.planes_odcs_yaml),
        ("contracts/weather.odcs.yaml", PackageResources.weather_odcs_yaml),
    ]
}
