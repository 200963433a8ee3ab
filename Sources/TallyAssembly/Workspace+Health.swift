// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
internal import TallyLMDB
internal import TallySQLite
public import TallyStore

extension Workspace {
    /// Looks at everything that is stored, and says of each thing how it was found.
    ///
    /// Reads the online store's file twice, the registry once. Changes nothing but the stamp of a store that is whole.
    public func examine(now: Timestamp) async throws(TallyError) -> [HealthFinding] {
        var findings: [HealthFinding] = []
        let online = onlinePath
        var structure: StoreStructure?
        do throws(TallyError) {
            structure = try LMDBStore.examine(path: online)
            findings.append(Checkup.structure(structure))
        } catch {
            if error.code == .interrupted { throw error }
            findings.append(HealthFinding("online store", error))
        }
        var generations: [OnlineGeneration] = []
        if structure?.state == .whole {
            do throws(TallyError) {
                if let store = try onlineStoreForReading() {
                    generations = try await store.generations()
                    for generation in generations { findings.append(try await ViewProof.prove(generation, in: store)) }
                }
            } catch {
                if error.code == .interrupted { throw error }
                findings.append(HealthFinding("online store", error))
            }
        }
        let (registry, lastRun) = await examineRegistry(isFilled: structure != nil)
        findings.append(registry)
        findings.append(
            Checkup.disk(
                "disk", free: DiskSpace.free(at: FileName.exists(online) ? online : root),
                needed: structure?.bytes ?? 0))
        findings += Checkup.clock(now, generations: generations, lastRun: lastRun)
        let left = LeftoverFiles(in: root)
        findings.append(Checkup.leftovers(left.paths, bytes: left.bytes, isCut: left.isCut))
        return findings
    }

    /// What is told of the registry, and when its last run began.
    private func examineRegistry(isFilled: Bool) async -> (HealthFinding, Timestamp?) {
        do throws(TallyError) {
            let problems = try SQLiteRegistry.problems(path: try registryPath())
            guard problems?.isEmpty == true, let registry = try registryForReading() else {
                return (Checkup.registry(problems, isFilled: isFilled), nil)
            }
            // Also what is stored must be readable, beyond what the database knows of its pages.
            _ = try await registry.state()
            return (Checkup.registry([], isFilled: isFilled), try await registry.runs(limit: 1).first?.startedAt)
        } catch {
            return (HealthFinding("registry", error), nil)
        }
    }
}
