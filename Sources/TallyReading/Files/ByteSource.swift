// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The bytes of a file from its beginning, piece by piece; an empty piece is the end.
public typealias ByteSource = () throws(TallyError) -> [UInt8]

/// Opens files and turns their bytes into UTF-8.
public enum TextFile {
    private static let pieceBytes = 1 << 20
    private static let firstBytes = 1 << 16

    /// The bytes of a file as they lie on the disk; `E-unreadable` where it cannot be read.
    public static func bytes(of path: String, named name: String) throws(TallyError) -> ByteSource {
        let file = OpenedFile(try opening(path, name))
        // Who wants the names of the columns alone needs no more.
        var wanted = firstBytes
        return { () throws(TallyError) in
            defer { wanted = pieceBytes }
            do throws(OpenFile.Failure) {
                return try file.file.read(upTo: wanted)
            } catch {
                throw unreadable(name, error)
            }
        }
    }

    private static func opening(_ path: String, _ name: String) throws(TallyError) -> OpenFile {
        do throws(OpenFile.Failure) {
            let file = try OpenFile.reading(path)
            if try file.stamp().kind == .file { return file }
        } catch {
            throw unreadable(name, error)
        }
        throw TallyError(.unreadable, "is no regular file", subject: name)
    }

    private static func unreadable(_ name: String, _ failure: OpenFile.Failure) -> TallyError {
        TallyError(.unreadable, "cannot be read: \(failure.message)", subject: name)
    }

    /// Keeps a file open for as long as it is read.
    private final class OpenedFile {
        let file: OpenFile
        init(_ file: consuming OpenFile) { self.file = file }
    }
}
