// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyContracts

/// Types by the names of other systems.
@Suite struct PhysicalTypeTests {
    private func judged(_ written: String, _ native: String, _ type: DataType = .string) -> Finding? {
        let promise = Promise(
            id: "p", object: "t", column: "x", check: "physicalType", arguments: ["type": .string(written)])
        let found = TableDescription.Column(name: "x", type: type, nativeType: native)
        let context = TableContext(found: [found], now: TableSide.now)
        let batch = Batch([("x", Column(type: type, values: []))])
        return TableCheck([promise], context: context).findings(in: batch).first
    }

    @Test(arguments: [
        ("NUMERIC(1)", "DECIMAL(1,0)"), ("numeric( 9 , 2 )", "DECIMAL(9,2)"), ("DECIMAL", "DECIMAL(18,3)"),
        ("TIMESTAMP(6)", "TIMESTAMP"), ("TIMESTAMP(3)", "TIMESTAMP_MS"), ("TIMESTAMP(9)", "TIMESTAMP_NS"),
        ("timestamp(6) with time zone", "TIMESTAMP WITH TIME ZONE"), ("TIMESTAMP without time zone", "TIMESTAMP"),
        ("CHARACTER VARYING", "VARCHAR"), ("character varying(20)", "VARCHAR"), ("CHAR(3)", "VARCHAR"),
        ("NATIONAL CHARACTER VARYING(4)", "VARCHAR"), ("VARCHAR2(20 CHAR)", "VARCHAR"), ("CLOB", "VARCHAR"),
        ("double precision", "DOUBLE"), ("FLOAT(53)", "DOUBLE"), ("FLOAT(24)", "FLOAT"), ("INTEGER(11)", "INTEGER"),
        ("INT UNSIGNED", "UINTEGER"), ("TIME(3)", "TIME"), ("TIME(3) WITH TIME ZONE", "TIME WITH TIME ZONE"),
        ("BINARY VARYING(16)", "BLOB"), ("INT[]", "INTEGER[]"), ("ARRAY<STRING>", "VARCHAR[]"),
        ("REAL[3]", "FLOAT[3]"), ("DATETIME2(7)", "TIMESTAMP_NS"), ("jsonb", "JSON"), ("guid", "UUID"),
        ("GEOGRAPHY", "GEOGRAPHY"),
    ])
    func `a type has one name`(_ written: String, _ native: String) throws {
        let finding = try #require(judged(written, native))
        #expect(finding.verdict == .kept, "\(finding.message)")
    }

    @Test(arguments: [
        ("INTEGER", "BIGINT"), ("NUMERIC(2)", "DECIMAL(1,0)"), ("VARCHAR(3)", "BLOB"), ("TIMESTAMP(3)", "TIMESTAMP"),
        ("INTEGER[]", "BIGINT[]"), ("TIMESTAMP(6)", "TIMESTAMP WITH TIME ZONE"),
    ])
    func `another type is another one`(_ written: String, _ native: String) throws {
        #expect(try #require(judged(written, native)).verdict == .broken)
    }

    @Test(arguments: ["NUMBER(10,0)", "geography(point, 4326)", "SUPER", "MONEY", "my_type", "", "HYPERLOGLOG[]"])
    func `a name that is not known is not executed`(_ written: String) throws {
        let finding = try #require(judged(written, "VARCHAR"))
        #expect(finding.verdict == .unproven && !finding.isExecuted, "\(finding.message)")
    }
}
