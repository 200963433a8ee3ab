// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension OnlineStore {
    /// Does nothing, which is right for a store whose place no other store can take.
    public func follow() throws(TallyError) {}

    /// Finds nothing: for stores without a form of their own.
    public func examine() throws(TallyError) -> StoreStructure? { nil }
}
