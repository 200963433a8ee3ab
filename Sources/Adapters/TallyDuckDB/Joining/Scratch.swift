// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Memory that a chunk's values are converted into; it grows to the largest chunk and is freed with the last reference.
@safe final class Scratch<Element: BitwiseCopyable> {
    private(set) var start: UnsafeMutablePointer<Element>
    private(set) var capacity: Int

    /// Takes memory for some elements.
    init(capacity: Int = 2_048) {
        self.capacity = max(1, capacity)
        unsafe start = .allocate(capacity: self.capacity)
    }

    deinit { unsafe start.deallocate() }

    /// Room for `count` elements; what was there is forgotten when it grows.
    @unsafe func room(_ count: Int) -> UnsafeMutablePointer<Element> {
        if count > capacity {
            unsafe start.deallocate()
            capacity = max(count, 2 * capacity)
            unsafe start = .allocate(capacity: capacity)
        }
        return unsafe start
    }
}

extension Scratch<UInt64> {
    /// Copies validity words; nil stands for all valid.
    @unsafe func copy(_ words: UnsafePointer<UInt64>?, count: Int) -> UnsafeMutablePointer<UInt64> {
        let size = (count + 63) / 64
        let copied = unsafe room(size)
        for word in 0..<size { unsafe copied[word] = words?[word] ?? .max }
        return unsafe copied
    }
}
