// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension FileListing {
    /// Advice to the user for a path that matches no file.
    public var help: String {
        if let folder = folders.first {
            let ending = patterns.lazy.compactMap { Source.FileFormat(ofPath: $0) }.first?.rawValue ?? "parquet"
            return "'\(folder)' is a folder: write '\(folder)/*.\(ending)' for the files in it"
        }
        if !leftOut.isEmpty {
            return
                "\(Self.counted(leftOut, "file is", "files are")) left out, since a name on the path begins with '_' or "
                + "'.' (\(Self.examples(leftOut))): name it in the path if it is meant"
        }
        if !links.isEmpty {
            return "'**' follows no links to folders (\(Self.examples(links))): name the link in the path"
        }
        if patterns.contains(where: { $0.contains("://") }) { return "bring the files to this machine first" }
        return "paths start at the folder of tally.yaml; bring the data or correct the path"
    }

    /// The error of a command that needs files.
    public func noFiles(subject: String) -> TallyError {
        let isAbsolute = patterns.allSatisfy { GlobPattern($0).isAbsolute }
        return TallyError(
            .notFound,
            "no file matches '\(patterns.joined(separator: "', '"))'"
                + (isAbsolute ? "" : " in \(FileName.resolved(root))"),
            subject: subject, help: Advice(help))
    }
}
