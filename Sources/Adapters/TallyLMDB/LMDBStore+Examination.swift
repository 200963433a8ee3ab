// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension LMDBStore {
    /// Examines all pages of the store without mapping them.
    public func examine() throws(TallyError) -> StoreStructure? { try Self.examine(path: environment.path) }

    /// Examines all pages of the store in a folder without mapping them; nil when there is none.
    ///
    /// Reads the whole file once, and keeps fills waiting meanwhile where it may. Says nothing of what lies in the cells:
    /// `scan` does. Throws `E-unreadable`.
    public static func examine(path: String) throws(TallyError) -> StoreStructure? {
        switch try StructureProof.examine(path) {
        case .none: nil
        case .whole(let pages, let bytes): StoreStructure(.whole, pages: pages, bytes: bytes)
        case .damaged(let damage): StoreStructure(.damaged(damage.text))
        case .changing: StoreStructure(.changing)
        }
    }
}
