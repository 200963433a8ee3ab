// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// What is done to the folders on the way to a file is seen, and what only comes and goes in them stops nothing.
@Suite struct FileWaysTests {
    /// Things that are done to `p/d`, the folder of the file.
    private static let moves: [(String, String, @Sendable (String) throws -> Void)] = [
        (
            "another one in its place for a while", "p/d",
            { root in
                try FileName.rename(root + "/p/d", to: root + "/p/old")
                try FileName.rename(root + "/other", to: root + "/p/d")
                try FileName.rename(root + "/p/d", to: root + "/other")
                try FileName.rename(root + "/p/old", to: root + "/p/d")
            }
        ),
        (
            "the folder above it away and back", "p",
            { root in
                try FileName.rename(root + "/p", to: root + "/old")
                try FileName.rename(root + "/old", to: root + "/p")
            }
        ),
        (
            "a link in its place for a while", "p/d",
            { root in
                try FileName.rename(root + "/p/d", to: root + "/p/old")
                try FileManager.default.createSymbolicLink(
                    atPath: root + "/p/d", withDestinationPath: root + "/other")
                try FileManager.default.removeItem(atPath: root + "/p/d")
                try FileName.rename(root + "/p/old", to: root + "/p/d")
            }
        ),
    ]

    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder("ways")
        for file in ["p/d/a", "other/a"] { try folder.write("a", to: file) }
        try folder.waitForTick()
        return folder
    }

    @Test(.enabled(if: TemporaryFolder.tellsMoves, "the file system does not tell moves"), arguments: moves.indices)
    func `a folder that was moved and put back is another one by its time`(_ index: Int) throws {
        let folder = try folder()
        let (name, changed, move) = Self.moves[index]
        let ways = FileWays(to: [folder.path + "/p/d/a"])
        #expect(ways.firstChanged == nil)
        try move(folder.path)
        #expect(ways.firstChanged?.hasSuffix("/" + changed) == true, "\(name): \(ways.firstChanged ?? "none")")
        #expect(FileWays(to: [folder.path + "/p/d/a"]).firstChanged == nil)
    }

    @Test func `another folder in its place is seen on every file system, and so is another link`() throws {
        let folder = try folder()
        let files = FileManager.default
        try files.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "p/d")
        try files.createSymbolicLink(atPath: folder.path + "/file", withDestinationPath: "link/a")
        let straight = FileWays(to: [folder.path + "/p/d/a"])
        let (linked, both) = (FileWays(to: [folder.path + "/link/a"]), FileWays(to: [folder.path + "/file"]))
        #expect(linked.firstChanged == nil && both.firstChanged == nil)
        try FileName.rename(folder.path + "/p/d", to: folder.path + "/p/old")
        try FileName.rename(folder.path + "/other", to: folder.path + "/p/d")
        for ways in [straight, linked, both] { #expect(ways.firstChanged?.hasSuffix("/p/d") == true) }
        let now = FileWays(to: [folder.path + "/file"])
        try files.removeItem(atPath: folder.path + "/link")
        try files.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "p/old")
        #expect(now.firstChanged?.hasSuffix("/link") == true)
        #expect(straight.with(now).firstChanged != nil)
    }

    @Test func `files that come, change and go stop nothing`() throws {
        let folder = try folder()
        let ways = FileWays(to: [folder.path + "/p/d/a"])
        try folder.write("b", to: "p/d/b")
        try folder.write("c", to: "p/c/c")
        try folder.write("aa", to: "p/d/a")
        #expect(ways.firstChanged == nil)
        try FileName.rename(folder.path + "/p/d/b", to: folder.path + "/p/d/e")
        FileName.remove(folder.path + "/p/d/e")
        try FileManager.default.removeItem(atPath: folder.path + "/p/c")
        #expect(ways.firstChanged == nil)
    }

    @Test func `links in a circle and names that lead nowhere end`() throws {
        let folder = try folder()
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/x", withDestinationPath: "y")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/y", withDestinationPath: "x")
        #expect(FileWays(to: ["x/a", "none/a", "p/../p/./d//a"].map { folder.path + "/" + $0 }).firstChanged == nil)
    }
}
