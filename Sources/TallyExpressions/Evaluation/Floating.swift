// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// A floating-point primitive whose results are made canonical.
protocol Floating: BinaryFloatingPoint & Ordered {
    /// The same number with one NaN and no −0.0.
    var canonical: Self { get }
}

extension Float: Floating {}
extension Double: Floating {}
