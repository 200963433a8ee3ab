// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@Suite struct DecimalNumberTests {
    @Test(arguments: [
        ("0", "0"), ("-0.000", "0"), ("12.50", "12.5"), ("1e3", "1000"), ("-.5", "-0.5"), ("0.00012", "0.00012"),
        ("120e-2", "1.2"), ("1E+2", "100"),
    ])
    func `a number is printed plainly`(text: String, printed: String) throws {
        #expect(try #require(DecimalNumber(text)).description == printed)
    }

    @Test(arguments: [
        "", "-", ".", "nan", "1e", "0x1", " 1", "1 ", "1.2.3", "--1", "1e-9223372036854775808", "1e9223372036854775807",
    ])
    func `what is no number is refused`(text: String) {
        #expect(DecimalNumber(text) == nil)
    }

    @Test func `order and multiples agree with whole numbers`() throws {
        for left in -40...40 {
            for right in -40...40 {
                let (a, b) = (try #require(DecimalNumber("\(left)e-1")), try #require(DecimalNumber("\(right)e-1")))
                #expect((a < b) == (left < right), "\(left) \(right)")
                #expect((a == b) == (left == right), "\(left) \(right)")
                if right != 0 { #expect(a.isMultiple(of: b) == (left % right == 0), "\(left) \(right)") }
            }
        }
    }

    @Test func `products and powers of ten are exact`() throws {
        for left in -30...30 {
            for right in -30...30 {
                #expect(try #require(DecimalNumber("\(left)e-1")) * right == DecimalNumber("\(left * right)e-1"))
            }
            #expect(DecimalNumber(left).timesTen(toThe: -2) == DecimalNumber("\(left)e-2"))
        }
        let large = try #require(DecimalNumber("99999999999999999999.5"))
        #expect((large * 999_999_999_999).description == "99999999999899999999500000000000.5")
    }

    @Test(arguments: [("0.3", "0.1", true), ("1.0004", "0.001", false), ("1e20", "20", true), ("19.99", "0.01", true)])
    func `a multiple is judged on decimal digits`(value: String, divisor: String, isMultiple: Bool) throws {
        #expect(try #require(DecimalNumber(value)).isMultiple(of: try #require(DecimalNumber(divisor))) == isMultiple)
    }
}
