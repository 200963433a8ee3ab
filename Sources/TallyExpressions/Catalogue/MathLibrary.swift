// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Glibc

/// The elementary functions that IEEE 754 does not fix to the last bit, from the C library of the system.
///
/// Their results are bit-identical on one build and one C library; manifests record `identity` for that reason.
public enum MathLibrary {
    /// The C library and the architecture, such as `glibc 2.36 x86_64`.
    public static let identity: String = {
        var name = [CChar](repeating: 0, count: 64)
        let length = unsafe confstr(Int32(_CS_GNU_LIBC_VERSION), &name, name.count)
        let version = String(
            decoding: name.prefix(max(0, min(length, name.count) - 1)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        #if arch(x86_64)
            let architecture = "x86_64"
        #elseif arch(arm64)
            let architecture = "aarch64"
        #else
            let architecture = "unknown"
        #endif
        return "\(version) \(architecture)"
    }()

    static func ln(_ x: Double) -> Double { log(x) }
    static func log10(_ x: Double) -> Double { Glibc.log10(x) }
    static func exp(_ x: Double) -> Double { Glibc.exp(x) }
    static func pow(_ x: Double, _ y: Double) -> Double { Glibc.pow(x, y) }
    static func sin(_ x: Double) -> Double { Glibc.sin(x) }
    static func cos(_ x: Double) -> Double { Glibc.cos(x) }
    static func tan(_ x: Double) -> Double { Glibc.tan(x) }
    static func asin(_ x: Double) -> Double { Glibc.asin(x) }
    static func atan2(_ y: Double, _ x: Double) -> Double { Glibc.atan2(y, x) }
}
