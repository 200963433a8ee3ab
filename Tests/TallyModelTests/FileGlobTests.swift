// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// Every command and every engine reads the files that this finds.
@Suite struct FileGlobTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("glob") }

    private func list(_ patterns: String...) throws -> FileListing { try FileGlob.list(patterns, root: folder.path) }

    private func put(_ paths: String...) throws { for path in paths { try folder.write("n\n1\n", to: path) } }

    private func link(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/" + path, withDestinationPath: target)
    }

    @Test func `a device in the place of a file is refused by name, unless it is left out`() throws {
        try put("data/1.csv")
        try link("data/zero.csv", to: "/dev/zero")
        for pattern in ["data/*.csv", "data/zero.csv", "**/*.csv", "data/**"] {
            let error = #expect(throws: TallyError.self, "\(pattern)") { try list(pattern) }
            #expect(error?.code == .unreadable && error?.subject == "data/zero.csv", "\(String(describing: error))")
        }
        #expect(try list("data/1*.csv").files == ["data/1.csv"])
        try FileManager.default.removeItem(atPath: folder.path + "/data/zero.csv")
        try link("data/_zero.csv", to: "/dev/zero")
        #expect(try list("data/*.csv").files == ["data/1.csv"])
    }

    @Test(arguments: 0..<60) func `a walk finds what the pattern names among all files`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = ["a", "b", "ab", ".a", "_a", "é", "e\u{301}", "[a]", "a*"]
        func path(_ words: [String]) -> String {
            (0..<Int.random(in: 1...4, using: &random)).map { _ in words.randomElement(using: &random) ?? "a" }
                .joined(separator: "/")
        }
        for _ in 0..<16 { _ = try? put(path(words)) }
        var all: [String] = []
        for found in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        where FileStamp(of: folder.path + "/" + found)?.kind == .file {
            all.append(found)
        }
        for _ in 0..<20 {
            let pattern = path(words + ["*", "**", "?", "a*", "*a", "[ab]", "[!a]*", "_*", ".*", "[[]a]"])
            let named = all.filter { GlobPattern(pattern).names(file: $0) }.map { Data($0.utf8) }
            let found = try list(pattern).files.map { Data($0.utf8) }
            #expect(Set(found) == Set(named) && found.count == named.count, "\(pattern) of \(all)")
            let absolute = try list(FileGlob.exactly(folder.path) + "/" + pattern).files
            #expect(absolute.map { Data($0.dropFirst(folder.path.count + 1).utf8) } == found, "\(pattern)")
        }
    }

    @Test func `files of several patterns come in the order of their bytes, each once`() throws {
        try put("b.csv", "a.csv", "Z.csv", "é.csv", "e\u{301}.csv", "d/a.csv")
        let found = try list("**/*.csv", "a.csv", "./b.csv", "*").files
        #expect(
            found.map { Array($0.utf8) }
                == ["Z.csv", "a.csv", "b.csv", "d/a.csv", "e\u{301}.csv", "é.csv"].map { Array($0.utf8) })
    }

    @Test func `what a writer has not finished is left out and counted`() throws {
        try put(
            "data/part-0.csv", "data/_temporary/0/task_1/part-1.csv", "data/.part-2.csv", "data/_SUCCESS",
            "data/.spark-staging/x/part-3.csv", "data/_delta/part-4.csv", "data/day=1/_part-5.csv",
            "data/_h=1/part-6.csv")
        let found = try list("data/**/*.csv")
        #expect(found.files == ["data/_h=1/part-6.csv", "data/part-0.csv"])
        #expect(found.leftOut.count == 5)
        #expect(found.notes.first?.contains("5 files are left out") == true)
        #expect(found.notes.first?.contains("data/.part-2.csv and 4 more") == true)
        #expect(try list("data/_temporary/**/*.csv").files == ["data/_temporary/0/task_1/part-1.csv"])
        #expect(try list("data/_temporary/**/*.csv").leftOut.isEmpty)
        let hidden = try list("data/*/0/*/*.csv")
        #expect(hidden.files.isEmpty && hidden.help.contains("name it in the path if it is meant"))
    }

    @Test func `a folder with the name of a file is no file`() throws {
        try put("data/x.csv/part-0.csv", "data/y.csv")
        let found = try list("data/*.csv")
        #expect(found.files == ["data/y.csv"] && found.folders == ["data/x.csv"])
        #expect(found.notes == ["1 match of the path is a folder, not files (data/x.csv)"])
        let error = try list("data/x.csv").noFiles(subject: "source s")
        #expect(error.code == .notFound && error.message.contains("'data/x.csv' in "))
        #expect(error.help == "'data/x.csv' is a folder: write 'data/x.csv/*.csv' for the files in it")
        #expect(try list("data/x.csv/*.csv").files == ["data/x.csv/part-0.csv"])
    }

    @Test func `links to files are files, and circles of links end`() throws {
        try put("data/a.csv", "away/b.csv")
        try link("data/c.csv", to: folder.path + "/away/b.csv")
        try link("data/away", to: "../away")
        try link("data/round", to: ".")
        #expect(try list("data/**/*.csv").files == ["data/a.csv", "data/c.csv"])
        #expect(try list("data/**").files == ["data/a.csv", "data/c.csv"])
        #expect(try list("data/**/*.csv").links == ["data/away", "data/round"])
        #expect(try list("data/away/*.csv").files == ["data/away/b.csv"])
        #expect(try list("data/*/*/*/*.csv").files.count == 3, "each step of a pattern goes one folder down")
    }

    @Test func `what hides files is an error and no silence`() throws {
        try put("data/a.csv")
        try link("data/b.csv", to: "nowhere")
        let error = #expect(throws: TallyError.self) { try list("data/*.csv") }
        #expect(error?.code == .unreadable && error?.subject == "data/b.csv")
        #expect(try list("data/a*.csv").files == ["data/a.csv"])
        #expect(try list("data/b.csv").files.isEmpty)
        try put("odd/a.csv")
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", "printf x > \"$0/odd/$(printf '\\377').csv\"", folder.path]
        try shell.run()
        shell.waitUntilExit()
        #expect(throws: TallyError.self) { try list("odd/*") }
    }

    @Test func `nothing matches where nothing is`() throws {
        try put("a.csv")
        for pattern in [
            "none.csv", "none/*.csv", "a.csv/*", "a.csv/x", "*.parquet", "**/none", "", "/none/*", "s3://b/*.csv",
        ] {
            #expect(try list(pattern).files.isEmpty, "\(pattern)")
        }
        #expect(try list("s3://b/*.csv").help == "bring the files to this machine first")
        #expect(try list("none.csv").noFiles(subject: "s").message.contains(FileName.resolved(folder.path)))
    }

    @Test(arguments: [
        ("t/_delta_log/0.json", "Delta"), ("t/metadata/v1.metadata.json", "Iceberg"),
        ("t/.hoodie/hoodie.properties", "Hudi"),
    ])
    func `a table whose log decides which files count is refused`(_ log: String, _ kind: String) throws {
        try put("t/data/day=1/x.csv", log, "u/x.csv")
        for pattern in ["t/**/*.csv", "t/data/day=1/x.csv", "**/*.csv", folder.path + "/t/**/*.csv", "t", "t/data"] {
            let error = #expect(throws: TallyError.self, "\(pattern)") { try list(pattern) }
            #expect(error?.code == .invalidData && error?.message.contains(kind) == true, "\(pattern)")
            #expect(error?.help?.description.contains("plain Parquet files") == true)
        }
        #expect(try list("u/*.csv").files == ["u/x.csv"])
        #expect(try list("u/../u/*.csv").files == ["u/../u/x.csv"])
        #expect(try list(log).files == [log], "whoever names the log means it")
    }

    @Test func `a folder called metadata makes no table`() throws {
        try put("t/x.csv", "t/metadata/notes.json")
        #expect(try list("t/*.csv").files == ["t/x.csv"])
    }

    @Test func `a file of any date is looked at, and one of the future is never settled`() throws {
        try put("a.csv")
        let path = folder.path + "/a.csv"
        let time = try #require(Timestamp("2300-01-01T00:00:00Z"))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: Double(time.microseconds) / 1e6)], ofItemAtPath: path)
        let stamp = try #require(FileStamp(of: path))
        #expect(stamp.modifiedNanoseconds == .max)
        #expect(!stamp.isSettled(at: try #require(Timestamp("2100-01-01T00:00:00Z"))))
        #expect(try list("*.csv").files == ["a.csv"])
    }
}
