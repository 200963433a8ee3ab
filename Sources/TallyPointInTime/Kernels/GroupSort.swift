// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Sorts two parallel vectors by time, in place: insertion sort, quicksort, and heapsort where quicksort degrades.
///
/// Rows of equal time come out in any order: they are interchangeable to a join.
@unsafe struct GroupSort {
    let times: UnsafeMutablePointer<Int64>
    let rows: UnsafeMutablePointer<UInt32>

    /// Sorts the half-open range; a range that is already in order costs one pass.
    func sort(_ start: Int, _ end: Int) {
        var index = start + 1
        while index < end, unsafe times[index - 1] <= times[index] { index += 1 }
        guard index < end else { return }
        let depth = 2 * (Int.bitWidth - (end - start).leadingZeroBitCount)
        unsafe quicksort(start, end, depth)
    }

    func quicksort(_ first: Int, _ last: Int, _ allowed: Int) {
        var start = first
        var end = last
        var depth = allowed
        while end - start > 24 {
            guard depth > 0 else { return unsafe heapsort(start, end) }
            depth -= 1
            let split = unsafe partition(start, end)
            // The smaller half by recursion, the larger by the loop: the stack stays logarithmic.
            if split - start < end - split {
                unsafe quicksort(start, split, depth)
                start = split
            } else {
                unsafe quicksort(split, end, depth)
                end = split
            }
        }
        unsafe insertionSort(start, end)
    }

    private func insertionSort(_ start: Int, _ end: Int) {
        var index = start + 1
        while index < end {
            let time = unsafe times[index]
            let row = unsafe rows[index]
            var hole = index
            while hole > start, unsafe times[hole - 1] > time {
                unsafe times[hole] = times[hole - 1]
                unsafe rows[hole] = rows[hole - 1]
                hole -= 1
            }
            unsafe times[hole] = time
            unsafe rows[hole] = row
            index += 1
        }
    }

    /// Hoare's partition around a median of three: nothing before the result is later than anything from it on.
    private func partition(_ start: Int, _ end: Int) -> Int {
        let middle = start + (end - start) / 2
        if unsafe times[middle] < times[start] { unsafe swap(middle, start) }
        if unsafe times[end - 1] < times[middle] {
            unsafe swap(end - 1, middle)
            if unsafe times[middle] < times[start] { unsafe swap(middle, start) }
        }
        let pivot = unsafe times[middle]
        var low = start
        var high = end - 1
        while true {
            // The ends are sentinels, so neither scan can leave the range.
            repeat { low += 1 } while unsafe times[low] < pivot
            repeat { high -= 1 } while unsafe times[high] > pivot
            guard low < high else { return low }
            unsafe swap(low, high)
        }
    }

    private func heapsort(_ start: Int, _ end: Int) {
        let count = end - start
        var root = count / 2
        while root > 0 {
            root -= 1
            unsafe sift(start, root, count)
        }
        var remaining = count
        while remaining > 1 {
            remaining -= 1
            unsafe swap(start, start + remaining)
            unsafe sift(start, 0, remaining)
        }
    }

    private func sift(_ start: Int, _ from: Int, _ count: Int) {
        var root = from
        while 2 * root + 1 < count {
            var child = 2 * root + 1
            if child + 1 < count, unsafe times[start + child] < times[start + child + 1] { child += 1 }
            guard unsafe times[start + root] < times[start + child] else { return }
            unsafe swap(start + root, start + child)
            root = child
        }
    }

    @inline(__always)
    private func swap(_ left: Int, _ right: Int) {
        let time = unsafe times[left]
        let row = unsafe rows[left]
        unsafe times[left] = times[right]
        unsafe rows[left] = rows[right]
        unsafe times[right] = time
        unsafe rows[right] = row
    }
}
