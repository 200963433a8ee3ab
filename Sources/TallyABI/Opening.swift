// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyAssembly
internal import TallyModel

/// Opens the repository in a folder or above it, with the options of `tally_open`.
func opened(_ folder: String, options: String) throws(TallyError) -> StoreSession {
    guard !folder.isEmpty, !folder.utf8.contains(0) else {
        throw TallyError(.misuse, "the folder is no path", help: "give the folder with the `tally.yaml`")
    }
    let options = try OpenOptions(json: try json(options.isEmpty ? "{}" : options))
    let root = options.isRepository ? try FeatureStore.root(from: folder) : try FeatureStore.workFolder(folder)
    let store = FeatureStore(root: root, host: Host.process.running(PythonFunction.host), limits: options.limits)
    return StoreSession(store, audience: options.audience)
}

/// Reads JSON; `E-misuse` with the place of what is wrong.
private func json(_ text: String) throws(TallyError) -> JSON {
    do throws(JSONProblem) {
        return try JSON(parsing: text)
    } catch {
        throw TallyError(.misuse, "the request is no JSON: \(error.message)", offset: error.offset)
    }
}

extension StoreSession {
    /// Runs a verb to its end and returns the answer as UTF-8.
    func answer(_ verb: String, _ request: String, under cancellation: Cancellation?) throws(TallyError) -> [UInt8] {
        let request = try json(request.isEmpty ? "{}" : request)
        let work: @Sendable () async -> Result<[UInt8], TallyError> = {
            do throws(TallyError) {
                // Also a call that is too brief to look does not begin once it was stopped. The cancellation itself is
                // asked: a task may begin before it was put under it.
                guard cancellation?.isCancelled != true else {
                    throw TallyError(.interrupted, "was interrupted", subject: verb)
                }
                return .success(try await self.call(verb, request))
            } catch {
                return .failure(error)
            }
        }
        let result =
            Self.isBrief(verb)
            ? CallingThread.run(under: cancellation, work) : CallingThread.wait(under: cancellation, work)
        return try result.get()
    }
}
