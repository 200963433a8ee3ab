// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import FoundationEssentials
internal import TallyModel

/// Independent programs that check what we read and write; `scripts/judges` installs them.
public enum OutsideJudges {
    /// The repository that these sources lie in.
    public static let repository: String = {
        var folder = FileName.folder(of: #filePath)
        for _ in 0..<2 { folder = FileName.folder(of: folder) }
        return folder
    }()

    /// A Python with all judges: the one that `scripts/judges` made, or that `TALLY_JUDGES_PYTHON` names; nil without.
    public static let python: String? = {
        if let named = ProcessInfo.processInfo.environment["TALLY_JUDGES_PYTHON"] { return named }
        let made = repository + "/.deps/judges/bin/python"
        return FileName.exists(made) ? made : nil
    }()

    /// The reason why a test is skipped without them.
    public static let need = "needs the outside judges: run scripts/judges"

    /// The path of a program in `scripts/lib/`.
    public static func script(_ name: String) -> String { repository + "/scripts/lib/" + name }
}
