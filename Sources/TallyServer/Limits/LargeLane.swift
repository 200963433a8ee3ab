// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The lane for large requests and requests with large answers, beside all others.
///
/// Each has a place until its answer is sent, and there are only so many.
struct LargeLane: Sendable {
    private let admission: Admission
    private let lane: WorkLane
    private let deadline: Duration
    private let makeRoom: @Sendable () -> Void

    /// Makes a lane; `makeRoom` is called when a request finds no place.
    init(most: Int, threads: Int, deadline: Duration, makeRoom: @escaping @Sendable () -> Void = {}) {
        admission = Admission(most: most)
        lane = WorkLane(threads: threads)
        self.deadline = deadline
        self.makeRoom = makeRoom
    }

    /// Does work on the lane's threads; at once where the request is on them already.
    func run<Output: Sendable>(
        _ stay: Stay, _ work: () async throws(Refusal) -> Output
    ) async throws(Refusal) -> Output {
        guard !stay.hasPlace else { return try await work() }
        guard stay.enter(admission) else {
            makeRoom()
            throw .busy
        }
        let start = ContinuousClock.now
        let result = await withTaskExecutorPreference(lane) { () async -> Result<Output, Refusal> in
            guard start.duration(to: .now) <= deadline else { return .failure(.overdue) }
            do throws(Refusal) {
                return .success(try await work())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
