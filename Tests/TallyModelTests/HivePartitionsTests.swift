// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@Suite struct HivePartitionsTests {
    private func text(_ path: String, _ pattern: String = "**") -> String {
        HivePartitions.values(ofPath: path, under: pattern).map { "\($0.name)=\($0.value ?? "NULL")" }
            .joined(separator: "|")
    }

    @Test(arguments: [
        ("day=2024-05-03/part-0.parquet", "day=2024-05-03"), ("a=1/b=02/x.csv", "a=1|b=02"), ("x.csv", ""),
        ("data/a=1/plain/b=2/x.csv", "a=1|b=2"), ("a=1/k=v.csv", "a=1"), ("a=/x.csv", "a="), ("=1/x.csv", ""),
        ("a=b=c/x.csv", "a=b=c"), ("a=__HIVE_DEFAULT_PARTITION__/x.csv", "a=NULL"), ("_a=1/x.csv", "_a=1"),
        ("a=x%2Fy/x.csv", "a=x/y"), ("a=M%C3%BCnchen/x.csv", "a=München"), ("a=50%25/x.csv", "a=50%"),
        ("a=50%/x.csv", "a=50%"), ("a=%zz/x.csv", "a=%zz"), ("a=%ff/x.csv", "a=%ff"), ("a%20b=1/x.csv", "a b=1"),
        ("a=%3D/x.csv", "a=="), ("a= 1 /x.csv", "a= 1 "), ("a=+/x.csv", "a=+"), ("../run=3/x.csv", "run=3"),
        ("a=1/a=2/x.csv", "a=1|a=2"), ("", ""),
        ("a=%5F_HIVE_DEFAULT_PARTITION__/x.csv", "a=__HIVE_DEFAULT_PARTITION__"),
    ])
    func `folders give names and texts, decoded once`(_ path: String, _ expected: String) {
        #expect(text(path).utf8.elementsEqual(expected.utf8), "\(path): \(text(path))")
    }

    @Test func `folders above a relative pattern are the machine's own`() {
        #expect(text("/home/run=3/repo/data/a=1/x.csv", "data/*/*.csv") == "a=1")
        #expect(text("/home/run=3/repo/data/a=1/b=2/x.csv", "data/**/*.csv") == "a=1|b=2")
        #expect(text("/mnt/env=prod/data/a=1/x.csv", "/mnt/env=prod/data/*/*.csv") == "env=prod|a=1")
    }

    @Test func `a name that stands twice, or in folder and file, is an error that names both`() throws {
        #expect(try HivePartitions.names(ofPath: "a=1/b=2/x.csv", under: "**") == ["a", "b"])
        let twice = #expect(throws: TallyError.self) {
            try HivePartitions.names(ofPath: "a=1/a=2/x.csv", under: "**")
        }
        #expect(twice?.code == .invalidData && twice?.subject == "a=1/a=2/x.csv")
        #expect(HivePartitions.collision(ofPath: "day=1/x.csv", under: "**", with: ["Day", "x"]) == nil)
        let both = HivePartitions.collision(ofPath: "day=1/x.csv", under: "**", with: ["x", "day"])
        #expect(both?.message.contains("partition 'day' of the folder and column 'day' of the file") == true)
    }
}
